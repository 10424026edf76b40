"""What a person sends in: checked against the task's form, free text sealed, recognised when it comes twice."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine import acts
from engine.conditions import mediation
from engine.definition import Definition
from engine.errors import RecordRefused
from engine.registers import WHOLE
from engine.terms import Json, Task, Values
from engine.trail import seal
from engine.trail.seal import Sealed
from engine.writing import writer
from service import store_commands
from service.faults import Conflict, Fault, Malformed
from service.forms import Form, Place
from service.hearing import Hearing
from service.installation import Installation
from service.store_people import PersonRow

_encode = writer(separators=(", ", ": "), sort_keys=True)
_MAX_MOTIVATION = 20_000
_UNKNOWN = "onbekend"
_CODE = re.compile(r"[A-Za-z]{1,4}[-_. ]?[0-9]{1,4}")  # I-05, D07, AP 3: no name, address or number of a person
_REASON = "reden"


def fingerprint(installation: Installation, values: Values, more: str | None) -> str:
    """What tells the same request from another without betraying its content: an HMAC under our secret."""
    text = _encode([dict(values), more]).encode("utf-8", "surrogatepass")
    return hmac.new(installation.secret, b"verzoek\n" + text, "sha256").hexdigest()


def read(
    installation: Installation, heard: Hearing, task: Task, values: Values, motivation: str | None
) -> tuple[Values, tuple[Sealed, ...]]:
    """The submission as it may be stored: what the form asks, free text sealed; Malformed with all faults."""
    form = installation.form(heard.standing.definition, task.spec.form)
    clean, faults = form.load(values)
    found = [Fault(f"gegevens.{fault.field}", fault.message) for fault in faults]
    if motivation is not None and len(motivation) > _MAX_MOTIVATION:
        found.append(Fault("motivering", f"De motivering is langer dan {_MAX_MOTIVATION} tekens."))
    if found:
        raise Malformed(tuple(found))
    paths = set(form.sealed)
    if motivation is not None and motivation.strip():
        clean, paths = {**clean, acts.MOTIVATION: motivation}, paths | {acts.MOTIVATION}
    return sealed(installation, heard, clean, paths, task.spec.act.value)


def read_attempt(installation: Installation, heard: Hearing, values: Values) -> tuple[Values, tuple[Sealed, ...]]:
    """An attempt as it may be stored: every text sealed but for what the form of such a task leaves open.

    A code (of an item, a step, a mark) stays open in every field that no form seals, so that the rules can read of what
    the attempt speaks. Names of fields that no form knows are text of the person as well: they and their values are
    sealed under one name.
    """
    definition = heard.standing.definition
    form = installation.form(definition, _form_for(definition, values))
    known, secret = _vocabulary(installation, definition)
    given = values.get("gegevens")
    inner = _named(given, known) if isinstance(given, dict) else {}
    paths = (_texts(inner, "", known - secret) - (_keys(form.places) - form.sealed)) | form.sealed
    submission: dict[str, Json] = {**values, "gegevens": inner}
    if heard.standing.case.lanes is not None:  # of this case not even a subject is kept
        paths = _texts(inner)
        if values.get("onderwerp") != WHOLE:
            submission |= {"onderwerp": WHOLE, "gegevens": {**inner, "onderwerp": dict(mediation.LEFT_OUT)}}
    return sealed(installation, heard, submission, {f"gegevens.{path}" for path in paths}, "poging")


def read_correction(
    installation: Installation, heard: Hearing, form: Form, values: Values
) -> tuple[Values, tuple[Sealed, ...], tuple[Fault, ...]]:
    """A correction as it may be stored, and its faults: the fields of the corrected record's form that change.

    With faults it is stored as an attempt is, if at all: a refusal comes before a fault.
    """
    given = values.get("gegevens")
    raw = given if isinstance(given, dict) else {}
    clean, found = form.load_part(raw)
    if found:
        clean = _named(raw, frozenset(key.rpartition(".")[2] for key in _keys(form.places)))
        paths = _texts(clean) - (_keys(form.places) - form.sealed)
    else:
        paths = set(form.sealed)
    kept, hidden = sealed(
        installation,
        heard,
        {**values, "gegevens": clean},
        {f"gegevens.{path}" for path in paths} | {_REASON},
        "correctie",
    )
    return kept, hidden, tuple(Fault(f"gegevens.{one.field}", one.message) for one in found)


def _vocabulary(installation: Installation, definition: Definition) -> tuple[frozenset[str], frozenset[str]]:
    """The names of all fields of all forms of this definition, and of those that one of them seals."""
    ids = {
        element.act.form
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.act is not None
    }
    forms = [installation.form(definition, one) for one in ids]
    known = {key.rpartition(".")[2] for form in forms for key in _keys(form.places)}
    secret = {path.rpartition(".")[2] for form in forms for path in form.sealed}
    return frozenset(known | {acts.MOTIVATION}), frozenset(secret | {acts.MOTIVATION})


def _named(given: Mapping[str, Json], known: frozenset[str]) -> dict[str, Json]:
    found: dict[str, Json] = {name: _within(value, known) for name, value in given.items() if name in known}
    if unknown := {name: value for name, value in given.items() if name not in known}:
        found[_UNKNOWN] = json.dumps(unknown, ensure_ascii=False)
    return found


def _within(value: Json, known: frozenset[str]) -> Json:
    if isinstance(value, list):
        return [_within(one, known) for one in value]
    return _named(value, known) if isinstance(value, dict) else value


def _form_for(definition: Definition, values: Values) -> str | None:
    """The form of a task with this act and step, else of one with this act."""
    found = {
        element.act.step: element.act.form
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.act is not None and element.act.form and element.act.act.value == values.get("handeling")
    }
    step = values.get("stap")
    return found.get(step if isinstance(step, str) else None) or next(iter(found.values()), None)


def _keys(places: tuple[Place, ...], path: str = "") -> set[str]:
    named = [(f"{path}.{place.key}" if path else place.key, place.places) for place in places]
    return {key for key, _ in named} | {key for name, inner in named for key in _keys(inner, name)}


def _texts(value: Json, path: str = "", coded: frozenset[str] = frozenset()) -> set[str]:
    """Where there are texts, but for the codes in the fields `coded`."""
    if isinstance(value, dict):
        inner = ((f"{path}.{name}" if path else name, one) for name, one in value.items())
        return {text for place, one in inner for text in _texts(one, place, coded)}
    if isinstance(value, list):
        return {text for one in value for text in _texts(one, path, coded)}
    if not isinstance(value, str) or not path or (path.rpartition(".")[2] in coded and _CODE.fullmatch(value)):
        return set()
    return {path}


def sealed(
    installation: Installation, heard: Hearing, values: Values, paths: set[str], compartment: str
) -> tuple[Values, tuple[Sealed, ...]]:
    """The values with handles in the place of those at `paths`; Malformed for what no record can hold.

    In a case of which no content is kept nothing is sealed either: it says that something was left out (INV-39).
    """
    try:
        found, hidden = seal.seal_form(values, paths, compartment=compartment, entropy=installation.entropy)
    except RecordRefused as wrong:
        raise Malformed((Fault("gegevens", f"{wrong}"),)) from wrong
    if heard.standing.case.lanes is None:
        return found, hidden
    return mediation.leave_out(found), ()


def once(
    tx: Connection,
    by: PersonRow,
    command: str | None,
    asked: str,
    now: datetime,
    do: Callable[[], dict[str, Json] | Exception],
) -> dict[str, Json] | Exception:
    """What `do` answers, or answered before under this idempotency key; Conflict when it stood for something else."""
    if command is None:
        return do()
    known = store_commands.find(tx, command, by.id)
    if known is not None:
        digest, answer = known
        if digest != asked:
            raise Conflict("Deze Idempotency-Key is al voor een ander verzoek gebruikt.")
        return answer
    done = do()
    if not isinstance(done, Exception):
        store_commands.keep(tx, command, by.id, asked, done, now)
    return done
