"""What participants decide in one dossier binds in every other one of the wijk: no second case gets round it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from engine.acts import looks_elsewhere
from engine.elsewhere import Neighbour, seen_from
from engine.terms import Act, Fact, Json
from tests.engine.rights_world import (
    ADMISSION,
    COLLEGE,
    COORDINATOR,
    GRANT,
    OUTCOME,
    PLAY,
    Dossier,
    allowed,
    ask,
    binding_values,
    refused,
    task_for,
)
from tests.engine.test_codecision import ADOPTS, YOUTH, item, programme, with_items

GRANTS = task_for(Act.BESLUIT, "college", "D07", "I-05")
VALUES = GRANT | {"bedrag": 100, "velden": {"bedrag": 100}, "inbrengregister": 0}


def framed(rung: str = "raadplegen", name: str = "I-05") -> Dossier:
    """A dossier beside the one of the participants, with a frame of its own on their subject."""
    dossier = Dossier().framed("D07", rung, name)
    if rung == "coproduceren":
        dossier.proposed("D07", name, bedrag=100)
    return dossier


def bound() -> Dossier:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.bound()
    dossier.checked()
    return dossier


def decided() -> Dossier:
    dossier = bound()
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    return dossier


def balloted() -> Dossier:
    dossier = bound()
    values: dict[str, Json] = {"soort": "uitslag", "overeenstemming": True, "uitslag": "A"}
    dossier.act(Act.STEMMING, PLAY, values, step="D07", subject="I-05", rung="meebeslissen", role="deelnemers")
    return dossier


def ratified() -> Dossier:
    dossier = decided()
    values: dict[str, Json] = {"bekrachtigd": True}
    dossier.act(Act.BEKRACHTIGING, COLLEGE, values, step="D07", subject="I-05", role="college")
    return dossier


@pytest.mark.parametrize("there", [bound, decided, balloted, ratified])
@pytest.mark.parametrize("rung", ["raadplegen", "coproduceren"])
def test_inv_04_the_organ_does_not_decide_in_another_dossier(there: Callable[[], Dossier], rung: str) -> None:
    refused(ask(COLLEGE, GRANTS, VALUES, framed(rung), elsewhere=there()), "INV-04", "ander dossier")
    allowed(ask(COLLEGE, GRANTS, VALUES, framed(rung), elsewhere=framed(rung)))


@pytest.mark.parametrize("name", ["i-05", "I 05", "I-O5"])
def test_inv_04_nor_under_a_name_that_looks_like_theirs(name: str) -> None:
    task = task_for(Act.BESLUIT, "college", "D07", name)
    for there in (bound, decided, ratified):
        refused(ask(COLLEGE, task, VALUES, framed(name=name), elsewhere=there()), "INV-04", "ander dossier")
    items = VALUES | {"onderdelen": [item(name, bedrag=100)]}
    whole = Dossier().framed("D07", "raadplegen")
    refused(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07"), items, whole, elsewhere=decided()), "INV-04", name)


def test_inv_04_no_decision_of_the_organ_elsewhere_locks_the_name_of_the_participants() -> None:
    theirs = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
    there = Dossier()
    there.decided(VALUES, "D07", "i-05", "raadplegen", by="bestuurder", role="college")
    allowed(ask(PLAY, theirs, OUTCOME, bound(), elsewhere=there))


def test_inv_04_another_subject_or_step_is_free_and_what_went_back_is_still_theirs() -> None:
    values = GRANT | {"inbrengregister": 0}
    other = Dossier().framed("D07", "raadplegen", "I-02")
    allowed(ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", "I-02"), values, other, elsewhere=decided()))
    back = decided()
    back.claimed()
    refused(ask(COLLEGE, GRANTS, values, framed(), elsewhere=back), "INV-04", "bindende uitslag")
    back.judged(True)
    refused(ask(COLLEGE, GRANTS, values, framed(), elsewhere=back), "INV-04", "verbonden")
    agenda = decided()
    assert [fact.step for fact in agenda.facts if fact.register == "besluiten"] == ["D07"]
    ready = Dossier().framed("D13", "coproduceren", "I-05").planned("I-05")
    ready.proposed("D13", "I-05", resultaat="plek")
    result: dict[str, Json] = {"velden": {"resultaat": "plek"}, "bewijs": "foto", "effect_tegen_beoogd": "ja"}
    allowed(ask(PLAY, task_for(Act.BESLUIT, "deelnemers", "D13", "I-05"), result, ready, elsewhere=agenda))


def test_inv_04_their_outcome_is_not_changed_or_stopped_from_another_dossier() -> None:
    stops: dict[str, Json] = {
        "besluit": "gestopt",
        "reden": "x",
        "gevolg": "x",
        "motivering": "x",
        "inbrengregister": 0,
    }
    for subject in ("I-05", "*"):
        dossier = Dossier().framed("D11", "raadplegen", subject)
        task = task_for(Act.BESLUIT, "college", "D11", subject)
        refused(ask(COLLEGE, task, stops, dossier, elsewhere=decided()), "INV-04", "I-05")
        allowed(ask(COLLEGE, task, stops, dossier, elsewhere=Dossier()))


def test_inv_04_their_subject_is_no_item_of_a_decision_elsewhere_but_as_they_decided_it() -> None:
    whole = Dossier().framed("D07", "raadplegen")
    task = task_for(Act.BESLUIT, "college", "D07")
    for fields in ({"bedrag": 100}, {"plek": "B"}, {}):
        values = VALUES | {"onderdelen": [item("I-05", **fields)]}
        refused(ask(COLLEGE, task, values, whole, elsewhere=decided()), "INV-04", "I-05") if fields else None
    same = VALUES | {"onderdelen": [item("I-05", uitslag="A", bedrag=2_500_000)]}
    allowed(ask(COLLEGE, task, same, whole, elsewhere=decided()))


def test_inv_04_a_programme_takes_over_what_was_decided_in_another_dossier_unchanged() -> None:
    here = Dossier().budgeted().framed("D09", "raadplegen").framed("D07", "raadplegen").adoptable("I-05")
    for amount in (2_499_999, 100):
        wrong = with_items(item("I-05", bedrag=amount))
        refused(ask(COLLEGE, ADOPTS, wrong, here, elsewhere=decided()), "INV-04", "I-05: bedrag")
        refused(ask(COLLEGE, ADOPTS, wrong, here, elsewhere=bound()), "INV-04", "I-05: bedrag")
    allowed(ask(COLLEGE, ADOPTS, with_items(item("I-05", bedrag=2_500_000)), here, elsewhere=decided()))
    theirs = programme()
    assert not ask(COLLEGE, ADOPTS, with_items(YOUTH, item("I-05", bedrag=1)), theirs, elsewhere=decided()).allowed


def test_inv_04_the_organ_binds_itself_once_for_all_dossiers() -> None:
    binds = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    here = framed("meebeslissen")
    allowed(ask(COLLEGE, binds, binding_values(), here))
    refused(ask(COLLEGE, binds, binding_values(), here, elsewhere=bound()), "INV-04", "ander dossier")
    refused(ask(COLLEGE, binds, binding_values(), here, elsewhere=decided()), "INV-04", "ander dossier")


def test_inv_04_the_participants_do_not_decide_twice_in_two_dossiers() -> None:
    task = task_for(Act.BESLUIT, "deelnemers", "D07", "I-05", "meebeslissen")
    allowed(ask(PLAY, task, OUTCOME, bound()))
    refused(ask(PLAY, task, OUTCOME | {"uitslag": "B"}, bound(), elsewhere=decided()), "INV-04", "ander dossier")


def test_only_what_decides_or_binds_looks_at_other_dossiers() -> None:
    looking = {act for act in Act if looks_elsewhere(task_for(act, "college", "D07"))}
    assert looking == {Act.KADER, Act.ZELFBINDING, Act.STEMMING, Act.BESLUIT}
    assert not looks_elsewhere(None)
    assert {act for act in Act if looks_elsewhere(None, act)} == looking
    account = task_for(Act.PRODUCT, "wijkcoordinator")
    assert looks_elsewhere(replace(account, spec=replace(account.spec, product="wijkverslag")))


def test_inv_04_their_outcome_is_not_stopped_as_an_item_of_something_else() -> None:
    stops: dict[str, Json] = {"reden": "x", "gevolg": "x", "motivering": "x", "inbrengregister": 0}
    task = task_for(Act.BESLUIT, "college", "D11", "I-07")
    for name in ("I-05", "i-05"):
        values = stops | {"onderdelen": [item(name, bedrag=0)]}
        refused(ask(COLLEGE, task, values, decided().framed("D11", "raadplegen", "I-07")), "INV-04", "I-05")
        elsewhere = Dossier().framed("D11", "raadplegen", "I-07")
        refused(ask(COLLEGE, task, values, elsewhere, elsewhere=decided()), "INV-04", "deelnemers")
        allowed(ask(COLLEGE, task, values, elsewhere))


def test_inv_24_an_initiative_of_a_group_gets_no_other_owner_in_another_dossier() -> None:
    task = task_for(Act.BESLUIT, "wijkcoordinator", "D05", "I-05")
    there, theirs = Dossier().admitted("I-05"), ADMISSION | {"inbrengregister": 0}
    taken = theirs | {"eigenaar": "gemeente"}
    refused(ask(COORDINATOR, task, taken, elsewhere=there), "INV-24", "I-05")
    allowed(ask(COORDINATOR, task, theirs, elsewhere=there))
    consents: dict[str, Json] = {"verzoek": "overname", "instemming": True, "reden": "wij stoppen"}
    there.act(Act.INSTEMMING, PLAY, consents, step="D15", subject="I-05", role="deelnemers")
    allowed(ask(COORDINATOR, task, taken, elsewhere=there))
    there.decided({"eigenaar": "gemeente"}, "D11", "I-05", "raadplegen", by=COLLEGE.ref, role="college")
    refused(ask(COORDINATOR, task, theirs | {"eigenaar": "corporatie"}, elsewhere=there), "INV-24", "I-05")


@pytest.mark.parametrize("name", ["I-05", "i-05", "*"])
def test_inv_36_a_promise_binds_the_other_government_in_every_dossier(name: str) -> None:
    promise: dict[str, Json] = {"kenmerk": "T-1", "partij": "deelgemeentebestuur", "datum": "2027-03-31"}
    there = Dossier()
    there.act(Act.TOEZEGGING, "borough", promise, step="D06", subject=name, role="deelgemeentebestuur")
    refused(ask(COLLEGE, GRANTS, VALUES, framed(), elsewhere=there), "INV-36", "T-1")
    stands: list[Json] = [{"toezegging": "T-1", "gevolg": "ongewijzigd"}]
    allowed(ask(COLLEGE, GRANTS, VALUES | {"toezeggingen": stands}, framed(), elsewhere=there))
    other = task_for(Act.BESLUIT, "college", "D07", "I-02")
    if name != "*":
        allowed(ask(COLLEGE, other, VALUES, framed(name="I-02"), elsewhere=there))
        items = VALUES | {"onderdelen": [item("I-05", bedrag=100)]}
        refused(ask(COLLEGE, other, items, framed(name="I-02"), elsewhere=there), "INV-36", "T-1")


# --- Which dossiers have to do with each other -----------------------------------------------------------------------


def loose(began: str, ended: str | None = None, year: int | None = None, **more: bool) -> Neighbour:
    last = None if ended is None else datetime.fromisoformat(f"{ended}T12:00+01:00")
    return Neighbour(began, "traject", year, datetime.fromisoformat(f"{began}T09:00+01:00"), last, **more)


YEAR_2027 = loose("2026-03-02", "2028-05-16", 2027, is_year_case=True)


@pytest.mark.parametrize(
    "own",
    [
        loose("2027-06-01"),
        loose("2026-10-12"),  # of 2026 by its beginning, while the cycle of 2027 runs
        loose("2027-06-01", year=2030),  # whatever year its beginner typed
        loose("2027-06-01", year=2019),
        loose("2028-05-01"),
    ],
)
def test_inv_04_no_year_that_somebody_types_takes_a_loose_dossier_out_of_sight(own: Neighbour) -> None:
    assert YEAR_2027.binds_in(own) and own.binds_in(YEAR_2027)


def test_two_years_of_one_wijk_name_their_initiatives_each_for_themselves() -> None:
    next_year = loose("2027-03-01", year=2028, is_year_case=True)
    assert not YEAR_2027.binds_in(next_year) and not next_year.binds_in(YEAR_2027)


def test_inv_04_what_was_decided_in_a_loose_dossier_holds_through_its_year_and_not_for_ever() -> None:
    decided = loose("2027-02-01", "2027-05-11")
    assert decided.binds_in(loose("2027-12-30", year=2028))
    assert not decided.binds_in(loose("2028-01-03"))
    assert loose("2027-02-01", "2028-02-01").binds_in(loose("2028-01-03")), "it ran on into the next year"


def test_a_loose_dossier_is_of_the_year_in_which_it_began_by_the_clock_of_the_city() -> None:
    new_year = Neighbour("a", "geschil", None, datetime.fromisoformat("2026-12-31T23:30+00:00"), None)
    assert new_year.counts_for == 2027
    assert new_year.concerns_account_of(YEAR_2027)
    assert not new_year.concerns_account_of(replace(YEAR_2027, year=2026))
    assert loose("2026-12-31").concerns_account_of(YEAR_2027), "no account of 2026 may ever come"
    assert loose("2026-12-31", year=2027).concerns_account_of(YEAR_2027)


def test_of_a_dossier_as_a_whole_nothing_binds_in_another_process_and_all_is_accounted_for() -> None:
    dossier = Dossier()
    whole = dossier.decided({"kenmerk": "G-1"}, "D16", "*", "meeweten", role="college")
    named = dossier.decided({"kenmerk": "G-2"}, "D16", "I-05", "meeweten", role="college")
    frame = dossier.act(Act.KADER, COLLEGE, {}, step="D07", subject="I-05", role="college")
    one = loose("2027-02-01")

    def found(own: Neighbour) -> tuple[tuple[Fact, ...], tuple[tuple[Fact, ...], ...]]:
        seen = seen_from(own, [(one, dossier.facts)])
        assert frame not in seen.facts
        return seen.binding, tuple(facts for _, facts in seen.accounted)

    assert found(replace(YEAR_2027, process="jaar")) == ((named,), ((whole, named),))
    assert found(loose("2028-01-03")) == ((whole, named), ((whole, named),))
    assert found(loose("2029-01-03", year=2020)) == ((whole, named), ())


# --- INV-24: one consent carries one transfer ------------------------------------------------------------------------


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_inv_24_a_consent_and_its_transfer_in_one_millisecond_are_spent(is_elsewhere: bool) -> None:
    task = task_for(Act.BESLUIT, "college", "D11", "I-05")
    takes = GRANT | {"eigenaar": "corporatie", "gevolg": "x", "reden": "x", "inbrengregister": 0}
    for order, is_free in ((("vraagt", "draagt"), False), (("draagt", "vraagt"), True)):
        there = Dossier().admitted("I-05")
        moment = there.now
        for one in order:
            there.now = moment  # each act a minute on: in the same millisecond
            if one == "vraagt":
                consents: dict[str, Json] = {"verzoek": "overname", "instemming": True, "reden": "wij stoppen"}
                there.act(Act.INSTEMMING, PLAY, consents, step="D15", subject="I-05", role="deelnemers")
            else:
                there.decided({"eigenaar": "gemeente"}, "D11", "I-05", "raadplegen", role="college")
        here = (Dossier() if is_elsewhere else there).framed("D11", "raadplegen", "I-05")
        ruling = ask(COLLEGE, task, takes, here, elsewhere=there if is_elsewhere else None)
        assert (ruling.rule != "INV-24") is is_free, ruling


def test_inv_24_what_two_chains_record_in_one_millisecond_counts_as_spent() -> None:
    task = task_for(Act.BESLUIT, "college", "D11", "I-05")
    there = Dossier().admitted("I-05")
    moment = there.now
    there.decided({"eigenaar": "gemeente"}, "D11", "I-05", "raadplegen", role="college", case="zaak-2")
    there.now = moment
    consents: dict[str, Json] = {"verzoek": "overname", "instemming": True, "reden": "wij stoppen"}
    there.act(Act.INSTEMMING, PLAY, consents, step="D15", subject="I-05", role="deelnemers")
    takes = GRANT | {"eigenaar": "corporatie", "gevolg": "x", "reden": "x", "inbrengregister": 0}
    refused(ask(COLLEGE, task, takes, there.framed("D11", "raadplegen", "I-05")), "INV-24", "I-05")
