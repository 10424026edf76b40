"""Whether somebody may lay a file beside a task or take it away: who may do the task, and who added the file."""

from __future__ import annotations

from dataclasses import replace

from engine.roles import Scope
from engine.terms import Act, Action, Actor
from tests.engine.rights_world import COLLEGE, COORDINATOR, RESIDENT, allowed, ask, refused, task_for

WORK = task_for(Act.WERK, "wijkcoordinator")
OPEN = task_for(Act.INBRENG, "bewoner")
COLLECTS = replace(OPEN, spec=replace(OPEN.spec, collects=True))


def test_who_may_do_the_task_adds_files_to_it_and_nobody_else() -> None:
    allowed(ask(COORDINATOR, WORK, action=Action.ATTACH), "taak/bijvoegen")
    allowed(ask(RESIDENT, COLLECTS, action=Action.ATTACH))
    for actor in (RESIDENT, COLLEGE):
        refused(ask(actor, WORK, action=Action.ATTACH), "taak/kandidaat")
    refused(ask(COORDINATOR, WORK, action=Action.ATTACH, scope=Scope("delft", "voorhof")), "taak/kandidaat")
    refused(ask(COORDINATOR, WORK, action=Action.ATTACH, assignee="collega"), "taak/behandelaar")
    allowed(ask(COORDINATOR, WORK, action=Action.ATTACH, assignee=COORDINATOR.ref))


def test_without_an_open_task_or_a_running_case_no_file_comes_or_goes() -> None:
    for action in (Action.ATTACH, Action.DETACH):
        refused(ask(COORDINATOR, None, action=action, other=COORDINATOR), "taak/open")
        for status in ("opgeschort", "gereed", "afgebroken"):
            refused(ask(COORDINATOR, WORK, action=action, status=status, other=COORDINATOR), "zaak/status")


def test_a_file_is_taken_away_by_who_added_it_alone() -> None:
    allowed(ask(COORDINATOR, WORK, action=Action.DETACH, other=Actor(COORDINATOR.ref)))
    for other in (Actor("collega"), None):
        refused(ask(COORDINATOR, WORK, action=Action.DETACH, other=other), "bijlage/eigen")
