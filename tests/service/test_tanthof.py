"""Tanthof 2027 through the real application and both databases, and what stands in its registers and its log after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine import report
from engine.registers import Registers
from engine.terms import Register
from engine.trail import verify
from service import db, exports, replay, reports, store_trail
from service.expectations import StepResult
from service.stage import Stage
from service.tables import case, record
from tests.conftest import BACKENDS
from tests.service.tampering import unguard
from tests.service.test_play import played, told

REFUSED = ["INV-02", "DT05", "INV-20", "INV-17", "INV-18", "INV-07", "INV-24", "INV-04", "DT12", "INV-31"]


@dataclass(frozen=True, slots=True)
class Year:
    """The year as it was played; `dossier` is the id of the year case of 2027."""

    results: list[StepResult]
    stage: Stage
    dossier: str
    directory: Path

    def verdict(self, chain: str) -> int:
        """What the verifier says of this chain, as an auditor runs it."""
        file = self.directory / f"{chain}.jsonl"
        exports.export(self.stage.installation, chain, file)
        return verify.main([str(file)])

    def chains(self) -> list[str]:
        with db.reading(self.stage.installation.database) as tx:
            return [*tx.execute(select(case.c.id)).scalars()]


@pytest.fixture(params=BACKENDS, scope="module")
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Played once on each database: it takes a while, and what follows only reads."""
    directory = tmp_path_factory.mktemp("tanthof")
    if request.param == "sqlite":
        url = f"sqlite:///{directory / 'wijk.sqlite'}"
        db.migrate(url)
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create(request.getfixturevalue("postgres_template")))
    results, stage = played(told("tanthof-2027.toml"), url, directory)
    with db.reading(stage.installation.database) as tx:
        wanted = select(case.c.id).where(case.c.process == "wijkcyclus", case.c.year == 2027, case.c.wijk == "tanthof")
        dossier = tx.execute(wanted).scalar_one()
    yield Year(results, stage, dossier, directory)
    stage.installation.database.dispose()


def test_every_step_comes_true_with_exactly_ten_refusals(year: Year) -> None:
    assert [one.message for one in year.results if not one.is_expected] == []
    assert [one.rule for one in year.results if one.outcome == "geweigerd"] == REFUSED


def test_the_log_holds_each_refusal_and_no_other(year: Year) -> None:
    with db.reading(year.stage.installation.database) as tx:
        rows = tx.execute(select(record.c.kind, record.c.at).order_by(record.c.at)).all()
    assert len([kind for kind, _ in rows if kind.endswith(":geweigerd")]) == len(REFUSED)


def test_the_registers_account_for_every_euro_and_option_a_stays_binding(year: Year) -> None:
    with db.reading(year.stage.installation.database) as tx:
        facts = store_trail.facts_of(tx, year.dossier, frozenset(Register))
    now = max(fact.at for fact in facts) + timedelta(days=1)
    chapters = report.draft(Registers(facts, now), now)
    money, initiatives = chapters["geld"], chapters["initiatieven"]
    assert isinstance(money, dict) and isinstance(initiatives, list)
    totals = {"budget": 12_000_000, "uitgegeven": 10_611_000, "over": 1_389_000, "gebonden": 1_100_000, "vrij": 289_000}
    assert money["totalen"] == totals
    assert [one["onderdeel"] for one in initiatives if isinstance(one, dict)] == [f"I-0{n}" for n in range(1, 6)]
    ballot = Registers(facts, now).all(Register.STEMMINGEN)[-1].body["gegevens"]
    assert isinstance(ballot, dict) and "A" in str(ballot)


def test_the_account_can_be_read_as_a_page(year: Year) -> None:
    told_of = reports.draw_up(year.stage.installation, year.dossier, year.results[-1].at)
    page = reports.html(told_of)
    assert "106.110,00" in page and "13.890,00" in page and "2.890,00" in page


def test_every_chain_verifies_without_us_and_every_ruling_is_given_again(year: Year) -> None:
    assert {year.verdict(chain) for chain in (*year.chains(), store_trail.ORGANISATION)} == {0}
    again = replay.replay(year.stage.installation, year.dossier)
    assert len(again) > 100 and [one for one in again if not one.agrees] == []


def test_one_row_altered_is_found(year: Year) -> None:
    with db.writing(year.stage.installation.database) as tx:
        unguard(tx, "record")
        body = tx.execute(select(record.c.body).where(record.c.chain == year.dossier, record.c.seq == 5)).scalar_one()
        changed = update(record).where(record.c.chain == year.dossier, record.c.seq == 5)
        tx.execute(changed.values(body=body.replace('"2026', '"2025', 1)))
    assert year.verdict(year.dossier) == 1
