"""*Beheer*: accounts, roles, mandates and substitutions as pages, and what must never come of them."""

from __future__ import annotations

import pytest

from service import people
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, body
from tests.service.test_statements import counted

PEOPLE = "/beheer/personen"
HOSTILE = '<img src=x onerror="alert(1)">'
PERIOD = {"van": "2026-01-01", "tot": "2026-12-31"}


@pytest.fixture
def keeper(house: House) -> Browser:
    return inside(house.app, "beheer", PASSWORD)


def page_of(house: House, login: str) -> str:
    return f"{PEOPLE}/{id_of(house, login)}"


def id_of(house: House, login: str) -> str:
    found = people.find_login(house.installation, login)
    assert found is not None
    return found.id


def test_somebody_is_added_gets_a_role_and_can_do_the_work_until_it_is_withdrawn(house: House, keeper: Browser) -> None:
    keeper.open(PEOPLE)
    new = {"gebruikersnaam": "nieuw", "naam": "Een nieuwe", "wachtwoord": PASSWORD}
    assert keeper.send(PEOPLE, new) == 200 and keeper.sheet.headings == ["Een nieuwe nieuw"]
    assert "nu geen rol" in keeper.sheet.text and flaws(keeper.sheet) == []
    given = {"rol": "wijkcoordinator", "bereik": "wijk", "wijk": "tanthof"}
    assert keeper.send(f"{page_of(house, 'nieuw')}/rollen", given) == 200 and flaws(keeper.sheet) == []
    case = house.start(house.log_in("nieuw"))

    taken = next(given["action"] for tag, given in keeper.sheet.tags if given.get("action", "").endswith("/intrekken"))
    assert keeper.send(taken, reden="Ander werk") == 200 and "nu geen rol" in keeper.sheet.text
    assert house.log_in("nieuw").get(f"/v1/zaken/{case}").status_code == 404


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(house: House, keeper: Browser) -> None:
    keeper.open(PEOPLE)
    assert keeper.send(PEOPLE, gebruikersnaam="Geen Naam!", naam=HOSTILE, wachtwoord="kort") == 400
    assert flaws(keeper.sheet) == [] and {"#gebruikersnaam", "#wachtwoord"} <= set(keeper.sheet.links)
    assert keeper.sheet.values["naam"] == HOSTILE and keeper.sheet.values["wachtwoord"] == ""
    keeper.open(page_of(house, "coordinator"))
    assert keeper.send(f"{page_of(house, 'coordinator')}/rollen", rol="wijkcoordinator") == 400
    assert "#bereik" in keeper.sheet.links and flaws(keeper.sheet) == []


def test_a_name_is_text_on_every_page_that_shows_it(house: House, keeper: Browser) -> None:
    keeper.open(PEOPLE)
    assert keeper.send(PEOPLE, gebruikersnaam="kwaad", naam=HOSTILE) == 200
    role = {"rol": "college", "bereik": "gemeente"}
    assert keeper.send(f"{page_of(house, 'kwaad')}/rollen", role) == 200
    given = {"vervangt": "coordinator", "vervanger": "kwaad", **PERIOD}
    keeper.open("/beheer/vervangingen")
    assert keeper.send("/beheer/vervangingen", given) == 200
    for path in (PEOPLE, page_of(house, "kwaad"), "/beheer/vervangingen"):
        sheet = keeper.open(path)
        assert flaws(sheet) == [] and HOSTILE in sheet.text and not any(tag == "img" for tag, _ in sheet.tags), path


def test_the_account_of_a_resident_is_shown_by_its_name_and_never_as_it_lies_in_the_database(
    house: House, keeper: Browser
) -> None:
    assert keeper.open(page_of(house, "bewoner")).headings == ["Naam van bewoner bewoner"]
    assert "bewoner:" not in keeper.sheet.text and keeper.sheet.title.startswith("bewoner")


def test_the_same_form_sent_twice_is_done_once(house: House, keeper: Browser) -> None:
    keeper.open(PEOPLE)
    new = {"gebruikersnaam": "dubbel", "naam": "Dubbel"}
    assert [keeper.send(PEOPLE, new) for _ in range(2)] == [200, 409]
    role = {"rol": "jurist", "bereik": "gemeente"}
    roles = f"{page_of(house, 'dubbel')}/rollen"
    assert [keeper.send(roles, role) for _ in range(2)] == [200, 409] and flaws(keeper.sheet) == []
    taken = next(given["action"] for _, given in keeper.sheet.tags if given.get("action", "").endswith("/intrekken"))
    assert [keeper.send(taken, reden="Klaar") for _ in range(2)] == [200, 409]
    assert "nu geen rol" in keeper.open(page_of(house, "dubbel")).text


def test_nobody_takes_from_himself_what_lets_him_appoint(house: House, keeper: Browser) -> None:
    own = page_of(house, "beheer")
    sheet = keeper.open(own)
    taken = next(given["action"] for _, given in sheet.tags if given.get("action", "").endswith("/intrekken"))
    assert keeper.send(taken, reden="Ik ga weg") == 403 and "intrekken/zelf" in keeper.sheet.text
    assert keeper.send(f"{own}/blokkeren", zeker="ja") == 409
    house.add("tweede", "beheerder")
    second = inside(house.app, "tweede", PASSWORD)
    second.open(own)
    assert second.send(taken, reden="Uit dienst") == 200
    keeper.open(PEOPLE)
    assert keeper.answer is not None and keeper.answer.status_code == 403


def test_the_administrator_gives_himself_no_role_that_decides(house: House, keeper: Browser) -> None:
    keeper.open(page_of(house, "beheer"))
    role = {"rol": "college", "bereik": "gemeente"}
    assert keeper.send(f"{page_of(house, 'beheer')}/rollen", role) == 403 and "benoemen/zelf" in keeper.sheet.text
    assert flaws(keeper.sheet) == []


def test_a_session_of_another_is_ended_at_once_and_on_record(house: House, keeper: Browser) -> None:
    other = house.log_in("coordinator")
    sheet = keeper.open(page_of(house, "coordinator"))
    ends = [given["action"] for _, given in sheet.tags if given.get("action", "").endswith("/beeindigen")]
    assert all(keeper.send(one) == 200 for one in ends) and len(ends) >= 1
    assert other.get("/v1/taken").status_code == 401
    assert keeper.send(ends[0]) == 404
    told = body(house.log_in("beheer").get(f"/v1/personen/{id_of(house, 'coordinator')}/sessies"))
    assert told["resultaten"] == []
    house.add("controle", "auditor")
    house.start(house.log_in("coordinator"))
    answer = house.log_in("controle").get("/v1/verantwoording/lijsten/beheer?wijk=tanthof&jaar=2027&limit=200").text
    assert "sessie:beeindigd" in answer or "beëindigde een sessie" in answer


def test_an_account_is_closed_only_by_who_says_that_he_means_it(house: House, keeper: Browser) -> None:
    address = page_of(house, "buur")
    other = house.log_in("buur")
    keeper.open(address)
    assert keeper.send(f"{address}/blokkeren") == 400 and "#zeker" in keeper.sheet.links
    assert other.get("/v1/taken").status_code == 200
    assert keeper.send(f"{address}/blokkeren", zeker="ja") == 200 and flaws(keeper.sheet) == []
    assert other.get("/v1/taken").status_code == 401 and "is gesloten" in keeper.sheet.text


@pytest.mark.parametrize("login", ["coordinator", "bewoner"])
def test_who_may_not_appoint_sees_no_account_and_changes_none(house: House, login: str) -> None:
    browser = inside(house.app, login, PASSWORD)
    assert "/beheer" not in browser.sheet.links
    address = page_of(house, "beheer")
    for path in ("/beheer", PEOPLE, address, "/beheer/vervangingen", "/beheer/klok", "/beheer/toestand"):
        sheet = browser.open(path)
        assert browser.answer is not None and browser.answer.status_code == 403, path
        assert flaws(sheet) == [] and "Beheerder" not in sheet.text.replace("beheerder", "")
    browser.open("/werk")
    for path, values in (
        (PEOPLE, {"gebruikersnaam": "x1", "naam": "X"}),
        (f"{address}/rollen", {"rol": "jurist", "bereik": "gemeente"}),
        (f"{address}/blokkeren", {"zeker": "ja"}),
        (f"{address}/sessies/{'0' * 8}-0000-4000-8000-{'0' * 12}/beeindigen", {}),
        ("/beheer/vervangingen", {"vervangt": "beheer", "vervanger": login, **PERIOD}),
    ):
        assert browser.send(path, values) == 403, path
    for path in (f"/v1/personen/{id_of(house, 'beheer')}/sessies", "/v1/klok"):
        assert browser.client.get(path).status_code == 403
    assert house.log_in("beheer").get("/v1/personen").status_code == 200


def test_no_form_of_administration_works_without_its_proof(house: House, keeper: Browser) -> None:
    address = page_of(house, "buur")
    for path in (PEOPLE, f"{address}/rollen", f"{address}/blokkeren", "/mandaten", "/beheer/vervangingen"):
        keeper.open(PEOPLE)
        assert keeper.send(path, zeker="ja", bewijs="0" * 64) == 403 and "niets gewijzigd" in keeper.sheet.text
    assert house.log_in("buur").get("/v1/taken").status_code == 200


def test_a_mandate_is_given_by_its_organ_alone_and_stands_in_a_register_to_publish(house: House) -> None:
    house.add("college", "college")
    organ = inside(house.app, "college", PASSWORD)
    organ.open("/mandaten")
    given = {"orgaan": "college", "persoon": "coordinator", "stap": "D07", "plafond": "40.000", **PERIOD}
    assert organ.send("/mandaten", given) == 200 and flaws(organ.sheet) == []
    assert "Naam van coordinator" in organ.sheet.text and "€ 40.000,00" in organ.sheet.text
    assert organ.send("/mandaten", given) == 409
    assert organ.send("/mandaten", given | {"plafond": "1,50"}) == 400 and "#plafond" in organ.sheet.links
    assert organ.send("/mandaten", given | {"persoon": "niemand"}) == 400 and "#persoon" in organ.sheet.links
    assert organ.send("/mandaten", given | {"tot": ""}) == 403 and "INV-13" in organ.sheet.text

    reader = inside(house.app, "coordinator", PASSWORD)
    table = reader.client.get("/mandaten/csv")
    assert table.mimetype == "text/csv" and "Naam van coordinator" in table.text
    assert not any("intrekken" in link.get("action", "") for _, link in reader.open("/mandaten").tags)
    for who in ("niemand", "beheer"):  # whether there is such an account, is not told to who may not give a mandate
        assert reader.send("/mandaten", given | {"persoon": who}) == 403
    taken = next(one["action"] for _, one in organ.open("/mandaten").tags if one.get("action", "").endswith("trekken"))
    assert reader.send(taken, reden="Weg ermee") == 403
    assert organ.send(taken, reden="Niet meer nodig") == 200 and "geldt nu geen mandaat" in organ.sheet.text


def test_a_role_and_a_mandate_for_later_are_seen_and_can_be_withdrawn_before_they_begin(
    house: House, keeper: Browser
) -> None:
    address = page_of(house, "buur")
    keeper.open(address)
    later = {"rol": "vakdienst", "bereik": "gemeente", "van": "2027-01-01", "tot": "2027-05-31"}
    assert keeper.send(f"{address}/rollen", later) == 200 and flaws(keeper.sheet) == []
    assert all(one in keeper.sheet.text for one in ("akdienst gaat nog in", "vr 1 jan 2027", "ma 31 mei 2027"))
    assert keeper.sheet.text.count("gaat nog in") == 1, "of the role that holds now nothing is said"
    taken = [one["action"] for tag, one in keeper.sheet.tags if one.get("action", "").endswith("/intrekken")]
    assert keeper.send(taken[-1], reden="Toch niet") == 200 and "gaat nog in" not in keeper.sheet.text

    house.add("orgaan", "college")
    organ = inside(house.app, "orgaan", PASSWORD)
    organ.open("/mandaten")
    given = {"orgaan": "college", "persoon": "coordinator", "stap": "D07", "van": "2027-01-01", "tot": "2027-12-31"}
    assert organ.send("/mandaten", given) == 200 and "gaat nog in" in organ.sheet.text and flaws(organ.sheet) == []
    assert "2027-01-01" in organ.client.get("/mandaten/csv").text


def test_the_pages_ask_the_database_little_and_say_how_it_all_does(house: House, keeper: Browser) -> None:
    house.start(house.log_in("coordinator"))
    for path in ("/beheer", PEOPLE, page_of(house, "coordinator"), "/mandaten", "/beheer/vervangingen"):
        with counted(house.installation.database) as statements:
            sheet = keeper.open(path)
        assert flaws(sheet) == [] and len(statements) < 20, path
    for path in ("/beheer/incidenten", "/beheer/klok", "/beheer/toestand"):
        with counted(house.installation.database) as statements:
            sheet = keeper.open(path)
        assert keeper.answer is not None and keeper.answer.status_code == 200
        assert flaws(sheet) == [] and len(statements) < 20, path
