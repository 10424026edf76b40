"""Terms: the vectors of the acceptance scenario, the articles of the Algemene termijnenwet, and attacks on the data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.deadlines import (
    AMSTERDAM,
    Calendar,
    Clock,
    Direction,
    Moment,
    Pause,
    Roll,
    Term,
    Terms,
    Unit,
    end_of,
    holidays,
    last_day,
)
from engine.errors import TermError
from engine.terms import Severity
from engine.workdays import easter

PROCESSES = Path(__file__).parents[2] / "processes"
HOLIDAYS = (PROCESSES / "feestdagen.toml").read_bytes()
DELFT = (PROCESSES / "delft" / "termijnen.toml").read_bytes()
TERMS, FINDINGS = Terms.read(DELFT, HOLIDAYS)
CALENDAR = TERMS.calendar

dates = st.dates(min_value=date(2015, 1, 1), max_value=date(2060, 12, 31))
forward = st.builds(
    Term,
    name=st.just("t"),
    amount=st.integers(1, 100),
    unit=st.sampled_from([Unit.WORKING_DAYS, Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS]),
    roll=st.sampled_from(Roll),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


# --- the scenario ---


@pytest.mark.parametrize(
    ("announced", "last"),
    [
        ("2027-02-08", "2027-03-22"),
        ("2027-02-12", "2027-03-30"),  # Good Friday, Easter, Easter Monday
        ("2027-02-15", "2027-03-30"),  # Easter Monday
        ("2027-03-16", "2027-04-28"),  # King's Day
        ("2027-03-24", "2027-05-10"),  # Bevrijdingsdag, Ascension Day, a day equated by decree, a weekend
        ("2026-11-13", "2026-12-28"),  # Christmas
    ],
)
def test_the_objection_term_of_six_weeks_ends_as_the_scenario_says(announced: str, last: str) -> None:
    assert TERMS.last_day("bezwaar_indienen", day(announced)) == day(last)


def test_an_objection_with_a_committee_is_decided_twelve_weeks_after_the_objection_term_not_after_its_receipt() -> None:
    # Awb art. 7:10 (1): from the day after the last day for objecting (22 March), though it came on 15 March.
    last_for_objecting = TERMS.last_day("bezwaar_indienen", day("2027-02-08"))
    assert TERMS.last_day("bezwaar_beslissen_commissie", last_for_objecting) == day("2027-06-14")
    assert TERMS.last_day("bezwaar_beslissen", last_for_objecting) == day("2027-05-03")


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("reactie_wijkbarometer", "2026-04-13", "2026-05-04"),
        ("oproep_ideeen", "2026-09-14", "2026-10-05"),
        ("antwoord_aandachtspunt", "2026-09-15", "2026-11-10"),
        ("reactie_wijkprogramma", "2026-11-05", "2026-12-03"),
        ("ontvangst_geschil", "2026-11-20", "2026-11-27"),
        ("stemming", "2027-04-07", "2027-04-21"),
        ("herinnering_toezegging", "2027-06-18", "2027-06-08"),
        ("escalatie_toezegging", "2027-06-18", "2027-06-21"),
        ("opening_wijkcyclus", "2026-02-01", "2026-03-02"),
        ("opening_uitvoering", "2026-12-15", "2027-01-04"),
        ("opening_verantwoording", "2027-11-01", "2027-12-20"),
        ("wijkprogramma_vastgesteld", "2026-09-15", "2026-12-31"),
        ("wijkverslag_gereed", "2027-12-20", "2028-04-18"),  # a Saturday before Easter
    ],
)
def test_the_terms_of_delft_give_the_dates_of_the_scenario(name: str, start: str, end: str) -> None:
    assert TERMS.last_day(name, day(start)) == day(end)


def test_the_shipped_data_are_sound_and_only_say_what_is_still_to_be_confirmed() -> None:
    assert {finding.severity for finding in FINDINGS} == {Severity.INFO}
    assert len(FINDINGS) == 3


# --- holidays ---


@pytest.mark.parametrize(
    "sunday", ["2014-04-20", "2016-03-27", "2024-03-31", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25"]
)
def test_easter_falls_on_its_published_day(sunday: str) -> None:
    assert easter(day(sunday).year) == day(sunday)


def test_2027_has_the_nine_holidays_of_the_law() -> None:
    assert [str(found)[5:] for found in sorted(holidays(2027))] == [
        *("01-01", "03-26", "03-29", "04-27", "05-05", "05-06", "05-17", "12-25", "12-26"),
    ]


def test_kings_day_on_a_sunday_is_kept_on_the_saturday() -> None:
    assert day("2031-04-26") in holidays(2031)
    assert day("2031-04-27") not in holidays(2031)


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert holidays(2016)[day("2016-05-05")] == "Bevrijdingsdag en Hemelvaartsdag"


@given(st.integers(2014, 9990))
def test_every_year_has_its_holidays_with_easter_on_a_sunday(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)
    assert 8 <= len(holidays(year)) <= 9
    assert all(found.year == year for found in holidays(year))


@pytest.mark.parametrize("year", [2013, 9991])
def test_a_year_outside_the_range_is_refused(year: int) -> None:
    with pytest.raises(TermError, match=str(year)):
        holidays(year)


def test_a_year_without_a_decree_warns_and_is_still_computed() -> None:
    warnings = CALENDAR.warnings(2028, 2030)
    assert [(w.severity, w.sentence[5:9]) for w in warnings] == [(Severity.WARNING, "2029"), (Severity.WARNING, "2030")]
    assert not CALENDAR.is_working_day(day("2029-12-25"))


def test_a_day_equated_by_decree_is_no_working_day() -> None:
    assert not CALENDAR.is_working_day(day("2027-05-07"))
    assert Calendar().is_working_day(day("2027-05-07"))


# --- the Algemene termijnenwet ---


@pytest.mark.parametrize(
    ("amount", "unit", "rolls"),
    [
        (90, Unit.DAYS, True),
        (91, Unit.DAYS, False),
        (12, Unit.WEEKS, True),
        (13, Unit.WEEKS, False),
        (3, Unit.MONTHS, True),
        (4, Unit.MONTHS, False),
        (1, Unit.YEARS, False),
    ],
)
def test_article_4_leaves_long_terms_unextended(amount: int, unit: Unit, rolls: bool) -> None:
    term = Term("t", amount, unit)
    ends = {last_day(term, day("2027-01-04") + timedelta(days=n), CALENDAR).weekday() for n in range(28)}
    assert ({5, 6} & ends == set()) is rolls


def test_article_1_paragraph_2_leaves_a_term_counted_back_unextended() -> None:
    back = Term("t", 10, Unit.DAYS, direction=Direction.BACK)
    assert last_day(back, day("2027-06-15"), CALENDAR) == day("2027-06-05")  # a Saturday


def test_article_2_gives_a_term_of_three_days_two_working_days() -> None:
    # From Thursday 24 December 2026: Christmas, Saturday, Sunday; Monday is the first working day, Tuesday the second.
    assert last_day(Term("t", 3, Unit.DAYS), day("2026-12-24"), CALENDAR) == day("2026-12-29")
    assert last_day(Term("t", 2, Unit.DAYS), day("2026-12-24"), CALENDAR) == day("2026-12-28")
    assert last_day(Term("t", 3, Unit.DAYS, roll=Roll.NEVER), day("2026-12-24"), CALENDAR) == day("2026-12-27")


@given(forward, dates)
def test_a_rolled_term_never_ends_on_a_day_that_is_no_working_day(term: Term, start: date) -> None:
    if term.roll is Roll.ALWAYS or term.falls_under_the_law or term.unit is Unit.WORKING_DAYS:
        assert CALENDAR.is_working_day(last_day(term, start, CALENDAR))


@given(forward, dates, st.integers(0, 40))
def test_a_later_start_never_gives_an_earlier_end(term: Term, start: date, later: int) -> None:
    assert last_day(term, start, CALENDAR) <= last_day(term, start + timedelta(days=later), CALENDAR)


@given(st.integers(3, 90), dates)
def test_a_term_of_at_least_three_days_holds_two_working_days(amount: int, start: date) -> None:
    end = last_day(Term("t", amount, Unit.DAYS), start, CALENDAR)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(CALENDAR.is_working_day(one) for one in days) >= 2


@given(st.integers(1, 60), dates)
def test_working_days_are_counted_one_by_one_from_the_day_after(amount: int, start: date) -> None:
    end = last_day(Term("t", amount, Unit.WORKING_DAYS), start, CALENDAR)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(CALENDAR.is_working_day(one) for one in days) == amount


@given(st.integers(1, 60), dates)
def test_working_days_counted_back_mirror_those_counted_on(amount: int, start: date) -> None:
    begin = last_day(Term("t", amount, Unit.WORKING_DAYS, direction=Direction.BACK), start, CALENDAR)
    days = [begin + timedelta(days=n) for n in range((start - begin).days)]
    assert sum(CALENDAR.is_working_day(one) for one in days) == amount


def test_months_end_on_the_same_day_number_or_the_last_day_of_the_month() -> None:
    month = Term("t", 1, Unit.MONTHS, roll=Roll.NEVER)
    assert last_day(month, day("2027-01-15"), CALENDAR) == day("2027-02-15")
    assert last_day(month, day("2027-01-31"), CALENDAR) == day("2027-02-28")
    assert last_day(Term("t", 1, Unit.YEARS), day("2028-02-29"), CALENDAR) == day("2029-02-28")
    back = Term("t", 3, Unit.MONTHS, direction=Direction.BACK)
    assert last_day(back, day("2027-01-31"), CALENDAR) == day("2026-10-31")


# --- moments ---


def test_a_term_ends_with_the_last_millisecond_of_its_last_day_in_the_netherlands() -> None:
    assert TERMS.end("inbreng", day("2027-03-08")) == datetime(2027, 3, 30, 21, 59, 59, 999000, UTC)
    assert TERMS.end("inbreng", day("2026-11-02")) == datetime(2026, 11, 23, 22, 59, 59, 999000, UTC)


def test_an_opening_is_the_first_moment_of_its_day() -> None:
    assert TERMS.end("opening_wijkcyclus", day("2026-02-01")) == datetime(2026, 3, 2, tzinfo=AMSTERDAM)


def test_the_day_of_a_moment_is_its_day_in_the_netherlands() -> None:
    late = datetime(2027, 2, 7, 23, 30, tzinfo=UTC)  # 00:30 on 8 February in Delft
    assert TERMS.end("bezwaar_indienen", late) == TERMS.end("bezwaar_indienen", day("2027-02-08"))


def test_hours_count_real_hours_across_the_change_of_the_clock() -> None:
    start = datetime(2027, 3, 27, 12, tzinfo=AMSTERDAM)
    assert end_of(Term.of_iso("PT48H"), start, CALENDAR) == datetime(2027, 3, 29, 13, tzinfo=AMSTERDAM)


def test_hours_from_a_day_and_a_moment_without_a_zone_are_refused() -> None:
    with pytest.raises(TermError, match="tijdstip"):
        TERMS.end("PT48H", day("2027-03-01"))
    with pytest.raises(TermError, match="tijdzone"):
        TERMS.end("P6W", datetime(2027, 3, 1))  # noqa: DTZ001  # the attack
    with pytest.raises(TermError, match="uren"):
        last_day(Term.of_iso("PT48H"), day("2027-03-01"), CALENDAR)


@pytest.mark.parametrize(("text", "end"), [("P6W", "2027-03-22"), ("P10D", "2027-02-18"), ("P1M", "2027-03-08")])
def test_an_iso_duration_is_a_term_of_its_own(text: str, end: str) -> None:
    assert TERMS.last_day(text, day("2027-02-08")) == day(end)


@pytest.mark.parametrize(
    "text", ["P", "PT", "P0D", "P6W2D", "p6w", "P-1D", "P1.5D", "P99999D", "P999999D", "PT1M", "P٣D", "P6W\n", "P9999Y"]
)
def test_an_iso_duration_that_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(TermError):
        TERMS.end(text, day("2027-02-08"))


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 12, 31), date(9890, 1, 1)])
def test_a_start_that_no_calendar_knows_is_refused(start: date) -> None:
    with pytest.raises(TermError):
        TERMS.end("P6W", start)


# --- suspension and adjournment ---

SIX_WEEKS = Term("zes_weken", 6, Unit.WEEKS)


def test_a_suspension_stops_the_clock_and_the_remaining_days_run_on_after() -> None:
    asked, remedied = day("2027-02-15"), day("2027-03-01")  # 16 up to and including 28 February: 13 days
    clock = Clock(day("2027-02-08"), SIX_WEEKS, (Pause.between(asked, remedied),))
    assert clock.last_day(CALENDAR) == day("2027-04-05")
    assert day("2027-03-22") + timedelta(days=13) == day("2027-04-04")  # a Sunday: extended to Monday


def test_a_clock_that_stands_still_has_no_last_day() -> None:
    assert Clock(day("2027-02-08"), SIX_WEEKS, (Pause(day("2027-02-15")),)).last_day(CALENDAR) is None
    working = Term("t", 10, Unit.WORKING_DAYS)
    assert Clock(day("2027-02-08"), working, (Pause(day("2027-02-15")),), (SIX_WEEKS,)).last_day(CALENDAR) is None


def test_an_adjournment_is_a_new_term_on_top_of_the_extended_one() -> None:
    # S31 adjourned: decide by 14 June, six weeks more is 26 July.
    clock = Clock(day("2027-03-22"), Term("c", 12, Unit.WEEKS), extensions=(SIX_WEEKS,))
    assert clock.last_day(CALENDAR) == day("2027-07-26")


def test_a_suspension_in_the_adjourned_part_moves_that_part() -> None:
    pause = Pause(day("2027-06-21"), day("2027-06-28"))
    clock = Clock(day("2027-03-22"), Term("c", 12, Unit.WEEKS), (pause,), (SIX_WEEKS,))
    assert clock.last_day(CALENDAR) == day("2027-08-02")


def test_a_suspended_working_day_does_not_count_among_the_two_of_article_2() -> None:
    # From Thursday 7 January 2027, Friday suspended: Monday is the first working day that runs, Tuesday the second.
    clock = Clock(day("2027-01-07"), Term("t", 3, Unit.DAYS), (Pause(day("2027-01-08"), day("2027-01-09")),))
    assert clock.last_day(CALENDAR) == day("2027-01-12")


def test_a_suspension_on_a_day_that_the_law_added_still_moves_the_end() -> None:
    # Six weeks from 15 February end on Easter Monday and run on to Tuesday 30 March: suspended that day, Wednesday.
    clock = Clock(day("2027-02-15"), SIX_WEEKS, (Pause(day("2027-03-30"), day("2027-03-31")),))
    assert clock.last_day(CALENDAR) == day("2027-03-31")


def test_a_term_that_has_ended_cannot_be_suspended() -> None:
    with pytest.raises(TermError, match="eindigde op 2027-03-22"):
        Clock(day("2027-02-08"), SIX_WEEKS, (Pause(day("2027-03-23")),)).last_day(CALENDAR)


def test_a_suspension_before_the_term_and_one_that_ends_before_it_begins_are_refused() -> None:
    with pytest.raises(TermError, match="voor het begin"):
        Clock(day("2027-02-08"), SIX_WEEKS, (Pause(day("2027-01-01"), day("2027-02-09")),)).last_day(CALENDAR)
    with pytest.raises(TermError, match="voor zij begint"):
        Pause(day("2027-02-08"), day("2027-02-07"))


@pytest.mark.parametrize(
    "term", [Term("t", 48, Unit.HOURS), Term("t", day=(9, 15)), Term("t", 6, Unit.WEEKS, direction=Direction.BACK)]
)
def test_what_does_not_run_cannot_be_suspended(term: Term) -> None:
    with pytest.raises(TermError, match="opgeschort"):
        Clock(day("2027-02-08"), term).last_day(CALENDAR)


@given(forward, dates, st.integers(0, 30), st.integers(0, 30))
def test_a_suspension_of_n_days_moves_the_unrolled_end_by_n_and_never_back(
    term: Term, start: date, after: int, length: int
) -> None:
    first = start + timedelta(days=1 + after)
    plain = last_day(term, start, CALENDAR)
    if first > plain:
        return
    paused = Clock(start, term, (Pause(first, first + timedelta(days=length)),)).last_day(CALENDAR)
    assert paused is not None
    assert paused >= plain
    if term.unit is not Unit.WORKING_DAYS:
        unrolled = Term("t", term.amount, term.unit, Roll.NEVER)
        if first <= last_day(unrolled, start, CALENDAR):
            moved = Clock(start, unrolled, (Pause(first, first + timedelta(days=length)),)).last_day(CALENDAR)
            assert moved == last_day(unrolled, start, CALENDAR) + timedelta(days=length)


@given(dates, st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20)), max_size=5))
def test_pauses_count_once_however_they_overlap_and_in_whatever_order(
    start: date, spans: list[tuple[int, int]]
) -> None:
    pauses = [Pause(start + timedelta(days=1 + a), start + timedelta(days=1 + a + n)) for a, n in spans]
    stopped = {p.first + timedelta(days=n) for p in pauses for n in range(((p.until or p.first) - p.first).days)}
    term = Term("t", 40, Unit.DAYS, Roll.NEVER)
    end = Clock(start, term, tuple(reversed(pauses))).last_day(CALENDAR)
    assert end == Clock(start, term, tuple(pauses)).last_day(CALENDAR)
    assert end is not None
    running = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert len([one for one in running if one not in stopped]) == 40


# --- the data ---

GOOD = """
[[termijn]]
naam = "inbreng"
aantal = 3
eenheid = "weken"
bron = "standaard"
omschrijving = "Bewoners geven inbreng."
"""


def faults_of(text: str, holiday_text: bytes = HOLIDAYS) -> list[tuple[str, str]]:
    _, findings = Terms.read(text.encode(), holiday_text)
    return [(f.rule, f.sentence) for f in findings if f.severity is not Severity.INFO]


def test_a_sound_file_has_no_faults() -> None:
    assert faults_of(GOOD) == []


def test_all_faults_of_all_terms_are_told_at_once_with_the_name_of_term_and_field() -> None:
    text = """
[[termijn]]
naam = "een"
aantal = "3"
eenheid = "fortnights"
geldig_van = "2026-01-01"
omschrijving = ""

[[termijn]]
naam = "Twee!"
op = "13-45x"
eenheid = "dagen"
kleur = "rood"
bron = "standaard"
omschrijving = "x"

[[termijn]]
aantal = 3
duur = "P3W"
verlenging = "soms"
bron = "b"
omschrijving = "x"
"""
    _, findings = Terms.read(text.encode(), HOLIDAYS)
    told = [(f.line, f.rule) for f in findings if f.severity is Severity.ERROR]
    assert told == [
        *[(2, "termijn/aantal"), (2, "termijn/eenheid"), (2, "termijn/bron"), (2, "termijn/omschrijving")],
        *[(2, "termijn/geldig_van"), (9, "termijn/veld"), (9, "termijn/naam"), (9, "termijn/eenheid")],
        *[(9, "termijn/op"), (17, "termijn/naam"), (17, "termijn/aantal"), (17, "termijn/verlenging")],
    ]
    assert all("termijn" in f.sentence for f in findings if f.severity is Severity.ERROR)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("aantal", "0", "termijn/regel"),
        ("aantal", "-3", "termijn/regel"),
        ("aantal", "true", "termijn/aantal"),
        ("aantal", "3.5", "termijn/aantal"),
        ("aantal", "99999999999999999999", "termijn/regel"),
        ("geldig_van", "2026-01-01T00:00:00Z", "termijn/geldig_van"),
    ],
)
def test_a_value_that_is_no_term_is_a_finding(field: str, value: str, rule: str) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(field)]
    assert [found for found, _ in faults_of("\n".join([*lines, f"{field} = {value}"]))] == [rule]


@pytest.mark.parametrize(
    "extra", ['richting = "terug"\nverlenging = "altijd"', "geldig_van = 2027-01-01\ngeldig_tot = 2027-01-01"]
)
def test_fields_that_contradict_each_other_are_a_finding(extra: str) -> None:
    assert [rule for rule, _ in faults_of(GOOD + extra)] == ["termijn/regel"]


def test_a_length_may_be_written_as_an_iso_duration_of_one_unit() -> None:
    text = GOOD.replace('aantal = 3\neenheid = "weken"', 'duur = "P3W"')
    assert Terms.read(text.encode(), HOLIDAYS)[0].last_day("inbreng", day("2027-02-08")) == day("2027-03-01")
    assert [rule for rule, _ in faults_of(text.replace("P3W", "P3W2D"))] == ["termijn/duur"]
    assert [rule for rule, _ in faults_of(text.replace('"P3W"', "3"))] == ["termijn/duur"]


def test_two_versions_on_one_day_are_an_error_and_a_gap_between_versions_a_warning() -> None:
    assert [rule for rule, _ in faults_of(GOOD + GOOD)] == ["termijn/dubbel"]
    gap = GOOD + "geldig_tot = 2026-01-01\n" + GOOD + "geldig_van = 2026-02-01\n"
    assert [rule for rule, _ in faults_of(gap)] == ["termijn/gat"]


def test_a_term_keeps_the_version_of_its_start() -> None:
    text = GOOD + "geldig_tot = 2027-01-01\n" + GOOD.replace("= 3", "= 1") + "geldig_van = 2027-01-01\n"
    terms, _ = Terms.read(text.encode(), HOLIDAYS)
    assert terms.last_day("inbreng", day("2026-12-31")) == day("2027-01-21")
    assert terms.last_day("inbreng", day("2027-01-01")) == day("2027-01-08")


def test_an_expression_may_say_when_a_term_began_and_how_it_was_suspended() -> None:
    end = TERMS.paused_end("bezwaar_indienen", "2027-02-08")
    assert end is not None
    assert end.astimezone(AMSTERDAM).date() == day("2027-03-22")
    decided = TERMS.paused_end("bezwaar_beslissen_commissie", end)
    assert decided == TERMS.end("bezwaar_beslissen_commissie", day("2027-03-22"))
    pause = {"van": "2027-02-15", "tot": datetime(2027, 3, 1, 12, tzinfo=AMSTERDAM)}
    longer = TERMS.paused_end("bezwaar_indienen", day("2027-02-08"), [pause])
    assert longer is not None
    assert longer.date() == day("2027-04-05")
    assert TERMS.paused_end("bezwaar_indienen", "2027-02-08", [{"van": "2027-02-15"}]) is None
    assert TERMS.paused_end("bezwaar_indienen", None) is None


@pytest.mark.parametrize(("begin", "pauses"), [("8 februari", []), (3, []), ("2027-02-08", [{}]), ("2027-02-08", [7])])
def test_a_begin_or_a_suspension_that_is_no_day_is_refused(begin: object, pauses: object) -> None:
    with pytest.raises(TermError):
        TERMS.paused_end("bezwaar_indienen", begin, pauses)


def test_an_unknown_name_and_a_day_without_a_version_are_refused() -> None:
    terms, _ = Terms.read((GOOD + "geldig_van = 2027-01-01\n").encode(), HOLIDAYS)
    with pytest.raises(TermError, match="staat niet in"):
        terms.end("bestaat_niet", day("2027-01-01"))
    with pytest.raises(TermError, match="geen versie"):
        terms.end("inbreng", day("2026-12-31"))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[[termijn]", b"termijn = 3", b"x = " + b"[" * 9000, b"a=1\n" * 2]
)
def test_a_file_that_cannot_be_read_is_a_finding_and_never_a_crash(content: bytes) -> None:
    for first, second in ((content, HOLIDAYS), (DELFT, content)):
        _, findings = Terms.read(first, second)
        assert any(f.severity is Severity.ERROR for f in findings)


@settings(max_examples=60)
@given(st.integers(0, len(DELFT) - 1), st.binary(min_size=1, max_size=3))
def test_any_damage_to_the_data_is_a_finding_or_a_term_and_never_a_crash(place: int, junk: bytes) -> None:
    Terms.read(DELFT[:place] + junk + DELFT[place + len(junk) :], HOLIDAYS)
    Terms.read(b"", HOLIDAYS[: place % len(HOLIDAYS)] + junk + HOLIDAYS[place % len(HOLIDAYS) + 1 :])


def test_faults_in_a_decree_are_told_and_its_days_left_out() -> None:
    text = b"""
[[besluit]]
titel = "fout"
jaren = [2027, 1999]
dagen = [2026-05-07, 2026-05-07T00:00:00]

[[besluit]]
titel = "goed"
vindplaats = "Stcrt."
jaren = [2027]
dagen = [2027-05-07, 2027-05-08]
nagezien = true
"""
    calendar, findings = Calendar.read(text)
    assert [(f.line, f.rule) for f in findings] == [
        *[(2, "feestdagen/vindplaats"), (2, "feestdagen/nagezien"), (2, "feestdagen/jaren")],
        *[(2, "feestdagen/dagen"), (2, "feestdagen/dagen"), (7, "feestdagen/dagen")],
    ]
    assert calendar.years == {2027}
    assert calendar.equated == {day("2027-05-07"), day("2027-05-08")}


def test_a_day_that_stands_in_two_decrees_and_a_file_without_decrees_are_faults() -> None:
    decree = b"""
[[besluit]]
titel = "t"
vindplaats = "v"
jaren = [2027]
dagen = [2027-05-07]
nagezien = true
"""
    assert [f.rule for f in Calendar.read(decree + decree)[1]] == ["feestdagen/dagen"]
    assert [f.rule for f in Calendar.read(b"# niets")[1]] == ["feestdagen/leeg"]
    assert [f.rule for f in Terms.read(b"# niets", decree)[1]] == ["termijn/leeg"]


def test_a_moment_is_only_an_opening_or_an_end() -> None:
    with pytest.raises(TermError):
        Term("t", 3, Unit.HOURS, moment=Moment.BEGIN)
    with pytest.raises(TermError):
        Term("t", day=(2, 29))
