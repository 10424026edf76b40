"""What a question is, and how it is answered: its rows, with totals by which a reader sees whether one is missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.questions.material import Answers, Material, Row
from engine.registers import facts_of
from engine.submission import text
from engine.terms import Json
from engine.trail.kinds import Kind
from engine.trail.seal import handles_in

PLACE = ("op", "zaak", "stap", "onderwerp", "rol")
"""Where a row is from; a reader can narrow an answer down by each of the last four."""
RECORD, CORRECTED = "regel", "verbeterd_door"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name in addresses, its text, its columns, who answers it, and from which kinds of record.

    `is_of_city` compares all wijken of the year. `needs` names what is wanted beside sound records: `taken` (tasks),
    `waarden` (which sealed values still exist), `alles` (the records that are not what was hashed; the ends of chains),
    `versies` (the files of the process models), `bewaartermijnen` (the city's table of how long what is kept).
    """

    name: str
    text: str
    columns: tuple[str, ...]
    answer: Answers
    kinds: frozenset[Kind]
    is_of_city: bool = False
    needs: frozenset[str] = field(default_factory=frozenset)


def columns_of(own: str) -> tuple[str, ...]:
    """The columns of an answer: where each row is from, what is told (its `own`), and the record that says so."""
    names = tuple(own.split())
    return (*(() if "op" in names else PLACE), *names, RECORD, CORRECTED)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, in the order of the log, and how many records were read for it and how many it cites."""

    question: Question
    rows: tuple[Row, ...]
    read: int
    cited: int
    unsound: int

    def handles(self) -> tuple[str, ...]:
        """The digests of the sealed values to which the rows refer."""
        return tuple(dict.fromkeys(digest for row in self.rows for digest in handles_in(dict(row))))


def answered(question: Question, material: Material, wanted: Row) -> Answer:
    """The answer to a question; `wanted` narrows it down to the rows that say exactly this, by column."""
    beside = _corrections(material)
    found = tuple(_told(question, row, beside) for row in question.answer(material) if _is_wanted(row, wanted))
    entries = [one for one in material.entries if one.kind in question.kinds]
    cited = {row[RECORD] for row in found} - {None}
    return Answer(question, found, len(entries) + _left_out(question, material), len(cited), material.unsound)


def _left_out(question: Question, material: Material) -> int:
    return 0 if "alles" in question.needs else material.unsound


def _told(question: Question, row: Row, beside: dict[str, list[Json]]) -> Row:
    corrected = beside.get(str(row.get(RECORD)), [])
    return {name: corrected if name == CORRECTED else row.get(name) for name in question.columns}


def _is_wanted(row: Row, wanted: Row) -> bool:
    return all(row.get(name) == value for name, value in wanted.items())


def _corrections(material: Material) -> dict[str, list[Json]]:
    """The records that say what should have stood in another, by that other."""
    found: dict[str, list[Json]] = {}
    for one in material.of((Kind.RECORD_CORRECTED,)):
        for fact in facts_of(one.body, one.digest):
            values = fact.body.get("gegevens")
            found.setdefault(text(values if isinstance(values, dict) else {}, "regel"), []).append(one.digest)
    return found
