"""An auditor reads everything that is not sealed and changes nothing: every writing route refuses, on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from engine.questions.catalogue import QUESTIONS
from service import db, definitions, store_definitions
from service.filetypes import FIELD
from service.tables import record
from tests.bench.diagrams import VALUES
from tests.engine.bpmn import end, process, start
from tests.service.houses import body
from tests.service.test_api_guards import routes
from tests.service.towns import Town, town, work

TWO = process("p", start("s"), work("t"), work("t2"), end("e"), flow="s > t > t2 > e")
COLLECTING = process("q", start("s"), work("v", verzamelt="ja"), end("e"), flow="s > v > e")
SECRET = "Mevrouw Jansen uit de Bosrand klaagt"
PERIOD = {"van": "2026-03-02", "tot": "2026-12-31"}
WHY = {"reden": "Onderzoek van de rekenkamer"}
OWN = {  # what everybody does with an own account, what reads, and what is no person's act
    *(("PUT", "/v1/personen/ik/wachtwoord"), ("POST", "/v1/sessies"), ("DELETE", "/v1/sessies/huidige")),
    *(("DELETE", "/v1/sessies/<uuid:session_id>"), ("POST", "/v1/tokens"), ("DELETE", "/v1/tokens/<uuid:token_id>")),
    *(("POST", "/v1/personen/ik/tweede-factor"), ("PUT", "/v1/personen/ik/tweede-factor")),
    ("PUT", "/v1/personen/ik/tweede-factor/intrekking"),
    *(("PUT", "/v1/personen/ik/post"), ("DELETE", "/v1/personen/ik/post")),
    *(("PUT", "/v1/meldingen/gelezen"), ("PUT", "/v1/meldingen/<id:notice_id>/gelezen")),
    *(("POST", "/v1/agenda"), ("DELETE", "/v1/agenda")),
    *(("POST", "/v1/verantwoording/zelfcontroles"), ("POST", "/v1/zaken/<id:case_id>/inzage")),
    ("PUT", "/v1/zaken/<id:case_id>/incidenten/<id:incident_id>/herstel"),  # needs an incident: test_incidents.py
}
NO_ACT = {  # habits of work, on no record: what staff plan, and remark to each other
    ("PUT", "/v1/taken/<id:task_id>/planning"),
    *(("POST", "/v1/zaken/<id:case_id>/opmerkingen"), ("DELETE", "/v1/opmerkingen/<id:comment_id>")),
}
FILE = {FIELD: b"Een verslag van de avond."}


@dataclass(frozen=True, slots=True)
class Scene:
    """A town in which there is one of everything that could be changed; `tries` is a sound request to each route."""

    here: Town
    case: str
    tries: dict[tuple[str, str], tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def scene(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    url, directory = module_url, tmp_path_factory.mktemp("auditor")
    with town(url, directory, TWO, COLLECTING) as here:
        for login, role in (("rekenkamer", "auditor"), ("archief", "archivaris"), ("ontwerper", "procesontwerper")):
            here.house.add(login, role)
        here.house.add("bestuur", "college")
        case = here.start()
        here.must(case, "t", toelichting=SECRET)
        yield Scene(here, case, _tries(here, case))


def _made(here: Town, login: str, address: str, **asked: Any) -> str:
    answer = here.house.log_in(login).post(f"/v1/{address}", json=asked)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["regel"])


def _proposed(here: Town) -> str:
    """A version that waits for its second pair of eyes."""
    installation = here.house.installation
    with db.reading(installation.database) as tx:
        files = store_definitions.file_bytes(tx, store_definitions.current_version(tx) or "")
    files["rollen.toml"] += b"\n# anders\n"
    return definitions.propose(installation, here.person("ontwerper"), files, "Anders", here.house.now())[0].version


def _tries(here: Town, case: str) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    task, ids = here.task(case, "t2"), here.house.ids
    given = {"persoon": ids["buur"], "rol": "bewoner", "bereik": "wijk", "wijk": "tanthof"}
    substitute = {"vervangt": ids["coordinator"], "vervanger": ids["buur"], **PERIOD}
    mandate = {"orgaan": "college", "persoon": ids["coordinator"], "stap": ["D07"], **PERIOD}
    gone = {"zaak": case, "grond": "onrechtmatig", **WHY}
    role, replaced = _made(here, "beheer", "rollen", **given), _made(here, "beheer", "vervangingen", **substitute)
    power, request = _made(here, "bestuur", "mandaten", **mandate), _made(here, "archief", "vernietigingen", **gone)
    kept = _made(here, "archief", "bewaarplichten", **{"zaak": case, **WHY})
    ours = here.client.get("/v1/zaken/" + case + "/verantwoording").json
    corrected = next(one["regel"] for one in (ours or {})["resultaten"] if one["soort"] == "taak:afgerond")
    version, resting = _proposed(here), here.start()
    held = here.task(here.start(), "t")
    assert here.client.put(f"/v1/taken/{held}/behandelaar", json={}).status_code == 204
    added = here.client.post(f"/v1/taken/{task}/bijlagen", data=uploaded())
    assert added.status_code == 201, added.text
    attached = body(added)["id"]
    open_ = here.task(here.start("q"), "v")
    assert here.steer(resting, "opschorting").status_code == 200
    session = body(here.house.log_in("beheer").get(f"/v1/personen/{ids['coordinator']}/sessies"))["resultaten"][0]["id"]
    mine = {"persoon": ids["rekenkamer"], "rol": "wijkcoordinator", "bereik": "wijk", "wijk": "tanthof"}
    place = {name: one for name, one in mine.items() if name != "persoon"}
    new = {"gebruikersnaam": "nieuw", "naam": "Nieuw", "wachtwoord": "een lang wachtwoord", "rol": place}
    person, zaak, taak = f"/v1/personen/{ids['buur']}", f"/v1/zaken/{case}", f"/v1/taken/{task}"
    return {
        ("POST", "/v1/procesmodellen"): ("/v1/procesmodellen", {"bestanden": [{"naam": "a.bpmn", "tekst": "<a/>"}]}),
        ("PUT", "/v1/procesmodellen/<digest:version>/vrijgave"): (f"/v1/procesmodellen/{version}/vrijgave", {}),
        ("POST", "/v1/zaken"): ("/v1/zaken", {"proces": "p", "wijk": "tanthof", "jaar": 2027}),
        ("POST", "/v1/zaken/<id:case_id>/handelingen"): (
            f"{zaak}/handelingen",
            {"handeling": "besluit", "stap": "D09", "gegevens": {}},
        ),
        ("PUT", "/v1/zaken/<id:case_id>/opschorting"): (f"{zaak}/opschorting", WHY),
        ("PUT", "/v1/zaken/<id:case_id>/hervatting"): (f"/v1/zaken/{resting}/hervatting", WHY),
        ("PUT", "/v1/zaken/<id:case_id>/afbreking"): (f"{zaak}/afbreking", WHY),
        ("POST", "/v1/zaken/<id:case_id>/correcties"): (
            f"{zaak}/correcties",
            {"regel": corrected, "gegevens": {"aantal": 3}, **WHY},
        ),
        ("PUT", "/v1/taken/<id:task_id>/afronding"): (f"{taak}/afronding", {"gegevens": VALUES}),
        ("POST", "/v1/taken/<id:task_id>/bijdragen"): (f"/v1/taken/{open_}/bijdragen", {"gegevens": VALUES}),
        ("PUT", "/v1/taken/<id:task_id>/behandelaar"): (f"{taak}/behandelaar", {}),
        ("DELETE", "/v1/taken/<id:task_id>/behandelaar"): (f"/v1/taken/{held}/behandelaar", {}),
        **_asked(here, held),
        ("POST", "/v1/taken/<id:task_id>/bijlagen"): (f"{taak}/bijlagen", FILE),
        ("DELETE", "/v1/bijlagen/<id:attachment_id>"): (f"/v1/bijlagen/{attached}", {}),
        ("POST", "/v1/personen"): ("/v1/personen", new),
        ("PUT", "/v1/personen/<uuid:person_id>/blokkade"): (f"{person}/blokkade", {}),
        ("PUT", "/v1/personen/<uuid:person_id>/tweede-factor/intrekking"): (f"{person}/tweede-factor/intrekking", {}),
        ("DELETE", "/v1/personen/<uuid:person_id>/sessies/<uuid:session_id>"): (f"{person}/sessies/{session}", {}),
        ("POST", "/v1/rollen"): ("/v1/rollen", mine),
        ("PUT", "/v1/rollen/<digest:digest>/intrekking"): (f"/v1/rollen/{role}/intrekking", WHY),
        ("POST", "/v1/mandaten"): ("/v1/mandaten", mandate | {"persoon": ids["rekenkamer"]}),
        ("PUT", "/v1/mandaten/<digest:digest>/intrekking"): (f"/v1/mandaten/{power}/intrekking", WHY),
        ("POST", "/v1/vervangingen"): ("/v1/vervangingen", substitute | {"vervanger": ids["rekenkamer"]}),
        ("PUT", "/v1/vervangingen/<digest:digest>/intrekking"): (f"/v1/vervangingen/{replaced}/intrekking", WHY),
        ("POST", "/v1/vernietigingen"): ("/v1/vernietigingen", gone),
        ("PUT", "/v1/vernietigingen/<digest:digest>/opdracht"): (f"/v1/vernietigingen/{request}/opdracht", WHY),
        ("PUT", "/v1/vernietigingen/<digest:digest>/intrekking"): (f"/v1/vernietigingen/{request}/intrekking", WHY),
        ("POST", "/v1/bewaarplichten"): ("/v1/bewaarplichten", {"zaak": case, **WHY}),
        ("PUT", "/v1/bewaarplichten/<digest:digest>/intrekking"): (f"/v1/bewaarplichten/{kept}/intrekking", WHY),
    }


def _asked(here: Town, held: str) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """All that can be done about advice that somebody else is asked for."""
    address, route = f"/v1/taken/{held}/adviesverzoeken", "/v1/taken/<id:task_id>/adviesverzoeken"
    question = {"vraag": SECRET, "aan": [{"persoon": here.house.ids["bestuur"], "werkdagen": 5}]}
    request = body(here.client.post(address, json=question))["resultaten"][0]["regel"]
    follow_ups = {"antwoord": {"antwoord": SECRET}, "afwijzing": {"reden": SECRET}, "herinnering": {}, "intrekking": {}}
    found: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {("POST", route): (address, question)}
    for what, content in follow_ups.items():
        found["PUT", f"{route}/<digest:request>/{what}"] = f"{address}/{request}/{what}", content
    return found


def uploaded() -> dict[str, tuple[BytesIO, str]]:
    """The file as a form sends it; a stream is read once."""
    return {FIELD: (BytesIO(FILE[FIELD]), "verslag.txt")}


def kinds(here: Town) -> list[str]:
    with db.reading(here.house.installation.database) as tx:
        return list(tx.execute(select(record.c.kind)).scalars())


def test_every_route_that_writes_is_tried_here(scene: Scene) -> None:
    writing = {
        (method, rule.rule)
        for method, rule in routes(scene.here.house.app)
        if method != "GET" and rule.rule.startswith("/v1/") and not rule.rule.startswith("/v1/stemmingen")
    }  # the polling station is attacked in test_ballots.py, and pages do what the API does
    assert writing == {*scene.tries} | OWN | NO_ACT


def test_each_of_them_is_refused_to_an_auditor_recorded_once_and_changes_nothing(scene: Scene) -> None:
    auditor = scene.here.house.log_in("rekenkamer")
    for (method, rule), (address, content) in scene.tries.items():
        before, known = scene.here.counts(), kinds(scene.here)
        sent: dict[str, Any] = {"data": uploaded()} if content is FILE else {"json": content}
        answer = auditor.open(address, method=method, headers={"If-Match": "*"}, **sent)
        assert answer.status_code == 403, f"{method} {rule}: {answer.status_code} {answer.text}"
        new = kinds(scene.here)[len(known) :]
        assert len(new) == 1, f"{method} {rule}: {new}"
        after = scene.here.counts()
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= {"record", "sealed", "chain"}, f"{method} {rule}: {changed}"
    assert scene.here.open(scene.case) == ["t2"] and scene.here.status(scene.case) == "lopend"


def test_an_auditor_plans_no_work_of_others(scene: Scene) -> None:
    auditor, task = scene.here.house.log_in("rekenkamer"), scene.here.task(scene.case, "t2")
    before = scene.here.counts()
    assert auditor.put(f"/v1/taken/{task}/planning", json={"prioriteit": "hoog"}).status_code == 409
    assert scene.here.counts() == before


def test_an_auditor_reads_what_is_not_sealed_in_every_way_and_leaves_no_trace(scene: Scene) -> None:
    here, auditor = scene.here, scene.here.house.log_in("rekenkamer")
    before = kinds(here)
    zaak = f"/v1/zaken/{scene.case}"
    addresses = [zaak, f"{zaak}/taken", f"{zaak}/verantwoording", f"{zaak}/registers/besluiten", f"{zaak}/wijkverslag"]
    addresses += [f"/v1/verantwoording/vragen/{one.name}?zaak={scene.case}" for one in QUESTIONS]
    addresses += [f"/v1/taken/{here.task(scene.case, 't2')}", "/v1/procesmodellen", "/v1/vernietigingen"]
    for address in addresses:
        answer = auditor.get(address)
        assert answer.status_code == 200, f"{address}: {answer.text}"
        assert SECRET not in answer.text, address
    assert kinds(here) == before


def test_each_opening_of_a_sealed_value_is_recorded_with_who_and_why_sealed(scene: Scene) -> None:
    here = scene.here
    before = kinds(here).count("verzegeling:geopend")
    asked = {"compartiment": "werk", "grond": "Onderzoek 2027-3"}
    for number in (1, 2):
        answer = here.house.log_in("rekenkamer").post(f"/v1/zaken/{scene.case}/inzage", json=asked)
        assert answer.status_code == 200 and SECRET in answer.text
        assert kinds(here).count("verzegeling:geopend") == before + number
    last = here.trail(scene.case)[-1]["inhoud"]
    assert last["kind"] == "verzegeling:geopend" and last["actor"]["role"] == "auditor"
    assert "Onderzoek 2027-3" not in json.dumps(last) and SECRET not in json.dumps(last)
    told = body(here.house.log_in("rekenkamer").get(f"/v1/verantwoording/lijsten/beheer?zaak={scene.case}"))
    assert "verzegeling:geopend" in {row["wat"] for row in told["resultaten"]}
