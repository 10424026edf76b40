"""The log as pages: how it stands, computed again on the spot, what to take along, and the timeline of a case."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from service import db, sequencing, signing, store_log
from service.tables import fact
from service.web import language
from tests.bench.diagrams import VALUES
from tests.service.browser import Browser, flaws, inside, tells
from tests.service.houses import PASSWORD, House
from tests.service.tampering import unguard
from tests.service.test_statements import counted

LOG = "/verantwoording/logboek"


@pytest.fixture
def auditor(house: House) -> Iterator[Browser]:
    house.add("controle", "auditor")
    client = house.log_in("coordinator")
    case = house.start(client)
    client.put(f"/v1/taken/{house.open_task(client, case)}/afronding", json={"gegevens": VALUES})
    house.ids["zaak"] = case
    yield inside(house.app, "controle", PASSWORD)


def sign(house: House) -> None:
    sequencing.sequence_all(house.installation)
    signing.sign_head(house.installation, house.now())


def test_the_page_says_how_the_log_stands_and_the_same_as_the_api(house: House, auditor: Browser) -> None:
    assert "nog niets ondertekend" in auditor.open(LOG).text
    assert auditor.client.get("/v1/verantwoording/beleid").status_code == 404
    sign(house)
    sheet = auditor.open(LOG)
    told = auditor.client.get("/v1/verantwoording/logboek").get_json()
    assert flaws(sheet) == [] and "past op alles wat is ondertekend" in sheet.text
    assert told["ondertekend"] == told["omvang"] > 0 and told["wachtend"] == 0 and told["gebroken"] is None
    assert f"{told['omvang']} regels" in sheet.text


def test_a_broken_log_is_the_first_thing_that_the_page_says(house: House, auditor: Browser) -> None:
    sign(house)
    with db.writing(house.installation.database) as tx:
        store_log.set_broken(tx, "Er is een <b>oudere</b> kopie teruggezet.")
    sheet = auditor.open(LOG)
    assert "past niet op wat eerder is ondertekend" in sheet.text and "<b>oudere</b> kopie" in sheet.text
    assert flaws(sheet) == []


def test_all_is_computed_again_on_the_spot_and_what_does_not_fit_is_named(house: House, auditor: Browser) -> None:
    sign(house)
    auditor.open(LOG)
    assert auditor.send(LOG) == 200 and "0 bevindingen" in auditor.sheet.text and flaws(auditor.sheet) == []
    with db.writing(house.installation.database) as tx:
        unguard(tx, "fact")
        tx.execute(delete(fact).where(fact.c.register == "procesmodellen"))
    assert auditor.send(LOG) == 200 and "De registers zeggen iets anders" in auditor.sheet.text
    assert len(auditor.client.post("/v1/verantwoording/zelfcontroles").get_json()["bevindingen"]) > 0


def test_nobody_else_lets_the_log_be_computed_and_no_forged_form_does(house: House, auditor: Browser) -> None:
    auditor.open(LOG)
    assert auditor.send(LOG, bewijs="0" * 64) == 403
    for login in ("coordinator", "bewoner", "beheer"):
        browser = inside(house.app, login, PASSWORD)
        assert browser.send(LOG) == 403 and "bevoegdheid/rol" in browser.sheet.text
        for path in (LOG, "/verantwoording/zaken?jaar=2027", f"/verantwoording/zaken/{house.ids['zaak']}"):
            browser.open(path)
            assert browser.answer is not None and browser.answer.status_code == 403
        assert browser.client.get("/v1/verantwoording/logboek").status_code == 403
        assert browser.client.post("/v1/verantwoording/zelfcontroles").status_code == 403


def test_what_the_page_gives_along_checks_a_receipt_without_us(house: House, auditor: Browser, tmp_path: Path) -> None:
    sign(house)
    given = [link for link in auditor.open(LOG).links if link.startswith("/v1/")]
    anybody = house.app.test_client()
    for link in given:
        (tmp_path / link.rpartition("/")[2]).write_bytes(anybody.get(link).data)
    assert {path.name for path in tmp_path.iterdir()} >= {"verify.py", "beleid", "checkpoint"}
    records = [link for link in auditor.open(f"/verantwoording/zaken/{house.ids['zaak']}").links if "/regels/" in link]
    receipt = next(link for link in auditor.open(records[-1]).links if "/ontvangsten/" in link)
    (tmp_path / "bewijs").write_bytes(auditor.client.get(receipt).data)
    command = [sys.executable, "-I", "verify.py", "bewijs", "--policy", "beleid"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_timeline_tells_every_record_of_a_case_and_the_version_that_ran(house: House, auditor: Browser) -> None:
    case = house.ids["zaak"]
    listed = auditor.open("/verantwoording/zaken?wijk=tanthof&jaar=2027")
    assert flaws(listed) == [] and f"/verantwoording/zaken/{case}" in listed.links
    with counted(house.installation.database) as statements:
        sheet = auditor.open(f"/verantwoording/zaken/{case}")
    trail = house.log_in("coordinator").get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    assert flaws(sheet) == [] and len(statements) < 20
    assert all(tells(sheet, one["zin"]) for one in trail)
    version = house.log_in("coordinator").get(f"/v1/zaken/{case}").get_json()["procesmodel"]
    assert version[:16] in sheet.text
    drawn = next(link for link in sheet.links if link.startswith(f"/procesmodellen/{version}?bestand="))
    assert auditor.open(drawn).headings and auditor.answer is not None and auditor.answer.status_code == 200


def test_the_package_that_is_taken_along_checks_without_us_and_is_on_record(
    house: House, auditor: Browser, tmp_path: Path
) -> None:
    sheet = auditor.open(f"/verantwoording/bewijs?zaak={house.ids['zaak']}")
    assert flaws(sheet) == [] and sheet.values["zaak"] == house.ids["zaak"]
    answer = auditor.client.post("/verantwoording/bewijs", data=sheet.values)
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        packed.extractall(tmp_path)
    answer.close()
    (bag,) = {path.parent for path in tmp_path.rglob("bagit.txt")}
    (tmp_path / "verify.py").write_bytes(auditor.client.get("/v1/verantwoording/verify.py").data)
    (tmp_path / "beleid").write_bytes(auditor.client.get("/v1/verantwoording/beleid").data)
    command = [sys.executable, "-I", "verify.py", str(bag), "--policy", "beleid"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    told = auditor.client.get("/v1/verantwoording/lijsten/beheer?wijk=tanthof&jaar=2027&limit=200")
    assert "bewijspakket" in told.text


def test_evidence_of_nothing_or_for_nobody_is_not_given(house: House, auditor: Browser) -> None:
    auditor.open("/verantwoording/bewijs")
    assert auditor.send("/verantwoording/bewijs") == 400 and flaws(auditor.sheet) == []
    assert auditor.send("/verantwoording/bewijs", zaak="00000000-0000-4000-8000-000000000000") == 404
    assert auditor.send("/verantwoording/bewijs", jaar="twintig") == 400 and flaws(auditor.sheet) == []
    assert auditor.send("/verantwoording/bewijs", jaar="2027", bewijs="0" * 64) == 403
    for login in ("coordinator", "bewoner", "beheer"):
        browser = inside(house.app, login, PASSWORD)
        assert browser.send("/verantwoording/bewijs", jaar="2027") == 403 and "bevoegdheid/rol" in browser.sheet.text


def test_the_timeline_shows_only_what_was_refused_when_asked(house: House, auditor: Browser) -> None:
    case = house.ids["zaak"]
    task = house.open_task(house.log_in("coordinator"), case)
    house.log_in("bewoner").put(f"/v1/taken/{task}/behandelaar", json={})
    sheet = auditor.open(f"/verantwoording/zaken/{case}?uitkomst=geweigerd")
    assert "1 van" in sheet.text and "taak/kandidaat" in sheet.text
    auditor.open(f"/verantwoording/zaken/{case}?soort=zaak&vanaf=999")
    assert auditor.answer is not None and auditor.answer.status_code == 200
    for query in ("soort=onzin", "uitkomst=ja", "vanaf=-3", "vanaf=x"):
        assert auditor.client.get(f"/verantwoording/zaken/{case}?{query}").status_code == 400


def test_what_the_command_line_did_is_told_in_the_language_of_the_reader(house: House, auditor: Browser) -> None:
    sign(house)
    drawn = auditor.client.get("/v1/verantwoording/steekproef?aantal=100").get_json()["resultaten"]
    auditor.client.set_cookie(language.COOKIE, "en")
    told = " ".join(auditor.open(f"/verantwoording/regels/{row['regel']}").text for row in drawn)
    assert "Bycommand line" in told and "Byopdrachtregel" not in told


@pytest.mark.parametrize("path", ["zaken/00000000-0000-4000-8000-000000000000", f"regels/{'0' * 64}", "regels/x"])
def test_a_case_or_record_that_does_not_exist_is_404(house: House, auditor: Browser, path: str) -> None:
    auditor.open(f"/verantwoording/{path}")
    assert auditor.answer is not None and auditor.answer.status_code == 404
