"""Timers as tools write them, and the limits within which they run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from engine.errors import ExpressionError
from engine.expressions import Duration, compile_timer

Kind = Literal["date", "duration", "cycle"]
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DATA: Mapping[str, object] = {
    "dag": date(2027, 7, 1),
    "tekst": "2027-04-01T09:00:00Z",
    "naïef": datetime(2027, 4, 1),  # noqa: DTZ001
    "span": Duration.of(timedelta(hours=5)),
    "lang": Duration("months", 361),
    "terug": Duration("months", -1),
    "ver": datetime(2201, 1, 1, tzinfo=UTC),
}
TERMS = {"termijn": lambda name: NOW + timedelta(weeks=6) if name == "inspraak" else None}

FIRINGS: list[tuple[Kind, str, datetime]] = [
    ("duration", "PT1H", datetime(2027, 3, 1, 10, tzinfo=UTC)),
    ("duration", '"PT1H"', datetime(2027, 3, 1, 10, tzinfo=UTC)),
    ("duration", "'PT1H'", datetime(2027, 3, 1, 10, tzinfo=UTC)),
    ("duration", "=PT1H", datetime(2027, 3, 1, 10, tzinfo=UTC)),
    ("duration", "PT0S", NOW),
    # six weeks later, at the same time of day in summer
    ("duration", "P6W", datetime(2027, 4, 12, 8, tzinfo=UTC)),
    ("duration", "P1M2DT3H", datetime(2027, 4, 3, 11, tzinfo=UTC)),
    ("duration", "P30Y", datetime(2057, 3, 1, 9, tzinfo=UTC)),
    ("duration", 'duration("P1D")', datetime(2027, 3, 2, 9, tzinfo=UTC)),
    ("duration", "${span}", datetime(2027, 3, 1, 14, tzinfo=UTC)),
    ("duration", 'termijn("inspraak")', datetime(2027, 4, 12, 9, tzinfo=UTC)),
    ("date", "2027-03-01T09:00:00+01:00", datetime(2027, 3, 1, 8, tzinfo=UTC)),
    ("date", '"2027-03-01T09:00Z"', datetime(2027, 3, 1, 9, tzinfo=UTC)),
    ("date", "2027-07-01T09:00:00@Europe/Amsterdam", datetime(2027, 7, 1, 7, tzinfo=UTC)),
    ("date", 'date("2027-03-01")', datetime(2027, 2, 28, 23, tzinfo=UTC)),
    ("date", "dag", datetime(2027, 6, 30, 22, tzinfo=UTC)),
    ("date", "tekst", datetime(2027, 4, 1, 9, tzinfo=UTC)),
    ("date", 'termijn("inspraak")', datetime(2027, 4, 12, 9, tzinfo=UTC)),
    ("date", 'termijn("inspraak") + duration("P1D")', datetime(2027, 4, 13, 9, tzinfo=UTC)),
    ("cycle", "R3/PT10H", datetime(2027, 3, 1, 19, tzinfo=UTC)),
    ("cycle", "R/PT1M", datetime(2027, 3, 1, 9, 1, tzinfo=UTC)),
    ("cycle", "R/2027-06-01T00:00:00Z/P1M", datetime(2027, 6, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("kind", "text", "moment"), FIRINGS)
def test_a_timer_first_fires_at_its_moment(kind: Kind, text: str, moment: datetime) -> None:
    assert compile_timer(text, kind).first(NOW, DATA, TERMS) == moment


REFUSED: list[tuple[Kind, str, str]] = [
    ("date", "", "geen tijd"),
    ("date", "2027-03-01T09:00:00", "geen tijdzone"),
    ("date", "2027-03-01", "begin van die dag"),
    ("date", "2027-02-30T09:00:00Z", "geen tijdstip"),
    ("date", "9999-12-31T23:59:59Z", "1970-2200"),
    ("date", "1969-12-31T00:00:00Z", "1970-2200"),
    ("date", "PT1H", "timeDuration"),
    ("date", "R/PT1H", "tijdstip"),
    ("date", 'duration("PT1H")', "timeDuration"),
    ("date", "1 + 1", "geen moment"),
    ("date", "true", "geen moment"),
    ("date", "foo(1)", "bestaat niet"),
    ("date", "__import__('os')", "aanhalingstekens"),
    ("duration", "2027-03-01T09:00:00Z", "timeDate"),
    ("duration", "R3/PT1H", "timeCycle"),
    ("duration", "-PT1H", "negatief"),
    ("duration", "P31Y", "30 jaar"),
    ("duration", "P99999999999D", "30 jaar"),
    ("duration", "P", "geen moment"),
    ("duration", "PT", "geen duur"),
    ("duration", "P1H", "geen duur"),
    ("cycle", "PT1H", "R3/PT10H"),
    ("cycle", "R/PT0S", "per minuut"),
    ("cycle", "R/PT59S", "per minuut"),
    ("cycle", "R/-PT1H", "negatief"),
    ("cycle", "R0/PT1H", "1 tot 1000"),
    ("cycle", "R1001/PT1H", "1 tot 1000"),
    ("cycle", "R99999999999999999999/PT1H", "1 tot 1000"),
    ("cycle", "R/2027-03-01T09:00:00/PT1H", "geen tijdzone"),
    ("cycle", "R/PT1H/2027-03-01T09:00:00Z", "R3/PT10H|geen duur"),
    ("cycle", "0 0 9 * * ?", "R3/PT10H"),
    ("cycle", 'termijn("x")', "R3/PT10H"),
]


@pytest.mark.parametrize(("kind", "text", "sentence"), REFUSED)
def test_a_wrong_timer_is_refused_when_it_is_compiled(kind: Kind, text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError, match=sentence):
        compile_timer(text, kind).first(NOW) if text == "P" else compile_timer(text, kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("date", text) for text in ("onbekend", "naïef", "ver", "span", 'termijn("anders")', '"x" + "y"')),
        *(("duration", text) for text in ("onbekend", "lang", "terug", "tekst")),
    ],
)
def test_an_expression_without_a_moment_within_the_limits_is_refused_when_it_is_reached(kind: Kind, text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_timer(text, kind).first(NOW, DATA, TERMS)


def test_a_cycle_goes_on_from_its_last_firing() -> None:
    timer = compile_timer("R3/PT10H", "cycle")
    first = timer.first(NOW)
    second = timer.next(first)
    assert second == first + timedelta(hours=10)
    assert timer.repetitions == 3
    assert compile_timer("R/PT1H", "cycle").repetitions is None
    assert compile_timer("PT1H", "duration").next(first) is None
    assert compile_timer("PT1H", "duration").repetitions == 1


def test_a_daily_cycle_keeps_its_hour_over_the_change_to_summer_time() -> None:
    timer = compile_timer("R/P1D", "cycle")
    assert timer.next(datetime(2027, 3, 27, 8, tzinfo=UTC)) == datetime(2027, 3, 28, 7, tzinfo=UTC)
    hourly = compile_timer("R/PT24H", "cycle")
    assert hourly.next(datetime(2027, 3, 27, 8, tzinfo=UTC)) == datetime(2027, 3, 28, 8, tzinfo=UTC)


def test_a_month_from_the_last_day_of_january_is_the_last_of_february() -> None:
    assert compile_timer("P1M", "duration").first(datetime(2027, 1, 31, 9, tzinfo=UTC)) == datetime(
        2027, 2, 28, 9, tzinfo=UTC
    )


def test_a_timer_never_runs_past_the_year_2200() -> None:
    with pytest.raises(ExpressionError, match="2200"):
        compile_timer("P30Y", "duration").first(datetime(2199, 1, 1, tzinfo=UTC))
