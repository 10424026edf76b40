"""The receipt (*ontvangstbewijs*, c2sp.org/tlog-proof): that one record is in the log, for whoever acted to keep.

`extra` holds the 32 bytes of the record's digest. It is not signed and needs no trust: the proof holds for that digest
alone, and whoever has the record computes the digest again.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NoteRefused
from engine.trail.checkpoint import Checkpoint
from engine.trail.lines import base64_of, read_base64, read_number, read_path, read_text
from engine.trail.note import Note

FIRST_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The place of a record, its audit path, and the checkpoint that the path leads to, as it was signed."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, believed in nothing yet."""
        return Checkpoint.read(self.note.text)

    def encode(self) -> bytes:
        """The bytes of the `.tlog-proof` file."""
        extra = [f"extra {base64_of(self.extra)}"] if self.extra else []
        lines = [FIRST_LINE, *extra, f"index {self.index}", *map(base64_of, self.path), "", ""]
        return "\n".join(lines).encode() + self.note.encode()

    @classmethod
    def decode(cls, content: bytes) -> Receipt:
        """The receipt of these bytes, which `encode` gives back exactly. Raises NoteRefused for anything else."""
        head, blank, note = content.partition(b"\n\n")
        first, *lines = read_text(head).split("\n")
        if first != FIRST_LINE or not blank:
            raise NoteRefused(f"een ontvangstbewijs begint met {FIRST_LINE} en eindigt met een controlepunt")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = read_base64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise NoteRefused("de regel 'extra' is leeg; hij hoort dan weg te blijven")
        if not lines or not lines[0].startswith("index "):
            raise NoteRefused("de regel 'index' ontbreekt")
        index = read_number(lines[0].removeprefix("index "))
        receipt = cls(index, read_path(lines[1:]), Note.decode(note), extra)
        if not index < receipt.checkpoint.size:
            raise NoteRefused(f"regel {index} staat niet in een logboek van {receipt.checkpoint.size} regels")
        return receipt
