"""Which account answers for what (INV-31): whatever a wijk established, in whichever dossier, stands in exactly one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import operations
from engine.accounting import answered_for, deviations_in, owed
from engine.elsewhere import Elsewhere, Neighbour, seen_from
from engine.promises import State, promises
from engine.registers import Registers
from engine.roles import values_of
from engine.terms import Act, Fact, Json
from tests.engine.rights_world import COORDINATOR, Dossier, allowed, ask, refused, task_for

DAY = timedelta(days=1)
BEGIN = datetime(2026, 9, 7, 9, tzinfo=UTC)
REASONS: list[Json] = [{"onderdeel": "I-05", "veld": "plek", "reden": "x"}]


@dataclass
class Wijk:
    """The dossiers of a wijk, each with what was established in it, on a clock of their own."""

    dossiers: dict[str, tuple[Neighbour, Dossier]] = field(default_factory=dict)
    now: datetime = BEGIN

    def begun(self, name: str, year: int | None, is_year_case: bool = False) -> str:
        one = Neighbour(name, "jaar" if is_year_case else "los", year, self.now, None, is_year_case)
        self.dossiers[name] = one, Dossier()
        return name

    def ended(self, name: str) -> None:
        one, kept = self.dossiers[name]
        self.dossiers[name] = replace(one, ended=self.now), kept

    def at(self, name: str) -> Dossier:
        """The dossier, at a later moment than everything before."""
        self.now += DAY
        kept = self.dossiers[name][1]
        kept.now = self.now
        return kept

    def acted(self, name: str, mark: str) -> Fact:
        return self.at(name).decided({"kenmerk": mark}, "D12", "*", "meeweten", role="wijkcoordinator")

    def promised(self, name: str, mark: str) -> Fact:
        made: dict[str, Json] = {"kenmerk": mark, "partij": "x", "prestatie": "x", "datum": "2027-03-31"}
        return self.at(name).act(Act.TOEZEGGING, COORDINATOR, made, step="D06", subject="I-02")

    def elsewhere(self, name: str) -> Elsewhere:
        others = ((one, kept.facts) for key, (one, kept) in self.dossiers.items() if key != name)
        return seen_from(self.dossiers[name][0], others)

    def asked(self, name: str) -> set[str]:
        """The marks of all that the account of this dossier has to name, now."""
        own = Registers(self.dossiers[name][1].facts, self.now + DAY)
        return marks((own, *answered_for(own, self.elsewhere(name))))

    def adopted(self, name: str, **more: Json) -> set[str]:
        """The account of this dossier, which names all that it has to: what that was."""
        own = Registers(self.dossiers[name][1].facts, self.now + DAY)
        everywhere = (own, *answered_for(own, self.elsewhere(name)))
        values = named(everywhere) | more
        self.at(name).decided(values, "D14", "*", "raadplegen", role="college")
        return marks(everywhere)


def named(everywhere: Iterable[Registers]) -> dict[str, Json]:
    kept = tuple(everywhere)
    values: dict[str, Json] = {name: [fact.record for fact in facts] for name, _, facts in owed(kept)}
    differences: list[Json] = [
        {"onderdeel": item, "veld": name, "toelichting": "x"} for item, name in deviations_in(kept)
    ]
    return values | {"verschillen": differences}


def marks(everywhere: Iterable[Registers]) -> set[str]:
    kept = tuple(everywhere)
    found = {str(values_of(fact).get("kenmerk")) for _, _, facts in owed(kept) for fact in facts}
    return found | {f"{item}:{name}" for item, name in deviations_in(kept)}


def two_years() -> Wijk:
    wijk = Wijk()
    wijk.begun("2027", 2027, is_year_case=True)
    wijk.begun("los", 2027)
    wijk.begun("2028", 2028, is_year_case=True)
    return wijk


def test_inv_31_what_comes_after_the_account_of_its_year_counts_for_the_next() -> None:
    wijk = two_years()
    wijk.acted("los", "K-1")
    assert (wijk.asked("2027"), wijk.asked("2028")) == ({"K-1"}, set())
    assert wijk.adopted("2027") == {"K-1"}
    wijk.acted("los", "K-2")
    wijk.promised("los", "T-2")
    wijk.at("los").decided({"afwijkingen": REASONS}, "D07", "I-05", "coproduceren", role="college")
    assert (wijk.asked("2027"), wijk.asked("2028")) == ({"K-1"}, {"K-2", "T-2", "I-05:plek"})
    assert wijk.adopted("2028") == {"K-2", "T-2", "I-05:plek"}
    wijk.begun("2029", 2029, is_year_case=True)
    assert wijk.asked("2029") == set()


def test_inv_31_what_was_committed_late_with_an_earlier_moment_falls_between_no_two_accounts() -> None:
    wijk = two_years()
    wijk.acted("los", "K-1")
    wijk.adopted("2027")
    late = wijk.acted("los", "K-9")
    kept = wijk.dossiers["los"][1]
    kept.facts[kept.facts.index(late)] = replace(late, at=BEGIN + DAY)  # it waited for its turn while the other adopted
    assert "K-9" in wijk.asked("2028") and "K-9" not in wijk.asked("2027")


def test_inv_31_an_account_that_names_the_mark_of_another_row_does_not_name_this_one() -> None:
    wijk = two_years()
    wijk.acted("los", "K-1")
    wijk.adopted("2027", knelpuntacties=["K-1"])
    wijk.begun("ander", 2027)
    wijk.acted("ander", "K-1")
    assert wijk.asked("2028") == {"K-1"}
    (field_, _, (fact,)), *_ = owed(answered_for(Registers((), wijk.now + DAY), wijk.elsewhere("2028")))
    assert field_ == "knelpuntacties" and fact in wijk.dossiers["ander"][1].facts


def test_inv_31_half_a_row_named_is_not_accounted_for() -> None:
    """A decision that is a quick action and a deviation is owed twice; the account of 2027 came by some other road."""
    wijk = two_years()
    both: dict[str, Json] = {"kenmerk": "K-1", "afwijkingen": REASONS}
    wijk.at("los").decided(both, "D12", "I-05", "meeweten", role="college")
    for values in ({"knelpuntacties": ["K-1"]}, {"verschillen": [{"onderdeel": "I-05", "veld": "plek"}]}):
        one = Wijk(dict(wijk.dossiers), wijk.now)
        kept = Dossier()
        one.dossiers["2027"] = wijk.dossiers["2027"][0], kept
        one.at("2027").decided(values, "D14", "*", "raadplegen", role="college")  # type: ignore[arg-type]
        assert one.asked("2028") == {"K-1", "I-05:plek"}


def test_inv_31_what_happens_in_a_year_case_after_its_own_account_counts_for_the_next() -> None:
    wijk = two_years()
    wijk.acted("2027", "K-1")
    assert wijk.adopted("2027") == {"K-1"}
    wijk.acted("2027", "K-2")
    assert wijk.asked("2028") == {"K-2"}


def test_inv_31_a_year_without_an_account_leaves_what_it_holds_to_the_next() -> None:
    wijk = two_years()
    wijk.begun("tussen", 2028)
    wijk.begun("2030", 2030, is_year_case=True)
    wijk.begun("leeg", 2029)  # of a year without a case
    for name, mark in (("2027", "K-1"), ("tussen", "K-2"), ("leeg", "K-3")):
        wijk.acted(name, mark)
    assert (wijk.asked("2027"), wijk.asked("2028"), wijk.asked("2030")) == ({"K-1"}, {"K-2"}, {"K-3"})
    for name in ("2027", "2028"):
        wijk.ended(name)  # broken off, without an account
    wijk.now += DAY
    assert wijk.asked("2030") == {"K-1", "K-2", "K-3"}


def test_inv_31_what_is_older_than_the_first_year_of_the_wijk_was_accounted_for_elsewhere() -> None:
    wijk = Wijk()
    wijk.begun("oud", 2026)
    wijk.acted("oud", "K-0")
    wijk.begun("2027", 2027, is_year_case=True)
    wijk.begun("2028", 2028, is_year_case=True)
    assert wijk.asked("2027") == wijk.asked("2028") == set()


def test_inv_31_a_year_case_that_is_begun_late_does_not_account_again() -> None:
    wijk = two_years()
    wijk.begun("2025", 2025, is_year_case=True)
    wijk.ended("2025")
    wijk.begun("vroeg", 2026)
    wijk.acted("vroeg", "K-1")
    assert wijk.adopted("2027") == {"K-1"}
    wijk.begun("2026", 2026, is_year_case=True)
    assert wijk.asked("2026") == set()
    wijk.acted("vroeg", "K-2")
    assert (wijk.asked("2026"), wijk.asked("2028")) == ({"K-2"}, set())


def test_inv_31_a_later_year_is_never_accounted_for_before_its_own() -> None:
    wijk = two_years()
    wijk.begun("later", 2030)
    wijk.acted("later", "K-1")
    assert wijk.asked("2027") == wijk.asked("2028") == set()


def test_a_promise_that_was_kept_stays_so_in_the_account_that_names_it() -> None:
    wijk = two_years()
    wijk.adopted("2027")
    wijk.promised("los", "T-1")
    kept: dict[str, Json] = {"toezegging": "T-1", "soort": "nagekomen", "bewijs": "foto"}
    wijk.at("los").act(Act.TOEZEGGING, COORDINATOR, kept, step="D06", subject="I-02")
    (left,) = (one for one in answered_for(Registers((), wijk.now + DAY), wijk.elsewhere("2028")) if promises(one))
    assert promises(left)[0].state(wijk.now + DAY) is State.KEPT


def test_a_loose_dossier_that_looks_elsewhere_answers_for_nothing_when_nobody_says_who_it_is() -> None:
    wijk = two_years()
    wijk.acted("los", "K-1")
    assert answered_for(Registers((), wijk.now), replace(wijk.elsewhere("2027"), own=None)) == ()


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(2025, 2030)),
        st.tuples(st.just("los"), st.integers(2025, 2029)),
        st.tuples(st.sampled_from(["knelpunt", "toezegging"]), st.integers(0, 9)),
        st.tuples(st.sampled_from(["verslag", "einde"]), st.integers(0, 9)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_inv_31_in_whatever_order_nothing_is_counted_twice_and_nothing_is_lost(moves: list[tuple[str, int]]) -> None:
    """Years and dossiers begun, ended and accounted for in any order; at the end a year after all of them."""
    wijk, made, told = Wijk(), dict[str, int](), list[str]()
    years, accounted = list[str](), set[str]()
    for number, (what, which) in enumerate(moves):
        names = list(wijk.dossiers)
        if what == "begin" and str(which) not in years:
            years.append(wijk.begun(str(which), which, is_year_case=True))
        elif what == "los":
            wijk.begun(f"los-{number}", which)
        elif what in ("knelpunt", "toezegging") and names:
            (wijk.acted if what == "knelpunt" else wijk.promised)(names[which % len(names)], f"M-{number}")
            made[f"M-{number}"] = wijk.dossiers[names[which % len(names)]][0].counts_for
        elif what == "einde" and years:
            wijk.ended(years[which % len(years)])
            accounted.add(years[which % len(years)])  # nobody completes a task of a case that has ended
        elif what == "verslag" and years and (year := years[which % len(years)]) not in accounted:
            told += wijk.adopted(year)
            accounted.add(year)
    for year in years:
        if year not in accounted:
            told += wijk.adopted(year)
    wijk.begun("2040", 2040, is_year_case=True)
    told += wijk.adopted("2040")
    first = min(map(int, (*years, "2040")))
    assert sorted(told) == sorted(mark for mark, year in made.items() if year >= first)


# --- verslag_samenstellen: what it composes is what the account has to name ------------------------------------------


def composed(wijk: Wijk, name: str) -> dict[str, Any]:
    own, now = wijk.dossiers[name][1].facts, wijk.now + DAY
    return dict(operations.run("verslag_samenstellen", {}, tuple(own), now, lambda: wijk.elsewhere(name)))


def test_inv_31_what_the_report_composes_is_what_the_account_has_to_name() -> None:
    wijk = two_years()
    wijk.acted("2027", "K-1")
    wijk.acted("los", "K-2")
    wijk.acted("los", "K-2")  # two of one mark
    wijk.promised("los", "T-1")
    for mark, step in (("G-1", "D16"), ("AP-1", "D04")):
        wijk.at("los").decided({"kenmerk": mark}, step, "*", "meeweten", role="wijkcoordinator")
    wijk.at("los").decided({"afwijkingen": REASONS}, "D07", "I-05", "coproduceren", role="college")
    wijk.begun("later", 2028)
    wijk.acted("later", "K-8")
    told = composed(wijk, "2027")
    assert [len(told[name]) for name in ("knelpuntacties", "toezeggingen", "geschillen", "aandachtspunten")] == [
        3,
        1,
        1,
        1,
    ]
    assert told["toezeggingen"] == ["T-1"] and "K-8" not in str(told)
    assert len(told["besluiten"]) == 6

    account: dict[str, Json] = {**told, "verschillen": [{**one, "toelichting": "x"} for one in told["verschillen"]]}
    task = task_for(Act.PRODUCT, "wijkcoordinator")
    reports = replace(task, spec=replace(task.spec, product="wijkverslag"))
    own = wijk.dossiers["2027"][1]

    def judged(values: dict[str, Json]) -> Any:
        return ask(COORDINATOR, reports, values, own, now=wijk.now + DAY, others=wijk.elsewhere("2027"))

    allowed(judged({"titel": "Verslag", **account}))
    for name in ("knelpuntacties", "toezeggingen", "geschillen", "aandachtspunten", "verschillen"):
        for left in cast("list[Json]", account[name]):
            less = [one for one in cast("list[Json]", account[name]) if one != left]
            refused(judged({"titel": "Verslag", **account, name: less}), "INV-31")


def test_without_other_dossiers_the_report_is_of_its_own_alone() -> None:
    wijk = two_years()
    wijk.acted("los", "K-2")
    alone = operations.run("verslag_samenstellen", {}, tuple(wijk.dossiers["2027"][1].facts), wijk.now + DAY)
    assert alone["knelpuntacties"] == alone["besluiten"] == []
    wijk.adopted("2027")
    wijk.acted("los", "K-3")
    assert composed(wijk, "2027")["knelpuntacties"] == ["K-2"]
    assert composed(wijk, "2028")["knelpuntacties"] == ["K-3"]
