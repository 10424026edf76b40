"""Process models: `/v1/procesmodellen` (propose, release, read the bytes), and the wijken: `/v1/wijken`."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Response, request

from service import bundles, db, definitions, store_definitions, store_wijken
from service.api.border import Blueprint, caller, here, loaded, read_json, route
from service.api.schemas import (
    Dutch,
    FlagField,
    ListField,
    MomentField,
    NestedField,
    NumberField,
    TextField,
    ValuesField,
)
from service.faults import Fault, Malformed, Unknown
from service.guard import Guard
from service.store_definitions import Version

procesmodellen = Blueprint(
    "procesmodellen", __name__, url_prefix="/v1/procesmodellen", description="Procesmodellen en hun versies"
)
wijken = Blueprint("wijken", __name__, url_prefix="/v1/wijken", description="De wijken van de stad")


class FileSchema(Dutch):
    """One file of a family: as text, or as base64 when it is not UTF-8."""

    name = TextField(data_key="naam", longest=200, least=1, required=True)
    text = TextField(data_key="tekst", longest=5_000_000, load_default=None)
    base64 = TextField(longest=8_000_000, load_default=None)


class DeploySchema(Dutch):
    """A whole family, or the files that differ from the newest released version."""

    files = ListField(NestedField(FileSchema), data_key="bestanden", required=True)
    note = TextField(data_key="toelichting", longest=2000, load_default="")
    is_addition = FlagField(data_key="aanvulling", load_default=False)


class VersionSchema(Dutch):
    """A version of the process family: what it is made of decides its name."""

    version = TextField(data_key="versie")
    number = NumberField(data_key="nummer")
    status = TextField()
    proposed_at = MomentField(data_key="voorgesteld")
    released_at = MomentField(data_key="vrijgegeven")
    note = TextField(data_key="toelichting")


class VersionListSchema(Dutch):
    """All versions, newest first."""

    items = ListField(NestedField(VersionSchema), data_key="resultaten")


class FindingSchema(Dutch):
    """Something noticed in a file."""

    file = TextField(data_key="bestand")
    element = TextField()
    name = TextField(data_key="naam")
    line = NumberField(data_key="regelnummer")
    rule = TextField(data_key="regel")
    severity = TextField(data_key="ernst")
    sentence = TextField(data_key="melding")


class ProposalSchema(Dutch):
    """The proposed version, with warnings about it."""

    version = NestedField(VersionSchema, data_key="procesmodel")
    findings = ListField(NestedField(FindingSchema), data_key="bevindingen")


class VersionFilesSchema(VersionSchema):
    """A version with the SHA-256 of each of its files."""

    files = ValuesField(data_key="bestanden")


class VariantQuery(Dutch):
    """Which wijk; without one all of them."""

    wijk = TextField(longest=64, load_default=None)


class VariantSchema(Dutch):
    """What holds in one wijk alone, why and since when."""

    wijk = TextField()
    file = TextField(data_key="bestand")
    reason = TextField(data_key="reden")
    since = TextField(data_key="van")


class VariantListSchema(Dutch):
    """The variants of a version, by wijk and file."""

    items = ListField(NestedField(VariantSchema), data_key="resultaten")


class WijkSchema(Dutch):
    """A wijk."""

    id = TextField()
    name = TextField(data_key="naam")


class WijkListSchema(Dutch):
    """All wijken, by name."""

    items = ListField(NestedField(WijkSchema), data_key="resultaten")


@route(procesmodellen, "POST", "", Guard.PERSON, reads=DeploySchema(), status=201, answers=ProposalSchema())
def deploy() -> dict[str, Any]:
    """Propose a version: JSON as in `DeploySchema`, or multipart with files or a ZIP. Errors change nothing."""
    service = here()
    files, note, is_addition = _multipart() if request.mimetype == "multipart/form-data" else _json()
    if is_addition:
        files = definitions.current_files(service.installation) | files
    version, findings = definitions.propose(service.installation, caller().person, files, note, service.clock())
    return {"version": version, "findings": [_finding(one) for one in findings]}


@route(procesmodellen, "GET", "", Guard.PERSON, answers=VersionListSchema())
def list_versions() -> dict[str, list[Version]]:
    """All versions, newest first."""
    with db.reading(here().installation.database) as tx:
        return {"items": store_definitions.versions(tx)}


@route(procesmodellen, "GET", "/<digest:version>", Guard.PERSON, answers=VersionFilesSchema())
def show_version(version: str) -> dict[str, Any]:
    """One version, with the names and digests of its files."""
    service = here()
    known = definitions.read_version(service.installation, version)
    with db.reading(service.installation.database) as tx:
        files = store_definitions.file_names(tx, version)
    return {name: getattr(known, name) for name in Version.__slots__} | {"files": files}


@route(procesmodellen, "GET", "/<digest:version>/bestanden/<path:name>", Guard.PERSON)
def show_file(version: str, name: str) -> Response:
    """One file of a version, byte for byte."""
    with db.reading(here().installation.database) as tx:
        found = store_definitions.file_bytes(tx, version).get(name)
    if found is None:
        raise Unknown("Dit bestand hoort niet bij deze versie.")
    response = Response(found, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    return response


@route(
    procesmodellen,
    "GET",
    "/<digest:version>/varianten",
    Guard.PERSON,
    query=VariantQuery(),
    answers=VariantListSchema(),
)
def list_variants(query: dict[str, Any], version: str) -> dict[str, Any]:
    """Where this version treats a wijk apart, each with its reason: everything else is the same in all of them."""
    installation = here().installation
    with db.reading(installation.database) as tx:
        found = installation.definition(tx, version).variants
    return {"items": [one for one in found if query["wijk"] in (None, one.wijk)]}


@route(procesmodellen, "PUT", "/<digest:version>/vrijgave", Guard.PERSON, answers=VersionSchema())
def release(version: str) -> Version:
    """Release a proposed version: new cases start on it. Somebody else than who proposed it must do this."""
    service = here()
    return definitions.release(service.installation, caller().person, version, service.clock())


@route(wijken, "GET", "", Guard.PERSON, answers=WijkListSchema())
def list_wijken() -> dict[str, Any]:
    """The wijken of the city."""
    with db.reading(here().installation.database) as tx:
        return {"items": [{"id": id_, "name": name} for id_, name in store_wijken.all_wijken(tx)]}


def _json() -> tuple[dict[str, bytes], str, bool]:
    given = loaded(DeploySchema(), read_json())
    files: dict[str, bytes] = {}
    faults = []
    for index, one in enumerate(given["files"]):
        where = f"bestanden[{index}]"
        if (one["text"] is None) == (one["base64"] is None):
            faults.append(Fault(where, "Geef tekst of base64, een van beide."))
            continue
        faults += bundles.name_faults(one["name"], files, f"{where}.naam")
        try:
            content = (
                one["text"].encode() if one["text"] is not None else base64.b64decode(one["base64"], validate=True)
            )
        except (binascii.Error, ValueError):
            faults.append(Fault(f"{where}.base64", "Dit is geen geldige base64."))
            continue
        files[one["name"]] = content
    if faults:
        raise Malformed(tuple(faults))
    return files, given["note"], given["is_addition"]


def _multipart() -> tuple[dict[str, bytes], str, bool]:
    parts = ((part.filename or "", part.read()) for part in request.files.values())
    files = bundles.gather(parts, "bestanden")
    return files, request.form.get("toelichting", "")[:2000], request.form.get("aanvulling") == "ja"


def _finding(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("file", "element", "name", "line", "rule", "sentence")} | {
        "severity": found.severity.value
    }
