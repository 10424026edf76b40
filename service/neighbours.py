"""The other dossiers of a wijk, read for an act or a report in one of them; `engine.elsewhere` says which count."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from engine import elsewhere
from engine.definition import Definition
from engine.elsewhere import Elsewhere, Neighbour
from service import store_trail
from service.store import CaseRow


def neighbours(
    tx: Connection, definition: Definition, row: CaseRow, for_account: bool
) -> tuple[Neighbour, list[Neighbour]]:
    """The dossier of this case, and the others of its wijk with which it has to do, the oldest first.

    `for_account`: also those for which the account of its year may have to answer.
    """
    years = {one.id for one in definition.processes.values() if one.year is not None}
    found = [
        replace(one, is_year_case=one.process in years)
        for one in store_trail.dossiers_of_wijk(tx, row.wijk, row.dossier, years if for_account else ())
    ]
    own = next(one for one in found if one.id == row.dossier)
    others = (one for one in found if one is not own)
    return own, [one for one in others if one.binds_in(own) or (for_account and one.concerns_account_of(own))]


def elsewhere_of(tx: Connection, definition: Definition, row: CaseRow, for_account: bool) -> Elsewhere:
    """What the other dossiers of the wijk hold for an act in this case, as their registers stand."""
    own, others = neighbours(tx, definition, row, for_account)
    facts = store_trail.facts_of_dossiers(tx, [one.id for one in others], elsewhere.BINDING_ELSEWHERE)
    return elsewhere.seen_from(own, ((one, facts.get(one.id, ())) for one in others))
