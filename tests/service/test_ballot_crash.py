"""The plug pulled in the middle of a ballot: real processes, both databases; nothing acknowledged is lost or twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, insert, select, update

from service import ballot_keys, ballots, db, voter
from service.stage import Reply
from service.tables import job, record
from service.tables_ballots import ballot, ballot_box, ballot_vote, ballot_voter
from service.voter import Content, Send, Ticket
from tests.service.polls import Answered, Poll, poll
from tests.service.processes import PATIENCE, Client, Running, running

VOTERS, CROWD = 24, 4000
HOUR = timedelta(hours=1)


@pytest.fixture
def made(url: str, tmp_path: Path) -> Iterator[Poll]:
    with poll(url, tmp_path) as found:
        found.promised(aantal_kiesgerechtigden=2 * CROWD)
        found.at("2027-04-01T10:00+02:00")
        found.opened(VOTERS)
        yield found


def timed(made: Poll, opens: datetime, closes: datetime) -> None:
    """Real processes have the real clock: the ballot opens and closes then, and no lease of a dead process stands."""
    with db.writing(made.stage.installation.database) as tx:
        tx.execute(update(ballot).values(opens_at=opens, closes_at=closes))
        tx.execute(update(job).where(job.c.kind == ballots.CLOSING).values(due=closes, leased_until=None))


def start(made: Poll, here: Running, port: int | None = None) -> None:
    """A service, in which the clock runs on SQLite; on PostgreSQL a worker does that."""
    here.serve(port)
    if made.stage.installation.database.dialect.name == "postgresql":
        here.work()


def environment(made: Poll) -> dict[str, str]:
    config = made.stage.installation.config
    return {
        "WIJK_DATABASE_URL": config.database_url,
        "WIJK_SLEUTEL": str(config.key_file),
        "WIJK_STAD": str(config.city),
        "WIJK_LIMIET_SCHRIJVEN": "100000 per minute",
        "WIJK_LIMIET_INLOGGEN": "100000 per minute",
        "WIJK_LIMIET_OPENBAAR": "100000 per minute",
    }


def sender(port: int) -> Send:
    """Requests of nobody in particular, to a real service."""
    client = Client(port)

    def send(method: str, path: str, content: Content | None) -> Content:
        status, answer = client.get(path) if method == "GET" else client.post(path, content)
        if status >= 400:
            raise Answered(Reply(status, answer if isinstance(answer, dict) else {}))
        return dict(answer)

    return send


def waited_for(happened: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < until:
        Event().wait(0.005)
    return happened()


def is_counted(made: Poll) -> bool:
    with db.reading(made.stage.installation.database) as tx:
        return tx.execute(select(ballot.c.counted)).scalar_one() is not None


def is_under_way(made: Poll) -> bool:
    """Whether a process has taken the counting up, and is not known to have finished it."""
    with db.reading(made.stage.installation.database) as tx:
        return tx.execute(select(job.c.leased_until).where(job.c.kind == ballots.CLOSING)).scalar() is not None


def numbers(made: Poll) -> tuple[int, int, int]:
    """How many envelopes lie in the box, how many votes were counted, how often the trail says so."""
    with db.reading(made.stage.installation.database) as tx:
        box = tx.execute(select(func.count()).select_from(ballot_box)).scalar_one()
        votes = tx.execute(select(func.count()).select_from(ballot_vote)).scalar_one()
        counted = select(func.count()).select_from(record).where(record.c.kind == "stemming:geteld")
        return box, votes, tx.execute(counted).scalar_one()


def test_inv_04_the_plug_pulled_while_voting_loses_no_vote_and_gives_nobody_two(made: Poll, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    timed(made, now - HOUR, now + HOUR)
    tickets: dict[int, Ticket] = {}
    passed: dict[int, Ticket] = {}
    acknowledged: list[Ticket] = []
    enough = Event()

    def vote(send: Send, number: int) -> None:
        tickets.setdefault(number, voter.new_ticket(send, made.ballot))
        passed[number] = voter.take_pass(send, tickets[number], made.codes[f"{number:06}"])
        acknowledged.append(voter.cast(send, passed[number], "ABC"[number % 3]))

    def go_on(port: int, mine: list[int]) -> None:
        send = sender(port)
        for number in mine:
            try:
                vote(send, number)
            except OSError:
                return  # the plug is out
            if len(acknowledged) >= VOTERS // 2:
                enough.set()

    with running(environment(made), tmp_path) as here:
        start(made, here)
        (port,) = here.ports
        with ThreadPoolExecutor(4) as pool:
            queues = [list(range(first, VOTERS + 1, 4)) for first in range(1, 5)]
            working = [pool.submit(go_on, port, mine) for mine in queues]
            assert enough.wait(PATIENCE)
            here.kill()
            for one in working:
                one.result()
        before = list(acknowledged)
        assert VOTERS // 2 <= len(before) < VOTERS
        start(made, here, port)
        send = sender(port)
        for ticket in before:
            voter.cast(send, ticket, ticket.choice)  # again: it is there, and stays one vote
            with pytest.raises(Answered) as answered:
                voter.cast(send, ticket, "blanco")
            assert answered.value.reply.status == 409
        done = {ticket.key for ticket in before}
        for number in range(1, VOTERS + 1):
            if number not in passed or passed[number].key not in done:
                vote(send, number)  # what was cut off is simply done again, with what the voter kept
        assert numbers(made)[0] == VOTERS
        now = datetime.now(UTC)
        timed(made, now - HOUR, now - timedelta(seconds=1))
        assert waited_for(lambda: is_counted(made))
        counts = [voter.check(send, ticket) for ticket in acknowledged]
        assert len(counts) == VOTERS and all(one["uitgebracht"] == VOTERS for one in counts)
    assert numbers(made) == (0, VOTERS, 1)


def test_inv_04_the_plug_pulled_while_counting_counts_every_vote_once(made: Poll, tmp_path: Path) -> None:
    fill(made)
    now = datetime.now(UTC)
    secrets = made.stage.installation.config.key_file.parent / "stemmingen" / made.ballot
    with running(environment(made), tmp_path) as here:
        for pause in (0.0, 0.15):
            timed(made, now - HOUR, now - timedelta(seconds=1))
            start(made, here)
            assert waited_for(lambda: is_under_way(made) or is_counted(made))
            Event().wait(pause)
            here.kill()
            here.ports.clear()
            assert numbers(made) in ((CROWD, 0, 0), (0, CROWD, 1)), "all of it, or nothing"
            assert secrets.exists() or is_counted(made), "no secret goes before the count stands"
        timed(made, now - HOUR, now - timedelta(seconds=1))
        with db.writing(made.stage.installation.database) as tx:
            tx.execute(update(job).values(leased_until=None))
        start(made, here)
        assert waited_for(lambda: is_counted(made))
        assert waited_for(lambda: not secrets.exists())
        result = sender(here.ports[0])("GET", f"/v1/stemmingen/{made.ballot}/uitslag", None)
    assert [one["aantal"] for one in result["stemmen"]] == [CROWD // 4] * 3 and result["blanco"] == CROWD // 4
    assert numbers(made) == (0, CROWD, 1)


def fill(made: Poll) -> None:
    """A crowd that voted: their lines and their envelopes, as the service writes them."""
    installation = made.stage.installation
    secrets = ballot_keys.load(installation.config, made.ballot)
    assert secrets is not None
    lines, envelopes = [], []
    for number in range(CROWD):
        ticket, key = f"{number:064x}", f"{number:032x}"
        sealed = secrets.put_away(f"{key} {number % 4}".encode(), f"{made.ballot}/{ticket}", installation.entropy)
        envelopes.append({"ballot": made.ballot, "nullifier": ticket, "mark": secrets.mark(key), "sealed": sealed})
        name = {"voter": f"9{number:06}", "identity": ticket, "added_by": "balie", "confirmed": True, "given": "pas"}
        lines.append({"ballot": made.ballot, **name})
    with db.writing(installation.database) as tx:
        tx.execute(insert(ballot_voter), lines)
        tx.execute(insert(ballot_box), envelopes)
