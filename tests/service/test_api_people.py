"""Who is who: logging in and out, tokens, forged requests, roles, mandates and substitutions over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db, store_people
from service.auth import digest_of
from tests.bench.diagrams import VALUES
from tests.service.houses import PASSWORD, House, body, build


def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(small_house: House) -> None:
    client = small_house.app.test_client()
    answer = client.post("/v1/sessies", json={"gebruikersnaam": "coordinator", "wachtwoord": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert body(client.get("/v1/sessies/huidige"))["persoon"]["gebruikersnaam"] == "coordinator"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(small_house: House) -> None:
    client = small_house.app.test_client()
    wrong = client.post("/v1/sessies", json={"gebruikersnaam": "coordinator", "wachtwoord": "x" * 12})
    unknown = client.post("/v1/sessies", json={"gebruikersnaam": "niemand", "wachtwoord": "x" * 12})
    assert wrong.status_code == unknown.status_code == 401
    assert body(wrong)["detail"] == body(unknown)["detail"]


def test_the_database_does_not_hold_what_opens_a_session(small_house: House) -> None:
    cookie = small_house.log_in("coordinator").get_cookie("wijk_sessie")
    assert cookie is not None
    with db.reading(small_house.installation.database) as tx:
        assert store_people.recognise(tx, digest_of(cookie.value)) is not None
        assert store_people.recognise(tx, cookie.value) is None


def test_after_logging_out_the_same_cookie_opens_nothing(small_house: House) -> None:
    client = small_house.log_in("coordinator")
    cookie = client.get_cookie("wijk_sessie")
    assert cookie is not None
    assert client.delete("/v1/sessies/huidige").status_code == 204
    client.set_cookie("wijk_sessie", cookie.value)
    assert client.get("/v1/taken").status_code == 401


def test_a_session_ends_by_itself(small_house: House) -> None:
    client = small_house.log_in("coordinator")
    small_house.later(timedelta(hours=12))
    assert client.get("/v1/taken").status_code == 401


def test_nobody_ends_the_session_of_somebody_else(small_house: House) -> None:
    session = body(small_house.log_in("coordinator").get("/v1/sessies"))["resultaten"][0]["id"]
    assert small_house.log_in("buur").delete(f"/v1/sessies/{session}").status_code == 404


def token_of(house: House, login: str) -> tuple[str, str]:
    until = house.now() + timedelta(days=30)
    answer = house.log_in(login).post("/v1/tokens", json={"omschrijving": "proef", "geldigTot": until.isoformat()})
    assert answer.status_code == 201, answer.text
    return body(answer)["token"], body(answer)["id"]


def test_a_token_works_until_it_is_revoked(house: House) -> None:
    token, token_id = token_of(house, "coordinator")
    bearer = {"Authorization": f"Bearer {token}"}
    client = house.app.test_client()
    assert client.get("/v1/taken", headers=bearer).status_code == 200
    owner = house.log_in("coordinator")
    assert token not in owner.get("/v1/tokens").text
    assert owner.delete(f"/v1/tokens/{token_id}").status_code == 204
    assert client.get("/v1/taken", headers=bearer).status_code == 401


def test_a_token_makes_no_tokens_and_is_no_cookie(small_house: House) -> None:
    token, _ = token_of(small_house, "coordinator")
    client = small_house.app.test_client()
    until = (small_house.now() + timedelta(days=30)).isoformat()
    more = client.post(
        "/v1/tokens",
        json={"omschrijving": "meer", "geldigTot": until},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert more.status_code == 409
    client.set_cookie("wijk_sessie", token)
    assert client.get("/v1/taken").status_code == 401


def test_a_token_for_longer_than_a_year_is_not_given(small_house: House) -> None:
    until = (small_house.now() + timedelta(days=400)).isoformat()
    answer = small_house.log_in("buur").post("/v1/tokens", json={"omschrijving": "lang", "geldigTot": until})
    assert answer.status_code == 400 and body(answer)["fouten"][0]["veld"] == "geldigTot"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elders.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
    ids=str,
)
def test_a_page_of_another_site_cannot_write_with_our_cookie(small_house: House, headers: dict[str, str]) -> None:
    client = small_house.log_in("coordinator")
    forged = client.post("/v1/zaken", json={"proces": "rij_5", "wijk": "tanthof"}, headers=headers)
    assert forged.status_code == 403
    assert body(client.get("/v1/zaken"))["resultaten"] == []
    login = {"gebruikersnaam": "buur", "wachtwoord": PASSWORD}
    assert client.post("/v1/sessies", json=login, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}], ids=str)
def test_our_own_pages_and_programs_can_write(small_house: House, headers: dict[str, str]) -> None:
    client = small_house.log_in("coordinator")
    answer = client.post("/v1/zaken", json={"proces": "rij_5", "wijk": "tanthof"}, headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_new_password_ends_every_session_and_token(house: House) -> None:
    token, _ = token_of(house, "coordinator")
    client, elsewhere = house.log_in("coordinator"), house.log_in("coordinator")
    change = {"wachtwoord": PASSWORD, "nieuwWachtwoord": "een heel ander wachtwoord"}
    assert client.put("/v1/personen/ik/wachtwoord", json=change | {"wachtwoord": "fout"}).status_code == 401
    assert client.put("/v1/personen/ik/wachtwoord", json=change | {"nieuwWachtwoord": "kort"}).status_code == 400
    assert client.put("/v1/personen/ik/wachtwoord", json=change).status_code == 204
    assert elsewhere.get("/v1/taken").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert house.app.test_client().get("/v1/taken", headers=bearer).status_code == 401
    house.log_in("coordinator", "een heel ander wachtwoord")


def test_guessing_passwords_is_slowed_down(sqlite_url: str, tmp_path: object) -> None:
    house = build(sqlite_url, tmp_path, rate_login="3 per minute")  # type: ignore[arg-type]
    client = house.app.test_client()
    wrong = {"gebruikersnaam": "beheer", "wachtwoord": "x" * 12}
    codes = [client.post("/v1/sessies", json=wrong).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]
    slowed = client.post("/v1/sessies", json=wrong)
    assert int(slowed.headers["Retry-After"]) > 0
    house.later(timedelta(seconds=int(slowed.headers["Retry-After"])))
    house.log_in("beheer")
    house.installation.database.dispose()


def test_writing_is_limited_for_each_person_and_reading_is_not(sqlite_url: str, tmp_path: object) -> None:
    house = build(sqlite_url, tmp_path, rate_write="2 per minute")  # type: ignore[arg-type]
    client = house.log_in("beheer")
    codes = [client.post("/v1/zaken", json={}).status_code for _ in range(3)]
    assert codes == [400, 400, 429]
    assert [client.get("/v1/zaken").status_code for _ in range(10)] == [200] * 10
    house.installation.database.dispose()


def test_only_who_may_appoint_adds_people_and_gives_roles(small_house: House) -> None:
    resident = small_house.log_in("bewoner")
    role = {"rol": "college", "bereik": "gemeente"}
    added = resident.post("/v1/personen", json={"gebruikersnaam": "vriend", "naam": "Vriend", "rol": role})
    given = resident.post("/v1/rollen", json={"persoon": small_house.ids["bewoner"]} | role)
    assert added.status_code == given.status_code == 403
    assert body(added)["regel"] == body(given)["regel"] == "bevoegdheid/rol"
    assert len(body(resident.get("/v1/personen"))["resultaten"]) == 1
    assert resident.get(f"/v1/personen/{small_house.ids['buur']}").status_code == 404
    assert len(body(small_house.log_in("beheer").get("/v1/personen"))["resultaten"]) == 4


def test_the_administrator_does_not_give_himself_a_role_that_decides(small_house: House) -> None:
    client = small_house.log_in("beheer")
    own = body(client.get("/v1/sessies/huidige"))["persoon"]["id"]
    answer = client.post("/v1/rollen", json={"persoon": own, "rol": "college", "bereik": "gemeente"})
    assert answer.status_code == 403 and body(answer)["regel"] == "benoemen/zelf"


def test_a_new_account_says_all_that_is_wrong_with_it(small_house: House) -> None:
    client = small_house.log_in("beheer")
    role = {"rol": "bewoner", "bereik": "wijk", "wijk": "tanthof"}
    asked = {"gebruikersnaam": "Met Spatie", "naam": " ", "wachtwoord": "kort", "rol": role}
    answer = client.post("/v1/personen", json=asked)
    assert {one["veld"] for one in body(answer)["fouten"]} == {"gebruikersnaam", "naam", "wachtwoord"}
    taken = {"gebruikersnaam": "buur", "naam": "B", "rol": role}
    assert client.post("/v1/personen", json=taken).status_code == 409


def test_a_role_that_is_withdrawn_no_longer_counts(small_house: House) -> None:
    client, admin = small_house.log_in("coordinator"), small_house.log_in("beheer")
    task = small_house.open_task(client, small_house.start(client))
    role = body(admin.get(f"/v1/personen/{small_house.ids['coordinator']}/rollen"))["resultaten"][0]["regel"]

    assert admin.put(f"/v1/rollen/{role}/intrekking", json={}).status_code == 400
    done = admin.put(f"/v1/rollen/{role}/intrekking", json={"reden": "Andere baan"})

    assert done.status_code == 200, done.text
    assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 404
    assert admin.put(f"/v1/rollen/{'0' * 64}/intrekking", json={"reden": "x"}).status_code == 404


def test_a_role_counts_for_its_period_only(house: House) -> None:
    house.add("tijdelijk", "wijkcoordinator", "wijk", wijk="tanthof", van="2026-03-09", tot="2026-03-10")
    house.start(house.log_in("coordinator"))
    client = house.log_in("tijdelijk")
    assert body(client.get("/v1/taken"))["resultaten"] == []
    house.later(timedelta(days=7))
    assert len(body(house.log_in("tijdelijk").get("/v1/taken"))["resultaten"]) == 1
    house.later(timedelta(days=2))
    assert body(house.log_in("tijdelijk").get("/v1/taken"))["resultaten"] == []


def test_a_substitute_does_the_work_of_who_is_away(house: House) -> None:
    house.add("invaller", "communicatie")
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    ask = {"vervanger": house.ids["invaller"], "van": "2026-03-01", "tot": "2026-03-31"}
    given = client.post("/v1/vervangingen", json=ask)
    assert given.status_code == 201, given.text

    substitute = house.log_in("invaller")
    assert [one["id"] for one in body(substitute.get("/v1/taken"))["resultaten"]] == [task]
    done = substitute.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})

    assert done.status_code == 200, done.text
    ended = client.put(f"/v1/vervangingen/{body(given)['regel']}/intrekking", json={"reden": "Terug"})
    assert ended.status_code == 200, ended.text
    assert body(house.log_in("invaller").get("/v1/taken"))["resultaten"] == []


def test_nobody_makes_himself_a_substitute(small_house: House) -> None:
    client = small_house.log_in("buur")
    ask = {
        "vervangt": small_house.ids["coordinator"],
        "vervanger": small_house.ids["buur"],
        "van": "2026-03-01",
        "tot": "2026-04-01",
    }
    answer = client.post("/v1/vervangingen", json=ask)
    assert answer.status_code == 403 and body(answer)["regel"] == "vervangen/gegevens"


def test_a_mandate_is_given_by_the_organ_itself(small_house: House) -> None:
    small_house.add("wethouder", "college")
    ask = {"orgaan": "college", "persoon": small_house.ids["coordinator"], "stap": ["D07"], "plafond": 4000000}
    ask |= {"van": "2026-01-01", "tot": "2026-12-31"}
    refused = small_house.log_in("coordinator").post("/v1/mandaten", json=ask)
    assert refused.status_code == 403 and body(refused)["regel"] == "INV-13"
    given = small_house.log_in("wethouder").post("/v1/mandaten", json=ask)
    assert given.status_code == 201, given.text
    assert len(body(small_house.log_in("buur").get("/v1/mandaten"))["resultaten"]) == 1
    withdrawn = f"/v1/mandaten/{body(given)['regel']}/intrekking"
    assert small_house.log_in("buur").put(withdrawn, json={"reden": "x"}).status_code == 403
    assert small_house.log_in("wethouder").put(withdrawn, json={"reden": "Niet meer nodig"}).status_code == 200
    assert body(small_house.log_in("buur").get("/v1/mandaten"))["resultaten"] == []


def test_who_is_blocked_is_out_at_once_and_stays_out(small_house: House) -> None:
    token, _ = token_of(small_house, "coordinator")
    client, admin = small_house.log_in("coordinator"), small_house.log_in("beheer")
    address = f"/v1/personen/{small_house.ids['coordinator']}/blokkade"
    refused = small_house.log_in("buur").put(address)
    assert refused.status_code == 403 and body(refused)["regel"] == "bevoegdheid/rol"

    assert admin.put(address).status_code == 204

    assert client.get("/v1/taken").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert small_house.app.test_client().get("/v1/taken", headers=bearer).status_code == 401
    login = {"gebruikersnaam": "coordinator", "wachtwoord": PASSWORD}
    assert small_house.app.test_client().post("/v1/sessies", json=login).status_code == 401
    assert admin.put(address).status_code == 204


def test_an_administrator_does_not_block_himself(small_house: House) -> None:
    admin = small_house.log_in("beheer")
    own = body(admin.get("/v1/sessies/huidige"))["persoon"]["id"]
    assert admin.put(f"/v1/personen/{own}/blokkade").status_code == 409
