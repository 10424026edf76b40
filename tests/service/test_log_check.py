"""The self-check names whatever somebody with the database itself changed, and is silent about a sound database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from service import log_check
from tests.service.logs import act, findings, kept
from tests.service.tampering import copy_of, owning, put_back
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite and on PostgreSQL, with a log of some records, the last of which still wait."""
    with town(url, tmp_path, ONE) as built:
        for _ in range(3):
            act(built)
        kept(built)
        act(built)
        yield built


LAST = "(SELECT digest FROM record WHERE kind = 'taak:afgerond' ORDER BY at DESC, chain LIMIT 1)"
A_CASE = '(SELECT id FROM "case" ORDER BY started_at, id LIMIT 1)'


def harm(here: Town, *statements: str) -> str:
    """What the self-check says after these statements of the database's owner."""
    assert findings(here.house.installation) == ()
    with owning(here.house.installation.database) as tx:
        for statement in statements:
            assert tx.execute(text(statement)).rowcount
    return "\n".join(findings(here.house.installation))


def test_a_sound_database_gives_no_findings_whether_records_wait_or_not(here: Town) -> None:
    told = log_check.check(here.house.installation)
    assert told.findings == () and told.waiting == 3 and told.checkpoints == 1
    kept(here)
    told = log_check.check(here.house.installation)
    assert told.findings == () and told.waiting == 0 and told.records == len(here.rows("record"))


CHANGES = [
    ("UPDATE record SET body = replace(body, 'taak:afgerond', 'taak:geweigerd')", "inhoud van Regel 1"),
    (f"UPDATE record SET body = body || ' ' WHERE digest = {LAST}", "inhoud van Regel"),
    (f"UPDATE record SET body = '' WHERE digest = {LAST}", "is niet te lezen"),
    ("UPDATE record SET kind = 'taak:opgepakt' WHERE kind = 'taak:afgerond'", "De kolom kind van Regel"),
    ("UPDATE record SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 1", "De kolom at van Regel"),
    (f"DELETE FROM record WHERE chain = {A_CASE} AND seq = 1", "daartussen ontbreekt|zij volgens haar kop eindigt"),
    (f"DELETE FROM record WHERE chain = {A_CASE}", "stond in het logboek en is er niet meer"),
    ("DELETE FROM pending", "geen plaats in het logboek"),
    ('DELETE FROM leaf WHERE "index" = 3', "plaats overgeslagen"),
    ('DELETE FROM leaf WHERE "index" = (SELECT max("index") FROM leaf)', "De kop van het logboek"),
    ("UPDATE tree SET size = 0, frontier = ''", "De kop van het logboek"),
    (
        "INSERT INTO pending (digest) SELECT digest FROM record WHERE digest NOT IN (SELECT digest FROM pending)",
        "twee keer een plaats",
    ),
    ("DELETE FROM sealed", "is weg, en niemand gaf daar opdracht toe"),
    ("UPDATE sealed SET content = (SELECT root FROM checkpoint)", "verzegelde waarde van .* is niet meer te openen"),
    ("DELETE FROM fact", "De registers zeggen iets anders"),
    ("UPDATE fact SET body = replace(body, 'tanthof', 'voorhof')", "De registers zeggen iets anders"),
    (f'UPDATE "case" SET seq = 0 WHERE id = {A_CASE}', "zij volgens haar kop eindigt"),
    ("UPDATE tree SET size = -1", "niet meer te lezen"),
    ("UPDATE log_key SET key = 'x'", "niet meer te lezen"),
    ("UPDATE checkpoint SET size = size - 1", "is niet wat er is ondertekend"),
    ("UPDATE checkpoint SET root = frontier", "past niet op het logboek|niet wat er is ondertekend"),
]


def test_whatever_was_changed_is_named(here: Town) -> None:
    whole = copy_of(here.house.installation.database)
    for statement, says in CHANGES:
        told = harm(here, statement)
        assert re.search(says, told), (statement, told)
        put_back(here.house.installation.database, whole)


def test_a_record_that_was_added_past_the_log_is_named(here: Town) -> None:
    told = harm(
        here,
        "INSERT INTO record SELECT chain, 7, substr(digest, 2) || substr(digest, 1, 1), kind, at, body FROM record "
        f"WHERE chain = {A_CASE} AND seq = 1",
    )
    assert "(taak:afgerond) heeft geen plaats in het logboek" in told
    assert "volgt op regel 2: daartussen ontbreekt iets" in told and "inhoud van Regel 7" in told


def test_a_register_row_that_no_record_established_is_named(here: Town) -> None:
    columns = 'dossier, register, step, subject, "at", "by", body'
    told = harm(here, f"INSERT INTO fact (record, {columns}) SELECT '{'0' * 64}', {columns} FROM fact LIMIT 1")
    assert "Een rij van het register" in told


def test_a_swap_of_two_places_in_the_log_is_named(here: Town) -> None:
    told = harm(
        here,
        'UPDATE leaf SET "index" = 1000 WHERE "index" = 0',
        'UPDATE leaf SET "index" = 0 WHERE "index" = 1',
        'UPDATE leaf SET "index" = 1 WHERE "index" = 1000',
    )
    assert "De kop van het logboek" in told and "voor een eerdere regel van dezelfde zaak" in told


def test_blocks_that_do_not_fit_are_named(here: Town) -> None:
    told = harm(here, "INSERT INTO block SELECT 1, 1, 0, root FROM checkpoint")
    assert "De blokken van het logboek" in told
