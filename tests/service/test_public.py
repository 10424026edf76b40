"""What anybody may read without logging in, attacked: nothing sealed, no name, no reference, no case off the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engine.terms import Register
from service import db, hearing, sealing, store_trail
from service.store_sealed import Closed
from service.tables import case, record, sealed
from service.tables_people import person
from service.web.wijken import PARTS
from tests.service.houses import body, family, peopled
from tests.service.ladders import FRAME, PUBLIC, Town, opened
from tests.service.tampering import altered
from tests.service.test_deployment import propose

ROOT = "/v1/openbaar"
WORDS = "Er is hier nergens plek om te spelen, zegt mevrouw Van den Akker"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def played(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A case on the list in which residents spoke and somebody was refused, and one off the list; only read after."""
    url, directory = module_url, tmp_path_factory.mktemp("openbaar")
    for town in opened(url, directory):
        town.begin(proces="signaal", groep=None)
        town.begin()
        assert town.attempt("buurvrouw", "besluit", reden=WORDS).status == 403
        town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"})
        town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
        said = town.contribute("speelplek", "inbreng_verzamelen", kenmerk="ID-1", tekst=WORDS, kanaal="telefoon")
        assert said.status == 201, said
        yield town


@pytest.fixture
def client(played: Town) -> FlaskClient:
    return played.stage.app.test_client()


@pytest.fixture(scope="module")
def seen(played: Town) -> str:
    """The text of every public address, followed from the list of wijken; what has rows in each of its shapes."""
    client = played.stage.app.test_client()
    found = [client.get(ROOT).text, client.get(f"{ROOT}/wijken").text]
    for wijk in body(client.get(f"{ROOT}/wijken"))["resultaten"]:
        place = f"{ROOT}/wijken/{wijk['id']}"
        answer = client.get(f"{place}/zaken")
        found += [answer.text, client.get(f"{place}/uitzonderingen?jaar=2027").text]
        cases = [str(one["id"]) for one in body(answer)["resultaten"]]
        found += [client.get(f"{ROOT}/zaken/{one}").text for one in cases]
        addresses = [f"{ROOT}/zaken/{one}/regels?limit=200" for one in cases]
        addresses += [f"{place}/registers/{one}?jaar=2027" for one in Register if cases]
        for address in addresses:
            for shape in ("application/json", "text/csv", "application/jsonl"):
                answer = client.get(address, headers={"Accept": shape})
                assert answer.status_code == 200, answer.text
                found.append(answer.text)
    return "\n".join(found)


def test_nothing_sealed_no_reference_no_login_and_no_name_leaves(played: Town, seen: str) -> None:
    installation = played.stage.installation
    assert "ruimte_open" in seen and "kanaal" in seen  # what is listed is there
    with db.reading(installation.database) as tx:
        closed = [Closed(**row) for row in tx.execute(select(sealed)).mappings()]
        chains, people = store_trail.chains(tx), tx.execute(select(person)).mappings().all()
    assert WORDS in [one.value for one in sealing.opened(installation.keys, closed).values()]
    for one in sealing.opened(installation.keys, closed).values():
        assert one.digest not in seen and json.dumps(one.value) not in seen
    for human in people:
        assert human["id"] not in seen
        if human["is_resident"]:  # of officials the role is public, by which these people are called
            assert human["name"] not in seen and human["login"] not in seen
        for chain in chains:
            assert hearing.reference(installation, human["id"], human["is_resident"], chain) not in seen
    assert "mevrouw" not in seen


def test_what_is_refused_is_only_counted(played: Town, client: FlaskClient) -> None:
    lines = body(client.get(f"{ROOT}/zaken/{played.case}/regels?limit=200"))
    assert not [one for one in lines["resultaten"] if one["soort"].endswith(":geweigerd")]
    assert lines["getoond"] == len(lines["resultaten"]) < lines["inVerantwoording"]
    counts = body(client.get(f"{ROOT}/wijken/tanthof/uitzonderingen?jaar=2027"))["resultaten"]
    assert {one["naam"]: one["aantal"] for one in counts}["weigeringen"] == 1


def test_a_case_off_the_list_does_not_exist(played: Town, client: FlaskClient, seen: str) -> None:
    with db.reading(played.stage.installation.database) as tx:
        hidden = [str(one) for one in tx.execute(select(case.c.id).where(case.c.process == "signaal")).scalars()]
    assert hidden and hidden[0] not in seen
    for one in (*hidden, NOWHERE):
        for address in (f"{ROOT}/zaken/{one}", f"{ROOT}/zaken/{one}/regels"):
            assert client.get(address).status_code == 404
    assert {one["proces"] for one in body(client.get(f"{ROOT}/wijken/tanthof/zaken"))["resultaten"]} == {
        "participatietraject"
    }


def test_a_frame_is_read_with_its_reasons_and_a_contribution_as_no_more_than_that(
    played: Town, client: FlaskClient
) -> None:
    rows = body(client.get(f"{ROOT}/zaken/{played.case}/regels?limit=200"))["resultaten"]
    frame = next(one for one in rows if one["soort"] == "kader:vastgesteld")
    assert frame["gegevens"]["ruimte_dicht"] == FRAME["ruimte_dicht"] and frame["gegevens"]["trede"] == "raadplegen"
    given = next(one for one in rows if one["soort"] == "bijdrage:ontvangen")
    assert set(given) == {
        *("regel", "soort", "zin", "op", "stap", "trede", "onderwerp", "gegevens", "verzegeld", "zaak"),
        "verbeteringen",
    }
    assert given["gegevens"] == {"kanaal": "telefoon"} and given["verzegeld"] == 1
    assert given["zin"].startswith("Iemand leverde een bijdrage")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("wijken/nergens/zaken", 404),
        ("wijken/nergens/registers/besluiten?jaar=2027", 404),
        ("wijken/tanthof/registers/rollen?jaar=2027", 200),
        ("wijken/tanthof/registers/iets?jaar=2027", 404),
        ("wijken/tanthof/registers/besluiten", 400),
        ("wijken/tanthof/registers/besluiten?jaar=2027&wie=x", 400),
        ("wijken/tanthof/uitzonderingen", 400),
        ("wijken/nergens/uitzonderingen?jaar=2027", 404),
        ("wijken/tanthof/zaken?cursor=-1", 400),
        ("zaken/geen-zaak", 404),
    ],
)
def test_what_is_asked_wrongly_is_said_so(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(f"{ROOT}/{path}").status_code == status


def test_the_registers_of_the_organisation_are_empty_to_the_public(client: FlaskClient) -> None:
    for one in ("rollen", "mandaten", "vervangingen", "vernietigingen", "bewaarplichten", "procesmodellen"):
        assert body(client.get(f"{ROOT}/wijken/tanthof/registers/{one}?jaar=2027"))["resultaten"] == []


def test_reading_leaves_no_record(played: Town, client: FlaskClient) -> None:
    counting = select(func.count()).select_from(record)
    with db.reading(played.stage.installation.database) as tx:
        before = tx.execute(counting).scalar_one()
    for path in (f"zaken/{played.case}/regels", "wijken/tanthof/uitzonderingen?jaar=2027", f"zaken/{NOWHERE}"):
        client.get(f"{ROOT}/{path}")
    with db.reading(played.stage.installation.database) as tx:
        assert tx.execute(counting).scalar_one() == before


def test_a_list_comes_by_the_page(played: Town, client: FlaskClient) -> None:
    address, rows = f"{ROOT}/zaken/{played.case}/regels?limit=2", []
    while address:
        page = body(client.get(address))
        rows += page["resultaten"]
        address = page["_links"].get("next", {}).get("href", "")
    assert len(rows) == page["getoond"] > 2


def test_a_city_without_a_list_shows_its_wijken_and_nothing_of_them(sqlite_url: str, tmp_path: Path) -> None:
    files = {name: content for name, content in family().items() if name != "openbaar.toml"}
    house = peopled(sqlite_url, tmp_path, files)
    started, anybody = house.start(house.log_in("coordinator")), house.app.test_client()
    assert body(anybody.get(ROOT)) == {"processen": [], "regels": []}
    assert {one["zaken"] for one in body(anybody.get(f"{ROOT}/wijken"))["resultaten"]} == {0}
    assert body(anybody.get(f"{ROOT}/wijken/tanthof/zaken"))["resultaten"] == []
    assert anybody.get(f"{ROOT}/zaken/{started}/regels").status_code == 404
    house.installation.database.dispose()


def test_a_case_of_a_process_that_a_new_version_has_no_more_stays_public_and_takes_no_page_away(
    sqlite_url: str, tmp_path: Path
) -> None:
    files = dict(family()) | {"openbaar.toml": b'processen = ["rij_5", "lus"]\n'}
    house = peopled(sqlite_url, tmp_path, files)
    coordinator, anybody = house.log_in("coordinator"), house.app.test_client()
    gone, kept = house.start(coordinator), house.start(coordinator, "lus")
    house.add("ontwerper", "procesontwerper")
    house.add("ontwerper2", "procesontwerper")
    without = {name: content for name, content in files.items() if name != "rij_5.bpmn"}
    version = body(propose(house.log_in("ontwerper"), without, is_addition=False))["procesmodel"]["versie"]
    house.later(timedelta(minutes=1))
    assert house.log_in("ontwerper2").put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200

    parts = [f"/wijken/tanthof/{one}" for one in PARTS]
    for page in ("/wijken", "/wijken/tanthof", *parts, f"{ROOT}/wijken", f"{ROOT}/zaken/{gone}"):
        assert anybody.get(page).status_code == 200, page
    found = body(anybody.get(f"{ROOT}/wijken/tanthof/zaken"))["resultaten"]
    assert {one["id"] for one in found} == {gone, kept}
    house.installation.database.dispose()


def test_an_altered_record_is_not_shown_but_counted(played: Town, client: FlaskClient) -> None:
    database, row = played.stage.installation.database, record.c.chain == played.case
    with altered(database, "Samen bepalen", "Alleen bepalen", row, record.c.kind == "kader:vastgesteld"):
        lines = body(client.get(f"{ROOT}/zaken/{played.case}/regels?limit=200"))
    assert lines["nietInOrde"] == 1 and "Alleen bepalen" not in json.dumps(lines)
