"""Witnesses are asked to cosign over HTTP; what they sign stands in receipts, and none of them holds anything up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from engine.trail import merkle, witness
from engine.trail.checkpoint import Checkpoint
from engine.trail.note import KeyKind, Note, cosign
from engine.trail.policy import Policy
from service import receipts, witnesses, worker
from service.installation import Installation
from tests.engine.trail.signing import key_of, private
from tests.service.logs import act, kept, policy_file
from tests.service.test_no_way_round import ONE
from tests.service.towns import Town, town

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAME = "getuige.example"


class Witness:
    """A witness as the specification has it: it cosigns what extends the last checkpoint that it saw."""

    def __init__(self, log: Policy) -> None:
        self.log, self.seen, self.asked = log, Checkpoint("nog niets", 0, merkle.NO_LEAVES), 0
        self.key = key_of(NAME, KeyKind.WITNESS)

    def answer(self, content: bytes) -> tuple[int, bytes]:
        self.asked += 1
        size, path, note = witness.read_request(content)
        told = self.log.accept(note)
        if size != self.seen.size:
            return 409, f"{self.seen.size}\n".encode()
        if size and not merkle.consistency_holds(size, self.seen.root, told.size, told.root, path):
            return 422, b""
        self.seen = told
        return 200, cosign(note.text, self.key, private(NAME).sign, NOON).line.encode()


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
    thread = Thread(target=server.serve_forever)
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
    path = here.directory / "getuigen"
    path.write_text(f"witness g {key_of(NAME, KeyKind.WITNESS)} {address}\nquorum g\n")
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
            assert witnesses.cosign(installation) == 1 and outside.asked == asked
            assert witnesses.cosign(installation) == 0 and outside.asked == asked
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
        assert witnesses.cosign(installation) == 1 and outside.asked == 3
        assert believes(here, receipts.newest_note(installation))


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (200, b"onzin\n"), (200, b""), (409, b"x\n"), (409, b"999999\n"), (409, b"0\n"), (403, b"nee")],
)
def test_a_witness_that_does_not_answer_well_holds_nothing_up(here: Town, answer: tuple[int, bytes]) -> None:
    with served(lambda _content: answer) as address:
        installation = with_witness(here, address)
        assert witnesses.cosign(installation) == 0
    assert witnesses.cosign(installation) == 0, "and nobody is there any more"
    act(here)
    kept(here)
    assert here.rows("cosignature") == []


def test_a_signature_of_somebody_else_than_the_witness_is_not_kept(here: Town) -> None:
    other = key_of("een-ander.example", KeyKind.WITNESS)

    def answer(content: bytes) -> tuple[int, bytes]:
        note = witness.read_request(content)[2]
        return 200, cosign(note.text, other, private("een-ander.example").sign, NOON).line.encode()

    with served(answer) as address:
        assert witnesses.cosign(with_witness(here, address)) == 0
    assert here.rows("cosignature") == []


def test_the_loops_keep_and_cosign_the_log_by_themselves_and_stop_when_told(here: Town) -> None:
    outside, stop = Witness(log_policy(here)), Event()
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
