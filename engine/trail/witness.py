"""What goes to and comes from a witness (*getuige*, c2sp.org/tlog-witness): `POST <prefix>/add-checkpoint`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import NoteRefused
from engine.trail.checkpoint import Checkpoint
from engine.trail.lines import base64_of, read_number, read_path, read_text
from engine.trail.note import Note, Signature

ADDRESS = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""The content type of a 409 whose body is the size that the witness knows."""


def request(size: int, path: Sequence[bytes], note: Note) -> bytes:
    """The body that asks to cosign: the size that the witness saw last (0: none), the proof from there, the note."""
    return "\n".join([f"old {size}", *map(base64_of, path), "", ""]).encode() + note.encode()


def read_request(content: bytes) -> tuple[int, tuple[bytes, ...], Note]:
    """The size, path and checkpoint of a request. Raises NoteRefused for a body that is none."""
    head, blank, note = content.partition(b"\n\n")
    first, *lines = read_text(head).split("\n")
    if not blank or not first.startswith("old "):
        raise NoteRefused("een verzoek aan een getuige begint met de regel 'old' en eindigt met een controlepunt")
    size, path = read_number(first.removeprefix("old ")), read_path(lines)
    asked = Note.decode(note)
    if size > Checkpoint.read(asked.text).size or (size == 0 and path):
        raise NoteRefused(f"vanaf omvang {size} is er geen bewijs naar dit controlepunt")
    return size, path, asked


def read_answer(content: bytes) -> tuple[Signature, ...]:
    """The signature lines of a 200; whose they are is for `engine.trail.note.signers` to say."""
    text = read_text(content)
    if not text.endswith("\n"):
        raise NoteRefused("het antwoord van de getuige is niet heel")
    return tuple(map(Signature.read, text[:-1].split("\n")))


def read_known_size(content: bytes) -> int:
    """The size that the witness knows, from the body of a 409."""
    text = read_text(content)
    if not text.endswith("\n"):
        raise NoteRefused("het antwoord van de getuige is niet heel")
    return read_number(text[:-1])
