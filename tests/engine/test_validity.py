"""Rules have a validity, and change for new cases alone: no new table lowers or shortens what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from engine import definition
from engine.case import Case
from engine.decisions import Table, read_tables
from engine.errors import NoMatch, StateUnknown
from engine.terms import Act, Json
from tests.engine.bpmn import diagram, el, end, process, start, user, wijk
from tests.engine.families import CITY, family
from tests.engine.rights_world import (
    COLLEGE,
    COORDINATOR,
    GRANT,
    MATRIX,
    OUTCOME,
    PLAY,
    RIGHTS,
    ROLES,
    START,
    TABLES,
    Dossier,
    ask,
    refused,
    task_for,
)
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


def test_inv_15_a_rule_task_asks_no_table_out_of_date_and_the_case_waits() -> None:
    table = decision(["1: number"], ["uit"], ["< 10 => 1", ">= 10 => 2"])
    table = table.replace('wijk:geldigVan="2025-01-01"', 'wijk:geldigVan="2026-10-01" wijk:geldigTot="2026-10-31"')
    asks = el("businessRuleTask", "vraag", wijk("tabel", besluit="tabel", resultaat="oordeel"))
    made = process("p", start("s"), user("t"), asks, user("a"), end("e"), flow="s > t > vraag > a > e")
    read = definition.read({**CITY, "p.bpmn": diagram(made), "t.dmn": document(table)})
    assert read.definition is not None, read.findings
    for day, is_valid in ((30, False), (31, True), (61, True), (62, False)):
        moment = datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(days=day - 1)
        case, begun = Case.start(read.definition, "p", {}, START)
        (first,) = begun.opened
        if is_valid:
            assert [task.element for task in case.complete(first.id, {}, moment).opened] == ["a"]
        else:
            with pytest.raises(NoMatch, match="geldt niet op"):
                case.complete(first.id, {}, moment)


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


def test_inv_46_under_a_table_without_the_promised_rung_nobody_decides_at_a_lower_one() -> None:
    rights = b"\n".join(row for row in RIGHTS.split(b"\n") if not row.startswith(b"D07,") or b"meebeslissen" not in row)
    matrix, found = type(MATRIX).read(rights, ROLES)
    assert matrix is not None, found
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    for who, lane in ((COLLEGE, "college"), (PLAY, "deelnemers")):
        ruling = ask(who, task_for(Act.BESLUIT, lane, "D07", "I-05"), OUTCOME, dossier, matrix=matrix)
        refused(ruling, "D07/meebeslissen")
        assert ruling.rung == "meebeslissen"


def test_inv_46_a_promised_term_is_a_date_that_no_new_length_makes_shorter() -> None:
    dossier = Dossier().framed("D07", "raadplegen", "I-02")
    early = START + timedelta(days=10)
    for matrix in (MATRIX, type(MATRIX).read(RIGHTS.replace(b"inbrengregister", b"bewijs"), ROLES)[0] or MATRIX):
        task = task_for(Act.BESLUIT, "college", "D07", "I-02")
        refused(ask(COLLEGE, task, GRANT, dossier, now=early, matrix=matrix), "INV-16", "2026-10-15")


def test_inv_46_a_state_is_not_restored_on_a_model_that_does_not_know_it() -> None:
    old = process("p", start("s"), user("t"), end("e"), flow="s > t > e")
    new = process("p", start("s"), user("anders"), end("e"), flow="s > anders > e")
    case = Case.start(family(old), "p", {}, START)[0]
    with pytest.raises(StateUnknown):
        Case.restore(family(new), case.snapshot())
