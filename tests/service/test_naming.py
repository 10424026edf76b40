"""The names of residents: closed in every file, found by who knows them, and gone with their key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service import db, people, store_people
from service.naming import GONE, Names, key_of
from tests.service.houses import House


@pytest.fixture
def names(house: House) -> Names:
    return house.installation.names


def stored(house: House, login: str) -> store_people.PersonRow:
    with db.reading(house.installation.database) as tx:
        found = store_people.read_login(tx, login, house.installation.names.hidden(login))
    assert found is not None
    return found[0]


def test_a_resident_is_stored_without_a_name_and_an_official_with_one(house: House) -> None:
    row, official = stored(house, "bewoner"), stored(house, "coordinator")
    assert "bewoner" not in row.name and row.login == house.installation.names.hidden("bewoner")
    assert (official.login, official.name) == ("coordinator", "Naam van coordinator") and key_of(official) is None


def test_who_forgets_to_open_a_row_tells_less_and_who_opens_it_sees_the_name(house: House, names: Names) -> None:
    assert names.opened(stored(house, "bewoner")).name == "Naam van bewoner"
    client = house.log_in("bewoner")
    assert client.get(f"/v1/personen/{house.ids['bewoner']}").json["gebruikersnaam"] == "bewoner"  # type: ignore[index]


def test_no_name_is_taken_twice_by_a_resident_and_an_official(house: House) -> None:
    keeper = house.log_in("beheer")
    for login, is_resident in (("bewoner", False), ("coordinator", True), ("bewoner", True)):
        given = {
            "gebruikersnaam": login,
            "naam": "Nog een",
            "wachtwoord": "een lang wachtwoord",
            "isBewoner": is_resident,
        }
        assert keeper.post("/v1/personen", json=given).status_code == 409
    assert people.find_login(house.installation, "bewoner") is not None


def test_a_name_put_in_the_row_of_somebody_else_does_not_open(house: House, names: Names) -> None:
    row = stored(house, "bewoner")
    assert names.opened(replace(row, id=house.ids["buur"])).name == GONE
    broken = f"{row.name[:-2]}{'00' if row.name[-2:] != '00' else '11'}"
    assert names.opened(replace(row, name=broken)).name == GONE


def test_without_its_key_nobody_knows_the_name_any_more(house: House, names: Names) -> None:
    row = stored(house, "bewoner")
    key = key_of(row)
    assert key is not None
    house.installation.keys.destroy([key])
    assert (names.opened(row).login, names.opened(row).name) == (GONE, GONE)


def test_another_secret_finds_nobody_by_the_name(names: Names) -> None:
    assert replace(names, secret=bytes(32)).hidden("bewoner") != names.hidden("bewoner")
