"""*Verantwoording*: the questions, lists, sample and comparison as pages, and who is kept out of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.questions.catalogue import QUESTIONS
from engine.questions.exceptions import LISTS
from service import db
from service.db import migrate
from service.tables import record
from service.web.charts import Bar, bars
from tests.bench.diagrams import VALUES
from tests.conftest import BACKENDS
from tests.postgres import Postgres
from tests.service.browser import Browser, flaws, inside
from tests.service.houses import PASSWORD, House, peopled
from tests.service.tampering import unguard
from tests.service.test_statements import counted

ROOT = "/verantwoording"
HERE = "wijk=tanthof&jaar=2027"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module", params=BACKENDS)
def controlled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with an auditor, a council, and a case with a refusal, for all who only read."""
    directory = tmp_path_factory.mktemp("huis")
    url = f"sqlite:///{directory / 'wijk.sqlite'}"
    if request.param != "sqlite":
        server: Postgres = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    migrate(url)
    house = peopled(url, directory)
    house.add("controle", "auditor")
    house.add("raadslid", "raad")
    client, resident = house.log_in("coordinator"), house.log_in("bewoner")
    case = house.start(client)
    task = house.open_task(client, case)
    resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    house.ids["zaak"] = case
    yield house
    house.installation.database.dispose()


@pytest.fixture
def auditor(controlled: House) -> Browser:
    return inside(controlled.app, "controle", PASSWORD)


def test_every_question_and_list_is_a_page_with_its_totals(controlled: House, auditor: Browser) -> None:
    overview = auditor.open(f"{ROOT}?{HERE}")
    assert flaws(overview) == []
    pages = [link for link in overview.links if "/vragen/" in link or "/lijsten/" in link]
    assert len(pages) == len(QUESTIONS) + len(LISTS)
    for page in pages:
        with counted(controlled.installation.database) as statements:
            sheet = auditor.open(page)
        assert flaws(sheet) == [] and "Regels in het logboek" in sheet.text, page
        assert auditor.answer is not None and len(auditor.answer.data) < 100_000
        assert len(statements) < 20, (page, statements)


def test_a_refusal_is_read_in_the_answer_and_leads_to_its_record(controlled: House, auditor: Browser) -> None:
    sheet = auditor.open(f"{ROOT}/vragen/9?{HERE}&zaak={controlled.ids['zaak']}")
    assert "taak/kandidaat" in sheet.text
    cited = [link for link in sheet.links if link.startswith(f"{ROOT}/regels/")]
    told = auditor.open(cited[0])
    assert flaws(told) == [] and "geweigerd" in told.text


def test_an_answer_calls_a_role_as_people_do_and_its_file_as_it_was_recorded(auditor: Browser) -> None:
    sheet = auditor.open(f"{ROOT}/vragen/13?{HERE}")
    table = auditor.answer.text.partition("<tbody")[2] if auditor.answer else ""
    assert "ijkcoördinator" in table and ">wijkcoordinator<" not in table
    files = [link for link in sheet.links if link.partition("?")[0].endswith("/csv")]
    assert "wijkcoordinator" in auditor.client.get(files[0]).text


def test_the_file_of_an_answer_holds_every_row_of_it(auditor: Browser) -> None:
    sheet = auditor.open(f"{ROOT}/vragen/13?{HERE}")
    files = [link for link in sheet.links if link.partition("?")[0].endswith(("/csv", "/jsonl"))]
    assert len(files) == 2
    table = auditor.client.get(files[0])
    lines = auditor.client.get(files[1])
    assert table.mimetype == "text/csv" and lines.mimetype == "application/jsonl"
    assert "attachment" in table.headers["Content-Disposition"]
    assert len(list(csv.DictReader(io.StringIO(table.text)))) == len(lines.text.splitlines()) > 0


@pytest.mark.parametrize(
    "query",
    ["", "wijk=tanthof", "jaar=2027", "wijk=tanthof&jaar=0", "wijk=tanthof&jaar=9999", "wijk=tanthof&jaar=²²²²"],
)
def test_a_question_about_too_little_asks_for_more_and_gives_no_file(auditor: Browser, query: str) -> None:
    sheet = auditor.open(f"{ROOT}/vragen/1?{query}")
    assert auditor.answer is not None and auditor.answer.status_code == 200 and flaws(sheet) == []
    assert "Kies een wijk en een jaar" in sheet.text
    assert auditor.client.get(f"{ROOT}/vragen/1/csv?{query}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/vragen/26?{HERE}", 404),
        (f"/lijsten/alles?{HERE}", 404),
        (f"/vragen/1/pdf?{HERE}", 404),
        ("/vragen/1?wijk=elders&jaar=2027", 404),
        ("/vragen/1?zaak=00000000-0000-4000-8000-000000000000", 404),
        (f"/vragen/1?{HERE}&vanaf=-1", 400),
        (f"/vragen/1?{HERE}&vanaf=x", 400),
        (f"/vragen/1?{HERE}&meer=1", 400),
        (f"/vragen/1?{HERE}&{HERE}", 400),
        ("/steekproef?aantal=0", 400),
        ("/steekproef?aantal=101", 400),
        ("/vergelijking?jaar=twintig", 400),
    ],
)
def test_what_is_no_question_is_told_as_a_page(auditor: Browser, path: str, status: int) -> None:
    sheet = auditor.open(ROOT + path)
    assert auditor.answer is not None and auditor.answer.status_code == status and flaws(sheet) == []


def test_a_place_past_the_end_says_so(auditor: Browser) -> None:
    assert "Zo ver gaat dit antwoord niet" in auditor.open(f"{ROOT}/vragen/13?{HERE}&vanaf=9000").text


def test_what_somebody_types_in_a_filter_is_text_and_nothing_else(auditor: Browser) -> None:
    sheet = auditor.open(f"{ROOT}/vragen/1?{HERE}&onderwerp={HOSTILE}&rol={HOSTILE}")
    assert flaws(sheet) == [] and sheet.values["onderwerp"] == HOSTILE


@pytest.mark.parametrize("login", ["coordinator", "bewoner", "beheer"])
def test_who_does_not_control_sees_no_page_of_it_and_is_recorded(controlled: House, login: str) -> None:
    browser = inside(controlled.app, login, PASSWORD)
    assert not any(link.startswith(ROOT) for link in browser.sheet.links)
    paths = (
        "",
        f"/vragen/1?{HERE}",
        f"/vragen/1/csv?{HERE}",
        f"/lijsten/beheer?{HERE}",
        f"/lijsten/beheer/jsonl?{HERE}",
    )
    for path in (*paths, "/steekproef", "/vergelijking"):
        sheet = browser.open(ROOT + path)
        assert browser.answer is not None and browser.answer.status_code == 403, path
        assert flaws(sheet) == [] and "bevoegdheid/rol" in sheet.text


def test_the_council_finds_the_way_from_its_work(controlled: House) -> None:
    council = inside(controlled.app, "raadslid", PASSWORD)
    assert ROOT in council.sheet.links
    assert council.open(ROOT).headings == ["Verantwoording"]


def test_a_sample_on_a_page_is_the_sample_of_the_api(controlled: House, auditor: Browser) -> None:
    sheet = auditor.open(f"{ROOT}/steekproef?aantal=5")
    drawn = controlled.log_in("controle").get("/v1/verantwoording/steekproef?aantal=5").get_json()
    shown = [link.rpartition("/")[2] for link in sheet.links if "/regels/" in link]
    assert flaws(sheet) == [] and shown == [row["regel"] for row in drawn["resultaten"]] and drawn["zaad"] in sheet.text


def test_the_wijken_stand_beside_each_other_drawn_and_in_a_table(controlled: House, auditor: Browser) -> None:
    controlled.start(controlled.log_in("buur"), wijk="voorhof")
    sheet = auditor.open(f"{ROOT}/vergelijking?jaar=2027")
    assert flaws(sheet) == []
    drawn = [given["aria-label"] for tag, given in sheet.tags if tag == "svg"]
    assert len(drawn) == 4 and all("Tanthof" in one and "Voorhof" in one for one in drawn)
    assert sheet.text.count("Voorhof") >= 2  # in the drawing, and in the table


def test_a_chart_writes_names_as_text_and_never_draws_outside_its_frame() -> None:
    drawn = bars([Bar(HOSTILE, 10, 25, "25 / 10"), Bar("niets", 0, None, "–"), Bar("te kort", -5, None, "-5")])
    assert "<script" not in drawn and "&lt;script&gt;" in drawn
    widths = [int(part.partition('"')[0]) for part in drawn.split(' width="')[1:]]
    assert max(widths) <= 360 and min(widths) == 0


def test_an_altered_record_is_told_to_be_no_longer_what_was_recorded(sqlite_url: str, tmp_path: Path) -> None:
    house = peopled(sqlite_url, tmp_path)
    house.add("controle", "auditor")
    case = house.start(house.log_in("coordinator"))
    browser = inside(house.app, "controle", PASSWORD)
    digest = next(link for link in browser.open(f"{ROOT}/zaken/{case}").links if "/regels/" in link)
    with db.writing(house.installation.database) as tx:
        unguard(tx, "record")
        tx.execute(record.update().where(record.c.chain == case).values(body='{"kind": "zaak:gestart", "a": ["x"]}'))
    assert "niet wat is vastgelegd" in browser.open(f"{ROOT}/zaken/{case}").text
    told = browser.open(digest)
    assert "niet wat is vastgelegd" in told.text and flaws(told) == []
    assert "zie vraag 24" in browser.open(f"{ROOT}/vragen/13?{HERE}").text
    house.installation.database.dispose()
