"""Reading the values of a submission or of a register row: what has another shape than asked is refused, never guessed.

Values are strict JSON; a sealed value is a handle `{"verzegeld": "<digest>"}` and counts as filled in, unread.
Dates are ISO 8601: a date stands for the whole day in Europe/Amsterdam.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.errors import ValuesUnreadable
from engine.expressions.moments import date_of, datetime_of
from engine.terms import Json, Values

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs to Unicode that nobody can see

_LOOKING_LIKE = str.maketrans("oil", "011")  # I, l and 1 are one sign in most screen letters, as O and 0 are


def is_blank(text: str) -> bool:
    """Whether there is nothing to read in it: white space, and characters that nobody can see or that stand on none."""
    return all(
        char.isspace() or char in _INVISIBLE or unicodedata.category(char) in {"Cc", "Cf", "Mn"} for char in text
    )


def folded(text: str) -> str:
    """The text without what makes two spellings of one name differ: case, width, accents, spaces and signs."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


@lru_cache(maxsize=4096)  # asked of the same few names for every row of a register
def appearance(text: str) -> str:
    """What a reader sees of a name: two names with one appearance are one name to whoever reads them on a screen."""
    return folded(text).translate(_LOOKING_LIKE)


def is_filled(value: Json) -> bool:
    """Whether anything was given: false and 0 are answers; null, blank text and an empty list or table are not."""
    if isinstance(value, str):
        return not is_blank(value)
    return value is not None and value != [] and value != {}


def is_same(one: Json, other: Json) -> bool:
    """Whether two values are equal as JSON: 1 and true differ, the order of keys does not count."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def text(values: Values, name: str) -> str:
    """The text under `name`, "" when absent; raises ValuesUnreadable for anything else."""
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValuesUnreadable(f"veld {name}: hier hoort tekst")
    return value.strip()


def open_text(values: Values, name: str) -> str:
    """The text under `name` without white space around it; "" for anything that is no readable text."""
    value = values.get(name)
    return value.strip() if isinstance(value, str) and is_filled(value) else ""


def texts(values: Values, name: str) -> tuple[str, ...]:
    """The texts under `name`; one text stands for a list of one."""
    value = values.get(name)
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValuesUnreadable(f"veld {name}: hier hoort een lijst van teksten")
    return tuple(str(item) for item in value)


def cents(values: Values, name: str) -> int | None:
    """The amount under `name` in whole cents, None when absent; raises ValuesUnreadable for anything else."""
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValuesUnreadable(f"veld {name}: hier hoort een bedrag in hele centen")
    return value


def whole(values: Values, name: str) -> int | None:
    """The whole number under `name`, None for anything else."""
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def yes_or_no(values: Values, name: str) -> bool | None:
    """The answer under `name`: true or "ja", false or "nee"; None for anything else."""
    value = values.get(name)
    if isinstance(value, str):
        return {"ja": True, "nee": False}.get(value)
    return value if isinstance(value, bool) else None


def table(values: Values, name: str) -> Mapping[str, Json]:
    """The nested values under `name`, empty when absent; raises ValuesUnreadable for anything else."""
    value = values.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValuesUnreadable(f"veld {name}: hier horen velden met een naam")
    return value


def rows(values: Values, name: str) -> tuple[Mapping[str, Json], ...]:
    """The rows of the repeating group `name`, none when absent; raises ValuesUnreadable for anything else."""
    value = values.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValuesUnreadable(f"veld {name}: hier hoort een lijst")
    found: list[Mapping[str, Json]] = []
    for row in value:
        if not isinstance(row, dict):
            raise ValuesUnreadable(f"veld {name}: elke regel heeft velden met een naam")
        found.append(row)
    return tuple(found)


def open_rows(values: Values, name: str) -> tuple[Mapping[str, Json], ...]:
    """The rows of the repeating group `name` that can be read; none for anything else."""
    listed = values.get(name)
    return tuple(row for row in listed if isinstance(row, dict)) if isinstance(listed, list) else ()


def pairs(values: Values, name: str) -> Mapping[str, Json]:
    """Named fields, written as a table or as a list of `{"veld", "waarde"}`; the same field twice is unreadable."""
    if not isinstance(values.get(name), list):
        return table(values, name)
    found: dict[str, Json] = {}
    for row in rows(values, name):
        field = text(row, "veld")
        if not field or field in found:
            raise ValuesUnreadable(f"veld {name}: elk veld heeft één naam en komt één keer voor")
        found[field] = row.get("waarde")
    return found


def begin_of(value: Json) -> datetime:
    """The first instant of a date, or the moment itself; raises ValuesUnreadable when it is neither."""
    return _moment(value, 0)


def end_of(value: Json) -> datetime:
    """The first instant after a date (it holds that whole day), or the moment itself."""
    return _moment(value, 1)


def _moment(value: Json, days: int) -> datetime:
    """As FEEL reads dates and moments: one spelling for each, so that no other form of ISO 8601 passes for one."""
    if not isinstance(value, str):
        raise ValuesUnreadable("hier hoort een datum (jjjj-mm-dd)")
    try:
        if (day := date_of(value)) is not None:
            return datetime.combine(day + timedelta(days=days), time(), AMSTERDAM)
        moment = datetime_of(value)
    except OverflowError as wrong:
        raise ValuesUnreadable(f"“{value}” is geen datum (jjjj-mm-dd)") from wrong
    if moment is None:
        raise ValuesUnreadable(f"“{value}” is geen datum (jjjj-mm-dd)")
    if moment.tzinfo is None:
        raise ValuesUnreadable(f"“{value}” is een tijdstip zonder tijdzone")
    return moment


def day_of(now: datetime) -> date:
    """The day in Europe/Amsterdam on which a moment falls."""
    return now.astimezone(AMSTERDAM).date()


def holds_at(values: Values, now: datetime) -> bool:
    """Whether a row with `van` and `tot` (both days inclusive, either may be absent) holds at `now`."""
    since = values.get("van")
    return (since in (None, "") or now >= begin_of(since)) and not is_over(values, now)


def is_over(values: Values, now: datetime) -> bool:
    """Whether the last day (`tot`) of a row is past."""
    until = values.get("tot")
    return until not in (None, "") and now >= end_of(until)
