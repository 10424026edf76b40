"""The checkpoint (*controlepunt*, c2sp.org/tlog-checkpoint): which log, how many records, which root; a note."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import NoteRefused
from engine.trail.lines import HASH_BYTES, MAX_NUMBER, base64_of, read_hash, read_number


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at one size. `extensions` are lines that others may write; we write none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would not be read back as it was meant."""
        lines = (self.origin, *self.extensions)
        if not 0 <= self.size <= MAX_NUMBER or len(self.root) != HASH_BYTES or not all(lines) or "\n" in "".join(lines):
            raise NoteRefused("een controlepunt heeft een logboek, een omvang, een wortel en geen lege regels")

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_of(self.root), *self.extensions))

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """The checkpoint of the text of a note. Raises NoteRefused for any other text."""
        origin, *lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < 2:
            raise NoteRefused(
                "een controlepunt heeft een regel met het logboek, een met de omvang en een met de wortel"
            )
        return cls(origin, read_number(lines[0]), read_hash(lines[1]), tuple(lines[2:]))
