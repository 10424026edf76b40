"""Real processes for tests: the service and its workers as an operator starts them, and clients that speak HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

PATIENCE = 60.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Running:
    """Processes of one installation; `ports` are where its services listen."""

    variables: Mapping[str, str]
    directory: Path
    ports: list[int] = field(default_factory=list)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def serve(self, port: int | None = None) -> int:
        """Start a service and wait until it answers."""
        chosen = port or free_port()
        self._start("serve", "--port", str(chosen))
        self.ports = [*(one for one in self.ports if one != chosen), chosen]
        _wait_for(chosen)
        return chosen

    def work(self) -> None:
        """Start a worker."""
        self._start("worker")

    def _start(self, *arguments: str) -> None:
        with (self.directory / f"proces-{len(self.started)}.log").open("wb") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "service", *arguments],
                    env={**os.environ, **self.variables},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # the server has children of its own: they live and die together
                )
            )

    def kill(self) -> None:
        """End all processes at once, without a word, as a power cut does."""
        for one in self.started:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait(PATIENCE)
        self.started.clear()


@contextmanager
def running(variables: Mapping[str, str], directory: Path) -> Iterator[Running]:
    """No processes yet; all that are started end with the block."""
    found = Running(variables, directory)
    try:
        yield found
    finally:
        found.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if Client(port).get("/healthz")[0] == 200:
                return
        except OSError:
            if time.monotonic() > until:
                raise
            Event().wait(0.05)


@dataclass(slots=True)
class Client:
    """Somebody with a browser's cookie at one service."""

    port: int
    cookie: str = ""

    def log_in(self, login: str, password: str) -> Client:
        """With a session of this person."""
        status, headers, _ = self._ask("POST", "/v1/sessies", {"gebruikersnaam": login, "wachtwoord": password})
        assert status == 201, status
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        return self

    def get(self, path: str) -> tuple[int, Any]:
        """(status, JSON) of a GET."""
        status, _, value = self._ask("GET", path, None)
        return status, value

    def put(self, path: str, value: object) -> tuple[int, Any]:
        """(status, JSON) of a PUT."""
        status, _, answer = self._ask("PUT", path, value)
        return status, answer

    def post(self, path: str, value: object) -> tuple[int, Any]:
        """(status, JSON) of a POST."""
        status, _, answer = self._ask("POST", path, value)
        return status, answer

    def _ask(self, method: str, path: str, value: object) -> tuple[int, http.client.HTTPMessage, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json"} | ({"Cookie": self.cookie} if self.cookie else {})
        try:
            connection.request(method, path, None if value is None else json.dumps(value), headers)
            answer = connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as broken:
            raise ConnectionError(str(broken)) from broken
        finally:
            connection.close()
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return answer.status, answer.headers, json.loads(content) if is_json and content else None
