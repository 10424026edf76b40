"""INV-40 attacked with everything there is: the database, its write-ahead log, the service's log and the trail.

Whoever holds all of that knows who took a pass and what was voted. What must not be there is a way from the one to the
other: no common word, no digest of one in the other, no order, no moment.
"""

from __future__ import annotations

import hmac
import io
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from service import backup, ballot_keys, counting, db, logs, store_ballots, voter
from service.tables import metadata
from tests.service.polls import CLOSED, EXTRA, OPEN, Poll, poll

CHOICES = ("A", "A", "B", "C", "A", "B", "blanco", "A")


@pytest.fixture
def watched(url: str, tmp_path: Path) -> Iterator[tuple[Poll, io.StringIO]]:
    """A ballot of eight voters, of which somebody kept every line of the log."""
    kept = io.StringIO()
    logs.configure(kept)
    try:
        with poll(url, tmp_path) as made:
            made.promised()
            made.at("2027-04-01T10:00+02:00")
            made.opened()
            made.at(OPEN)
            yield made, kept
    finally:
        logs.configure()


def dump(made: Poll) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order in which the database holds them."""
    with db.reading(made.stage.installation.database) as tx:
        return {
            name: [dict(row) for row in tx.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()]
            for name in metadata.tables
        }


def words(rows: object) -> set[str]:
    """Every run of eight letters and digits or more."""
    return set(re.findall(r"[0-9A-Za-z-]{8,}", json.dumps(rows, default=_text)))


def _text(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def raw(made: Poll) -> bytes:
    """The database file with its write-ahead log, as they lie on the disk; b"" on PostgreSQL."""
    url = make_url(made.stage.installation.config.database_url)
    if url.get_backend_name() != "sqlite":
        return b""
    path = Path(str(url.database))
    return b"".join(one.read_bytes() for one in (path, Path(f"{path}-wal")) if one.exists())


def test_inv_40_nothing_in_database_log_or_trail_joins_a_voter_and_a_vote(watched: tuple[Poll, io.StringIO]) -> None:
    made, kept = watched
    tickets = [made.voted(number, choice) for number, choice in enumerate(CHOICES, 1)]
    during, during_raw = dump(made), raw(made)
    made.at(CLOSED)
    after, after_raw = dump(made), raw(made)
    keys = {ticket.key for ticket in tickets}
    assert {row["key"] for row in after["ballot_vote"]} == keys

    # While voting runs nobody finds a key or a choice of a vote, sealed ones apart, nor do they differ in length.
    assert not keys & words(during) and not any(key.encode() in during_raw for key in keys)
    assert len({len(bytes(row["sealed"])) for row in during["ballot_box"]}) == 1
    assert after["ballot_box"] == [] and after["ballot_paper"] == []

    # The log, the trail and every other table know no vote; nothing but the votes themselves does.
    others = {name: rows for name, rows in after.items() if name != "ballot_vote"}
    others_before = {name: rows for name, rows in during.items() if name != "ballot_vote"}
    known = words([others, others_before, kept.getvalue()])
    assert not keys & known

    # Nor is a vote's key derived from anything known, by a digest or under the installation's secret.
    secret = made.stage.installation.secret
    derived = {sha256(word.encode()).hexdigest() for word in known}
    derived |= {sha256(bytes.fromhex(word)).hexdigest() for word in known if re.fullmatch("([0-9a-f]{2})+", word)}
    derived |= {hmac.new(secret, word.encode(), "sha256").hexdigest() for word in known}
    assert not any(digest.startswith(key) or key in digest for digest in derived for key in keys)
    votes = {sha256(f"{key}{more}".encode()).hexdigest() for key in keys for more in ("", *set(CHOICES))}
    assert not votes & known

    # What the register keeps of a pass is of no use: the pass that was cast is not the message that was signed.
    shown = {row["blinded"] for row in after["ballot_voter"]}
    passes = {sha256(bytes.fromhex(ticket.prepared)).hexdigest() for ticket in tickets}
    assert len(shown) == 8 and not shown & passes and not shown & {ticket.signature for ticket in tickets}
    assert not {ticket.prepared for ticket in tickets} & words([during, after, kept.getvalue()])
    assert not any(bytes.fromhex(ticket.key) in after_raw for ticket in tickets)


def test_inv_40_no_order_tells_who_voted_what(watched: tuple[Poll, io.StringIO]) -> None:
    made, _ = watched
    tickets = [made.voted(number, choice) for number, choice in enumerate(CHOICES, 1)]
    made.at(CLOSED)
    rows = [row["key"] for row in dump(made)["ballot_vote"]]
    assert rows == sorted(rows), "votes lie in the order of their random keys, however they were cast"
    content = raw(made)
    if content:
        places = sorted((content.index(ticket.key.encode()), ticket.key) for ticket in tickets)
        lying = [key for _, key in places]  # a page fills from its end
        assert lying in (sorted(lying), sorted(lying, reverse=True)), "on the disk as well"
    for name in ("ballot_voter", "ballot_box", "ballot_paper", "ballot_vote"):
        for column in metadata.tables[name].columns:
            assert not re.search("at$|time|seq|number|moment", column.name), f"{name}.{column.name}"
    tables = [metadata.tables[name] for name in ("ballot_voter", "ballot_box", "ballot_vote")]
    assert all(table.dialect_options["sqlite"]["with_rowid"] is False for table in tables)


def test_inv_40_the_log_says_which_address_was_used_and_nothing_else(watched: tuple[Poll, io.StringIO]) -> None:
    made, kept = watched
    before = len(kept.getvalue().splitlines())
    made.voted(1, "A")
    lines = [json.loads(line) for line in kept.getvalue().splitlines()[before:]]
    assert [line["route"] for line in lines][-2:] == [
        "/v1/stemmingen/<id:ballot_id>/passen/code",
        "/v1/stemmingen/<id:ballot_id>/stembiljetten",
    ]
    allowed = {"request_id", "method", "route", "status", "ms", "event", "level", "at"}
    assert all(set(line) <= allowed for line in lines)
    assert made.ballot not in kept.getvalue()
    counters = made.stage.app.test_client().get("/metrics").text
    assert made.ballot not in counters and "keuze" not in counters


def test_inv_40_voting_leaves_the_trail_and_the_idempotency_table_as_they_were(
    watched: tuple[Poll, io.StringIO],
) -> None:
    made, _ = watched
    before = dump(made)
    made.voted(1, "A")
    made.stage.must("balie", "PUT", f"{made.address}/kiezers/000002/papier")
    after = dump(made)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"ballot_voter", "ballot_box", "session"}


def test_inv_40_the_trail_of_a_ballot_holds_numbers_alone(watched: tuple[Poll, io.StringIO]) -> None:
    made, _ = watched
    tickets = [made.voted(number, choice) for number, choice in enumerate("AAB", 1)]
    made.paper({"A": 1}, 4)
    made.at("2027-04-22T09:00+02:00")
    made.done("speelplek", "vaststellen", EXTRA)
    trail = json.dumps(made.trail())
    for secret in (*(ticket.key for ticket in tickets), *made.codes.values(), "000001", "000004"):
        assert secret not in trail
    counted = next(one["inhoud"] for one in made.trail() if one["soort"] == "stemming:geteld")
    assert counted["actor"]["ref"] == "systeem"
    entered = [one["inhoud"]["values"] for one in made.trail() if one["soort"].startswith("papier:")]
    totals = [{"papier", "stemming"}, {"papier", "aangemerkt", "stemming"}]
    assert [set(values) for values in entered] == totals, "totals, no choices"


def test_inv_40_a_single_vote_on_paper_is_not_told_apart(watched: tuple[Poll, io.StringIO]) -> None:
    made, _ = watched
    [made.voted(number, choice) for number, choice in enumerate("AAB", 1)]
    made.paper({"C": 1}, 4)
    assert all('"C"' not in json.dumps(row, default=str) for row in dump(made)["ballot_paper"])
    made.at(CLOSED)
    votes = made.nobody()("GET", f"{made.address}/stembiljetten", None)["resultaten"]
    assert all(re.fullmatch("[0-9a-f]{32}", row["sleutel"]) and set(row) == {"sleutel", "keuze"} for row in votes)


def test_inv_40_a_backup_does_not_open_the_box(sqlite_url: str, tmp_path: Path) -> None:
    with poll(sqlite_url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        ticket = made.voted(1, "A")
        backup.back_up(made.stage.installation.config, tmp_path / "kopie")
        kept = b"".join(path.read_bytes() for path in (tmp_path / "kopie").iterdir())
        box = ballot_keys.load(made.stage.installation.config, made.ballot)
        assert box is not None and box.box.hex().encode() not in kept and f"{box.signing.d:x}".encode() not in kept
        assert ticket.key.encode() not in kept


def test_a_box_that_cannot_be_opened_is_an_incident_and_no_result(sqlite_url: str, tmp_path: Path) -> None:
    with poll(sqlite_url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        made.voted(1, "A")
        ballot_keys.destroy(made.stage.installation.config, made.ballot)
        made.at("2027-04-22T09:00+02:00")
        found = made.stage.must("coordinator", "GET", f"/v1/zaken/{made.case}/incidenten")["resultaten"]
        assert len(found) == 1
        refused = made.do("speelplek", "vaststellen", EXTRA)
        assert (refused.status, refused.content["regel"]) == (403, "INV-04")


class Killed(Exception):
    """The process died."""


def test_a_count_that_is_cut_off_leaves_the_box_whole_and_comes_again(url: str, tmp_path: Path) -> None:
    with poll(url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        tickets = [made.voted(number, choice) for number, choice in enumerate("AAB", 1)]
        installation, before = made.stage.installation, dump(made)["ballot_box"]
        with pytest.raises(Killed), db.writing(installation.database) as tx:
            row = store_ballots.read_ballot(tx, made.ballot, hold=True)
            assert row is not None
            counting.count(installation, tx, row, made.stage.moment[0])
            raise Killed
        assert dump(made)["ballot_box"] == before and dump(made)["ballot_vote"] == []
        made.at(CLOSED)
        assert all(voter.check(made.nobody(), ticket)["uitgebracht"] == 3 for ticket in tickets)
        assert made.kinds().count("stemming:geteld") == 1


def test_a_vote_that_is_cut_off_can_be_cast_again(url: str, tmp_path: Path) -> None:
    with poll(url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        ticket = made.passed(1)
        with pytest.raises(Killed), db.writing(made.stage.installation.database) as tx:
            nullifier = sha256(bytes.fromhex(ticket.prepared)).hexdigest()
            store_ballots.insert_cast(tx, made.ballot, nullifier, "0" * 64, b"half")
            raise Killed
        ticket = voter.cast(made.nobody(), ticket, "A")
        made.at(CLOSED)
        assert voter.check(made.nobody(), ticket)["uitgebracht"] == 1
