"""Registers of a dossier: `/v1/zaken/{id}/registers/{register}`, what acts established, each row with its record."""

from __future__ import annotations

from typing import Any

from engine.terms import Register
from service import reading
from service.api.border import Blueprint, caller, here, route
from service.api.schemas import Dutch, ListField, MomentField, NestedField, TextField, ValuesField
from service.faults import Unknown
from service.guard import Guard

registers = Blueprint(
    "registers", __name__, url_prefix="/v1/zaken", description="Registers: wat handelingen vastlegden"
)

_OF_A_DOSSIER = (
    Register.KADERS,
    Register.INBRENG,
    Register.ADVIEZEN,
    Register.VOORSTELLEN,
    Register.BESLUITEN,
    Register.STEMMINGEN,
    Register.PRODUCTEN,
    Register.PUBLICATIES,
)


class RegisterRowSchema(Dutch):
    """One row: the projection of one record, never edited."""

    record = TextField(data_key="regel")
    at = MomentField(data_key="op")
    by = TextField(data_key="door")
    step = TextField(data_key="stap")
    subject = TextField(data_key="onderwerp")
    body = ValuesField(data_key="inhoud")


class RegisterSchema(Dutch):
    """The rows of a register, oldest first."""

    items = ListField(NestedField(RegisterRowSchema), data_key="resultaten")


@route(registers, "GET", "/<id:case_id>/registers/<string:name>", Guard.PERSON, answers=RegisterSchema())
def show_register(case_id: str, name: str) -> dict[str, Any]:
    """What the dossier of this case established in a register; what is sealed opens for who has work in the case."""
    service = here()
    if name not in _OF_A_DOSSIER:
        raise Unknown(f"Een dossier heeft deze registers: {', '.join(_OF_A_DOSSIER)}.")
    rows = reading.read_register(service.installation, caller().person, case_id, Register(name), service.clock())
    return {"items": rows}
