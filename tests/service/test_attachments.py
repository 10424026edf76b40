"""Files beside a task: taken for what they are, by who may do the task, kept closed, fetched by who reads the case."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from service import attachments, backup, db, inspection, replay
from service.config import Config
from service.installation import open_installation
from tests.engine.bpmn import diagram
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body, peopled
from tests.service.logs import findings
from tests.service.test_destruction import SECRET, TWO, ordered
from tests.service.test_mediation import everything, referred
from tests.service.test_screens_task import ANSWERS, at_a_task
from tests.service.test_statements import counted, person
from tests.service.towns import FAMILY, Town
from tests.service.traces import found_in

PDF = b"%PDF-1.7\n" + SECRET.encode() + b"\n%%EOF\n"
MB = 1024 * 1024
NAME = "Brief van mevrouw De Wit.pdf"


@pytest.fixture
def here(url: str, tmp_path: Path) -> Iterator[Town]:
    files = FAMILY | {"proef.bpmn": diagram(TWO)}
    house = peopled(url, tmp_path, files, most_bytes=MB, most_bytes_in_case=2 * MB)
    house.add("archief", "archivaris")
    house.add("eigenaar", "proceseigenaar")
    yield Town(house, house.log_in("coordinator"), tmp_path)
    house.installation.database.dispose()


def send(client: FlaskClient, task: str, name: str = NAME, content: bytes = PDF) -> Any:
    boundary, whole = encode_multipart({"bestand": FileStorage(BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(f"/v1/taken/{task}/bijlagen", data=whole, content_type=kind)


def sent(client: FlaskClient, task: str, name: str = NAME, content: bytes = PDF) -> str:
    answer = send(client, task, name, content)
    assert answer.status_code == 201, answer.text
    return str(body(answer)["id"])


def listed(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    return list(body(client.get(f"{address}/bijlagen"))["resultaten"])


def test_a_file_comes_back_as_it_was_for_whoever_reads_the_case_and_never_as_a_page(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    file = sent(here.client, task)
    (one,) = listed(here.client, f"/v1/taken/{task}")
    assert (one["naam"], one["soort"], one["grootte"]) == (NAME, "application/pdf", len(PDF))
    assert (one["door"], one["eigen"]) == ("Naam van coordinator", True)
    reader = here.house.log_in("bewoner")
    assert listed(reader, f"/v1/zaken/{case}") == [one | {"eigen": False}]
    for address in ("/v1/bijlagen/", "/bijlagen/"):
        answer = reader.get(address + file)
        assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "filename*=UTF-8''Brief%20van%20mevrouw%20De%20Wit.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    kinds = here.kinds(case)
    assert kinds == ["zaak:gestart", "bijlage:toegevoegd", "verzegeling:geopend"], "opened twice on a day is told once"
    assert all(one.agrees for one in replay.replay(here.house.installation, case))
    here.assert_whole(case)
    assert findings(here.house.installation) == ()


def test_outside_the_wijk_no_file_exists_and_every_attempt_is_on_record(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    file, outsider = sent(here.client, task), here.house.log_in("buur")
    for address in (f"/v1/taken/{task}/bijlagen", f"/v1/zaken/{case}/bijlagen", f"/v1/bijlagen/{file}"):
        assert outsider.get(address).status_code == 404
    assert outsider.get(f"/bijlagen/{file}").status_code == 404
    before = len(here.trail(case))
    assert send(outsider, task).status_code == 404
    assert send(outsider, task, "virus.exe", b"MZ\x00").status_code == 404, "who sees no task learns no rule of it"
    assert outsider.delete(f"/v1/bijlagen/{file}").status_code == 404
    assert here.kinds(case)[before:] == ["bijlage:geweigerd"] * 3
    assert [row["id"] for row in here.rows("attachment")] == [file]
    stranger = here.house.app.test_client()
    assert stranger.get(f"/v1/bijlagen/{file}").status_code == 401 and send(stranger, task).status_code == 401


def test_who_may_not_do_the_task_adds_nothing_to_it_and_that_is_on_record(here: Town) -> None:
    case = here.start()
    answer = send(here.house.log_in("bewoner"), here.task(case, "t"))
    assert (answer.status_code, body(answer)["regel"]) == (403, "taak/kandidaat")
    here.house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    colleague = here.house.log_in("collega")
    task = here.task(case, "t")
    assert colleague.put(f"/v1/taken/{task}/behandelaar", json={}).status_code == 204
    answer = send(here.client, task)
    assert (answer.status_code, body(answer)["regel"]) == (403, "taak/behandelaar")
    assert here.rows("attachment") == [] and here.kinds(case).count("bijlage:geweigerd") == 2
    trail = str(here.trail(case))
    assert "Wit" not in trail and "De Wit" not in str(here.rows("record"))
    assert all(one.agrees for one in replay.replay(here.house.installation, case))


def test_only_who_added_a_file_takes_it_away_and_only_while_the_task_is_open(here: Town) -> None:
    here.house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    case = here.start()
    task = here.task(case, "t")
    file, other = sent(here.client, task), sent(here.client, task, "b.txt", b"Blijft.")
    answer = here.house.log_in("collega").delete(f"/v1/bijlagen/{file}")
    assert (answer.status_code, body(answer)["regel"]) == (403, "bijlage/eigen")
    assert here.client.delete(f"/v1/bijlagen/{file}").status_code == 204
    assert here.client.delete(f"/v1/bijlagen/{file}").status_code == 404
    assert here.client.get(f"/v1/bijlagen/{file}").status_code == 404
    assert [one["id"] for one in listed(here.client, f"/v1/zaken/{case}")] == [other]
    assert [one["content"] is None for one in sorted(here.rows("attachment"), key=lambda one: one["size"])] == [
        False,
        True,
    ]
    here.must(case, "t")
    assert here.client.delete(f"/v1/bijlagen/{other}").status_code == 409
    assert send(here.client, task, "c.txt", b"Te laat.").status_code == 409
    assert here.client.get(f"/v1/bijlagen/{other}").data == b"Blijft."
    assert "bijlage:weggehaald" in here.kinds(case)
    assert all(one.agrees for one in replay.replay(here.house.installation, case))
    here.assert_whole(case)


def test_a_case_that_stands_still_takes_no_file(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    file = sent(here.client, task)
    assert here.steer(case, "opschorting").status_code == 200
    assert send(here.client, task, "b.txt", b"x").status_code == 409
    assert here.client.delete(f"/v1/bijlagen/{file}").status_code == 409


def test_the_same_file_twice_or_at_once_lies_there_once(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    by, ours = person(here.house, "coordinator"), here.house.installation

    def add(_number: int) -> str:
        return attachments.add(ours, by, task, NAME, PDF, here.house.now())

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(add, range(6)))) == 1
    assert len(here.rows("attachment")) == 1 and here.kinds(case).count("bijlage:toegevoegd") == 1
    assert sent(here.client, task, "ander.pdf") != sent(here.client, task, "ander.pdf", PDF + b" ")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("leeg.pdf", b"", "leeg"),
        ("brief.txt", PDF, "eindigt op .txt, maar de inhoud is pdf"),
        ("../../etc/brief.pdf", PDF, "een pad"),
        ("te groot.txt", b"x" * (MB + 1), "hoogstens 1 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_told_why_and_leaves_nothing(
    here: Town, name: str, content: bytes, told: str
) -> None:
    case = here.start()
    answer = send(here.client, here.task(case, "t"), name, content)
    assert answer.status_code == 400, answer.text
    assert [one["veld"] for one in body(answer)["fouten"]] == ["bestand"] and told in answer.text
    assert here.rows("attachment") == [] and here.kinds(case) == ["zaak:gestart"]


def test_what_is_far_too_large_is_not_even_read_and_no_other_address_takes_as_much(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    answer = send(here.client, task, "groot.txt", b"x" * 3 * MB)
    assert answer.status_code == 413 and "hoogstens 2 MB" in answer.text
    within = b"x" * (MB - 10)
    assert send(here.client, task, "past.txt", within).status_code == 201
    assert here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": {"x": "y" * MB}}).status_code == 413


def test_a_case_holds_so_much_and_no_more_until_something_is_taken_away(here: Town) -> None:
    task = here.task(here.start(), "t")
    first = sent(here.client, task, "a.txt", b"a" * MB)
    sent(here.client, task, "b.txt", b"b" * MB)
    answer = send(here.client, task, "c.txt", b"c")
    assert answer.status_code == 409 and "2 MB" in answer.text
    assert here.client.delete(f"/v1/bijlagen/{first}").status_code == 204
    assert send(here.client, task, "c.txt", b"c").status_code == 201


def test_no_file_or_two_at_once_is_told(here: Town) -> None:
    address = f"/v1/taken/{here.task(here.start(), 't')}/bijlagen"
    both = {"bestand": [(BytesIO(PDF), "a.pdf"), (BytesIO(PDF), "b.pdf")]}
    for data in ({}, {"bestand": "tekst"}, both):
        assert here.client.post(address, data=data).status_code == 400
    assert here.client.post(address, json={"bestand": "x"}).status_code == 400
    assert here.rows("attachment") == []


def test_what_was_sent_stands_nowhere_as_it_was_sent(here: Town) -> None:
    sent(here.client, here.task(here.start(), "t"))
    assert found_in(here, SECRET.encode(), b"De Wit") == []


def test_bytes_that_somebody_else_put_in_the_database_do_not_open(here: Town) -> None:
    task = here.task(here.start(), "t")
    file, other = sent(here.client, task), sent(here.client, task, "b.txt", b"Ander.")
    with db.writing(here.house.installation.database) as tx:
        name = "attachment_no_update" if tx.dialect.name == "sqlite" else "attachment_stays ON attachment"
        tx.execute(text(f"DROP TRIGGER {name}"))
        tx.execute(
            text("UPDATE attachment SET content = (SELECT content FROM attachment WHERE id = :b), key = "
                 "(SELECT key FROM attachment WHERE id = :b) WHERE id = :a"),
            {"a": file, "b": other},
        )  # fmt: skip
    here.house.installation.database.dispose()  # what was prepared knows the trigger
    assert here.client.get(f"/v1/bijlagen/{file}").status_code == 404


def test_inv_45_a_file_that_is_gone_or_cut_short_without_an_order_is_named_by_the_self_check(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    sent(here.client, task)
    sent(here.client, task, "b.txt", b"Ander.")
    assert here.client.delete(f"/v1/bijlagen/{sent(here.client, task, 'weg.pdf')}").status_code == 204
    assert findings(here.house.installation) == ()
    with db.writing(here.house.installation.database) as tx:
        is_sqlite = tx.dialect.name == "sqlite"
        for name in ("attachment_no_update", "attachment_no_delete") if is_sqlite else ("attachment_stays",):
            tx.execute(text(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON attachment"))
        tx.execute(text("DELETE FROM attachment WHERE size = 6"))
        tx.execute(text("UPDATE attachment SET content = :cut WHERE content IS NOT NULL"), {"cut": b"kort"})
    told = findings(here.house.installation)
    assert len(told) == 2 and all("is weg of niet heel" in one and "bijlage:toegevoegd" in one for one in told)


def test_the_database_itself_refuses_to_lose_or_change_a_file(here: Town) -> None:
    sent(here.client, here.task(here.start(), "t"))
    before = here.rows("attachment")
    for attack in (
        "DELETE FROM attachment",
        "UPDATE attachment SET content = key",
        "UPDATE attachment SET proof = 'x'",
    ):
        with pytest.raises(DBAPIError), db.writing(here.house.installation.database) as tx:
            tx.execute(text(attack))
    assert here.rows("attachment") == before


def test_inv_45_a_destruction_takes_the_files_of_the_case_with_their_keys_and_no_other(here: Town) -> None:
    case, other = here.start(), here.start()
    stays = sent(here.client, here.task(other, "t"))
    task = here.task(case, "t")
    sent(here.client, task)
    assert here.client.delete(f"/v1/bijlagen/{sent(here.client, task, 'weg.pdf')}").status_code == 204
    keys = [row["key"] for row in here.rows("attachment") if row["case"] == case]
    store = here.house.installation.keys
    assert len(keys) == 2 and all(store.find(key) for key in keys)

    ordered(here, zaak=case)
    here.days(15)

    assert [row["id"] for row in here.rows("attachment")] == [stays]
    assert [store.find(key) for key in keys] == [None, None], "of what was taken away before as well"
    assert found_in(here, SECRET.encode(), b"De Wit") == []
    assert listed(here.client, f"/v1/zaken/{case}") == []
    assert here.client.get(f"/v1/bijlagen/{stays}").data == PDF
    for one in (case, other):
        here.assert_whole(one)
    assert findings(here.house.installation) == ()


def test_inv_45_one_file_goes_by_its_digest_and_a_resident_s_with_the_resident(here: Town) -> None:
    case = here.start()
    task = here.task(case, "t")
    sent(here.client, task)
    stays = sent(here.client, task, "blijft.pdf")
    proof = next(row["proof"] for row in here.rows("attachment") if row["id"] != stays)
    ordered(here, waarden=[proof])
    here.days(15)
    assert [row["id"] for row in here.rows("attachment")] == [stays]
    ordered(here, persoon=here.house.ids["coordinator"])
    here.days(15)
    assert here.rows("attachment") == [] and findings(here.house.installation) == ()


def test_a_backup_brings_the_files_back(sqlite_url: str, tmp_path: Path) -> None:
    house = peopled(sqlite_url, tmp_path)
    client = house.log_in("coordinator")
    file = sent(client, house.open_task(client, house.start(client)))
    backup.back_up(house.installation.config, tmp_path / "kopie")
    config = Config(database_url=f"sqlite:///{tmp_path / 'terug.sqlite'}", key_file=tmp_path / "terug" / "sleutel")
    config.key_file.parent.mkdir()
    backup.restore(config, tmp_path / "kopie")
    restored = open_installation(config)
    _, content = attachments.fetch(restored, person(house, "coordinator"), file, house.now())
    assert content == PDF
    for one in (restored, house.installation):
        one.database.dispose()


def test_whoever_asks_what_is_held_of_somebody_is_told_of_the_file(here: Town) -> None:
    case = here.start()
    file = sent(here.client, here.task(case, "t"))
    found = inspection.inspect(here.house.installation, "coordinator", here.house.now())
    assert found["bijlagen"] == [{"bijlage": file, "zaak": case, "op": "2026-03-02T09:00:00.000Z"}]
    assert NAME in str(found["regels"])


def test_from_the_page_of_the_task_a_file_is_added_and_taken_away_and_what_was_typed_stays(house: House) -> None:
    browser, task, case = at_a_task(house)
    assert flaws(browser.sheet) == [] and ("input", "file") in [
        (tag, given.get("type")) for tag, given in browser.sheet.tags
    ]
    typed: dict[str, Any] = {"toelichting": "Nog niet klaar", "motivering": "Omdat."}
    chosen = {"bijlage-bestand": (BytesIO(PDF), NAME)}

    assert browser.send(f"/taken/{task}/bijlagen", typed | chosen) == 200

    assert flaws(browser.sheet) == [] and NAME in browser.sheet.text and "van uzelf" in browser.sheet.text
    assert (browser.sheet.values["toelichting"], browser.sheet.values["motivering"]) == ("Nog niet klaar", "Omdat.")
    (link,) = {one for one in browser.sheet.links if one.startswith("/bijlagen/")}
    assert browser.client.get(link).data == PDF
    case_page = browser.open(f"/zaken/{case}")
    assert flaws(case_page) == [] and NAME in case_page.text and link in case_page.links
    browser.open(f"/taken/{task}")
    assert browser.send(f"{link}/weghalen", typed) == 200
    assert NAME not in browser.sheet.text and browser.sheet.values["toelichting"] == "Nog niet klaar"
    assert flaws(browser.sheet) == []


def test_on_the_page_a_wrong_file_is_told_at_its_field_and_one_that_was_chosen_only_is_not_forgotten(
    house: House,
) -> None:
    browser, task, case = at_a_task(house)
    wrong = {"bijlage-bestand": (BytesIO(b"MZ\x00"), "virus.exe"), "toelichting": "Blijft"}
    assert browser.send(f"/taken/{task}/bijlagen", wrong) == 400
    assert flaws(browser.sheet) == [] and "#veld-bijlage-bestand" in browser.sheet.links
    assert "wordt niet aangenomen" in browser.sheet.text and browser.sheet.values["toelichting"] == "Blijft"
    for chosen in (NAME, (BytesIO(PDF), NAME)):
        assert browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}, **{"bijlage-bestand": chosen}) == 400
        assert flaws(browser.sheet) == [] and "nog niet toegevoegd" in browser.sheet.text
    forged = {"bewijs": "0" * 64, "bijlage-bestand": (BytesIO(PDF), NAME)}
    assert browser.client.post(f"/taken/{task}/bijlagen", data=forged).status_code == 403
    assert browser.client.get(f"/taken/{task}/bijlagen").headers["Location"].endswith(f"/taken/{task}#bijlagen")
    assert (
        browser.send(f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}, **{"bijlage-bestand": (BytesIO(b""), "")})
        == 200
    )
    assert house.log_in("coordinator").get(f"/v1/zaken/{case}/bijlagen").get_json()["resultaten"] == []


def test_who_may_not_do_the_task_sees_no_place_for_a_file(house: House) -> None:
    browser, task, _ = at_a_task(house, "bewoner")
    assert "bijlage-bestand" not in browser.sheet.values
    assert browser.send(f"/taken/{task}/bijlagen", {"bijlage-bestand": (BytesIO(PDF), NAME)}) == 403
    assert flaws(browser.sheet) == [] and "taak/kandidaat" in browser.sheet.text


def test_a_page_with_many_files_asks_the_database_no_more_than_one_without(house: House) -> None:
    browser, task, case = at_a_task(house)
    numbers = []
    for _ in range(2):
        for address in (f"/taken/{task}", f"/zaken/{case}"):
            browser.open(address)
            with counted(house.installation.database) as seen:
                browser.open(address)
            numbers.append(len(seen))
        for number in range(5):
            sent(house.log_in("coordinator"), task, f"{number}.txt", f"Nummer {number}".encode())
    assert numbers[:2] == numbers[2:] and max(numbers) < 20, numbers


def test_inv_39_of_a_case_of_which_no_content_is_kept_no_file_is_either(mediation: Town) -> None:
    case = referred(mediation)
    mediation.log_in("coordinator")
    (element,) = mediation.open(case)
    task = mediation.task(case, element)
    answer = send(mediation.client, task)
    assert (answer.status_code, body(answer)["regel"]) == (403, "INV-39")
    browser = inside(mediation.house.app, "coordinator", PASSWORD)
    assert "bijlage-bestand" not in browser.open(f"/taken/{task}").values
    assert mediation.rows("attachment") == [] and "De Wit" not in everything(mediation)
    assert all(one.agrees for one in replay.replay(mediation.house.installation, case))
