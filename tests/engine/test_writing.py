"""The encoder that is made once writes what `json` writes, and refuses what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.writing import writer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.booleans(), inner),
    max_leaves=20,
)
SETTINGS: list[dict[str, Any]] = [
    {},
    {"separators": (", ", ": ")},
    {"allow_nan": False},
    {"default": repr},
]


@pytest.mark.parametrize("settings", SETTINGS)
@given(value=VALUES)
def test_it_writes_what_json_writes(settings: dict[str, Any], value: Any) -> None:
    asked = {"separators": (",", ":"), **settings}
    try:
        expected = json.dumps(value, ensure_ascii=False, **asked)
    except ValueError:
        with pytest.raises(ValueError):
            writer(**settings)(value)
    else:
        assert writer(**settings)(value) == expected


@given(st.dictionaries(st.text(), VALUES))
def test_it_sorts_keys_as_json_does(value: dict[str, Any]) -> None:
    inner = {"a": [value]}
    try:
        expected = json.dumps(inner, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except TypeError:  # keys of two kinds have no order
        with pytest.raises(TypeError):
            writer(sort_keys=True)(inner)
    else:
        assert writer(sort_keys=True)(inner) == expected


def test_what_is_no_json_goes_to_the_default_or_is_refused() -> None:
    assert writer(default=repr)({"a": {1}}) == '{"a":"{1}"}'
    for wrong in ({"a": {1}}, object(), {(1, 2): 3}):
        with pytest.raises(TypeError):
            writer()(wrong)


def test_two_values_written_by_one_encoder_know_nothing_of_each_other() -> None:
    write, shared = writer(), {"a": 1}
    assert write([shared, shared]) == '[{"a":1},{"a":1}]'
    with pytest.raises(TypeError):
        write([{1}])
    assert write([shared]) == '[{"a":1}]'
