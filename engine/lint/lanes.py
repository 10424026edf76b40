"""Lanes: which role does each human task, and whether that role may (WL02, WL20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine import notation
from engine.lint.activities import DECIDING
from engine.lint.document import Document, Element, Node, children, local, said, text_of
from engine.lint.vocabulary import HUMAN_TASKS
from engine.rights import Matrix
from engine.roles import Roles
from engine.sentences import Name, Sentence
from engine.terms import Act, Finding, Rung

Lanes = Mapping[str, Element]
Callers = Mapping[str, list[tuple[Document, Node]]]


def lanes_in(doc: Document) -> Lanes:
    """The innermost lane of each node that lies in one."""
    found: dict[str, Element] = {}
    for lane in doc.elements:  # an outer lane stands before the lanes in it, so the innermost is written last
        if local(lane) == "lane":
            found.update((text_of(reference), lane) for reference in children(lane, "flowNodeRef"))
    return found


def judge_lanes(
    docs: Mapping[str, Document], held_by: Holders, roles: Roles, matrix: Matrix | None
) -> Iterator[Finding]:
    """Findings on the lanes of all documents of a bundle."""
    for doc in docs.values():
        for lane in doc.elements:
            name = role_of(lane)
            if local(lane) == "lane" and name and not children(lane, "childLaneSet") and name not in roles.by_id:
                sentence = Sentence(
                    "{wat} is geen rol uit de lijst; kies een rol-id, zoals {rollen}.",
                    wat=said(lane),
                    rollen=_example(roles),
                )
                yield doc.error("WL20", lane, sentence)
        for node in doc.nodes_of(*HUMAN_TASKS):
            held = held_by.of(doc, node)
            if None in held:
                sentence = Sentence(
                    "{wat} ligt in geen baan, dus niemand mag hem doen; leg hem in een baan.", wat=said(node.element)
                )
                yield doc.error("wijk/baan", node.element, sentence)
            yield from _deciders(
                doc, node, sorted(role for role in held if role is not None and role in roles.by_id), roles, matrix
            )


def role_of(lane: Element) -> str:
    """The id of the role that a lane stands for: its name."""
    return lane.get("name") or ""


def _example(roles: Roles) -> str:
    return ", ".join(sorted(roles.by_id)[:3])


@dataclass(frozen=True, slots=True)
class Holders:
    """Whose lane each step of a family lies in; `lanes` are the lanes of each file, `callers` the calls by process."""

    lanes: Mapping[str, Lanes]
    callers: Callers
    _called: dict[str, frozenset[str | None]] = field(default_factory=dict)

    def of(self, doc: Document, node: Node) -> frozenset[str | None]:
        """The roles in whose lane this node can lie: its own, else that of the scope around it, else of its callers.

        None stands for a way to start the task in no lane at all.
        """
        here = node
        while True:
            lane = self.lanes[doc.file].get(here.key)
            if lane is not None:
                return frozenset({role_of(lane) or None})
            if here.scope not in doc.nodes:
                break
            here = doc.nodes[here.scope]
        return self._of_callers(here.process)

    def _of_callers(self, process: str) -> frozenset[str | None]:
        if process not in self._called:
            calls = self.callers.get(process, [])
            none: frozenset[str | None] = frozenset()
            self._called[process] = none  # a process that calls itself adds nothing
            self._called[process] = none.union(*(self.of(doc, call) for doc, call in calls)) if calls else none | {None}
        return self._called[process]


def holders(docs: Mapping[str, Document], callers: Callers) -> Holders:
    """Whose lane each step of these documents lies in; `callers` are the call activities by process called."""
    return Holders({file: lanes_in(doc) for file, doc in docs.items()}, callers)


def _deciders(doc: Document, node: Node, held: list[str], roles: Roles, matrix: Matrix | None) -> Iterator[Finding]:
    act = notation.read(node.element, doc.file)[0].act
    if act.act is Act.VOORSTEL:
        for role in held:
            if not roles.by_id[role].kind.is_of_residents:
                sentence = Sentence(
                    "{wat} ligt in de baan van '{rol}'; een voorstel komt van wie meedoet.",
                    wat=said(node.element),
                    rol=role,
                )
                yield doc.error("WL02", node.element, sentence)
    if act.act not in DECIDING:
        return
    for role in held:
        if roles.by_id[role].kind.never_decides:
            sentence = Sentence(
                "{wat} ligt in de baan van '{rol}'; die rol neemt nooit een besluit.", wat=said(node.element), rol=role
            )
            yield doc.error("WL20", node.element, sentence)
    if matrix is None or act.step is None:
        return
    below = tuple(rung for rung in Rung if rung is not Rung.MEEBESLISSEN)
    asked: list[tuple[Rung, ...]] = [(rung,) for rung in act.rungs] or [()]
    for rungs in asked if act.act is Act.BESLUIT else [below]:
        allowed = matrix.deciding_roles(act.step, rungs, roles)
        step = Sentence("{stap} op trede {trede}", stap=act.step, trede=Name(rungs[0])) if len(rungs) == 1 else act.step
        if not allowed and act.act is Act.BESLUIT:
            sentence = Sentence(
                "{wat}: stap {stap} staat niet in de rechtentabel; niemand beslist daar.",
                wat=said(node.element),
                stap=step,
            )
            yield doc.error("WL02", node.element, sentence)
        wrong = [role for role in held if allowed and role not in allowed]
        if wrong:
            sentence = Sentence(
                "{wat} ligt in de baan van '{rol}', maar stap {stap} is aan {rollen}; verplaats hem.",
                wat=said(node.element),
                rol=wrong[0],
                stap=step,
                rollen=sorted(allowed),
            )
            yield doc.error("WL02", node.element, sentence)
