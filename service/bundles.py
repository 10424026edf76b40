"""Files of a process family as people send them: one by one, or together in a ZIP from whatever tool.

Of a ZIP what counts is what `deploy` takes of a directory: the files of a family where the diagrams stand, whatever
directory that is. Nothing is written to disk and no size that the ZIP itself gives is believed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.definition import KINDS
from service.checking import MAX_FILES, MAX_TOTAL_BYTES
from service.faults import Fault, Malformed

_NAME = re.compile(r"[A-Za-z0-9][\w .()-]{0,199}", re.ASCII)
_ZIP = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 4 * MAX_FILES
_ENCRYPTED = 0x1


def gather(parts: Iterable[tuple[str, bytes]], field: str) -> dict[str, bytes]:
    """The files of these parts (name, content), of a ZIP those in it; Malformed names all that is wrong in `field`."""
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name, content in parts:
        try:
            found = unpacked(content) if content.startswith(_ZIP) else [(name, content)]
        except _Unreadable as wrong:
            faults.append(Fault(field, f"{name[:60]!a}: {wrong}"))
            continue
        for inner, data in found:
            faults += name_faults(inner, files, field)
            files[inner] = data
    if not files and not faults:
        faults.append(Fault(field, "Stuur minstens één bestand mee."))
    if faults:
        raise Malformed(tuple(faults))
    return files


def name_faults(name: str, files: Collection[str], field: str) -> list[Fault]:
    """What is wrong with the name of a file beside these."""
    if not _NAME.fullmatch(name):
        sentence = f"De bestandsnaam {name[:60]!a} kan niet: letters, cijfers en . _ - zonder map ervoor."
        return [Fault(field, sentence)]
    return [Fault(field, f"De naam {name} komt twee keer voor.")] if name in files else []


class _Unreadable(Exception):
    """Dit ZIP-bestand is niet te gebruiken"""


def unpacked(content: bytes) -> list[tuple[str, bytes]]:
    """The files of the family in a ZIP, by their own names."""
    if content.count(_ENTRY) > _MOST_ENTRIES:
        raise _Unreadable("Er zitten te veel bestanden in; neem alleen die van het procesmodel op.")
    try:
        with ZipFile(BytesIO(content)) as bundle:
            chosen = _of_family([entry for entry in bundle.infolist() if not entry.is_dir()])
            return _read(bundle, chosen)
    except (BadZipFile, EOFError, zlib.error, RuntimeError, OSError, ValueError) as wrong:
        raise _Unreadable("Dit ZIP-bestand is niet te lezen; maak het opnieuw, zonder wachtwoord.") from wrong


def _of_family(entries: list[ZipInfo]) -> list[ZipInfo]:
    """What stands in the one directory with diagrams (without diagrams: with anything), as far as it is of a family."""
    wanted = [entry for entry in entries if entry.filename.endswith(KINDS) and not _is_hidden(entry)]
    places = {_place(entry) for entry in wanted if entry.filename.endswith(".bpmn")} or set(map(_place, wanted))
    if not places:
        raise _Unreadable("Er zit geen bestand van een procesmodel in (.bpmn, .dmn, .form, .toml of .csv).")
    if len(places) > 1:
        raise _Unreadable("De diagrammen staan in verschillende mappen; zet alle bestanden van het model in één map.")
    return [entry for entry in wanted if _place(entry) in places]


def _place(entry: ZipInfo) -> str:
    return str(PurePosixPath(entry.filename.replace("\\", "/")).parent)


def _is_hidden(entry: ZipInfo) -> bool:
    """What an operating system puts beside the files of people."""
    parts = PurePosixPath(entry.filename).parts
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


def _read(bundle: ZipFile, entries: list[ZipInfo]) -> list[tuple[str, bytes]]:
    room = MAX_TOTAL_BYTES
    found = []
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _Unreadable("Een bestand erin is versleuteld of vreemd ingepakt; maak een gewone ZIP.")
        with bundle.open(entry) as file:
            data = file.read(room + 1)
        room -= len(data)
        if room < 0:
            raise _Unreadable(f"De bestanden zijn uitgepakt groter dan {MAX_TOTAL_BYTES // 1024 // 1024} MB.")
        found.append((PurePosixPath(entry.filename.replace("\\", "/")).name, data))
    return found
