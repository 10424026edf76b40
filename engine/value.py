"""Values that every act makes anew: frozen to the type checker, and cheap to make.

A frozen dataclass sets each of its fields through `object.__setattr__`, which takes three times as long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_Class]) -> type[_Class]:
    """A dataclass with slots that is compared and hashed by its fields; mypy holds everybody to leaving it as it is."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
