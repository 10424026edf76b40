"""What a decision in a diagram declares, rests on, and leads to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.ceiling import CHANGES, COMPOSITE
from engine.decisions import Table
from engine.lint.choices import ways_after
from engine.lint.destiny import Destiny, catching
from engine.lint.document import Node, said
from engine.lint.progress import Progress
from engine.lint.questions import Form
from engine.lint.sequel import Sequel
from engine.lint.vocabulary import HUMAN_TASKS
from engine.lint.world import DECISIONS, World
from engine.sentences import Name, Sentence
from engine.terms import Act, Finding, Rung

CLASSES = {"publicatieplicht": Sentence("publicatieklasse (DT11)"), "bewaartermijn": Sentence("bewaarklasse (DT16)")}
CLASSED_BY = "product"
_NO_PRODUCT = "(geen product)"  # what only the row for all the rest accepts
REFUSALS = frozenset({"afgewezen", "geweigerd", "niet_ontvankelijk"})
_PATHS = ("ander_pad", "rechtsmiddel")
_REASONS = ("reden", "motivering", "grond")
_UNBOUND = frozenset(Rung) - {Rung.MEEBESLISSEN}


def declared_nowhere(world: World) -> Iterator[Finding]:
    """WL01 (INV-01): every decision says beforehand at which rungs it is taken; a binding of itself at its own only."""
    for node in world.tasks(*sorted(DECISIONS)):
        act = world.act(node)
        if not act.rungs:
            sentence = Sentence(
                "{wat} is een {handeling}, maar noemt geen trede; vul treden in.",
                wat=said(node.element),
                handeling=Name(act.act),
            )
            yield world.doc(node).error("WL01", node.element, sentence)
        elif act.act is not Act.BESLUIT and _UNBOUND & set(act.rungs):
            sentence = Sentence(
                "{wat}: een {handeling} hoort bij de trede meebeslissen; noem alleen die.",
                wat=said(node.element),
                handeling=Name(act.act),
            )
            yield world.doc(node).error("WL01", node.element, sentence)


def deviates_without_reasons(world: World) -> Iterator[Finding]:
    """WL05 (INV-07): at *coproduceren* a decision follows a joint proposal, and asks a reason for each difference."""
    tasks = [node for node in world.tasks(Act.BESLUIT) if _answers_proposal(world, node)]
    for step in sorted({world.act(node).step or "" for node in tasks}):
        steps = {step, CHANGES.get(step), COMPOSITE.get(step)}
        progress = Progress(world, partial(_proposed, world, steps), highest=1)
        for node in tasks:
            if (world.act(node).step or "") != step:
                continue
            if progress.at(node) < 1:
                sentence = Sentence(
                    "{wat} kan worden genomen zonder gezamenlijk voorstel voor {stap}; laat op elke weg "
                    "ernaartoe eerst samen een voorstel maken.",
                    wat=said(node.element),
                    stap=step,
                )
                yield world.doc(node).error("WL05", node.element, sentence)
            form = world.form(node)
            if not world.has_unknown_form(node) and (form is None or not form.asks("afwijkingen", "reden")):
                sentence = Sentence(
                    "{wat} vraagt geen reden per verschil met het voorstel; neem in het formulier een "
                    "lijst 'afwijkingen' op met onderdeel, veld en reden.",
                    wat=said(node.element),
                )
                yield world.doc(node).error("WL05", node.element, sentence)


def _proposed(world: World, steps: set[str | None], node: Node, stage: int) -> int:
    act = world.act(node)
    return 1 if node.kind in HUMAN_TASKS and act.act is Act.VOORSTEL and act.step in steps else stage


def _answers_proposal(world: World, node: Node) -> bool:
    """The rights table demands a joint proposal here: where a group makes its own plan nobody could deviate."""
    act, matrix = world.act(node), world.family.matrix
    if Rung.COPRODUCEREN not in act.rungs or act.step is None or matrix is None:
        return False
    return any("gezamenlijk_voorstel" in cell.demands for cell in matrix.cells.get((act.step, Rung.COPRODUCEREN), ()))


def unclassified(world: World) -> Iterator[Finding]:
    """WL13 (INV-14, INV-37): of every decision the tables say how it is made public and how long it is kept."""
    told: set[tuple[str, str]] = set()
    for node in world.tasks(*sorted(DECISIONS)):
        step = world.act(node).step
        for name, said_of in CLASSES.items():
            if step is None or (name, step) in told or _covers(world.family.tables.get(name), step):
                continue
            told.add((name, step))
            sentence = Sentence(
                "{wat}: stap {stap} heeft geen {klasse}; geef tabel '{tabel}' een regel voor {veld} \"{stap}\".",
                wat=said(node.element),
                stap=step,
                klasse=said_of,
                tabel=name,
                veld=CLASSED_BY,
            )
            yield world.doc(node).error("WL13", node.element, sentence)


def _covers(table: Table | None, step: str) -> bool:
    if table is None:
        return False
    places = [at for at, column in enumerate(table.inputs) if column.expression.text.strip() == CLASSED_BY]
    named = [rule.tests[at] for rule in table.rules for at in places]
    return any(test(step, {}) is True and test(_NO_PRODUCT, {}) is not True for test in named)


def refused_without_path(world: World) -> Iterator[Finding]:
    """WL17 (INV-28): who is refused hears why and what other way there is, before the case ends."""
    told = Destiny(world, lambda node: _tells(world, node))
    for node in world.tasks(Act.BESLUIT):
        form = world.form(node)
        choices = {} if form is None else {name: one.choices & REFUSALS for name, one in form.fields.items()}
        for name, values in sorted(choices.items()):
            for value in sorted(values):
                yield from _refusal(world, node, name, value, told)
    decided = Sequel(world).after(*world.tasks(*sorted(DECISIONS)))
    for room in world.rooms:
        for end in room.errors:
            if end in decided and not told.is_caught(room):
                missing = (
                    Sentence("leidt niet naar een taak")
                    if any(True for _ in catching(world, room))
                    else Sentence("wordt niet opgevangen")
                )
                sentence = Sentence(
                    "{wat} na een besluit {wat_ontbreekt}; vang de fout op waar dit proces wordt "
                    "aangeroepen en teken daar de taak die de reden en een andere weg geeft.",
                    wat=said(end.element),
                    wat_ontbreekt=missing,
                )
                yield room.doc.error("WL17", end.element, sentence)


def _refusal(world: World, node: Node, name: str, value: str, told: Destiny) -> Iterator[Finding]:
    ways = list(ways_after(world, node, {world.result(node): {name: value}}))
    if not all(told.is_sure(way) for way in ways) or not ways:
        sentence = Sentence(
            "Na {wat} met uitkomst '{waarde}' eindigt de zaak zonder taak; teken op die weg wie de reden "
            "en een andere weg laat weten.",
            wat=said(node.element),
            waarde=value,
        )
        yield world.doc(node).error("WL17", node.element, sentence)
    asked = Destiny(world, lambda one: one.kind in HUMAN_TASKS and _gives_path(world.form(one)))
    if not _gives_path(world.form(node)) and not (ways and all(asked.is_sure(way) for way in ways)):
        sentence = Sentence(
            "{wat} kan '{waarde}' zijn, maar nergens wordt een reden en een andere weg gevraagd; neem in "
            "het formulier een reden en '{veld}' op.",
            wat=said(node.element),
            waarde=value,
            veld=_PATHS[0],
        )
        yield world.doc(node).error("WL17", node.element, sentence)


def _tells(world: World, node: Node) -> bool:
    return node.kind in HUMAN_TASKS and world.act(node).act not in DECISIONS


def _gives_path(form: Form | None) -> bool:
    asked = form.fields if form is not None else {}
    return any(path in asked for path in _PATHS) and any(name.startswith(_REASONS) for name in asked)
