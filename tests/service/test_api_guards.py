"""Every route has a guard, and no input, however wrong, makes any of them fail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from service.guard import Guard, Unguarded, guards
from tests.service.houses import House, body, peopled

OPEN = {
    ("GET", "/"),
    ("GET", "/inloggen"),
    ("GET", "/taal/<code>"),
    ("POST", "/inloggen"),
    ("GET", "/opmaak/<name>"),
    ("GET", "/toegankelijkheid"),
    ("GET", "/wijken"),
    ("GET", "/wijken/<string:wijk>"),
    ("GET", "/wijken/<string:wijk>/agenda.ics"),
    (
        "GET",
        "/wijken/<string:wijk>/<any(kaders, inbreng, besluiten, stukken, bijeenkomsten, toezeggingen, geld):part>",
    ),
    ("POST", "/wijken/<string:wijk>/volgen"),
    *(
        (method, f"/post/<id:box_id>/{what}/<digest:code>")
        for method in ("GET", "POST")
        for what in ("bevestigen", "afmelden")
    ),
    ("GET", "/agenda/<digest:secret>.ics"),
    ("GET", "/stemmingen"),
    ("GET", "/stemmingen/<id:ballot_id>"),
    ("GET", "/stemmingen/<id:ballot_id>/lijst"),
    ("GET", "/bijdrage"),
    ("POST", "/bijdrage"),
    ("POST", "/bijdrage/bewijs"),
    ("GET", "/wijken/<string:wijk>/reageren/<id:task_id>"),
    ("POST", "/wijken/<string:wijk>/reageren/<id:task_id>"),
    ("POST", "/wijken/<string:wijk>/reageren/<id:task_id>/papier"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/v1/openapi.json"),
    ("POST", "/v1/sessies"),
    ("GET", "/v1/verantwoording/beleid"),
    ("GET", "/v1/openbaar"),
    ("GET", "/v1/openbaar/wijken"),
    ("GET", "/v1/openbaar/wijken/<string:wijk>/zaken"),
    ("GET", "/v1/openbaar/wijken/<string:wijk>/registers/<string:name>"),
    ("GET", "/v1/openbaar/wijken/<string:wijk>/uitzonderingen"),
    ("GET", "/v1/openbaar/zaken/<id:case_id>"),
    ("GET", "/v1/openbaar/zaken/<id:case_id>/regels"),
    ("GET", "/v1/verantwoording/checkpoint"),
    ("GET", "/v1/verantwoording/verify.py"),
    ("GET", "/v1/verantwoording/consistentie"),
    ("GET", "/v1/stemmingen"),
    ("GET", "/v1/stemmingen/<id:ballot_id>"),
    ("GET", "/v1/stemmingen/<id:ballot_id>/deelname"),
    ("GET", "/v1/stemmingen/<id:ballot_id>/stembiljetten"),
    ("GET", "/v1/stemmingen/<id:ballot_id>/uitslag"),
    ("POST", "/v1/stemmingen/<id:ballot_id>/passen/code"),
    ("POST", "/v1/stemmingen/<id:ballot_id>/stembiljetten"),
}
ID = "0" * 8 + "-0000-4000-8000-" + "0" * 12
PLACES = {"int": "1", "digest": "0" * 64, "path:name": "x.bpmn"}


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def address(rule: Rule, real: dict[str, str] | None = None) -> str:
    """An address that this rule matches: of things that do not exist, but for the real ones given by name."""

    def place(found: re.Match[str]) -> str:
        name = found[1].split(":")[-1]
        if real is not None and name in real:
            return real[name]
        return PLACES.get(found[1]) or PLACES.get(found[1].split(":")[0]) or ID

    return re.sub(r"<([^>]+)>", place, rule.rule)


def test_without_login_every_route_answers_401_but_for_the_open_ones(small_house: House) -> None:
    client = small_house.app.test_client()
    found = {(method, rule.rule) for method, rule in routes(small_house.app)}
    assert found >= OPEN and len(found) > 40
    for method, rule in routes(small_house.app):
        answer = client.open(address(rule), method=method, json={})
        if (method, rule.rule) in OPEN:
            assert answer.status_code != 401, rule.rule
        else:
            assert answer.status_code == 401, f"{method} {rule.rule}: {answer.status_code}"
            is_page = rule.endpoint.startswith("schermen.")
            assert answer.mimetype == ("text/html" if is_page else "application/problem+json")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_open_routes_are_open_by_their_guard_and_no_other_is(small_house: House) -> None:
    named = {rule.endpoint: (method, rule.rule) for method, rule in routes(small_house.app)}
    by_guard = guards(small_house.app)
    assert {
        (method, rule.rule) for method, rule in routes(small_house.app) if by_guard[rule.endpoint] is Guard.ANYONE
    } == OPEN
    assert set(named) == set(by_guard)


def test_a_route_without_a_guard_keeps_the_application_from_starting() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/open", view_func=lambda: "open", endpoint="vergeten")
    with pytest.raises(Unguarded, match="vergeten"):
        guards(app)


# What the reader of JSON refuses comes to no database, so these are sent on one of them.
UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"gegevens": NaN}',
    b'{"gegevens": {"a": ' + b"9" * 5000 + b"}}",
    b'{"gegevens": {"a": 1, "a": 2}}',
    b'{"gegevens": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
    b"[" * 100_000,
]
GARBAGE = [
    b"{}",
    b'{"gegevens": {"a": 1e999}}',
    b'{"gegevens": {"a": 1.5}}',
    b'{"gegevens": {"a": 99999999999999999999}}',
    b'{"gegevens": {"a": "\\u0000"}}',
    b'{"gegevens": {"a": "\\ud800"}}',
    b'{"gegevens": {"\\u0000": 1}}',
    b'{"gegevens": {"verzegeld": "' + b"0" * 64 + b'"}}',
    b'{"gebruikersnaam": ["x"], "wachtwoord": {"y": 1}}',
    b'{"reden": "\\u0000", "persoon": 1, "stap": [null], "id": "x", "rol": []}',
    json.dumps(
        {
            "handeling": "\0",
            "stap": "D\ud800",
            "onderwerp": "\0",
            "proces": "\0",
            "wijk": "\0",
            "vervanger": "\0",
            "orgaan": "\ud8ff",
            "omschrijving": "\0",
            "naam": "\0",
            "reden": "x",
        }
    ).encode(),
    json.dumps({"proces": "rij_5", "wijk": "x" * 10_000, "jaar": 10**15, "reden": "x"}).encode(),
    json.dumps({"reden": "x", "omschrijving": "x", "geldigTot": "9999-12-31T23:59:59-23:59"}).encode(),
    json.dumps({"bestanden": [{"naam": "../x.bpmn", "tekst": "<"}, {"naam": "a", "base64": "%"}]}).encode(),
]


def every_garbage(house: House, body_: bytes, kind: str) -> Iterator[tuple[str, int]]:
    """Send this to every route that writes, with ids of nothing and with those of a case that is there."""
    client = house.log_in("coordinator")
    case = house.start(client)
    real = {"case_id": case, "task_id": house.open_task(client, case), "person_id": house.ids["coordinator"]}
    for method, rule in routes(house.app):
        if method == "GET":
            continue
        for path in [address(rule), address(rule, real)] if "<" in rule.rule else [address(rule)]:
            yield f"{method} {path}", client.open(path, method=method, data=body_, content_type=kind).status_code
        if rule.rule == "/v1/sessies/huidige":
            client = house.log_in("coordinator")


def named(value: bytes | str) -> str:
    return value if isinstance(value, str) else value[:30].decode("latin-1")


@pytest.mark.parametrize("module_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("body_", UNREADABLE, ids=named)
def test_what_cannot_be_read_is_the_senders_fault_at_any_route(guarded: House, body_: bytes) -> None:
    for where, status in every_garbage(guarded, body_, "application/json"):
        assert status < 500, where


@pytest.mark.parametrize("body_", GARBAGE, ids=named)
def test_garbage_at_any_route_is_the_senders_fault(guarded: House, body_: bytes) -> None:
    for where, status in every_garbage(guarded, body_, "application/json"):
        assert status < 500, where


@pytest.mark.parametrize("body_", [UNREADABLE[1], GARBAGE[-1]], ids=named)
def test_garbage_along_with_a_request_to_read_is_no_failure(guarded: House, body_: bytes) -> None:
    client = guarded.log_in("coordinator")
    case = guarded.start(client)
    real = {"case_id": case, "task_id": guarded.open_task(client, case), "person_id": guarded.ids["coordinator"]}
    for rule in (rule for method, rule in routes(guarded.app) if method == "GET"):
        for path in {address(rule), address(rule, real)}:
            answer = client.get(path, data=body_, content_type="application/json")
            assert answer.status_code < 500, path


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "x"])
def test_another_kind_of_content_is_the_senders_fault(guarded: House, kind: str) -> None:
    for where, status in every_garbage(guarded, b"--x\r\n\r\n", kind):
        assert status < 500, where


QUERIES = ["limit=0", "limit=x", "limit=999", "limit=1&limit=2", "cursor=%00", "cursor=x", "wijk=%00", "onbekend=1"]


@pytest.mark.parametrize("query", [*QUERIES, "jaar=1e5", "jaar=99999999999999999999", "status=weg", "fase=%ff"])
def test_a_wrong_query_is_the_senders_fault(guarded: House, query: str) -> None:
    client = guarded.log_in("coordinator")
    for method, rule in routes(guarded.app):
        if method == "GET":
            assert client.get(f"{address(rule)}?{query}").status_code < 500, rule.rule
    assert client.get(f"/v1/taken?{query}").status_code in (200, 400)
    assert client.get("/v1/zaken?limit=x&status=weg").status_code == 400
    assert len(body(client.get("/v1/zaken?limit=x&status=weg"))["fouten"]) == 2


HEADERS = [
    {"If-Match": "x"},
    {"If-Match": '"99999999999999999999999"'},
    {"Idempotency-Key": "é"},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic eDp5"},
    {"Authorization": "Bearer \xff"},
    {"Cookie": "wijk_sessie=\x01"},
    {"X-Request-Id": "<script>"},
    {"Content-Length": "-1"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_a_wrong_header_is_the_senders_fault(guarded: House, headers: dict[str, str]) -> None:
    client = guarded.log_in("coordinator")
    for path in (f"/v1/taken/{ID}/afronding", f"/v1/zaken/{ID}/opschorting"):
        answer = client.put(path, json={"reden": "x"} if "zaken" in path else {}, headers=headers)
        assert 400 <= answer.status_code < 500
        assert "<script>" not in answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "path", ["/v1/taken/x", "/v1/taken/%00", "/v1/zaken/..%2f..", "/v1/nergens", "/nergens", "/v1/zaken/" + "0" * 33]
)
def test_an_address_that_does_not_exist_is_404_as_problem_json(guarded: House, path: str) -> None:
    answer = guarded.log_in("coordinator").get(path)
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


def test_a_method_that_does_not_exist_is_405_and_says_which_do(guarded: House) -> None:
    answer = guarded.log_in("coordinator").patch("/v1/taken")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_413(guarded: House) -> None:
    client = guarded.log_in("coordinator")
    answer = client.post("/v1/zaken", data=b"[" * 2_000_000, content_type="application/json")
    assert answer.status_code == 413 and answer.mimetype == "application/problem+json"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "gegevens",
        "motivering",
        "proces",
        "wijk",
        "reden",
        "persoon",
        "handeling",
        "stap",
        "rol",
        "bestanden",
        "id",
        "jaar",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=5), st.data())
def test_no_object_at_any_writing_route_makes_it_fail(
    guarded: House, given_: dict[str, object], data: st.DataObject
) -> None:
    writing = [(m, r) for m, r in routes(guarded.app) if m in ("POST", "PUT") and "sessies" not in r.rule]
    method, rule = data.draw(st.sampled_from(sorted(writing, key=lambda one: (one[1].rule, one[0]))))
    client = guarded.app.test_client()
    client.set_cookie("wijk_sessie", guarded.ids["secret"])
    case = guarded.start(client)
    real = {"case_id": case, "task_id": guarded.open_task(client, case), "person_id": guarded.ids["bewoner"]}
    answer = client.open(address(rule, real), method=method, data=json.dumps(given_), content_type="application/json")
    assert answer.status_code < 500, (rule.rule, given_)


@pytest.fixture(scope="module")
def guarded(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house on each database for all garbage."""
    built = peopled(module_url, tmp_path_factory.mktemp("huis"))
    cookie = built.log_in("coordinator").get_cookie("wijk_sessie")
    assert cookie is not None
    built.ids["secret"] = cookie.value
    yield built
    built.installation.database.dispose()
