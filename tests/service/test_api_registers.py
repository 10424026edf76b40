"""Reading what a dossier established: who answers residents reads what they wrote, others see that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.stage import Stage
from tests.service.houses import played_until


@pytest.fixture
def collecting(url: str, tmp_path: Path) -> Iterator[tuple[Stage, str]]:
    """A participation process in which residents have contributed and nobody has answered yet."""
    stage, told, _ = played_until(url, tmp_path, "raadplegen", "inbreng_afhandelen")
    case = stage.send(told.starter, "GET", "/v1/zaken", None).content["resultaten"][0]["id"]
    yield stage, str(case)
    stage.installation.database.dispose()


def test_who_has_work_in_the_case_reads_what_residents_wrote(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    rows = stage.send("coordinator", "GET", f"/v1/zaken/{case}/registers/inbreng", None).content["resultaten"]
    assert rows and "verzegeld" not in str(rows)


def test_others_in_the_wijk_see_the_row_but_not_the_words(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    rows = stage.send("college", "GET", f"/v1/zaken/{case}/registers/inbreng", None).content["resultaten"]
    assert rows and "verzegeld" in str(rows)


def test_a_register_that_does_not_exist_is_not_found(collecting: tuple[Stage, str]) -> None:
    stage, case = collecting
    assert stage.send("coordinator", "GET", f"/v1/zaken/{case}/registers/rollen", None).status == 404
