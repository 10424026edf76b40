"""One DMN document being read: its elements, and what is found wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from lxml import etree

from engine.errors import ExpressionError
from engine.expressions import Unary
from engine.sentences import Sentence
from engine.terms import Finding, Severity

Element = etree._Element
Compiled = TypeVar("Compiled")

_FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(FEEL|DMN)/.*", re.IGNORECASE)


@dataclass(slots=True)
class Reading:
    """One file being read: the types that it defines, and the findings so far."""

    file: str
    types: dict[str, tuple[str, Unary | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def finds(self, element: Element, rule: str, sentence: Sentence, severity: Severity = Severity.ERROR) -> None:
        """Note a finding at the nearest element with an id."""
        owner: Element | None = element
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        self.findings.append(
            Finding(
                self.file,
                rule,
                severity,
                sentence,
                None if owner is None else owner.get("id"),
                None if owner is None else owner.get("name") or owner.get("label"),
                line_of(element),
            )
        )

    def compiled(
        self,
        compile_: Callable[[str], Compiled],
        parent: Element,
        path: str,
        said: Sentence,
        otherwise: str | None = None,
    ) -> Compiled | None:
        """The compiled text of a part; a missing or wrong one is a finding (or `otherwise`, if given)."""
        element = parent if not path else child_of(parent, path)
        text = otherwise or "" if element is None else text_of(element)
        if element is not None and not _FEEL.fullmatch(element.get("expressionLanguage") or "feel"):
            self.finds(
                element,
                "dmn/taal",
                Sentence("{wat} is niet in FEEL geschreven; alleen FEEL wordt uitgevoerd.", wat=said),
            )
            return None
        if not text.strip() and otherwise is None:
            self.finds(parent, "dmn/leeg", Sentence("{wat} is leeg; vul een FEEL-uitdrukking in.", wat=said))
            return None
        try:
            return compile_(text)
        except ExpressionError as error:
            self.finds(parent, "feel/fout", Sentence("{wat} klopt niet: {fout}", wat=said, fout=error.told))
            return None


def children(element: Element, name: str | None = None) -> Iterator[Element]:
    """The child elements in document order, without comments and processing instructions."""
    for child in element.iterchildren("*"):
        if name is None or local(child) == name:
            yield child


def child_of(element: Element, name: str) -> Element | None:
    """The first child element of this name."""
    return next(children(element, name), None)


def line_of(element: Element) -> int | None:
    """The line in the file on which the element starts."""
    return cast("int | None", element.sourceline)


def local(element: Element) -> str:
    """The name of a tag without its namespace."""
    return str(etree.QName(element).localname)


def text_of(element: Element) -> str:
    """The text of a cell or expression: of its `text` child."""
    inner = child_of(element, "text")
    return "" if inner is None else own_text(inner)


def own_text(element: Element) -> str:
    """The text of an element without that of its children."""
    return (element.text or "") + "".join(child.tail or "" for child in element)
