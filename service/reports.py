"""The draft of the *wijkverslag* and *jaarrekening* of a dossier, to be read, printed or carried on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection

from engine import report
from engine.accounting import answered_for
from engine.registers import Registers
from engine.submission import AMSTERDAM
from engine.terms import Register, Values
from engine.trail import seal
from engine.trail.note import Note
from service import db, neighbours, openings, reading, store, store_evidence, store_trail, store_wijken
from service.faults import Unknown
from service.installation import Installation
from service.openings import Reader
from service.store import CaseRow
from service.store_people import PersonRow


class NoPrinter(Exception):
    """Een PDF maken kan hier niet"""


@dataclass(frozen=True, slots=True)
class Report:
    """The account of one dossier at a moment: whose it is, and its chapters as `engine.report` draws them up.

    `checkpoint` is the text that was last signed by then (log, size, root); None when nothing was.
    """

    wijk: str
    year: int | None
    dossier: str
    at: datetime
    head: str
    chapters: Values
    checkpoint: str | None = None


def read_report(installation: Installation, by: PersonRow, case_id: str, now: datetime) -> Report:
    """The account of the case's dossier as it stands; what is sealed in it is opened for who has work in the case.

    What other dossiers sealed stays so: who has work there reads it there. Raises Unknown outside one's wijk and party.
    """
    with db.reading(installation.database) as tx:
        heard = reading.readable(installation, tx, by, case_id, now)
        told, left = _report(installation, tx, heard.row, now)
        if not reading.has_work_in(tx, heard, now):
            return told
        reader = Reader(installation, tx)
        told = replace(told, chapters=reader.opened(told.chapters, left))
    openings.note(installation, by, reader.met, now)
    return told


def draw_up(installation: Installation, case_id: str, now: datetime) -> Report:
    """The same from the command line, with all that is sealed left so. Raises Unknown."""
    with db.reading(installation.database) as tx:
        row = store.read_case(tx, case_id)
        if row is None:
            raise Unknown(f"Er is geen zaak {case_id}.")
        return _report(installation, tx, row, now)[0]


def _report(installation: Installation, tx: Connection, row: CaseRow, now: datetime) -> tuple[Report, frozenset[str]]:
    """The account, and the handles in it to what other dossiers sealed."""
    dossier = store.read_case(tx, row.dossier) or row
    facts = store_trail.facts_of(tx, dossier.id, frozenset(Register))
    definition = installation.definition(tx, dossier.definition)
    loose = answered_for(Registers(facts, now), neighbours.elsewhere_of(tx, definition, dossier, for_account=True))
    wijk = store_wijken.find(tx, dossier.wijk) or dossier.wijk
    signed = store_evidence.newest_signed(tx, now)
    checkpoint = None if signed is None else Note.decode(signed.note).text
    chapters = report.draft(Registers(facts, now), now, loose)
    sealed = (fact for kept in loose for fact in kept.in_turn(Register.BESLUITEN, Register.TOEZEGGINGEN))
    left = frozenset(handle for fact in sealed for handle in seal.handles_in(dict(fact.body)))
    return Report(wijk, dossier.year, dossier.id, now, dossier.head, chapters, checkpoint), left


def html(told: Report) -> str:
    """The account as one page that needs nothing else: readable on a screen, and on paper."""
    return _PAGES.get_template("wijkverslag.html").render(verslag=told, hoofdstukken=told.chapters)


def pdf(told: Report) -> bytes:
    """The same page as an accessible PDF (PDF/UA); NoPrinter when WeasyPrint, or the Pango under it, is absent."""
    try:
        printer: Any = import_module("weasyprint")
    except (ImportError, OSError) as absent:
        raise NoPrinter(
            "Installeer wijkcyclus[pdf], en Pango op het systeem "
            "(Debian: libpango-1.0-0, libpangoft2-1.0-0 en libharfbuzz-subset0)."
        ) from absent
    made: bytes = printer.HTML(string=html(told), url_fetcher=_fetch_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return made


def _fetch_nothing(address: str, *_args: object, **_more: object) -> dict[str, Any]:
    raise Unknown(f"Het verslag haalt niets op: {address[:80]}")


def euros(cents: object) -> str:
    """An amount as people write it: 1.850,00."""
    if not isinstance(cents, int):
        return "–"
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d}"


def said(value: object) -> str:
    """A value in a sentence: text as it is, a sealed one as such, lists with commas, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return ", ".join(said(one) for one in value)
    if isinstance(value, dict):
        if seal.HANDLE in value:
            return "(verzegeld)"
        return "; ".join(f"{str(name).replace('_', ' ')}: {said(one)}" for name, one in value.items())
    return str(value)


_PAGES = Environment(
    loader=PackageLoader("service", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_PAGES.filters |= {
    "euro": euros,
    "gezegd": said,
    "woorden": lambda name: str(name).replace("_", " "),
    "dag": lambda at: at.astimezone(AMSTERDAM).strftime("%d-%m-%Y"),
}
