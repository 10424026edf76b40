"""JSON as text, by an encoder that is made once: `json` makes one for each value, which costs more than it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any

_IN_C: Any = getattr(encoder, "c_make_encoder", None)  # CPython's; what `json` itself uses where it is there
_TEXT: Any = encoder.encode_basestring


def writer(
    *,
    separators: tuple[str, str] = (",", ":"),
    sort_keys: bool = False,
    allow_nan: bool = True,
    default: Callable[[Any], Any] | None = None,
) -> Callable[[Any], str]:
    """What `json.dumps` does with these settings and `ensure_ascii=False`, for values that do not hold themselves."""
    plain = json.JSONEncoder(
        ensure_ascii=False, separators=separators, sort_keys=sort_keys, allow_nan=allow_nan, default=default
    )
    if _IN_C is None:
        return plain.encode
    between, after_key = separators
    encode = _IN_C(None, plain.default, _TEXT, None, after_key, between, sort_keys, False, allow_nan)
    return lambda value: "".join(encode(value, 0))
