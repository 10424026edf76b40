"""Questions on how it was governed: attempts outside powers, time and waiting, equal treatment, roles and versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from engine.answerables import POSTS, answerables
from engine.definition import version_of_manifest
from engine.invariants import RULES
from engine.ledger import ledger_of
from engine.participation import rung_in
from engine.questions.material import REFUSED, Dossier, Entry, Material, Row, TaskLine, days, line, recorded
from engine.registers import moment
from engine.roles import Scope, in_force, reaches, values_of
from engine.submission import text
from engine.terms import Act, Fact, Json, Register
from engine.trail.kinds import Kind

_SENTENCES = {rule.id: rule.sentence for rule in RULES}


def attempts(material: Material) -> Iterator[Row]:
    """Each refusal: who tried what, and which rule stopped it; its reason may quote people and is not kept (9)."""
    for one in material.meanwhile(REFUSED):
        ruling, asked = one.part("ruling"), one.part("values")
        yield recorded(
            one,
            wie=one.part("actor").get("ref"),
            groepen=one.part("actor").get("groups") or [],
            wat=one.body.get("action"),
            taak=one.part("task").get("element") or asked.get("handeling"),
            trede=one.body.get("rung"),
            regel_van=ruling.get("rule"),
            regel_zegt=_SENTENCES.get(str(ruling.get("rule"))),
        )


def waiting(material: Material) -> Iterator[Row]:
    """Each task: from when until when, for whom it waited, and whether the term was kept; suspension apart (13)."""
    tasks = {one.id: one for one in material.tasks}
    for dossier in material.dossiers:
        opened, closed, still = _lives(dossier)
        for task_id, begun in opened.items():
            done, told = closed.get(task_id), tasks.get(task_id)
            until = done.at if done else material.now
            rest = _suspended(still.get(begun.chain, ()), begun.at, until)
            yield (
                recorded(done or begun)
                | _waited(told, done)
                | {
                    "van": moment(begun.at),
                    "tot": moment(done.at) if done else None,
                    "dagen": days(begun.at, until) - rest,
                    "opgeschort": rest,
                    "te_laat": told is not None and told.due is not None and until > told.due,
                }
            )


def _waited(task: TaskLine | None, done: Entry | None) -> Row:
    told = done.part("task") if done and done.part("task").get("id") else {}
    found: Row = {
        "taak": told.get("element") or (task.element if task else None),
        "wacht_op": told.get("group") or (task.group if task else None),
        "termijn": moment(task.due) if task and task.due else None,
        "afgerond": bool(told),
    }
    if task is not None:
        found |= {"stap": task.step, "onderwerp": task.subject}
    return found


def _lives(dossier: Dossier) -> tuple[dict[str, Entry], dict[str, Entry], dict[str, list[Entry]]]:
    """Which record opened each task, which one closed it, and when each case stood still."""
    opened: dict[str, Entry] = {}
    closed: dict[str, Entry] = {}
    still: dict[str, list[Entry]] = {}
    for one in dossier.entries:
        effect = one.part("effect")
        for name, into in (("opened", opened), ("closed", closed)):
            listed = effect.get(name)
            for task_id in listed if isinstance(listed, list) else ():
                into.setdefault(str(task_id), one)
        task_id, is_done = one.part("task").get("id"), one.body.get("action") == "afronden"
        if is_done and isinstance(task_id, str) and one.part("ruling").get("outcome") == "allowed":
            closed[task_id] = one
        if one.kind in (Kind.CASE_SUSPENDED, Kind.CASE_RESUMED):
            still.setdefault(one.chain, []).append(one)
    return opened, closed, still


def _suspended(turns: Sequence[Entry], since: datetime, until: datetime) -> int:
    """The days between two moments on which the case stood still."""
    found, begun = 0, None
    for one in turns:
        if one.kind == Kind.CASE_SUSPENDED:
            begun = max(one.at, since)
        elif begun is not None:
            found, begun = found + days(begun, min(one.at, until)), None
    return found + (days(begun, until) if begun is not None else 0)


def compared(material: Material) -> Iterator[Row]:
    """Each wijk of the year beside the others: rungs, budget, spending, refusals and how long its cases took (21)."""
    by_wijk: dict[str, list[Dossier]] = {}
    for one in material.dossiers:
        by_wijk.setdefault(one.root.wijk, []).append(one)
    for wijk, dossiers in sorted(by_wijk.items()):
        frames = [fact for one in dossiers for fact in one.registers.of(Register.KADERS, Act.KADER)]
        books = [ledger_of(one.registers) for one in dossiers]
        ended = [days(one.started_at, one.ended_at) for each in dossiers for one in each.cases if one.ended_at]
        first = min((entry for one in dossiers for entry in one.entries), key=lambda one: one.at, default=None)
        yield {
            "op": None if first is None else moment(first.at),
            "wijk": wijk,
            "treden": [*_rungs(frames)],
            "budget": sum(one.budget for one in books),
            "uitgegeven": sum(one.spent for one in books),
            "zaken": sum(len(one.cases) for one in dossiers),
            "gereed": len(ended),
            "dagen_gemiddeld": sum(ended) // len(ended) if ended else None,
            "weigeringen": sum(one.kind in REFUSED for each in dossiers for one in each.entries),
            "procesmodellen": [*sorted({case.version for one in dossiers for case in one.cases})],
            "regel": None if first is None else first.digest,
        }


def _rungs(frames: Sequence[Fact]) -> Iterator[str]:
    """The rung of each step, as the last frame of it on the whole or on a subject says."""
    last = {(fact.step or "", fact.subject): rung_in(values_of(fact)) for fact in frames}
    yield from (f"{step} {subject}: {rung}" for (step, subject), rung in sorted(last.items()) if rung)


def who_is_answerable(material: Material) -> Iterator[Row]:
    """Each assignment of who is answerable, with the people who held that role then, and until when it stood (22)."""
    given = material.given()
    for dossier in material.dossiers:
        made = dossier.registers.all(Register.AANSPREEKBAREN)
        for fact, after in zip(made, (*made, None)[1:], strict=True):
            stood = answerables(dossier.registers, fact.at)
            roles = (stood.political, stood.civil) if stood else ("", "")
            for post, role in zip(POSTS, roles, strict=True):
                until = after.at if after else None
                held = _holders(given, role, dossier.root.wijk, until or material.now)
                told = line(fact, post=post, rol_aanspreekbaar=role, personen=[*held], vacant=not held)
                yield told | {"van": moment(fact.at), "tot": moment(until) if until else None}


def _holders(given: tuple[Fact, ...], role: str, wijk: str, at: datetime) -> list[str]:
    scope = Scope(gemeente="", wijk=wijk)
    return sorted(
        {
            text(values_of(fact), "persoon")
            for fact in in_force(given, Register.ROLLEN, at)
            if text(values_of(fact), "rol") == role and reaches(values_of(fact), scope, "*")
        }
    )


def which_version(material: Material) -> Iterator[Row]:
    """The versions that governed these cases, and every one since: by whom, and what it changed (23)."""
    governed: dict[str, list[str]] = {}
    for case in material.cases:
        governed.setdefault(case.version, []).append(case.id)
    since = min((one.started_at for one in material.cases), default=material.now)
    found = [fact for fact in material.given() if fact.register is Register.PROCESMODELLEN]
    proposed: Mapping[str, Fact] = {
        text(values_of(fact), "versie"): fact for fact in found if values_of(fact).get("stap") == "voorstellen"
    }
    before: str | None = None
    for fact in found:
        version = text(values_of(fact), "versie")
        cases: list[Json] = [*governed.get(version, ())]
        if cases or fact.at >= since:
            first = proposed.get(version)
            yield line(
                fact,
                versie=version,
                wat=values_of(fact).get("stap"),
                wie=fact.by,
                voorgesteld_door=first.by if first else None,
                zaken=cases,
                gold=bool(cases),
                **_changed(material.manifests, before, version),
            )
        before = version if values_of(fact).get("stap") != "voorstellen" else before


def _changed(manifests: Mapping[str, Mapping[str, str]], before: str | None, version: str) -> Row:
    """The files that a version added, changed and dropped; unknown where a manifest is not the one of its version."""
    files, earlier = manifests.get(version, {}), manifests.get(before or "", {})
    if before is None or not (_is_manifest_of(version, files) and _is_manifest_of(before, earlier)):
        return {"ten_opzichte_van": before, "nieuw": None, "gewijzigd": None, "vervallen": None}
    return {
        "ten_opzichte_van": before,
        "nieuw": [*sorted(files.keys() - earlier.keys())],
        "gewijzigd": [name for name in sorted(files.keys() & earlier.keys()) if files[name] != earlier[name]],
        "vervallen": [*sorted(earlier.keys() - files.keys())],
    }


def _is_manifest_of(version: str, files: Mapping[str, str]) -> bool:
    """Whether these are the files of this version, which is the SHA-256 of its manifest: nobody need be believed."""
    return version_of_manifest(files) == version
