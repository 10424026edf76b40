"""Names in a drawing, broken into lines that fit: without a browser at hand widths are reckoned, on the safe side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SIZES = (12.0, 11.0, 10.0)
LEADING = 1.18
_THIN, _WIDE, _CAPITAL, _OTHER = 0.34, 0.94, 0.72, 0.58
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Lettering:
    """The lines of a name at a size of letter; the last one ends in an ellipsis when not everything fits."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """How tall the lines stand together."""
        return len(self.lines) * self.size * LEADING


def width_of(text: str, size: float) -> float:
    """How wide this text can become in any of the letters that pages use."""
    return size * sum(_share(letter) for letter in text)


@lru_cache(maxsize=4096)
def fitted(text: str, width: float, height: float, sizes: tuple[float, ...] = SIZES) -> Lettering:
    """The name within this width and height, as large as it fits; cut off when even the smallest is too large.

    Remembered, since the same diagrams are looked at again and again.
    """
    said = " ".join(text[:_LONGEST].split())
    for size in sizes:
        lines = tuple(_broken(said, width, size))
        if len(lines) * size * LEADING <= height:
            return Lettering(lines, size)
    most = max(1, int(height / (sizes[-1] * LEADING)))
    return Lettering((*lines[: most - 1], _cut(lines[most - 1], width, sizes[-1])), sizes[-1])


def _broken(text: str, width: float, size: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        for part in _pieces(word, width, size):
            longer = f"{line} {part}" if line else part
            if width_of(longer, size) <= width or not line:
                line = longer
            else:
                yield line
                line = part
    if line:
        yield line


def _pieces(word: str, width: float, size: float) -> Iterator[str]:
    """The word, or what fits of it at a time when it is wider than a line."""
    if width_of(word, size) <= width:
        yield word
        return
    piece, room = "", width - width_of("-", size)
    left = room
    for letter in word:
        left -= size * _share(letter)
        if piece and left < 0:
            yield piece + "-"
            piece, left = "", room - size * _share(letter)
        piece += letter
    yield piece


def _cut(line: str, width: float, size: float) -> str:
    while line and width_of(line + "…", size) > width:
        line = line[:-1]
    return line.rstrip() + "…"


def _share(letter: str) -> float:
    if letter in "iljtfrI.,:;'!|()[] -":
        return _THIN
    if letter in "mwMW@%—…" or ord(letter) > 0x2E7F:
        return _WIDE
    return _CAPITAL if letter.isupper() else _OTHER
