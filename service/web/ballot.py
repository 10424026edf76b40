"""*Stemmingen*, for everybody: what is voted on, how one votes so that nobody can tell what, and the count to check.

A page cannot blind a pass: whoever blinded it for the voter would know the vote. So one votes with a program of one's
own or on paper, and here is said how, and why. Nobody types the key of his vote here either: that would tell us whose
it is. The list is shown in parts, of which one asks a whole one and looks for oneself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request

from service import ballots, plans, residents
from service.api.border import here, loaded, read_query
from service.api.schemas import Dutch, TextField
from service.faults import Fault, Malformed
from service.guard import Guard
from service.web.screens import page, screen

_PART = 500  # votes that fit on a page, on average
_DIGITS = "0123456789abcdef"


class PartQuery(Dutch):
    """With which digits the keys of a part begin."""

    begin = TextField(longest=8, load_default="")


@screen("GET", "/stemmingen", Guard.ANYONE)
def list_ballots() -> Response:
    """All ballots, the one that closes last first."""
    service, now = here(), here().clock()
    rows = ballots.list_ballots(service.installation)
    return page(
        "stemmingen.html",
        stemmingen=[(row, ballots.status_of(row, now)) for row in rows],
        plaatsen=ballots.places(service.installation),
        stappen=residents.step_names(service.installation),
    )


@screen("GET", "/stemmingen/<id:ballot_id>", Guard.ANYONE)
def show_ballot(ballot_id: str) -> Response:
    """One ballot: how to vote in it, or what was counted."""
    service, now = here(), here().clock()
    row = ballots.read_ballot(service.installation, ballot_id)
    counted, laid_down = ballots.result(service.installation, ballot_id) if row.counted is not None else ({}, {})
    return page(
        "stemming.html",
        stemming=row,
        stand=ballots.status_of(row, now),
        stof=plans.matter(service.installation, row.case, row.step, row.subject),
        stappen=residents.step_names(service.installation),
        adres=request.host_url.rstrip("/"),
        telling=counted,
        uitslag=laid_down,
    )


@screen("GET", "/stemmingen/<id:ballot_id>/lijst", Guard.ANYONE)
def show_votes(ballot_id: str) -> Response:
    """A part of the votes that were counted: those whose key begins with these digits."""
    row, votes = ballots.published(here().installation, ballot_id)
    begin = loaded(PartQuery(), read_query())["begin"]
    if not re.fullmatch(r"[0-9a-f]{0,8}", begin):
        raise Malformed((Fault("begin", "Een sleutel bestaat uit de cijfers 0 tot en met 9 en a tot en met f."),))
    shown, deeper = part_of(votes, begin, _PART)
    return page(
        "stembiljetten.html",
        stemming=row,
        begin=begin,
        delen=deeper,
        stemmen=shown,
        aantal=len(votes),
        digest=ballots.list_digest(votes),
        stappen=residents.step_names(here().installation),
    )


def part_of(votes: Sequence[tuple[str, str]], begin: str, most: int) -> tuple[list[tuple[str, str]], list[str]]:
    """The votes whose key begins so; when there are more than `most`, the beginnings by which to look further."""
    found = sorted(vote for vote in votes if vote[0].startswith(begin))
    if len(found) > most:
        return [], [begin + digit for digit in _DIGITS]
    return found, []
