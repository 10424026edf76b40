"""What there is to translate in files that Babel does not read: sentences of our own code, and names in process files.

Each function is an extraction method of Babel (`babel.cfg` names them); `make texts` brings the catalogues up to date.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator
from string import ascii_lowercase
from typing import IO, Any

from babel.messages.extract import extract_python
from lxml import etree

from engine import safexml
from engine.sentences import Sentence
from service.web.language import TEMPLATE

Found = Iterator[tuple[int, None, str, list[str]]]  # line, function, text, comments

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_TELLING = {
    *("Unknown", "Conflict", "Fault", "Malformed", "LogBroken", "WrongCode"),
    *("StartUnknown", "MessageUnexpected", "TaskNotOpen", "CaseStuck", "Runaway", "NoMatch", "ValuesUnreadable"),
    "_refused",  # of a decision table: why it has no answer
}
_TABLES = {"DUTCH", "STATES", "PHASES", "PLACE"}
_QUESTIONS = {"_asked", "_list"}
_UNSAID = {"lane", "error", "escalation", "signal", "dataObject", "dataStoreReference"}
_ANNOTATION = f"{_BPMN}text"
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_A-Z]{2}")
_COLUMNS = re.compile(r"[a-z_]+( [a-z_]+)*")
_HOLE = re.compile(r"\{\w+\}")
_QUOTED = re.compile(r'"(?![a-z]+:\S)([^"]+)"')  # no body of the rights table, such as rol:college
_OUTCOMES = ("}outputValues", "}outputEntry")
_LEAST_SAID = 4  # letters, below which a text is glue between others
_FOR_MACHINES = re.compile(r"[=<>|\\]|\]\{|^\w+\(|\b(SELECT|PRAGMA|BEGIN|POST|PUT|GET)\b")


def words(name: str) -> str:
    """A name from a file as words, as pages say it."""
    return name.replace("_", " ")


def sentences(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """Sentences in Python for people: titles of exceptions, what is refused and why, the values of enums."""
    tree = ast.parse(file.read())
    yield from _templates(tree)
    unsaid = (
        _unsaid(tree)
        | _in_templates(tree)
        | {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in ast.walk(node)
            if part is not node
        }
    )
    yield from _listed(tree)
    columns = list(_columns(tree))
    unsaid |= {id(node) for node in columns}
    yield from ((node.lineno, None, words(name), []) for node in columns for name in str(node.value).split())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        elif isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in unsaid:
            text = _with_holes(node) if isinstance(node, ast.JoinedStr) else node.value
            if isinstance(text, str) and _is_sentence(text):
                yield node.lineno, None, text, []


def told(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """The templates of the sentences that a file makes, and what it tells in an exception; no other text."""
    tree = ast.parse(file.read())
    yield from _templates(tree)
    yield from _told(tree)


def pages(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, Any, Any, Any]]:
    """What Python asks of gettext, and what it tells in an exception, which is translated where it is shown."""
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    yield from _told(ast.parse(file.read()))


def diagram(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """The names of all that is drawn, the notes beside it and the products; lanes are named by the roles file."""
    for element in _elements(file):
        kind = str(element.tag).removeprefix(_BPMN)
        if element.tag == _ANNOTATION:
            yield from _said(element.text)
        elif str(element.tag).startswith(_BPMN) and kind not in _UNSAID:
            name = element.get("name")
            yield from _said(words(name) if name and kind == "message" else name)
        elif element.get("product"):
            yield from _said(words(str(element.get("product"))))


def table(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """The names of decision tables, the heads of their columns, and the words that come out of them."""
    for element in _elements(file):
        for attribute in ("name", "label"):
            yield from _said(element.get(attribute))
        if str(element.tag).endswith(_OUTCOMES):
            for text in _QUOTED.findall("".join(map(str, element.itertext()))):
                yield from _said(words(text))


def form(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """Labels, help, paragraphs and options of a form, and its keys as words."""
    yield from ((1, None, text, []) for text in _of_component(json.loads(file.read())))


def roles(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """The names of roles or of the kinds of a ladder (`naam`), and their ids as words."""
    yield from ((1, None, text, []) for text in _named(tomllib.loads(file.read().decode())))


def descriptions(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """What a file of terms or of a demo says to people (`omschrijving`, `melding`)."""
    found = tomllib.loads(file.read().decode())
    rows = [found, *(row for value in found.values() if isinstance(value, list) for row in value)]
    for row in rows:
        yield from ((1, None, str(row[name]), []) for name in ("omschrijving", "melding") if name in row)


def rights(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Found:
    """The names of the decision steps, and what the table asks with a decision and after it."""
    for row in csv.DictReader(io.StringIO(file.read().decode())):
        yield 1, None, row["naam"], []
        for asked in f"{row['bij_besluit']};{row['daarna']}".split(";"):
            if asked:
                yield 1, None, words(asked), []


def _unsaid(tree: ast.Module) -> set[int]:
    """Docstrings, and what only a program that is wrong would say."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    asserted = (node.msg for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg)
    return {id(node.value) for node in nodes} | {id(part) for message in asserted for part in ast.walk(message)}


def _made(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that make a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Sentence.__name__:
            yield node


def _templates(tree: ast.Module) -> Found:
    for node in _made(tree):
        text = getattr(node.args[0], "value", None)
        if isinstance(text, str) and _LETTER.search(_HOLE.sub("", text)):
            yield node.lineno, None, text, [TEMPLATE]


def _in_templates(tree: ast.Module) -> set[int]:
    return {id(node.args[0]) for node in _made(tree)}


def _told(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _callee(node) in _TELLING:
            for part in node.args:
                text = _with_holes(part) if isinstance(part, ast.JoinedStr) else getattr(part, "value", None)
                if isinstance(text, str) and _is_sentence(text):
                    yield node.lineno, None, text, []


def _callee(node: ast.Call) -> str:
    """The function that is called, or the method of an object's own."""
    return str(getattr(node.func, "attr", None) or getattr(node.func, "id", ""))


def _listed(tree: ast.Module) -> Found:
    """The words in the tables of words that have a name of their own."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(name, ast.Name) and name.id in _TABLES for name in names) and node.value:
                table = node.value
                held = table.values if isinstance(table, ast.Dict) else list(ast.walk(table))[1:]
                found = (part for part in held if isinstance(part, ast.Constant))
                yield from ((part.lineno, None, str(part.value), []) for part in found)


def _columns(tree: ast.Module) -> Iterator[ast.Constant]:
    """The names of the columns of an answer, of each question: the text after the question's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _QUESTIONS:
            named = node.args[2] if len(node.args) > 2 else None
            if isinstance(named, ast.Constant) and _COLUMNS.fullmatch(str(named.value)):
                yield named


def _of_class(node: ast.ClassDef) -> Found:
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    text = ast.get_docstring(node) or ""
    if any(base.endswith(("Error", "Exception")) for base in bases):
        yield node.lineno, None, text.split("\n")[0], []
    if "StrEnum" in bases:
        for part in node.body:
            if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant):
                value = str(part.value.value).partition(":")[0]  # of a kind of record: what it is about
                if value.replace("_", "").isalpha():
                    yield part.lineno, None, words(value), []


def _with_holes(node: ast.JoinedStr) -> str:
    letters = iter(ascii_lowercase)
    parts = (str(part.value) if isinstance(part, ast.Constant) else f"{{{next(letters)}}}" for part in node.values)
    return "".join(parts)


def _is_sentence(text: str) -> bool:
    said = len(_LETTER.findall(_HOLE.sub("", text)))
    return " " in text and said >= _LEAST_SAID and bool(_WORD.search(text)) and not _FOR_MACHINES.search(text)


def _elements(file: IO[bytes]) -> Iterator[etree._Element]:
    root, findings = safexml.read(file.read(), file.name)
    if root is None:
        raise ValueError(findings[0].sentence)
    yield from root.iter("*")


def _said(text: str | None) -> Found:
    if text and _LETTER.search(text):
        yield 1, None, text, []


def _of_component(component: dict[str, Any]) -> Iterator[str]:
    for name in ("label", "description"):
        if component.get(name):
            yield str(component[name])
    for line in str(component.get("text") or "").split("\n"):
        if line.strip():
            yield line.lstrip("#").strip()
    for key in (component.get("key"), component.get("path")):
        if key:
            yield words(str(key))
    for option in component.get("values") or ():
        yield str(option["label"])
    for inner in component.get("components") or ():
        yield from _of_component(inner)


def _named(table: dict[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        inner = value if isinstance(value, list) else [value]
        for one in inner:
            if isinstance(one, dict):
                yield from (words(name), str(one["naam"])) if "naam" in one else ()
                yield from _named(one)
