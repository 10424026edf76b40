"""The wijkverslag over HTTP and on the command line: as data, as a page and as a PDF, for who may read the dossier."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

from service import reports
from service.reports import NoPrinter, Report
from tests.engine.bpmn import end, process, start
from tests.service.houses import body
from tests.service.towns import Town, town, work

ONE = process("p", start("s"), work("t"), end("e"), flow="s > t > e")
AT = datetime(2028, 3, 28, 10, tzinfo=UTC)
EMPTY = {"posten": [], "totalen": {"budget": 0, "uitgegeven": 0, "over": 0, "gebonden": 0, "vrij": 0}}


def address(here: Town) -> str:
    return f"/v1/zaken/{here.start()}/wijkverslag"


def page(**chapters: object) -> str:
    lists = "initiatieven niet_opgenomen afwijkingen stemmingen knelpuntacties toezeggingen geschillen bezwaren"
    told: dict[str, object] = {name: [] for name in (*lists.split(), "aandachtspunten", "bijeenkomsten")}
    told |= {"inbreng": {"ontvangen": 0, "onbeantwoord": 0}, "adviezen": {"ontvangen": 0}, "geld": EMPTY}
    return reports.html(Report("Tanthof", 2027, "d", AT, "k", told | chapters))  # type: ignore[arg-type]


def test_the_account_comes_as_data_page_or_pdf_as_the_caller_asks(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        place = address(here)
        data = here.client.get(place)
        assert body(data)["hoofdstukken"]["initiatieven"] == []
        assert body(data)["wijk"] == "Tanthof"
        shown = here.client.get(place, headers={"Accept": "text/html"})
        assert shown.mimetype == "text/html" and "Wijkverslag Tanthof" in shown.text
        printed = here.client.get(place, headers={"Accept": "application/pdf"})
        if printed.status_code == 501:  # a system without Pango says what to install
            assert "libpango" in body(printed)["detail"]
        else:
            assert printed.data.startswith(b"%PDF-") and printed.mimetype == "application/pdf"


def test_the_account_of_another_wijk_does_not_exist(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, ONE) as here:
        place = address(here)
        assert here.house.log_in("buur").get(place).status_code == 404
        assert here.house.app.test_client().get(place).status_code == 401


def test_what_people_wrote_is_text_on_the_page_and_never_markup() -> None:
    row = {"onderdeel": "I-01", "veld": "plek", "stap": "D09", "reden": "<script>alert(1)</script>"}
    shown = page(afwijkingen=[row])
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_what_is_sealed_is_said_to_be_sealed() -> None:
    row = {"onderdeel": "I-01", "veld": "plek", "stap": "D09", "reden": {"verzegeld": "0" * 64}}
    assert "(verzegeld)" in page(afwijkingen=[row])


def test_without_a_printer_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(import_module("sys").modules, "weasyprint", None)
    with pytest.raises(NoPrinter, match="libpango"):
        reports.pdf(Report("Tanthof", 2027, "d", AT, "k", {}))


@pytest.mark.parametrize(
    ("cents", "written"), [(0, "0,00"), (185_000, "1.850,00"), (-5, "-0,05"), (10_611_000, "106.110,00"), (None, "–")]
)
def test_an_amount_is_written_as_people_write_it(cents: int | None, written: str) -> None:
    assert reports.euros(cents) == written
