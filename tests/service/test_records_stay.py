"""Nothing is overwritten or deleted: not by the application, and not by a statement in the database itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from service import db
from tests.service.tampering import unguard
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

STATEMENTS = [
    "UPDATE {table} SET body = '{{}}'",
    "UPDATE {table} SET at = at",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE body LIKE '%rol%'",
]


def lived(here: Town) -> str:
    case = here.start()
    here.do(case, "t", here.house.log_in("bewoner"))
    here.must(case, "t")
    return case


def run(engine: Engine, statement: str) -> None:
    with db.writing(engine) as tx:
        tx.execute(text(statement))


@pytest.mark.parametrize("table", ["record", "fact"])
def test_inv_19_the_database_itself_refuses_to_change_or_delete_a_record(url: str, tmp_path: Path, table: str) -> None:
    with town(url, tmp_path, ONE) as here:
        case, database = lived(here), here.house.installation.database
        before = here.rows(table)
        extra = [] if url.startswith("sqlite") else ["TRUNCATE {table}"]
        for statement in (*STATEMENTS, *extra):
            with pytest.raises(DBAPIError, match="nooit gewijzigd of gewist"):
                run(database, statement.format(table=table))
        assert here.rows(table) == before and before
        here.assert_whole(case)


def test_the_guard_stands_on_its_own_tables_and_can_be_taken_off_by_the_owner_alone(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        lived(here)
        with db.writing(here.house.installation.database) as tx:
            unguard(tx, "record")
            tx.execute(text("DELETE FROM record"))
        assert here.rows("record") == []
