"""Completing a task over HTTP: who may, what a repeat does, what a stale view does, and what the trail shows."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import update

from service import db, store
from service.api.schemas import Dutch
from service.api.taken import CompletionAskSchema
from service.tables_people import person, session
from tests.bench.diagrams import VALUES
from tests.service.houses import House, body


def test_a_task_is_completed_and_read_back_in_the_trail(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)

    done = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES, "motivering": "Gedaan."})

    assert done.status_code == 200, done.text
    answer = body(done)
    assert answer["zaak"] == case and answer["revisie"] == 2 and len(answer["geopend"]) == 1
    assert body(client.get(f"/v1/taken/{task}/afronding")) == answer
    trail = body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]
    assert [one["soort"] for one in trail] == ["zaak:gestart", "taak:afgerond"]
    assert trail[1]["regel"] == answer["ontvangst"]["regel"]
    assert all(one["zin"].endswith(".") for one in trail)


def test_free_text_never_stands_in_the_trail(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)

    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES, "motivering": "Een geheim motief."})

    text = client.get(f"/v1/zaken/{case}/verantwoording").text
    assert "Bosboom" not in text and "geheim" not in text and "verzegeld" in text


def test_the_same_completion_again_gets_the_same_answer(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    first = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    again = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    assert again.status_code == 200 and body(again) == body(first)
    assert len(body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]) == 2


def test_another_completion_of_a_closed_task_is_a_conflict(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    other = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES | {"aantal": 7}})

    assert other.status_code == 409
    assert body(other)["type"] == "urn:wijkcyclus:probleem:strijdig"


def test_who_lacks_the_role_is_refused_with_the_rule_and_it_is_on_record(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    resident = house.log_in("bewoner")

    refused = resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    assert refused.status_code == 403, refused.text
    problem = body(refused)
    assert refused.mimetype == "application/problem+json"
    assert problem["regel"] == "taak/kandidaat" and problem["oplossing"] and problem["detail"]
    trail = body(resident.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]
    assert trail[-1]["soort"] == "taak:geweigerd" and trail[-1]["regel"] == problem["verantwoording"]
    assert body(client.get(f"/v1/zaken/{case}"))["revisie"] == 1


def test_outside_ones_wijk_neither_case_nor_task_exists(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    neighbour = house.log_in("buur")

    for address in (f"/v1/zaken/{case}", f"/v1/zaken/{case}/taken", f"/v1/zaken/{case}/verantwoording"):
        assert neighbour.get(address).status_code == 404
    assert neighbour.get(f"/v1/taken/{task}").status_code == 404
    assert neighbour.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 404
    assert body(neighbour.get("/v1/zaken"))["resultaten"] == []
    assert body(neighbour.get("/v1/taken"))["resultaten"] == []


def test_all_faults_of_a_submission_come_at_once(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))

    wrong = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": {"aantal": "x", "keuze": "misschien", "q": 1}})

    assert wrong.status_code == 400
    faults = {one["veld"] for one in body(wrong)["fouten"]}
    assert faults == {"gegevens.aantal", "gegevens.keuze", "gegevens.q", "gegevens.toelichting"}


def test_a_stale_view_of_the_case_is_a_conflict_and_changes_nothing(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)
    seen = client.get(f"/v1/zaken/{case}").headers["ETag"]
    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}, headers={"If-Match": seen})
    following = house.open_task(client, case)

    stale = client.put(f"/v1/taken/{following}/afronding", json={"gegevens": VALUES}, headers={"If-Match": seen})

    assert stale.status_code == 409
    assert body(client.get(f"/v1/zaken/{case}"))["revisie"] == 2


def test_claimed_work_is_for_who_claimed_it_until_given_back(house: House) -> None:
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    client, colleague = house.log_in("coordinator"), house.log_in("collega")
    task = house.open_task(client, house.start(client))

    assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert colleague.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 409
    assert body(colleague.get("/v1/taken"))["resultaten"] == []
    assert colleague.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 403
    resident = house.log_in("bewoner").delete(f"/v1/taken/{task}/behandelaar")
    assert resident.status_code == 403 and body(resident)["regel"] == "taak/behandelaar"
    for who in (client, colleague):  # who has it gives it back, and so does who may do that for somebody else
        assert who.delete(f"/v1/taken/{task}/behandelaar").status_code == 204
        assert client.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    assert colleague.delete(f"/v1/taken/{task}/behandelaar").status_code == 204
    assert colleague.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200


def test_work_is_handed_over_to_another_candidate_only(house: House) -> None:
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))

    to_neighbour = client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": house.ids["buur"]})
    to_nobody = client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": "niemand"})
    to_colleague = client.put(f"/v1/taken/{task}/behandelaar", json={"persoon": house.ids["collega"]})

    assert to_neighbour.status_code == 403 and body(to_neighbour)["regel"] == "taak/overdragen"
    assert to_nobody.status_code == 400
    assert to_colleague.status_code == 204
    assert [one["id"] for one in body(house.log_in("collega").get("/v1/taken"))["resultaten"]] == [task]


def test_the_work_list_comes_in_pages_that_together_are_everything(house: House) -> None:
    client = house.log_in("coordinator")
    cases = {house.start(client) for _ in range(5)}

    seen: list[str] = []
    address = "/v1/taken?limit=2&wijk=tanthof"
    while address:
        page = client.get(address)
        seen += [one["zaak"] for one in body(page)["resultaten"]]
        address = body(page)["_links"].get("next", {}).get("href", "")
        assert (f'<{address}>; rel="next"' == page.headers.get("Link")) == bool(address)

    assert len(seen) == 5 and set(seen) == cases
    assert body(client.get("/v1/taken?wijk=voorhof"))["resultaten"] == []


def test_a_suspended_case_stands_still_until_it_is_resumed(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    task = house.open_task(client, case)

    assert client.put(f"/v1/zaken/{case}/opschorting", json={}).status_code == 400
    suspended = client.put(f"/v1/zaken/{case}/opschorting", json={"reden": "Vakantie"})
    assert body(suspended)["status"] == "opgeschort"
    assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 409
    assert client.put(f"/v1/zaken/{case}/hervatting", json={"reden": "Verder"}).status_code == 200
    assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    assert client.put(f"/v1/zaken/{case}/afbreking", json={"reden": "Anders besloten"}).status_code == 200
    assert body(client.get("/v1/taken"))["resultaten"] == []


def test_a_resident_may_not_stop_a_case(house: House) -> None:
    case = house.start(house.log_in("coordinator"))

    refused = house.log_in("bewoner").put(f"/v1/zaken/{case}/afbreking", json={"reden": "Genoeg"})

    assert refused.status_code == 403 and body(refused)["regel"] == "bevoegdheid/rol"


def test_an_attempt_to_decide_without_a_task_is_refused_by_its_rule(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)

    refused = client.post(
        f"/v1/zaken/{case}/handelingen", json={"handeling": "besluit", "stap": "D09", "gegevens": {"uitkomst": "ja"}}
    )

    assert refused.status_code == 403, refused.text
    assert body(refused)["regel"].startswith("INV-")
    trail = body(client.get(f"/v1/zaken/{case}/verantwoording"))["resultaten"]
    assert trail[-1]["soort"] == "poging:geweigerd"


def test_a_case_shows_its_state_with_handles_for_what_is_sealed(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    client.put(f"/v1/taken/{house.open_task(client, case)}/afronding", json={"gegevens": VALUES})

    state = body(client.get(f"/v1/zaken/{case}"))

    done = state["gegevens"]["taak_1"]
    assert done["aantal"] == VALUES["aantal"] and set(done["toelichting"]) == {"verzegeld"}
    assert state["wachtOp"] == [] and state["klok"] is None and state["revisie"] == 2


@pytest.mark.parametrize("end", ["revoked", "blocked", "expired"])
def test_a_session_that_ended_elsewhere_completes_nothing_more(house: House, end: str) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    first = client.put(f"/v1/taken/{house.open_task(client, case)}/afronding", json={"gegevens": VALUES})
    assert first.status_code == 200  # the process has met this session now
    (task,) = body(first)["geopend"]

    # As another process would, or an administrator at the database: this one hears nothing of it.
    with db.writing(house.installation.database) as tx:
        if end == "blocked":
            tx.execute(update(person).where(person.c.login == "coordinator").values(blocked_at=house.now()))
        elif end == "revoked":
            tx.execute(update(session).values(revoked_at=house.now()))
    if end == "expired":
        house.later(timedelta(days=2))

    answer = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    assert answer.status_code == 401, answer.text
    with db.reading(house.installation.database) as tx:
        assert sorted(one.status for one in store.tasks_of_case(tx, case)) == ["afgerond", "open"]


SENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(values=SENT)
def test_values_that_come_alone_are_read_as_every_body_is(values: Any) -> None:
    schema, outcomes = CompletionAskSchema(), []
    for load in (schema.load, partial(Dutch.load, schema)):
        try:
            outcomes.append(load({"gegevens": values}))
        except ValidationError as wrong:
            outcomes.append(wrong.messages)
    assert outcomes[0] == outcomes[1]
