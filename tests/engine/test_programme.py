"""The programme and its account: what lies ready before it is adopted, and what may not be left out afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.deadlines import Terms
from engine.ledger import figures, ledger_of
from engine.registers import Registers
from engine.roles import values_of
from engine.terms import Act, Json
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    EFFECTS,
    GRANT,
    HOLIDAYS_FILE,
    INTEREST,
    PRESS,
    TERMS_FILE,
    Dossier,
    allowed,
    ask,
    attempt,
    digest,
    frame_values,
    refused,
    task_for,
)

ADOPTS = task_for(Act.BESLUIT, "college", "D09")
NONE_CAME: dict[str, Json] = {"inbrengregister": 0}


def item(name: str, **more: Json) -> dict[str, Json]:
    found: dict[str, Json] = {"onderdeel": name, "velden": {"bedrag": 100}}
    return found | more


def adopts(*items: dict[str, Json], **more: Json) -> dict[str, Json]:
    spent: list[Json] = [{"post": one["onderdeel"], "bedrag": 100} for one in items]
    found: dict[str, Json] = {"motivering": "x", "onderdelen": list(items), "bestedingsvoorstel": spent}
    return found | NONE_CAME | more


def ready(*subjects: str) -> Dossier:
    """A programme that can be adopted with these initiatives."""
    dossier = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "raadplegen")
    return dossier.adoptable(*subjects)


def test_a_programme_whose_concept_was_public_is_adopted() -> None:
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02"), item("I-04")), ready("I-02", "I-04")), "D09/raadplegen")


# --- INV-20, INV-22 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["I-09", "i-02", "I\u201002", "\u0406-02", "I-02\u200b"])
def test_inv_22_nothing_enters_the_programme_that_was_not_admitted(name: str) -> None:
    refused(ask(COLLEGE, ADOPTS, adopts(item(name)), ready("I-02")), "INV-22", name)


def test_inv_22_what_was_refused_or_granted_without_a_theme_stays_out() -> None:
    dossier = ready("I-02").admitted("I-06", besluit="afgewezen")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-06")), dossier), "INV-22", "I-06")
    dossier = ready()
    dossier.decided(GRANT, "D07", "I-03", "raadplegen", by="bestuurder", role="college")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-03")), dossier), "INV-22", "I-03")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-03", thema="T-1")), dossier), "INV-22", "T-1")


def test_inv_20_an_item_that_says_to_be_of_one_household_stays_out() -> None:
    own = item("I-02", **INTEREST | {"aantal_belanghebbenden": 1})
    refused(ask(COLLEGE, ADOPTS, adopts(own), ready("I-02")), "INV-20", "I-02")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02", **INTEREST)), ready("I-02")))


def test_inv_23_the_programme_does_not_name_a_second_owner() -> None:
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02", eigenaar="vakdienst")), ready("I-02")), "INV-24", "I-02")
    inside = item("I-02", eigenaar="werkgroep", nieuwe_eigenaar="vakdienst")
    refused(ask(COLLEGE, ADOPTS, adopts(inside), ready("I-02")), "INV-23", "twee")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02", eigenaar="werkgroep")), ready("I-02")))


# --- INV-26 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(EFFECTS))
@pytest.mark.parametrize("said", [None, "", "\u200b", [], {}])
def test_inv_26_each_item_says_what_it_is_for(name: str, said: Json) -> None:
    dossier = ready().promised("I-02").admitted("I-02", **{name: said})
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-26", f"I-02: {name}")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02", **{name: said})), dossier), "INV-26", f"I-02: {name}")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02", **{name: "rust"})), dossier))


def test_inv_26_the_concept_does_not_go_to_the_organ_with_an_empty_item() -> None:
    concept = task_for(Act.PRODUCT, "wijkcoordinator", "D09")
    dossier = ready("I-02").admitted("I-03", beoogd_effect="").admitted("I-06", besluit="afgewezen", beoogd_effect="")
    refused(ask(COORDINATOR, concept, {"voor_besluit": True}, dossier), "INV-26", "I-03")
    allowed(ask(COORDINATOR, concept, {"voor_besluit": False}, dossier))
    allowed(ask(COORDINATOR, concept, {"voor_besluit": True}, ready("I-02")))


def test_inv_26_a_field_that_the_residents_proposed_is_not_changed_beside_the_fields() -> None:
    dossier = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "coproduceren", "I-02").adoptable("I-02")
    dossier.proposed("D07", "I-02", bedrag=100, beoogd_effect="rust")
    aside = item("I-02", beoogd_effect="drukte") | {"velden": {"bedrag": 100, "beoogd_effect": "rust"}}
    refused(ask(COLLEGE, ADOPTS, adopts(aside), dossier), "INV-07", "beoogd_effect")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02", beoogd_effect="drukte")), dossier), "INV-07", "beoogd_effect")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02", beoogd_effect="rust")), dossier))


# --- INV-29 ----------------------------------------------------------------------------------------------------------


def unpublished() -> Dossier:
    return Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "raadplegen").admitted("I-02")


def test_inv_29_a_programme_whose_concept_nobody_saw_is_not_adopted() -> None:
    dossier = unpublished()
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-29", "conceptwijkprogramma")
    dossier.act(Act.PRODUCT, COORDINATOR, {"titel": "Concept"}, product="conceptwijkprogramma")
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="wijkprogramma")
    dossier.act(Act.PUBLICATIE, PRESS, {"betreft": "conceptwijkprogramma\u200b"})
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-29", "conceptwijkprogramma")


def test_inv_29_a_concept_shown_after_the_reaction_period_is_no_concept_shown() -> None:
    dossier = unpublished()
    dossier.now = AFTER_TERM
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="conceptwijkprogramma")
    late = datetime(2026, 10, 21, 9, tzinfo=UTC)
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier, now=late), "INV-29", "reactietermijn")


def test_inv_29_the_reaction_period_of_its_own_frame_has_ended() -> None:
    dossier = ready("I-02")
    frame = frame_values("D08", "raadplegen", termijn="2026-11-02")
    dossier.act(Act.KADER, COLLEGE, frame, step="D08", role="college")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-29", "einde van de reactietermijn")
    over = datetime(2026, 11, 3, 9, tzinfo=UTC)
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier, now=over), "INV-29", "publicatie van de reactietermijn")
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="participatiekader")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier, now=over))


LAST_DAY = datetime(2026, 9, 24, 21, 59, tzinfo=UTC)  # three weeks before the day on which the term of the frame ends
TOO_LATE = LAST_DAY + timedelta(minutes=1)
LATER = datetime(2026, 12, 15, 9, tzinfo=UTC)


def shown(at: datetime, dossier: Dossier | None = None) -> Dossier:
    """All that a programme asks, with a concept that was made public at this moment."""
    dossier = dossier or unpublished().promised("I-02")
    dossier.now = at - timedelta(minutes=1)
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="conceptwijkprogramma")
    return dossier


def extended(dossier: Dossier, at: datetime, until: str, *, is_published: bool = True) -> Dossier:
    """The same dossier after the reaction period was made longer at this moment."""
    dossier.now = at - timedelta(minutes=1)
    frame = frame_values("D09", "raadplegen", termijn=until)
    dossier.act(Act.KADER, COLLEGE, frame, step="D09", role="college")
    if is_published:
        dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="participatiekader")
    return dossier


def test_inv_29_a_concept_that_nobody_had_time_to_react_to_is_no_concept_shown() -> None:
    """Out a minute before the term ends, it would count as heard."""
    programme = adopts(item("I-02"))
    minute = datetime(2026, 10, 15, 21, 59, tzinfo=UTC)
    refused(ask(COLLEGE, ADOPTS, programme, shown(minute)), "INV-29", "2026-11-05")
    refused(ask(COLLEGE, ADOPTS, programme, shown(minute), now=LATER), "INV-29", "reactietermijn")
    refused(ask(COLLEGE, ADOPTS, programme, shown(TOO_LATE)), "INV-29", "2026-10-16")
    allowed(ask(COLLEGE, ADOPTS, programme, shown(LAST_DAY)))


def test_inv_29_a_longer_term_that_was_made_public_in_time_gives_time_to_react() -> None:
    programme, soon = adopts(item("I-02")), TOO_LATE + timedelta(days=1)
    refused(ask(COLLEGE, ADOPTS, programme, extended(shown(TOO_LATE), soon, "2026-10-20")), "INV-16")
    allowed(ask(COLLEGE, ADOPTS, programme, extended(shown(TOO_LATE), soon, "2026-10-16")))
    silent = extended(shown(TOO_LATE), soon, "2026-11-30", is_published=False)
    refused(ask(COLLEGE, ADOPTS, programme, silent, now=LATER), "INV-02")


def test_inv_29_two_short_terms_with_a_gap_between_them_do_not_make_one_long_enough() -> None:
    programme, minute = adopts(item("I-02")), datetime(2026, 10, 15, 21, 59, tzinfo=UTC)
    gap = datetime(2026, 11, 16, 9, tzinfo=UTC)
    for until, is_enough in (("2026-11-17", False), ("2026-12-06", False), ("2026-12-07", True)):
        ruling = ask(COLLEGE, ADOPTS, programme, extended(shown(minute), gap, until), now=LATER)
        assert (ruling.rule == "INV-29") is not is_enough, (until, ruling)


def test_inv_29_the_reactions_have_a_frame_of_their_own_and_its_term_counts() -> None:
    dossier = shown(LAST_DAY)
    own = frame_values("D08", "raadplegen", termijn="2026-10-14")
    dossier.act(Act.KADER, COLLEGE, own, step="D08", role="college")
    dossier.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="participatiekader")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-29", "2026-10-16")


def test_inv_29_a_term_in_which_people_are_only_informed_is_no_reaction_period() -> None:
    dossier = unpublished().promised("I-02")
    dossier.framed("D08", "meeweten")
    dossier = shown(LAST_DAY, dossier)
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02")), dossier), "INV-29", "reactietermijn")


def test_inv_29_a_city_without_a_least_reaction_period_adopts_nothing() -> None:
    programme, dossier = adopts(item("I-02")), shown(LAST_DAY)
    refused(ask(COLLEGE, ADOPTS, programme, dossier, terms=Terms()), "INV-15", "reactie_wijkprogramma_minimaal")
    ended = TERMS_FILE.replace(b"geldig_van = 2025-01-01", b"geldig_van = 2025-01-01\ngeldig_tot = 2026-09-01")
    terms, _ = Terms.read(ended, HOLIDAYS_FILE)
    refused(ask(COLLEGE, ADOPTS, programme, dossier, terms=terms), "INV-15", "geldt op 2026-09-2")


def test_inv_29_a_concept_goes_out_while_there_is_still_time_to_react() -> None:
    publishes = task_for(Act.PUBLICATIE, "communicatie")
    out: dict[str, Json] = {"kanalen": ["website"], "betreft": "conceptwijkprogramma"}
    named = replace(publishes, spec=replace(publishes.spec, product="conceptwijkprogramma"))
    for task in (publishes, named):
        refused(ask(PRESS, task, out, unpublished(), now=TOO_LATE), "INV-29", "2026-10-16")
        assert ask(PRESS, task, out, unpublished(), now=LAST_DAY).rule != "INV-29"
        assert ask(PRESS, task, out, shown(LAST_DAY), now=TOO_LATE).rule != "INV-29", "it went out in time before"
        longer = extended(unpublished(), LAST_DAY, "2026-11-30")
        assert ask(PRESS, task, out, longer, now=TOO_LATE).rule != "INV-29"
    refused(attempt(PRESS, "publicatie", "D09", "*", out, unpublished()), "INV-29")


def test_the_record_of_the_programme_says_which_term_was_asked() -> None:
    ruling = ask(COLLEGE, ADOPTS, adopts(item("I-02")), shown(LAST_DAY))
    tables = (ruling.decision or {})["tables"]
    assert isinstance(tables, dict) and tables["termijnen"] == ["reactie_wijkprogramma_minimaal"]


def test_inv_29_behind_each_initiative_stands_a_promise_with_a_date() -> None:
    dossier = ready().admitted("I-02", "I-04").promised("I-02")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02"), item("I-04")), dossier), "INV-29", "I-04", "toezegging")
    for more in ({"datum": "ooit"}, {"datum": None}, {"soort": "nagekomen"}, {"soort": "nieuwe_datum"}):
        dossier.promised("I-04", **more)
    dossier.promised("i-04", "*", "I\u201004")
    refused(ask(COLLEGE, ADOPTS, adopts(item("I-02"), item("I-04")), dossier), "INV-29", "I-04", "toezegging")
    allowed(ask(COLLEGE, ADOPTS, adopts(item("I-02"), item("I-04")), dossier.promised("I-04", soort="toezegging")))


# --- INV-31 ----------------------------------------------------------------------------------------------------------

FINISHES = task_for(Act.BESLUIT, "wijkcoordinator", "D14")
ROWS: list[Json] = [{"onderdeel": name, "resultaat": "klaar"} for name in ("I-02", "I-04")]
ACCOUNT: dict[str, Json] = {
    "verantwoording_per_initiatief": ROWS,
    "knelpuntacties": [{"kenmerk": "K-1"}],
    "toezeggingen": ["TZ-1", "TZ-2"],
    "geschillen": [{"geschil": "G-1"}],
    "aandachtspunten": [{"aandachtspunt": "AP-1"}],
    "verschillen": [{"onderdeel": "I-02", "veld": "locatie", "toelichting": "plek B"}],
    "reacties": [],
    "inbrengregister": 0,
}


def account(dossier: Dossier, **more: Json) -> dict[str, Json]:
    """The account, with the figures of the ledger of this dossier."""
    totals: dict[str, Json] = {**figures(ledger_of(Registers(dossier.facts, AFTER_TERM)))}
    return ACCOUNT | {"totalen": totals} | more


def year() -> Dossier:
    """A year in which two initiatives ran, one differently than proposed, and something of everything happened."""
    dossier = Dossier().framed("D14", "raadplegen").admitted("I-02", "I-04")
    for mark, subject in (("TZ-1", "I-02"), ("TZ-2", "I-04")):
        values: dict[str, Json] = {"kenmerk": mark, "partij": "x", "prestatie": "x", "datum": "2027-03-31"}
        dossier.act(Act.TOEZEGGING, COORDINATOR, values, step="D06", subject=subject)
    reasons: list[Json] = [{"onderdeel": "I-02", "veld": "locatie", "reden": "geluid"}]
    values = adopts(item("I-02"), item("I-04"), afwijkingen=reasons)
    dossier.decided(values, "D09", "*", "raadplegen", by="bestuurder", role="college")
    for mark, step in (("K-1", "D12"), ("G-1", "D16"), ("AP-1", "D04")):
        dossier.decided({"kenmerk": mark}, step, "*", "meeweten", by=COORDINATOR.ref, role="wijkcoordinator")
    dossier.act(Act.TOEZEGGING, COORDINATOR, {"soort": "nagekomen", "toezegging": "TZ-1"}, step="D06", subject="I-02")
    return dossier


def test_an_account_of_everything_is_adopted() -> None:
    allowed(ask(COORDINATOR, FINISHES, account(year()), year()), "D14/raadplegen")


@pytest.mark.parametrize(
    ("field", "left", "named"),
    [
        ("verantwoording_per_initiatief", ROWS[:1], "initiatief I-04"),
        ("verantwoording_per_initiatief", [ROWS[0], {"onderdeel": "I-04", "resultaat": "\u200b"}], "initiatief I-04"),
        ("verantwoording_per_initiatief", [ROWS[0], {"onderdeel": "i-04", "resultaat": "x"}], "initiatief I-04"),
        ("verantwoording_per_initiatief", [*ROWS, ROWS[0]], "I-02 staat er twee keer"),
        ("verantwoording_per_initiatief", None, "initiatief I-02"),
        ("knelpuntacties", [], "knelpuntactie K-1"),
        ("knelpuntacties", [{"kenmerk": "K-2"}], "knelpuntactie K-1"),
        ("knelpuntacties", [{"kenmerk": "K-1\u200b"}], "knelpuntactie K-1"),
        ("knelpuntacties", "alle acties", "knelpuntactie K-1"),
        ("toezeggingen", ["TZ-1"], "toezegging TZ-2"),
        ("geschillen", None, "geschil G-1"),
        ("geschillen", [{"kenmerk": {"verzegeld": digest("x")}}], "geschil G-1"),
        ("aandachtspunten", ["AP-2"], "aandachtspunt AP-1"),
        ("verschillen", [], "afwijking I-02: locatie"),
        ("verschillen", "plek B in plaats van A", "afwijking I-02: locatie"),
        ("verschillen", [{"onderdeel": "I-02", "veld": "locatie", "toelichting": " "}], "afwijking I-02: locatie"),
    ],
)
def test_inv_31_whatever_the_account_leaves_out_is_named(field: str, left: Json, named: str) -> None:
    refused(ask(COORDINATOR, FINISHES, account(year(), **{field: left}), year()), "INV-31", named)


def test_inv_31_the_report_itself_accounts_as_well() -> None:
    other = task_for(Act.PRODUCT, "wijkcoordinator")
    report = replace(other, spec=replace(other.spec, product="wijkverslag"))
    refused(ask(COORDINATOR, report, {"titel": "Verslag"}, year()), "INV-31", "initiatief I-04")
    allowed(ask(COORDINATOR, report, ACCOUNT | {"titel": "Verslag"}, year()))
    allowed(ask(COORDINATOR, other, {"titel": "Verslag"}, year()))


def test_inv_31_without_a_mark_the_digest_points_at_what_must_be_accounted_for() -> None:
    dossier = year()
    unmarked = dossier.decided({}, "D12", "*", "meeweten", by=COORDINATOR.ref, role="wijkcoordinator")
    refused(ask(COORDINATOR, FINISHES, account(dossier), dossier), "INV-31", unmarked.record)
    named = account(dossier, knelpuntacties=[{"kenmerk": "K-1"}, {"besluit": unmarked.record}])
    allowed(ask(COORDINATOR, FINISHES, named, dossier))


def test_inv_31_a_mark_that_two_actions_bear_accounts_for_neither() -> None:
    dossier = year()
    twin = dossier.decided({"kenmerk": "K-1"}, "D12", "*", "meeweten", by=COORDINATOR.ref, role="wijkcoordinator")
    refused(ask(COORDINATOR, FINISHES, account(dossier), dossier), "INV-31", twin.record)


def test_inv_31_an_initiative_that_a_later_programme_dropped_is_accounted_for_all_the_same() -> None:
    dossier = year()
    dossier.decided(adopts(item("I-02")), "D09", "*", "raadplegen", by="bestuurder", role="college")
    less = account(dossier, verantwoording_per_initiatief=ROWS[:1])
    refused(ask(COORDINATOR, FINISHES, less, dossier), "INV-31", "I-04")


def test_inv_31_what_happened_in_a_loose_dossier_of_the_year_is_accounted_for_as_well() -> None:
    loose = Dossier()
    for mark, step in (("K-9", "D12"), ("G-9", "D16"), ("AP-9", "D04")):
        loose.decided({"kenmerk": mark}, step, "*", "meeweten", by=COORDINATOR.ref, role="wijkcoordinator")
    promise: dict[str, Json] = {"kenmerk": "TZ-1", "partij": "x", "prestatie": "x", "datum": "2027-03-31"}
    made = loose.act(Act.TOEZEGGING, COORDINATOR, promise, step="D06", subject="I-02")  # the mark of another one
    reasons: list[Json] = [{"onderdeel": "I-05", "veld": "plek", "reden": "x"}]
    loose.decided({"afwijkingen": reasons}, "D07", "I-05", "coproduceren", by="bestuurder", role="college")
    more: dict[str, list[Json]] = {
        "knelpuntacties": [{"kenmerk": "K-9"}],
        "geschillen": [{"geschil": "G-9"}],
        "aandachtspunten": ["AP-9"],
        "toezeggingen": [made.record],
        "verschillen": [{"onderdeel": "I-05", "veld": "plek", "toelichting": "x"}],
    }
    own = year()
    first = next(fact for fact in own.facts if values_of(fact).get("kenmerk") == "TZ-1")
    listed: dict[str, list[Json]] = {name: [*ACCOUNT[name], *rows] for name, rows in more.items()}  # type: ignore[misc]
    listed["toezeggingen"] = [first.record, "TZ-2", made.record]
    whole = account(own, **listed)
    allowed(ask(COORDINATOR, FINISHES, whole, own, loose=loose), "D14/raadplegen")
    names = ("knelpuntactie K-9", "geschil G-9", "aandachtspunt AP-9", f"toezegging {made.record}", "I-05: plek")
    for (field, rows), name in zip(listed.items(), names, strict=True):
        less = [row for row in rows if row not in more[field]]
        refused(ask(COORDINATOR, FINISHES, whole | {field: less}, own, loose=loose), "INV-31", name)
