"""SQL for the trail: records, heads of chains, and the registers (facts) projected from records."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, text, tuple_, update

from engine.elsewhere import Neighbour
from engine.terms import Fact, Json, Register
from engine.trail import seal
from engine.trail.canonical import parse
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record, instant
from service.store_statement import Statement, as_json
from service.tables import ADVICE, case, chain, fact, record
from service.tables_log import pending

ORGANISATION = "organisatie"

_FACT_COLUMNS = (
    fact.c.register,
    fact.c.record,
    fact.c.at,
    fact.c.by,
    fact.c.step,
    fact.c.subject,
    fact.c.body,
)
_ABOUT = Statement(
    select(*_FACT_COLUMNS)
    .where(
        fact.c.dossier == ORGANISATION,
        # Written out: a list would be expanded anew at every request.
        or_(
            fact.c.register == Register.ROLLEN.value,
            fact.c.register == Register.MANDATEN.value,
            fact.c.register == Register.VERVANGINGEN.value,
        ),
        fact.c.subject == bindparam("person"),
    )
    .order_by(fact.c.id)
)
# Word for word the condition of its index: a parameter would hide from the database that it holds.
_OF_ADVISER = (
    select(*_FACT_COLUMNS)
    .where(text(ADVICE), fact.c.subject == bindparam("adviser"))
    .order_by(fact.c.id.desc())
    .limit(2_000)
)
_OF_ADVICE = select(*_FACT_COLUMNS).where(text(ADVICE), fact.c.at >= bindparam("since")).order_by(fact.c.id)
_OF_DOSSIER: Select[*tuple[Any, ...]] = (
    select(*_FACT_COLUMNS)
    .where(fact.c.dossier == bindparam("dossier"), fact.c.register.in_(bindparam("registers", expanding=True)))
    .order_by(fact.c.id)
)
_INSERT_FACT = insert(fact)
_INSERT_RECORD = Statement(insert(record))
_INSERT_PENDING = Statement(insert(pending).values(digest=bindparam("digest")).inline())
_INSERT_CHAIN = insert(chain)
_MOVE_CHAIN = (
    update(chain).where(chain.c.key == bindparam("b_key")).values(seq=bindparam("b_seq"), head=bindparam("b_head"))
)
_MOVE_CASE = (
    update(case).where(case.c.id == bindparam("b_key")).values(seq=bindparam("b_seq"), head=bindparam("b_head"))
)
_HOLD_CHAIN: Select[*tuple[Any, ...]] = (
    select(chain.c.seq, chain.c.head).where(chain.c.key == bindparam("key")).with_for_update()
)
_RECORDS: Select[*tuple[Any, ...]] = (
    select(record.c.seq, record.c.digest, record.c.kind, record.c.at, record.c.body)
    .where(record.c.chain == bindparam("chain"), record.c.seq >= bindparam("first"))
    .order_by(record.c.seq)
    .limit(bindparam("most"))
)
_BODIES: Select[*tuple[Any, ...]] = select(record.c.digest, record.c.body).where(
    record.c.digest.in_(bindparam("digests", expanding=True))
)


def facts_about(tx: Connection, person: str) -> tuple[Fact, ...]:
    """The roles, mandates and substitutions of the person with this reference in the organisation, the oldest first."""
    return tuple(_fact(row) for row in _ABOUT.all(tx, {"person": person}))


def facts_of(tx: Connection, dossier: str, registers: Collection[Register]) -> tuple[Fact, ...]:
    """The dossier's rows in these registers, the oldest first."""
    if not registers:
        return ()
    rows = tx.execute(_OF_DOSSIER, {"dossier": dossier, "registers": [one.value for one in registers]})
    return tuple(_fact(row) for row in rows.all())


def facts_of_adviser(tx: Connection, person: str) -> tuple[Fact, ...]:
    """The rows about advice that the person with this reference was asked for: the newest 2,000, oldest first."""
    return tuple(_fact(row) for row in reversed(tx.execute(_OF_ADVISER, {"adviser": person}).all()))


def facts_of_advice(tx: Connection, since: datetime) -> tuple[Fact, ...]:
    """All rows about advice requests from this moment on, the oldest first."""
    return tuple(_fact(row) for row in tx.execute(_OF_ADVICE, {"since": since}))


def _fact(row: Sequence[Any]) -> Fact:
    register, digest, at, by, step, subject, body = row
    return Fact(Register(register), digest, at, by, step, subject, json.loads(body))


def insert_facts(tx: Connection, dossier: str, rows: Iterable[Fact]) -> None:
    """The register rows that a record of this dossier (or of the organisation) established."""
    values = [
        {
            "dossier": dossier,
            "register": one.register.value,
            "step": one.step,
            "subject": one.subject,
            "record": one.record,
            "at": one.at,
            "by": one.by,
            "body": as_json(one.body),
        }
        for one in rows
    ]
    if values:
        tx.execute(_INSERT_FACT, values)


def hold_chain(tx: Connection, key: str) -> Head | None:
    """The head of a chain that belongs to no case, locked until the transaction ends."""
    row = tx.execute(_HOLD_CHAIN, {"key": key}).one_or_none()
    return None if row is None else Head(key, row[0], row[1])


def start_chain(tx: Connection, head: Head) -> None:
    """A new chain that belongs to no case, before its first record."""
    tx.execute(_INSERT_CHAIN, {"key": head.chain, "seq": head.seq, "head": head.digest})


def append(tx: Connection, records: Sequence[Record]) -> None:
    """These records, in order, at the end of one chain; the head is still to be moved.

    Each of them waits from now on for its place in the log (`service.sequencing`).
    """
    written = [
        {
            "chain": one.chain,
            "seq": one.seq,
            "digest": one.digest,
            "kind": one.kind.value,
            "at": one.at,
            "body": one.body,
        }
        for one in records
    ]
    _INSERT_RECORD.run(tx, *written)
    _INSERT_PENDING.run(tx, *({"digest": one.digest} for one in records))


def move_head(tx: Connection, head: Head) -> None:
    """The chain, held by this transaction, now ends here."""
    moved = _MOVE_CHAIN if head.chain == ORGANISATION else _MOVE_CASE
    tx.execute(moved, {"b_key": head.chain, "b_seq": head.seq, "b_head": head.digest})


def read_chain(tx: Connection, key: str) -> Head | None:
    """The head of this chain, without a lock."""
    if key == ORGANISATION:
        found = select(chain.c.seq, chain.c.head).where(chain.c.key == key)
    else:
        found = select(case.c.seq, case.c.head).where(case.c.id == key)
    row = tx.execute(found).one_or_none()
    return None if row is None else Head(key, row[0], row[1])


def dossiers_of_wijk(tx: Connection, wijk: str, own: str, processes: Collection[str]) -> list[Neighbour]:
    """The dossier `own`, every other of the wijk in which something was established, and all of these processes.

    The oldest comes first.
    """
    is_used = select(fact.c.id).where(fact.c.dossier == case.c.id).exists()
    found = (
        select(case.c.id, case.c.process, case.c.year, case.c.started_at, case.c.ended_at)
        .where(
            case.c.wijk == wijk,
            case.c.id == case.c.dossier,
            or_(case.c.id == own, case.c.process.in_(processes), is_used),
        )
        .order_by(case.c.started_at, case.c.id)
    )
    return [Neighbour(*row) for row in tx.execute(found)]


def facts_of_dossiers(
    tx: Connection, dossiers: Collection[str], registers: Collection[Register]
) -> dict[str, list[Fact]]:
    """The rows of these dossiers in these registers, by dossier, the oldest first."""
    found: dict[str, list[Fact]] = {}
    if dossiers:
        wanted = select(fact.c.dossier, *_FACT_COLUMNS).where(
            fact.c.dossier.in_(dossiers), fact.c.register.in_([one.value for one in registers])
        )
        for dossier, *row in tx.execute(wanted.order_by(fact.c.id)):
            found.setdefault(str(dossier), []).append(_fact(row))
    return found


def chains_of_dossier(tx: Connection, dossier: str) -> list[str]:
    """The chains of the cases of a dossier, the oldest case first."""
    found = select(case.c.id).where(case.c.dossier == dossier).order_by(case.c.started_at, case.c.id)
    return list(tx.execute(found).scalars())


def records(
    tx: Connection, key: str, first: int = 0, most: int = 1_000_000
) -> Iterator[tuple[int, str, str, datetime, str]]:
    """(seq, digest, kind, moment, exact body) of the chain's records, from `first` on."""
    yield from tx.execute(_RECORDS, {"chain": key, "first": first, "most": most})


def records_back(
    tx: Connection, key: str, before: int, kinds: Collection[str] | None, most: int
) -> Iterator[tuple[int, str, str, datetime, str]]:
    """The same of the records before this number, the newest first; only these kinds, when they are given."""
    found = select(record.c.seq, record.c.digest, record.c.kind, record.c.at, record.c.body)
    found = found.where(record.c.chain == key, record.c.seq < before)
    if kinds is not None:
        found = found.where(record.c.kind.in_(sorted(kinds)))
    yield from tx.execute(found.order_by(record.c.seq.desc()).limit(most))


def bodies(tx: Connection, digests: Collection[str]) -> dict[str, str]:
    """The exact bodies of these records, by digest."""
    return dict(tx.execute(_BODIES, {"digests": list(digests)}).all()) if digests else {}


def chains(tx: Connection) -> list[str]:
    """Every chain: that of the organisation, and those of all cases, the oldest first."""
    return [ORGANISATION, *tx.execute(select(case.c.id).order_by(case.c.started_at, case.c.id)).scalars()]


def bodies_naming(tx: Connection, key: str, word: str) -> list[str]:
    """The bodies of a chain's records in which this reference or digest occurs, in their order."""
    found = select(record.c.body).where(record.c.chain == key, record.c.body.contains(word, autoescape=True))
    return list(tx.execute(found.order_by(record.c.seq)).scalars())


def openings(tx: Connection, key: str, ref: str) -> Iterator[str]:
    """The bodies of the records that say that this person opened something in a chain, the newest first."""
    found = select(record.c.body).where(record.c.chain == key, record.c.kind == Kind.VALUE_OPENED.value)
    yield from tx.execute(found.where(record.c.body.contains(ref)).order_by(record.c.seq.desc())).scalars()


def handles_of(tx: Connection, key: str) -> list[str]:
    """The digests of all sealed values that the records of a chain name, in their order."""
    named = (digest for *_, body in records(tx, key) for digest in seal.handles_in(parse(body.encode())))
    return list(dict.fromkeys(named))


def moment_of(tx: Connection, digest: str) -> datetime | None:
    """When the record with this digest was made."""
    return tx.execute(select(record.c.at).where(record.c.digest == digest)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as the table has it: the columns are copies of what stands in the body."""

    chain: str
    seq: int
    digest: str
    kind: str
    at: datetime
    body: str


def all_records(tx: Connection, most: int) -> Iterator[list[Kept]]:
    """Every record, chain after chain, each in its own order, so many at a time."""
    columns = (record.c.chain, record.c.seq, record.c.digest, record.c.kind, record.c.at, record.c.body)
    place, last = tuple_(record.c.chain, record.c.seq), ("", -1)
    while True:
        found = select(*columns).where(place > tuple_(*last)).order_by(record.c.chain, record.c.seq).limit(most)
        rows = [Kept(*row) for row in tx.execute(found)]
        if not rows:
            return
        yield rows
        last = (rows[-1].chain, rows[-1].seq)


def heads(tx: Connection) -> dict[str, Head]:
    """Where every chain ends, as its case (or the organisation) says."""
    found = [*tx.execute(select(case.c.id, case.c.seq, case.c.head)), *tx.execute(select(*chain.c))]
    return {key: Head(key, seq, digest) for key, seq, digest in found}


def content_of(fact: Fact) -> dict[str, Json]:
    """What a register row says, for comparing."""
    return {
        "register": fact.register.value,
        "at": instant(fact.at),
        "by": fact.by,
        "step": fact.step,
        "subject": fact.subject,
        "body": json.dumps(fact.body, sort_keys=True),
    }


def facts_of_records(tx: Connection, digests: Collection[str]) -> dict[str, list[Json]]:
    """What the register rows of these records say, by record."""
    found: dict[str, list[Json]] = {}
    for row in tx.execute(select(*_FACT_COLUMNS).where(fact.c.record.in_(digests))):
        one = _fact(row)
        found.setdefault(one.record, []).append(content_of(one))
    return found


def established_by(tx: Connection) -> set[str]:
    """The digests of the records that the register rows name."""
    return set(tx.execute(select(fact.c.record).distinct()).scalars())
