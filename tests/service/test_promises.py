"""Over HTTP: commitments that nobody takes back, consent of the group alone, meetings that are never one-sided."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engine.bpmn import boundary, end, par, process, start, timer
from tests.service.promises import (
    DISPUTE,
    LEVELS,
    SETTLES,
    act,
    assert_replays,
    attempted,
    done,
    on,
    only_college,
    refused,
    village,
)

PROMISES = process(
    "p", start("s"),
    act("beloven", "toezegging", stap="D06", **on("I-02")), par("g"),
    act("instemmen", "instemming", stap="D06", formulier="instemming_datum", **on("I-02")),
    act("verzetten", "toezegging", stap="D06", **on("I-02")), par("j"),
    act("tonen", "toezegging", stap="D06", **on("I-02")), end("e"),
    flow="s > beloven > g > instemmen > j > tonen > e; g > verzetten > j",
    lanes={"woningcorporatie": "beloven verzetten tonen", "deelnemers": "instemmen"},
)  # fmt: skip
GOVERNED = process(
    "p", start("s"), LEVELS, act("beloven", "toezegging", stap="D06", **on("I-02")), par("g"),
    act("verzetten", "toezegging", stap="D06", **on("I-02")),
    act("beslissen", "besluit", **SETTLES, **on("I-02")), par("j"), end("e"),
    flow="s > lagen > beloven > g > verzetten > j > e; g > beslissen > j",
    lanes={"deelgemeentebestuur": "beloven", "college": "verzetten beslissen"},
)  # fmt: skip
TAKEOVER = process(
    "p", start("s"), LEVELS, par("g"), act("nee", "instemming", stap="D15", **on("I-02")),
    act("ja", "instemming", stap="D15", **on("I-02")),
    act("overdragen", "besluit", **SETTLES, **on("I-02")), par("j"), end("e"),
    flow="s > lagen > g > nee > j > e; g > ja > j; g > overdragen > j",
    lanes={"deelnemers": "nee ja", "college": "overdragen"},
)  # fmt: skip
MEETING = process(
    "p", start("s"), LEVELS, par("g"), act("melden", "bijeenkomst", stap="D16"),
    act("verslaan", "bijeenkomst", stap="D16"), act("opvolgen", "bijeenkomst", stap="D16"),
    act("beslissen", "besluit", **SETTLES), par("j"), end("e"),
    flow="s > lagen > g > melden > j > e; g > verslaan > j; g > opvolgen > j; g > beslissen > j",
    lanes={"college": "beslissen"},
)  # fmt: skip
LIGHT: dict[str, Any] = {
    "kenmerk": "T-1",
    "partij": "woningcorporatie",
    "prestatie": "verlichting",
    "datum": "2026-06-18",
    "aanspreekpunt": "wonen",
}
LATER: dict[str, Any] = {"soort": "nieuwe_datum", "toezegging": "T-1", "datum": "2026-08-30", "reden": "levertijd"}
YES: dict[str, Any] = {"verzoek": "nieuwe_datum", "over": "T-1", "datum": "2026-08-30", "instemming": "ja"}
REPORT: dict[str, Any] = {
    "soort": "verslag",
    "kenmerk": "B-1",
    "titel": "Wijkavond",
    "datum": "2026-03-01",
    "opkomst": [{"groep": "jongeren", "aantal": 0}, {"groep": "ouderen", "aantal": 43}],
}
EVENING: dict[str, Any] = {
    "soort": "aankondiging",
    "titel": "Jongerenavond",
    "datum": "2026-03-20",
    "plaats": "school",
    "doelgroep": "jongeren",
}


def test_inv_33_a_date_moves_with_reason_and_consent_and_both_dates_stay(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, PROMISES) as here:
        case, party, group = here.start(), here.house.log_in("corporatie"), here.house.log_in("groep")
        refused(here, case, "beloven", "INV-13", party, **LIGHT | {"partij": "college"})
        done(here, case, "beloven", party, **LIGHT)
        refused(here, case, "verzetten", "INV-33", party, **LATER)
        refused(here, case, "verzetten", "INV-33", party, **LATER | {"soort": "intrekken"})
        refused(here, case, "verzetten", "INV-33", party, **LIGHT | {"kenmerk": "T-2", "toezegging": "T-1"})
        refused(here, case, "instemmen", "taak/kandidaat", here.house.log_in("buren"), **YES)
        done(here, case, "instemmen", group, **YES)
        refused(here, case, "verzetten", "INV-33", party, **LATER | {"datum": "2027-08-30"})
        refused(here, case, "verzetten", "INV-33", party, **LATER | {"reden": ""})
        done(here, case, "verzetten", party, **LATER)
        refused(here, case, "tonen", "INV-33", party, soort="nagekomen", toezegging="T-1")
        assert here.kinds(case)[-6:].count("toezegging:verzet") == 1
        rows = here.get(f"/v1/zaken/{case}/registers/toezeggingen")["resultaten"]
        assert [one["inhoud"]["gegevens"]["datum"] for one in rows] == ["2026-06-18", "2026-08-30"]
        done(here, case, "tonen", party, soort="nagekomen", toezegging="T-1", bewijs="foto")
        assert {"toezegging:gedaan", "instemming:gegeven", "toezegging:nagekomen"} <= set(here.kinds(case))
        assert_replays(here, case)


def test_inv_36_one_government_is_bound_by_the_promise_of_the_other(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, GOVERNED) as here:
        case, borough, college = only_college(here), here.house.log_in("bestuur"), here.house.log_in("college")
        done(here, case, "beloven", borough, **LIGHT | {"partij": "deelgemeentebestuur"})
        refused(here, case, "verzetten", "INV-36", college, **LATER)
        kept = {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "brief"}
        refused(here, case, "verzetten", "INV-36", college, **kept)
        refused(here, case, "beslissen", "INV-36", college, **DISPUTE)
        set_aside = [{"toezegging": "T-1", "gevolg": "vervalt"}]
        refused(here, case, "beslissen", "INV-36", college, **DISPUTE, toezeggingen=set_aside)
        assert attempted(college, case, "besluit", "D16", "*", **DISPUTE) == "INV-36"
        done(here, case, "beslissen", college, **DISPUTE, toezeggingen=[{"toezegging": "T-1", "gevolg": "ongewijzigd"}])
        assert_replays(here, case)


def test_inv_24_no_government_takes_over_what_the_group_did_not_give(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, TAKEOVER) as here:
        case, college, group = only_college(here), here.house.log_in("college"), here.house.log_in("groep")
        consent = {"verzoek": "overname", "reden": "wij stoppen"}
        for act_, step in (("instemming", "D15"), ("besluit", "D15"), ("instemming", "D11")):
            assert attempted(college, case, act_, step, "I-02", **consent, instemming="ja") == "INV-24", act_
        moves = DISPUTE | {"overname_door": "vakdienst groen"}
        refused(here, case, "overdragen", "INV-24", college, **moves)
        refused(here, case, "ja", "taak/kandidaat", college, **consent, instemming="ja")
        done(here, case, "nee", group, **consent, instemming="nee")
        assert here.kinds(case)[-1] == "instemming:onthouden"
        refused(here, case, "overdragen", "INV-24", college, **moves)
        assert attempted(college, case, "besluit", "D16", "i-02", **moves) == "INV-24"
        done(here, case, "ja", group, **consent, instemming="ja", nieuwe_eigenaar="vakdienst groen")
        refused(here, case, "overdragen", "INV-24", college, **DISPUTE | {"overname_door": "woningcorporatie"})
        done(here, case, "overdragen", college, **moves)
        assert_replays(here, case)


def test_inv_24_an_official_in_the_group_does_not_consent_for_it(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, TAKEOVER) as here:
        given = {"persoon": here.house.ids["coordinator"], "rol": "deelnemers", "bereik": "groep"}
        place = {"wijk": "tanthof", "groep": "I-02"}
        assert here.house.log_in("beheer").post("/v1/rollen", json=given | place).status_code == 201
        case = only_college(here)
        refused(here, case, "ja", "INV-24", here.client, verzoek="overname", instemming="ja", reden="beter")
        assert_replays(here, case)


def test_inv_38_a_closed_meeting_gives_its_reason(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, MEETING) as here:
        case = only_college(here)
        refused(here, case, "melden", "INV-38", here.client, **EVENING, openbaar="nee")
        refused(here, case, "melden", "INV-38", here.client, **EVENING, openbaar="half")
        refused(here, case, "verslaan", "INV-38", here.client, **REPORT, openbaar="nee", reden_besloten=" ")
        done(here, case, "melden", here.client, **EVENING, openbaar="nee", reden_besloten="over personen")
        assert here.kinds(case)[-1] == "bijeenkomst:gehouden"
        assert_replays(here, case)


def test_inv_41_a_one_sided_meeting_carries_no_decision(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, MEETING) as here:
        case, college = only_college(here), here.house.log_in("college")
        done(here, case, "verslaan", here.client, **REPORT)
        refused(here, case, "beslissen", "INV-41", college, **DISPUTE)
        assert here.steer(case, "afbreking").status_code == 403
        assert attempted(college, case, "besluit", "D16", "I-02", **DISPUTE) == "INV-41"
        done(here, case, "opvolgen", here.client, **EVENING, betreft="B-1", actie="een avond voor jongeren")
        done(here, case, "beslissen", college, **DISPUTE)
        assert_replays(here, case)


def test_inv_33_that_a_promise_is_missed_is_recorded_when_its_day_has_passed(url: str, tmp_path: Path) -> None:
    about = {"stap": "D06", **on("I-02")}
    followed = process(
        "p", start("s"), act("beloven", "toezegging", **about), act("nakomen", "toezegging", **about),
        boundary("gemist", "nakomen", timer('date(beloven.datum) + duration("P1D")', "timeDate")),
        act("alsnog", "toezegging", **about), end("e"), end("f"),
        flow="s > beloven > nakomen > e; gemist > alsnog > f", lanes={"woningcorporatie": "beloven nakomen alsnog"},
    )  # fmt: skip
    kept = {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "foto"}
    with village(url, tmp_path, followed) as here:
        late, early = here.start(), here.start()
        for case in (late, early):
            done(here, case, "beloven", here.house.log_in("corporatie"), **LIGHT | {"datum": "2026-03-10"})
        done(here, early, "nakomen", here.house.log_in("corporatie"), **kept)
        here.tick(timedelta(days=7))
        assert "toezegging:gemist" not in here.kinds(late)
        here.tick(timedelta(days=5))
        (told,) = [one for one in here.trail(late) if one["soort"] == "toezegging:gemist"]
        assert "niet op tijd nagekomen over I-02" in str(told)
        done(here, late, "alsnog", here.house.log_in("corporatie"), **kept)
        assert here.kinds(late).count("toezegging:gemist") == 1
        assert "toezegging:gemist" not in here.kinds(early)
        assert_replays(here, late)
