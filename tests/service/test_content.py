"""The content of the year over HTTP: a small diagram with shipped forms, and what it refuses at each of its steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.engine.bpmn import end, process, service, start, user, wijk, xor
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.towns import Town, town

SHARED, DELFT = PROCESSES / "gedeeld", PROCESSES / "delft"
REWRITING = {
    "type": "default",
    "id": "herschrijven",
    "components": [
        {"type": "textfield", "id": "a", "key": "inbreng", "label": "a", "properties": {"openbaar": "ja"}},
        {"type": "textfield", "id": "b", "key": "uitkomst", "label": "b", "properties": {"openbaar": "ja"}},
        {"type": "textarea", "id": "c", "key": "reactie", "label": "c"},
        {"type": "textarea", "id": "d", "key": "tekst", "label": "d"},
    ],
}
FOR_THE_ORGAN = {
    "type": "default",
    "id": "concept",
    "components": [{"type": "checkbox", "id": "a", "key": "voor_besluit", "label": "a"}],
}
FORMS = {
    path.name.replace(".", "_"): path.read_bytes()
    for path in (
        *(SHARED / f"{name}.form" for name in ("kader", "publicatie", "inbreng", "werk", "budget", "boeking")),
        *(DELFT / f"besluit_{name}.form" for name in ("wijkagenda", "toelating", "wijkprogramma", "wijkverslag")),
        DELFT / "toezegging.form",
        *(
            SHARED / f"{name}.dmn"
            for name in ("collectief_belang", "wijkbudget_spelregels", "bewaartermijn", "publicatieplicht")
        ),
    )
} | {"herschrijven_form": json.dumps(REWRITING).encode(), "concept_form": json.dumps(FOR_THE_ORGAN).encode()}
OWN = '"I-02"'
LANES = {"college": "budget kader programma", "communicatie": "bekend getoond", "bewoner": "inbreng"}


def act(ident: str, handeling: str, formulier: str, **more: str) -> str:
    return user(ident, wijk("taak", handeling=handeling, formulier=formulier, **more))


YEAR = process(
    "p",
    start("s"),
    act("budget", "boeking", "budget"),
    act("kader", "kader", "kader", stap="D03"),
    act("bekend", "publicatie", "publicatie", product="participatiekader"),
    act("inbreng", "inbreng", "inbreng", stap="D03"),
    service("stand", "inbreng_stand", {"stap": '"D03"'}),
    xor("open"),
    act("antwoord", "afhandeling", "herschrijven", stap="D03"),
    act("agenda", "besluit", "besluit_wijkagenda", stap="D03", treden="raadplegen"),
    act("toelating", "besluit", "besluit_toelating", stap="D05", treden="raadplegen", onderwerp=OWN),
    act("inzet", "toezegging", "toezegging", stap="D06", onderwerp=OWN),
    act("concept", "product", "concept", product="conceptwijkprogramma"),
    act("getoond", "publicatie", "publicatie", product="conceptwijkprogramma"),
    act("programma", "besluit", "besluit_wijkprogramma", stap="D09", treden="raadplegen"),
    act("verslag", "besluit", "besluit_wijkverslag", stap="D14", treden="raadplegen"),
    act("werk", "werk", "werk", stap="D13", onderwerp=OWN),
    end("e"),
    flow="s > budget > kader > bekend > inbreng > stand > open; open[stand.open > 0] > antwoord > stand; open* > agenda"
    "; agenda > toelating > inzet > concept > getoond > programma > verslag > werk > e",
    lanes=LANES,
)
PURSE = process("kas", start("s"), act("betaling", "boeking", "boeking"), end("e"), flow="s > betaling > e")
EVERYBODY = {"doelgroep": "Alle bewoners"}
FRAME: dict[str, Any] = {
    "doel": "Samen bepalen",
    "ruimte_open": "Wat er gebeurt",
    "ruimte_dicht": "De ringweg",
    "orgaan": "wijkcoordinator",
    "doelgroep": "Alle bewoners",
    "werkvorm": "Bijeenkomsten",
    "terugkoppeling": "Schriftelijk",
    "termijn": "2026-03-20",
    "trede": "raadplegen",
    "kaders": [
        {"stap": "D03", **EVERYBODY},
        {"stap": "D07", "orgaan": "college", **EVERYBODY},
        {"stap": "D08", "termijn": "2026-05-01", **EVERYBODY},
        {"stap": "D09", "orgaan": "college", "termijn": "2026-04-01", **EVERYBODY},
        {"stap": "D14", **EVERYBODY},
    ],
}
INTEREST = {"aantal_belanghebbenden": 120, "individueel_voordeel": "nee", "openbare_ruimte": "ja"}
THEME: dict[str, Any] = {
    "onderdeel": "T-1", "velden": {"thema": "jongeren", "prioriteit": 1}, "herkomst": "R-1", **INTEREST,
}  # fmt: skip
AGENDA: dict[str, Any] = {
    **dict.fromkeys(("thema", "prioriteit", "herleiding_naar_analyse", "collectief_belang"), "x"),
    "onderdelen": [THEME],
}
PASSED = {f"wb{number}": "ja" for number in range(1, 8)}
ADMITTED: dict[str, Any] = {
    **INTEREST,
    "besluit": "toegelaten",
    "toets_per_regel": PASSED,
    "inspanning": "Twee fondsen gevraagd",
    "thema": "T-1",
    "eigenaar": "werkgroep jongeren",
    "inbrengregister": 0,
}
ITEM: dict[str, Any] = {"onderdeel": "I-02", "velden": {"bedrag": "100,00"}, "beoogd_effect": "x"}
PROGRAMME: dict[str, Any] = {
    "motivering": "x",
    "onderdelen": [ITEM | {"wat_heeft_de_burger_hieraan": "x"}],
    "bestedingsvoorstel": [{"post": "I-02", "bedrag": "100,00"}],
    "inbrengregister": 0,
}
ACCOUNT: dict[str, Any] = {
    "verantwoording_per_initiatief": [{"onderdeel": "I-02", "resultaat": "Klaar"}],
    "totalen": {"budget": "1.000,00", "uitgegeven": "0,00", "over": "1.000,00", "gebonden": "100,00", "vrij": "900,00"},
    "toezeggingen": [{"kenmerk": "TZ-1"}],
    "verschillen": [],
    "reacties": [],
    "inbrengregister": 0,
}
BUDGET: dict[str, Any] = {
    "soort": "budget",
    "kenmerk": "B-2027",
    "posten": [{"post": "initiatieven", "bedrag": "1.000,00"}],
}
PROMISE = {
    "soort": "toezegging", "kenmerk": "TZ-1", "partij": "wijkcoordinator", "prestatie": "Grondwerk",
    "datum": "2027-03-31", "aanspreekpunt": "secretaris",
}  # fmt: skip
SHOWN = {"kanalen": ["website"], "datum": "2026-03-02"}
# Each step with who takes it, what it holds when it is right, and the days that pass before it.
STEPS: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("budget", "college", BUDGET, 0),
    ("kader", "college", FRAME, 0),
    ("bekend", "pers", SHOWN, 0),
    ("inbreng", "bewoner", {"kenmerk": "R-1", "tekst": "Geen plek", "kanaal": "papier"}, 0),
    ("antwoord", "coordinator", {"inbreng": "R-1", "uitkomst": "gebruikt", "reactie": "Dank"}, 0),
    ("agenda", "coordinator", AGENDA, 20),
    ("toelating", "coordinator", ADMITTED, 0),
    ("inzet", "coordinator", PROMISE, 0),
    ("concept", "coordinator", {"voor_besluit": False}, 0),
    ("getoond", "pers", SHOWN, 0),
    ("programma", "college", PROGRAMME, 60),
    ("verslag", "coordinator", ACCOUNT, 0),
)


def send(here: Town, case: str, element: str, who: str, values: dict[str, Any]) -> TestResponse:
    address = f"/v1/taken/{here.task(case, element)}/afronding"
    return here.house.log_in(who).put(address, json={"gegevens": values})


@contextmanager
def at(url: str, directory: Path, element: str) -> Iterator[tuple[Town, str]]:
    """The town and its case, with everything done that comes before this element."""
    with town(url, directory, YEAR, PURSE, **FORMS) as here:
        here.house.add("college", "college")
        here.house.add("pers", "communicatie")
        case = here.start()
        for step, who, values, days in STEPS:
            here.later(timedelta(days=days))
            if step == element:
                break
            answer = send(here, case, step, who, values)
            assert answer.status_code == 200, (step, answer.text)
        yield here, case


def refuses(here: Town, case: str, element: str, values: dict[str, Any], rule: str, *words: str) -> None:
    """The act is refused by this rule with these words and another path; it is recorded, and nothing changed."""
    who = next((who for step, who, _, _ in STEPS if step == element), "coordinator")
    before = here.revision(case)
    answer = send(here, case, element, who, values)
    assert answer.status_code == 403, (values, answer.text)
    said = body(answer)
    assert said["regel"] == rule, said
    assert all(word in said["detail"] for word in words), said
    assert here.revision(case) == before and here.open(case) == [element]
    assert here.kinds(case)[-1].endswith(":geweigerd")


def test_the_year_goes_through_when_it_holds_what_it_must(url: str, tmp_path: Path) -> None:
    with at(url, tmp_path, "werk") as (here, case):
        assert here.open(case) == ["werk"]
        here.assert_whole(case)


PARKING = {"onderdeel": "T-5", "velden": {"thema": "mijn parkeerplaats"}, "nieuw_feit": "Druk"}
PRIVATE = {"aantal_belanghebbenden": 1, "individueel_voordeel": "ja", "openbare_ruimte": "nee"}


def test_inv_20_no_private_wish_comes_on_the_agenda_or_into_the_budget(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "agenda") as (here, case):
        for answers in (PRIVATE, INTEREST | {"aantal_belanghebbenden": 1}, {}, {"individueel_voordeel": "nee"}):
            refuses(here, case, "agenda", AGENDA | {"onderdelen": [THEME, PARKING | answers]}, "INV-20", "T-5")
        assert send(here, case, "agenda", "coordinator", AGENDA).status_code == 200
        refuses(here, case, "toelating", ADMITTED | PRIVATE, "INV-20", "individueel")


def test_inv_21_a_theme_from_nowhere_is_not_adopted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "agenda") as (here, case):
        for origin in ("R-9", "r-1", "R\u20101", "\u200b", "R-1, R-9", "0" * 64):
            refuses(here, case, "agenda", AGENDA | {"onderdelen": [THEME | {"herkomst": origin}]}, "INV-21", "T-1")
        bare = {name: value for name, value in THEME.items() if name != "herkomst"}
        refuses(here, case, "agenda", AGENDA | {"onderdelen": [bare]}, "INV-21", "nieuw_feit")
        refuses(here, case, "agenda", AGENDA | {"onderdelen": [bare | {"nieuw_feit": "\u2060"}]}, "INV-21")
        answer = send(here, case, "agenda", "coordinator", AGENDA | {"onderdelen": [bare | {"nieuw_feit": "Brand"}]})
        assert answer.status_code == 200, answer.text


def test_inv_21_a_finding_of_another_dossier_is_none_of_this_one(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "agenda") as (here, _):
        other = here.start()
        for step, who, values, _ in STEPS[:3]:
            assert send(here, other, step, who, values | ({"termijn": "2026-04-30"} if step == "kader" else {})).json
        said = {"kenmerk": "R-2", "tekst": "Iets", "kanaal": "papier"}
        assert send(here, other, "inbreng", "bewoner", said).status_code == 200
        answered = {"inbreng": "R-2", "uitkomst": "gebruikt", "reactie": "Dank"}
        assert send(here, other, "antwoord", "coordinator", answered).status_code == 200
        here.later(timedelta(days=60))
        refuses(here, other, "agenda", AGENDA, "INV-21", "R-1")


def test_inv_22_an_initiative_outside_the_agenda_is_not_admitted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "toelating") as (here, case):
        for name in ("T-9", "t-1", "\u0422-1", "T-1\u200b", "", "\u200b"):
            refuses(here, case, "toelating", ADMITTED | {"thema": name}, "INV-22")
        assert send(here, case, "toelating", "coordinator", ADMITTED | {"thema": "jongeren"}).status_code == 200


def test_inv_22_nothing_enters_the_programme_that_was_not_admitted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "programma") as (here, case):
        for name in ("I-09", "IX-02"):
            other: dict[str, Any] = {"onderdeel": name, "velden": {"bedrag": "100,00"}}
            spent = [{"post": name, "bedrag": "100,00"}]
            more = {"onderdelen": [other], "bestedingsvoorstel": spent}
            refuses(here, case, "programma", PROGRAMME | more, "INV-22", name)


def test_inv_23_an_initiative_is_of_one_body(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "toelating") as (here, case):
        for owner in ("", "\u200b", "werkgroep en vakdienst", "werkgroep + vakdienst", "werkgroep, vakdienst"):
            refuses(here, case, "toelating", ADMITTED | {"eigenaar": owner}, "INV-23")
        attempt = {"handeling": "besluit", "stap": "D05", "onderwerp": "I-02"}
        taken = {"gegevens": ADMITTED | {"eigenaar": "vakdienst"}}
        assert send(here, case, "toelating", "coordinator", ADMITTED).status_code == 200
        answer = here.house.log_in("coordinator").post(f"/v1/zaken/{case}/handelingen", json=attempt | taken)
        assert answer.status_code == 403 and body(answer)["regel"] == "INV-24", answer.text


def test_inv_25_no_form_lets_staff_rewrite_what_a_resident_said(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "antwoord") as (here, case):
        answer = {"inbreng": "R-1", "uitkomst": "gebruikt", "reactie": "Dank"}
        for words in ("Een plek is er wel", "Geen plek", "\u200b"):
            refuses(here, case, "antwoord", answer | {"tekst": words}, "INV-25", "R-1")
        assert send(here, case, "antwoord", "coordinator", answer).status_code == 200


def test_inv_26_no_empty_item_goes_to_the_organ(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "concept") as (here, case):
        refuses(here, case, "concept", {"voor_besluit": True}, "INV-26", "I-02: beoogd_effect")


def test_inv_26_no_empty_item_is_adopted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "programma") as (here, case):
        for words in (None, "", "\u200b"):
            item = ITEM | {"wat_heeft_de_burger_hieraan": words}
            refuses(here, case, "programma", PROGRAMME | {"onderdelen": [item]}, "INV-26", "wat_heeft_de_burger")


def test_inv_27_a_rule_of_the_budget_that_fails_blocks_the_admission(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "toelating") as (here, case):
        for rule in ("wb1", "wb7"):
            failed = ADMITTED | {"toets_per_regel": PASSED | {rule: "nee"}}
            refuses(here, case, "toelating", failed, "INV-27", rule.upper())
            unsaid = ADMITTED | {"toets_per_regel": {name: "ja" for name in PASSED if name != rule}}
            refuses(here, case, "toelating", unsaid, "INV-27", rule.upper())
        refuses(here, case, "toelating", ADMITTED | {"inspanning": "\u200b"}, "INV-27", "WB6")


def test_inv_28_nobody_is_refused_without_rule_and_path(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "toelating") as (here, case):
        no: dict[str, Any] = {"besluit": "afgewezen", "toets_per_regel": {"wb7": "nee"}, "inbrengregister": 0}
        for more in (
            {},
            {"reden_bij_afwijzing": "WB7"},
            {"reden_bij_afwijzing": "past niet", "ander_pad": "het loket"},
            {"reden_bij_afwijzing": "WB7", "ander_pad": "\u200b"},
        ):
            refuses(here, case, "toelating", no | more, "INV-28")
        right = no | {"reden_bij_afwijzing": "WB7: blijvende kosten", "ander_pad": "Het aandachtspunt"}
        assert send(here, case, "toelating", "coordinator", right).status_code == 200


def test_inv_29_a_programme_whose_concept_nobody_saw_is_not_adopted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "getoond") as (here, case):
        here.later(timedelta(days=60))
        item = {
            "onderdeel": "I-02",
            "velden": {"bedrag": 10000},
            "beoogd_effect": "x",
            "wat_heeft_de_burger_hieraan": "x",
        }
        spent = [{"post": "I-02", "bedrag": 10000}]
        asked = {
            "handeling": "besluit",
            "stap": "D09",
            "gegevens": PROGRAMME | {"onderdelen": [item], "bestedingsvoorstel": spent},
        }
        answer = here.house.log_in("college").post(f"/v1/zaken/{case}/handelingen", json=asked)
        assert answer.status_code == 403 and body(answer)["regel"] == "INV-29", answer.text
        refuses(here, case, "getoond", SHOWN, "INV-29", "reactietermijn")


def test_inv_29_a_concept_goes_out_while_everybody_still_has_time_to_react(url: str, tmp_path: Path) -> None:
    """A minute before the reaction period ends it would be public, and nobody would have read it."""
    with at(url, tmp_path, "getoond") as (here, case):
        here.later(timedelta(days=20))
        refuses(here, case, "getoond", SHOWN, "INV-29", "2026-05-04")
        here.later(timedelta(days=20))
        refuses(here, case, "getoond", SHOWN, "INV-29", "2026-05-22")


def test_inv_29_a_concept_that_was_public_for_three_weeks_is_adopted(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "getoond") as (here, case):
        here.later(timedelta(days=19))
        assert send(here, case, "getoond", "pers", SHOWN).status_code == 200
        refuses(here, case, "programma", PROGRAMME, "INV-29", "einde van de reactietermijn")
        here.later(timedelta(days=22))
        assert send(here, case, "programma", "college", PROGRAMME).status_code == 200


def test_inv_31_the_account_leaves_nothing_of_the_programme_out(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "verslag") as (here, case):
        for name in ("I-04", "II-02", "I-2"):
            rows = [{"onderdeel": name, "resultaat": "Klaar"}]
            refuses(
                here, case, "verslag", ACCOUNT | {"verantwoording_per_initiatief": rows}, "INV-31", "initiatief I-02"
            )
        unsaid = [{"onderdeel": "I-02", "resultaat": "\u200b"}]
        refuses(here, case, "verslag", ACCOUNT | {"verantwoording_per_initiatief": unsaid}, "INV-31", "initiatief I-02")


def test_inv_34_execution_waits_for_the_plan(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "werk") as (here, case):
        refuses(here, case, "werk", {"toelichting": "Wij beginnen vast"}, "INV-34", "plan van aanpak")


def test_inv_34_nothing_is_paid_for_an_initiative_that_has_no_plan(sqlite_url: str, tmp_path: Path) -> None:
    with at(sqlite_url, tmp_path, "verslag") as (here, case):
        adopted = [one for one in here.trail(case) if one["soort"] == "besluit:genomen"][-1]
        asked = {"proces": "kas", "wijk": "tanthof", "jaar": 2027, "dossier": case}
        purse = str(body(here.client.post("/v1/zaken", json=asked))["id"])
        about = {"soort": "uitgave", "kenmerk": "U-1", "bedrag": "100,00", "besluit": adopted["regel"]}
        for post in ("I-02", "i 02", "\uff29-02"):
            refuses(here, purse, "betaling", about | {"post": post}, "INV-34", "plan van aanpak", post)
        tried = {"handeling": "boeking", "onderwerp": "I-02", "gegevens": about | {"post": "I-02", "bedrag": 10_000}}
        answer = here.client.post(f"/v1/zaken/{case}/handelingen", json=tried)
        assert answer.status_code == 403 and body(answer)["regel"] == "INV-34", answer.text
