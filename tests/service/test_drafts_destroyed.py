"""Drafts when an account is destroyed, and in a backup that is put back: gone as all else is, or there again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service import backup, drafts
from service.app import create_app
from service.config import Config
from service.installation import open_installation
from tests.postgres import PROGRAMS, Postgres
from tests.service.houses import body
from tests.service.logs import findings
from tests.service.moulds import CHEAP
from tests.service.test_destruction import TWO, ask, copied, order, ordered
from tests.service.test_drafts import TYPED, rows
from tests.service.test_statements import person
from tests.service.towns import Town, town
from tests.service.traces import files_of, found_in

RESIDENT, OTHER = "klusser", "coordinator"


@pytest.fixture
def here(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=os.pathsep)  # the server's own pg_dump and pg_restore
    with town(url, tmp_path, TWO) as found:
        found.house.add("archief", "archivaris")
        found.house.add("eigenaar", "proceseigenaar")
        found.house.add(RESIDENT, "wijkcoordinator", "wijk", is_resident=True, wijk="tanthof")
        yield found


def kept(here: Town, login: str, case: str, element: str = "t", typed: str = TYPED) -> str:
    """The task of which this person keeps a draft."""
    task, by = here.task(case, element), person(here.house, login)
    drafts.keep(here.house.installation, by, task, {"toelichting": typed}, "", here.house.now())
    return task


def read(here: Town, login: str, task: str) -> Any:
    found = drafts.find(here.house.installation, person(here.house, login), task)
    return None if found is None else found.values["toelichting"]


def wrapped(here: Town, key: str) -> bytes:
    """The key as it stands in the file of the key store."""
    store = here.house.installation.keys
    with closing(store._connect(store.path)) as connection:
        ((found,),) = connection.execute("SELECT wrapped FROM key WHERE id = ?", (key,)).fetchall()
    return bytes(found)


def requests(here: Town) -> list[str]:
    answer = ask(here.house.log_in("archief"), persoon=here.house.ids[RESIDENT])
    assert answer.status_code == 201, answer.text
    return [str(one["regel"]) for one in body(answer)["verzoeken"]]


# --- by an order on a resident's account ------------------------------------------------------------------------------


def test_inv_45_with_the_account_of_a_resident_her_drafts_go_in_every_case_and_nobody_elses(here: Town) -> None:
    cases = [here.start(), here.start()]
    own = [kept(here, RESIDENT, one) for one in cases]
    kept(here, OTHER, cases[0], typed="van mij")
    keys = {row["key"] for row in rows(here.house) if row["person"] == here.house.ids[RESIDENT]}
    lying = [wrapped(here, key) for key in keys]
    assert len(keys) == 2 and found_in(here, *lying) and found_in(here, TYPED.encode()) == []

    (account,) = requests(here)  # she sent nothing in: all that is hers is the account
    assert order(here, "eigenaar", account).status_code == 200
    here.days(5)
    assert [read(here, RESIDENT, one) for one in own] == [TYPED, TYPED], "within the term"
    here.days(6)

    (left,) = rows(here.house)
    assert left["person"] == here.house.ids[OTHER] and read(here, OTHER, left["task"]) == "van mij"
    assert [one for one in keys if here.house.installation.keys.find(one)] == []
    assert found_in(here, *lying, TYPED.encode()) == [] and findings(here.house.installation) == ()
    assert here.open(cases[0]) == ["t"], "the task itself waits for who comes next"


def test_inv_45_what_she_keeps_between_the_order_and_its_day_goes_as_well(here: Town) -> None:
    case = here.start()
    (account,) = requests(here)
    assert order(here, "eigenaar", account).status_code == 200
    here.days(5)
    kept(here, RESIDENT, case)
    (key,) = {row["key"] for row in rows(here.house)}
    lying = wrapped(here, key)
    here.days(6)
    assert rows(here.house) == [] and here.house.installation.keys.find(key) is None
    assert found_in(here, lying) == []


def test_inv_45_an_order_that_was_called_off_takes_no_draft(here: Town) -> None:
    task = kept(here, RESIDENT, here.start())
    (account,) = requests(here)
    assert order(here, "eigenaar", account).status_code == 200
    called_off = here.house.log_in("archief").put(
        f"/v1/vernietigingen/{account}/intrekking", json={"reden": "Zij wil blijven."}
    )
    assert called_off.status_code == 200, called_off.text
    here.days(12)
    assert read(here, RESIDENT, task) == TYPED


def test_inv_45_nobody_orders_it_alone_and_an_official_keeps_his(here: Town) -> None:
    task = kept(here, OTHER, here.start())
    own = kept(here, RESIDENT, here.start())
    (account,) = requests(here)
    assert order(here, "archief", account).status_code == 403
    answer = ask(here.house.log_in("archief"), persoon=here.house.ids[OTHER])
    for one in body(answer).get("verzoeken", ()):
        order(here, "eigenaar", str(one["regel"]))
    here.days(12)
    assert (read(here, OTHER, task), read(here, RESIDENT, own)) == (TYPED, TYPED)


def test_inv_45_a_draft_that_went_with_its_task_is_in_no_table_any_more_either(here: Town) -> None:
    """Its key cannot be told from others by then, so what it closed is written out of the file."""
    stays = kept(here, OTHER, here.start())  # on the same page
    case = here.start()
    task = kept(here, OTHER, case)
    (row,) = (row for row in rows(here.house) if row["task"] == task)
    here.must(case, "t", toelichting=TYPED)
    assert [row["task"] for row in rows(here.house)] == [stays]
    ordered(here, zaak=case)
    here.days(12)
    if here.house.installation.database.dialect.name == "postgresql":
        with here.house.installation.database.connect() as connection:
            connection.execute(text("CHECKPOINT"))
    files = (file for file in files_of(here) if "pg_wal" not in file.parts and file.is_file())
    assert [file.name for file in files if row["content"] in file.read_bytes()] == []


# --- in a backup, and put back ----------------------------------------------------------------------------------------


@pytest.fixture
def place(here: Town, request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """Where a copy is put back: another directory, and for PostgreSQL an empty database."""
    (tmp_path / "terug").mkdir()
    url = f"sqlite:///{tmp_path / 'terug' / 'wijk.sqlite'}"
    if here.house.installation.database.dialect.name != "sqlite":
        server: Postgres = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    config = here.house.installation.config
    return replace(config, database_url=url, key_file=tmp_path / "terug" / "sleutel", key_store=None)


def put_back(here: Town, place: Config, copy: Path) -> Town:
    """The installation that the copy becomes, at the same moment, with the same people."""
    backup.restore(place, copy)
    installation = open_installation(place)
    moment = [here.house.now()]
    app = create_app(installation, now=lambda: moment[0], passwords=CHEAP)
    house = replace(here.house, installation=installation, app=app, moment=moment)
    return Town(house, house.log_in(OTHER), here.directory / "terug")


def test_a_draft_is_in_a_backup_closed_and_put_back_it_is_its_owners_again(
    here: Town, place: Config, tmp_path: Path
) -> None:
    case = here.start()
    task = kept(here, RESIDENT, case)
    assert TYPED.encode() not in copied(here, tmp_path / "kopie")
    kept(here, RESIDENT, case, typed="wat er na de kopie bij kwam")

    back = put_back(here, place, tmp_path / "kopie")

    assert read(back, RESIDENT, task) == TYPED and read(back, OTHER, task) is None
    kept(back, RESIDENT, case, typed="en verder")
    assert read(back, RESIDENT, task) == "en verder" and len(rows(back.house)) == 1
    back.must(case, "t")
    assert rows(back.house) == []
    back.house.installation.database.dispose()


def test_without_the_key_store_of_the_copy_a_draft_in_it_stays_closed(
    here: Town, place: Config, tmp_path: Path
) -> None:
    task = kept(here, RESIDENT, here.start())
    backup.back_up(here.house.installation.config, tmp_path / "kopie")
    back = put_back(here, place, tmp_path / "kopie")
    back.house.installation.keys.destroy([row["key"] for row in rows(back.house)])
    assert len(rows(back.house)) == 1 and read(back, RESIDENT, task) is None
    back.house.installation.database.dispose()


def test_inv_45_a_backup_made_after_the_destruction_holds_no_draft_and_no_key_of_it(here: Town, tmp_path: Path) -> None:
    kept(here, RESIDENT, here.start())
    (row,) = rows(here.house)
    is_sqlite = here.house.installation.database.dialect.name == "sqlite"
    closed = row["content"] if is_sqlite else row["content"].hex().encode()
    lying = wrapped(here, row["key"])
    before = copied(here, tmp_path / "ervoor")
    assert closed in before and lying in before
    (account,) = requests(here)
    assert order(here, "eigenaar", account).status_code == 200
    here.days(12)
    after = copied(here, tmp_path / "erna")
    assert [one for one in (TYPED.encode(), closed, lying) if one in after] == []


def test_inv_45_a_copy_of_before_brings_the_draft_back_until_the_order_is_given_again(
    here: Town, place: Config, tmp_path: Path
) -> None:
    """As the README says: what was destroyed after a copy is in it, and is ordered anew when that is put back."""
    task = kept(here, RESIDENT, here.start())
    backup.back_up(here.house.installation.config, tmp_path / "kopie")
    (account,) = requests(here)
    assert order(here, "eigenaar", account).status_code == 200
    here.days(12)
    assert rows(here.house) == []

    back = put_back(here, place, tmp_path / "kopie")
    assert read(back, RESIDENT, task) == TYPED
    (again,) = requests(back)
    assert order(back, "eigenaar", again).status_code == 200
    back.days(12)
    assert rows(back.house) == [] and findings(back.house.installation) == ()
    back.house.installation.database.dispose()
