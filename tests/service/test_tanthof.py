"""Tanthof 2027 through the real application and both databases, and what stands in its registers and its log after."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import report
from engine.questions.catalogue import BY_NAME
from engine.questions.exceptions import LISTS
from engine.questions.question import Question
from engine.registers import Registers
from engine.terms import Register
from engine.trail import verify
from service import db, evidence, exports, plans, public, questions, replay, reports, sealing, store_trail, tables
from service.closing import closing
from service.expectations import StepResult
from service.questions import Told
from service.stage import Stage
from service.store_questions import Scope
from service.store_sealed import Closed
from service.tables import case, record
from tests.service.logs import policy_file
from tests.service.tampering import altered
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


@pytest.fixture(scope="module")
def year(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Played once on each database: it takes a while, and what follows only reads."""
    url, directory = module_url, tmp_path_factory.mktemp("tanthof")
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


def test_what_play_says_at_the_end_are_the_refusals_the_euros_and_the_option_that_binds(year: Year) -> None:
    last = year.results[-1].at + timedelta(days=1)
    assert [*closing(year.stage.installation, year.results, "tanthof", 2027, last)] == [
        f"Geweigerd: 10 ({', '.join(REFUSED)}).",
        "Geld van tanthof 2027: besteed EUR 106.110,00, over EUR 13.890,00, waarvan EUR 2.890,00 vrij.",
        "Over I-05 (D07) beslisten de deelnemers: A, bindend en bekrachtigd.",
    ]


def test_the_account_can_be_read_as_a_page(year: Year) -> None:
    told_of = reports.draw_up(year.stage.installation, year.dossier, year.results[-1].at)
    page = reports.html(told_of)
    assert "106.110,00" in page and "13.890,00" in page and "2.890,00" in page


def test_every_chain_verifies_without_us_and_every_ruling_is_given_again(year: Year) -> None:
    assert {year.verdict(chain) for chain in (*year.chains(), store_trail.ORGANISATION)} == {0}
    again = replay.replay(year.stage.installation, year.dossier)
    assert len(again) > 100 and [one for one in again if not one.agrees] == []


FACTS: dict[str, tuple[int, dict[str, object]]] = {
    "1": (43, {"stap": "D09", "rol": "college", "grond": "D09/raadplegen"}),
    "2": (17, {"stap": "D07", "onderwerp": "I-05", "trede": "meebeslissen", "gewijzigd": False}),
    "3": (17, {"stap": "D02", "gepubliceerd_op": "2026-03-10T08:00:00.000Z", "vooraf": True}),
    "4": (5, {"opkomst": 43, "ontbrak": ["jongeren"], "actie_gedaan": True}),
    "5": (59, {"kenmerk": "ID-1", "kanaal": "papier"}),
    "6": (59, {"kenmerk": "ID-1", "uitkomst": "gebruikt", "afgehandeld_door": "wijkcoordinator"}),
    "7": (2, {"stap": "D09", "onderdeel": "I-02", "veld": "locatie", "van": "A", "naar": "B"}),
    "8": (1, {"onderwerp": "I-05", "uitslag": "A", "bekrachtigd_door": "college", "ongewijzigd_uitgevoerd": True}),
    "9": (9, {"regel_van": "INV-07", "rol": "college", "stap": "D09"}),
    "10": (9, {"soort": "thema", "onderwerp": "T-1", "herkomst": ["C-1"], "herleidbaar": True}),
    "11": (2, {"onderwerp": "I-06", "regels": ["wb2"], "ander_pad": "Het vergunningenloket"}),
    "12": (6, {"kenmerk": "TZ-3", "gemiste_datums": ["2027-06-18"], "datum": "2027-08-30", "stand": "nagekomen"}),
    "13": (311, {"taak": "analyse_kader_vaststellen", "wacht_op": "college", "dagen": 7, "te_laat": False}),
    "14": (24, {"soort": "stand", "post": "I-03", "bedrag": 980_000, "over": 1_100_000}),
    "15": (5, {"onderwerp": "I-01", "eigen_inzet": "ja", "van_derden": ["vakdienst: Grondwerk"]}),
    "16": (1, {"gepubliceerd_op": "2026-11-05T08:00:00.000Z", "dagen": 28, "reacties": 31, "alles_behandeld": True}),
    "17": (6, {"resultaat": "alles samen", "uitgaven_verslag": 10_611_000, "gelijk": True}),
    "18": (2, {"onderwerp": "I-01", "instemming": False, "nieuwe_eigenaar": None}),
    "19": (2, {"soort": "geschil", "kenmerk": "G-2026-1", "niveau": "college", "binnen_termijn": True}),
    "20": (1, {"kenmerk": "AP-1", "geadresseerde": "college", "antwoord": "deels", "termijn_verstreken": False}),
    "21": (7, {"wijk": "tanthof", "budget": 12_000_000, "uitgegeven": 10_611_000}),
    "22": (2, {"post": "ambtelijk", "rol_aanspreekbaar": "wijkcoordinator", "vacant": False}),
    "23": (1, {"wat": "vrijgeven", "gold": True, "ten_opzichte_van": None}),
    "24": (27, {"regels": 220, "fouten": [], "klopt": True}),
    "25": (83, {"veld": "samenvatting", "categorie": "wijkcyclus", "termijn": "in te vullen door de archivaris"}),
}


def _asked(year: Year, question: Question) -> Told:
    return questions.ask(year.stage.installation, question, Scope("tanthof", 2027), {}, year.results[-1].at)


@pytest.mark.parametrize("nr", list(FACTS))
def test_each_of_the_25_questions_is_answered_with_what_happened(year: Year, nr: str) -> None:
    told, (count, fact) = _asked(year, BY_NAME[nr]), FACTS[nr]
    assert len(told.rows) == told.totals.rows == count
    assert [row for row in told.rows if fact.items() <= row.items()], told.rows[:3]
    assert told.totals.cited <= told.totals.read <= told.totals.logged
    assert told.totals.unsound == told.totals.destroyed == 0


def test_every_decision_is_accounted_for_and_every_refusal_listed(year: Year) -> None:
    decided = _asked(year, BY_NAME["1"]).totals
    assert decided.cited == decided.read
    rules = {row["regel_van"] for row in _asked(year, LISTS["weigeringen"]).rows}
    assert rules == set(REFUSED) - {"DT05"}  # tried in the year before, and listed there


def test_the_lists_hold_the_deviations_and_the_late_promise_and_no_breach(year: Year) -> None:
    assert {row["onderdeel"] for row in _asked(year, LISTS["afwijkingen"]).rows} == {"I-02"}
    late = [row["wat"] for row in _asked(year, LISTS["termijnen"]).rows if row["soort"] == "toezegging"]
    assert late == ["TZ-3"]
    for name in ("vier-ogen", "mandaten", "correcties", "vernietigingen"):
        assert _asked(year, LISTS[name]).rows == ()


def test_anybody_reads_what_was_decided_with_its_open_reasons_and_nothing_that_is_sealed(year: Year) -> None:
    installation = year.stage.installation
    told = public.register(installation, "tanthof", 2027, Register.BESLUITEN)
    programme = next(row for row in told.rows if row["stap"] == "D09")
    deviation = {"onderdeel": "I-02", "trede": "coproduceren", "veld": "locatie", "van": "A", "naar": "B"}
    assert programme["afwijkingen"] == [deviation] and programme["orgaan"] == "rol:college"
    refused = next(row["gegevens"] for row in told.rows if row["onderwerp"] == "I-07")
    assert isinstance(refused, dict) and refused["reden_bij_afwijzing"] == "WB7: het vraagt een blijvende bijdrage"
    shown = [row for register in Register for row in public.register(installation, "tanthof", 2027, register).rows]
    text_ = json.dumps(shown, ensure_ascii=False)
    with db.reading(installation.database) as tx:
        closed = [Closed(**row) for row in tx.execute(select(tables.sealed)).mappings()]
        in_clear = "".join(tx.execute(select(record.c.body)).scalars())  # somebody wrote the same where all may read it
    hidden = {one.value for one in sealing.opened(installation.keys, closed).values() if isinstance(one.value, str)}
    assert len(hidden) > 20 and not [one for one in hidden if f'"{one}"' in text_ and f'"{one}"' not in in_clear]
    assert not [one.digest for one in closed if one.digest in text_]


def test_anybody_reads_the_plans_by_their_names_with_what_was_granted(year: Year) -> None:
    found = plans.plans(public.register(year.stage.installation, "tanthof", 2027, *plans.REGISTERS))
    adopted, refused = found["I-02"], found["I-07"]
    assert (adopted.name, adopted.amount, adopted.is_adopted) == ("Jongerenplek", 3_800_000, True)
    assert (refused.verdict, refused.amount, refused.is_adopted) == ("afgewezen", None, False)
    for step, title in (("D08", "Conceptwijkprogramma 2027"), ("D14", "Conceptwijkverslag 2027")):
        asked = plans.matter(year.stage.installation, year.dossier, step, "*")
        assert asked.draft is not None and asked.draft["gegevens"] == {"titel": title, "versie": 1}
        assert asked.plans == found
    assert plans.matter(year.stage.installation, year.dossier, "D07", "I-02").plans == {"I-02": adopted}
    client = year.stage.app.test_client()
    decisions = client.get("/wijken/tanthof/besluiten?jaar=2027").text
    assert "Jongerenplek (I-02)" in decisions and "WB1 draagvlak in de wijk" in decisions
    assert "€ 38.000,00" in client.get("/wijken/tanthof?jaar=2027").text


def test_the_whole_log_is_given_out_and_verifies_with_the_standard_library_alone(year: Year) -> None:
    installation, bag = year.stage.installation, year.directory / "bewijs"
    count = evidence.issue(installation, Scope(), bag, year.results[-1].at)
    policy = policy_file(installation, year.directory)
    command = [sys.executable, "-I", verify.__file__, str(bag), "--policy", str(policy)]
    verdict = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert f"{count + 1} regels" in verdict.stdout  # and the record that says that it was given out


def test_one_row_altered_is_found(year: Year) -> None:
    bag, policy = year.directory / "vervalst", policy_file(year.stage.installation, year.directory)
    database, row = year.stage.installation.database, (record.c.chain == year.dossier, record.c.seq == 5)
    with altered(database, '"2026', '"2025', *row):
        assert year.verdict(year.dossier) == 1
        evidence.issue(year.stage.installation, Scope(case=year.dossier), bag, year.results[-1].at)
        assert verify.main([str(bag), "--policy", str(policy)]) == 1
        told = _asked(year, BY_NAME["24"])
        assert told.totals.unsound == 1
        assert [row["klopt"] for row in told.rows].count(False) == 1
    assert year.verdict(year.dossier) == 0
