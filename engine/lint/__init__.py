"""Findings on BPMN documents: everything that does not run, or runs otherwise than it is drawn, by element and line.

`findings` judges one document on its own; `family_findings` judges the documents of a bundle together, with the tables,
forms, terms, roles and rights that they name. Rule ids: `bpmn/..` for the format, `feel/..` for expressions, `wijk/..`
for the notation, `grens/..` for limits, `WL..` for the rules for designers.
"""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from engine.lint.activities import judge_activities
from engine.lint.document import layout
from engine.lint.elements import judge_elements
from engine.lint.events import judge_events
from engine.lint.family import family_findings
from engine.lint.gateways import judge_gateways
from engine.lint.paths import judge_paths
from engine.lint.questions import form_of
from engine.lint.references import judge_references
from engine.lint.soundness import judge_soundness
from engine.lint.world import Family
from engine.terms import Finding

__all__ = ["Family", "family_findings", "findings", "form_of"]


def findings(root: etree._Element, file: str, operations: Collection[str]) -> tuple[Finding, ...]:
    """All findings on one document, in the order of its lines; `operations` are those a service task may call."""
    doc = layout(root, file)
    found = [
        *judge_elements(doc),
        *judge_references(doc),
        *judge_events(doc),
        *judge_gateways(doc),
        *judge_activities(doc, operations),
        *judge_paths(doc),
        *judge_soundness(doc),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.line or 0, finding.rule, finding.sentence)))
