"""One family is one version: nothing in it points at whatever happens to be the newest elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.document import Element, children, local, said
from engine.lint.world import World
from engine.sentences import Sentence
from engine.terms import Finding

_BINDING = re.compile(r"(binding|bindingtype)$", re.IGNORECASE)
_VERSION = re.compile(r"(version|versiontag)$", re.IGNORECASE)
_REFERRING = re.compile(r"^(calledElement|decisionRef|caseRef|formRef|calledDecision|formDefinition)", re.IGNORECASE)
_SAME = frozenset({"deployment"})


def not_pinned(world: World) -> Iterator[Finding]:
    """WL15 (INV-46): a called process, table or form is that of the same version; a running case keeps its version."""
    for node in world.steps("callActivity", "businessRuleTask", "userTask"):
        called = (node.element.get("calledElement") or "").strip()
        if called.startswith(("=", "${", "#{")):
            sentence = Sentence(
                "{wat} rekent uit welk proces het aanroept ('{tekst}'); noem één proces van deze familie.",
                wat=said(node.element),
                tekst=called[:40],
            )
            yield world.doc(node).error("WL15", node.element, sentence)
        for name, value in sorted(_loose(node.element)):
            sentence = Sentence(
                '{wat} verwijst met {naam}="{waarde}" naar een andere of de nieuwste versie; haal dat '
                "weg: alles in een procesfamilie is van één versie.",
                wat=said(node.element),
                naam=name,
                waarde=value[:40],
            )
            yield world.doc(node).error("WL15", node.element, sentence)


def _loose(element: Element) -> Iterator[tuple[str, str]]:
    """The attributes, on the step or in its extensions, that bind it to anything but the version that it is part of."""
    for one in (element, *_extensions(element)):
        is_reference = one is not element and _REFERRING.match(local(one)) is not None
        for attribute, value in one.attrib.items():
            name, text = str(attribute).rpartition("}")[2], str(value)
            if "}" not in str(attribute) and one is element:
                continue  # a plain attribute of BPMN, judged elsewhere
            if not is_reference and _REFERRING.match(name) is None:
                continue
            if (_BINDING.search(name) and text not in _SAME) or _VERSION.search(name):
                yield name, text


def _extensions(element: Element) -> Iterator[Element]:
    for holder in children(element, "extensionElements"):
        yield from (one for one in holder.iter())
