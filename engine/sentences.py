"""Sentences for people that know how they were made: a template that stands in the source, and what fills its holes.

To a program such a sentence is a Dutch text like any other. A page in another language takes its template and its
values, and makes it anew; so a template is always written out where it is used, and never put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self


class Name(str):
    """What a thing is called, by the house or by who drew it; a page may know what that is in its own language."""

    __slots__ = ()


Value = str | int | Sequence[str]
"""What fills a hole: a Sentence or Name is said in the language of the page, any other text stays as it was written."""


class Sentence(str):
    """A Dutch sentence, or a part of one, from its template (`{wat} is leeg.`) and its values; a list gets commas."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Fill the holes of the template, each by its name."""
        made = super().__new__(cls, template.format_map({name: _written(value) for name, value in values.items()}))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, Value]]:
        """How a copy is made: as the sentence itself was."""
        return (self.template,), self.values


def _written(value: Value) -> str | int:
    return value if isinstance(value, str | int) else ", ".join(value)
