"""The self-check of the database: chains, columns, sealed values, registers, tree and checkpoints, all computed again.

It names what is wrong, and mends nothing. What it cannot find is what fits again: a restored backup, or a history that
was rewritten whole. Those the signer's memory, witnesses and receipts betray.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import registers
from engine.errors import EngineError, NoteRefused, RecordRefused
from engine.submission import table, text
from engine.terms import Json, Register
from engine.trail import merkle, record, seal
from engine.trail.checkpoint import Checkpoint
from engine.trail.kinds import Kind
from engine.trail.merkle import Frontier
from engine.trail.note import Note, signers
from engine.trail.policy import Policy
from engine.trail.record import Head, instant
from service import db, sealing, store_attachments, store_log, store_sealed, store_trail
from service.faults import Conflict
from service.installation import Installation
from service.store_trail import Kept

_ROWS = 1_000
_AT_ONCE = 50_000  # records that are computed again while somebody waits for the answer


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and a Dutch sentence for everything that is wrong."""

    records: int
    waiting: int
    checkpoints: int
    findings: tuple[str, ...]


def check(installation: Installation) -> Checked:
    """Look at everything, at one moment."""
    with db.reading(installation.database) as tx:
        places = {digest.hex(): index for index, digest in store_log.leaves(tx)}
        signed = store_log.notes(tx)
        parts = (_tree(tx, len(places)), _records(installation, tx, places), _checkpoints(tx, signed))
        found = [finding for part in parts for finding in _as_far_as_it_goes(part)]
        waits = store_log.waiting(tx)
    return Checked(len(places), len(waits), len(signed), tuple(found))


@dataclass(frozen=True, slots=True)
class Health:
    """How the log stands: what has its place and what waits for it, what was signed last, and why nothing is, if so.

    `witnesses` are those of the settings, each with whether it stands under the newest checkpoint.
    """

    size: int
    waiting: int
    broken: str | None
    signed_size: int
    signed_at: datetime | None
    witnesses: tuple[tuple[str, bool], ...]


def health(installation: Installation) -> Health:
    """The log as it stands, without computing anything again."""
    asked = installation.config.witnesses
    policy = None if asked is None else Policy.read(asked.read_bytes())
    with db.reading(installation.database) as tx:
        standing, waiting = store_log.read_tree(tx), store_log.count_waiting(tx)
        newest = store_log.newest_checkpoint(tx)
        have = {} if newest is None else store_log.cosignatures(tx, newest)
    return Health(
        size=standing.frontier.size,
        waiting=waiting,
        broken=standing.broken,
        signed_size=0 if newest is None else newest.frontier.size,
        signed_at=None if newest is None else newest.at,
        witnesses=tuple((one.key.name, str(one.key) in have) for one in (policy.witnesses if policy else ())),
    )


def check_here_and_now(installation: Installation) -> Checked:
    """As `check`, for who waits for the answer; Conflict for a log too long for that."""
    with db.reading(installation.database) as tx:
        size = store_log.read_tree(tx).frontier.size
    if size > _AT_ONCE:
        raise Conflict(
            f"Het logboek heeft {size} regels; laat 'wijkcyclus trail check' draaien, dat duurt enkele minuten."
        )
    return check(installation)


def _as_far_as_it_goes(part: Iterator[str]) -> Iterator[str]:
    """The findings of a part; what nobody can read at all is one, and ends it."""
    try:
        yield from part
    except (EngineError, ValueError, TypeError) as wrong:
        yield f"Iets is zo veranderd dat het niet meer te lezen is: {wrong}."


def _tree(tx: Connection, count: int) -> Iterator[str]:
    """The tree against its own leaves: every place taken once, and blocks and end as they follow from them."""
    standing = store_log.read_tree(tx)
    if [index for index, _ in store_log.leaves(tx)] != list(range(count)):
        yield "Het logboek heeft een plaats overgeslagen."
        return
    end, roots = Frontier(), store_log.checkpoint_roots(tx)
    blocks: dict[tuple[int, int], bytes] = {}
    for digest in (digest for _, digest in store_log.leaves(tx)):
        grown = merkle.grow(end, (digest,))
        end = grown.frontier
        blocks |= {(one.level, one.index): one.root for one in grown.blocks}
        if end.size in roots and roots.pop(end.size) != (end.root, end.encode()):
            yield f"Het controlepunt bij {end.size} regels past niet op het logboek."
    yield from (f"Het controlepunt bij {size} regels is van een langer logboek dan dit." for size in sorted(roots))
    if end != standing.frontier:
        yield f"De kop van het logboek ({standing.frontier.size} regels) past niet op de {end.size} regels erin."
    if blocks != store_log.blocks(tx):
        yield "De blokken van het logboek passen niet op de regels die erin staan."


def _records(installation: Installation, tx: Connection, places: dict[str, int]) -> Iterator[str]:
    """Every record against digest, columns, chain and place; every chain, fact and place against its records."""
    log, waiting, heads = store_log.newest_log(tx), set(store_log.waiting(tx)), store_trail.heads(tx)
    ends: dict[str, tuple[Head, int]] = {}
    known = set[str]()
    files: dict[str, tuple[str, str]] = {}
    for rows in store_trail.all_records(tx, _ROWS):
        facts, sealed = store_trail.facts_of_records(tx, [row.digest for row in rows]), dict[str, set[str]]()
        for row in rows:
            before, last = ends.get(row.chain, (Head(row.chain), -1))
            place = places.get(row.digest)
            known.add(row.digest)
            if (place is None) == (row.digest not in waiting):
                where = "geen plaats in" if place is None else "twee keer een plaats in"
                yield f"{_named(row)} heeft {where} het logboek."
            if place is not None and place < last and not (place == 0 and log > 1):
                yield f"{_named(row)} staat in het logboek voor een eerdere regel van dezelfde zaak."
            # The record that reopens a log comes first in it, before what its chain said earlier.
            reached = last if place is None or (place == 0 and log > 1) else place
            ends[row.chain] = (Head(row.chain, row.seq, row.digest), reached)
            yield from _record(row, before)
            yield from _sealed_and_registered(row, facts.get(row.digest, []), sealed)
            _note_file(row, files)
        yield from _openable(installation, tx, sealed)
    yield from _files_there(installation, tx, files)
    for chain, head in heads.items():
        if ends.get(chain, (Head(chain), -1))[0] != head:
            yield f"De keten van {chain} eindigt niet bij regel {head.seq}, waar zij volgens haar kop eindigt."
    yield from (f"De keten van {chain} hoort bij geen zaak." for chain in sorted(set(ends) - set(heads)))
    for digest in sorted(store_trail.established_by(tx) - known):
        yield f"Een rij van het register noemt de regel {digest}, en die is er niet."
    for digest in sorted({*places, *waiting} - known):
        yield f"De regel {digest} stond in het logboek en is er niet meer."


def _named(row: Kept) -> str:
    return f"Regel {row.seq} van {row.chain} ({row.kind})"


def _record(row: Kept, before: Head) -> Iterator[str]:
    if row.seq != before.seq + 1:
        yield f"{_named(row)} volgt op regel {before.seq}: daartussen ontbreekt iets."
    if record.digest_of(row.body) != row.digest:
        yield f"De inhoud van {_named(row)} is veranderd: zij past niet bij haar digest."
    try:
        body = record.read(row.body)
    except RecordRefused as wrong:
        yield f"{_named(row)} is niet te lezen: {wrong}."
        return
    columns = {"case": row.chain, "seq": row.seq, "kind": row.kind, "at": instant(row.at)}
    for name, value in columns.items():
        if body.get(name) != value:
            yield f"De kolom {name} van {_named(row)} zegt iets anders dan de regel zelf."
    if body.get("prev") != before.digest and row.seq == before.seq + 1:
        yield f"{_named(row)} noemt een andere vorige regel dan er staat."


def _sealed_and_registered(row: Kept, facts: list[Json], sealed: dict[str, set[str]]) -> Iterator[str]:
    """The register rows of a record against the record; what it seals is gathered in `sealed`."""
    try:
        body = record.read(row.body)
    except RecordRefused:
        return  # said already
    for digest in seal.handles_in(body):
        sealed.setdefault(digest, set()).add(_named(row))
    expected = [] if row.kind == "taak:afgerond" else registers.facts_of(body, row.digest)
    wanted = [store_trail.content_of(fact) for fact in expected if fact.register is not Register.VERRICHT]
    if Counter(map(repr, wanted)) != Counter(map(repr, facts)):
        yield f"De registers zeggen iets anders dan {_named(row)}."


def _openable(installation: Installation, tx: Connection, sealed: dict[str, set[str]]) -> Iterator[str]:
    """Every sealed value is there and fits its digest, or an order on record names it: the one or the other."""
    stored = {row.digest: row for row in store_sealed.find(tx, list(sealed))}
    known = sealing.opened(installation.keys, stored.values())
    orders = store_sealed.orders_of(tx, list(sealed))
    bodies = store_trail.bodies(tx, set(orders.values()))
    for digest, named in sealed.items():
        where, order = ", ".join(sorted(named)), bodies.get(orders.get(digest, ""), "")
        is_ordered = f'"{digest}"' in order and '"kind":"vernietiging:' in order
        one = known.get(digest)
        if one is None and not is_ordered:
            what = "is weg" if digest not in stored else "is niet meer te openen"
            yield f"Een verzegelde waarde van {where} {what}, en niemand gaf daar opdracht toe."
        elif one is not None and (is_ordered or seal.seal(one.name, one.value, one.salt) != digest):
            yield f"Een verzegelde waarde van {where} is {'niet vernietigd' if is_ordered else 'veranderd'}."


def _note_file(row: Kept, files: dict[str, tuple[str, str]]) -> None:
    """Keep which files were added and not taken away: by number, the digest that stands for each, and where it does."""
    if row.kind not in (Kind.ATTACHED, Kind.DETACHED):
        return
    try:
        values = table(record.read(row.body), "values")
    except RecordRefused:
        return  # said already
    if row.kind == Kind.DETACHED:
        files.pop(text(values, "bijlage"), None)
    else:
        files[text(values, "bijlage")] = (text(table(values, "inhoud"), seal.HANDLE), _named(row))


def _files_there(installation: Installation, tx: Connection, files: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Every file that was added is there with its key, or was taken away, or an order names it."""
    lying, gone = store_attachments.lying(tx), store_sealed.orders_of(tx, [proof for proof, _ in files.values()])
    for proof, where in files.values():
        key = lying.get(proof)
        if proof not in gone and (key is None or installation.keys.find(key) is None):
            yield f"De bijlage van {where} is weg of niet heel, en niemand haalde haar weg."


def _checkpoints(tx: Connection, signed: list[tuple[int, int, bytes, bytes]]) -> Iterator[str]:
    """Every checkpoint was signed by a key of the log, and says what stands beside it."""
    known = store_log.keys(tx)
    for log, size, root, content in signed:
        try:
            note = Note.decode(content)
            told = Checkpoint.read(note.text)
            is_true = bool(signers(note, [key for key in known if key.name == told.origin]))
        except NoteRefused:
            is_true = False
        if not is_true or (told.size, told.root) != (size, root):
            yield f"Het controlepunt bij {size} regels van logboek {log} is niet wat er is ondertekend."
