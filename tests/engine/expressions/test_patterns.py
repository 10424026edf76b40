"""Regular expressions of our own find what Python's engine finds, in time linear in the text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.expressions.limits import Run
from engine.expressions.patterns import PatternError, pattern_of

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c1]", r"\d", r"\W", "^", "\\.", "(?:)"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    # Python repeats an empty round differently, so only what takes a sign is repeated here.
    repeated = st.builds("{}a{}".format, st.sampled_from(["(?:", "("]), inner).map(lambda text: text + ")")
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds(
            "{}{}".format, repeated, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "+?", "{0,2}?", "{2,}"])
        ),
    )


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(ATOMS, _larger, max_leaves=8),
    st.text("ab.1\n", max_size=10),
    st.sampled_from(["", "i", "s", "m", "im"]),
)
def test_a_pattern_finds_what_python_finds(text: str, subject: str, flags: str) -> None:
    try:
        pattern = pattern_of(text, flags)
    except ExpressionError:
        return
    expected = re.search(text, subject, sum(re.RegexFlag[flag.upper()] for flag in flags) if flags else 0)
    found = pattern.search(Run({}, {}, 0), subject)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found[:2] == expected.span()


@given(st.text("ab()[]{}*+?|\\^$.-,12", max_size=12), st.text("ab", max_size=5))
def test_any_text_is_a_pattern_or_refused(text: str, subject: str) -> None:
    try:
        pattern_of(text).search(Run({}, {}, 0), subject)
    except (PatternError, ExpressionError):
        return


def test_groups_are_found_and_a_group_that_took_no_part_is_empty() -> None:
    found = pattern_of("(a)|(b)(c)?").search(Run({}, {}, 0), "xb")
    assert found == (1, 2, -1, -1, 1, 2, -1, -1)


def test_spaces_in_a_pattern_are_ignored_on_request() -> None:
    assert pattern_of("a b", "x").search(Run({}, {}, 0), "ab") == (0, 2)
