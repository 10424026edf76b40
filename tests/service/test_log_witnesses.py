"""Witnesses are asked to cosign over HTTP; what they sign stands in receipts, and none of them holds anything up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server
from threading import Event, Thread

import pytest
from sqlalchemy import text

from engine.errors import NoteRefused
from engine.trail import merkle, verify, witness
from engine.trail.checkpoint import Checkpoint
from engine.trail.note import KeyKind, Note, cosign
from engine.trail.policy import Policy
from service import clock, receipts, witnesses, worker
from service.installation import Installation
from tests.engine.trail.signing import key_of, private
from tests.service.logs import act, findings, kept, policy_file
from tests.service.tampering import copy_of, owning, put_back
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "getuige.example"


class Witness:
    """A witness as the specification has it: it cosigns what extends the last checkpoint that it saw."""

    def __init__(self, log: Policy, name: str = NAME, at: datetime | None = NOON) -> None:
        self.log, self.seen, self.asked = log, Checkpoint("nog niets", 0, merkle.NO_LEAVES), 0
        self.name, self.at = name, at
        self.key = key_of(name, KeyKind.WITNESS)

    def answer(self, content: bytes) -> tuple[int, bytes]:
        self.asked += 1
        size, path, note = witness.read_request(content)
        told = self.log.accept(note)
        if size != self.seen.size:
            return 409, f"{self.seen.size}\n".encode()
        if size and not merkle.consistency_holds(size, self.seen.root, told.size, told.root, path):
            return 422, b""
        self.seen = told
        return 200, cosign(note.text, self.key, private(self.name).sign, self.at or clock.now()).line.encode()


@contextmanager
def served(answer: object) -> Iterator[str]:
    """A server that answers every POST so; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[operator]
            assert self.path == f"/proef/{witness.ADDRESS}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_of: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/proef/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite and on PostgreSQL, with a log that is signed."""
    with town(url, tmp_path, ONE) as built:
        act(built)
        kept(built)
        yield built


def log_policy(here: Town) -> Policy:
    return Policy.read(policy_file(here.house.installation, here.directory).read_bytes())


def with_witness(here: Town, address: str) -> Installation:
    """The installation, told to ask the witness at this address."""
    return with_policy(here, f"witness g {key_of(NAME, KeyKind.WITNESS)} {address}\nquorum g\n")


def with_policy(here: Town, content: str) -> Installation:
    """The installation, told to ask the witnesses of this policy."""
    path = here.directory / "getuigen"
    path.write_text(content)
    installation = here.house.installation
    return replace(installation, config=replace(installation.config, witnesses=path))


def believes(here: Town, note: bytes) -> bool:
    """Whether a policy that demands the witness accepts the checkpoint."""
    keys = "".join(f"log {key}\n" for key in log_policy(here).logs)
    strict = Policy.read(keys.encode() + (here.directory / "getuigen").read_bytes())
    return strict.accept(Note.decode(note)).size > 0


def test_a_witness_cosigns_each_checkpoint_once_and_sees_the_log_grow(here: Town) -> None:
    outside = Witness(log_policy(here))
    with served(outside.answer) as address:
        installation = with_witness(here, address)
        for asked in (1, 2, 3):
            assert witnesses.cosign(installation, NOON) == 1 and outside.asked == asked
            assert witnesses.cosign(installation, NOON) == 0 and outside.asked == asked
            note = receipts.newest_note(installation)
            assert believes(here, note) and outside.seen.size == Checkpoint.read(Note.decode(note).text).size
            act(here)
            kept(here)


def test_a_witness_that_knows_another_size_than_we_think_is_asked_again_from_there(here: Town) -> None:
    outside = Witness(log_policy(here))
    with served(outside.answer) as address:
        installation = with_witness(here, address)
        newest = Note.decode(receipts.newest_note(installation))
        outside.answer(witness.request(0, (), newest))  # it had seen it, and the answer was lost
        act(here)
        kept(here)
        assert witnesses.cosign(installation, NOON) == 1 and outside.asked == 3
        assert believes(here, receipts.newest_note(installation))


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (200, b"onzin\n"), (200, b""), (409, b"x\n"), (409, b"999999\n"), (409, b"0\n"), (403, b"nee")],
)
def test_a_witness_that_does_not_answer_well_holds_nothing_up(here: Town, answer: tuple[int, bytes]) -> None:
    with served(lambda _content: answer) as address:
        installation = with_witness(here, address)
        assert witnesses.cosign(installation, NOON) == 0
    assert witnesses.cosign(installation, NOON) == 0, "and nobody is there any more"
    act(here)
    kept(here)
    assert here.rows("cosignature") == []


def test_a_signature_of_somebody_else_than_the_witness_is_not_kept(here: Town) -> None:
    other = key_of("een-ander.example", KeyKind.WITNESS)

    def answer(content: bytes) -> tuple[int, bytes]:
        note = witness.read_request(content)[2]
        return 200, cosign(note.text, other, private("een-ander.example").sign, NOON).line.encode()

    with served(answer) as address:
        assert witnesses.cosign(with_witness(here, address), NOON) == 0
    assert here.rows("cosignature") == []


def test_of_several_witnesses_each_signs_for_itself_and_one_that_is_away_keeps_nobody_from_the_quorum(
    here: Town,
) -> None:
    names = ("een.example", "twee.example", "weg.example")
    one, two = (Witness(log_policy(here), name) for name in names[:2])
    with served(one.answer) as first, served(two.answer) as second:
        addresses = (first, second, "http://127.0.0.1:1/proef/")
        listed = [
            f"witness w{number} {key_of(name, KeyKind.WITNESS)} {address}\n"
            for number, (name, address) in enumerate(zip(names, addresses, strict=True))
        ]
        two_of_three = with_policy(here, "".join(listed) + "group g 2 w0 w1 w2\nquorum g\n")
        assert witnesses.cosign(two_of_three, NOON) == 2
        note = receipts.newest_note(two_of_three)
        assert believes(here, note)
        with_policy(here, "".join(listed) + "group g all w0 w1 w2\nquorum g\n")
        with pytest.raises(NoteRefused, match="te weinig getuigen: 2"):
            believes(here, note)
        keys = "".join(f"log {key}\n" for key in log_policy(here).logs)
        strict = verify.read_policy(keys.encode() + (here.directory / "getuigen").read_bytes())
        with pytest.raises(verify.Untrusted, match="te weinig getuigen"):
            verify.check_checkpoint(note, strict)


@pytest.mark.parametrize("amiss", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=-20_000)])
def test_a_witness_whose_clock_is_wrong_is_not_believed(here: Town, amiss: timedelta) -> None:
    outside = Witness(log_policy(here), at=NOON + amiss)
    with served(outside.answer) as address:
        assert witnesses.cosign(with_witness(here, address), NOON) == 0
    assert outside.asked == 1 and here.rows("cosignature") == []


def test_a_cosignature_of_another_size_is_not_kept(here: Town) -> None:
    outside = Witness(log_policy(here))
    old = Note.decode(receipts.newest_note(here.house.installation))
    act(here)
    kept(here)
    made = cosign(old.text, outside.key, private(NAME).sign, NOON).line.encode()
    with served(lambda _content: (200, made)) as address:
        assert witnesses.cosign(with_witness(here, address), NOON) == 0
    assert here.rows("cosignature") == []


@pytest.mark.parametrize(
    "said", [b"dit is geen HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"", b"\xff" * 99]
)
def test_a_witness_that_speaks_no_http_holds_nothing_up(here: Town, said: bytes) -> None:
    with create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100_000)
                connection.sendall(said)

        thread = Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert witnesses.cosign(with_witness(here, address), NOON) == 0
        thread.join(20)
    assert here.rows("cosignature") == []


@pytest.mark.parametrize("address", ["getuige.example", "file:///etc/hostname", "http://", "http://[", "http://x:y/"])
def test_an_address_that_is_none_holds_nothing_up(here: Town, address: str) -> None:
    assert witnesses.cosign(with_witness(here, address), NOON) == 0


def test_a_witness_that_never_stops_talking_is_cut_off() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        heard = Event()

        def answer() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not heard.wait(0.05):
                    connection.sendall(b"x")

        thread = Thread(target=answer)
        thread.start()
        assert witnesses.over_http(f"http://127.0.0.1:{server.getsockname()[1]}/", b"", 0.5) == (200, b"")
        heard.set()
        thread.join(20)


def test_a_restored_backup_that_even_the_signer_forgot_is_refused_by_the_witness(here: Town) -> None:
    outside = Witness(log_policy(here))
    with served(outside.answer) as address:
        installation = with_witness(here, address)
        memory = installation.config.log_key_file.with_name(f"{installation.config.log_key_file.name}.geheugen")
        before, then = copy_of(installation.database), memory.read_bytes()
        act(here)
        kept(here)
        assert witnesses.cosign(installation, NOON) == 1
        put_back(installation.database, before)
        memory.write_bytes(then)  # by somebody with the key, the database and the memory: the operator himself
        assert witnesses.cosign(installation, NOON) == 0, "it saw more of the log than there is now"
        for _ in range(2):
            act(here)
        kept(here)
        assert findings(here.house.installation) == (), "nothing of ours can know"
        assert witnesses.cosign(installation, NOON) == 0, "it saw another log than this"
        with pytest.raises(NoteRefused, match="te weinig getuigen"):
            believes(here, receipts.newest_note(installation))


def test_two_processes_that_hear_the_same_witness_keep_its_signature_once(here: Town) -> None:
    outside = Witness(log_policy(here))
    with served(outside.answer) as address:
        installation = with_witness(here, address)
        said: list[tuple[int, bytes]] = []

        def meanwhile(_address: str, body: bytes) -> tuple[int, bytes]:
            said.append(outside.answer(body))
            assert witnesses.cosign(installation, NOON, lambda _to, _asked: said[0]) == 1
            return said[0]

        assert witnesses.cosign(installation, NOON, meanwhile) == 1
    assert len(here.rows("cosignature")) == 1


def test_the_loop_that_asks_goes_on_when_the_checkpoint_was_made_unreadable(here: Town) -> None:
    with owning(here.house.installation.database) as tx:
        tx.execute(text("UPDATE checkpoint SET frontier = ''"))
    stop = Event()
    loop = worker.begin(worker.ask_witnesses, with_witness(here, "http://127.0.0.1:1/"), stop)
    loop.join(0.5)
    assert loop.is_alive()
    stop.set()
    loop.join(20)
    assert not loop.is_alive()


def test_the_loops_keep_and_cosign_the_log_by_themselves_and_stop_when_told(here: Town) -> None:
    outside, stop = Witness(log_policy(here), at=None), Event()
    act(here)
    with served(outside.answer) as address:
        installation = with_witness(here, address)
        loops = [worker.begin(worker.keep_log, installation, stop)]
        waited = Event()
        for _ in range(100):
            if len(here.rows("checkpoint")) == 2:
                break
            waited.wait(0.05)
        loops.append(worker.begin(worker.ask_witnesses, installation, stop))
        for _ in range(100):
            if here.rows("cosignature"):
                break
            waited.wait(0.05)
        stop.set()
        for loop in loops:
            loop.join(20)
            assert not loop.is_alive()
    assert here.rows("pending") == [] and believes(here, receipts.newest_note(installation))
