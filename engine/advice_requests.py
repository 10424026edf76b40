"""Advice requests (*adviesverzoeken*): what colleagues are asked while a task is open, and what became of it.

They are consultation at work and no more: no act, no rung and no decision. The advice of participants that the ladder
speaks of is the act `advies`; no rule on a decision looks here, and no task waits for an answer.

A row says by `soort` what it is. Every row has `taak` and `adviseur` (a reference); who was asked has `vraag`,
`werkdagen` and `uiterlijk` (the last day) besides, all that follows names the first row by `verzoek`, and a reply holds
`antwoord`. What people wrote is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.roles import values_of
from engine.submission import end_of, text
from engine.terms import Fact, Json, Register

_INSTANT = timedelta(milliseconds=1)
LONGEST = 60
"""The most working days for which advice is asked: what takes longer than a quarter is a task of its own."""


class Sort(StrEnum):
    """What a row says: somebody was asked, answered or declined, was reminded, or need not answer any more."""

    ASKED = "gevraagd"
    ANSWERED = "beantwoord"
    DECLINED = "afgewezen"
    REMINDED = "herinnerd"
    WITHDRAWN = "ingetrokken"


ENDING = (Sort.ANSWERED, Sort.DECLINED, Sort.WITHDRAWN)
REPLIES = (Sort.ANSWERED, Sort.DECLINED)


@dataclass(frozen=True, slots=True)
class AdviceRequest:
    """One question to one person; `by` and `adviser` are references, `question` and `reply` as they were recorded.

    `ended` says how, once it is over, and `ended_at` when. A request of a task that is no longer open has lapsed, which
    is not told here.
    """

    record: str
    at: datetime
    by: str
    task: str
    adviser: str
    question: Json
    last_day: str
    reminded_at: datetime | None = None
    ended: Sort | None = None
    ended_at: datetime | None = None
    reply: Json = None

    @property
    def due(self) -> datetime:
        """The last instant of its last day, as every term ends."""
        return end_of(self.last_day) - _INSTANT

    @property
    def is_open(self) -> bool:
        """Whether the answer is still awaited."""
        return self.ended is None

    @property
    def came_late(self) -> bool:
        """Whether it was answered, or declined, after the last day."""
        return self.ended in REPLIES and self.ended_at is not None and self.ended_at > self.due

    def is_late(self, now: datetime) -> bool:
        """Whether the last day is over and there is no answer."""
        return self.is_open and now > self.due


def requests_in(facts: Iterable[Fact], task: str | None = None) -> tuple[AdviceRequest, ...]:
    """The requests in these rows (of one task, when it is named), in the order in which they were asked."""
    found: dict[str, AdviceRequest] = {}
    for fact in facts:
        values = values_of(fact)
        if fact.register is not Register.ADVIESVERZOEKEN or task not in (None, values.get("taak")):
            continue
        sort, named = Sort(text(values, "soort")), text(values, "verzoek")
        if sort is Sort.ASKED:
            asked = text(values, "taak"), text(values, "adviseur"), values.get("vraag"), text(values, "uiterlijk")
            found[fact.record] = AdviceRequest(fact.record, fact.at, fact.by, *asked)
        elif named in found and sort is Sort.REMINDED:
            found[named] = replace(found[named], reminded_at=fact.at)
        elif named in found:
            found[named] = replace(found[named], ended=sort, ended_at=fact.at, reply=values.get("antwoord"))
    return tuple(found.values())
