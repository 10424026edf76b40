"""Who may knock at a route: every view says it with one of these, and the application refuses to start when one does not.

A guard says whether a login is asked, never what that person may do: that is `engine.authority`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])


class Guard(StrEnum):
    """What a route asks of its caller."""

    ANYONE = "anyone"
    PERSON = "person"


class Unguarded(Exception):
    """Een adres heeft geen wacht"""


def anyone(view: View) -> View:
    """This route is open without login: a short list, which a test knows by heart."""
    view.__dict__["guard"] = Guard.ANYONE
    return view


def person(view: View) -> View:
    """This route asks for a person: a session or a token that is valid now."""
    view.__dict__["guard"] = Guard.PERSON
    return view


def guards(app: Flask) -> dict[str, Guard]:
    """The guard of each endpoint; Unguarded names those that have none."""
    found = {endpoint: getattr(view, "guard", None) for endpoint, view in app.view_functions.items()}
    bare = sorted(endpoint for endpoint, guard in found.items() if guard is None)
    if bare:
        raise Unguarded(", ".join(bare))
    return {endpoint: Guard(guard) for endpoint, guard in found.items() if guard is not None}
