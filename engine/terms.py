"""The words of the engine: the enums and frozen values that every other module speaks in.

Everything here is plain data. Behaviour lives in the module that owns the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.sentences import Sentence
from engine.value import value

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Values = Mapping[str, Json]


class Rung(StrEnum):
    """A rung (*trede*) of the participation ladder, lowest first; of a decision, never of a phase (L2253-2285)."""

    MEEWETEN = "meeweten"
    RAADPLEGEN = "raadplegen"
    ADVISEREN = "adviseren"
    COPRODUCEREN = "coproduceren"
    MEEBESLISSEN = "meebeslissen"

    @property
    def level(self) -> int:
        """0 (meeweten) to 4 (meebeslissen)."""
        return list(Rung).index(self)


class Act(StrEnum):
    """The closed list of acts (*handelingen*): every human task in a diagram is exactly one of them."""

    KADER = "kader"
    INBRENG = "inbreng"
    AFHANDELING = "afhandeling"
    ADVIES = "advies"
    VOORSTEL = "voorstel"
    BESLUIT = "besluit"
    ZELFBINDING = "zelfbinding"
    STEMMING = "stemming"
    BEKRACHTIGING = "bekrachtiging"
    TOEZEGGING = "toezegging"
    PRODUCT = "product"
    PUBLICATIE = "publicatie"
    KENNISNAME = "kennisname"
    BOEKING = "boeking"
    BIJEENKOMST = "bijeenkomst"
    INSTEMMING = "instemming"
    WERK = "werk"


class Register(StrEnum):
    """Where an act lands; a register row is a projection of one trail record and is never edited."""

    KADERS = "kaders"
    INBRENG = "inbreng"
    ADVIEZEN = "adviezen"
    VOORSTELLEN = "voorstellen"
    BESLUITEN = "besluiten"
    PRODUCTEN = "producten"
    PUBLICATIES = "publicaties"
    STEMMINGEN = "stemmingen"
    TOEZEGGINGEN = "toezeggingen"
    GROOTBOEK = "grootboek"
    BIJEENKOMSTEN = "bijeenkomsten"
    INSTEMMINGEN = "instemmingen"
    AANSPREEKBAREN = "aanspreekbaren"
    VERSTREKEN = "verstreken"
    ROLLEN = "rollen"
    MANDATEN = "mandaten"
    VERVANGINGEN = "vervangingen"
    PROCESMODELLEN = "procesmodellen"
    CORRECTIES = "correcties"
    VERNIETIGINGEN = "vernietigingen"
    BEWAARPLICHTEN = "bewaarplichten"
    VERRICHT = "verricht"
    ADVIESVERZOEKEN = "adviesverzoeken"


class Action(StrEnum):
    """What somebody asks to do, as a verb; the first argument of every authority ruling."""

    COMPLETE = "afronden"
    CONTRIBUTE = "bijdragen"
    CLAIM = "oppakken"
    RELEASE = "teruggeven"
    DELEGATE = "overdragen"
    ATTACH = "bijvoegen"
    DETACH = "weghalen"
    REQUEST = "voorleggen"
    REPLY = "beantwoorden"
    ATTEMPT = "handelen"
    CORRECT = "corrigeren"
    START = "starten"
    SUSPEND = "opschorten"
    RESUME = "hervatten"
    CANCEL = "afbreken"
    FINISH = "beëindigen"
    RETRY = "herstellen"
    DEPLOY = "uitrollen"
    APPOINT = "benoemen"
    DISMISS = "ontslaan"
    MANDATE = "mandateren"
    REVOKE = "intrekken"
    SUBSTITUTE = "vervangen"
    POLL = "stembureau"
    OPEN = "inzien"
    DESTROY = "vernietigen"
    ORDER = "opdragen"
    ABANDON = "afzien"
    PRESERVE = "bewaren"
    REOPEN = "heropenen"
    READ = "lezen"
    AUDIT = "controleren"


@dataclass(frozen=True, slots=True)
class ActSpec:
    """What the diagram says of a human task, in the `wijk:` extension; the rights matrix may only be narrowed by it.

    `rungs` are the rungs that this task serves (empty: all that the matrix allows); the frame gives the one that holds.
    `step` is a decision step D01-D18. `four_eyes` is the element id whose performer may not also perform this task.
    `subject` is a FEEL expression that yields what the act is about (empty: the dossier as a whole, written `*`).
    `collects` marks a task that takes any number of contributions until its term ends. `term` names a term of the city.
    """

    act: Act = Act.WERK
    step: str | None = None
    rungs: tuple[Rung, ...] = ()
    form: str | None = None
    term: str | None = None
    product: str | None = None
    four_eyes: str | None = None
    subject: str | None = None
    collects: bool = False


@value
class Task:
    """One piece of human work open in a case; `group` is the innermost lane, the candidate group (a role id)."""

    id: str
    element: str
    name: str
    process: str
    phase: str | None
    group: str | None
    spec: ActSpec
    subject: str = "*"
    due: datetime | None = None
    inputs: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """One register row as the engine sees it: what a trail record of this dossier (or of the organisation) established.

    `record` is the digest of that record, `by` the actor's reference; `body` holds the recorded values (sealed: as
    handles) under `gegevens`, beside the act, role and element: see `engine.registers`.
    """

    register: Register
    record: str
    at: datetime
    by: str
    step: str | None
    subject: str
    body: Values = field(hash=False)


@value
class Actor:
    """Who acts: a reference only (officials one stable reference, residents one per case), with the facts about it.

    `facts` holds the membership, mandate and substitution facts that concern this person, of whatever date: the rules
    select what is valid at `now`. `stands_in_for` holds the memberships of the persons whom a substitution names, keyed
    by reference.
    """

    ref: str
    facts: tuple[Fact, ...] = ()
    stands_in_for: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)


@value
class Ruling:
    """The answer to "may you?" (*bevoegdheidsoordeel*), never to be mixed with a Decision (*besluit*).

    `rule` is an id such as `D09/raadplegen`, `INV-07` or `taak/kandidaat`; `reason` and `remedy` are Dutch sentences:
    what is missing, and what the person can do instead; `grounds` are the digests of the records on which the ruling
    rests. `rung` is the rung that held; `role` the role in which the person acts; `mandate` the digest of the mandate
    used; `behalf` the person for whom a substitute acts, or who gave the mandate; `owed` lists what the matrix demands
    afterwards; `deviations` the computed differences, each with its reason; `decision` what its record says of it.
    """

    allowed: bool
    rule: str
    reason: str = ""
    remedy: str = ""
    grounds: tuple[str, ...] = ()
    rung: Rung | None = None
    role: str | None = None
    mandate: str | None = None
    behalf: str | None = None
    owed: tuple[str, ...] = ()
    deviations: tuple[Values, ...] = ()
    decision: Values | None = None


class Severity(StrEnum):
    """How much a finding weighs: an error blocks deployment, a warning is shown, info explains what was done."""

    ERROR = "fout"
    WARNING = "waarschuwing"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in a file of a process family; `sentence` says what is wrong and what to do."""

    file: str
    rule: str
    severity: Severity
    sentence: Sentence
    element: str | None = None
    name: str | None = None
    line: int | None = None
