"""The state of a case as text: only what lives, in strict JSON with a version of its own.

No value of a user ever passes SpiffWorkflow's object registry (there a form field called `typename` bricks the case).
FEEL values that JSON lacks stand as an object with the single key NUL, which no data from outside may hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.errors import StateUnknown, ValuesUnreadable
from engine.expressions import Duration
from engine.semantics.levels import CaseLevel, Level, Token
from engine.terms import Json
from engine.writing import writer

VERSION = 1
MAX_DEPTH = 30
MAX_PARTS = 20_000
MAX_TEXT = 100_000
MAX_INTEGER = 2**53

_TAG = "\0"
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_TAG_IN_TEXT = "\\u0000"


def checked(values: Mapping[str, object]) -> dict[str, Any]:
    """A copy of these values that nobody else holds, all of it JSON that the case can keep.

    Raises ValuesUnreadable, which names the place, for anything else: floats, NUL, surrogates, too deep, too much.
    """
    budget = [MAX_PARTS]
    copy = {_name(name, ""): _checked(value, str(name), 1, budget) for name, value in values.items()}
    if len(copy) > budget[0]:
        raise ValuesUnreadable(f"De gegevens hebben meer dan {MAX_PARTS} onderdelen.")
    return copy


def _checked(value: object, place: str, depth: int, budget: list[int]) -> Any:
    if isinstance(value, str):
        return _text(value, place)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise ValuesUnreadable(f"Het getal in '{place}' is te groot.")
        return int(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValuesUnreadable(f"Het getal in '{place}' is geen getal.")
        return value
    if depth > MAX_DEPTH:
        raise ValuesUnreadable(f"De gegevens in '{place}' zijn te diep genest.")
    if isinstance(value, Mapping | list | tuple):
        budget[0] -= len(value)
        if budget[0] < 0:
            raise ValuesUnreadable(f"De gegevens hebben meer dan {MAX_PARTS} onderdelen.")
        if isinstance(value, Mapping):
            return {
                _name(name, place): _checked(part, f"{place}.{name}", depth + 1, budget) for name, part in value.items()
            }
        return [_checked(part, f"{place}[{number}]", depth + 1, budget) for number, part in enumerate(value, 1)]
    raise ValuesUnreadable(f"'{place}' is geen tekst, geheel getal, ja/nee, lijst of groep ({type(value).__name__}).")


def _name(name: object, place: str) -> str:
    if not isinstance(name, str):
        raise ValuesUnreadable(f"Een veldnaam in '{place}' is geen tekst.")
    return str(name) if name.isprintable() and len(name) <= MAX_TEXT else _text(name, place or name[:80])


def _text(text: str, place: str) -> str:
    if len(text) <= MAX_TEXT and (text.isprintable() or not _UNKEEPABLE.search(text)):
        return str(text)
    raise ValuesUnreadable(f"De tekst in '{place[:80]!a}' is te lang of bevat tekens die niet bestaan.")


def plain(value: Any) -> Json:
    """The value as JSON for others: whole numbers as integers, other numbers, dates, times and durations as text."""
    if isinstance(value, dict):
        return plain_values(value)
    if isinstance(value, list):
        return [plain(part) for part in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def plain_values(values: Mapping[str, Any]) -> dict[str, Json]:
    """Each value as `plain` gives it."""
    return {name: plain(value) for name, value in values.items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) <= MAX_INTEGER:
            return int(value)  # FEEL knows no difference between 3 and 3.0
        return {_TAG: ["getal", str(value)]}
    if isinstance(value, Duration):
        return {_TAG: [value.unit, value.amount]}
    for name, kind in (("moment", datetime), ("dag", date), ("tijd", time)):
        if isinstance(value, kind):
            return {_TAG: [name, value.isoformat()]}
    raise ValuesUnreadable(f"Een waarde van de soort {type(value).__name__} kan niet in de toestand van een zaak.")


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "getal": Decimal,
    "months": lambda amount: Duration("months", amount),
    "microseconds": lambda amount: Duration("microseconds", amount),
    "moment": datetime.fromisoformat,
    "dag": date.fromisoformat,
    "tijd": time.fromisoformat,
}


def _revived(found: dict[str, Any]) -> Any:
    tagged = found.get(_TAG)
    return found if tagged is None else _FROM_JSON[tagged[0]](tagged[1])


_encode = writer(allow_nan=False, default=_to_json)
_PLAIN_DECODER = json.JSONDecoder()
_TAGGED_DECODER = json.JSONDecoder(object_hook=_revived)


# What no expression reads stands at the end, an item a line, and is carried from snapshot to snapshot as text. The
# whole is plain JSON, in which a line ends nowhere else: within values the encoder escapes it.
_UNREAD, _NEXT, _END = ',"s":{\n', ",\n", "\n}}"


class _Text(str):
    """JSON text that was not parsed."""

    __slots__ = ()


def dump(top: CaseLevel) -> str:
    """The state of this case as text."""
    state: dict[str, Any] = {"v": VERSION, "p": top.spec.name, "n": top.born, "d": top.data, "t": _rows(top)}
    if top.subprocesses:
        state["l"] = [_inner(level) for level in top.subprocesses.values()]
    if top.completed:
        state["e"] = top.error
    text = _encode(state)
    if not top.unread:
        return text
    lines = (f'"{key}":{value if type(value) is _Text else _encode(value)}' for key, value in top.unread.items())
    return f"{text[:-1]}{_UNREAD}{_NEXT.join(lines)}{_END}"


def unread(top: CaseLevel) -> dict[str, Any]:
    """What the case laid aside because no expression reads it, as values. Raises StateUnknown for damaged text."""
    try:
        return {
            key: _TAGGED_DECODER.decode(value) if type(value) is _Text else value for key, value in top.unread.items()
        }
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise StateUnknown(f"De toestand van de zaak is beschadigd ({error}).") from error


def _rows(level: Level) -> list[list[Any]]:
    return [
        [token.id, token.task_spec.name, token._state, token._parent, token.thread_id, token.internal_data]
        for token in level.tasks.values()
    ]


def _inner(level: Any) -> list[Any]:
    """A level within the case; of its data only what differs from the surroundings it was copied from."""
    row: list[Any] = [level.parent_task_id, level.spec.name, _rows(level)]
    if not level.shared:
        outer = level.host.workflow.data
        own = {key: value for key, value in level.data.items() if key not in outer or outer[key] is not value}
        row += [dict(sorted(own.items())), sorted(outer.keys() - level.data.keys()), sorted(level.written)]
    return row


def load(text: str, new_case: Callable[[str], CaseLevel]) -> CaseLevel:
    """The case that this text is the state of; `new_case` makes the empty top level of a process.

    Raises StateUnknown when the text is of another version, or names what the definition does not have.
    """
    try:
        text, aside, lines = text.partition(_UNREAD)
        if aside:
            text += "}"
        state = (_TAGGED_DECODER if _TAG_IN_TEXT in text else _PLAIN_DECODER).decode(text)
        if state["v"] != VERSION:
            raise StateUnknown(f"Deze toestand is van versie {state['v']}; deze motor leest versie {VERSION}.")
        top = new_case(state["p"])
        top.born, top.data = state["n"], state["d"]
        if aside:
            _lay_aside(top, lines)
        waiting = _place(top, state["t"])
        for ident, name, rows, *copied in state.get("l", ()):
            host = top.token(ident)
            if host is None:
                raise StateUnknown("De toestand van de zaak spreekt zichzelf tegen.")
            level = top.open_level(host, top.subprocess_specs[name], shared=not copied)
            if copied:
                own, gone, written = copied
                level.data = {**host.workflow.data, **own}
                for key in gone:
                    del level.data[key]
                level.written = set(written)
            waiting += _place(level, rows)
        top.completed, top.error = "e" in state, state.get("e")
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise StateUnknown(f"De toestand van de zaak past niet bij dit procesmodel ({error}).") from error
    waiting.sort(key=lambda token: token.thread_id)
    for token in waiting:
        top.event_manager.add_task(token)
    return top


def _lay_aside(top: CaseLevel, lines: str) -> None:
    if not lines.endswith(_END):
        raise ValueError("het einde ontbreekt")
    for line in lines[: -len(_END)].split(_NEXT):
        key, middle, value = line.partition('":')
        if not middle or key[:1] != '"':
            raise ValueError("een regel is beschadigd")
        if key[1:] in top.reads:  # another version of the model reads it
            top.data[key[1:]] = _TAGGED_DECODER.decode(value)
        else:
            top.unread[key[1:]] = _Text(value)


def _place(level: Level, rows: list[Any]) -> list[Token]:
    """Put the tokens of one level back; answers those that wait for an event."""
    waiting = []
    specs = level.spec.task_specs
    for ident, name, state, host, born, notes in rows:
        spec = specs[name]
        token = level.place(spec, None if host is None else level.tasks[host], state, ident, born, notes)
        if spec.listens:
            waiting.append(token)
        elif spec.parks:
            level.top.parked[ident] = token
    return waiting
