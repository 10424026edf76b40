"""The second factor of who may decide: a code that changes every half minute (TOTP, RFC 6238), or a recovery code.

The secret is closed under a key that follows from the key file; a code counts once, and so does a recovery code. After
five wrong codes each next one waits twice as long, whatever the address it comes from.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection

from engine.rights import STEPS
from engine.roles import in_force, values_of
from engine.submission import text
from engine.terms import Action, Register
from engine.trail.kinds import Kind
from service import db, organisation, store_definitions, store_factors, store_people, store_trail
from service.auth import TOKEN, Caller
from service.faults import Conflict, Unknown
from service.installation import Installation
from service.limits import TooMany
from service.store_factors import FactorRow
from service.store_people import PersonRow

STEP = 30  # seconds for which a code is shown
_DIGITS, _SECRET, _NONCE = 6, 20, 12
_DRIFT = 1  # steps that the clock of a telephone may be off
_PATIENCE = 5  # wrong codes before each next one waits
_LONGEST = timedelta(days=1)
_CODES, _CODE_BYTES = 8, 10
_ISSUER = "Wijkcyclus"
_TOTP, _RECOVERY = re.compile(r"\d{6}", re.ASCII), re.compile(r"[A-Z2-7]{16}")


class CodeNeeded(Exception):
    """Er is ook een code van uw tweede factor nodig"""


class FactorNeeded(Exception):
    """Stel eerst een tweede factor in"""


class WrongCode(Exception):
    """De code klopt niet, of is al gebruikt"""


class Lacking(StrEnum):
    """What somebody who proved the password must still do before a session opens."""

    NOTHING = "niets"
    CODE = "code"
    FACTOR = "tweede factor"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes into an authenticator: the secret as people type it, and the address that holds the same."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class State:
    """Whether somebody has a second factor, and how many recovery codes are left."""

    is_set: bool
    codes_left: int


def lacking(installation: Installation, person: PersonRow, now: datetime) -> Lacking:
    """What this person, whose password fits, still has to prove or to set."""
    with db.reading(installation.database) as tx:
        return _lacking(installation, tx, person, now)


def has_one(tx: Connection, person_id: str) -> bool:
    """Whether this person has a second factor that counts."""
    row = store_factors.find(tx, person_id)
    return row is not None and row.confirmed_at is not None


def read_state(installation: Installation, person: PersonRow) -> State:
    """How the second factor of this person stands."""
    with db.reading(installation.database) as tx:
        return State(has_one(tx, person.id), store_factors.count_left(tx, person.id))


def prepare(installation: Installation, by: Caller, now: datetime) -> Prepared:
    """A new secret for the caller, which counts once a code of it is given. Raises Conflict when one counts already."""
    if by.session.kind == TOKEN:
        raise Conflict("Een token stelt geen tweede factor in; log in met een wachtwoord.")
    person, secret = by.person, installation.entropy(_SECRET)
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)  # where there is no row yet, nothing else keeps a second request waiting
        _refuse_second(store_factors.hold(tx, person.id))
        store_factors.begin(tx, person.id, _closed(installation, person.id, secret), now)
    return _prepared(person, secret)


def read_prepared(installation: Installation, by: Caller) -> Prepared:
    """The secret that waits for its first code. Raises Conflict when it counts already, Unknown when there is none."""
    with db.reading(installation.database) as tx:
        row = store_factors.find(tx, by.person.id)
    _refuse_second(row)
    if row is None:
        raise Unknown("Begin opnieuw met het instellen van de tweede factor.")
    return _prepared(by.person, _opened(installation, row))


def confirm(installation: Installation, by: Caller, code: str, now: datetime) -> tuple[str, ...]:
    """From now on the secret counts, since the caller gave a code of it; answers the recovery codes, shown this once.

    Every session and token that was opened without it ends. Raises Conflict, Unknown, TooMany, WrongCode.
    """
    if by.session.kind == TOKEN:
        raise Conflict("Een token stelt geen tweede factor in; log in met een wachtwoord.")
    person = by.person
    codes = tuple(b32encode(installation.entropy(_CODE_BYTES)).decode() for _ in range(_CODES))
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)
        row = store_factors.hold(tx, person.id)
        _refuse_second(row)
        if row is None:
            raise Unknown("Begin opnieuw met het instellen van de tweede factor.")
        fits = _fits(installation, tx, row, code, now)
        if fits:
            store_factors.confirm(tx, person.id, now, [_digest(one) for one in codes])
            store_people.revoke_sessions(tx, person.id, now)
            organisation.note_account(installation, tx, person, person, now, Kind.FACTOR_SET)
    if not fits:
        raise WrongCode("Vul de zes cijfers in die uw app nu toont; kijk of de klok van uw telefoon gelijkloopt.")
    return tuple("-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in codes)


def use(installation: Installation, person: PersonRow, code: str, now: datetime) -> None:
    """Use up a code of this person's factor, or a recovery code. Raises WrongCode, TooMany."""
    with db.writing(installation.database) as tx:
        row = store_factors.hold(tx, person.id)
        fits = row is not None and row.confirmed_at is not None and _fits(installation, tx, row, code, now)
    if not fits:
        raise WrongCode("Wacht op de volgende code van uw app, of gebruik een herstelcode.")


def drop_own(installation: Installation, by: Caller, code: str, now: datetime) -> None:
    """The caller goes on without a second factor, by a last code. Raises WrongCode, TooMany."""
    use(installation, by.person, code, now)
    _drop(installation, by.person, by.person, now)


def drop(installation: Installation, by: PersonRow, person_id: str, now: datetime) -> None:
    """Take the factor of somebody who lost it, by who may appoint, and not one's own; every session ends.

    Raises Refused, Unknown, Conflict.
    """
    organisation.require_appointer(installation, by, now)
    if person_id == by.id:
        raise Conflict("Uw eigen tweede factor trekt u zelf in, met een code; of vraag het een andere beheerder.")
    with db.reading(installation.database) as tx:
        person = store_people.read_person(tx, person_id)
    if person is None:
        raise Unknown("Deze persoon is hier niet bekend.")
    _drop(installation, by, person, now)


def end_if_lacking(installation: Installation, tx: Connection, person_id: object, now: datetime) -> None:
    """Who may decide from now on, and has no second factor where one is asked, logs in again and sets one."""
    person = store_people.read_person(tx, person_id) if isinstance(person_id, str) else None
    if person is not None and _lacking(installation, tx, person, now) is Lacking.FACTOR:
        store_people.revoke_sessions(tx, person.id, now)


def _drop(installation: Installation, by: PersonRow, person: PersonRow, now: datetime) -> None:
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)
        if not store_factors.drop(tx, person.id):
            raise Unknown("Deze persoon heeft geen tweede factor.")
        store_people.revoke_sessions(tx, person.id, now)
        organisation.note_account(installation, tx, by, person, now, Kind.FACTOR_DROPPED)


def _lacking(installation: Installation, tx: Connection, person: PersonRow, now: datetime) -> Lacking:
    if has_one(tx, person.id):
        return Lacking.CODE
    return Lacking.FACTOR if _is_asked(installation, tx, person, now) else Lacking.NOTHING


def _is_asked(installation: Installation, tx: Connection, person: PersonRow, now: datetime) -> bool:
    """Whether this person may decide (or appoint who does): by a role, somebody's substitute, or under a mandate.

    Residents who decide together at *meebeslissen* do so as a group, and are asked for none.
    """
    version = store_definitions.current_version(tx) if installation.config.second_factor else None
    if version is None:
        return False
    own = store_trail.facts_about(tx, organisation.reference(installation, person))
    absent = {text(values_of(one), "vervangt") for one in in_force(own, Register.VERVANGINGEN, now)} - {""}
    known = [own, *(store_trail.facts_about(tx, name) for name in sorted(absent))]
    held = {text(values_of(one), "rol") for facts in known for one in in_force(facts, Register.ROLLEN, now)}
    given = [own, *(store_trail.facts_about(tx, role) for role in sorted(held))]
    if any(in_force(facts, Register.MANDATEN, now) for facts in given):
        return True
    family = installation.definition(tx, version)
    deciding = {role for step in STEPS for role in family.matrix.competent_roles(step, (), family.roles)}
    deciding = {role for role in deciding if not family.roles.is_of_residents(role)}
    return bool(held & (deciding | family.roles.may.get(Action.APPOINT, frozenset())))


def _refuse_second(row: FactorRow | None) -> None:
    if row is not None and row.confirmed_at is not None:
        raise Conflict("U hebt al een tweede factor; trek die eerst in, met een code.")


def _fits(installation: Installation, tx: Connection, row: FactorRow, code: str, now: datetime) -> bool:
    """Whether this code is one of now that was not used; a wrong one is counted. Raises TooMany after too many."""
    wait = _rest_of(row, now)
    if wait > timedelta(0):
        raise TooMany(1 + int(wait.total_seconds()))
    typed = re.sub(r"[\s-]", "", code).upper()
    if _TOTP.fullmatch(typed):
        counter = _counter_of(_opened(installation, row), typed, now)
        fits = counter is not None and store_factors.take(tx, row.person, counter)
    else:
        fits = bool(_RECOVERY.fullmatch(typed)) and store_factors.use_up(tx, row.person, _digest(typed), now)
    if not fits:
        store_factors.note_failure(tx, row.person, now)
    return fits


def _rest_of(row: FactorRow, now: datetime) -> timedelta:
    """For how long still no code is looked at."""
    if row.failed_at is None or row.failures < _PATIENCE:
        return timedelta(0)
    return row.failed_at + min(timedelta(minutes=2 ** min(row.failures - _PATIENCE, 11)), _LONGEST) - now


def _counter_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step of time of which this is the code, as far as a clock may be off."""
    made, here = HOTP(secret, _DIGITS, SHA1()), int(now.timestamp()) // STEP
    for counter in range(here - _DRIFT, here + _DRIFT + 1):
        try:
            made.verify(code.encode(), counter)
        except InvalidToken:
            continue
        return counter
    return None


def _prepared(person: PersonRow, secret: bytes) -> Prepared:
    typed = b32encode(secret).decode()
    uri = TOTP(secret, _DIGITS, SHA1(), STEP).get_provisioning_uri(person.login, _ISSUER)
    return Prepared(" ".join(typed[at : at + 4] for at in range(0, len(typed), 4)), uri)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def _key(installation: Installation) -> AESGCM:
    return AESGCM(hmac.new(installation.secret, b"tweede factor\n", "sha256").digest())


def _closed(installation: Installation, person_id: str, secret: bytes) -> bytes:
    nonce = installation.entropy(_NONCE)
    return nonce + _key(installation).encrypt(nonce, secret, person_id.encode())


def _opened(installation: Installation, row: FactorRow) -> bytes:
    return _key(installation).decrypt(row.secret[:_NONCE], row.secret[_NONCE:], row.person.encode())
