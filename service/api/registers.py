"""Registers of a dossier: `/v1/zaken/{id}/registers/{register}`, what acts established, each row with its record.

`/v1/zaken/{id}/correcties` adds what should have stood in a row; the row itself stays as it is.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.terms import Register
from service import answering, corrections, reading
from service.api.border import Blueprint, caller, here, route, written
from service.api.schemas import (
    DateField,
    Dutch,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    TextField,
    ValuesField,
)
from service.api.taken import ReceiptSchema, idempotency_key
from service.faults import Unknown
from service.guard import Guard

registers = Blueprint(
    "registers", __name__, url_prefix="/v1/zaken", description="Registers: wat handelingen vastlegden"
)

_DIGEST = validate.Regexp(r"[0-9a-f]{64}\Z", error="Een regel is de digest uit de verantwoording.")
_OF_A_DOSSIER = (
    Register.KADERS,
    Register.INBRENG,
    Register.ADVIEZEN,
    Register.VOORSTELLEN,
    Register.BESLUITEN,
    Register.STEMMINGEN,
    Register.PRODUCTEN,
    Register.PUBLICATIES,
    Register.TOEZEGGINGEN,
    Register.INSTEMMINGEN,
    Register.BIJEENKOMSTEN,
    Register.GROOTBOEK,
    Register.AANSPREEKBAREN,
    Register.VERSTREKEN,
)


class CorrectionSchema(Dutch):
    """What should have stood in a row, beside it."""

    record = TextField(data_key="regel")
    at = MomentField(data_key="op")
    by = TextField(data_key="door")
    values = ValuesField(data_key="inhoud")


class CorrectionAskSchema(Dutch):
    """The record to be corrected, the fields that change, and why."""

    record = TextField(data_key="regel", required=True, validate=_DIGEST)
    values = ValuesField(data_key="gegevens", required=True)
    reason = TextField(data_key="reden", least=1, longest=2000, required=True)


class CorrectedSchema(Dutch):
    """The receipt of a correction."""

    zaak = TextField()
    verbetert = TextField()
    op = TextField()
    regel = TextField()
    ontvangst = NestedField(ReceiptSchema)


class RegisterRowSchema(Dutch):
    """One row: the projection of one record, never edited."""

    record = TextField(data_key="regel")
    at = MomentField(data_key="op")
    by = TextField(data_key="door")
    step = TextField(data_key="stap")
    subject = TextField(data_key="onderwerp")
    body = ValuesField(data_key="inhoud")
    corrections = ListField(NestedField(CorrectionSchema), data_key="verbeteringen")


class RegisterSchema(Dutch):
    """The rows of a register, oldest first."""

    items = ListField(NestedField(RegisterRowSchema), data_key="resultaten")


class PostSchema(Dutch):
    """One post of the ledger, in cents; `stand` says how far its initiative is."""

    name = TextField(data_key="post")
    budget = NumberField()
    allotted = NumberField(data_key="toegewezen")
    shifted = NumberField(data_key="verschoven")
    reserved = NumberField(data_key="gereserveerd")
    spent = NumberField(data_key="uitgegeven")
    room = NumberField(data_key="ruimte")
    free = NumberField(data_key="vrij")
    state = TextField(data_key="stand")


class TotalsSchema(Dutch):
    """The figures of the *jaarrekening*, in cents: what is left is tied to an initiative or free."""

    budget = NumberField()
    spent = NumberField(data_key="uitgegeven")
    left = NumberField(data_key="over")
    tied = NumberField(data_key="gebonden")
    free = NumberField(data_key="vrij")


class LedgerSchema(Dutch):
    """The ledger of a dossier, worked out from its bookings and decisions."""

    posts = ListField(NestedField(PostSchema), data_key="posten")
    totals = NestedField(TotalsSchema, data_key="totalen")
    uncommitted = NumberField(data_key="knelpuntenOver")


@route(registers, "GET", "/<id:case_id>/registers/<string:name>", Guard.PERSON, answers=RegisterSchema())
def show_register(case_id: str, name: str) -> dict[str, Any]:
    """What the dossier of this case established in a register; what is sealed opens for who has work in the case."""
    service = here()
    if name not in _OF_A_DOSSIER:
        raise Unknown(f"Een dossier heeft deze registers: {', '.join(_OF_A_DOSSIER)}.")
    rows = reading.read_register(service.installation, caller().person, case_id, Register(name), service.clock())
    return {"items": rows}


@route(
    registers,
    "POST",
    "/<id:case_id>/correcties",
    Guard.PERSON,
    body=CorrectionAskSchema(),
    status=201,
    answers=CorrectedSchema(),
)
def correct(given: dict[str, Any], case_id: str) -> Response:
    """Say what should have stood in a record; nothing is overwritten. With the same `Idempotency-Key`: once."""
    service = here()
    submission = {"regel": given["record"], "gegevens": given["values"], "reden": given["reason"]}
    done = corrections.correct(
        service.installation, caller().person, case_id, submission, service.clock(), command=idempotency_key()
    )
    return written(done, 201)


@route(registers, "GET", "/<id:case_id>/grootboek-stand", Guard.PERSON, answers=LedgerSchema())
def show_ledger(case_id: str) -> dict[str, Any]:
    """What each post of the dossier may spend, has shifted, reserved and spent, and what is left."""
    service = here()
    ledger = reading.read_ledger(service.installation, caller().person, case_id, service.clock())
    return {"posts": ledger.posts.values(), "totals": ledger, "uncommitted": ledger.uncommitted}


class AnswerableQuery(Dutch):
    """On which day; today when left out."""

    on = DateField(data_key="op", load_default=None)


class AnswerableSchema(Dutch):
    """Who is answerable, by role; `vacatures` names the posts for which nobody is."""

    political = TextField(data_key="bestuurlijk")
    civil = TextField(data_key="ambtelijk")
    since = MomentField(data_key="sinds")
    record = TextField(data_key="regel")
    vacant = ListField(TextField(), data_key="vacatures")


@route(
    registers,
    "GET",
    "/<id:case_id>/aanspreekbaren",
    Guard.PERSON,
    query=AnswerableQuery(),
    answers=AnswerableSchema(),
)
def show_answerables(query: dict[str, Any], case_id: str) -> answering.Answerable:
    """Who is answerable for the dossier of this case, now or on another day; a vacancy is named."""
    service = here()
    return answering.answerable(service.installation, caller().person, case_id, query["on"], service.clock())
