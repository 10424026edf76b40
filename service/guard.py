"""Who may knock at a route: every view says it, and the application refuses to start when one does not.

A guard says whether a login is asked, never what that person may do: that is `engine.authority`.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask


class Guard(StrEnum):
    """What a route asks of its caller: nothing (a short list), or a session or token that is valid now."""

    ANYONE = "anyone"
    HALFWAY = "halfway"  # a person, or somebody who proved the password alone and must still give a code
    PERSON = "person"
    ACTOR = "actor"  # a person, whose session the act proves in its own transaction


class Unguarded(Exception):
    """Een adres heeft geen wacht"""


def guards(app: Flask) -> dict[str, Guard]:
    """The guard of each endpoint; Unguarded names those that have none."""
    found = {endpoint: getattr(view, "guard", None) for endpoint, view in app.view_functions.items()}
    bare = sorted(endpoint for endpoint, guard in found.items() if guard is None)
    if bare:
        raise Unguarded(", ".join(bare))
    return {endpoint: Guard(guard) for endpoint, guard in found.items() if guard is not None}
