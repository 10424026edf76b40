"""What a file is, told from its bytes and never from what its sender says: a short list of types, and nothing else.

A file is read and never unpacked: of an office file only the table of contents of its ZIP. What is two types at once,
what is cut off and what carries a program is none of them. A scanner for viruses this is not.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from service.faults import Fault

FIELD = "bestand"
_MOST_NAME = 150
_MOST_ENTRIES = 5_000  # in an office file
_MOST_LISTING = 1024 * 1024  # bytes of its table of contents
_MOST_INFLATED = 200  # times the size of the file
_HEADER = 1024  # within so many bytes some readers look for the beginning of a PDF
_PDF, _END_OF_PDF = re.compile(rb"%PDF-[12]\.[0-9]"), b"%%EOF"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")  # what no text holds
_PNG, _JPEG, _ZIP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
_FIRST, _ENTRY, _END_OF_ZIP = struct.Struct("<8xH8xL4xH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_PROGRAM = re.compile(r"(^|/)(vbaproject[^/]*|macrosheets/.*|activex/.*)$|^(basic|scripts)/", re.IGNORECASE)
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN, _MIMETYPE = "application/vnd.oasis.opendocument.", b"mimetype"
_OOXML = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
}
"""The type of each ending that a name may have."""


class NotTaken(ValueError):
    """Dit bestand wordt niet aangenomen"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A file that came in: the type that its bytes have, or why it is not taken."""

    name: str
    type: str
    faults: tuple[Fault, ...] = ()


def judged(name: str, content: bytes) -> Judged:
    """What this file is, with every fault of its name and content at once."""
    name = unicodedata.normalize("NFC", name)
    faults = [Fault(FIELD, fault) for fault in _name_faults(name)]
    found = ""
    try:
        found = type_of(content)
        if not faults and not _fits(name, found):
            raise NotTaken(f"De naam eindigt op .{_ending(name)}, maar de inhoud is {_said(found)}.")
    except NotTaken as wrong:
        faults.append(Fault(FIELD, str(wrong)))
    return Judged(name, TYPES.get(_ending(name), found), tuple(faults))


def type_of(content: bytes) -> str:
    """The type of these bytes; a table of values is text as well. Raises NotTaken for anything not on the list."""
    if not content:
        raise NotTaken("Het bestand is leeg.")
    begins_as_pdf = _PDF.match(content)
    hides_pdf = not begins_as_pdf and _PDF.search(content, 0, _HEADER)
    if hides_pdf or (not content.startswith(_ZIP) and _end_of_zip(content)):
        raise NotTaken("Het bestand is twee soorten tegelijk; sla het opnieuw op als één soort.")
    if begins_as_pdf:
        return _require(_END_OF_PDF in content[-_HEADER:], "pdf")
    if content.startswith(_PNG):
        return _require(_is_whole_png(content), "png")
    if content.startswith(_JPEG):
        return _require(b"\xff\xd9" in content, "jpg")
    if content.startswith(_ZIP):
        return _office(content)
    return _text(content)


def _require(is_whole: bool, ending: str) -> str:
    if not is_whole:
        raise NotTaken("Het bestand is beschadigd of niet compleet.")
    return TYPES[ending]


def _is_whole_png(content: bytes) -> bool:
    """Whether its parts follow each other to the last, and nothing comes after it."""
    place = len(_PNG)
    while place + 12 <= len(content):
        length, kind = struct.unpack_from(">L4s", content, place)
        place += 12 + length
        if kind == b"IEND":
            return bool(place == len(content))
    return False


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NotTaken(
            "Dit soort bestand wordt niet aangenomen, of het is tekst in een andere codering dan UTF-8. "
            f"Aangenomen worden: {', '.join(TYPES)}."
        ) from wrong
    if _CONTROL.search(text):
        raise NotTaken(f"Dit soort bestand wordt niet aangenomen. Aangenomen worden: {', '.join(TYPES)}.")
    return TYPES["txt"]


def _end_of_zip(content: bytes) -> tuple[int, int, int, int] | None:
    """(place, number of entries, size and place of the listing) of a ZIP that ends where the content ends."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - _END_OF_ZIP.size - 0xFFFF))
    if place < 0 or place + _END_OF_ZIP.size > len(content):
        return None
    _, _, _, _, entries, size, start, comment = _END_OF_ZIP.unpack_from(content, place)
    return None if place + _END_OF_ZIP.size + comment != len(content) else (place, entries, size, start)


def _office(content: bytes) -> str:
    """The type of an office file, by the names in its ZIP."""
    names = set(_entries(content))
    if any(_PROGRAM.search(name) for name in names):
        raise NotTaken("Het bestand bevat macro's; sla het op zonder macro's.")
    if "[Content_Types].xml" in names:
        found = [ending for part, ending in _OFFICE.items() if part in names]
        if len(found) == 1:
            return TYPES[found[0]]
    elif (declared := _declared(content)) in TYPES.values() and "content.xml" in names:
        return declared
    raise NotTaken("Een ZIP wordt niet aangenomen, alleen een office-bestand (odt, ods, odp, docx, xlsx, pptx).")


def _declared(content: bytes) -> str:
    """What an OpenDocument file calls itself: its first entry, not compressed, says so."""
    method, size, length = _FIRST.unpack_from(content.ljust(_FIRST.size, b"\0"))
    start = 30 + len(_MIMETYPE)
    is_told = method == 0 and length == len(_MIMETYPE) and content[30:start] == _MIMETYPE
    return content[start : start + min(size, 100)].decode("latin-1") if is_told else ""


def _entries(content: bytes) -> Iterator[str]:
    """The names in a ZIP; NotTaken for one in which they lead elsewhere, blow up, or hide something."""
    damaged = NotTaken("Het office-bestand is beschadigd, of anders ingepakt dan een office-programma doet.")
    found = _end_of_zip(content)
    if found is None:
        raise damaged
    end, number, size, place = found
    if number > _MOST_ENTRIES or size > _MOST_LISTING or place + size != end:
        raise damaged
    packed = unpacked = 0
    for _ in range(number):
        if place + _ENTRY.size > end or content[place : place + 4] != b"PK\x01\x02":
            raise damaged
        entry = _ENTRY.unpack_from(content, place)
        packed, unpacked = packed + entry[8], unpacked + entry[9]
        start, length = place + _ENTRY.size, entry[10]
        name = content[start : start + length].decode("utf-8", "replace")
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise damaged
        yield name
        place = start + length + entry[11] + entry[12]
    if place != end or packed > len(content) or unpacked > len(content) * _MOST_INFLATED:
        raise damaged


def _name_faults(name: str) -> Iterator[str]:
    if not name or len(name) > _MOST_NAME:
        yield f"Een bestandsnaam heeft 1 tot {_MOST_NAME} tekens."
    elif re.search(r'[/\\:*?"<>|]', name) or any(unicodedata.category(one)[0] == "C" for one in name):
        yield "De bestandsnaam bevat een pad of een teken dat niet in een naam hoort."
    elif name != name.strip() or name.startswith("."):
        yield "De bestandsnaam begint of eindigt met een punt of spatie."
    elif _ending(name) not in TYPES:
        yield f"Dit soort bestand wordt niet aangenomen. Aangenomen worden: {', '.join(TYPES)}."


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _fits(name: str, found: str) -> bool:
    named = TYPES[_ending(name)]
    return named == found or (named == TYPES["csv"] and found == TYPES["txt"])


def _said(found: str) -> str:
    return next(ending for ending, kind in TYPES.items() if kind == found)
