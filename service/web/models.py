"""*Procesmodellen*: the versions of the process family, a new one proposed and checked on its drawing, and released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from markupsafe import Markup

from engine.errors import DefinitionRefused
from engine.terms import Finding, Severity
from service import bundles, checking, definitions
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import Dutch, TextField, one_of
from service.faults import Malformed, Unknown
from service.guard import Guard
from service.web import diagram, language
from service.web.diagram import LaneSteps, Mark
from service.web.rendering import words
from service.web.screens import elsewhere, page, screen, told

_SHOWN_CASES = 50
_SHOWN_FINDINGS = 150
_MOST_DRAWN = 45_000  # characters of drawing on a page with findings; what comes after is told in the list alone
_ALONE = 1_000_000  # of the drawing for which a page is there
_FIELD = "bestanden"
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class VersionQuery(Dutch):
    """Which file is drawn, and whether the version is checked again."""

    file = TextField(data_key="bestand", longest=200, load_default="")
    is_checked = TextField(data_key="nakijken", load_default="", validate=one_of("", "ja"))


@dataclass(frozen=True, slots=True)
class Judged:
    """One file with what was found in it; `name` keeps the ids of its drawing apart, `svg` is None when it has none."""

    file: str
    name: str
    findings: tuple[Finding, ...]
    svg: Markup | None
    is_diagram: bool
    is_too_large: bool
    lanes: tuple[LaneSteps, ...]
    places: frozenset[str]  # the elements that can be pointed at


@screen("GET", "/procesmodellen", Guard.PERSON)
def show_models() -> Response:
    """All versions, and the form to propose one."""
    return _models_page(200, None)


def _models_page(status: int, problem: dict[str, Any] | None) -> Response:
    found = definitions.shelf(here().installation)
    return page(
        "procesmodellen.html",
        status,
        versies=found.versions,
        geldend=found.current,
        lopend=found.running,
        probleem=problem,
        ingevuld=request.form,
    )


@screen("POST", "/procesmodellen", Guard.PERSON)
def propose_version() -> Response:
    """Propose the files that were sent; with errors nothing changes, and they are shown where they stand."""
    service = here()
    sent = [(part.filename or "", part.read()) for part in request.files.getlist(_FIELD) if part.filename]
    try:
        files = bundles.gather(sent, _FIELD)
    except Malformed as wrong:
        status, members, _headers = told(wrong)
        return _models_page(status, members)
    if request.form.get("aanvulling") == "ja":
        files = definitions.current_files(service.installation) | files
    note = request.form.get("toelichting", "").strip()[:2000]
    try:
        version, _ = definitions.propose(service.installation, caller().person, files, note, service.clock())
    except DefinitionRefused as refused:
        status, members, _headers = told(refused)
        judged = _judged(files, refused.findings)
        return page(
            "procesmodel_fouten.html",
            status,
            probleem=members,
            bestanden=judged,
            aantallen=_counts(refused.findings),
            meer=max(0, len(refused.findings) - _SHOWN_FINDINGS),
        )
    return elsewhere(f"/procesmodellen/{version.version}?nakijken=ja")


@screen("GET", "/procesmodellen/<digest:version>", Guard.PERSON)
def show_version(version: str) -> Response:
    """One version: its files, one of them drawn, what the check says of it, and the cases that run on it."""
    service, now = here(), here().clock()
    asked = loaded(VersionQuery(), read_query())
    held = definitions.hold(service.installation, caller().person, version, _SHOWN_CASES, now)
    diagrams = [name for name in held.files if name.endswith(".bpmn")]
    changes = held.changes
    touched = [one for one in (*changes.changed, *changes.added) if one in diagrams] if changes else []
    chosen = asked["file"] or next(iter([*touched, *diagrams]), "")
    if chosen not in diagrams and asked["file"]:
        raise Unknown("Dit diagram hoort niet bij deze versie.")
    findings = checking.check_again(held.files) if asked["is_checked"] else ()
    mine = tuple(one for one in findings if one.file == chosen)
    return page(
        "procesmodel.html",
        versie=held.version,
        lopend=held.running,
        zaken=[(one, held.names[one.process]) for one in held.cases],
        bestanden=list(held.files),
        gekozen=chosen,
        blad=_judge(chosen, "tekening", held.files[chosen], mine, _ALONE) if chosen else None,
        nagekeken=bool(asked["is_checked"]),
        aantallen=_counts(findings),
        bevindingen=_by_weight(findings)[:_SHOWN_FINDINGS],
        meer=max(0, len(findings) - _SHOWN_FINDINGS),
        eigen_voorstel=held.is_own,
        verschil=changes,
    )


@screen("POST", "/procesmodellen/<digest:version>/vrijgave", Guard.PERSON)
def release_version(version: str) -> Response:
    """Release the version: new cases start on it. Somebody else than who proposed it must do this."""
    service = here()
    definitions.release(service.installation, caller().person, version, service.clock())
    return elsewhere(f"/procesmodellen/{version}")


def _by_weight(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (_ORDER.index(one.severity), one.file, one.line or 0))


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    found = {one.value: sum(finding.severity is one for finding in findings) for one in _ORDER}
    return {name: number for name, number in found.items() if number}


def _judged(files: Mapping[str, bytes], findings: Sequence[Finding]) -> list[Judged]:
    """The files that something was found in, the worst first; those to mend are drawn as long as the page has room."""
    heavy = _by_weight(findings)[:_SHOWN_FINDINGS]
    room, found = _MOST_DRAWN, []
    for number, file in enumerate(dict.fromkeys(one.file for one in heavy), 1):
        mine = tuple(one for one in heavy if one.file == file)
        weighs = any(one.severity is not Severity.INFO for one in mine)
        judged = _judge(file, f"t{number}", files.get(file, b""), mine, room if weighs else 0)
        room -= len(judged.svg or "")
        found.append(judged)
    return found


def _said(name: str) -> str:
    return language.translated(words(name))


def _stays_dutch(name: str) -> bool:
    return language.stays_dutch(words(name))


def _judge(file: str, name: str, content: bytes, findings: tuple[Finding, ...], room: int) -> Judged:
    """One file drawn, with a mark at each element that something was found at."""
    plan = diagram.read(content) if file.endswith(".bpmn") and room > 0 else None
    if plan is None:
        return Judged(file, name, findings, None, False, False, (), frozenset())
    marks: dict[str, Mark] = {}
    for one in reversed(_by_weight(findings)):  # the heaviest is written last, and stands
        if one.element and one.severity is not Severity.INFO:
            marks[one.element] = Mark("fout" if one.severity is Severity.ERROR else "waarschuwing")
    svg = diagram.draw(plan, file, marks, name, _said, _stays_dutch) if plan.shapes else None
    is_too_large = plan.is_too_large or (svg is not None and len(svg) > max(room, _MOST_DRAWN))
    places = frozenset(one.id for one in plan.shapes if diagram.anchor(name, one.id))
    lanes = tuple(diagram.steps_of(plan, marks, name))
    if is_too_large or svg is None:
        return Judged(file, name, findings, None, True, is_too_large, lanes, frozenset())
    return Judged(file, name, findings, svg, True, False, lanes, places)
