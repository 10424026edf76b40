"""The rules for designers that rest on the whole family (WL01..WL23), each one function that names its invariant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.lint.document import said
from engine.lint.rules import accounts, bindings, decisions, pins, reactions, secrets, values, wording
from engine.lint.world import World
from engine.sentences import Sentence
from engine.terms import Finding

MAX_LEVELS = 100

RULES: tuple[Callable[[World], Iterator[Finding]], ...] = (
    decisions.declared_nowhere,
    bindings.bound_too_late,
    bindings.overruled,
    decisions.deviates_without_reasons,
    reactions.framed_too_late,
    reactions.time_to_react_unsaid,
    accounts.phase_not_published,
    accounts.outside_its_phase,
    wording.literal_in_diagram,
    wording.literal_in_form,
    reactions.cut_short,
    values.decision_written_by_machine,
    decisions.unclassified,
    secrets.confidential_flows_out,
    secrets.content_is_kept_out,
    pins.not_pinned,
    decisions.refused_without_path,
    values.owner_changed,
    accounts.account_incomplete,
    wording.nobody_waits,
    wording.not_explained,
    reactions.left_unanswered,
)


def judge_rules(world: World) -> Iterator[Finding]:
    """All findings of these rules; the processes of the world do not call themselves."""
    if _is_deep(world):
        room = world.rooms[0]
        sentence = Sentence(
            "{wat}: er zijn meer dan {meeste} deelprocessen en aanroepen in elkaar.",
            wat=said(room.scope.element),
            meeste=MAX_LEVELS,
        )
        yield room.doc.error("grens/aanroepen", room.scope.element, sentence)
        return
    for rule in RULES:
        yield from rule(world)


def _is_deep(world: World) -> bool:
    """More rooms lie in each other than can be followed."""
    levels = dict.fromkeys(world.rooms, 0)
    for _ in range(MAX_LEVELS):
        is_changed = False
        for host, inner in world.inner.items():
            outer = world.room_of[host]
            if levels[inner] <= levels[outer]:
                levels[inner] = levels[outer] + 1
                is_changed = True
        if not is_changed:
            return False
    return True
