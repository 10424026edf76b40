"""Over HTTP: who is answerable, who is at the table, who is on turn, and when a phase is closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bpmn import boundary, call, end, par, process, start, timer, wijk
from tests.engine.families import PROCESSES
from tests.service.houses import body
from tests.service.promises import DISPUTE, SETTLES, act, assert_replays, attempted, done, form, refused, village
from tests.service.test_no_way_round import FRAME

KADER = {"kader_form": (PROCESSES / "gedeeld" / "kader.form").read_bytes()}
PHASED = {
    "publicatie_form": form("publicatie", "kanalen", "geadresseerden", "datum"),
    "kennisname_form": form("kennisname", "ter_kennis_genomen"),
    "aanspreekbaren_form": form("aanspreekbaren", "bestuurlijk", "ambtelijk", "niveaus"),
}
ANSWERABLE = process(
    "p", start("s"), act("toewijzen", "product", product="aanspreekbaren", formulier="aanspreekbaren"),
    act("opnieuw", "product", product="aanspreekbaren", formulier="aanspreekbaren"), end("e"),
    flow="s > toewijzen > opnieuw > e", lanes={"college": "toewijzen opnieuw"},
)  # fmt: skip
YEAR = process(
    "p", start("s"), call("een", "analyse", wijk("fase", naam="analyseren")),
    call("twee", "agenda", wijk("fase", naam="agenderen")), end("e"), flow="s > een > twee > e",
)  # fmt: skip
FIRST = process(
    "analyse", start("s"), act("publiceren", "publicatie", product="wijkanalyse"),
    act("kennen", "kennisname", product="wijkanalyse"), end("e"), flow="s > publiceren > kennen > e",
    lanes={"communicatie": "publiceren", "college": "kennen"},
)  # fmt: skip
SECOND = process(
    "agenda", start("s"), par("g"), act("kader_zetten", "kader", stap="D03"),
    act("alsnog", "kennisname", product="wijkanalyse"), par("j"),
    act("sluiten", "publicatie", product="wijkagenda"), end("e"),
    flow="s > g > kader_zetten > j > sluiten > e; g > alsnog > j",
    lanes={"college": "kader_zetten", "raad": "alsnog", "communicatie": "sluiten"},
)  # fmt: skip
FRAMES = process(
    "p", start("s"), act("kader_zetten", "kader", stap="D02"), act("toelaten_kader", "kader", stap="D05"), end("e"),
    flow="s > kader_zetten > toelaten_kader > e", lanes={"college": "kader_zetten toelaten_kader"},
)  # fmt: skip
DISPUTED = process(
    "p", start("s"), act("toewijzen", "product", product="aanspreekbaren", formulier="aanspreekbaren"),
    par("g"), act("laag", "besluit", **SETTLES), boundary("stil", "laag", timer("P6W")),
    act("hoog", "besluit", **SETTLES), end("e"), end("f"),
    flow="s > toewijzen > g > laag > e; g > hoog > f; stil > einde", lanes={
        "college": "toewijzen hoog", "deelgemeentebestuur": "laag",
    },
)  # fmt: skip


def test_inv_35_exactly_two_are_answerable_and_a_vacancy_alarms(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, ANSWERABLE, **PHASED) as here:
        case, college = here.start(), here.house.log_in("college")
        address = f"/v1/zaken/{case}/aanspreekbaren"
        assert here.get(address)["vacatures"] == ["bestuurlijk", "ambtelijk"]
        for values in ({"bestuurlijk": "college"}, {"bestuurlijk": "wijkcoordinator", "ambtelijk": "college"}):
            refused(here, case, "toewijzen", "INV-35", college, **values)
        done(here, case, "toewijzen", college, bestuurlijk="wethouder_wijkzaken", ambtelijk="wijkcoordinator")
        assert here.get(address)["vacatures"] == []
        here.later(timedelta(days=3))
        college = here.house.log_in("college")
        refused(here, case, "opnieuw", "INV-35", college, ambtelijk="wijkopzichter")
        done(here, case, "opnieuw", college, bestuurlijk="college", ambtelijk="wijkopzichter")
        now, then = here.get(address), here.get(f"{address}?op=2026-03-03")
        assert (now["bestuurlijk"], now["vacatures"]) == ("college", ["ambtelijk"])
        assert (then["bestuurlijk"], then["vacatures"]) == ("wethouder_wijkzaken", [])
        assert here.house.log_in("buur").get(address).status_code == 404
        assert_replays(here, case)


def test_inv_37_the_next_phase_waits_until_everybody_has_the_product(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, YEAR, FIRST, SECOND, **PHASED, **KADER) as here:
        for login, role in (("pers", "communicatie"), ("raad", "raad")):
            here.house.add(login, role)
        case, press, college = here.start(), here.house.log_in("pers"), here.house.log_in("college")
        refused(here, case, "publiceren", "INV-37", press, kanalen=["website"], datum="2026-03-02")
        done(here, case, "publiceren", press, kanalen=["website", "wijkwebsites"], datum="2026-03-02")
        done(here, case, "kennen", college, ter_kennis_genomen=True)
        found = refused(here, case, "kader_zetten", "INV-37", college, **FRAME | {"orgaan": "wijkcoordinator"})
        assert "kennisname door raad" in str(found)
        done(here, case, "alsnog", here.house.log_in("raad"), ter_kennis_genomen=True)
        done(here, case, "kader_zetten", college, **FRAME | {"orgaan": "wijkcoordinator"})
        assert_replays(here, case)


EARLY = process(
    "analyse", start("s"), act("vast", "publicatie", product="wijkagenda"),
    act("publiceren", "publicatie", product="wijkanalyse"), end("e"), flow="s > vast > publiceren > e",
    lanes={"communicatie": "vast publiceren"},
)  # fmt: skip


def test_inv_37_the_product_of_a_later_phase_does_not_go_out_under_the_name_of_an_earlier_one(
    url: str, tmp_path: Path
) -> None:
    with village(url, tmp_path, YEAR, EARLY, SECOND, **PHASED, **KADER) as here:
        here.house.add("pers", "communicatie")
        case, press = here.start(), here.house.log_in("pers")
        values = {"kanalen": ["website", "wijkwebsites"], "datum": "2026-03-02"}
        found = refused(here, case, "vast", "INV-37", press, **values)
        assert "wijkanalyse" in str(found)
        assert_replays(here, case)


def test_inv_37_nobody_starts_a_phase_beside_the_year_in_its_dossier(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, YEAR, FIRST, SECOND, **PHASED, **KADER) as here:
        case = here.start()
        asked = {"proces": "agenda", "wijk": "tanthof", "jaar": 2027, "dossier": case}
        answer = here.client.post("/v1/zaken", json=asked)
        assert (answer.status_code, body(answer)["regel"]) == (403, "INV-37"), answer.text
        assert here.cases("agenda") == []
        assert here.client.post("/v1/zaken", json=asked | {"proces": "p"}).status_code == 201
        here.assert_whole("organisatie")


def test_inv_42_a_matter_of_the_city_is_not_settled_within_the_wijk(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, FRAMES, **KADER) as here:
        case, college = here.start(), here.house.log_in("college")
        frame = FRAME | {"orgaan": "wijkcoordinator"}
        refused(here, case, "kader_zetten", "INV-42", college, **frame, schaal="stad")
        both = [{"stap": "D02"}, {"stap": "D03"}]
        refused(here, case, "kader_zetten", "INV-42", college, **frame, kaders=both)
        partners = ["bewonersorganisatie", "partner"]
        done(here, case, "kader_zetten", college, **frame, schaal="stad", gesprekspartners=partners)
        assert_replays(here, case)


def test_inv_48_leaving_residents_out_is_recorded_with_its_reason(url: str, tmp_path: Path) -> None:
    with village(url, tmp_path, FRAMES, **KADER) as here:
        case, college = here.start(), here.house.log_in("college")
        frame = FRAME | {"orgaan": "wijkcoordinator", "doelgroep": "Alleen de professionals"}
        refused(here, case, "kader_zetten", "INV-48", college, **frame)
        half = {"reden": "te weinig tijd"}
        refused(here, case, "kader_zetten", "INV-48", college, **frame, afwijking_betrokkenheid=half)
        whole = half | {"vervanging": "straatgesprekken"}
        done(here, case, "kader_zetten", college, **frame, afwijking_betrokkenheid=whole)
        low = FRAME | {"orgaan": "wijkcoordinator", "trede": "meeweten"}
        refused(here, case, "toelaten_kader", "INV-48", college, **low)
        done(here, case, "toelaten_kader", college, **low, afwijking_betrokkenheid=whole)
        assert_replays(here, case)


@pytest.mark.parametrize("levels", [["deelgemeentebestuur", "college"], []], ids=["named", "not named"])
def test_inv_43_after_silence_the_next_level_decides_and_the_silent_one_no_more(
    url: str, tmp_path: Path, levels: list[str]
) -> None:
    with village(url, tmp_path, DISPUTED.replace("einde", "f"), **PHASED) as here:
        case = here.start()
        pair: dict[str, Any] = {"bestuurlijk": "wethouder_wijkzaken", "ambtelijk": "wijkcoordinator"}
        done(here, case, "toewijzen", here.house.log_in("college"), **pair, **({"niveaus": levels} if levels else {}))
        refused(here, case, "hoog", "INV-43", here.house.log_in("college"), **DISPUTE)
        here.tick(timedelta(weeks=7))
        assert here.open(case) == ["hoog"] and here.kinds(case)[-1] == "tijd:verstreken"
        (silent,) = here.get(f"/v1/zaken/{case}/registers/verstreken")["resultaten"]
        assert silent["inhoud"]["gegevens"]["baan"] == "deelgemeentebestuur"
        assert attempted(here.house.log_in("bestuur"), case, "besluit", "D16", "I-02", **DISPUTE) == "INV-43"
        done(here, case, "hoog", here.house.log_in("college"), **DISPUTE)
        assert_replays(here, case)
