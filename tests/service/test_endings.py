"""The ordinary end of a case over HTTP: it does not come while a contribution or a one-sided evening waits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.engine.bpmn import catch, end, process, service, start, timer, xor
from tests.service.promises import act, assert_replays, done, form, on, refused, send, village
from tests.service.test_promises import REPORT

WORDS = {
    "inbreng_form": form("inbreng", "kenmerk", "tekst"),
    "afhandeling_form": form("afhandeling", "inbreng", "uitkomst", "reden", "reactie"),
}
# The diagram counts what is open on another subject, which no rule for designers sees.
_GIVEN = {"stap": "D05", **on("I-02")}
HEARD = (
    start("s"), act("eerst", "inbreng", **_GIVEN), act("daarna", "inbreng", **_GIVEN),
    service("stand", "inbreng_stand", {"stap": '"D05"', "onderwerp": '"I-05"'}), xor("open"),
    act("antwoord", "afhandeling", stap="D05"), act("half", "afhandeling", stap="D05"), end("e"),
)  # fmt: skip
_FLOW = "s > eerst > daarna > stand > open; open[stand.open > 0] > antwoord > stand; open* > half > slot > e"
HEARING = process(
    "p", *HEARD, act("slot", "werk", formulier="meting"), flow=_FLOW, lanes={"bewoner": "eerst daarna"}
)  # fmt: skip
LAST = process(
    "p", *HEARD, act("slot", "afhandeling", stap="D05"), flow=_FLOW, lanes={"bewoner": "eerst daarna"}
)  # fmt: skip
EVENINGS = process(
    "p", start("s"), act("verslaan", "bijeenkomst", stap="D05"), end("e"), flow="s > verslaan > e",
)  # fmt: skip
WAITING = process(
    "p", start("s"), act("verslaan", "bijeenkomst", stap="D05"),
    catch("wacht", timer('duration("P1D")', "timeDuration")), end("e"), flow="s > verslaan > wacht > e",
)  # fmt: skip
ANSWER = {"uitkomst": "gebruikt", "reactie": "Dank"}
FORM = {"toelichting": "Klaar.", "aantal": 1, "keuze": "ja"}


def test_inv_18_no_case_ends_over_an_unanswered_contribution(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, HEARING, **WORDS) as here:
        case, resident = here.start(), here.house.log_in("bewoner")
        done(here, case, "eerst", resident, kenmerk="R-1", tekst="Een bank")
        done(here, case, "daarna", resident, kenmerk="R-2", tekst="Een drempel")
        done(here, case, "half", here.client, inbreng="R-1", **ANSWER)
        for _ in range(2):
            found = refused(here, case, "slot", "INV-18", here.client, **FORM)
            assert "R-2" in found["detail"] and "R-1" not in found["detail"]
        assert (here.status(case), here.open(case)) == ("lopend", ["slot"])
        assert "zaak:gereed" not in here.kinds(case)
        assert_replays(here, case)


def test_inv_18_the_last_answer_ends_the_case(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, LAST, **WORDS) as here:
        case, resident = here.start(), here.house.log_in("bewoner")
        done(here, case, "eerst", resident, kenmerk="R-1", tekst="Een bank")
        done(here, case, "daarna", resident, kenmerk="R-2", tekst="Een drempel")
        done(here, case, "half", here.client, inbreng="R-1", **ANSWER)
        refused(here, case, "slot", "INV-18", here.client, inbreng="R-1", **ANSWER)
        done(here, case, "slot", here.client, inbreng="R-2", **ANSWER)
        assert here.status(case) == "gereed"
        assert_replays(here, case)


def test_inv_41_no_case_ends_on_a_one_sided_evening(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, EVENINGS) as here:
        case = here.start()
        refused(here, case, "verslaan", "INV-41", here.client, **REPORT)
        assert here.status(case) == "lopend"
        done(here, case, "verslaan", here.client, **REPORT, actie="een avond voor jongeren")
        assert here.status(case) == "gereed"
        assert_replays(here, case)


def test_inv_41_time_does_not_end_a_case_on_a_one_sided_evening_either(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, WAITING) as here:
        case = here.start()
        assert send(here, case, "verslaan", here.client, **REPORT).status_code == 200
        here.tick(timedelta(days=2))
        assert here.status(case) == "lopend" and len(here.incidents(case)) == 1
        assert "zaak:gereed" not in here.kinds(case)
        assert_replays(here, case)
