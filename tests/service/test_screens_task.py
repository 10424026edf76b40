"""*Taak*: its form without scripts, what stands beside it, refusals, receipts, and what people try on it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from werkzeug.datastructures import MultiDict

from engine.terms import Json, Values
from service.fields import MAX_ROWS
from service.web import filled_in
from service.web.controls import Control, Drawing
from tests.bench.diagrams import VALUES
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House
from tests.service.ladders import FRAME, Town
from tests.service.test_statements import counted

ANSWERS = {name: str(value) for name, value in VALUES.items()}
XSS = "\"><script>alert('x')</script><img src=x onerror=y>&amp;{{ 7*7 }}{% x %}"


def at_a_task(house: House, login: str = "coordinator") -> tuple[Browser, str, str]:
    """A browser at an open task, with the ids of task and case."""
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    browser = inside(house.app, login, PASSWORD)
    browser.open(f"/taken/{task}")
    return browser, task, case


def in_town(town: Town, who: str, element: str) -> tuple[Browser, str]:
    browser = inside(town.stage.app, who, f"wachtwoord van {who}")
    address = f"/taken/{town.task(element)}"
    browser.open(address)
    return browser, address


def seen(browser: Browser) -> tuple[int, str]:
    assert browser.answer is not None
    return browser.answer.status_code, browser.answer.request.path


def test_a_task_is_completed_by_its_form_and_leaves_a_receipt(house: House) -> None:
    browser, task, case = at_a_task(house)
    assert flaws(browser.sheet) == []

    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen", "motivering": "Gedaan."}) == 200

    assert seen(browser) == (200, f"/taken/{task}/ontvangst") and flaws(browser.sheet) == []
    trail = house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    assert trail[-1]["soort"] == "taak:afgerond" and trail[-1]["regel"] in browser.sheet.text
    assert "verzegeld" in str(trail[-1]["inhoud"]["motivation"])


def test_an_empty_field_is_named_with_a_link_to_it_and_the_rest_is_kept(house: House) -> None:
    browser, task, case = at_a_task(house)

    assert browser.send(f"/taken/{task}", {"doe": "vastleggen", "aantal": "veel", "keuze": "ja"}) == 400

    assert flaws(browser.sheet) == []
    assert {"#veld-toelichting", "#veld-aantal"} <= set(browser.sheet.links)
    assert (browser.sheet.values["aantal"], browser.sheet.values["keuze"]) == ("veel", "ja")
    assert browser.sheet.title.startswith("Niet vastgelegd")
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}) == 200  # from the page with the faults
    assert len(house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]) == 2


def test_pressing_twice_records_once_and_shows_the_same_receipt(house: House) -> None:
    browser, task, case = at_a_task(house)
    form = {"bewijs": browser.sheet.values["bewijs"], "gezien": browser.sheet.values["gezien"], "doe": "vastleggen"}
    for _ in range(2):
        answer = browser.client.post(f"/taken/{task}", data=form | ANSWERS)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/taken/{task}/ontvangst")
    assert len(house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]) == 2


def test_other_answers_to_a_completed_task_change_nothing(house: House) -> None:
    browser, task, _ = at_a_task(house)
    browser.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen", "aantal": "7"}) == 409
    assert flaws(browser.sheet) == [] and "al afgerond" in browser.sheet.text
    assert "Naar het ontvangstbewijs" in browser.open(f"/taken/{task}").text


def test_a_form_that_was_read_before_the_case_changed_is_shown_again_with_its_answers(either_town: Town) -> None:
    either_town.proposed(locatie="Hof", bedrag="10.000,00", uitvoering="werkgroep")
    browser, address = in_town(either_town, "college", "bijdrage_besluiten_coproduceren")
    seen_before = str(int(browser.sheet.values["gezien"]) - 1)
    answers = {"doe": "vastleggen", "kenmerk": "R-12", "gezien": seen_before}
    assert browser.send(address, answers) == 409
    assert "Uw antwoorden staan hieronder nog" in browser.sheet.text and flaws(browser.sheet) == []
    assert browser.sheet.values["kenmerk"] == "R-12" and browser.sheet.values["gezien"] != seen_before


@pytest.mark.parametrize("field", ["toelichting", "aantal", "keuze", "motivering"])
def test_what_people_write_is_never_part_of_the_page(house: House, field: str) -> None:
    browser, task, _ = at_a_task(house)
    assert browser.send(f"/taken/{task}", {"doe": "vastleggen", "aantal": "veel"} | {field: XSS}) == 400
    assert browser.answer is not None and flaws(browser.sheet) == []
    assert "<script>" not in browser.answer.text and "<img" not in browser.answer.text
    if field != "keuze":  # a choice that is not there is not shown at all
        assert browser.sheet.values[field] == XSS


def test_the_name_of_a_person_and_a_subject_are_never_part_of_the_page(house: House) -> None:
    asked = {"gebruikersnaam": "kwaad", "naam": XSS, "wachtwoord": PASSWORD, "isBewoner": False}
    role = {"rol": "wijkcoordinator", "bereik": "wijk", "wijk": "tanthof"}
    assert house.log_in("beheer").post("/v1/personen", json=asked | {"rol": role}).status_code == 201
    browser = inside(house.app, "kwaad", PASSWORD)
    assert browser.answer is not None and flaws(browser.sheet) == []
    assert XSS in browser.sheet.text and "<script>" not in browser.answer.text


WRONG = [
    {},
    {"doe": "x"},
    {"doe": "erbij:"},
    {"doe": "erbij:toelichting[0]"},
    {"doe": "eraf:toelichting"},
    {"doe": "eraf:[0]"},
    {"doe": "eraf:kaders[999]"},
    {"doe": "vastleggen", "gezien": "x"},
    {"doe": "vastleggen", "gezien": ""},
    {"doe": "vastleggen", "gezien": "9" * 40},
    {"doe": "vastleggen", "toelichting": "\0"},
    {"doe": "vastleggen", "toelichting": "x", "motivering": "\0"},
    {"doe": "vastleggen", "toelichting": "x" * 400_000},
    {"doe": "vastleggen", "toelichting": "x", "motivering": "m" * 30_000},
    {"doe": "vastleggen", "toelichting": "x", "aantal": "9" * 5000},
    {"doe": "vastleggen", "toelichting": "x", "keuze": "geen van beide"},
]


@pytest.mark.parametrize("values", WRONG, ids=lambda value: str(value)[:50])
def test_whatever_a_form_holds_the_fault_is_the_senders_and_nothing_changes(
    house: House, values: dict[str, object]
) -> None:
    browser, task, case = at_a_task(house)
    assert browser.send(f"/taken/{task}", values) in (400, 409)
    assert flaws(browser.sheet) == []
    assert len(house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]) == 1


def test_a_form_that_is_too_large_is_refused_as_a_page(small_house: House) -> None:
    browser, task, _ = at_a_task(small_house)
    assert browser.send(f"/taken/{task}", {"doe": "vastleggen", "toelichting": "x" * 2_000_000}) == 413
    assert flaws(browser.sheet) == []


def test_json_is_no_form(small_house: House) -> None:
    browser, task, _ = at_a_task(small_house)
    assert browser.client.post(f"/taken/{task}", json={"doe": "vastleggen"}).status_code == 403


def test_who_may_not_complete_a_task_sees_why_before_trying_and_is_refused_when_he_tries(house: House) -> None:
    browser, task, case = at_a_task(house, "bewoner")
    assert "U kunt deze taak niet oppakken" in browser.sheet.text and flaws(browser.sheet) == []

    assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}) == 403

    assert flaws(browser.sheet) == [] and browser.sheet.values["toelichting"] == ANSWERS["toelichting"]
    trail = house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    assert trail[-1]["inhoud"]["ruling"]["outcome"] == "refused" and trail[-1]["regel"] in browser.sheet.text


def test_looking_at_a_task_records_nothing(house: House) -> None:
    browser, task, case = at_a_task(house, "bewoner")
    for values in ({"doe": "bijwerken"}, {"doe": "bijwerken", "toelichting": "x"}):
        assert browser.send(f"/taken/{task}", values) == 200
    assert len(house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]) == 1


def test_inv_07_a_college_that_departs_without_reasons_is_refused_on_the_page_and_then_gives_them(
    either_town: Town,
) -> None:
    either_town.proposed(locatie="Hof", bedrag="10.000,00", uitvoering="werkgroep")
    browser, address = in_town(either_town, "college", "bijdrage_besluiten_coproduceren")
    assert flaws(browser.sheet) == []
    assert "coproduceren" in browser.sheet.text and "Niet afwijken van het gezamenlijke voorstel" in browser.sheet.text

    assert browser.send(address, {"doe": "vastleggen", "velden.locatie": "Plein"}) == 403

    assert "INV-07" in browser.sheet.text and "Wat u wel kunt doen" in browser.sheet.text
    assert browser.sheet.title.startswith("Geweigerd")  # refused, and on record
    assert browser.sheet.values["velden.locatie"] == "Plein" and flaws(browser.sheet) == []
    assert either_town.trail()[-1]["inhoud"]["ruling"]["rule"] == "INV-07"


def test_rows_come_and_go_by_buttons_and_what_was_typed_stays(either_town: Town) -> None:
    either_town.begin()
    browser, address = in_town(either_town, "college", "traject_kader_vaststellen")
    for number in range(3):
        assert browser.send(address, browser.sheet.values | {"doe": "erbij:kaders"}) == 200
        assert browser.sheet.values["kaders[]"] == str(number + 1) and flaws(browser.sheet) == []
        browser.sheet.values[f"kaders[{number}].stap"] = f"D0{number + 1}"
    assert browser.send(address, browser.sheet.values | {"doe": "eraf:kaders[1]", "doel": XSS}) == 200
    left = browser.sheet.values
    assert (left["kaders[0].stap"], left["kaders[1].stap"], left["kaders[]"]) == ("D01", "D03", "2")
    assert left["doel"] == XSS and flaws(browser.sheet) == []
    assert either_town.task("traject_kader_vaststellen") in address  # still open: nothing was recorded


def test_a_frame_is_set_by_the_form_with_its_empty_rows_left_out(either_town: Town) -> None:
    either_town.begin()
    browser, address = in_town(either_town, "college", "traject_kader_vaststellen")
    answers = FRAME | {"trede": "raadplegen", "kaders[]": "1", "doe": "vastleggen"}
    assert browser.send(address, answers) == 200, browser.sheet.text
    assert seen(browser)[1].endswith("/ontvangst") and flaws(browser.sheet) == []
    assert either_town.trail()[-1]["inhoud"]["values"]["trede"] == "raadplegen"


@pytest.mark.parametrize("shown", ["999", "-1", "x", "1e9", "²"])
def test_a_made_up_number_of_rows_is_the_senders_fault(town: Town, shown: str) -> None:
    town.begin()
    browser, address = in_town(town, "college", "traject_kader_vaststellen")
    assert browser.send(address, {"kaders[]": shown, "doe": "bijwerken"}) == 400
    assert str(MAX_ROWS) in browser.sheet.text and flaws(browser.sheet) == []


def test_a_contribution_is_given_by_the_page_and_a_second_press_gives_no_second_one(either_town: Town) -> None:
    either_town.framed("raadplegen")
    browser, address = in_town(either_town, "speelplek", "inbreng_verzamelen")
    assert flaws(browser.sheet) == [] and "Bijdrage vastleggen" in browser.sheet.text
    hidden = {name: browser.sheet.values[name] for name in ("bewijs", "sleutel")}
    answers = hidden | {"doe": "vastleggen", "kenmerk": "R-1", "tekst": "Een bank", "kanaal": "papier"}
    first, second = (browser.client.post(address, data=answers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201), first.text
    assert [one["inhoud"]["action"] for one in either_town.trail()].count("bijdragen") == 1


def filled(raw: Values, path: str = "") -> tuple[dict[str, Json], list[tuple[str, str]]]:
    """Something for every field of a form, and how a browser sends it."""
    values: dict[str, Json] = {}
    sent: list[tuple[str, str]] = []
    components = raw["components"]
    assert isinstance(components, list)
    for one in components:
        assert isinstance(one, dict)
        kind, key = one["type"], one.get("path") or one.get("key")
        here = f"{path}.{key}" if path else str(key)
        if kind == "text":
            continue
        if kind in ("group", "dynamiclist"):
            inside_, under = filled(one, f"{here}[0]" if kind == "dynamiclist" else here if key else path)
            sent += under
            if key:
                values[str(key)] = [inside_] if kind == "dynamiclist" else inside_
                sent += [(f"{here}[]", "1")] if kind == "dynamiclist" else []
            else:
                values |= inside_
            continue
        options = one.get("values")
        first = str(options[0]["value"]) if isinstance(options, list) and isinstance(options[0], dict) else ""
        known: dict[str, Json] = {"number": 7, "checkbox": True, "checklist": [first], "datetime": "2027-03-31"}
        said = known.get(str(kind), first or "x\ny")
        values[str(key)] = said
        sent.append((here, first or ("ja" if said is True else str(said).replace("\n", "\r\n"))))
    return values, sent


def names(controls: Sequence[Control]) -> set[str]:
    found = {one.name for one in controls if one.name and one.kind not in ("group", "dynamiclist")}
    deeper = [part for one in controls for part in (*one.parts, *(field for row in one.rows for field in row))]
    return found | names(deeper) if deeper else found


def test_every_form_of_the_city_is_drawn_and_read_back_as_it_was_filled_in(town: Town) -> None:
    town.begin()
    installation = town.stage.installation
    definition = next(iter(installation.read.values()))
    assert len(definition.forms) > 50
    for id_, raw in definition.forms.items():
        values, sent = filled(raw)
        assert filled_in.read(raw, MultiDict(sent)) == values, id_
        form = installation.form(definition, id_)
        drawn = names(tuple(Drawing(()).level(raw, form.places, values, {})))
        assert drawn <= {name for name, _ in sent}, id_
        assert len(drawn) >= len([place for place in form.places if place.hide is None and not place.places]), id_


def test_no_page_of_a_task_is_large_or_asks_the_database_much(either_town: Town) -> None:
    either_town.proposed(locatie="Hof", bedrag="10.000,00", uitvoering="werkgroep")
    browser, address = in_town(either_town, "college", "bijdrage_besluiten_coproduceren")
    with counted(either_town.stage.installation.database) as statements:
        browser.open(address)
    assert len(statements) < 20, statements
    assert browser.answer is not None and len(browser.answer.data) < 100_000
