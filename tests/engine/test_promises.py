"""Commitments and consent: what is promised stands, and an initiative changes hands by its group alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.operations import run
from engine.promises import State, missed, promises
from engine.registers import Registers
from engine.terms import Act, Action, Fact, Json, Register, Ruling, Values
from engine.trail.kinds import Kind, kind_of
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    COORDINATOR,
    GROUP,
    PLAY,
    RESIDENT,
    Dossier,
    allowed,
    ask,
    attempt,
    membership,
    person,
    refused,
    substitute,
    task_for,
)

HOUSING = person("corporatie", "woningcorporatie")
BOROUGH = person("deelgemeente", "deelgemeentebestuur")
ALDERMAN = person("wethouder", "wethouder_wijkzaken")
LIGHT: dict[str, Json] = {
    "kenmerk": "T-1",
    "partij": "woningcorporatie",
    "prestatie": "verlichting",
    "datum": "2026-11-18",
    "aanspreekpunt": "afdeling wonen",
}
LATER: dict[str, Json] = {"soort": "nieuwe_datum", "toezegging": "T-1", "datum": "2026-12-30", "reden": "levertijd"}
YES: dict[str, Json] = {"verzoek": "nieuwe_datum", "over": "T-1", "datum": "2026-12-30", "instemming": True}
LATE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def promised(values: Values = LIGHT, subject: str = "I-02", by: str = "woningcorporatie") -> Dossier:
    dossier = Dossier()
    dossier.act(Act.TOEZEGGING, HOUSING, values, step="D06", subject=subject, role=by)
    return dossier


def consents(dossier: Dossier, subject: str = "I-02", step: str | None = "D06", **values: Json) -> Fact:
    return dossier.act(Act.INSTEMMING, GROUP, YES | values, step=step, subject=subject, role="deelnemers")


def promise(values: Values, dossier: Dossier, by: str = "woningcorporatie", **more: object) -> Ruling:
    actor = more.pop("actor", HOUSING)
    task = task_for(Act.TOEZEGGING, by, str(more.pop("step", "D06")), "I-02")
    return ask(actor, task, values, dossier, now=more.pop("now", LATE))  # type: ignore[arg-type]


# --- making a promise -------------------------------------------------------------------------------------------------


def test_each_party_promises_for_itself_and_says_it_all() -> None:
    allowed(promise(LIGHT | {"datum": "2027-06-18"}, Dossier()), "handeling/toezegging")
    refused(promise(LIGHT | {"partij": "college", "datum": "2027-06-18"}, Dossier()), "INV-13")
    refused(promise(LIGHT, Dossier()), "D06/coproduceren", "datum: vandaag of later")
    for name in ("partij", "prestatie", "datum", "aanspreekpunt"):
        without = {key: value for key, value in LIGHT.items() if key != name}
        refused(promise(without, Dossier()), "INV-13" if name == "partij" else "D06/coproduceren")


def test_a_group_promises_in_its_own_name() -> None:
    task = task_for(Act.TOEZEGGING, "deelnemers", "D06", "I-02")
    hours = LIGHT | {"partij": "I-02", "datum": "2027-11-01"}
    allowed(ask(GROUP, task, hours, Dossier()))
    refused(ask(GROUP, task, hours | {"partij": "I-05"}, Dossier()), "INV-13")


# --- INV-33: commitments stand ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["intrekken", "vervallen", "gewist", "NIEUWE_DATUM", "nagekomen "])
def test_inv_33_no_word_takes_a_promise_back(sort: str) -> None:
    refused(promise(LATER | {"soort": sort}, promised()), "INV-33", "niet ingetrokken")


def test_inv_33_a_second_promise_neither_replaces_the_first_nor_takes_its_name() -> None:
    again = LIGHT | {"datum": "2027-06-18"}
    refused(promise(again | {"kenmerk": "T-2", "toezegging": "T-1"}, promised()), "INV-33", "vervangt geen andere")
    refused(promise(again, promised()), "INV-33", "een eigen kenmerk")
    refused(promise(again, promised(), step="D11"), "INV-33", "D06")


def test_inv_33_a_new_date_needs_a_reason_and_the_consent_of_the_group_to_that_date() -> None:
    dossier = promised()
    refused(promise(LATER, dossier), "INV-33", "instemming van de groep")
    consents(dossier, instemming=False)
    refused(promise(LATER, dossier), "INV-33", "instemming van de groep")
    consents(dossier)
    refused(promise(LATER | {"reden": " "}, dossier), "INV-33", "reden")
    refused(promise(LATER | {"datum": "2027-12-31"}, dossier), "INV-33", "de datum waarmee de groep instemde")
    refused(promise(LATER | {"toezegging": "T-9"}, dossier), "INV-33", "precies één")
    allowed(promise(LATER, dossier))


def test_inv_33_the_consent_of_another_group_or_on_another_promise_moves_nothing() -> None:
    other = promised()
    consents(other, subject="I-05")
    refused(promise(LATER, other), "INV-33", "instemming van de groep")
    elsewhere = promised()
    consents(elsewhere, over="T-2")
    refused(promise(LATER, elsewhere), "INV-33", "instemming van de groep")


def test_inv_33_one_consent_moves_one_date() -> None:
    dossier = promised()
    consents(dossier)
    dossier.act(Act.TOEZEGGING, HOUSING, LATER, step="D06", subject="I-02")
    refused(promise(LATER | {"datum": "2027-03-01"}, dossier), "INV-33", "instemming van de groep")


def test_inv_33_the_old_date_and_the_missed_day_stay_visible() -> None:
    dossier = promised()
    assert [one.dates[0] for one in missed(Registers(dossier.facts, LATE), LATE)] == ["2026-11-18"]
    assert missed(Registers(dossier.facts, AFTER_TERM), AFTER_TERM) == ()
    dossier.now = LATE
    consents(dossier)
    dossier.act(Act.TOEZEGGING, HOUSING, LATER, step="D06", subject="I-02")
    (moved,) = promises(Registers(dossier.facts, dossier.now))
    assert moved.dates == ("2026-11-18", "2026-12-30") and moved.missed_days(dossier.now) == ("2026-11-18",)
    assert moved.state(dossier.now) is State.OPEN
    dossier.act(Act.TOEZEGGING, HOUSING, {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "foto"}, step="D06")
    (kept,) = promises(Registers(dossier.facts, dossier.now))
    assert kept.state(dossier.now) is State.KEPT and kept.missed_days(dossier.now) == ("2026-11-18",)
    state = run("toezeggingen_stand", {"onderwerp": "I-02"}, tuple(dossier.facts), dossier.now)
    assert state["nagekomen"] == 1 and state["gemist"] == 0
    assert state["regels"][0]["datums"] == ["2026-11-18", "2026-12-30"]  # type: ignore[index,call-overload]


def test_inv_33_that_it_was_kept_is_shown_and_then_stands() -> None:
    dossier, done = promised(), {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "foto"}
    refused(promise(done | {"bewijs": ""}, dossier), "INV-33", "bewijs")
    allowed(promise(done, dossier))
    dossier.act(Act.TOEZEGGING, HOUSING, done, step="D06", subject="I-02")
    refused(promise(LATER, dossier), "INV-33", "al nagekomen")


# --- INV-36: the other government is bound ----------------------------------------------------------------------------

SITE: dict[str, Json] = LIGHT | {"partij": "deelgemeentebestuur", "prestatie": "terrein"}
STOPS: dict[str, Json] = {"reden": "te duur", "gevolg": "geen plek", "motivering": "geld", "inbrengregister": 0}


def test_inv_36_no_other_government_moves_or_ends_a_promise() -> None:
    dossier = promised(SITE, by="deelgemeentebestuur")
    consents(dossier)
    refused(promise(LATER, dossier, "college", actor=COLLEGE), "INV-36", "deelgemeentebestuur")
    done: dict[str, Json] = {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "foto"}
    refused(promise(done, dossier, "college", actor=COLLEGE), "INV-36", "deelgemeentebestuur")
    refused(promise(LATER, dossier, "wethouder_wijkzaken", actor=ALDERMAN), "INV-36")
    allowed(promise(LATER, dossier, "deelgemeentebestuur", actor=BOROUGH))


@pytest.mark.parametrize("subject", ["I-02", "*"])
def test_inv_36_a_decision_of_the_other_government_cites_the_promise_and_leaves_it(subject: str) -> None:
    dossier = promised(SITE, by="deelgemeentebestuur").framed("D11", "raadplegen", subject)
    task = task_for(Act.BESLUIT, "college", "D11", subject)
    refused(ask(COLLEGE, task, STOPS, dossier), "INV-36", "T-1", "deelgemeentebestuur")
    for effect in ("vervalt", "", "Ongewijzigd, behalve de plek"):
        cited: list[Json] = [{"toezegging": "T-1", "gevolg": effect}]
        refused(ask(COLLEGE, task, STOPS | {"toezeggingen": cited}, dossier), "INV-36", "ongewijzigd")
    stands: list[Json] = [{"toezegging": "T-1", "gevolg": "ongewijzigd"}]
    allowed(ask(COLLEGE, task, STOPS | {"toezeggingen": stands}, dossier))


def test_inv_36_a_promise_kept_or_on_something_else_asks_nothing() -> None:
    task = task_for(Act.BESLUIT, "college", "D11", "I-02")
    other = promised(SITE, subject="I-05", by="deelgemeentebestuur").framed("D11", "raadplegen", "I-02")
    allowed(ask(COLLEGE, task, STOPS, other))
    kept = promised(SITE, by="deelgemeentebestuur").framed("D11", "raadplegen", "I-02")
    kept.act(Act.TOEZEGGING, BOROUGH, {"soort": "nagekomen", "toezegging": "T-1", "bewijs": "x"}, step="D06")
    allowed(ask(COLLEGE, task, STOPS, kept))


# --- INV-24: an initiative changes hands by its group alone -----------------------------------------------------------

TAKEN: dict[str, Json] = {"verzoek": "overname", "instemming": True, "reden": "wij stoppen"}
MOVES: dict[str, Json] = STOPS | {"eigenaar": "vakdienst"}


def owned(subject: str = "I-02") -> Dossier:
    dossier = Dossier()
    admitted: dict[str, Json] = {"besluit": "toegelaten", "eigenaar": "werkgroep jongeren"}
    dossier.decided(admitted, "D05", subject, "raadplegen", role="wijkcoordinator")
    return dossier.framed("D11", "raadplegen", subject)


def moves(dossier: Dossier, values: Values = MOVES, subject: str = "I-02") -> Ruling:
    return ask(COLLEGE, task_for(Act.BESLUIT, "college", "D11", subject), values, dossier)


def test_inv_24_only_the_group_itself_consents_to_a_takeover() -> None:
    task = task_for(Act.INSTEMMING, "deelnemers", "D15", "I-02")
    allowed(ask(GROUP, task, TAKEN, owned()), "handeling/instemming")
    member = membership("deelnemers", group="I-02")
    refused(ask(person("x", "wijkcoordinator", member), task, TAKEN, owned()), "INV-24", "geen rol van de overheid")
    refused(ask(substitute(COLLEGE, GROUP), task, TAKEN, owned()), "INV-24", "geen rol van de overheid")
    everywhere = person("y", "deelnemers")
    refused(ask(everywhere, task, TAKEN, owned()), "INV-24", "de groep van I-02")
    for lane, actor in (("college", COLLEGE), ("wijkcoordinator", COORDINATOR), ("bewoner", RESIDENT)):
        refused(ask(actor, task_for(Act.INSTEMMING, lane, "D15", "I-02"), TAKEN, owned()), "INV-24")
    refused(attempt(COLLEGE, "instemming", "D15", "I-02", TAKEN, owned()), "INV-24")
    refused(attempt(COLLEGE, "besluit", "D15", "I-02", TAKEN, owned()), "INV-24")


def test_inv_24_a_takeover_is_answered_at_its_own_step_with_a_reason() -> None:
    at = task_for(Act.INSTEMMING, "deelnemers", "D15", "I-02")
    refused(ask(GROUP, at, TAKEN | {"reden": ""}, owned()), "instemming/inhoud", "reden")
    refused(ask(GROUP, at, TAKEN | {"instemming": "misschien"}, owned()), "instemming/inhoud", "ja of nee")
    refused(ask(GROUP, at, TAKEN | {"verzoek": "inhoud"}, owned()), "instemming/inhoud", "overname")
    elsewhere = task_for(Act.INSTEMMING, "deelnemers", "D11", "I-02")
    refused(ask(GROUP, elsewhere, TAKEN, owned()), "instemming/inhoud", "D15")


def test_inv_24_silence_and_no_leave_the_initiative_with_its_group() -> None:
    refused(moves(owned()), "INV-24", "de groep van I-02")
    dossier = owned()
    dossier.act(Act.INSTEMMING, GROUP, TAKEN | {"instemming": False}, step="D15", subject="I-02")
    refused(moves(dossier), "INV-24", "de groep van I-02")
    assert run("instemming_lezen", {"verzoek": "overname", "onderwerp": "I-02"}, tuple(dossier.facts), dossier.now) == {
        "gevonden": True, "instemming": False, "regel": dossier.facts[-1].record,
    }  # fmt: skip
    dossier.act(Act.INSTEMMING, GROUP, TAKEN, step="D15", subject="I-02")
    allowed(moves(dossier))


@pytest.mark.parametrize("code", ["i-02", "I 02", "I\u201102", "I-02."])
def test_inv_24_another_spelling_of_the_code_is_the_same_initiative(code: str) -> None:
    refused(moves(owned().framed("D11", "raadplegen", code), subject=code), "INV-24", code)


@pytest.mark.parametrize("key", ["eigenaar", "nieuwe_eigenaar", "overname_door", "overgenomen_door"])
def test_inv_24_the_owner_is_not_changed_under_another_name_or_in_a_part(key: str) -> None:
    plain = STOPS | {key: "vakdienst"}
    refused(moves(owned(), plain), "INV-24")
    refused(moves(owned(), STOPS | {"velden": {key: "vakdienst"}}), "INV-24")
    part: list[Json] = [{"onderdeel": "I-02", "velden": {key: "vakdienst"}}]
    refused(moves(owned().framed("D11", "raadplegen"), STOPS | {"onderdelen": part}, "*"), "INV-24")
    refused(moves(owned().framed("D11", "raadplegen"), plain, "*"), "INV-24", "het initiatief")


def test_inv_24_a_second_admission_does_not_change_the_owner() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D05", "I-02")
    again: dict[str, Json] = {"besluit": "toegelaten", "eigenaar": "vakdienst", "toets_per_regel": "x"}
    refused(ask(COORDINATOR, task, again | {"inbrengregister": 0}, owned()), "INV-24")
    refused(moves(Dossier().framed("D11", "raadplegen", "I-02")), "INV-24")


def test_inv_24_one_consent_carries_one_transfer_to_whom_the_group_named() -> None:
    dossier = owned()
    dossier.act(Act.INSTEMMING, GROUP, TAKEN | {"nieuwe_eigenaar": "vakdienst"}, step="D15", subject="I-02")
    refused(moves(dossier, STOPS | {"eigenaar": "woningcorporatie"}), "INV-24", "waarmee de groep")
    allowed(moves(dossier))
    plain = owned()
    plain.act(Act.INSTEMMING, GROUP, TAKEN, step="D15", subject="I-02")
    plain.decided(MOVES, "D11", "I-02", "raadplegen", role="college")
    refused(moves(plain, STOPS | {"eigenaar": "woningcorporatie"}), "INV-24", "de groep van I-02")


def test_consent_to_anything_else_is_given_by_the_group_and_never_by_the_organ() -> None:
    task = task_for(Act.INSTEMMING, "deelnemers", "D06", "I-02")
    allowed(ask(GROUP, task, YES, promised()))
    refused(ask(GROUP, task, {**YES, "datum": ""}, promised()), "instemming/inhoud", "datum")
    refused(ask(GROUP, task, YES | {"over": "T-9"}, promised()), "instemming/inhoud", "precies één")
    refused(ask(GROUP, task, YES, promised(subject="I-05")), "instemming/inhoud", "I-02")
    refused(ask(PLAY, task, YES, promised()), "taak/kandidaat")
    refused(ask(COLLEGE, task_for(Act.INSTEMMING, "college", "D06", "I-02"), YES, promised()), "INV-13")
    both = person("z", "college", membership("deelnemers", group="I-02"))
    refused(ask(both, task, YES, promised()), "INV-13", "geen bestuur")


@pytest.mark.parametrize(
    ("act", "values", "kind"),
    [
        (Act.TOEZEGGING, {}, Kind.COMMITMENT_MADE),
        (Act.TOEZEGGING, {"soort": "nieuwe_datum"}, Kind.COMMITMENT_MOVED),
        (Act.TOEZEGGING, {"soort": "nagekomen"}, Kind.COMMITMENT_KEPT),
        (Act.INSTEMMING, {"instemming": True}, Kind.CONSENT_GIVEN),
        (Act.INSTEMMING, {"instemming": "nee"}, Kind.CONSENT_WITHHELD),
        (Act.INSTEMMING, {"verzoek": "overname"}, Kind.CONSENT_WITHHELD),
    ],
)
def test_the_record_says_what_was_said_and_every_kind_lands_in_its_register(
    act: Act, values: dict[str, Json], kind: Kind
) -> None:
    assert kind_of(Action.COMPLETE, act, True, values) is kind
    register = Register.TOEZEGGINGEN if act is Act.TOEZEGGING else Register.INSTEMMINGEN
    assert Dossier().act(act, GROUP, values, step="D06", subject="I-02").register is register
