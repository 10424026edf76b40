"""`wijkcyclus stem`: a voter with a letter takes part from the command line, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from service.__main__ import main
from service.commands import voting
from tests.service.polls import CLOSED, OPEN, poll


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def test_a_voter_takes_a_pass_votes_later_and_checks_the_count(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "bewijs.json"
    with poll(sqlite_url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        with served(made.stage.app) as address:
            call = ["stem", address, made.ballot, "--bewijs", str(proof)]
            assert main([*call, "--keuze", "A"]) == 1 and "nog geen stempas" in capsys.readouterr().err
            assert main([*call, "--code", "AAAA-BBBB"]) == 1 and "kiezersregister" in capsys.readouterr().err
            assert main([*call, "--code", made.codes["000001"].lower()]) == 0
            assert proof.stat().st_mode & 0o777 == 0o600 and "stempas" in capsys.readouterr().out
            assert main([*call, "--keuze", "D"]) == 1 and "Kies uit: A, B, C, blanco" in capsys.readouterr().err
            assert main([*call, "--keuze", "A"]) == 0
            assert json.loads(proof.read_text())["key"] in capsys.readouterr().out
            assert main([*call, "--controle"]) == 1 and "nog niet geteld" in capsys.readouterr().err
            made.at(CLOSED)
            assert main([*call, "--controle"]) == 0 and "is geteld" in capsys.readouterr().out
            kept = json.loads(proof.read_text()) | {"choice": "B"}
            proof.write_text(json.dumps(kept))
            assert main([*call, "--controle"]) == 1 and "niet in de lijst" in capsys.readouterr().err
            assert main(["stem", address, made.ballot, "--bewijs", str(tmp_path / "x"), "--sleutel", "0" * 64]) == 1


def test_an_answer_that_is_no_json_is_said_all_the_same() -> None:
    app = Flask("x", static_folder=None)
    with served(app) as address, pytest.raises(Exception, match="NOT FOUND"):
        voting.over_http(address)("GET", "/v1/stemmingen", None)
