"""Accounts and what opens them: people, their passwords, their sessions and their API tokens.

An account gives no right at all; what somebody may do follows from the roles, mandates and substitutions on record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine

from service import auth, db, store_people
from service.auth import FEED, HALFWAY_LASTS, SESSION, SESSION_LASTS, TOKEN, Caller, WrongPassword
from service.faults import Conflict, Fault, Malformed, Unknown
from service.naming import Names
from service.store_people import PersonRow, SessionRow

LEAST_PASSWORD = 12
MOST_PASSWORD = 200
LONGEST_TOKEN = timedelta(days=366)
WEBSITE = "website"  # the account in whose name comes in what people without one write: nobody is it, or logs in as it
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")

Entropy = Callable[[int], bytes]


def new_id(entropy: Entropy) -> str:
    """A random UUID (version 4) from the given source."""
    return str(UUID(bytes=entropy(16), version=4))


def account_faults(login: str, name: str, password: str | None) -> tuple[Fault, ...]:
    """What is wrong with a new account, all at once."""
    faults = []
    if not _LOGIN.fullmatch(login):
        faults.append(Fault("gebruikersnaam", "Gebruik 2 tot 64 kleine letters, cijfers, punten of streepjes."))
    if not name.strip():
        faults.append(Fault("naam", "Verplicht veld."))
    if password is not None:
        faults.extend(password_faults(login, password))
    return tuple(faults)


def password_faults(login: str, password: str) -> tuple[Fault, ...]:
    """What is wrong with a new password: length is what counts."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return (Fault("wachtwoord", f"Gebruik {LEAST_PASSWORD} tot {MOST_PASSWORD} tekens."),)
    if password.lower() == login or len(set(password)) < 5:
        return (Fault("wachtwoord", "Dit wachtwoord is te makkelijk te raden."),)
    return ()


def new_account(
    tx: Connection, names: Names, login: str, name: str, password: str | None, is_resident: bool, now: datetime
) -> PersonRow:
    """A new account, not yet stored; Malformed lists all faults, Conflict when the login is taken."""
    faults = account_faults(login, name, password)
    if faults:
        raise Malformed(faults)
    if store_people.read_login(tx, login, names.hidden(login)) is not None:
        raise Conflict(f"De gebruikersnaam '{login}' is al in gebruik.")
    return PersonRow(new_id(names.entropy), login, name.strip(), is_resident, now, None)


def prove(database: Engine, names: Names, *, login: str, password: str, passwords: PasswordHasher) -> PersonRow:
    """Who this is; WrongPassword for an unknown login, a wrong password or a blocked account alike."""
    with db.reading(database) as tx:
        found = store_people.read_login(tx, login, names.hidden(login))
    stored = None if found is None else found[1]
    fits = auth.password_fits(stored, password, passwords)  # outside a transaction: it is slow on purpose
    if found is None or stored is None or not fits or found[0].blocked_at is not None or login == WEBSITE:
        raise WrongPassword("Controleer de gebruikersnaam en het wachtwoord.")
    if passwords.check_needs_rehash(stored):
        fresh = passwords.hash(password)
        with db.writing(database) as tx:
            store_people.set_password(tx, found[0].id, fresh)
    return names.opened(found[0])


def begin(database: Engine, person: PersonRow, kind: str, now: datetime, entropy: Entropy) -> tuple[str, Caller]:
    """A new session of who has proven to be this person, wholly or halfway, and its secret."""
    lasts = SESSION_LASTS if kind == SESSION else HALFWAY_LASTS
    with db.writing(database) as tx:
        return _open(tx, person, kind, "", now, now + lasts, entropy)


def issue_token(
    database: Engine, by: Caller, *, label: str, until: datetime, now: datetime, entropy: Entropy
) -> tuple[str, Caller]:
    """A new API token of the caller and its secret, which is shown this once; a token cannot make tokens."""
    if by.session.kind != SESSION:
        raise Conflict("Een token kan geen tokens maken; log in met een wachtwoord.")
    if not now < until <= now + LONGEST_TOKEN:
        raise Malformed((Fault("geldigTot", "Kies een tijdstip binnen een jaar."),))
    with db.writing(database) as tx:
        told = "" if by.person.is_resident else label  # of a resident nothing stays that cannot be destroyed
        return _open(tx, by.person, TOKEN, told, now, until, entropy)


def issue_feed(database: Engine, by: Caller, now: datetime, entropy: Entropy) -> str:
    """The secret in the address of the caller's calendar, shown this once; it takes the place of the one before."""
    if by.session.kind != SESSION:
        raise Conflict("Een token kan geen agenda-adres maken; log in met een wachtwoord.")
    with db.writing(database) as tx:
        _end_feeds(tx, by.person.id, now)
        return _open(tx, by.person, FEED, "", now, now + LONGEST_TOKEN, entropy)[0]


def end_feed(database: Engine, by: Caller, now: datetime) -> None:
    """The address of the caller's calendar is of no use any more; the same again is fine."""
    with db.writing(database) as tx:
        _end_feeds(tx, by.person.id, now)


def _end_feeds(tx: Connection, person: str, now: datetime) -> None:
    for row in store_people.sessions(tx, person, FEED):
        store_people.revoke_session(tx, person, FEED, row.id, now)


def reader_of_feed(database: Engine, names: Names, secret: str, now: datetime) -> PersonRow:
    """Whose calendar this secret opens; Unknown, with nothing about why, when it opens none now."""
    with db.glancing(database) as tx:
        found = store_people.recognise(tx, auth.digest_of(secret))
    if found is None or found[1].kind != FEED or not _is_open(*found, now):
        raise Unknown("Dit agenda-adres bestaat niet of is ingetrokken.")
    return names.opened(found[0])


def _is_open(person: PersonRow, session: SessionRow, now: datetime) -> bool:
    return session.revoked_at is None and session.expires_at > now and person.blocked_at is None


def _open(
    tx: Connection, person: PersonRow, kind: str, label: str, now: datetime, until: datetime, entropy: Entropy
) -> tuple[str, Caller]:
    secret = entropy(32).hex()
    row = SessionRow(new_id(entropy), kind, person.id, label, now, until, None)
    store_people.insert_session(tx, row, auth.digest_of(secret))
    return secret, Caller(person, row)


def list_sessions(database: Engine, by: Caller, kind: str) -> list[SessionRow]:
    """The caller's own sessions or tokens."""
    with db.reading(database) as tx:
        return store_people.sessions(tx, by.person.id, kind)


def revoke(database: Engine, by: Caller, kind: str, session_id: str, now: datetime) -> None:
    """End one of the caller's own sessions or tokens at once; Unknown for anybody else's."""
    with db.writing(database) as tx:
        if not store_people.revoke_session(tx, by.person.id, kind, session_id, now):
            raise Unknown("U hebt geen geldige sessie of token met dit nummer.")


def change_password(
    database: Engine, names: Names, by: Caller, *, old: str, new: str, now: datetime, passwords: PasswordHasher
) -> None:
    """The caller's new password; all sessions and tokens end, so that a thief is out as well."""
    faults = password_faults(by.person.login, new)
    if faults:
        raise Malformed(tuple(Fault("nieuwWachtwoord", fault.message) for fault in faults))
    with db.reading(database) as tx:
        found = store_people.read_login(tx, by.person.login, names.hidden(by.person.login))
    if found is None or not auth.password_fits(found[1], old, passwords):
        raise WrongPassword("Het huidige wachtwoord klopt niet.")
    fresh = passwords.hash(new)
    with db.writing(database) as tx:
        store_people.set_password(tx, by.person.id, fresh)
        store_people.revoke_sessions(tx, by.person.id, now)
