"""The initiatives of a year as everybody reads them: what for, with what was granted, and nothing that is sealed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.terms import Register
from engine.trail.seal import HANDLE
from service import plans, public, residents
from service.config import Config
from service.definitions import family_files
from service.installation import read_family
from service.plans import Plan
from service.public import Lines
from service.residents import Wijk
from tests.service.browser import at_the_door, flaws
from tests.service.sites import Site

NAMED = {"soort": "product:opgeleverd", "gegevens": {"initiatieven": [{"code": "I-1", "naam": "Speelplek"}]}}


def decided(step: str, subject: str = "I-1", **values: Any) -> dict[str, Any]:
    return {"soort": "besluit:genomen", "stap": step, "onderwerp": subject, "gegevens": values}


def told(*decisions: dict[str, Any], products: tuple[dict[str, Any], ...] = (NAMED,)) -> dict[str, Plan]:
    return plans.plans(Lines((), 0, 0, 0, {Register.PRODUCTEN: products, Register.BESLUITEN: decisions}))


def test_an_initiative_has_a_name_before_anything_was_decided_about_it() -> None:
    assert told() == {"I-1": Plan("I-1", "Speelplek")}


def test_what_was_decided_last_counts() -> None:
    admitted = decided("D05", besluit="toegelaten", beoogd_effect="Meer kinderen buiten")
    granted, more = decided("D07", bedrag=100), decided("D07", bedrag=250)
    assert told(admitted, granted, more)["I-1"] == Plan(
        "I-1", "Speelplek", aim="Meer kinderen buiten", verdict="toegelaten", amount=250
    )
    programme = decided("D09", "*", onderdelen=[{"onderdeel": "I-1", "velden": {"bedrag": 300}}])
    last = told(admitted, granted, programme)["I-1"]
    assert last.is_adopted and (last.name, last.amount, last.aim) == ("Speelplek", 300, "Meer kinderen buiten")


def test_an_amount_of_nothing_is_an_amount() -> None:
    assert told(decided("D07", bedrag=100), decided("D07", bedrag=0))["I-1"].amount == 0


def test_a_decision_of_another_step_grants_nothing() -> None:
    assert told(decided("D12", bedrag=100), decided("D03", onderdelen=[{"onderdeel": "T-1"}])) == told()


SEALED = {HANDLE: "0" * 64}


@pytest.mark.parametrize(
    "values",
    [
        {"initiatieven": SEALED},
        {"initiatieven": "I-2"},
        {"initiatieven": [None, 3, "x", {"naam": "zonder code"}]},
        {"initiatieven": [{"code": SEALED, "naam": SEALED}]},
        {"onderdelen": [{"onderdeel": 3}], "bedrag": "veel", "besluit": SEALED},
    ],
)
def test_what_is_sealed_or_no_initiative_names_none(values: dict[str, Any]) -> None:
    odd = {"soort": "product:opgeleverd", "gegevens": values}
    found = told(*(decided(step, "", **values) for step in ("D05", "D07", "D09")), products=(odd,))
    assert found == {}


def test_a_field_is_called_as_the_forms_call_it_when_they_agree() -> None:
    reading = read_family(family_files(Config.read({}).city))
    assert reading.definition is not None
    names = plans.labels(reading.definition)
    assert names["wb1"] == "WB1 draagvlak in de wijk" and "bedrag" not in names  # forms differ on the latter


def going(process: str, phase: str | None, *, until: date | None = None, number: int = 1) -> Any:
    since = date(2026, 3, number)
    return public.Case(f"{process}{number}", process, process, "x", "X", None, 2027, "", phase, since, until)


def test_what_goes_on_is_counted_by_kind_with_the_year_itself_first() -> None:
    year = going("wijkcyclus", "uitwerken")
    promises = [going("toezegging", None, number=n, until=date(2026, 4, 1) if n == 2 else None) for n in (3, 2, 4)]
    wijk = Wijk("x", "X", 2027, (2027,), (*promises, year), (year,), None)  # type: ignore[arg-type]
    first, second = residents.going_on(wijk)
    assert (first.process, first.phase, first.running, first.done) == ("wijkcyclus", "uitwerken", 1, 0)
    assert (second.process, second.running, second.done, second.since) == ("toezegging", 2, 1, date(2026, 3, 2))


def test_a_paper_is_told_with_where_it_can_be_read_and_what_is_no_paper_apart() -> None:
    concept = {"soort": "product:opgeleverd", "product": "concept", "onderwerp": "*"}
    report = {"soort": "product:opgeleverd", "product": "verslag", "onderwerp": "*"}
    shown = {"product": "concept", "onderwerp": "*", "gegevens": {"kanalen": ["website"]}}
    call = {"product": "oproep", "onderwerp": "*", "gegevens": {"kanalen": ["brief"]}}
    noted = {"product": "verslag", "onderwerp": "*", "gegevens": {}}  # somebody took note: nobody can read it yet
    kept: dict[Register, tuple[Any, ...]] = {Register.PRODUCTEN: (concept, report)}
    listed, others = residents.papers(Lines((), 0, 0, 0, kept | {Register.PUBLICATIES: (shown, call, noted)}))
    assert listed == [(report, None), (concept, shown)] and others == [call]


def test_the_first_page_says_in_which_phase_a_wijk_is_and_what_happens_in_each(place: Site) -> None:
    town, browser = place.town, at_the_door(place.town.stage.app)
    assert "de wijkcyclus begint" not in browser.open("/wijken").text
    assert town.begin(proces="wijkcyclus", groep=None).status == 201
    for path in ("/wijken", "/wijken/tanthof"):
        assert "de wijkcyclus begint" in browser.open(path).text and flaws(browser.sheet) == []
    answerable = {"bestuurlijk": "wethouder_wijkzaken", "ambtelijk": "wijkcoordinator"}
    town.done("college", "aanspreekbaren_toewijzen", **answerable)
    text = browser.open("/wijken").text
    assert "Nu: analyseren" in text and "Wat is ervan terechtgekomen" in text
    assert "Nu: analyseren. Hoe staat de wijk ervoor?" in browser.open("/wijken/tanthof").text


def test_who_reacts_to_the_account_reads_which_draft_and_which_plans_it_is_about(place: Site) -> None:
    place.ask_about_the_report()
    town, case = place.town, place.town.case
    found = plans.matter(town.stage.installation, case, "D14", "*")
    assert found.plans == {} and found.draft is None  # a case of its own process is not on the city's list
    assert "Waar het over gaat" not in place.visitor().sheet.text


def test_only_a_reaction_to_a_draft_is_about_the_draft(place: Site) -> None:
    town = place.town
    assert town.begin(proces="wijkcyclus", groep=None).status == 201
    for step in ("D05", "D07", None):
        assert plans.matter(town.stage.installation, town.case, step, "*").draft is None
    assert plans.matter(town.stage.installation, "0" * 32, "D08", "*") == plans.Matter()
