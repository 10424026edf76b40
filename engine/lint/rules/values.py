"""Who writes what: decisions are written by people, and an initiative changes hands by consent alone."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.errors import ExpressionError
from engine.expressions import compile_script
from engine.lint.document import Node, children, said, text_of
from engine.lint.questions import named
from engine.lint.sequel import Sequel
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import DECISIONS, World, loop_parts
from engine.roles import Kind
from engine.sentences import Sentence
from engine.terms import Act, Finding

OWNER, NEW_OWNER = "eigenaar", "nieuwe_eigenaar"
_MACHINES = frozenset({"scriptTask", "serviceTask", "businessRuleTask", "sendTask"})


def decision_written_by_machine(world: World) -> Iterator[Finding]:
    """WL12 (INV-14): no script, operation or table writes what an organ decides, or works in the lane of an organ."""
    decided = _decided(world)
    roles = world.family.roles
    received = frozenset(node for nodes in world.receivers.values() for node in nodes)
    for node in world.says:
        if node.kind in HUMAN_TASKS:
            continue
        written = _written(world, node, is_received=node in received)
        taken = sorted(written & decided.get(world.trees[world.room_of[node]], set()))
        if taken:
            sentence = Sentence(
                "{wat} schrijft '{naam}', en dat is een besluit van mensen; schrijf onder een andere naam.",
                wat=said(node.element),
                naam=taken[0][:80],
            )
            yield world.doc(node).error("WL12", node.element, sentence)
        organs = [one for one in sorted(world.roles(node)) if roles is not None and roles.kind(one) is Kind.ORGAN]
        if node.kind in _MACHINES and organs:
            sentence = Sentence(
                "{wat} ligt in de baan van '{rol}'; in de baan van een orgaan handelt niemand dan het "
                "orgaan, verplaats hem.",
                wat=said(node.element),
                rol=organs[0],
            )
            yield world.doc(node).error("WL12", node.element, sentence)


def _decided(world: World) -> dict[str, set[str]]:
    """The names under which decisions come into a case, by the tree of calls that hands data on."""
    found: dict[str, set[str]] = {}
    for node in world.tasks(*sorted(DECISIONS)):
        found.setdefault(world.trees[world.room_of[node]], set()).add(world.result(node))
    return found


def _written(world: World, node: Node, *, is_received: bool) -> set[str]:
    """The names that a step other than a person's writes in the case."""
    found = {part.get("name") or "" for part in loop_parts(node, "inputDataItem", "outputDataItem")}
    found |= {text_of(part) for part in loop_parts(node, "loopDataOutputRef")}
    if node.kind == "scriptTask":
        return found | _assigned(node)
    if node.kind in ("serviceTask", "businessRuleTask", "receiveTask") or is_received:
        found.add(world.result(node))
    return found


def _assigned(node: Node) -> set[str]:
    found: set[str] = set()
    for part in children(node.element, "script"):
        try:
            found |= compile_script(text_of(part)).assigned
        except ExpressionError:
            continue  # reported where it stands
    return found


def owner_changed(world: World) -> Iterator[Finding]:
    """WL18 (INV-24): once admitted (D05), an initiative gets another owner by the takeover with consent (D15) alone."""
    writers = {node: name for node in world.says if (name := _owner_in(world, node)) is not None}
    sequel = Sequel(world)
    admissions = [node for node in world.tasks(Act.BESLUIT) if world.act(node).step == steps.ADMISSION]
    later = sequel.after(*admissions)
    for node, name in writers.items():
        is_before = name == OWNER and node not in later and bool(sequel.after(node) & set(admissions))
        if node in admissions or is_before:
            continue
        sentence = Sentence(
            "{wat} schrijft '{naam}'; na de toelating (D05) wisselt een initiatief alleen van eigenaar "
            "met instemming van de groep. Haal het veld weg, of gebruik de overname (D15).",
            wat=said(node.element),
            naam=name,
        )
        yield world.doc(node).error("WL18", node.element, sentence)


def _owner_in(world: World, node: Node) -> str | None:
    """The name of an owner that this step writes, None when it writes none or may."""
    act = world.act(node)
    if node.kind in HUMAN_TASKS:
        if act.step == steps.TAKEOVER:
            return None
        form = world.form(node)
        names = {name for name, one in named(form.fields)} if form is not None else set[str]()
    else:
        names = _assigned(node)
    return next((name for name in (NEW_OWNER, OWNER) if name in names), None)
