"""SQL for people and their sessions: rows in, frozen values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from service.store_statement import Statement
from service.tables_people import person, recovery_code, second_factor, session


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who may log in; `is_resident` says that this person has another reference in each case.

    The login and name of a resident come closed from the database: `service.naming` opens them.
    """

    id: str
    login: str
    name: str
    is_resident: bool
    created_at: datetime
    blocked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session (`sessie`) or an API token (`token`), without its secret."""

    id: str
    kind: str
    person: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


_PERSON_COLUMNS = (
    person.c.id,
    person.c.login,
    person.c.name,
    person.c.is_resident,
    person.c.created_at,
    person.c.blocked_at,
)
_SESSION_COLUMNS = (
    session.c.id,
    session.c.kind,
    session.c.person,
    session.c.label,
    session.c.created_at,
    session.c.expires_at,
    session.c.revoked_at,
)
_PERSON = select(*_PERSON_COLUMNS).where(person.c.id == bindparam("id"))
_BY_LOGIN = select(*_PERSON_COLUMNS, person.c.password).where(
    person.c.login.in_([bindparam("login"), bindparam("hidden")])
)
_LOGIN_OF = select(person.c.login).where(person.c.id == bindparam("after")).scalar_subquery()
_PEOPLE = (
    select(*_PERSON_COLUMNS)
    .where(person.c.login > func.coalesce(_LOGIN_OF, ""))
    .order_by(person.c.login)
    .limit(bindparam("limit"))
)
_RECOGNISED = Statement(
    select(*_PERSON_COLUMNS, *_SESSION_COLUMNS)
    .select_from(session.join(person, person.c.id == session.c.person))
    .where(session.c.digest == bindparam("digest"))
)
_SESSIONS = (
    select(*_SESSION_COLUMNS)
    .where(session.c.person == bindparam("person"), session.c.kind == bindparam("kind"))
    .order_by(session.c.created_at, session.c.id)
)
_REVOKE_ONE = (
    update(session)
    .where(
        session.c.id == bindparam("b_id"),
        session.c.person == bindparam("b_person"),
        session.c.kind == bindparam("b_kind"),
        session.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("b_at"))
)
_REVOKE_ALL = (
    update(session)
    .where(session.c.person == bindparam("b_person"), session.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("b_at"))
)
_PASSWORD = update(person).where(person.c.id == bindparam("b_id")).values(password=bindparam("b_password"))
_BLOCK = update(person).where(person.c.id == bindparam("b_id")).values(blocked_at=bindparam("b_at"))


NAMED_IN = ("person", "session", "second_factor", "recovery_code", "mailbox", "notice")
"""The tables that say who somebody is, or what that person was told."""


def recognise(tx: Connection, digest: str) -> tuple[PersonRow, SessionRow] | None:
    """Whose session or token this is (one SELECT), valid or not; None when nobody has it."""
    row = _RECOGNISED.one(tx, {"digest": digest})
    return None if row is None else (PersonRow(*row[:6]), SessionRow(*row[6:]))


def insert_person(tx: Connection, row: PersonRow, password: str | None) -> None:
    """A new person; `password` is an argon2 hash."""
    tx.execute(
        insert(person),
        {
            "id": row.id,
            "login": row.login,
            "name": row.name,
            "password": password,
            "is_resident": row.is_resident,
            "created_at": row.created_at,
            "blocked_at": row.blocked_at,
        },
    )


def read_person(tx: Connection, person_id: str) -> PersonRow | None:
    """The person with this id."""
    row = tx.execute(_PERSON, {"id": person_id}).one_or_none()
    return None if row is None else PersonRow(*row)


def read_login(tx: Connection, login: str, hidden: str) -> tuple[PersonRow, str | None] | None:
    """The official with this login name or the resident with this hidden one, and the argon2 hash of the password."""
    row = tx.execute(_BY_LOGIN, {"login": login, "hidden": hidden}).one_or_none()
    return None if row is None else (PersonRow(*row[:6]), row[6])


def people(tx: Connection, *, after: str, limit: int) -> list[PersonRow]:
    """People after the one with this id ("" for the first): officials by login name, residents in no telling order."""
    return [PersonRow(*row) for row in tx.execute(_PEOPLE, {"after": after, "limit": limit})]


def everybody(tx: Connection) -> list[PersonRow]:
    """All people, in the same order."""
    return [PersonRow(*row) for row in tx.execute(select(*_PERSON_COLUMNS).order_by(person.c.login))]


def residents(tx: Connection) -> list[str]:
    """The ids of all residents."""
    return list(tx.execute(select(person.c.id).where(person.c.is_resident)).scalars())


def set_password(tx: Connection, person_id: str, password: str) -> None:
    """The person's new argon2 hash."""
    tx.execute(_PASSWORD, {"b_id": person_id, "b_password": password})


def set_blocked(tx: Connection, person_id: str, at: datetime | None) -> None:
    """From `at` on nobody is recognised as this person; None lifts that."""
    tx.execute(_BLOCK, {"b_id": person_id, "b_at": at})


def forget(tx: Connection, person_id: str, at: datetime) -> None:
    """Nobody knows any more by which name this person logged in, or what the person is called; the sessions go."""
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA secure_delete=ON"))
    for table in (session, recovery_code, second_factor):
        tx.execute(delete(table).where(table.c.person == person_id))
    forgotten = {"login": f"vernietigd-{person_id}", "name": "vernietigd", "password": None, "blocked_at": at}
    tx.execute(update(person).where(person.c.id == person_id).values(forgotten))


def insert_session(tx: Connection, row: SessionRow, digest: str) -> None:
    """A new session or token; only the SHA-256 of its secret is kept."""
    tx.execute(
        insert(session),
        {
            "id": row.id,
            "digest": digest,
            "kind": row.kind,
            "person": row.person,
            "label": row.label,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "revoked_at": row.revoked_at,
        },
    )


def sessions(tx: Connection, person_id: str, kind: str) -> list[SessionRow]:
    """All sessions or tokens that this person ever had, oldest first."""
    return [SessionRow(*row) for row in tx.execute(_SESSIONS, {"person": person_id, "kind": kind})]


def revoke_session(tx: Connection, person_id: str, kind: str, session_id: str, at: datetime) -> bool:
    """The session or token ends now; False when this person has none such that is still valid."""
    values = {"b_id": session_id, "b_person": person_id, "b_kind": kind, "b_at": at}
    return tx.execute(_REVOKE_ONE, values).rowcount == 1


def revoke_sessions(tx: Connection, person_id: str, at: datetime) -> int:
    """All sessions and tokens of this person end now; how many they were."""
    return tx.execute(_REVOKE_ALL, {"b_person": person_id, "b_at": at}).rowcount
