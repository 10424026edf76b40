"""Rules have a validity: undated ones are not deployed, and out of date nobody decides by them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from lxml import etree

from engine import definition
from engine.decisions import Table, read_tables
from engine.terms import Act, Json
from tests.engine.families import CITY
from tests.engine.rights_world import COLLEGE, COORDINATOR, MATRIX, ROLES, TABLES, Dossier, ask, refused, task_for
from tests.engine.tables import decision, document

ITEM = decision(["x: number"], ["uit"], ["< 10 => 1", ">= 10 => 2"])


def findings(**changed: bytes) -> list[str]:
    files: Mapping[str, bytes] = {**CITY, **{name.replace("_", "."): content for name, content in changed.items()}}
    return [one.sentence for one in definition.read(files).findings if one.rule == "INV-44"]


def test_what_is_shipped_is_dated() -> None:
    assert findings() == []
    assert all(table.since is not None for table in TABLES.values())


def test_inv_44_a_rights_row_without_a_first_day_is_not_deployed() -> None:
    rights = CITY["rechten.csv"].replace(b"publicatie,2025-01-01,", b"publicatie,,", 1)
    (said,) = findings(rechten_csv=rights)
    assert "geldig_van" in said


def test_inv_44_a_term_without_a_first_day_is_not_deployed() -> None:
    (said,) = findings(termijnen_toml=CITY["termijnen.toml"].replace(b"geldig_van = 2025-01-01", b"", 1))
    assert "geldig_van" in said


def test_inv_44_a_table_without_a_first_day_is_not_deployed() -> None:
    undated = document(ITEM.replace(' wijk:geldigVan="2025-01-01"', ""))
    (said,) = findings(t_dmn=undated)
    assert "tabel" in said and "geldigVan" in said
    assert findings(t_dmn=document(ITEM)) == []


def read(period: str) -> tuple[Table, ...]:
    tables, _ = read_tables(etree.fromstring(document(ITEM.replace('wijk:geldigVan="2025-01-01"', period))), "t.dmn")
    return tables


@pytest.mark.parametrize(
    "period",
    ['wijk:geldigVan="morgen"', 'wijk:geldigVan="2025-01-01" wijk:geldigTot="2024-12-31"', 'wijk:geldigTot="31-12"'],
)
def test_a_period_that_is_none_is_a_finding(period: str) -> None:
    assert read(period) == ()


@pytest.mark.parametrize(
    "period", ['wijk:geldigVan="2026-12-01"', 'wijk:geldigVan="2025-01-01" wijk:geldigTot="2026-09-30"']
)
def test_inv_44_by_a_table_out_of_date_nobody_decides(period: str) -> None:
    (late,) = read(period)
    tables = {**TABLES, "budgetverschuiving": late}
    values: dict[str, Json] = {"soort": "verschuiving", "post": "I-01", "naar": "I-02", "bedrag": 1, "kenmerk": "V"}
    task = task_for(Act.BOEKING, "wijkcoordinator", "D11")
    dossier = Dossier().budgeted()
    refused(ask(COORDINATOR, task, values, dossier, tables=tables), "INV-15", "geldt niet op")


def test_inv_44_by_a_row_out_of_date_nobody_decides() -> None:
    rights = CITY["rechten.csv"].replace(
        b"reactie_op_hoofdlijnen,2025-01-01,", b"reactie_op_hoofdlijnen,2025-01-01,2026-01-01"
    )
    matrix, found = type(MATRIX).read(rights, ROLES)
    assert matrix is not None, found
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    refused(
        ask(COLLEGE, task_for(Act.BESLUIT, "college", "D07", "I-02"), {"bedrag": 1}, dossier, matrix=matrix),
        "D07/raadplegen",
    )
