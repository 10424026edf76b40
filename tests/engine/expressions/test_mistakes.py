"""Mistakes are told when an expression is compiled, with their column; and there is no way out of the language."""

from __future__ import annotations

import pytest

from engine.errors import ExpressionError
from engine.expressions import compile_expression, compile_script, compile_unary

MISTAKES: list[tuple[str, str, int | None]] = [
    ("", "waarde", 1),
    ("1 +", "waarde", 4),
    ("(1", "hoort ')'", 3),
    ("1)", "eindigen", 2),
    ("[1, 2", "hoort ']'", 6),
    ("{a 1}", "hoort ':'", 4),
    ("{a: 1, a: 2}", "twee keer", 8),
    ("a == b", "één '='", 4),
    ("a b", "spaties", 1),
    ("advies uitslag = 1", "spaties", 1),
    ("1 < 2 < 3", "aaneengeregen", 7),
    ("a = b = c", "aaneengeregen", 7),
    ("'tekst'", "dubbele aanhalingstekens", 1),
    ("“tekst”", "rechte aanhalingstekens", 1),
    ('"tekst', "afsluitend", 1),
    ("a && b", "'and'", 3),
    ("a || b", "'or'", 3),
    ("!a", "not(...)", 1),
    ("10 % 3", "modulo", 4),
    ("x := 3", "eindigen", 3),
    ("bestaat niet(1)", "spaties", 1),
    ("foo(1)", "'foo' bestaat niet", 1),
    ('substring("a")', "argument", 1),
    ("count([1], [2])", "argument", 1),
    ("date and time()", "argument", 10),
    ("if a then b", "'else'", 12),
    ("for x in y", "'return'", 11),
    ("some x in y return x", "'satisfies'", 13),
    ("1 instance of getal", "type", 15),
    ('@"gisteren"', "@", 2),
    ("?", "waarde", 1),
    ("function(x) x", "Functies", 1),
    ("a[1", "hoort ']'", 4),
    ("[1..2", "hoort", 6),
    ('"\\u0000"', "bestaat", 1),
    ('"\\ud800"', "bestaat", 1),
    ("a\x00b", "hoort niet", 2),
    ("a.", "naam", 3),
    ("${a", "hoort niet", 1),
]


@pytest.mark.parametrize(("text", "sentence", "column"), MISTAKES, ids=[repr(text) for text, _, _ in MISTAKES])
def test_a_mistake_is_told_with_its_column(text: str, sentence: str, column: int | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert sentence in caught.value.sentence
    assert caught.value.column == column
    assert f"(kolom {column})" in str(caught.value)


def test_the_column_counts_from_the_start_of_the_text_with_its_wrapper() -> None:
    with pytest.raises(ExpressionError, match=r"\(kolom 8\)"):
        compile_expression("${ a = ' }")
    with pytest.raises(ExpressionError, match=r"\(kolom 7\)"):
        compile_expression("  = 1 ' ")


ESCAPES = [
    "__import__('os').system('true')",
    '__import__("os")',
    "().__class__.__base__.__subclasses__()",
    '"".__class__.__mro__[1]',
    "lambda x: x",
    "(lambda: 1)()",
    "[x for x in y]",
    'exec("1")',
    'eval("1")',
    'open("/etc/passwd")',
    "globals()",
    'getattr(a, "b")',
    "import os",
    "a; b",
    "a := 1",
    "print(1)",
    'f"{a}"',
    "{% raw %}",
    "{{ a }}",
    "new java.lang.Object()",
    "T(java.lang.Runtime)",
    'execution.getVariable("a")',
    "1 if a else 2",
    "a @ b",
    "0x10",
    "1_000",
    "1e9",
    "not a",
    "a is b",
    "yield",
    "await a",
    "`a",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_there_is_no_way_out_of_the_language(text: str) -> None:
    class Secret:
        b = "geheim"

        def getVariable(self, _name: str) -> str:  # noqa: N802
            return "geheim"

    try:
        found = compile_expression(text)({"a": Secret(), "y": [1], "execution": Secret()})
    except ExpressionError:
        return
    assert found is None


@pytest.mark.parametrize(
    "path", ["__class__", "__dict__", "__init__.__globals__", "b", "keys", "real", "year.__class__", "hour", "__len__"]
)
def test_a_path_reads_keys_and_never_attributes(path: str) -> None:
    class Secret:
        b = "geheim"

    for value in (Secret(), {}, 5, "tekst", True, {"x": Secret()}):
        assert compile_expression(f"a.{path}")({"a": value}) is None


def test_a_script_is_assignments_and_nothing_else() -> None:
    for text in ("", "1 + 1", "a", "a == 1", "if = 1", "a.b = 1", "a = 1 b = 2", "import os", "def f(): pass", "a ="):
        with pytest.raises(ExpressionError):
            compile_script(text)


def test_a_cell_of_a_table_refuses_what_is_no_test() -> None:
    for text in ('"a" "b"', "< ", "not(", "- 5 -", "[1..", "not(1) 2", ",", "1,"):
        with pytest.raises(ExpressionError):
            compile_unary(text)
