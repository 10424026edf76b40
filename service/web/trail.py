"""*Verantwoording* itself: how the log stands, one record, and the timeline of a case with the diagrams that ran."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, send_file
from marshmallow import validate

from engine.questions.material import Entry
from engine.trail.kinds import Kind
from engine.trail.record import ORGANISATION
from engine.trail.seal import handles_in
from service import evidence, log_check, questions, timelines
from service.api.border import caller, here, loaded, read_query
from service.api.schemas import Dutch, NumberField, TextField, one_of
from service.api.verantwoording import EvidenceQuery
from service.faults import Conflict, Fault, Malformed, Unknown
from service.guard import Guard
from service.log_check import Checked
from service.store_questions import Scope
from service.timelines import Said
from service.web import language
from service.web.administration import sent_values
from service.web.screens import page, screen, told

_SHOWN = 25
_REFUSED = "geweigerd"
_NOUNS = tuple(sorted({kind.partition(":")[0] for kind in Kind}))
_PLACE = validate.Range(0, 10**9, error="Neem de bladzijde over uit de verwijzing.")


class CasesQuery(Dutch):
    """Of which wijk and year; an empty choice is no choice."""

    wijk = TextField(longest=64, load_default="")
    year = TextField(data_key="jaar", load_default="", longest=4)


class TimelineQuery(Dutch):
    """Which records: about what, only what was refused, and from where on in that list."""

    noun = TextField(data_key="soort", load_default="", validate=one_of("", *_NOUNS))
    outcome = TextField(data_key="uitkomst", load_default="", validate=one_of("", _REFUSED))
    after = NumberField(data_key="vanaf", load_default=0, validate=_PLACE)


@screen("GET", "/verantwoording/logboek", Guard.PERSON)
def show_log() -> Response:
    """How the log stands, and what to take along to check it without us."""
    _require("logboek")
    return _log_page(None)


@screen("POST", "/verantwoording/logboek", Guard.PERSON)
def check_log() -> Response:
    """Compute everything again, and say what does not fit."""
    _require("zelfcontrole")
    return _log_page(log_check.check_here_and_now(here().installation))


@screen("GET", "/verantwoording/bewijs", Guard.PERSON)
def show_evidence() -> Response:
    """The form for a package that anybody checks without us."""
    _require("bewijs")
    return _evidence_page(200, None)


@screen("POST", "/verantwoording/bewijs", Guard.PERSON)
def give_evidence() -> Response:
    """The package as a ZIP file; that it was given out, and to whom, is recorded."""
    service = here()
    try:
        given = loaded(EvidenceQuery(), sent_values("wijk", "jaar", "zaak"))
        scope = Scope(given["wijk"], given["year"], given["case"])
        if scope == Scope():
            raise Malformed((Fault("wijk", "Kies een wijk of een jaar, of noem een zaak."),))
        found = evidence.download(service.installation, caller().person, scope, service.clock())
    except (Malformed, Conflict, Unknown) as wrong:
        status, members, _ = told(wrong)
        return _evidence_page(status, members)
    return send_file(found, mimetype="application/zip", as_attachment=True, download_name="bewijs.zip")


def _evidence_page(status: int, problem: dict[str, Any] | None) -> Response:
    chosen = {name: request.values.get(name, "") for name in ("wijk", "jaar", "zaak")}
    choices = questions.askable(here().installation)
    return page("bewijs.html", status, keuzes=choices, gekozen=chosen, probleem=problem)


@screen("GET", "/verantwoording/zaken", Guard.PERSON)
def show_cases() -> Response:
    """The cases of a wijk and year, each with its timeline."""
    _require("zaken")
    given = loaded(CasesQuery(), read_query())
    choices = questions.askable(here().installation)
    year = next((one for one in choices.years if str(one) == given["year"]), None)
    scope = Scope(given["wijk"] or None, year)
    found, names = timelines.list_cases(here().installation, scope) if year else ([], {})
    return page(
        "verantwoording_zaken.html",
        zaken=found[:500],
        aantal=len(found),
        namen=names,
        keuzes=choices,
        gekozen={"wijk": given["wijk"], "jaar": given["year"]},
    )


@screen("GET", "/verantwoording/zaken/<id:case_id>", Guard.PERSON)
def show_timeline(case_id: str) -> Response:
    """All that is on record of one case, oldest first, and which version of which diagram ran."""
    _require("tijdlijn")
    given = loaded(TimelineQuery(), read_query())
    found = timelines.read_timeline(here().installation, case_id)
    nouns = [given["noun"]] if given["noun"] else []
    wanted = timelines.chosen(found.entries, nouns, only_refused=given["outcome"] == _REFUSED)
    after, own = given["after"], f"/verantwoording/zaken/{case_id}"
    kept = {name: value for name, value in (("soort", given["noun"]), ("uitkomst", given["outcome"])) if value}
    return page(
        "tijdlijn.html",
        zaak=found.case,
        naam=found.name,
        wijk=found.wijk,
        namen=found.names,
        getekend=found.drawn,
        andere=found.others[:100],
        perioden=found.stretches,
        aantal=len(found.entries),
        gevonden=len(wanted),
        regels=_told(wanted[after : after + _SHOWN]),
        soorten=sorted({timelines.noun_of(one) for one in found.entries}),
        gekozen=given,
        begin=f"{own}?{urlencode(kept)}" if after else "",
        volgende=f"{own}?{urlencode(kept | {'vanaf': after + _SHOWN})}" if after + _SHOWN < len(wanted) else "",
    )


@screen("GET", "/verantwoording/regels/<digest:digest>", Guard.PERSON)
def show_record(digest: str) -> Response:
    """One record, whole, as it is kept: what is sealed in it stays sealed."""
    _require("regel")
    found = timelines.read_record(here().installation, digest)
    body = found.entry.body
    return page(
        "regel.html",
        **_told([found.entry])[0],
        keten=found.entry.chain,
        is_zaak=found.entry.chain != ORGANISATION,
        plaats=found.place,
        rust_op=found.grounds,
        vorige=body.get("prev") if isinstance(body.get("prev"), str) else None,
        verzegeld=len([*handles_in(dict(body))]),
        inhoud=json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) if body else found.entry.text,
    )


def _require(what: str) -> None:
    service = here()
    questions.require(service.installation, caller().person, what, service.clock())


def _log_page(checked: Checked | None) -> Response:
    service = here()
    config = service.installation.config
    return page("logboek.html", stand=log_check.health(service.installation), naam=config.origin, gecontroleerd=checked)


def _told(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """What a page says of each record; of one that is not what was hashed nothing but that."""
    said = timelines.say(here().installation, [one.digest for one in entries], language.told)
    return [_members(one, said.get(one.digest)) for one in entries]


def _members(entry: Entry, said: Said | None) -> dict[str, Any]:
    ruling, actor = entry.part("ruling"), entry.part("actor")
    return {
        "regel": entry,
        "zin": said.sentence if said else "",
        "gezond": entry.is_sound,
        "geweigerd": ruling.get("outcome") == "refused",
        "volgens": ruling.get("rule"),
        "door": actor.get("ref"),
        "als": actor.get("role"),
        "trede": entry.body.get("rung"),
        "stap": entry.body.get("step"),
    }
