"""A chart as SVG: one bar for each wijk, without script or style; the table beside it says the same in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT, _ROW = 360, 16, 46
_LABEL, _BAR = 15, 21  # where in a row the text and the bar begin


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, how long it is, the part of it that is filled (None: all), and what stands beside it."""

    label: str
    value: int
    part: int | None
    told: str


def bars(rows: Sequence[Bar]) -> Markup:
    """The bars under each other, the longest as wide as the drawing; nothing below zero is drawn."""
    longest = max((max(one.value, one.part or 0) for one in rows), default=0) or 1
    drawn = "".join(_row(number * _ROW, one, longest) for number, one in enumerate(rows))
    summary = "; ".join(f"{one.label}: {one.told}" for one in rows)
    return Markup(
        f'<svg class="grafiek" viewBox="0 0 {_WIDTH} {len(rows) * _ROW}" role="img" '
        f'aria-label="{escape(summary)}">{drawn}</svg>'
    )


def _row(top: int, one: Bar, longest: int) -> str:
    filled = one.value if one.part is None else one.part
    whole = (
        ""
        if one.part is None
        else f'<rect class="geheel" x="0.5" y="{top + _BAR}" width="{_wide(one.value, longest)}" height="{_HEIGHT}"/>'
    )
    return (
        f'<text x="0" y="{top + _LABEL}">{escape(one.label)}</text>'
        f'<text class="waarde" x="{_WIDTH}" y="{top + _LABEL}" text-anchor="end">{escape(one.told)}</text>'
        f'{whole}<rect class="deel" x="0.5" y="{top + _BAR}" width="{_wide(filled, longest)}" height="{_HEIGHT}"/>'
    )


def _wide(value: int, longest: int) -> int:
    """How wide a bar is; what is there at all can be seen."""
    return 0 if value <= 0 else max(1, value * (_WIDTH - 1) // longest)
