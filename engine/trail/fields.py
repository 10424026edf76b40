"""What each optional field of a record may hold: an unknown or malformed field is refused before anything is hashed.

README.md beside this file says what the fields mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import call
from typing import Any, NamedTuple

from engine.errors import RecordRefused
from engine.terms import Act, Action, Json, Rung
from engine.trail.canonical import MAX_DEPTH, are_sound
from engine.trail.seal import HANDLE

DIGEST = re.compile(r"[0-9a-f]{64}")
MAX_LABEL = 300
_WORD = re.compile(r"[0-9A-Za-z_.*:@/+(),; -]{1,200}")
_REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,79}")
_STEP = re.compile(r"D[0-9]{2}")
_LABEL = re.compile(rf".{{1,{MAX_LABEL}}}", re.DOTALL)

_ROOM = MAX_DEPTH - 3  # a free part of a record stands no more than three levels down

_Check = Callable[[Json, str], None]


class _Rule(NamedTuple):
    """What a field may hold: `fits` says yes at once to what records hold as a rule, else `check` decides.

    `fits` is asked of every field of every record, in C where it can be; what it cannot read it answers with a
    TypeError or KeyError. It says yes only to what `check` lets pass and `engine.trail.canonical` finds sound.
    """

    fits: Callable[[Any], object]
    check: _Check


def are_fit(fields: Mapping[str, Json]) -> bool:
    """Whether every field plainly holds what it may, in a sound value; where not, `check_fields` says what is wrong."""
    try:
        return all(map(call, map(_FITS.__getitem__, fields), fields.values()))
    except (KeyError, TypeError):
        return False


def check_fields(fields: Mapping[str, Json]) -> None:
    """Raise RecordRefused, naming the field, for a field that records do not have or a value that it cannot hold."""
    for name, value in fields.items():
        rule = FIELDS.get(name)
        if rule is None:
            raise RecordRefused(f"{name}: een regel heeft dit veld niet")
        rule.check(value, name)


def _matches(pattern: re.Pattern[str], what: str) -> _Rule:
    def check(value: Json, place: str) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise RecordRefused(f"{place}: moet {what} zijn")

    return _Rule(pattern.fullmatch, check)


def _one_of(*allowed: str) -> _Rule:
    def check(value: Json, place: str) -> None:
        if value not in allowed:
            raise RecordRefused(f"{place}: moet een van deze zijn: {', '.join(allowed)}")

    return _Rule(frozenset(allowed).__contains__, check)


def _check_label(value: Json, place: str) -> None:
    """A public name or sentence of the process or the rules, never what a person wrote."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LABEL:
        raise RecordRefused(f"{place}: moet tekst van 1 tot {MAX_LABEL} tekens zijn")


def _check_version(value: Json, place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RecordRefused(f"{place}: moet een nummer of een kenmerk zijn")


def _check_whole(value: Json, place: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordRefused(f"{place}: moet een geheel getal zijn")


def _check_truth(value: Json, place: str) -> None:
    if not isinstance(value, bool):
        raise RecordRefused(f"{place}: moet waar of onwaar zijn")


def _check_free(value: Json, place: str) -> None:
    """Any object: what a form or an outcome holds, with handles for what is sealed."""
    if not isinstance(value, dict):
        raise RecordRefused(f"{place}: moet een object zijn")


def _check_any(value: Json, place: str) -> None:
    """A public value of a form field; a value that is not public stands here as a handle."""


def _check_handle(value: Json, place: str) -> None:
    if not isinstance(value, dict) or set(value) != {HANDLE}:
        raise RecordRefused(f"{place}: moet verzegeld zijn")
    _digest.check(value[HANDLE], place)


def _check_word(value: Json, place: str) -> None:
    if not isinstance(value, str) or not _is_word(value):
        raise RecordRefused(f"{place}: moet een naam of kenmerk zonder bijzondere tekens zijn")


def _list_of(item: _Rule) -> _Rule:
    def fits(value: Json) -> bool:
        return type(value) is list and all(map(item.fits, value))

    def check(value: Json, place: str) -> None:
        if not isinstance(value, list):
            raise RecordRefused(f"{place}: moet een lijst zijn")
        for index, one in enumerate(value):
            item.check(one, f"{place}[{index}]")

    return _Rule(fits, check)


def _object(rules: Mapping[str, _Rule]) -> _Rule:
    fits_in = {name: rule.fits for name, rule in rules.items()}.__getitem__

    def fits(value: Json) -> bool:
        return type(value) is dict and all(map(call, map(fits_in, value), value.values()))

    def check(value: Json, place: str) -> None:
        if not isinstance(value, dict):
            raise RecordRefused(f"{place}: moet een object zijn")
        for name, one in value.items():
            inner = rules.get(name)
            if inner is None:
                raise RecordRefused(f"{place}.{name}: dit veld bestaat niet")
            if one is not None:
                inner.check(one, f"{place}.{name}")

    return _Rule(fits, check)


def _is_handle(value: Json) -> bool:
    return type(value) is dict and len(value) == 1 and bool(_digest.fits(value[HANDLE]))


def _is_sound(value: Json) -> bool:
    return are_sound((value,), _ROOM)


def _is_sound_object(value: Json) -> bool:
    return isinstance(value, dict) and are_sound((value,), _ROOM)


def _is_sound_number(value: Json) -> bool:
    return type(value) is int and _is_sound(value)


_digest = _matches(DIGEST, "een SHA-256 van 64 hexadecimale cijfers")
_is_word = lru_cache(4096)(_WORD.fullmatch)  # roles, rules and elements come back in every record
_word = _Rule(_is_word, _check_word)
_label = _Rule(_LABEL.fullmatch, _check_label)
_version = _Rule(_is_word, _check_version)
_whole = _Rule(_is_sound_number, _check_whole)
_truth = _Rule(bool.__instancecheck__, _check_truth)
_free = _Rule(_is_sound_object, _check_free)
_any = _Rule(_is_sound, _check_any)
_handle = _Rule(_is_handle, _check_handle)
_reference = _matches(_REFERENCE, "een verwijzing naar een persoon, geen naam")
_rung = _one_of(*Rung)
_act = _one_of(*Act)
_words = _list_of(_word)
_digests = _list_of(_digest)

FIELDS: Mapping[str, _Rule] = {
    "action": _one_of(*Action),
    "actor": _object({"ref": _reference, "role": _word, "groups": _words, "mandate": _digests, "for": _reference}),
    "other": _reference,
    "dossier": _word,
    "scope": _object({"gemeente": _word, "wijk": _word, "groep": _word}),
    "task": _object(
        {
            "id": _word,
            "element": _word,
            "name": _label,
            "process": _word,
            "phase": _word,
            "act": _act,
            "group": _word,
            "form": _word,
            "product": _word,
            "subject": _label,
            "step": _word,
            "rungs": _list_of(_rung),
            "four_eyes": _word,
            "collects": _truth,
            "term": _word,
            "due": _word,
        }
    ),
    "step": _matches(_STEP, "een beslisstap D01-D99"),
    "rung": _rung,
    "subject": _label,
    "ruling": _object(
        {
            "rule": _word,
            "outcome": _one_of("allowed", "refused"),
            "matrix": _digest,
            "grounds": _digests,
            "reason": _label,
            "remedy": _label,
            "role": _word,
            "owed": _words,
        }
    ),
    "inputs": _list_of(_object({"name": _word, "sha256": _digest})),
    "advice": _list_of(_object({"record": _digest, "position": _word, "from": _word})),
    "values": _free,
    "decision": _free,
    "deviation": _list_of(
        _object(
            {
                "item": _label,
                "rung": _rung,
                "field": _label,
                "from": _any,
                "to": _any,
                "reason": _handle,
                "cites": _digest,
            }
        )
    ),
    "motivation": _handle,
    "effect": _object(
        {
            "state_before": _word,
            "state_after": _word,
            "opened": _words,
            "closed": _words,
            "passed": _list_of(_free),
            "sent": _list_of(_free),
            "ended": _truth,
            "cents": _whole,
            "budget": _word,
            "replaces": _digest,
        }
    ),
    "definition": _object({"id": _word, "version": _version, "sha256": _digest}),
}
"""The optional fields; those that every record has are made by `engine.trail.record.compose` itself."""
_FITS = {name: rule.fits for name, rule in FIELDS.items()}
