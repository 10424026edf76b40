"""A small world to ask rulings in: the shipped rights of Delft, people with roles, and a dossier built from records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine import safexml
from engine.authority import CaseFacts, rule
from engine.deadlines import Terms
from engine.decisions import Table, read_tables
from engine.elsewhere import Elsewhere, Neighbour, bindings_in
from engine.registers import facts_of, moment
from engine.rights import Matrix
from engine.roles import Roles, Scope
from engine.terms import Act, Action, Actor, ActSpec, Fact, Json, Ruling, Rung, Task
from engine.trail.kinds import Kind, kind_of

DELFT = Path(__file__).resolve().parents[2] / "processes" / "delft"
RIGHTS = (DELFT / "rechten.csv").read_bytes()
ROLES_FILE = (DELFT / "rollen.toml").read_bytes()
CASE = "zaak-1"
WIJK = "tanthof"
HERE = Scope("delft", WIJK)
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
IN_TERM = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
TERM = "2026-10-15"
AFTER_TERM = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
YEAR_CASE = Neighbour(CASE, "wijkcyclus", 2027, START, None, is_year_case=True)


def _roles() -> Roles:
    roles, findings = Roles.read(ROLES_FILE)
    assert roles is not None, findings
    return roles


ROLES = _roles()


def _matrix() -> Matrix:
    matrix, findings = Matrix.read(RIGHTS, ROLES)
    assert matrix is not None, findings
    return matrix


MATRIX = _matrix()


def _tables() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for place in (DELFT.parent / "gedeeld", DELFT):
        for path in sorted(place.glob("*.dmn")):
            root, findings = safexml.read(path.read_bytes(), path.name)
            assert root is not None, findings
            tables, findings = read_tables(root, path.name)
            assert not findings, findings
            found |= {table.id: table for table in tables}
    return found


TABLES = _tables()
TERMS_FILE = (DELFT / "termijnen.toml").read_bytes()
HOLIDAYS_FILE = (DELFT.parent / "feestdagen.toml").read_bytes()
TERMS, _ = Terms.read(TERMS_FILE, HOLIDAYS_FILE)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def given(kind: Kind, values: dict[str, Json], at: datetime = START, by: str = "beheer", record: str = "") -> Fact:
    """An organisation row (a role, a mandate, a substitution), as its record projects it."""
    body: dict[str, Json] = {"kind": kind.value, "actor": {"ref": by}, "at": moment(at), "values": values}
    return facts_of(body, record or digest(f"{kind}{sorted(values.items())}{at}"))[0]


def membership(role: str, reach: str = "", group: str | None = None, **period: str) -> Fact:
    """A membership in the wijk, or city-wide where the catalogue says so; with `group` bound to that group."""
    reach = "groep" if group else reach or ("gemeente" if ROLES.by_id[role].reach == "gemeente" else "wijk")
    values: dict[str, Json] = {"rol": role, "bereik": reach, "wijk": WIJK, **period}
    if group:
        values["groep"] = group
    return given(Kind.ROLE_GIVEN, values)


def person(ref: str, *roles: str | Fact, group: str | None = None, facts: tuple[Fact, ...] = ()) -> Actor:
    """Somebody with these roles; with `group` they are bound to that group."""
    held = (role if isinstance(role, Fact) else membership(role, group=group) for role in roles)
    return Actor(ref, (*held, *facts))


def mandate(role: str, step: str, values: Mapping[str, Json] | None = None, by: str = "bestuurder") -> Fact:
    row: dict[str, Json] = {"orgaan": "college", "rol": role, "stap": step, "van": "2026-01-01", "tot": "2026-12-31"}
    return given(Kind.MANDATE_GIVEN, row | dict(values or {}), by=by)


def substitute(actor: Actor, replaced: Actor, **period: str) -> Actor:
    """The actor, named as substitute for another."""
    row: dict[str, Json] = {"vervangt": replaced.ref, "vervanger": actor.ref, "van": "2026-01-01", "tot": "2026-12-31"}
    named = given(Kind.SUBSTITUTION_GIVEN, row | dict(period))
    return Actor(actor.ref, (*actor.facts, named), {**actor.stands_in_for, replaced.ref: replaced.facts})


COLLEGE = person("bestuurder", "college")
COORDINATOR = person("coordinator", "wijkcoordinator")
RESIDENT = person("bewoner-017", "bewoner")
PLATFORM = person("platform", "bewonersplatform")
PRESS = person("voorlichter", "communicatie")
LAWYER = person("jurist", "jurist")
GROUP = person("groep-lid", "deelnemers", group="I-02")
PLAY = person("speelplek-lid", "deelnemers", group="I-05")


def frame_values(step: str, rung: str, **values: Json) -> dict[str, Json]:
    organ = {"D07": "college", "D09": "college", "D11": "college"}.get(step, "wijkcoordinator")
    frame: dict[str, Json] = {
        "stap": step,
        "doel": "een betere wijk",
        "ruimte_open": "alles",
        "ruimte_dicht": "de ring",
        "trede": rung,
        "orgaan": organ,
        "doelgroep": "bewoners",
        "werkvorm": "avond",
        "termijn": TERM,
        "terugkoppeling": "brief",
    }
    return frame | values


@dataclass
class Dossier:
    """A dossier in the making; every act becomes a record and its rows, a minute after the one before."""

    facts: list[Fact] = field(default_factory=list)
    now: datetime = START

    def act(
        self,
        act: Act,
        by: Actor | str,
        values: Mapping[str, Json] | None = None,
        *,
        step: str | None = None,
        subject: str = "*",
        rung: str | None = None,
        role: str | None = None,
        element: str | None = None,
        **more: Json,
    ) -> Fact:
        self.now += timedelta(minutes=1)
        ref = by if isinstance(by, str) else by.ref
        actor: dict[str, Json] = {"ref": ref, "role": role, "mandate": more.get("mandate"), "for": more.get("behalf")}
        task: dict[str, Json] = {"id": "t", "element": element or act.value, "act": act.value}
        task["product"] = more.get("product")
        body: dict[str, Json] = {
            "kind": kind_of(Action.COMPLETE, act, True, values or {}).value,
            "case": more.get("case", CASE),
            "at": moment(self.now),
            "actor": actor,
            "task": task,
            "step": step,
            "subject": subject,
            "rung": rung,
            "values": dict(values or {}),
        }
        if more.get("owed"):
            body["ruling"] = {"outcome": "allowed", "owed": more["owed"]}
        rows = facts_of(body, digest(f"{len(self.facts)}{self.now}"))
        self.facts += rows
        return rows[-1]

    def framed(self, step: str, rung: str, subject: str = "*", **values: Json) -> Dossier:
        """A frame, set and published."""
        self.act(Act.KADER, COLLEGE, frame_values(step, rung, **values), step=step, subject=subject, role="college")
        self.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, subject=subject, product="participatiekader")
        return self

    def heard(self, step: str, subject: str = "*", mark: str = "R-01") -> Fact:
        return self.act(Act.INBRENG, RESIDENT, {"kenmerk": mark, "tekst": "groen"}, step=step, subject=subject)

    def handled(self, mark: str = "R-01") -> Fact:
        values: dict[str, Json] = {"inbreng": mark, "uitkomst": "gebruikt", "reactie": "dank"}
        return self.act(Act.AFHANDELING, COORDINATOR, values)

    def advised(
        self, step: str, subject: str = "*", role: str = "deelnemers", mark: str = "A-1", by: str = "x"
    ) -> Fact:
        return self.act(Act.ADVIES, by, {"kenmerk": mark, "advies": "doen"}, step=step, subject=subject, role=role)

    def proposed(self, step: str, subject: str, **fields: Json) -> Fact:
        """A problem agenda, and after it a joint proposal."""
        self.act(Act.VOORSTEL, GROUP, {"probleemagenda": [{"probleem": "hangplek"}]}, step=step, subject=subject)
        return self.act(Act.VOORSTEL, GROUP, {"velden": dict(fields)}, step=step, subject=subject)

    def admitted(self, *subjects: str, **values: Json) -> Dossier:
        """Each of these initiatives admitted, with all that an admission says."""
        for subject in subjects:
            self.decided(ADMISSION | values, "D05", subject, "raadplegen", by=COORDINATOR.ref, role="wijkcoordinator")
        return self

    def adoptable(self, *subjects: str) -> Dossier:
        """What a programme with these initiatives asks beforehand: admission, a promise each, a published concept."""
        self.admitted(*subjects).promised(*subjects)
        self.act(Act.PUBLICATIE, PRESS, {"kanalen": ["website"]}, product="conceptwijkprogramma")
        return self

    def promised(self, *subjects: str, **values: Json) -> Dossier:
        """A promise with a date behind each of these initiatives."""
        promise: dict[str, Json] = {"partij": "vakdienst", "prestatie": "grondwerk", "datum": "2027-03-31"}
        for subject in subjects:
            self.act(Act.TOEZEGGING, COORDINATOR, promise | values, step="D06", subject=subject)
        return self

    def planned(self, *subjects: str) -> Dossier:
        """A plan of action of the group for each of these initiatives."""
        for subject in subjects:
            self.decided({"taken": [{"taak": "graven"}]}, "D10", subject, "coproduceren", by=GROUP.ref)
        return self

    def bound(self, step: str = "D07", subject: str = "I-05", **values: Json) -> Fact:
        return self.act(Act.ZELFBINDING, COLLEGE, binding_values(**values), step=step, subject=subject, role="college")

    def checked(self, options: Mapping[str, bool] | None = None, step: str = "D07", subject: str = "I-05") -> Fact:
        rows: list[Json] = [
            {"optie": name, "rechtmatig": fits, "uitvoerbaar": True, **PASSED, **INTEREST}
            for name, fits in (options or {"A": True, "B": True, "C": True}).items()
        ]
        return self.act(Act.ADVIES, LAWYER, {"optietoets": rows}, step=step, subject=subject, role="jurist")

    def claimed(self, ground: str = "omgevingsplan", step: str = "D07", subject: str = "I-05") -> Fact:
        """The organ holds the outcome unlawful on this ground."""
        values: dict[str, Json] = {"terug_naar_deelnemers": True, "grond": ground}
        return self.act(Act.BEKRACHTIGING, COLLEGE, values, step=step, subject=subject, role="college")

    def judged(self, is_unlawful: bool, step: str = "D07", subject: str = "I-05") -> Fact:
        """What the jurist says of the claim."""
        values: dict[str, Json] = {"onrechtmatig": is_unlawful, "reden": "het plan staat hier geen speelplek toe"}
        return self.act(Act.ADVIES, LAWYER, values, step=step, subject=subject, role="jurist")

    def budgeted(self, mark: str = "B-2027", **posts: int) -> Dossier:
        """A budget, set by the council's executive; by default that of a year in Tanthof."""
        given = posts or {"initiatieven": 10_500_000, "knelpunten": 1_000_000, "communicatie": 500_000}
        rows: list[Json] = [{"post": post.replace("_", "-"), "bedrag": amount} for post, amount in given.items()]
        self.act(Act.BOEKING, COLLEGE, {"soort": "budget", "kenmerk": mark, "posten": rows}, role="college")
        return self

    def booked(self, sort: str, post: str, amount: int, decision: str, mark: str, **more: Json) -> Fact:
        """A booking as it was recorded."""
        values: dict[str, Json] = {"soort": sort, "post": post, "bedrag": amount, "besluit": decision, "kenmerk": mark}
        return self.act(Act.BOEKING, COORDINATOR, values | more, role="wijkcoordinator")

    def decided(self, values: Mapping[str, Json], step: str, subject: str, rung: str, **more: Json) -> Fact:
        by, role = str(more.pop("by", PLAY.ref)), str(more.pop("role", "deelnemers"))
        body: dict[str, Any] = {**more}
        return self.act(Act.BESLUIT, by, values, step=step, subject=subject, rung=rung, role=role, **body)


def binding_values(**values: Json) -> dict[str, Json]:
    """A self-binding on three options, up to 25,000 euros."""
    bound: dict[str, Json] = {
        "onderwerp": "speelplek",
        "opties": [{"optie": "A"}, {"optie": "B"}, {"optie": "C"}],
        "plafond": 2_500_000,
        "kiesgerechtigden": "bewoners van 12 jaar en ouder",
        "beslisregel": "overeenstemming",
        "vervaldatum": "2027-07-01",
    }
    return bound | values


INTEREST: dict[str, Json] = {"aantal_belanghebbenden": 120, "individueel_voordeel": "nee", "openbare_ruimte": "ja"}
PASSED: dict[str, Json] = {
    "toets_per_regel": {**{f"wb{number}": "ja" for number in (1, 2, 3, 4, 5, 7)}, "wb6": "inspanning"},
    "inspanning": "drie fondsen gevraagd",
}
EFFECTS: dict[str, Json] = {"beoogd_effect": "rust", "wat_heeft_de_burger_hieraan": "een plek om te zitten"}
ADMISSION: dict[str, Json] = {
    **INTEREST, **PASSED, **EFFECTS, "besluit": "toegelaten", "wb5_reden": "sluit aan", "eigenaar": "werkgroep",
}  # fmt: skip
OUTCOME: dict[str, Json] = {
    **INTEREST, **PASSED, "overeenstemming": True, "uitslag": "A", "bedrag": 2_500_000, "dekking": "wijkbudget",
}  # fmt: skip
GRANT: dict[str, Json] = {**INTEREST, **PASSED, "bedrag": 3_800_000, "dekking": "wijkbudget"}


def task_for(
    act: Act,
    lane: str | None,
    step: str | None = None,
    subject: str = "*",
    rungs: str = "",
    four_eyes: str | None = None,
) -> Task:
    served = tuple(Rung(rung) for rung in rungs.split())
    spec = ActSpec(act=act, step=step, rungs=served, four_eyes=four_eyes)
    return Task("t-1", "element", "taak", "proces", None, lane, spec, subject)


def ask(
    actor: Actor,
    task: Task | None,
    values: Mapping[str, Json] | None = None,
    dossier: Dossier | None = None,
    *,
    action: Action = Action.COMPLETE,
    now: datetime | None = None,
    status: str = "lopend",
    assignee: str | None = None,
    other: Actor | None = None,
    matrix: Matrix = MATRIX,
    tables: Mapping[str, Table] | None = None,
    terms: Terms | None = None,
    scope: Scope = HERE,
    elsewhere: Dossier | None = None,
    loose: Dossier | None = None,
    others: Elsewhere | None = None,
) -> Ruling:
    """The ruling when the term of the frames is over; on a frame itself, while that term still lies ahead."""
    sets_frame = task is not None and task.spec.act is Act.KADER
    return rule(
        actor,
        action,
        task,
        tuple(dossier.facts if dossier else ()),
        matrix=matrix,
        roles=ROLES,
        tables=TABLES if tables is None else tables,
        terms=TERMS if terms is None else terms,
        scope=scope,
        submission=values or {},
        case=CaseFacts(CASE, CASE, status, assignee),
        now=now or (IN_TERM if sets_frame else AFTER_TERM),
        other=other,
        elsewhere=others
        or Elsewhere(
            bindings_in(elsewhere.facts) if elsewhere else (),
            ((replace(YEAR_CASE, id="los", is_year_case=False), tuple(loose.facts)),) if loose else (),
            YEAR_CASE,
        ),
    )


def attempt(actor: Actor, act: str, step: str, subject: str, values: Mapping[str, Json], dossier: Dossier) -> Ruling:
    """An act without an open task."""
    asked: dict[str, Json] = {"handeling": act, "stap": step, "onderwerp": subject, "gegevens": dict(values)}
    return ask(actor, None, asked, dossier, action=Action.ATTEMPT)


def refused(ruling: Ruling, rule_id: str, *words: str) -> None:
    """The ruling refuses by this rule, says these words, and offers something else to do."""
    assert not ruling.allowed, f"allowed by {ruling.rule}"
    assert ruling.rule == rule_id, f"{ruling.rule}: {ruling.reason}"
    assert ruling.remedy
    for word in words:
        assert word in ruling.reason, ruling.reason


def allowed(ruling: Ruling, rule_id: str | None = None) -> Ruling:
    assert ruling.allowed, f"{ruling.rule}: {ruling.reason}"
    assert rule_id in (None, ruling.rule), ruling.rule
    return ruling
