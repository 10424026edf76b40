"""Destroying sealed values by an order of two people, and keeping what must be kept: acts of the organisation.

1. Somebody asks, naming the values; another orders it (`engine.conditions.destruction`). A job waits for the term.
2. `carry_out`, one transaction that holds every chain concerned: what stays of the same compartments moves to new keys,
   the values are deleted, with the files of which they are the SHA-256 and every draft and remark in those cases, and
   each chain gets a record that names them and the order. All of it is seen, or nothing.
3. `shred`: the old keys are destroyed and the files rewritten; only then the organisation's chain says that nothing is
   left. Whatever stops it half-way, doing it again completes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.conditions import destruction
from engine.conditions.destruction import Readiness
from engine.roles import values_of
from engine.submission import text
from engine.terms import Action, Fact, Json, Register, Values
from engine.trail import record, seal
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record
from service import (
    db,
    hearing,
    mailboxes,
    naming,
    organisation,
    sealing,
    store,
    store_attachments,
    store_comments,
    store_drafts,
    store_jobs,
    store_notices,
    store_people,
    store_sealed,
    store_trail,
)
from service.faults import Fault, Malformed, Unknown
from service.hearing import Refused
from service.installation import Installation
from service.organisation import Administration
from service.store_jobs import Job
from service.store_keys import KeyStoreBusy
from service.store_people import PersonRow
from service.store_sealed import Closed
from service.store_trail import ORGANISATION

ORDERED, SHREDDING = "vernietiging", "versnippering"  # kinds of job
AGAIN = timedelta(minutes=1)
_REASON = "reden"
_NAMED = ("waarden", "zaken", destruction.ACCOUNT)
_SYSTEM: Values = {"actor": {"ref": "systeem", "role": "systeem"}}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sealed values are meant: by digest, all of a case or of one compartment of it, or what a person wrote."""

    digests: Collection[str] = ()
    case: str | None = None
    compartment: str | None = None
    person: str | None = None


def ask(
    installation: Installation, by: PersonRow, wanted: Wanted, ground: str, reason: str, now: datetime
) -> list[tuple[Record, int]]:
    """Ask that these values be destroyed; answers each record, and how many values it names. Raises Unknown, Refused.

    Each chain gets a request of its own, and the account of a resident one more: nothing on record may tell that what
    lies in two cases is of one person.
    """
    asked: list[tuple[Record, int]] = []
    with db.writing(installation.database) as tx:
        for values in _apart(installation, tx, wanted):
            named = {**values, "grond": ground}
            done = _act(installation, tx, by, Action.DESTROY, Kind.DESTRUCTION_ASKED, named, reason, now)
            if isinstance(done, Refused):
                break
            asked.append((done, len(destruction.words(values, "waarden"))))
    if isinstance(done, Refused):
        raise done
    return asked


def _apart(installation: Installation, tx: Connection, wanted: Wanted) -> list[Values]:
    """What is meant, chain by chain; one that names nothing when there is nothing, to be refused."""
    by_chain = defaultdict[str, list[Closed]](list)
    for row in chosen(installation, tx, wanted):
        by_chain[row.chain].append(row)
    found: list[Values] = [_values(rows) for _, rows in sorted(by_chain.items())]
    person = None if wanted.person is None else store_people.read_person(tx, wanted.person)
    if person is not None and person.is_resident and wanted.compartment is None:
        found.append({destruction.ACCOUNT: organisation.reference(installation, person)})
    return found or [_values(())]


def order(
    installation: Installation, by: PersonRow, request: str, reason: str, now: datetime
) -> tuple[Record, datetime]:
    """Order what this record asked for; answers the record, and when it is carried out. Raises Unknown, Refused."""
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)
        named = _row(tx, Register.VERNIETIGINGEN, request)
        values: dict[str, Json] = {"verzoek": request}
        values |= {name: values_of(named)[name] for name in _NAMED if name in values_of(named)}
        done = _act(installation, tx, by, Action.ORDER, Kind.DESTRUCTION_ORDERED, values, reason, now)
        if not isinstance(done, Refused):
            terms = organisation.standing(installation, tx).definition.terms
            due = terms.end(destruction.COOLING_OFF, done.at)
            store_jobs.plan(tx, ORDERED, due, {"opdracht": done.digest})
    if isinstance(done, Refused):
        raise done
    return done, due


def call_off(installation: Installation, by: PersonRow, digest: str, reason: str, now: datetime) -> Record:
    """Call off a request or an order that was not carried out. Raises Unknown, Refused."""
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)
        _row(tx, Register.VERNIETIGINGEN, digest)
        values: dict[str, Json] = {"trekt_in": digest}
        done = _act(installation, tx, by, Action.ABANDON, Kind.DESTRUCTION_CALLED_OFF, values, reason, now)
    if isinstance(done, Refused):
        raise done
    return done


def keep(installation: Installation, by: PersonRow, wanted: Wanted, reason: str, now: datetime) -> list[Record]:
    """Let nobody destroy these values, or anything of this case, until it is lifted. Raises Unknown, Refused.

    As with a request, each chain gets a record of its own.
    """
    kept: list[Record] = []
    with db.writing(installation.database) as tx:
        named: list[Values] = [
            {"waarden": one["waarden"]} for one in _apart(installation, tx, wanted) if "waarden" in one
        ]
        if wanted.case is not None and wanted.compartment is None:
            named = [{"zaken": [wanted.case]}]
        for values in named or [{"waarden": []}]:
            done = _act(installation, tx, by, Action.PRESERVE, Kind.KEEPING_ORDERED, values, reason, now)
            if isinstance(done, Refused):
                break
            kept.append(done)
    if isinstance(done, Refused):
        raise done
    return kept


def lift(installation: Installation, by: PersonRow, digest: str, reason: str, now: datetime) -> Record:
    """What this duty kept may be destroyed again. Raises Unknown, Refused."""
    with db.writing(installation.database) as tx:
        organisation.hold_head(tx)
        _row(tx, Register.BEWAARPLICHTEN, digest)
        values: dict[str, Json] = {"trekt_in": digest}
        done = _act(installation, tx, by, Action.PRESERVE, Kind.KEEPING_LIFTED, values, reason, now)
    if isinstance(done, Refused):
        raise done
    return done


def chosen(installation: Installation, tx: Connection, wanted: Wanted) -> list[Closed]:
    """The values that are meant, as far as they still are there. Raises Unknown, Malformed when nothing is meant."""
    if wanted.person is not None:
        person = store_people.read_person(tx, wanted.person)
        if person is None:
            raise Unknown("Deze persoon is hier niet bekend.")
        found = set(wanted.digests) | words_of(installation, tx, person)
    elif wanted.case is not None:
        if store_trail.read_chain(tx, wanted.case) is None:
            raise Unknown("Deze zaak bestaat niet.")
        found = set(wanted.digests) | set(store_trail.handles_of(tx, wanted.case))
    elif wanted.digests:
        found = set(wanted.digests)
    else:
        raise Malformed((Fault("waarden", "Noem waarden, een zaak of een persoon."),))
    rows = store_sealed.find(tx, found)
    return [row for row in rows if wanted.compartment in (None, row.compartment)]


def words_of(installation: Installation, tx: Connection, person: PersonRow) -> set[str]:
    """The sealed values in the records of what this person did, in every chain."""
    return {
        digest
        for chain in store_trail.chains(tx)
        for body in store_trail.bodies_naming(
            tx, chain, hearing.reference(installation, person.id, person.is_resident, chain)
        )
        if _did(read := record.read(body), hearing.reference(installation, person.id, person.is_resident, chain))
        for digest in seal.handles_in(read)
    }


def _did(body: dict[str, Json], ref: str) -> bool:
    actor = body.get("actor")
    return isinstance(actor, dict) and actor.get("ref") == ref


def _values(rows: Iterable[Closed]) -> dict[str, Json]:
    listed = list(rows)
    digests: list[Json] = [*sorted(row.digest for row in listed)]
    chains: list[Json] = [*sorted({row.chain for row in listed})]
    return {"waarden": digests, "zaken": chains}


def _act(
    installation: Installation,
    tx: Connection,
    by: PersonRow,
    action: Action,
    kind: Kind,
    values: Values,
    reason: str,
    now: datetime,
) -> Record | Refused:
    submission, hidden = seal.seal_form(
        {**values, _REASON: reason}, {_REASON}, compartment=Register.VERNIETIGINGEN.value, entropy=installation.entropy
    )
    return organisation.act(installation, tx, by, Administration(action, kind, submission), now, hidden)


def _row(tx: Connection, register: Register, digest: str) -> Fact:
    found = next((one for one in store_trail.facts_of(tx, ORGANISATION, (register,)) if one.record == digest), None)
    if found is None:
        raise Unknown("Deze regel staat niet in het register.")
    return found


def carry_out(installation: Installation, tx: Connection, job: Job, now: datetime) -> None:
    """Step 2, for the order that this job names; nothing when it was called off, later when it has to wait."""
    named = text(job.payload, "opdracht")
    found = store_trail.facts_of(tx, ORGANISATION, organisation.DESTRUCTION)
    doomed = next((one for one in found if one.record == named), None)
    rows = [] if doomed is None else store_sealed.find(tx, destruction.words(values_of(doomed), "waarden"))
    heads = {chain: _hold(tx, chain) for chain in _in_order(tx, {row.chain for row in rows})}
    organisation.hold_head(tx)
    if not store_jobs.hold_job(tx, job.id):
        return  # another worker was first
    found = store_trail.facts_of(tx, ORGANISATION, organisation.DESTRUCTION)
    now = hearing.not_before(now, found)
    terms = organisation.standing(installation, tx).definition.terms
    readiness = destruction.readiness(found, named, terms, now)
    if readiness in (Readiness.KEPT, Readiness.WAITING):
        store_jobs.postpone(tx, job.id, now + timedelta(days=1))
        return
    store_jobs.finish(tx, job.id)
    if readiness is Readiness.READY and doomed is not None:
        rows = store_sealed.find(
            tx, destruction.words(values_of(doomed), "waarden")
        )  # as they are now that all is held
        gone = _forget(installation, tx, text(values_of(doomed), destruction.ACCOUNT), now)
        gone |= (
            store_drafts.destroy_in(tx, heads) | store_comments.destroy_in(tx, heads) | _renew(installation, tx, rows)
        )
        digests = [row.digest for row in rows]
        store_sealed.destroy(tx, digests, named)
        gone |= store_attachments.destroy(tx, digests)  # the database asks for the order in the line above
        keys: list[Json] = [*sorted(gone)]
        _record(installation, tx, doomed, found, rows, heads, now)
        payload: dict[str, Json] = {"opdracht": named, "sleutels": keys, "waarden": len(rows)}
        payload |= {destruction.ACCOUNT: True} if destruction.ACCOUNT in values_of(doomed) else {}
        store_jobs.plan(tx, SHREDDING, now, payload)


def _forget(installation: Installation, tx: Connection, account: str, now: datetime) -> set[str]:
    """The name, login and drafts of the resident with this reference go; what the person did stays under references.

    Answers the keys that close them, which are to be destroyed.
    """
    keys = set[str]()
    for resident in store_people.residents(tx) if account else ():
        if hearing.reference(installation, resident, True, ORGANISATION) == account:
            row = store_people.read_person(tx, resident)
            key = None if row is None else naming.key_of(row)
            keys |= store_drafts.destroy_of(tx, resident) | (set() if key is None else {key})
            keys |= mailboxes.forget(tx, resident)
            store_notices.drop_of(tx, resident)
            store_people.forget(tx, resident, now)
    return keys


def _in_order(tx: Connection, chains: Collection[str]) -> list[str]:
    """The chains in the order in which everybody takes them: a dossier before its cases, the organisation last."""
    cases = [row for chain in chains if (row := store.read_case(tx, chain)) is not None]
    listed = sorted({(row.dossier, "") for row in cases} | {(row.dossier, row.id) for row in cases})
    return list(dict.fromkeys(case or dossier for dossier, case in listed))


def _hold(tx: Connection, chain: str) -> tuple[Head, str]:
    row = store.hold_case(tx, chain)
    assert row is not None, "cases are never deleted"
    return Head(row.id, row.seq, row.head), row.dossier


def _renew(installation: Installation, tx: Connection, rows: Iterable[Closed]) -> set[str]:
    """Put what stays of the same compartments under new keys; answers the keys that are to be destroyed."""
    doomed = {row.digest: row for row in rows}
    keys = {row.key for row in doomed.values()}
    staying = defaultdict[tuple[str, str], list[Closed]](list)
    for row in store_sealed.under(tx, keys):
        if row.digest not in doomed:
            staying[row.chain, row.compartment].append(row)
    for chain, compartment in sorted({(row.chain, row.compartment) for row in doomed.values()}):
        key = installation.keys.renew(chain, compartment)
        moved = sealing.moved(staying[chain, compartment], installation.keys, key, installation.entropy)
        store_sealed.move(tx, moved)
    return keys


def _record(
    installation: Installation,
    tx: Connection,
    doomed: Fact,
    found: Iterable[Fact],
    rows: Iterable[Closed],
    heads: dict[str, tuple[Head, str]],
    now: datetime,
) -> None:
    """In each chain: which of its values are gone, by which order, of which two people."""
    request = next(one for one in found if one.record == text(values_of(doomed), "verzoek"))
    by_chain = defaultdict[str, list[Json]](list)
    for row in rows:
        by_chain[row.chain].append(row.digest)
    account = values_of(doomed).get(destruction.ACCOUNT)
    if account is not None:
        by_chain[ORGANISATION] += []
    for chain, digests in sorted(by_chain.items()):
        head, dossier = heads[chain] if chain != ORGANISATION else (organisation.hold_head(tx), ORGANISATION)
        values: dict[str, Json] = {
            "opdracht": doomed.record,
            "opgedragen_door": doomed.by,
            "verzoek": request.record,
            "gevraagd_door": request.by,
            "grond": values_of(request).get("grond"),
            "waarden": sorted(digests, key=str),
        }
        if account is not None:
            values[destruction.ACCOUNT] = account
        entry = (Kind.DESTRUCTION_DONE, {**_SYSTEM, "dossier": dossier, "values": values})
        hearing.write(installation, tx, head, [entry], now, (), dossier)


def shred(installation: Installation, job: Job, now: datetime) -> None:
    """Step 3: no file holds the keys or the values any more, and then that is recorded."""
    listed = destruction.words(job.payload, "sleutels")
    try:
        installation.keys.destroy(listed)
        db.scrub(installation.database, *store_people.NAMED_IN if job.payload.get(destruction.ACCOUNT) else ())
    except (KeyStoreBusy, db.DatabaseBusy):
        with db.writing(installation.database) as tx:
            store_jobs.postpone(tx, job.id, now + AGAIN)
        return
    with db.writing(installation.database) as tx:
        head = organisation.hold_head(tx)
        if not store_jobs.hold_job(tx, job.id):
            return  # another worker was first
        values: dict[str, Json] = {
            "opdracht": job.payload["opdracht"],
            "aantal": job.payload["waarden"],
            "sleutels": len(listed),
        }
        entry = (Kind.DESTRUCTION_CERTIFIED, {**_SYSTEM, "values": values})
        hearing.write(installation, tx, head, [entry], now)
        store_jobs.finish(tx, job.id)
