"""The rights table of a city, compiled: for each decision step and rung who decides, who advises, what is demanded.

A row is one allowed cell. Columns: stap, naam, trede, standaard (ja/nee), beslist, adviseert, kennisname, mandaat
(ja/nee), plafond (whole cents, for `laag:DT05`), bij_besluit, daarna, geldig_van, geldig_tot (dates, may be empty; both
days inclusive). What is not in the table is not allowed. `engine.ceiling` says what no table may grant.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256

from engine.bodies import Body, BodyUnknown, Form, body_of
from engine.ceiling import violations
from engine.cells import Cell
from engine.expressions.moments import date_of
from engine.ladder import NO_LADDER, Ladder
from engine.roles import Kind, Roles
from engine.sentences import Sentence
from engine.terms import Finding, Rung, Severity

COLUMNS = (
    *("stap", "naam", "trede", "standaard", "beslist", "adviseert", "kennisname", "mandaat", "plafond"),
    *("bij_besluit", "daarna", "geldig_van", "geldig_tot"),
)
STEPS = tuple(f"D{number:02}" for number in range(1, 19))
AFTERWARDS = frozenset(
    {"publicatie", "bekendmaking", "kennisname", "reactie", "reactie_op_hoofdlijnen", "reactie_per_advies"}
    | {"terugkoppeling", "bekrachtiging", "verspreiding", "verwerking_in_wijkverslag"}
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The compiled table; `digest` is the SHA-256 of its bytes and stands in every ruling's record.

    `ladder` holds the city's own words for its rungs.
    """

    cells: Mapping[tuple[str, Rung], tuple[Cell, ...]]
    digest: str
    ladder: Ladder = NO_LADDER

    @staticmethod
    @lru_cache(maxsize=8)  # a city changes its diagrams more often than its rights
    def read(content: bytes, roles: Roles, file: str = "rechten.csv") -> tuple[Matrix | None, tuple[Finding, ...]]:
        """The matrix and the findings on it; None when one of them is an error. All faults at once."""
        findings: list[Finding] = []
        cells = tuple(_cells(content, file, findings))
        findings += _role_faults(cells, roles, file)
        findings += [
            Finding(file, rule, Severity.ERROR, sentence, name=name, line=line)
            for rule, sentence, name, line in violations(cells, roles)
        ]
        findings += [
            Finding(
                file,
                "rechten/stap",
                Severity.WARNING,
                Sentence("Stap {stap} staat niet in de tabel: niemand beslist erin.", stap=step),
            )
            for step in STEPS
            if cells and step not in {cell.step for cell in cells}
        ]
        if any(finding.severity is Severity.ERROR for finding in findings):
            return None, tuple(sorted(findings, key=lambda finding: finding.line or 0))
        grouped: dict[tuple[str, Rung], tuple[Cell, ...]] = {}
        for cell in cells:
            grouped[cell.step, cell.rung] = (*grouped.get((cell.step, cell.rung), ()), cell)
        return Matrix(grouped, sha256(content).hexdigest()), tuple(findings)

    @property
    def names(self) -> dict[str, str]:
        """What the decision steps are called."""
        return {cell.step: cell.name for cells in self.cells.values() for cell in cells}

    def cell(self, step: str, rung: Rung, on: date) -> Cell | None:
        """The cell that holds on that day, None when the table does not allow this rung for this step."""
        return next((cell for cell in self.cells.get((step, rung), ()) if cell.holds(on)), None)

    def default(self, step: str, on: date) -> Cell | None:
        """The cell of the default rung of a step on that day."""
        found = (self.cell(step, rung, on) for rung in Rung)
        return next((cell for cell in found if cell and cell.is_default), None)

    def organ(self, step: str, on: date) -> Body | None:
        """Who decides the step as long as it has not bound itself: the decider below *meebeslissen*."""
        found = (self.cell(step, rung, on) for rung in Rung if rung is not Rung.MEEBESLISSEN)
        return next((cell.decides for cell in found if cell), None)

    def organ_roles(self, step: str, on: date) -> frozenset[str]:
        """The roles that decide the step below *meebeslissen*, or ask the consent on which it then depends."""
        cells = [cell for rung in Rung if (cell := self.cell(step, rung, on))]
        bodies = [
            cell.decides for cell in cells if cell.rung is not Rung.MEEBESLISSEN or cell.decides.form is Form.CONSENT
        ]
        return frozenset(role for body in bodies for role in self.resolved(body, on).roles)

    def resolved(self, body: Body, on: date) -> Body:
        """The body, with `zelfde:Dxx` replaced by who decides that step."""
        if body.form is not Form.SAME:
            return body
        return self.organ(body.name, on) or body

    def deciding_roles(self, step: str, rungs: tuple[Rung, ...], roles: Roles) -> frozenset[str]:
        """The roles whose lane a `besluit` of this step may lie in, at any date (rule WL02); no rungs means all."""
        found = self.competent_roles(step, rungs, roles)
        cells = [cell for rung in rungs or tuple(Rung) for cell in self.cells.get((step, rung), ())]
        if any(cell.is_mandatable for cell in cells):
            found |= {id_ for id_, role in roles.by_id.items() if role.kind is Kind.OFFICIAL}
        return found

    def competent_roles(self, step: str, rungs: tuple[Rung, ...], roles: Roles) -> frozenset[str]:
        """The roles that decide this step in their own right, at any date; no rungs means all."""
        cells = [cell for rung in rungs or tuple(Rung) for cell in self.cells.get((step, rung), ())]
        return frozenset(role for role in roles.by_id if any(self._admits(cell.decides, role, roles) for cell in cells))

    def _admits(self, body: Body, role: str, roles: Roles) -> bool:
        kind = roles.by_id[role].kind
        if body.form is Form.ROLE:
            return body.name == role
        if body.form is Form.SAME:
            deciders = [cell.decides for cells in self.cells.values() for cell in cells if cell.step == body.name]
            return any(self._admits(decider, role, roles) for decider in deciders if decider.form is not Form.SAME)
        if body.form in {Form.CONTESTED, Form.PARTY}:
            return not kind.never_decides
        if body.form is Form.PROFESSIONALS:
            return kind in {Kind.PARTNER, Kind.OFFICIAL}
        if body.form in {Form.GROUP, Form.PARTICIPANTS, Form.RESIDENTS}:
            return kind.is_of_residents
        return any(self._admits(part, role, roles) for part in body.parts)


def _cells(content: bytes, file: str, findings: list[Finding]) -> Iterator[Cell]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as wrong:
        findings.append(
            _fault(
                file,
                "rechten/leesbaar",
                Sentence("Het bestand is geen leesbare CSV in UTF-8: {fout}.", fout=str(wrong)),
                1,
            )
        )
        return
    if not lines or tuple(lines[0]) != COLUMNS:
        sentence = Sentence("De eerste regel noemt precies deze kolommen: {kolommen}.", kolommen=",".join(COLUMNS))
        findings.append(_fault(file, "rechten/kolommen", sentence, 1))
        return
    for number, values in enumerate(lines[1:], start=2):
        if len(values) != len(COLUMNS):
            sentence = Sentence(
                "Regel {nummer} heeft {aantal} kolommen in plaats van {verwacht}.",
                nummer=number,
                aantal=len(values),
                verwacht=len(COLUMNS),
            )
            findings.append(_fault(file, "rechten/kolommen", sentence, number))
            continue
        row = dict(zip(COLUMNS, (value.strip() for value in values), strict=True))
        faults = [
            _fault(file, rule, Sentence("{cel}: {zin}", cel=f"{row['stap']}/{row['trede']}", zin=said), number)
            for rule, said in _wrong(row)
        ]
        findings += faults
        if not faults:
            yield _cell(row, number)


def _fault(file: str, rule: str, sentence: Sentence, line: int) -> Finding:
    return Finding(file, rule, Severity.ERROR, sentence, line=line)


def _wrong(row: Mapping[str, str]) -> Iterator[tuple[str, Sentence]]:
    """Each fault of one row, as rule and sentence."""
    if row["stap"] not in STEPS:
        yield "rechten/stap", Sentence("onbekende stap; de stappen zijn D01 tot en met D18.")
    if row["trede"] not in set(Rung):
        yield "rechten/trede", Sentence("onbekende trede; de treden zijn {treden}.", treden=list(Rung))
    for column in ("standaard", "mandaat"):
        if row[column] not in {"ja", "nee"}:
            yield (
                "rechten/waarde",
                Sentence("{kolom} is “{waarde}”; hier hoort ja of nee.", kolom=column, waarde=row[column]),
            )
    for column in ("beslist", "adviseert"):
        if row[column] or column == "beslist":
            try:
                body_of(row[column])
            except BodyUnknown:
                yield (
                    "rechten/uitdrukking",
                    Sentence(
                        "{kolom} noemt “{waarde}”, en dat is geen bekende aanduiding.", kolom=column, waarde=row[column]
                    ),
                )
    yield from _wrong_names(row)
    yield from _wrong_validity(row)
    if row["plafond"] and not re.fullmatch(r"\d{1,15}", row["plafond"], re.ASCII):
        yield (
            "rechten/waarde",
            Sentence("plafond is “{waarde}”; hier hoort een bedrag in hele centen of niets.", waarde=row["plafond"]),
        )
    if bool(row["plafond"]) != row["beslist"].startswith("laag:DT05"):
        yield "rechten/plafond", Sentence("een plafond hoort bij laag:DT05, en alleen daar.")


def _wrong_names(row: Mapping[str, str]) -> Iterator[tuple[str, Sentence]]:
    for name in (*_listed(row["bij_besluit"]), *_listed(row["kennisname"])):
        if not _NAME.fullmatch(name):
            yield "rechten/waarde", Sentence("“{naam}” is geen naam (kleine letters, cijfers en _).", naam=name)
    for name in _listed(row["daarna"]):
        if name not in AFTERWARDS:
            yield (
                "rechten/waarde",
                Sentence("daarna noemt “{naam}”; bekend zijn {namen}.", naam=name, namen=sorted(AFTERWARDS)),
            )


def _wrong_validity(row: Mapping[str, str]) -> Iterator[tuple[str, Sentence]]:
    for column in ("geldig_van", "geldig_tot"):
        if row[column] and date_of(row[column]) is None:
            yield (
                "rechten/geldigheid",
                Sentence(
                    "{kolom} is “{waarde}”; hier hoort een datum jjjj-mm-dd of niets.", kolom=column, waarde=row[column]
                ),
            )
    if row["geldig_van"] and row["geldig_tot"] and row["geldig_tot"] < row["geldig_van"]:
        yield "rechten/geldigheid", Sentence("geldig_tot ligt vóór geldig_van.")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";")) if text else ()


def _cell(row: Mapping[str, str], line: int) -> Cell:
    return Cell(
        step=row["stap"],
        name=row["naam"],
        rung=Rung(row["trede"]),
        is_default=row["standaard"] == "ja",
        decides=body_of(row["beslist"]),
        advises=body_of(row["adviseert"]) if row["adviseert"] else None,
        informs=_listed(row["kennisname"]),
        is_mandatable=row["mandaat"] == "ja",
        ceiling=int(row["plafond"]) if row["plafond"] else None,
        demands=_listed(row["bij_besluit"]),
        owes=_listed(row["daarna"]),
        since=date.fromisoformat(row["geldig_van"]) if row["geldig_van"] else date.min,
        until=date.fromisoformat(row["geldig_tot"]) if row["geldig_tot"] else date.max,
        line=line,
    )


def _role_faults(cells: tuple[Cell, ...], roles: Roles, file: str) -> Iterator[Finding]:
    for cell in cells:
        named = cell.decides.roles | (cell.advises.roles if cell.advises else frozenset()) | set(cell.informs)
        for role in sorted(named - set(roles.by_id)):
            sentence = Sentence(
                "{cel}: rol “{rol}” staat niet in de rollencatalogus.",
                cel=f"{cell.step}/{cell.rung}",
                rol=role,
            )
            yield _fault(file, "rechten/rol", sentence, cell.line)
