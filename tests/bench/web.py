"""A completion through HTTP against a bare endpoint on the same server: CPU of the server and of the database."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from tests.bench.diagrams import VALUES
from tests.bench.measure import Cpu, Result, in_rounds, medians, paired_ratio
from tests.bench.ours import WIJK, Ours

BAR = 3.0
ROUNDS = 150
REQUESTS = 20  # a machine gets faster and slower within a second: both must meet it in the same moment
PATIENCE = 30.0
_NOWHERE = subprocess.DEVNULL
_CORES = os.sched_getaffinity(0)
BODY = json.dumps({"gegevens": VALUES})


@contextmanager
def served(application: str, variables: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Serve a factory with one worker on a free port; gives (port, pid). Both contenders get the same server.

    It keeps to one core, and who asks to the others: a server that is moved about begins with cold caches each time,
    which says more of the machine, and weighs more on the larger program.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "5"]
    command += ["--no-ws", "--log-level", "error", "--host", "127.0.0.1", "--port", str(port), "--factory", application]
    # Its log goes where a log costs least, but it is written.
    os.sched_setaffinity(0, {max(_CORES)})  # what the child inherits
    server = subprocess.Popen(command, env={**os.environ, **variables}, stdout=_NOWHERE, stderr=_NOWHERE)
    os.sched_setaffinity(0, _CORES - {max(_CORES)} or _CORES)
    try:
        _wait(port, server)
        yield port, server.pid
    finally:
        os.sched_setaffinity(0, _CORES)
        server.terminate()
        server.wait(PATIENCE)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if _ended_within(server, 0.05):
                raise RuntimeError(f"the server ended with code {server.returncode}") from None
        else:
            return
    raise RuntimeError(f"the server on port {port} did not start within {PATIENCE:.0f} s")


def _ended_within(server: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


@dataclass(slots=True)
class Client:
    """A client on one kept connection; any answer but a success ends the measurement."""

    connection: http.client.HTTPConnection
    headers: Mapping[str, str]

    @classmethod
    def of(cls, port: int, headers: Mapping[str, str]) -> Self:
        """A client of the server on this port, who sends these headers too."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        return cls(connection, {"Content-Type": "application/json", **headers})

    def send(self, method: str, path: str, body: str | None = None) -> bytes:
        """The text of the answer."""
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise RuntimeError(f"{path}: {answer.status} {text[:500]!r}")
        return text

    def start(self) -> str:
        """The first open task of a new case, from the server itself: on SQLite no other process should write."""
        case = json.loads(self.send("POST", "/v1/zaken", json.dumps({"proces": "rij_5", "wijk": WIJK})))["id"]
        found = json.loads(self.send("GET", f"/v1/zaken/{case}/taken"))
        return str(found["resultaten"][0]["id"])


def measured(database: str, ours: Ours, bare_url: str, database_pids: tuple[int, ...]) -> list[Result]:
    """The ratio of CPU per request."""
    service = served("tests.bench.alone:create_app", ours.variables())
    bare = served("tests.bench.bare:create_app", {"BARE_DATABASE_URL": bare_url})
    with service as (port, pid), bare as (bare_port, bare_pid):
        worker, stranger = Client.of(port, {"Authorization": f"Bearer {ours.token()}"}), Client.of(bare_port, {})
        cpu, bare_cpu = Cpu(own=False, others=(pid, *database_pids)), Cpu(own=False, others=(bare_pid, *database_pids))

        def full_round() -> float:
            tasks = [worker.start() for _ in range(REQUESTS)]
            cpu.start()
            for task in tasks:
                worker.send("PUT", f"/v1/taken/{task}/afronding", BODY)
            return cpu.stop() / REQUESTS

        def bare_round() -> float:
            bare_cpu.start()
            for number in range(REQUESTS):
                stranger.send("PUT", f"/taken/{number}", BODY)
            return bare_cpu.stop() / REQUESTS

        contenders = {"wijkcyclus": full_round, "kaal": bare_round}
        for warm_up in contenders.values():
            warm_up()
        outcomes = in_rounds(contenders, ROUNDS)
    figures = {f"{name} ms": value * 1000 for name, value in medians(outcomes).items()}
    ratio = paired_ratio(outcomes, "wijkcyclus", "kaal")
    return [Result("HTTP afronden / kaal eindpunt (CPU)", database, ratio, BAR, at_least=False, figures=figures)]
