"""Sealed values go by an order of two people, wholly and for good, and nothing else makes them go (INV-45)."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.trail import verify
from service import backup, db, evidence, exports, hearing, inspection, jobs, logs, mailboxes, notices, people
from service.config import Smtp
from service.mailboxes import Wish
from service.store_notices import Notice
from service.store_people import PersonRow
from service.store_questions import Scope
from service.tables import sealed
from tests.engine.bpmn import end, process, start
from tests.postgres import PROGRAMS
from tests.service.houses import PASSWORD, body
from tests.service.logs import findings, policy_file
from tests.service.towns import Town, town, work
from tests.service.traces import found_in

TWO = process("p", start("s"), work("t"), work("t2"), end("e"), flow="s > t > t2 > e")
WHY = {"reden": "De betrokkene vroeg erom."}
SECRET, STAYS = "Mevrouw Jansen uit de Bosrand klaagt", "De stoep ligt los"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the service logs, of whatever is built after this."""
    kept = io.StringIO()
    logs.configure(kept)
    yield kept
    logs.configure()


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    with town(url, tmp_path, TWO) as found:
        found.house.add("archief", "archivaris")
        found.house.add("tweede_archief", "archivaris")
        found.house.add("eigenaar", "proceseigenaar")
        found.house.add("rekenkamer", "auditor")
        yield found


def told(here: Town) -> tuple[str, str]:
    """A case in which two things were written in one compartment; answers the case and the digest of the first."""
    case = here.start()
    here.must(case, "t", toelichting=SECRET)
    here.must(case, "t2", toelichting=STAYS)
    return case, next(one.digest for one in here.sealed() if one.value == SECRET)


def ask(client: FlaskClient, **wanted: Any) -> Any:
    return client.post("/v1/vernietigingen", json={"grond": "verzoek_betrokkene", **WHY, **wanted})


def asked(here: Town, **wanted: Any) -> str:
    answer = ask(here.house.log_in("archief"), **wanted)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["regel"])


def order(here: Town, login: str, request: str) -> Any:
    return here.house.log_in(login).put(f"/v1/vernietigingen/{request}/opdracht", json=WHY)


def ordered(here: Town, **wanted: Any) -> str:
    """The digest of an order for these values."""
    answer = order(here, "eigenaar", asked(here, **wanted))
    assert answer.status_code == 200, answer.text
    return str(body(answer)["regel"])


def values(here: Town) -> set[Any]:
    return {one.value for one in here.sealed()}


def assert_both_chains_hold(here: Town, case: str) -> None:
    for chain in (case, "organisatie"):
        here.assert_whole(chain)
    assert findings(here.house.installation) == (), "what went by order is no finding of the self-check either"


def test_inv_45_one_value_goes_by_an_order_of_two_people_and_its_neighbours_stay(here: Town) -> None:
    case, digest = told(here)
    named = ordered(here, waarden=[digest])
    here.days(7)
    assert SECRET in values(here), "within the term nothing goes"
    here.days(4)
    assert SECRET not in values(here) and STAYS in values(here)
    assert here.rows("destroyed") == [{"digest": digest, "ordered_in": named}]
    done = here.trail(case)[-1]
    assert done["soort"] == "vernietiging:uitgevoerd" and done["inhoud"]["values"]["waarden"] == [digest]
    assert done["inhoud"]["values"]["gevraagd_door"] != done["inhoud"]["values"]["opgedragen_door"]
    assert_both_chains_hold(here, case)


def test_inv_45_evidence_verifies_after_destruction_and_shows_the_order(here: Town, tmp_path: Path) -> None:
    case, digest = told(here)
    ordered(here, waarden=[digest])
    here.days(11)
    installation, bag = here.house.installation, tmp_path / "bewijs"
    evidence.issue(installation, Scope(case=case), bag, here.house.now())
    assert verify.main([str(bag), "--policy", str(policy_file(installation, tmp_path))]) == 0
    withheld = {one["digest"] for one in json.loads((bag / "data/scope.json").read_bytes())["withheld"]}
    records = (bag / "data/records.jsonl").read_text("utf-8")
    assert digest not in withheld and "vernietiging:uitgevoerd" in records and SECRET not in records
    everything = tmp_path / "alles"
    evidence.issue(installation, Scope(), everything, here.house.now())
    assert verify.main([str(everything), "--policy", str(policy_file(installation, tmp_path))]) == 0
    of_all = (everything / "data/records.jsonl").read_text("utf-8")
    assert all(f"vernietiging:{done}" in of_all for done in ("gevraagd", "opgedragen", "uitgevoerd", "bevestigd"))
    answer = here.house.log_in("rekenkamer").get(f"/v1/verantwoording/vragen/25?zaak={case}")
    gone = [row for row in body(answer)["resultaten"] if row["soort"] == "uitgevoerd"]
    assert gone and gone[0]["door"] != gone[0]["en_door"]
    assert {row["soort"] for row in body(answer)["resultaten"]} == {"bewaard", "vernietigd", "uitgevoerd"}


def test_inv_45_nobody_destroys_alone_or_without_the_power(here: Town) -> None:
    _, digest = told(here)
    for login in ("coordinator", "bewoner", "beheer", "rekenkamer"):
        answer = ask(here.house.log_in(login), waarden=[digest])
        assert (answer.status_code, body(answer)["regel"]) == (403, "bevoegdheid/rol")
    request = asked(here, waarden=[digest])
    for login in ("archief", "tweede_archief", "coordinator"):
        assert order(here, login, request).status_code == 403
    here.house.add("allebei", "archivaris")
    beheer = here.house.log_in("beheer")
    answer = beheer.post(
        "/v1/rollen", json={"persoon": here.house.ids["allebei"], "rol": "proceseigenaar", "bereik": "gemeente"}
    )
    assert answer.status_code == 201
    own = body(ask(here.house.log_in("allebei"), waarden=[digest]))["regel"]
    answer = order(here, "allebei", own)
    assert (answer.status_code, body(answer)["regel"]) == (403, "vernietigen/vier-ogen")
    here.days(20)
    assert SECRET in values(here)


def test_inv_45_an_order_that_is_called_off_within_the_term_destroys_nothing(here: Town) -> None:
    _, digest = told(here)
    request = asked(here, waarden=[digest])
    for named in (request, body(order(here, "eigenaar", request))["regel"]):
        answer = here.house.log_in("archief").put(f"/v1/vernietigingen/{named}/intrekking", json=WHY)
        assert answer.status_code == 200, answer.text
    assert order(here, "eigenaar", request).status_code == 403
    here.days(20)
    assert SECRET in values(here) and here.rows("destroyed") == []


def test_inv_45_what_must_be_kept_is_not_destroyed_before_that_is_lifted(here: Town) -> None:
    case, digest = told(here)
    request = asked(here, waarden=[digest])
    ordered_ = order(here, "eigenaar", request)
    assert ordered_.status_code == 200
    archive = here.house.log_in("archief")
    kept = archive.post("/v1/bewaarplichten", json={"zaak": case, **WHY})
    assert kept.status_code == 201, kept.text
    answer = ask(archive, waarden=[digest])
    assert (answer.status_code, body(answer)["regel"]) == (403, "vernietigen/bewaarplicht")
    here.days(20)
    assert SECRET in values(here)
    lifted = here.house.log_in("archief").put(f"/v1/bewaarplichten/{body(kept)['regel']}/intrekking", json=WHY)
    assert lifted.status_code == 200, lifted.text
    here.days(2)
    assert SECRET not in values(here)


def test_inv_45_the_database_itself_refuses_to_lose_a_value_without_such_an_order(here: Town) -> None:
    _, digest = told(here)
    request = asked(here, waarden=[digest])
    database = here.house.installation.database
    before = here.rows("sealed")
    attacks = [
        "DELETE FROM sealed",
        "UPDATE sealed SET digest = 'x'",
        "UPDATE sealed SET chain = 'x', key = 'x'",
        "UPDATE sealed SET content = content",
        f"INSERT INTO destroyed VALUES ('{digest}', '{request}')",
        f"INSERT INTO destroyed VALUES ('{'0' * 64}', '{request}')",
    ]
    for statement in attacks:
        with pytest.raises(DBAPIError, match="verzegelde waarde"), db.writing(database) as tx:
            tx.execute(text(statement))
    assert here.rows("sealed") == before and len(before) >= 2


def test_inv_45_a_value_that_is_missing_without_an_order_is_named_by_the_verifier(
    here: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    case, digest = told(here)
    with db.writing(here.house.installation.database) as tx:
        name = "sealed_no_delete" if tx.dialect.name == "sqlite" else "sealed_stays ON sealed"
        tx.execute(text(f"DROP TRIGGER {name}"))
        tx.execute(sealed.delete().where(sealed.c.digest == digest))
    file = here.directory / "zaak.jsonl"
    exports.export(here.house.installation, case, file)
    assert verify.main([str(file)]) == 1
    assert digest in capsys.readouterr().out


def test_inv_45_a_claim_of_destruction_without_a_record_of_it_is_found(here: Town) -> None:
    case, digest = told(here)
    file = here.directory / "zaak.jsonl"
    exports.export(here.house.installation, case, file)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in lines:
        if digest in line.get("withheld", []):
            line["withheld"].remove(digest)
            line["withheld"] = line["withheld"] or None
            line["destroyed"] = {digest: "0" * 64}
    kept = [{name: part for name, part in line.items() if part is not None} for line in lines]
    content = "".join(
        json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for line in kept
    )
    file.write_text(content, "utf-8")
    assert verify.main([str(file)]) == 1


def test_inv_45_after_the_destruction_no_file_holds_the_value_or_its_key(here: Town) -> None:
    _, digest = told(here)
    store = here.house.installation.keys
    (key_id,) = {row["key"] for row in here.rows("sealed") if row["digest"] == digest}
    with closing(store._connect(store.path)) as connection:
        ((wrapped,),) = connection.execute("SELECT wrapped FROM key WHERE id = ?", (key_id,)).fetchall()
    assert found_in(here, wrapped) and not found_in(here, SECRET.encode())
    ordered(here, waarden=[digest])
    here.days(11)
    assert here.house.installation.keys.find(key_id) is None
    assert found_in(here, SECRET.encode(), wrapped) == []
    last = here.rows("record")
    assert [one["kind"] for one in last if one["kind"].startswith("vernietiging:")][-1] == "vernietiging:bevestigd"
    assert STAYS in values(here)


def copied(here: Town, to: Path) -> bytes:
    """All that a backup holds, written out: a dump of PostgreSQL is compressed, and says bytes in hexadecimals."""
    backup.back_up(here.house.installation.config, to)
    content = b"".join(file.read_bytes() for file in sorted(to.iterdir()))
    for dump in to.glob("*.dump"):
        content += subprocess.run(["pg_restore", "--file=-", dump], capture_output=True, check=True).stdout
    return content


def test_inv_45_a_backup_made_afterwards_and_what_the_service_logged_hold_neither_value_nor_key(
    logged: io.StringIO, here: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=os.pathsep)  # those of the server's own version
    _, digest = told(here)
    (row,) = (row for row in here.rows("sealed") if row["digest"] == digest)
    store = here.house.installation.keys
    with closing(store._connect(store.path)) as connection:
        ((wrapped,),) = connection.execute("SELECT wrapped FROM key WHERE id = ?", (row["key"],)).fetchall()
    is_sqlite = here.house.installation.database.dialect.name == "sqlite"
    closed = row["content"] if is_sqlite else row["content"].hex().encode()
    before = copied(here, tmp_path / "ervoor")
    assert wrapped in before and closed in before
    ordered(here, waarden=[digest])
    here.days(11)
    after = copied(here, tmp_path / "erna")
    assert [one for one in (SECRET.encode(), wrapped, closed) if one in after] == []
    lines = logged.getvalue()
    assert "/v1/vernietigingen" in lines and not [one for one in (SECRET, wrapped.hex(), digest) if one in lines]


def test_inv_45_all_that_a_resident_wrote_goes_in_every_case(here: Town) -> None:
    case, _ = told(here)
    other = here.start()
    for one in (case, other):
        resident = here.house.log_in("bewoner")
        attempt = {"handeling": "inbreng", "stap": "D08", "gegevens": {"tekst": SECRET}}
        assert resident.post(f"/v1/zaken/{one}/handelingen", json=attempt).status_code in (403, 409)
    before = {row["digest"]: row["chain"] for row in here.rows("sealed")}
    asked_ = body(ask(here.house.log_in("archief"), persoon=here.house.ids["bewoner"]))["verzoeken"]
    for one in asked_:
        assert order(here, "eigenaar", one["regel"]).status_code == 200
    here.days(11)
    gone = {row["digest"] for row in here.rows("destroyed")}
    assert {before[one] for one in gone} == {case, other} and not gone & {row["digest"] for row in here.rows("sealed")}
    assert len([one for one in here.sealed() if one.value == SECRET]) == 1, "what the coordinator wrote stays"
    for one in (case, other):
        here.assert_whole(one)
    assert jobs.run_due(here.house.installation, here.house.now() + timedelta(days=1)) == 0


def spoken(here: Town) -> tuple[list[str], list[str]]:
    """Two cases in which the resident wrote something, and the requests to destroy all that is of her."""
    found = [here.start(), here.start()]
    for one in found:
        attempt = {"handeling": "inbreng", "stap": "D08", "gegevens": {"tekst": SECRET}}
        assert here.house.log_in("bewoner").post(f"/v1/zaken/{one}/handelingen", json=attempt).status_code == 403
    answer = ask(here.house.log_in("archief"), persoon=here.house.ids["bewoner"])
    assert answer.status_code == 201, answer.text
    return found, [one["regel"] for one in body(answer)["verzoeken"]]


def test_inv_45_an_order_on_a_resident_does_not_tell_which_cases_are_hers(here: Town) -> None:
    found, requests = spoken(here)
    orders = [str(body(order(here, "eigenaar", one))["regel"]) for one in requests]
    here.days(11)
    texts = [row["body"] for row in here.rows("record")]
    account = hearing.reference(here.house.installation, here.house.ids["bewoner"], True, "organisatie")
    values_of = {
        chain: {row["digest"] for row in here.rows("destroyed") if row["digest"] in "".join(here_of(here, chain))}
        for chain in found
    }
    assert all(values_of.values()) and len(requests) == 3
    marks = [{found[0], *values_of[found[0]]}, {found[1], *values_of[found[1]]}, {account}]
    for text_ in texts:
        assert sum(any(mark in text_ for mark in some) for some in marks) <= 1, text_
    for digest in (*requests, *orders):
        assert sum(any(digest in text_ for text_ in here_of(here, chain)) for chain in found) <= 1


def here_of(here: Town, chain: str) -> list[str]:
    return [row["body"] for row in here.rows("record") if row["chain"] == chain]


def with_mailbox(here: Town, resident: PersonRow) -> str:
    """Let mail go to this resident, who is told of a task; answers the key of the address."""
    installation, smtp = here.house.installation, Smtp("localhost", 1, "geen", "post@gemeente.example")
    sending = replace(installation, config=replace(installation.config, smtp=smtp))
    mailboxes.choose(sending, resident, Wish("bewoner@thuis.example", "meteen", "nl"), here.house.now())
    with db.writing(installation.database) as tx:
        given = Notice(resident.id, str(here.rows("task")[0]["id"]), notices.NEAR, here.house.now())
        notices.tell(tx, [given], here.house.now())
    told = inspection.inspect(installation, "bewoner", here.house.now())
    assert (told["meldingen"], told["post"]) == (1, {"adres": "bewoner@thuis.example", "bevestigd": False})
    return str(here.rows("mailbox")[0]["address"]).partition(":")[0]


def test_inv_45_the_name_and_login_of_a_resident_go_by_an_order_as_well(here: Town) -> None:
    _, requests = spoken(here)
    identity = here.house.ids["bewoner"]
    client = here.house.log_in("bewoner")
    assert client.post("/v1/personen/ik/tweede-factor", json={}).status_code == 201 and here.rows("second_factor")
    for one in requests[:-1]:
        assert order(here, "eigenaar", one).status_code == 200
    here.days(11)
    resident = people.find_login(here.house.installation, "bewoner")
    assert resident is not None and (resident.id, resident.name) == (identity, "Naam van bewoner")
    (key_id,) = {row["name"].partition(":")[0] for row in here.rows("person") if row["id"] == identity}
    address_key = with_mailbox(here, resident)
    assert order(here, "archief", requests[-1]).status_code == 403, "nobody does it alone"
    assert order(here, "eigenaar", requests[-1]).status_code == 200
    here.days(5)
    assert people.find_login(here.house.installation, "bewoner") is not None, "within the term"
    here.days(6)
    (row,) = [row for row in here.rows("person") if row["id"] == identity]
    assert (row["login"], row["name"], row["password"]) == (f"vernietigd-{identity}", "vernietigd", None)
    assert not [one for one in here.rows("session") if one["person"] == identity]
    assert here.rows("second_factor") == [] and client.get("/v1/taken").status_code == 401
    login = {"gebruikersnaam": "bewoner", "wachtwoord": PASSWORD}
    assert here.client.post("/v1/sessies", json=login).status_code == 401
    assert not [text_ for text_ in (one["body"] for one in here.rows("record")) if "Naam van bewoner" in text_]
    assert found_in(here, b"Naam van bewoner", b"Naam van bewoner".hex().encode(), b"bewoner@thuis") == []
    assert here.house.installation.keys.find(key_id) is here.house.installation.keys.find(address_key) is None
    assert here.rows("mailbox") == here.rows("notice") == []
    for chain in (*here.cases("p"), "organisatie"):
        here.assert_whole(chain)
    assert findings(here.house.installation) == ()


def test_inv_45_the_account_of_an_official_stays_as_long_as_what_was_done_in_office(here: Town) -> None:
    told(here)
    asked_ = body(ask(here.house.log_in("archief"), persoon=here.house.ids["coordinator"]))["verzoeken"]
    for one in asked_:
        assert order(here, "eigenaar", one["regel"]).status_code == 200
    here.days(11)
    assert "Naam van coordinator" in {row["name"] for row in here.rows("person")} and SECRET not in values(here)
