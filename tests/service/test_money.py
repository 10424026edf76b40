"""Money through the HTTP API: bookings within the budget, in every case of a dossier and at once, and their figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import replay
from tests.engine.bpmn import end, process, start, user, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.towns import Town, town

FRAME = {
    "doel": "Samen bepalen wat de wijk nodig heeft", "ruimte_open": "Wat er gebeurt", "ruimte_dicht": "De ringweg",
    "orgaan": "college", "doelgroep": "Alle bewoners", "werkvorm": "Bijeenkomsten", "terugkoppeling": "Schriftelijk",
    "termijn": "2026-03-10", "trede": "raadplegen",
}  # fmt: skip
BUDGET = [{"post": "initiatieven", "bedrag": "105.000,00"}, {"post": "knelpunten", "bedrag": "5.000,00"}]
BUDGET.append({"post": "communicatie", "bedrag": "5.000,00"})


def _lanes(placed: dict[str, str]) -> dict[str, str]:
    """Without the lane in which everything else lies anyway."""
    return {role: ids for role, ids in placed.items() if role != "wijkcoordinator"}


def drawn(ident: str, form: str, lane: str = "wijkcoordinator", act: str = "boeking", **more: str) -> str:
    """A process of one task, called `t`."""
    task = user("t", wijk("taak", handeling=act, formulier=form, **more))
    return process(ident, start("s"), task, end("e"), flow="s > t > e", lanes=_lanes({lane: "t"}))


def framed(ident: str, step: str, form: str, lane: str) -> str:
    """A frame, its publication, and the decision `t` of this step."""
    frame = user("kader", wijk("taak", handeling="kader", stap=step, formulier="kader"))
    public = user("publiek", wijk("taak", handeling="publicatie", formulier="publicatie", product="participatiekader"))
    task = user("t", wijk("taak", handeling="besluit", stap=step, treden="raadplegen", formulier=form))
    lanes = {"college": "kader", "communicatie": "publiek"}
    lanes[lane] = f"{lanes.get(lane, '')} t".strip()
    return process(
        ident, start("s"), frame, public, task, end("e"), flow="s > kader > publiek > t > e", lanes=_lanes(lanes)
    )  # fmt: skip


DRAWN = (
    drawn("budget", "budget", "college"),
    drawn("boeking", "boeking"),
    drawn("kasboek", "boeking", verzamelt="ja"),
    drawn("bewonersboeking", "boeking", "bewoner"),
    drawn("stiekem", "budget"),
    drawn("knelpunt", "besluit_knelpunt", act="besluit", stap="D12", treden="meeweten"),
    drawn("knelpunt_college", "besluit_knelpunt", "college", "besluit", stap="D12", treden="meeweten"),
    drawn("schuif", "verschuiving", stap="D11"),
    drawn("schuif_college", "verschuiving", "college", stap="D11"),
    framed("programma", "D09", "besluit_wijkprogramma", "college"),
    framed("verslag", "D14", "besluit_wijkverslag", "wijkcoordinator"),
)
FORMS = {
    f"{name}_form": (PROCESSES / place / f"{name}.form").read_bytes()
    for place, names in (
        ("gedeeld", ("budget", "boeking", "kader", "publicatie")),
        ("delft", ("besluit_knelpunt", "besluit_wijkprogramma", "besluit_wijkverslag")),
    )
    for name in names
} | {
    f"{name}_dmn": (PROCESSES / place / f"{name}.dmn").read_bytes()
    for place, names in (
        ("gedeeld", ("bewaartermijn", "publicatieplicht")),
        ("delft", ("budgetverschuiving",)),
    )
    for name in names
}

_FIELDS: list[dict[str, Any]] = [
    {"type": "textfield", "key": key, "id": f"Veld_{key}", "label": key, "properties": {"openbaar": "ja"}}
    for key in ("soort", "kenmerk", "post", "naar")
]
_AMOUNT = {"type": "textfield", "key": "bedrag", "id": "Veld_b", "label": "bedrag", "properties": {"soort": "bedrag"}}
SHIFT_FORM = json.dumps(
    {"type": "default", "id": "verschuiving", "schemaVersion": 18, "components": [*_FIELDS, _AMOUNT]}
).encode()


class Purse:
    """A dossier with a budget, and what people try to do with its money."""

    def __init__(self, here: Town, has_budget: bool = True) -> None:
        self.here = here
        for login in ("college", "communicatie"):
            here.house.add(login, login)
        self.clients = {
            login: here.house.log_in(login) for login in ("coordinator", "college", "communicatie", "bewoner")
        }
        self.dossier = here.start("budget")
        if has_budget:
            self.must(self.do(self.dossier, "college", soort="budget", kenmerk="B-1", posten=BUDGET))

    def case(self, name: str, by: str = "coordinator") -> str:
        """A case of this process in the dossier."""
        asked = {"proces": name, "wijk": "tanthof", "jaar": 2027, "dossier": self.dossier}
        answer = self.clients[by].post("/v1/zaken", json=asked)
        assert answer.status_code == 201, answer.text
        return str(body(answer)["id"])

    def do(self, case: str, by: str = "coordinator", element: str = "t", **values: Any) -> TestResponse:
        """Complete the open task of this element."""
        task = self.here.task(case, element)
        return self.clients[by].put(f"/v1/taken/{task}/afronding", json={"gegevens": values})

    def book(self, sort: str, post: str, amount: str, decision: str, mark: str, case: str = "") -> TestResponse:
        """A booking by the coordinator, in a case of its own."""
        values = {"soort": sort, "post": post, "bedrag": amount, "besluit": decision, "kenmerk": mark}
        return self.do(case or self.case("boeking"), **values)

    def bottleneck(self, amount: str, mark: str, by: str = "coordinator") -> TestResponse:
        """A decision on a bottleneck, in a case of its own."""
        case = self.case("knelpunt" if by == "coordinator" else "knelpunt_college")
        about = {"knelpunt": "Donker pad", "spoedreden": "Winter", "plafondtoets": "Past"}
        return self.do(case, by, kenmerk=mark, bedrag=amount, **about)

    def open_frame(self, name: str, **more: Any) -> str:
        """A case with its frame set and published, and its term over: the decision is open."""
        case = self.case(name)
        self.must(self.do(case, "college", "kader", **{**FRAME, **more}))
        self.must(self.do(case, "communicatie", "publiek", kanalen=["website"], datum="2026-03-02"))
        self.here.later(timedelta(days=10))
        self.clients = {login: self.here.house.log_in(login) for login in self.clients}
        return case

    @staticmethod
    def must(answer: TestResponse) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        return body(answer)

    @staticmethod
    def refused(answer: TestResponse, rule: str, *words: str) -> None:
        assert answer.status_code == 403, answer.text
        assert body(answer)["regel"] == rule, answer.text
        for word in words:
            assert word in str(body(answer)), answer.text

    def stand(self, client: FlaskClient | None = None) -> dict[str, Any]:
        """The ledger as the API tells it."""
        answer = (client or self.here.client).get(f"/v1/zaken/{self.dossier}/grootboek-stand")
        assert answer.status_code == 200, answer.text
        return body(answer)

    def post(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.stand()["posten"] if one["post"] == name]
        return dict(found)


@contextmanager
def purse(url: str, directory: Path, has_budget: bool = True) -> Iterator[Purse]:
    with town(url, directory, *DRAWN, verschuiving_form=SHIFT_FORM, **FORMS) as here:
        yield Purse(here, has_budget)


# --- INV-32 ----------------------------------------------------------------------------------------------------------


def test_inv_32_nothing_is_spent_above_its_post_and_the_ledger_says_what_is_left(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        money.must(money.book("uitgave", "communicatie", "4.900,00", "B-1", "F-1"))
        case = money.case("boeking")
        money.refused(money.book("uitgave", "Communicatie.", "100,01", "B-1", "F-2", case), "INV-32", "10000 cent")
        money.refused(money.book("uitgave", "communicatie", "100,00", "B-1", "f 1", case), "INV-32", "twee keer")
        money.refused(money.book("uitgave", "communicatie", "100,00", "B-9", "F-2", case), "INV-32", "B-9")
        money.refused(money.book("uitgave", "initiatieven", "100,00", "B-1", "F-2", case), "INV-32", "initiatieven")
        money.refused(money.book("uitgave", "I-01", "100,00", "B-1", "F-2", case), "INV-32", "I-01")
        money.refused(money.book("uitgave", "communicatie", "0,00", "B-1", "F-2", case), "INV-32", "bedrag")
        post = money.post("communicatie")
        assert (post["budget"], post["uitgegeven"], post["ruimte"], post["vrij"]) == (500_000, 490_000, 10_000, 10_000)
        assert money.stand()["totalen"] == {
            "budget": 11_500_000, "uitgegeven": 490_000, "over": 11_010_000, "gebonden": 0, "vrij": 11_010_000,
        }  # fmt: skip
        kinds = money.here.kinds(case)
        assert kinds.count("taak:geweigerd") == 6 and "boeking:gedaan" not in kinds
        for chain in (money.dossier, case):
            money.here.assert_whole(chain)
            assert not [one for one in replay.replay(money.here.house.installation, chain) if not one.agrees]


def test_inv_32_a_budget_is_no_coordinators_and_no_form_takes_a_negative_amount(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        more = [{"post": "communicatie", "bedrag": "1.000.000,00"}]
        money.refused(money.do(money.case("stiekem"), soort="budget", kenmerk="B-2", posten=more), "INV-32", "orgaan")
        asked = {"handeling": "boeking", "gegevens": {"soort": "budget", "kenmerk": "B-3", "posten": more}}
        address = f"/v1/zaken/{money.dossier}/handelingen"
        assert money.clients["coordinator"].post(address, json=asked).status_code in (403, 409)
        assert money.book("uitgave", "communicatie", "-1,00", "B-1", "F-1").status_code == 400
        assert money.stand()["totalen"]["budget"] == 11_500_000


def test_inv_32_a_resident_books_nothing_whatever_the_diagram_draws(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        values = {"soort": "uitgave", "post": "communicatie", "bedrag": "1,00", "besluit": "B-1", "kenmerk": "F-1"}
        money.refused(money.do(money.case("bewonersboeking"), "bewoner", **values), "INV-32", "rol")


def test_inv_32_a_mistake_is_a_counter_booking_and_nothing_is_taken_back_twice(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        digest = money.must(money.book("uitgave", "communicatie", "5.000,00", "B-1", "F-1"))["ontvangst"]["regel"]
        money.must(money.book("vrijval", "communicatie", "5.000,00", digest, "F-2"))
        case = money.case("boeking")
        money.refused(money.book("vrijval", "communicatie", "0,01", "F-1", "F-3", case), "INV-32")
        money.must(money.book("uitgave", "communicatie", "5.000,00", "B-1", "F-3", case))
        rows = money.here.get(f"/v1/zaken/{case}/registers/grootboek")["resultaten"]
        assert [one["inhoud"]["gegevens"]["kenmerk"] for one in rows] == ["B-1", "F-1", "F-2", "F-3"]


def test_inv_32_of_bookings_at_once_only_those_that_fit_are_made(url: str, tmp_path: Path) -> None:
    """Six cases of one dossier book 2,000 of the 5,000 euros at the same moment: two of them can."""
    with purse(url, tmp_path) as money:
        cases = [money.case("boeking") for _ in range(6)]
        tasks = [money.here.task(case, "t") for case in cases]
        clients = [money.here.house.log_in("coordinator") for _ in cases]
        about = {"soort": "uitgave", "post": "communicatie", "bedrag": "2.000,00", "besluit": "B-1"}

        def send(number: int) -> TestResponse:
            asked = {"gegevens": about | {"kenmerk": f"F-{number}"}}
            return clients[number].put(f"/v1/taken/{tasks[number]}/afronding", json=asked)

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(send, range(6)))
        assert sorted(one.status_code for one in answers) == [200, 200, 403, 403, 403, 403]
        assert {body(one)["regel"] for one in answers if one.status_code == 403} == {"INV-32"}
        assert money.post("communicatie")["uitgegeven"] == 400_000
        again = [one for case in cases for one in replay.replay(money.here.house.installation, case)]
        assert len(again) > 6 and not [one for one in again if not one.agrees]


def test_inv_32_a_task_that_takes_many_bookings_takes_none_above_the_room(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        case = money.case("kasboek")
        address = f"/v1/taken/{money.here.task(case, 't')}/bijdragen"

        def send(amount: str, mark: str) -> TestResponse:
            about = {"soort": "uitgave", "post": "communicatie", "besluit": "B-1", "bedrag": amount, "kenmerk": mark}
            asked = {"gegevens": about}
            return money.here.client.post(address, json=asked, headers={"Idempotency-Key": f"boeking-{mark}"})

        assert [send("3.000,00", "F-1").status_code for _ in range(2)] == [201, 201]
        money.refused(send("2.000,01", "F-2"), "INV-32", "200000 cent")
        assert send("2.000,00", "F-3").status_code == 201
        assert money.post("communicatie")["uitgegeven"] == 500_000
        assert not [one for one in replay.replay(money.here.house.installation, case) if not one.agrees]


def test_the_ledger_is_read_by_who_may_read_the_case(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        address = f"/v1/zaken/{money.dossier}/grootboek-stand"
        assert money.here.house.log_in("buur").get(address).status_code == 404
        assert money.here.house.app.test_client().get(address).status_code == 401
        child = money.case("boeking")
        assert money.here.get(f"/v1/zaken/{child}/grootboek-stand") == money.stand(money.clients["bewoner"])


# --- DT05 and DT12 ---------------------------------------------------------------------------------------------------


def test_dt05_small_amounts_in_several_cases_do_not_add_up_above_the_budget(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        money.must(money.bottleneck("2.400,00", "K-1"))
        money.must(money.bottleneck("2.400,00", "K-2"))
        money.refused(money.bottleneck("200,01", "K-3"), "DT05", "20000 cent", "college")
        assert money.stand()["knelpuntenOver"] == 20_000
        money.must(money.bottleneck("4.000,00", "K-4", "college"))
        money.refused(money.bottleneck("0,01", "K-5"), "DT05", "0 cent over")
        money.must(money.book("uitgave", "knelpunten", "4.000,00", "K-4", "F-1"))
        money.refused(money.book("uitgave", "knelpunten", "1.000,01", "K-1", "F-2"), "INV-32", "100000 cent")


def test_dt05_in_a_dossier_without_a_budget_the_coordinator_decides_on_nothing(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path, has_budget=False) as money:
        money.refused(money.bottleneck("1,00", "K-1"), "DT05", "0 cent over")


def test_dt12_a_shift_without_consent_or_mandate_is_the_organs(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        shift = {"soort": "verschuiving", "kenmerk": "V-1", "post": "communicatie", "naar": "knelpunten"}
        case = money.case("schuif")
        money.refused(money.do(case, **shift, bedrag="1.200,00"), "DT12", "instemming", "mandaat")
        asked = {
            "orgaan": "college", "persoon": money.here.house.ids["coordinator"], "stap": ["D11"], "plafond": 150_000,
            "van": "2026-01-01", "tot": "2026-12-31",
        }  # fmt: skip
        assert money.clients["college"].post("/v1/mandaten", json=asked).status_code == 201
        money.refused(money.do(case, **shift, bedrag="1.200,00"), "DT12", "instemming")
        money.must(money.do(money.case("schuif_college"), "college", **shift, bedrag="1.200,00"))
        assert (money.post("communicatie")["ruimte"], money.post("knelpunten")["ruimte"]) == (380_000, 620_000)
        shift["kenmerk"] = "V-2"
        money.refused(
            money.do(money.case("schuif_college"), "college", **shift, bedrag="3.800,01"), "INV-32", "380000"
        )  # fmt: skip
        assert money.stand()["totalen"]["budget"] == 11_500_000


# --- INV-29, INV-30, INV-31 ------------------------------------------------------------------------------------------


def programme(*items: str, **spent: str) -> dict[str, Any]:
    listed = [{"onderdeel": name, "velden": {"uitvoering": "groep"}} for name in items]
    rows = [{"post": name.replace("_", "-"), "bedrag": amount} for name, amount in spent.items()]
    return {"motivering": "Besproken.", "onderdelen": listed, "bestedingsvoorstel": rows, "inbrengregister": 0}


def test_inv_30_programme_and_spending_proposal_are_one_decision(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        case = money.open_frame("programma", kaders=[{"stap": "D09"}, {"stap": "D07"}])
        money.refused(money.do(case, "college", **programme("I-01", "I-02", I_01="1,00")), "INV-30", "I-02")
        money.refused(money.do(case, "college", **programme("I-01", I_01="1,00", I_09="1,00")), "INV-30", "I-09")


def test_inv_29_a_programme_stays_within_the_budget(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path) as money:
        case = money.open_frame("programma", kaders=[{"stap": "D09"}, {"stap": "D07"}])
        above = programme("I-01", "I-02", I_01="100.000,00", I_02="5.000,01")
        money.refused(money.do(case, "college", **above), "INV-29", "1 cent")


def test_inv_29_without_a_budget_no_programme(url: str, tmp_path: Path) -> None:
    with purse(url, tmp_path, has_budget=False) as money:
        case = money.open_frame("programma", kaders=[{"stap": "D09"}, {"stap": "D07"}])
        money.refused(money.do(case, "college", **programme("I-01", I_01="0,01")), "INV-29", "wijkbudget")


@pytest.mark.parametrize(("name", "amount"), [("uitgegeven", "0,01"), ("over", "0,00"), ("vrij", "1,00")])
def test_inv_31_the_figures_of_the_account_equal_the_ledger(url: str, tmp_path: Path, name: str, amount: str) -> None:
    with purse(url, tmp_path) as money:
        totals = {"budget": "115.000,00", "uitgegeven": "0,00", "over": "115.000,00", "gebonden": "0,00"}
        totals["vrij"] = "115.000,00"
        case = money.open_frame("verslag", orgaan="wijkcoordinator")
        about: dict[str, Any] = {"verschillen": [], "reacties": [], "inbrengregister": 0}
        money.refused(money.do(case, **about, totalen=totals | {name: amount}), "INV-31", f"totalen.{name}")
