"""What a camera reads in a QR code (ISO/IEC 18004), of the sort that we draw: bytes, correction level M, undamaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, zip_longest

Square = list[list[bool]]
_TURNED = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
_CENTRES = {6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50)}
_BLOCKS = {6: [27] * 4, 7: [31] * 4, 8: [38, 38, 39, 39], 9: [36] * 3 + [37] * 2, 10: [43] * 4 + [44]}
_LEVEL_M = 0


def seen(svg: str) -> Square:
    """The squares inside the light margin of a drawing, dark ones true."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \1"', svg)[0])
    drawn = [[False] * size for _ in range(size)]
    y, x = -1.0, 0
    for command, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", re.findall(r' d="(M4 4\.5[^"]+)"', svg)[0]
    ):
        if command == "h":
            drawn[int(y)][x : x + int(first)] = [True] * int(first)
            x += int(first)
        else:
            y, x = (float(second), int(first)) if command == "M" else (y + float(second), x + int(first))
    margin = drawn[:4] + drawn[-4:] + [row[:4] + row[-4:] for row in drawn]
    assert not any(any(row) for row in margin), "a camera needs a light margin of four squares"
    return [row[4:-4] for row in drawn[4:-4]]


def scanned(svg: str) -> str:
    """The text in the drawing."""
    square = seen(svg)
    version = (len(square) - 17) // 4
    told = [square[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)]
    form = int("".join("01"[one] for one in told[:5]), 2) ^ 0b10101
    assert form >> 3 == _LEVEL_M
    bits = "".join("01"[one] for one in _walk(square, version, form & 7))
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    text = "".join(f"{word:08b}" for word in _in_order(words, _BLOCKS[version]))
    assert text[:4] == "0100", "bytes"
    wide = 8 if version < 10 else 16
    length = int(text[4 : 4 + wide], 2)
    return bytes(int(text[at : at + 8], 2) for at in range(4 + wide, 4 + wide + 8 * length, 8)).decode()


def _walk(square: Square, version: int, turned: int) -> Iterator[bool]:
    size, kept = len(square), _kept(len(square), version)
    for turn, right in enumerate([*range(size - 1, 6, -2), 5, 3, 1]):
        for y in range(size - 1, -1, -1) if turn % 2 == 0 else range(size):
            for x in (right, right - 1):
                if (y, x) not in kept:
                    yield square[y][x] ^ (_TURNED[turned](y, x) == 0)


def _kept(size: int, version: int) -> set[tuple[int, int]]:
    """Where no data is: corners with their form, lines to count by, centres, and from version 7 on the version."""
    kept = {(6, at) for at in range(size)} | {(at, 6) for at in range(size)}
    kept |= {(y, x) for y in range(9) for x in (*range(9), *range(size - 8, size))}
    kept |= {(y, x) for y in range(size - 8, size) for x in range(9)}
    middle = _CENTRES[version]
    corners = {(6, 6), (6, middle[-1]), (middle[-1], 6)}
    for cy, cx in ((y, x) for y in middle for x in middle if (y, x) not in corners):
        kept |= {(cy + dy, cx + dx) for dy in range(-2, 3) for dx in range(-2, 3)}
    if version >= 7:
        kept |= {at for a in range(6) for b in range(size - 11, size - 8) for at in ((a, b), (b, a))}
    return kept


def _in_order(words: list[int], lengths: list[int]) -> list[int]:
    blocks: list[list[int]] = [[] for _ in lengths]
    turns = cycle(range(len(lengths)))
    for word in words[: sum(lengths)]:
        at = next(one for one in turns if len(blocks[one]) < lengths[one])
        blocks[at].append(word)
    assert all(len(block) == length for block, length in zip_longest(blocks, lengths))
    return [word for block in blocks for word in block]
