"""What people are on record: accounts, roles, mandates and substitutions, given and withdrawn as recorded acts.

A withdrawal is a record of its own that names the one it withdraws; nothing is ever changed or erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import Connection

from engine import registers
from engine.roles import Roles, in_force, lasting, values_of
from engine.submission import text
from engine.terms import Action, Fact, Json, Register, Values
from engine.trail import record, seal
from engine.trail.kinds import Kind
from engine.trail.record import Record
from service import accounts, db, hearing, organisation, second_factor, store_people, store_trail, store_wijken
from service.auth import FEED, SESSION, TOKEN
from service.faults import Conflict, Fault, Malformed, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.organisation import Administration
from service.store_people import PersonRow, SessionRow
from service.store_trail import ORGANISATION

_GIVEN = {
    Register.ROLLEN: (Action.APPOINT, Kind.ROLE_GIVEN),
    Register.MANDATEN: (Action.MANDATE, Kind.MANDATE_GIVEN),
    Register.VERVANGINGEN: (Action.SUBSTITUTE, Kind.SUBSTITUTION_GIVEN),
}
_WITHDRAWN = {
    Register.ROLLEN: (Action.DISMISS, Kind.ROLE_WITHDRAWN),
    Register.MANDATEN: (Action.REVOKE, Kind.MANDATE_WITHDRAWN),
    Register.VERVANGINGEN: (Action.REVOKE, Kind.SUBSTITUTION_WITHDRAWN),
}
_REASON = "reden"
_KINDS = (SESSION, TOKEN, FEED)
_PEOPLE = ("persoon", "vervanger", "vervangt")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who gets an account."""

    login: str
    name: str
    password: str | None
    is_resident: bool


def add_person(
    installation: Installation,
    by: PersonRow,
    given: NewPerson,
    role: Values | None,
    now: datetime,
    passwords: PasswordHasher,
) -> PersonRow:
    """A new account, with a first role if there is one, by who may appoint. Raises Malformed, Conflict, Refused."""
    with db.writing(installation.database) as tx:
        names = installation.names
        row = accounts.new_account(tx, names, given.login, given.name, given.password, given.is_resident, now)
        done: Record | Refused | None = None
        if role is None and organisation.appoints(installation, tx, by, now):
            organisation.note_account(installation, tx, by, row, now)
        else:
            done = organisation.act(installation, tx, by, _appointment(installation, row, role or {}), now)
        if not isinstance(done, Refused):
            password = None if given.password is None else passwords.hash(given.password)
            store_people.insert_person(tx, names.closed(row), password)
    if isinstance(done, Refused):
        raise done
    return row


def block(installation: Installation, by: PersonRow, person_id: str, now: datetime) -> None:
    """From now on nobody logs in as this person, and what is open ends at once; by who may appoint, and not oneself.

    Raises Unknown, Conflict, Refused.
    """
    with db.writing(installation.database) as tx:
        done: Record | Refused | None = None
        if not organisation.appoints(installation, tx, by, now):
            asked = Administration(Action.APPOINT, Kind.PERSON_BLOCKED, {})
            done = organisation.act(installation, tx, by, asked, now)
        else:
            row = _account(tx, person_id)
            if row.id == by.id:
                raise Conflict("U kunt uzelf niet blokkeren; vraag een andere beheerder.")
            if row.blocked_at is None:
                organisation.note_account(installation, tx, by, row, now, Kind.PERSON_BLOCKED)
                store_people.set_blocked(tx, person_id, now)
                store_people.revoke_sessions(tx, person_id, now)
    if isinstance(done, Refused):
        raise done


def give(installation: Installation, by: PersonRow, register: Register, values: Values, now: datetime) -> Record:
    """Give a role, a mandate or a substitution, as the register's row says. Raises Malformed, Conflict, Refused.

    `persoon`, `vervanger` and `vervangt` are ids of people; the record holds their references.
    """
    action, kind = _GIVEN[register]
    with db.writing(installation.database) as tx:
        submission = {name: value for name, value in values.items() if value is not None}
        named = {name: _named(tx, name, submission[name]) for name in _PEOPLE if name in submission}
        submission |= {name: organisation.reference(installation, one) for name, one in named.items()}
        _require_equals(named)
        other = submission.get("vervanger", submission.get("persoon"))
        organisation.hold_head(tx)
        about = store_trail.facts_about(tx, str(other or submission.get("rol")))
        if any(values_of(row) == submission for row in lasting(about, register, now)):
            raise Conflict("Dit is al zo vastgelegd; er is niets gewijzigd.")
        asked = Administration(action, kind, submission, other if isinstance(other, str) else None)
        done = organisation.act(installation, tx, by, asked, now)
        if not isinstance(done, Refused):
            second_factor.end_if_lacking(installation, tx, values.get("vervanger", values.get("persoon")), now)
    if isinstance(done, Refused):
        raise done
    return done


def withdraw(
    installation: Installation, by: PersonRow, register: Register, digest: str, reason: str, now: datetime
) -> Record:
    """Withdraw the role, mandate or substitution that this record gave. Raises Unknown, Conflict, Refused."""
    action, kind = _WITHDRAWN[register]
    with db.writing(installation.database) as tx:
        given = _given(tx, register, digest)
        row = values_of(given)
        organisation.hold_head(tx)
        if any(
            text(values_of(one), "trekt_in") == digest for one in store_trail.facts_of(tx, ORGANISATION, (register,))
        ):
            raise Conflict("Dit is al ingetrokken; er is niets gewijzigd.")
        person = text(row, "vervanger") or text(row, "persoon") or None
        values: dict[str, Json] = {"trekt_in": digest, _REASON: reason}
        values |= {name: row[name] for name in ("persoon", "vervanger", "vervangt", "rol", "orgaan") if name in row}
        submission, sealed = seal.seal_form(values, {_REASON}, compartment=register.value, entropy=installation.entropy)
        done = organisation.act(installation, tx, by, Administration(action, kind, submission, person), now, sealed)
    if isinstance(done, Refused):
        raise done
    return done


def rows_of(
    installation: Installation, register: Register, now: datetime, person: PersonRow | None, *, later: bool = False
) -> list[Fact]:
    """The rows of this register that hold now, or `later` too, of everybody or of one person."""
    with db.reading(installation.database) as tx:
        if person is None:
            found = store_trail.facts_of(tx, ORGANISATION, (register,))
        else:
            found = store_trail.facts_about(tx, organisation.reference(installation, person))
    return list((lasting if later else in_force)(found, register, now))


def read_person(installation: Installation, by: PersonRow, person_id: str, now: datetime) -> PersonRow:
    """Somebody's account: one's own, or anybody's for who may appoint. Raises Unknown."""
    with db.reading(installation.database) as tx:
        found = store_people.read_person(tx, person_id)
        if found is None or (found.id != by.id and not organisation.appoints(installation, tx, by, now)):
            raise Unknown("Deze persoon is hier niet bekend.")
    return installation.names.opened(found)


def list_people(installation: Installation, by: PersonRow, now: datetime, *, after: str, limit: int) -> list[PersonRow]:
    """People after the one with this id, for who may appoint; anybody else sees only themselves."""
    with db.reading(installation.database) as tx:
        if organisation.appoints(installation, tx, by, now):
            return [installation.names.opened(one) for one in store_people.people(tx, after=after, limit=limit)]
    return [] if after else [by]


def directory(installation: Installation) -> dict[str, PersonRow]:
    """Everybody with an account by the reference under which the organisation's registers name them."""
    with db.reading(installation.database) as tx:
        found = store_people.everybody(tx)
    return {organisation.reference(installation, one): installation.names.opened(one) for one in found}


def roles_held(installation: Installation, by: PersonRow, now: datetime) -> frozenset[str]:
    """The roles that this person has now, anywhere."""
    return frozenset(text(values_of(row), "rol") for row in rows_of(installation, Register.ROLLEN, now, by))


def find_login(installation: Installation, login: str) -> PersonRow | None:
    """The person with this login name."""
    with db.reading(installation.database) as tx:
        found = store_people.read_login(tx, login, installation.names.hidden(login))
    return None if found is None else installation.names.opened(found[0])


def catalogue(installation: Installation) -> Roles:
    """The roles that the newest released process family knows, and the powers that they give."""
    with db.reading(installation.database) as tx:
        return organisation.standing(installation, tx).definition.roles


@dataclass(frozen=True, slots=True)
class Account:
    """All that who may appoint sees of an account; `roles` hold now or later, `names` and `wijken` say their names."""

    person: PersonRow
    roles: tuple[Fact, ...]
    sessions: tuple[SessionRow, ...]
    names: Mapping[str, str]
    wijken: Mapping[str, str]
    has_factor: bool


def read_account(installation: Installation, by: PersonRow, person_id: str, now: datetime) -> Account:
    """One account with its roles and what opens it, for who may appoint. Raises Unknown, Refused."""
    organisation.require_appointer(installation, by, now)
    with db.reading(installation.database) as tx:
        row = _account(tx, person_id)
        facts = store_trail.facts_about(tx, organisation.reference(installation, row))
        known = organisation.standing(installation, tx).definition.roles.by_id
        return Account(
            installation.names.opened(row),
            lasting(facts, Register.ROLLEN, now),
            tuple(_open(tx, person_id, now)),
            {one.id: one.name for one in known.values()},
            dict(store_wijken.all_wijken(tx)),
            second_factor.has_one(tx, person_id),
        )


def list_sessions(installation: Installation, by: PersonRow, person_id: str, now: datetime) -> list[SessionRow]:
    """The sessions and tokens of somebody that still work, for who may appoint. Raises Unknown, Refused."""
    organisation.require_appointer(installation, by, now)
    with db.reading(installation.database) as tx:
        _account(tx, person_id)
        return _open(tx, person_id, now)


def _open(tx: Connection, person_id: str, now: datetime) -> list[SessionRow]:
    found = [one for kind in _KINDS for one in store_people.sessions(tx, person_id, kind)]
    return [one for one in found if one.revoked_at is None and one.expires_at > now]


def end_session(installation: Installation, by: PersonRow, person_id: str, session_id: str, now: datetime) -> None:
    """End a session or token of somebody at once, on record, by who may appoint. Raises Unknown, Refused."""
    organisation.require_appointer(installation, by, now)
    with db.writing(installation.database) as tx:
        row = _account(tx, person_id)
        if not any(store_people.revoke_session(tx, person_id, kind, session_id, now) for kind in _KINDS):
            raise Unknown("Deze sessie of dit token is er niet, of werkt al niet meer.")
        organisation.note_account(installation, tx, by, row, now, Kind.SESSION_ENDED)


def _account(tx: Connection, person_id: str) -> PersonRow:
    found = store_people.read_person(tx, person_id)
    if found is None:
        raise Unknown("Deze persoon is hier niet bekend.")
    return found


def _appointment(installation: Installation, row: PersonRow, role: Values) -> Administration:
    ref = organisation.reference(installation, row)
    submission: dict[str, Json] = {name: value for name, value in role.items() if value is not None}
    return Administration(Action.APPOINT, Kind.ROLE_GIVEN, submission | {"persoon": ref}, ref, first=Kind.PERSON_ADDED)


def _given(tx: Connection, register: Register, digest: str) -> Fact:
    body = store_trail.bodies(tx, [digest]).get(digest)
    rows = () if body is None else registers.facts_of(record.read(body), digest)
    found = next((row for row in rows if row.register is register and not values_of(row).get("trekt_in")), None)
    if found is None:
        raise Unknown("Deze regel staat niet in het register.")
    return found


def _named(tx: Connection, name: str, person_id: Json) -> PersonRow:
    found = store_people.read_person(tx, person_id) if isinstance(person_id, str) else None
    if found is None:
        raise Malformed((Fault(name, "Deze persoon is hier niet bekend."),))
    return found


def _require_equals(named: Mapping[str, PersonRow]) -> None:
    """A substitute reads what the other may read: that of an official is not for a resident."""
    absent, substitute = named.get("vervangt"), named.get("vervanger")
    if absent and substitute and substitute.is_resident and not absent.is_resident:
        raise Malformed((Fault("vervanger", "Een bewoner vervangt geen medewerker; kies een collega."),))


def add_first_administrator(
    installation: Installation, given: NewPerson, now: datetime, passwords: PasswordHasher
) -> PersonRow:
    """The one account that nobody gave: from the command line, once, while nobody has any role yet.

    Raises Malformed, and Conflict when there are roles already or no role of the city is meant for this.
    """
    with db.writing(installation.database) as tx:
        head = organisation.hold_head(tx)
        if store_trail.facts_of(tx, ORGANISATION, (Register.ROLLEN,)):
            raise Conflict("Er zijn al rollen gegeven; een beheerder voegt verder iedereen toe.")
        row = accounts.new_account(tx, installation.names, given.login, given.name, given.password, False, now)
        store_people.insert_person(tx, row, None if given.password is None else passwords.hash(given.password))
        role = organisation.administrator_role(installation, tx)
        fields: dict[str, Json] = {
            "actor": {"ref": "opdrachtregel", "role": "beheer"},
            "values": {"persoon": organisation.reference(installation, row), "rol": role, "bereik": "gemeente"},
        }
        hearing.write(installation, tx, head, [(Kind.ROLE_GIVEN, fields)], now)
    return row
