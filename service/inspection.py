"""Everything that is held about one person, for that person: the right of access of the AVG, as one act on record.

Found are the account, the roles, mandates and substitutions, and each record in any chain in which the person acts or
is named, with what the person wrote opened. The register of a ballot says only that somebody is in it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from engine.registers import moment
from engine.roles import values_of
from engine.terms import Json
from engine.trail import kinds, record
from engine.trail.kinds import Kind
from service import (
    comments,
    db,
    hearing,
    mailboxes,
    organisation,
    store_attachments,
    store_ballots,
    store_comments,
    store_drafts,
    store_factors,
    store_notices,
    store_people,
    store_trail,
)
from service.faults import Unknown
from service.installation import Installation
from service.openings import Reader
from service.store_people import PersonRow
from service.store_trail import ORGANISATION


def inspect(installation: Installation, login: str, now: datetime) -> dict[str, Json]:
    """All that is held about who logs in with this name; the act is recorded first. Raises Unknown."""
    with db.writing(installation.database) as tx:
        person = _person(installation, tx, login)
        fields: dict[str, Json] = {
            "actor": {"ref": "opdrachtregel", "role": "beheer"},
            "other": organisation.reference(installation, person),
        }
        hearing.write(installation, tx, organisation.hold_head(tx), [(Kind.PERSON_INSPECTED, fields)], now)
    mail = mailboxes.read_own(installation, person)
    with db.reading(installation.database) as tx:
        ref = organisation.reference(installation, person)
        facts: list[Json] = [
            {
                "soort": one.register.value,
                "sinds": moment(one.at),
                "regel": one.record,
                "gegevens": dict(values_of(one)),
            }
            for one in store_trail.facts_about(tx, ref)
        ]
        factor = store_factors.find(tx, person.id)
        ballots: list[Json] = [*store_ballots.registered(tx, person.id)]
        return {
            "account": {
                "gebruikersnaam": person.login,
                "naam": person.name,
                "bewoner": person.is_resident,
                "sinds": moment(person.created_at),
                "geblokkeerd": None if person.blocked_at is None else moment(person.blocked_at),
                "tweedeFactor": None if factor is None or factor.confirmed_at is None else moment(factor.confirmed_at),
                "sessies": len(store_people.sessions(tx, person.id, "sessie")),
                "sleutels": len(store_people.sessions(tx, person.id, "token")),
                "agenda-adressen": len(store_people.sessions(tx, person.id, "agenda")),
            },
            "rollen": facts,
            "meldingen": store_notices.count_of(tx, person.id),
            "post": None if mail is None else {"adres": mail.wish.address, "bevestigd": mail.is_confirmed},
            "concepten": [{"taak": task, "op": moment(at)} for task, at in store_drafts.kept_by(tx, person.id)],
            "bijlagen": [
                {"bijlage": one, "zaak": case, "op": moment(at)}
                for one, case, at in store_attachments.kept_by(tx, person.id)
            ],
            "opmerkingen": [
                {"zaak": one.case, "op": moment(one.at), "tekst": comments.opened(installation, one)}
                for one in store_comments.made_by(tx, person.id)
            ],
            "kiezersregisters": ballots,
            "regels": [one for chain in store_trail.chains(tx) for one in _records(installation, tx, person, chain)],
        }


def _person(installation: Installation, tx: Connection, login: str) -> PersonRow:
    found = store_people.read_login(tx, login, installation.names.hidden(login))
    if found is None:
        raise Unknown(f"Er is geen account {login}.")
    return installation.names.opened(found[0])


def _records(installation: Installation, tx: Connection, person: PersonRow, chain: str) -> list[Json]:
    ref = hearing.reference(installation, person.id, person.is_resident, chain)
    found: list[Json] = []
    for body in store_trail.bodies_naming(tx, chain, ref):
        read = record.read(body)
        actor = read.get("actor")
        is_own = isinstance(actor, dict) and actor.get("ref") == ref
        values = read.get("values")
        given = dict(values) if isinstance(values, dict) else {}
        found.append(
            {
                "keten": "de organisatie" if chain == ORGANISATION else chain,
                "nummer": read["seq"],
                "op": read["at"],
                "regel": record.digest_of(body),
                "zin": kinds.sentence(read),
                "handelde": is_own,
                "gegevens": Reader(installation, tx).opened(given) if is_own else given,
            }
        )
    return found
