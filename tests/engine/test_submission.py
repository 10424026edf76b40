"""Reading what people write: one spelling of a day, and whoever uses another is told so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.deadlines import Terms
from engine.errors import TermError, ValuesUnreadable
from engine.submission import begin_of, end_of
from engine.terms import Act, Json
from tests.engine.rights_world import COLLEGE, HOLIDAYS_FILE, TERMS_FILE, Dossier, ask, frame_values, refused, task_for

OTHER_SPELLINGS = (
    "2026-W42-4", "2026W424", "2026-W42", "2026-288", "20261015", "2026-10", "2026-1-15", "15-10-2026",
    "２０２６-10-15", "2026-10-15 ", " 2026-10-15", "2026-10-15T", "+2026-10-15", "2026-02-30", "0000-01-01",
)  # fmt: skip


@pytest.mark.parametrize("said", [*OTHER_SPELLINGS, "", None, 20261015, True, ["2026-10-15"]])
def test_a_day_is_written_in_one_way(said: Json) -> None:
    for read in (begin_of, end_of):
        with pytest.raises(ValuesUnreadable):
            read(said)


def test_a_day_is_the_whole_day_here_and_a_moment_is_itself() -> None:
    assert begin_of("2026-10-15") == datetime(2026, 10, 14, 22, tzinfo=UTC)
    assert end_of("2026-10-15") == datetime(2026, 10, 15, 22, tzinfo=UTC)
    assert (
        begin_of("2026-10-15T12:00:00+02:00")
        == end_of("2026-10-15T10:00:00Z")
        == datetime(2026, 10, 15, 10, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "said", ["2026-10-15T12:00:00", "2026-W42-4T12:00:00+02:00", "2026-10-15 12:00:00Z", "9999-12-31"]
)
def test_a_moment_without_a_zone_or_in_another_spelling_is_none(said: str) -> None:
    with pytest.raises(ValuesUnreadable):
        end_of(said)


@pytest.mark.parametrize("said", OTHER_SPELLINGS)
def test_inv_02_a_frame_with_its_term_in_another_spelling_is_refused(said: str) -> None:
    values = frame_values("D09", "raadplegen", termijn=said)
    refused(ask(COLLEGE, task_for(Act.KADER, "college", "D09"), values, Dossier()), "INV-02", "termijn (een datum)")


@pytest.mark.parametrize("said", OTHER_SPELLINGS)
def test_a_term_begins_on_a_day_written_in_that_way(said: str) -> None:
    terms, _ = Terms.read(TERMS_FILE, HOLIDAYS_FILE)
    with pytest.raises(TermError):
        terms.paused_end("inbreng", said)
