"""Sentences that know how they were made: whole in Dutch, and none that a page could not say in another language."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from functools import cache
from inspect import signature
from pathlib import Path
from string import Formatter

import pytest

from engine.decisions.samples import Unprovable
from engine.errors import ExpressionError, TermError
from engine.sentences import Name, Sentence
from engine.terms import Finding
from service.fields import FieldFault
from tests.service.crawl import DUTCH

ROOT = Path(__file__).resolve().parent.parent.parent
UNPACKING = ("service/checking.py",)  # makes a sentence again of the template and the values that the child sent
# Here people are told other things as well, and of a story on the command line alone, which is Dutch.
TELLING = ("service/forms.py", "service/fields.py", "service/story.py")
UNSAID = {
    "alleen met redenen",  # a value
    "een andere waarde",  # a value that stands for all others
    "een duur in maanden heeft geen vaste lengte",  # caught where it is raised
    "(geen product)",  # a value that no table names
    " en ",  # between the names of two holidays
}
_BETWEEN_WORDS = re.compile(r"[a-zà-ÿ]{2}[ .:]|[ …][a-zà-ÿ]{2}")
_WORD = re.compile(r"[a-zà-ÿ]+")


def test_a_sentence_is_the_dutch_text_that_it_says() -> None:
    step = Sentence("{soort} '{naam}'", soort=Name("Taak"), naam="Advies {wat}")
    sentence = Sentence("{wat} roept {namen} aan, {aantal} keer.", wat=step, namen=["a", Name("b")], aantal=2)
    assert sentence == "Taak 'Advies {wat}' roept a, b aan, 2 keer."
    assert (sentence.template, sentence.values["wat"]) == ("{wat} roept {namen} aan, {aantal} keer.", step)


def test_a_copy_of_a_sentence_is_made_as_the_sentence_was() -> None:
    sentence = Sentence("{wat} is leeg.", wat=Sentence("'{naam}'", naam="{naam}"))
    copied = copy.deepcopy(sentence)
    assert (copied, copied.template, copied.values) == (sentence, sentence.template, sentence.values)


def test_a_sentence_is_not_made_without_what_fills_it() -> None:
    with pytest.raises(KeyError):
        Sentence("{wat} is leeg.", naam="x")


# --- how the sources make them ---------------------------------------------------------------------------------------


@cache
def trees() -> dict[str, ast.Module]:
    """What stands in each file of ours that tells people anything."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for room in ("engine", "service")
        for path in sorted((ROOT / room).rglob("*.py"))
    }


def _sentences(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
            yield node


def badly_made(tree: ast.AST) -> Iterator[int]:
    """The lines where a sentence is made without a template that is written out, or with values for other holes."""
    for call in _sentences(tree):
        template = call.args[0].value if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) else None
        holes = {hole for _, hole, _, _ in Formatter().parse(str(template)) if hole is not None}
        if not isinstance(template, str) or holes != {one.arg for one in call.keywords}:
            yield call.lineno


def said_otherwise(tree: ast.AST) -> Iterator[str]:
    """What is said in Dutch, or put together of words, outside a template: no page could say it in another language."""
    kept = {id(part) for call in _sentences(tree) for part in ast.walk(call.args[0])}
    kept |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    kept |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Assert) for part in ast.walk(node)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    kept |= {id(part) for node in joined for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in kept:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "…".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            is_said = _BETWEEN_WORDS.search(text) is not None
        else:
            text = str(getattr(node, "value", "")) if isinstance(node, ast.Constant) else ""
            is_said = " " in text and bool(DUTCH & set(_WORD.findall(text.lower())))
        if is_said:
            yield text


def test_every_sentence_is_made_from_a_template_that_is_written_out() -> None:
    assert sum(1 for tree in trees().values() for _ in _sentences(tree)) > 400
    assert [(file, line) for file, tree in trees().items() if file not in UNPACKING for line in badly_made(tree)] == []
    assert all(len(list(badly_made(trees()[file]))) == 1 for file in UNPACKING)


def test_where_sentences_are_made_nothing_is_said_in_another_way() -> None:
    making = {file: tree for file, tree in trees().items() if file not in TELLING and any(_sentences(tree))}
    assert {"engine/lint/activities.py", "engine/decisions/reading.py", "engine/expressions/lexer.py"} <= set(making)
    assert {text for tree in making.values() for text in said_otherwise(tree)} == UNSAID


@pytest.mark.parametrize("kind", [Finding, ExpressionError, TermError, Unprovable, FieldFault])
def test_what_is_told_is_a_sentence_by_its_type(kind: type) -> None:
    assert Sentence in [one.annotation for one in signature(kind, eval_str=True).parameters.values()]


@pytest.mark.parametrize(
    "source",
    [
        'Sentence(f"{x} is leeg.")',
        'Sentence("Dit is " + x)',
        "Sentence(x)",
        'Sentence("{wat} is leeg.", naam=x)',
        'Sentence("{wat} is leeg.", **x)',
        'Sentence("{wat} is leeg.")',
        'Sentence("Leeg.", wat=x)',
    ],
)
def test_a_sentence_without_a_template_of_its_own_is_found(source: str) -> None:
    assert list(badly_made(ast.parse(source))) == [1]


@pytest.mark.parametrize(
    "source",
    [
        'yield doc.error(RULE, element, f"{x} is leeg.")',
        'sentence = f"{x}: vul iets in."',
        'raise ExpressionError("Dit kan niet.")',
        'Sentence("{wat} is leeg.", wat=f"de zaak {x}")',
        'Sentence("{wat} is leeg.", wat="de zaak" if x else y)',
        'WORDS = {"x": "wordt niet gelezen"}',
    ],
)
def test_what_is_said_outside_a_template_is_found(source: str) -> None:
    assert len(list(said_otherwise(ast.parse(source)))) == 1
