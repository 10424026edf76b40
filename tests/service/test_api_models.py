"""Process models, the description of the API, logs and counters over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from service import logs
from service.web.screens import screens
from tests.bench import diagrams
from tests.bench.diagrams import VALUES
from tests.engine.test_ladder import APART, REASON, TOWN
from tests.service.houses import House, body

LOOP = {"naam": "lus2.bpmn", "tekst": diagrams.loop("lus2").decode()}
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logs during a test."""
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()


def designers(house: House) -> None:
    house.add("ontwerper", "procesontwerper")
    house.add("ontwerper2", "procesontwerper")


def test_a_model_runs_after_a_second_designer_released_it(house: House) -> None:
    designers(house)
    first, second = house.log_in("ontwerper"), house.log_in("ontwerper2")

    proposed = first.post("/v1/procesmodellen", json={"bestanden": [LOOP], "aanvulling": True, "toelichting": "lus"})

    assert proposed.status_code == 201, proposed.text
    version = body(proposed)["procesmodel"]["versie"]
    coordinator = house.log_in("coordinator")
    assert coordinator.post("/v1/zaken", json={"proces": "lus2", "wijk": "tanthof"}).status_code == 400
    alone = first.put(f"/v1/procesmodellen/{version}/vrijgave", json={})
    assert alone.status_code == 403 and body(alone)["regel"] == "uitrollen/vier-ogen"
    assert second.put(f"/v1/procesmodellen/{version}/vrijgave", json={}).status_code == 200
    house.start(coordinator, "lus2")


def test_the_bytes_of_a_file_come_back_as_they_went_in(house: House) -> None:
    designers(house)
    client = house.log_in("ontwerper")
    content = diagrams.loop("lus2") + b"\n<!-- \xc3\xa9 -->\n"
    data = {"bestand": (io.BytesIO(content), "lus2.bpmn"), "aanvulling": "ja"}
    proposed = client.post("/v1/procesmodellen", data=data, content_type="multipart/form-data")
    assert proposed.status_code == 201, proposed.text
    version = body(proposed)["procesmodel"]["versie"]
    assert client.get(f"/v1/procesmodellen/{version}/bestanden/lus2.bpmn").data == content
    assert "lus2.bpmn" in body(client.get(f"/v1/procesmodellen/{version}"))["bestanden"]


def test_inv_47_what_holds_in_one_wijk_alone_can_be_asked_with_its_reason(house: House) -> None:
    designers(house)
    client = house.log_in("ontwerper")
    named = [{"naam": "stad.toml", "tekst": TOWN.decode()}, {"naam": "apart.dmn", "tekst": APART.decode()}]
    silent = client.post("/v1/procesmodellen", json={"bestanden": named, "aanvulling": True})
    assert silent.status_code == 400 and "INV-47" in {one["regel"] for one in body(silent)["fouten"]}
    for said in ("reden = ' '", "reden = '\u200b'", ""):
        varied = {"naam": "varianten.toml", "tekst": REASON.replace("reden = 'een proef tot 2028'", said)}
        answer = client.post("/v1/procesmodellen", json={"bestanden": [*named, varied], "aanvulling": True})
        assert answer.status_code == 400 and "INV-47" in {one["regel"] for one in body(answer)["fouten"]}
    whole = [*named, {"naam": "varianten.toml", "tekst": REASON}]
    proposed = client.post("/v1/procesmodellen", json={"bestanden": whole, "aanvulling": True})
    assert proposed.status_code == 201, proposed.text
    version = body(proposed)["procesmodel"]["versie"]
    told = {"wijk": "noord", "bestand": "apart.dmn", "reden": "een proef tot 2028", "van": "2027-01-01"}
    resident = house.log_in("bewoner")
    for query, found in (("", [told]), ("?wijk=noord", [told]), ("?wijk=zuid", [])):
        answer = resident.get(f"/v1/procesmodellen/{version}/varianten{query}")
        assert answer.status_code == 200 and body(answer)["resultaten"] == found, query
    (first,) = [one for one in body(resident.get("/v1/procesmodellen"))["resultaten"] if one["versie"] != version]
    assert body(resident.get(f"/v1/procesmodellen/{first['versie']}/varianten"))["resultaten"] == []
    assert resident.get(f"/v1/procesmodellen/{'0' * 64}/varianten").status_code == 404
    assert house.app.test_client().get(f"/v1/procesmodellen/{version}/varianten").status_code == 401


@pytest.mark.parametrize(
    "text", [XXE, "<", "", LOOP["tekst"].replace("lus2", "rij_5")], ids=["xxe", "half", "leeg", "dubbel"]
)
def test_a_wrong_model_answers_with_findings_and_changes_nothing(small_house: House, text: str) -> None:
    designers(small_house)
    client = small_house.log_in("ontwerper")
    before = body(client.get("/v1/procesmodellen"))
    asked = {"bestanden": [{"naam": "fout.bpmn", "tekst": text}], "aanvulling": True}
    answer = client.post("/v1/procesmodellen", json=asked)
    assert answer.status_code == 400
    assert any(one["ernst"] == "fout" and one["melding"] for one in body(answer)["fouten"])
    assert body(client.get("/v1/procesmodellen")) == before


def test_a_coordinator_proposes_no_models(small_house: House) -> None:
    answer = small_house.log_in("coordinator").post(
        "/v1/procesmodellen", json={"bestanden": [LOOP], "aanvulling": True}
    )
    assert answer.status_code == 403 and body(answer)["regel"] == "uitrollen/rol"


def test_the_description_names_every_route_with_its_answers(small_house: House) -> None:
    described = json.loads(small_house.app.test_client().get("/v1/openapi.json").data)
    assert described["openapi"].startswith("3.1")
    paths = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    served = {
        (method, path)
        for rule in small_house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if (path := _plain(rule.rule)) != "/v1/openapi.json" and not rule.endpoint.startswith(f"{screens.name}.")
    }
    assert {(method, path) for method, path in paths if method != "PARAMETERS"} == served
    for methods in described["paths"].values():
        for name, operation in methods.items():
            assert name == "parameters" or ("default" in operation["responses"] and operation["summary"])


def _plain(rule: str) -> str:
    return "/".join("{" + part[1:-1].split(":")[-1] + "}" if part.startswith("<") else part for part in rule.split("/"))


def test_every_answer_says_which_version_of_the_api_it_is(small_house: House) -> None:
    client = small_house.log_in("coordinator")
    for path in ("/v1/taken", "/v1/nergens", "/healthz", "/v1/taken?limit=x"):
        answer = client.get(path)
        assert answer.headers["API-Version"] == "1.0.0"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_request_id_of_the_caller_comes_back(small_house: House) -> None:
    client = small_house.app.test_client()
    assert client.get("/healthz", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"


def test_refusals_and_completions_are_counted(small_house: House) -> None:
    client = small_house.log_in("coordinator")
    task = small_house.open_task(client, small_house.start(client))
    small_house.log_in("bewoner").put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    counted = client.get("/metrics").text
    assert 'wijk_refusals_total{rule="taak/kandidaat"} 1.0' in counted
    assert "wijk_completions_total 1.0" in counted
    assert "wijk_jobs_late 0.0" in counted


def test_the_log_is_json_lines_without_what_people_wrote(log: io.StringIO, small_house: House) -> None:
    client = small_house.log_in("coordinator")
    case = small_house.start(client)
    task = small_house.open_task(client, case)
    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES, "motivering": "Geheim motief"})
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert lines[-1]["route"] == "/v1/taken/<id:task_id>/afronding" and lines[-1]["status"] == 200
    text = json.dumps(lines)
    assert "Bosboom" not in text and "Geheim" not in text and "coordinator" not in text


def test_a_failure_of_ours_is_500_without_its_message_and_logged_with_its_place(
    log: io.StringIO, small_house: House
) -> None:
    small_house.log_in("coordinator")
    small_house.installation.database.dispose()
    client = small_house.app.test_client()

    def broken() -> str:
        raise RuntimeError("geheim van een bewoner")

    small_house.app.view_functions["toestand.healthz"] = broken
    answer = client.get("/healthz")
    assert answer.status_code == 500 and answer.mimetype == "application/problem+json"
    logged = log.getvalue()
    assert "geheim" not in answer.text and "geheim" not in logged
    assert "RuntimeError" in logged and "broken" in logged and body(answer)["verzoek"] in logged


def test_ready_means_a_database_of_today(small_house: House, tmp_path: object) -> None:
    client = small_house.app.test_client()
    assert client.get("/healthz").status_code == 200
    assert body(client.get("/readyz")) == {"status": "gereed"}


def test_wijken_are_listed_by_name(small_house: House) -> None:
    found = body(small_house.log_in("coordinator").get("/v1/wijken"))["resultaten"]
    assert found == [{"id": "tanthof", "naam": "Tanthof"}, {"id": "voorhof", "naam": "Voorhof"}]
