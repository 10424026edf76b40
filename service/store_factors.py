"""SQL for the second factor: its secret, closed, the last code that was taken, and the digests of recovery codes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from service.tables_people import recovery_code, second_factor

_NEVER = -1  # before any code was taken


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A second factor, which counts once confirmed; `failures` are the wrong codes since the last right one."""

    person: str
    secret: bytes
    counter: int
    failures: int
    failed_at: datetime | None
    confirmed_at: datetime | None


_COLUMNS = (
    *(second_factor.c.person, second_factor.c.secret, second_factor.c.counter, second_factor.c.failures),
    *(second_factor.c.failed_at, second_factor.c.confirmed_at),
)
_OWN: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(second_factor.c.person == bindparam("person"))


def find(tx: Connection, person: str) -> FactorRow | None:
    """The second factor of this person, confirmed or not."""
    row = tx.execute(_OWN, {"person": person}).one_or_none()
    return None if row is None else FactorRow(*row)


def hold(tx: Connection, person: str) -> FactorRow | None:
    """The same, locked until the transaction ends: codes are tried one after the other."""
    row = tx.execute(_OWN.with_for_update(), {"person": person}).one_or_none()
    return None if row is None else FactorRow(*row)


def begin(tx: Connection, person: str, secret: bytes, now: datetime) -> None:
    """A new secret, closed, which counts for nothing before it is confirmed; an unconfirmed one goes."""
    unproven = second_factor.c.person == person, second_factor.c.confirmed_at.is_(None)
    tx.execute(delete(second_factor).where(*unproven))
    row = {"person": person, "secret": secret, "counter": _NEVER, "failures": 0, "created_at": now}
    tx.execute(insert(second_factor), row)


def confirm(tx: Connection, person: str, now: datetime, digests: Collection[str]) -> None:
    """From now on the factor counts; these are the digests of its recovery codes."""
    tx.execute(update(second_factor).where(second_factor.c.person == person).values(confirmed_at=now))
    tx.execute(delete(recovery_code).where(recovery_code.c.person == person))
    tx.execute(insert(recovery_code), [{"person": person, "digest": one} for one in sorted(digests)])


def take(tx: Connection, person: str, counter: int) -> bool:
    """The code of this step of time is used up; False when it was, or one after it."""
    taken = update(second_factor).where(second_factor.c.person == person, second_factor.c.counter < counter)
    return tx.execute(taken.values(counter=counter, failures=0, failed_at=None)).rowcount == 1


def use_up(tx: Connection, person: str, digest: str, now: datetime) -> bool:
    """The recovery code with this digest is used up; False when the person has none such left."""
    own = recovery_code.c.person == person, recovery_code.c.digest == digest, recovery_code.c.used_at.is_(None)
    if tx.execute(update(recovery_code).where(*own).values(used_at=now)).rowcount != 1:
        return False
    tx.execute(update(second_factor).where(second_factor.c.person == person).values(failures=0, failed_at=None))
    return True


def note_failure(tx: Connection, person: str, now: datetime) -> None:
    """One wrong code more."""
    own = update(second_factor).where(second_factor.c.person == person)
    tx.execute(own.values(failures=second_factor.c.failures + 1, failed_at=now))


def count_left(tx: Connection, person: str) -> int:
    """How many recovery codes the person has left."""
    own = recovery_code.c.person == person, recovery_code.c.used_at.is_(None)
    return tx.execute(select(func.count()).select_from(recovery_code).where(*own)).scalar_one()


def drop(tx: Connection, person: str) -> bool:
    """The person has no second factor any more; False when there was none."""
    tx.execute(delete(recovery_code).where(recovery_code.c.person == person))
    return tx.execute(delete(second_factor).where(second_factor.c.person == person)).rowcount == 1
