"""Deploying process models over HTTP: what attacks is answered with findings, and no table changes by a single row."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bench import diagrams
from tests.engine.bpmn import call, diagram, end, process, script, start, user, wijk
from tests.engine.families import CITY
from tests.postgres import Postgres
from tests.service.houses import body
from tests.service.test_checking import ATTACKS
from tests.service.towns import Town, town, work

ONE = process("p", start("s"), work("t"), end("e"), flow="s > t > e")
TWO = process("p", start("s"), work("t"), work("t2"), end("e"), flow="s > t > t2 > e")
RIGHTS = CITY["rechten.csv"].decode()
OPEN_CALL = process(
    "f", start("s"), user("t", wijk("taak", handeling="inbreng", stap="D08")), end("e"), flow="s > t > e"
)
BY_MACHINE = process(
    "f", start("s"), user("t", wijk("taak", handeling="besluit", stap="D03", treden="raadplegen")),
    script("m", "t = 1"), end("e"), flow="s > t > m > e",
)  # fmt: skip

EARLY = (
    process(
        "j", start("s"), call("a", "f", wijk("fase", naam="analyseren")), end("e"), flow="s > a > e",
    ),
    process(
        "f", start("s"), user("t", wijk("taak", handeling="besluit", stap="D09", treden="raadplegen")), end("e"),
        flow="s > t > e",
    ),
)  # fmt: skip


def form(*components: dict[str, Any], ident: str = "fout") -> bytes:
    return json.dumps({"type": "default", "id": ident, "components": list(components)}).encode()


def named(tag: str) -> bytes:
    """A well-formed file that is no BPMN."""
    return f'<{tag} xmlns="urn:anders"><process id="p"/></{tag}>'.encode()


MORE: list[tuple[str, dict[str, bytes], str]] = [
    ("a .bpmn that is no BPMN", {"f.bpmn": named("definitions")}, "bpmn/geen-bpmn"),
    ("a .bpmn that is a web page", {"f.bpmn": named("html")}, "bpmn/geen-bpmn"),
    ("a DMN file called .bpmn", {"f.bpmn": ATTACKS[19][1].get("t.dmn", named("dmn"))}, "bpmn/geen-bpmn"),
    ("a form field without a key", {"f.form": form({"type": "textfield", "label": "Naam"})}, "formulier/veld"),
    ("a form field of no known kind", {"f.form": form({"type": "iframe", "key": "k", "label": "K"})}, "formulier/veld"),
    (
        "a form whose condition is Python",
        {
            "f.form": form(
                {"type": "number", "key": "k", "label": "K", "conditional": {"hide": "=__import__('os').getcwd()"}}
            )
        },
        "formulier/veld",
    ),
    (
        "rights beyond the ceiling: officials decide where participants do",
        {"rechten.csv": RIGHTS.replace("deelnemers", "rol:college").encode()},
        "rechten/plafond",
    ),
    (
        "rights beyond the ceiling: support decides",
        {"rechten.csv": RIGHTS.replace("rol:college", "rol:griffie").encode()},
        "WL20",
    ),
    (
        "rights beyond the ceiling: no reasons for a difference",
        {"rechten.csv": RIGHTS.replace(";motivering_per_afwijking", "").encode()},
        "rechten/plafond",
    ),
    ("roles that are no TOML", {"rollen.toml": b"[rollen"}, "rollen/leesbaar"),
    ("a file of another kind", {"f.exe": b"MZ"}, "familie/soort"),
    (
        "a lane of nobody",
        {"f.bpmn": diagram(process("f", start("s"), user("t"), end("e"), flow="s > t > e", lanes={"koning": "t"}))},
        "",
    ),
    (
        "a diagram in which participation starts without a frame",
        {"f.bpmn": diagram(OPEN_CALL)},
        "WL06",
    ),
    (
        "a diagram in which nobody answers what was brought in",
        {"f.bpmn": diagram(OPEN_CALL)},
        "WL23",
    ),
    (
        "a diagram in which a script writes a decision",
        {"f.bpmn": diagram(BY_MACHINE)},
        "WL12",
    ),
    (
        "a diagram that adopts the programme in a phase that comes before it",
        {"j.bpmn": diagram(EARLY[0]), "f.bpmn": diagram(EARLY[1])},
        "WL07",
    ),
    (
        "a task with an unknown form",
        {
            "f.bpmn": diagram(
                process(
                    "f",
                    start("s"),
                    user("t", wijk("taak", handeling="werk", formulier="weg")),
                    end("e"),
                    flow="s > t > e",
                )
            )
        },
        "",
    ),
]
EVERYTHING = [*ATTACKS, *MORE]


def designers(here: Town) -> tuple[FlaskClient, FlaskClient]:
    for login in ("ontwerper", "ontwerper2"):
        here.house.add(login, "procesontwerper")
    return here.house.log_in("ontwerper"), here.house.log_in("ontwerper2")


def propose(client: FlaskClient, files: dict[str, bytes], is_addition: bool = True) -> TestResponse:
    sent = [{"naam": name, "base64": base64.b64encode(content).decode()} for name, content in files.items()]
    return client.post("/v1/procesmodellen", json={"bestanden": sent, "aanvulling": is_addition})


def assert_refused(here: Town, client: FlaskClient, files: dict[str, bytes], rule: str) -> None:
    before = here.counts()
    answer = propose(client, files)
    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    faults = body(answer)["fouten"]
    assert faults and all(one["melding"] and one["regel"] and one["ernst"] for one in faults)
    wrong = [one for one in faults if one["ernst"] == "fout"]
    assert not rule or rule in {one["regel"] for one in wrong}, wrong
    assert any(one["veld"].partition("#")[0] in files for one in wrong)
    assert here.counts() == before
    assert here.get("/healthz") == {"status": "goed"}


@pytest.fixture(scope="module")
def besieged(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, FlaskClient]]:
    """One town for all attacks: since none may change anything, they cannot be in each other's way."""
    directory = tmp_path_factory.mktemp("belegerd")
    shutil.copyfile(sqlite_template, directory / "wijk.sqlite")
    with town(f"sqlite:///{directory / 'wijk.sqlite'}", directory, ONE) as here:
        yield here, designers(here)[0]


@pytest.mark.parametrize(("files", "rule"), [row[1:] for row in EVERYTHING], ids=[row[0] for row in EVERYTHING])
def test_a_deployment_that_attacks_answers_with_findings_and_changes_nothing(
    besieged: tuple[Town, FlaskClient], files: dict[str, bytes], rule: str
) -> None:
    assert_refused(*besieged, files, rule)


def test_nor_does_it_on_the_other_database(postgres_server: Postgres, postgres_url: str, tmp_path: Path) -> None:
    with town(postgres_url, tmp_path, ONE) as here:
        client = designers(here)[0]
        for _, files, rule in (EVERYTHING[0], EVERYTHING[4], EVERYTHING[len(ATTACKS)], MORE[-1]):
            assert_refused(here, client, files, rule)


def test_a_finding_names_file_element_line_and_sentence(besieged: tuple[Town, FlaskClient]) -> None:
    _, client = besieged
    wrong = diagram(process("f", start("s"), user("t"), end("e"), flow="s > t > e", lanes={"koning": "t"}))
    (found,) = [one for one in body(propose(client, {"f.bpmn": wrong}))["fouten"] if one["ernst"] == "fout"]
    assert found["veld"] == "f.bpmn#banen_f_koning" and found["naam"] == "koning" and found["plaats"] == 1
    assert "koning" in found["melding"]


def test_half_a_family_is_refused_as_a_whole(besieged: tuple[Town, FlaskClient]) -> None:
    here, client = besieged
    before = here.counts()
    answer = propose(client, {"goed.bpmn": diagram(ONE.replace('"p"', '"goed"')), "fout.bpmn": b"<"})
    assert answer.status_code == 400 and here.counts() == before
    assert propose(client, {}, is_addition=False).status_code == 400
    assert propose(client, {"p.bpmn": diagram(ONE)}, is_addition=False).status_code == 400
    assert here.counts() == before


def test_uploads_have_limits(besieged: tuple[Town, FlaskClient]) -> None:
    here, client = besieged
    before = here.counts()
    many = {f"f{number}.form": form(ident=f"f{number}") for number in range(501)}
    assert propose(client, many).status_code == 400
    parts = {name: (io.BytesIO(content), name) for name, content in many.items()}
    assert client.post("/v1/procesmodellen", data=parts).status_code in (400, 413)
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        stream = io.BytesIO(b"x" * 40_000_000)
        huge = client.post("/v1/procesmodellen", input_stream=stream, content_length=40_000_000, content_type=kind)
        assert huge.status_code == 413
    large = propose(client, {"f.bpmn": b"<a>" + b" " * 5_300_000 + b"</a>"})
    assert large.status_code == 400 and here.counts() == before


@pytest.mark.parametrize("name", ["", "../../etc/passwd.bpmn", "a/../b.bpmn", "/etc/f.bpmn", "f\x00.bpmn", "x" * 201])
def test_a_strange_file_name_is_refused_or_harmless(besieged: tuple[Town, FlaskClient], name: str) -> None:
    here, client = besieged
    before = here.counts()
    assert propose(client, {name: b"<html/>"}).status_code == 400
    assert here.counts() == before


def test_who_may_not_propose_is_refused_before_a_single_file_is_looked_at(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        for login, files in (("coordinator", {"p.bpmn": diagram(TWO)}), ("bewoner", {"p.bpmn": b"<"})):
            before = here.counts()
            answer = propose(here.house.log_in(login), files)
            assert answer.status_code == 403 and body(answer)["regel"] == "uitrollen/rol"
            assert here.counts() == before | {"record": before["record"] + 1}
        here.assert_whole("organisatie")


def test_inv_44_the_proposer_releases_nothing_and_that_is_recorded_but_another_does(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        first, second = designers(here)
        version = body(propose(first, {"proef_0.bpmn": diagram(TWO)}))["procesmodel"]["versie"]
        before = here.counts()
        alone = first.put(f"/v1/procesmodellen/{version}/vrijgave")
        assert alone.status_code == 403 and body(alone)["regel"] == "uitrollen/vier-ogen"
        assert here.counts() == before | {"record": before["record"] + 1}
        assert [row["kind"] for row in here.rows("record")].count("procesmodel:geweigerd") == 1
        assert here.house.log_in("bewoner").put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 403
        assert here.start() and second.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        here.assert_whole("organisatie")


def test_inv_44_nobody_proposes_again_what_another_proposed_to_release_it_himself(url: str, tmp_path: Path) -> None:
    """The same bytes are the same version: who proposed it first stays its proposer."""
    with town(url, tmp_path, ONE) as here:
        first, second = designers(here)
        files = {"proef_0.bpmn": diagram(TWO)}
        version = body(propose(first, files))["procesmodel"]["versie"]
        assert body(propose(second, files))["procesmodel"]["versie"] == version
        assert first.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 403
        assert second.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        assert second.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        assert [row["kind"] for row in here.rows("record")].count("procesmodel:uitgerold") == 2


def test_inv_46_a_running_case_stays_on_its_version_and_a_new_one_gets_the_new(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        first, second = designers(here)
        old = here.start()
        was = here.get(f"/v1/zaken/{old}")["procesmodel"]
        here.house.later(timedelta(minutes=1))
        version = body(propose(first, {"proef_0.bpmn": diagram(TWO)}))["procesmodel"]["versie"]
        before = here.start()
        assert second.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        new = here.start()
        assert here.get(f"/v1/zaken/{before}")["procesmodel"] == was != version
        assert here.get(f"/v1/zaken/{new}")["procesmodel"] == version
        here.must(old, "t")
        here.must(new, "t")
        assert here.status(old) == "gereed" and here.open(new) == ["t2"]


def test_inv_46_a_form_of_a_pinned_case_stays_as_it_was(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        first, second = designers(here)
        old = here.start()
        shorter = form({"type": "number", "key": "aantal", "label": "Aantal"}, ident=diagrams.FORM)
        version = body(propose(first, {"meting.form": shorter}))["procesmodel"]["versie"]
        here.house.later(timedelta(minutes=1))
        assert second.put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        new = here.start()
        assert here.do(new, "t").status_code == 400, "toelichting and keuze are not in the new form"
        here.must(old, "t")


def test_two_who_release_at_once_release_it_once(postgres_url: str, tmp_path: Path) -> None:
    with town(postgres_url, tmp_path, ONE) as here:
        first, _ = designers(here)
        here.house.add("ontwerper3", "procesontwerper")
        version = body(propose(first, {"proef_0.bpmn": diagram(TWO)}))["procesmodel"]["versie"]
        others = [here.house.log_in(login) for login in ("ontwerper2", "ontwerper3")]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one: one.put(f"/v1/procesmodellen/{version}/vrijgave"), others))
        assert [one.status_code for one in answers] == [200, 200]
        assert [row["kind"] for row in here.rows("record")].count("procesmodel:uitgerold") == 2
        here.assert_whole("organisatie")


def test_two_who_propose_the_same_at_once_propose_one_version(postgres_url: str, tmp_path: Path) -> None:
    with town(postgres_url, tmp_path, ONE) as here:
        files = {"proef_0.bpmn": diagram(TWO)}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one: propose(one, files), designers(here)))
        assert [one.status_code for one in answers] == [201, 201], [one.text for one in answers]
        assert len(here.rows("definition")) == 2
