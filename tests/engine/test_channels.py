"""What a lane collects may come in along a channel of its own; such a role brings in, and does nothing else there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.roles import Kind, Roles
from engine.terms import Act, Action, Task
from tests.engine.rights_world import (
    DELFT,
    IN_TERM,
    ROLES,
    ROLES_FILE,
    Dossier,
    allowed,
    ask,
    attempt,
    person,
    refused,
    task_for,
)

WEBSITE = person("website", "website")
DESK = person("balie", "publieksbalie")
SAID = {"kenmerk": "W-1", "tekst": "een bank", "kanaal": "online"}


def collecting(lane: str, act: Act = Act.INBRENG) -> Task:
    task = task_for(act, lane, "D07", "I-04", "raadplegen")
    return replace(task, spec=replace(task.spec, collects=True))


def framed() -> Dossier:
    return Dossier().framed("D07", "raadplegen", "I-04")


def test_the_website_brings_in_where_the_desk_collects_and_is_named_as_itself() -> None:
    ruling = allowed(ask(WEBSITE, collecting("publieksbalie"), SAID, framed(), action=Action.CONTRIBUTE, now=IN_TERM))
    assert (ruling.role, ruling.rule) == ("website", "handeling/inbreng")
    assert WEBSITE.facts[0].record in ruling.grounds


@pytest.mark.parametrize("lane", ["bewoner", "deelnemers", "college", "wijkcoordinator", "bewonersplatform"])
def test_it_brings_in_nowhere_else(lane: str) -> None:
    refused(ask(WEBSITE, collecting(lane), SAID, framed(), action=Action.CONTRIBUTE, now=IN_TERM), "taak/kandidaat")


@pytest.mark.parametrize("action", [Action.CLAIM, Action.COMPLETE, Action.RELEASE, Action.DELEGATE])
def test_it_does_nothing_else_with_the_task_of_the_desk(action: Action) -> None:
    ruling = ask(WEBSITE, collecting("publieksbalie"), SAID, framed(), action=action, now=IN_TERM, other=DESK)
    assert not ruling.allowed, ruling
    assert not ask(WEBSITE, task_for(Act.WERK, "publieksbalie"), {}, action=action).allowed


@pytest.mark.parametrize("act", [Act.BESLUIT, Act.KADER, Act.AFHANDELING, Act.STEMMING, Act.BOEKING])
def test_it_decides_nothing(act: Act) -> None:
    assert not attempt(WEBSITE, act.value, "D07", "I-04", {}, framed()).allowed
    kind = ROLES.by_id["website"].kind
    assert kind is Kind.SUPPORT and kind.never_decides


@pytest.mark.parametrize(
    "action", [Action.START, Action.SUSPEND, Action.APPOINT, Action.POLL, Action.AUDIT, Action.OPEN, Action.DEPLOY]
)
def test_it_has_no_power_over_cases_people_or_the_log(action: Action) -> None:
    assert not ask(WEBSITE, None, {"reden": "zomaar", "proces": "wijkcyclus"}, action=action).allowed


def test_without_a_public_frame_it_brings_in_nothing() -> None:
    refused(ask(WEBSITE, collecting("publieksbalie"), SAID, Dossier(), action=Action.CONTRIBUTE), "INV-02")


def test_where_one_is_only_informed_it_brings_in_nothing() -> None:
    dossier = Dossier().framed("D07", "meeweten", "I-04")
    refused(ask(WEBSITE, collecting("publieksbalie"), SAID, dossier, action=Action.CONTRIBUTE, now=IN_TERM), "INV-03")


def test_a_mark_that_stands_in_the_register_is_not_used_again() -> None:
    dossier = framed()
    dossier.heard("D07", "I-04", "W-1")
    refused(ask(WEBSITE, collecting("publieksbalie"), SAID, dossier, action=Action.CONTRIBUTE, now=IN_TERM), "INV-25")


@pytest.mark.parametrize("power", ['"bijdragen:keizer"', '"bijdragen:"', '"bijdragen:Publieksbalie"'])
def test_a_channel_into_a_lane_that_does_not_exist_is_a_fault(power: str) -> None:
    text = ROLES_FILE.decode()
    assert '"bijdragen:publieksbalie"' in text
    roles, findings = Roles.read(text.replace('"bijdragen:publieksbalie"', power, 1).encode())
    assert roles is None and {one.rule for one in findings} == {"rollen/bevoegdheid"}


def test_a_city_without_a_channel_has_none() -> None:
    text = "\n".join(line for line in ROLES_FILE.decode().split("\n") if not line.startswith('"bijdragen:'))
    roles, findings = Roles.read(text.encode())
    assert roles is not None and not findings
    assert roles.channels("publieksbalie") == frozenset() == roles.channels(None)


def test_the_other_city_has_a_channel_of_its_own_name() -> None:
    roles, findings = Roles.read((DELFT.parent / "proefstad" / "rollen.toml").read_bytes())
    assert roles is not None and not findings
    assert roles.channels("stadswinkel") == {"digitaal_loket"} and roles.by_id["digitaal_loket"].kind is Kind.SUPPORT
    assert all(not roles.channels(lane) for lane in roles.by_id if lane != "stadswinkel")
