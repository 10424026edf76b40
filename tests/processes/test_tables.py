"""The decision tables that say what the engine knows already agree with it, and none grants more than the matrix."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from engine.bodies import Form, body_of
from engine.ceiling import CONSEQUENCES, Deviation
from engine.definition import Definition
from engine.terms import Rung
from service.definitions import family_files
from service.installation import read_family

DELFT = Path(__file__).resolve().parent.parent.parent / "processes" / "delft"
TODAY = date(2027, 3, 1)
STEPS = [f"D{number:02}" for number in range(1, 19)]


@pytest.fixture(scope="module")
def delft() -> Definition:
    reading = read_family(family_files(DELFT))
    assert reading.definition is not None, reading.findings
    return reading.definition


def decided(delft: Definition, table: str, **context: object) -> dict[str, str]:
    values = delft.tables[table].decide(context, TODAY).values
    return {name: str(value) for name, value in values.items()}


def names(text: str) -> set[str]:
    return set(filter(None, text.split(";")))


@pytest.mark.parametrize("rung", Rung)
def test_dt01_says_of_each_rung_what_the_engine_holds(rung: Rung, delft: Definition) -> None:
    said, held = decided(delft, "trede_consequentie", kader={"trede": rung.value}), CONSEQUENCES[rung]
    assert said["afwijking"] == held.deviation
    assert names(said["bij_besluit"]) == set(held.demands)
    assert names(said["daarna"]) == set(held.owes)
    bound = {Deviation.FREE: "nee", Deviation.REASONED: "zwaar", Deviation.NONE: "ja"}
    assert said["gebonden"] == bound[held.deviation]


@pytest.mark.parametrize(("full", "room", "rung"), list(product(("ja", "nee"), ("ja", "nee"), Rung)))
def test_dt02_lets_participation_start_only_with_a_full_frame_and_room(
    full: str, room: str, rung: Rung, delft: Definition
) -> None:
    said = decided(delft, "mag_participatie_starten", start={"volledig": full, "ruimte": room, "trede": rung.value})
    may = full == "ja" and (room == "ja" or rung is Rung.MEEWETEN)
    assert said["mag"] == ("ja" if may else "nee")
    assert said["reden"]


@pytest.mark.parametrize(("step", "rung", "above"), list(product(STEPS, Rung, ("ja", "nee"))))
def test_dt06_only_narrows_the_matrix(step: str, rung: Rung, above: str, delft: Definition) -> None:
    said = decided(delft, "wie_beslist", beslissing={"stap": step, "trede": rung.value, "boven_plafond": above})
    cell = delft.matrix.cell(step, rung, TODAY)
    if said["wie"] == "niemand":
        assert cell is None or said["mandaat"] == "nee"
        return
    assert cell is not None, f"{step}/{rung}: de rechtentabel kent deze trede niet"
    allowed = {cell.decides.text}
    if cell.decides.form is Form.CEILING:  # above the ceiling the last alone
        allowed = {part.text for part in cell.decides.parts[1 if above == "ja" else 0 :]}
    assert said["wie"] in allowed
    assert body_of(said["wie"]).roles <= cell.decides.roles
    assert said["mandaat"] == "nee" or cell.is_mandatable


def test_dt06_leaves_nobody_out_whom_the_matrix_names(delft: Definition) -> None:
    for step, rung in product(STEPS, Rung):
        said = decided(delft, "wie_beslist", beslissing={"stap": step, "trede": rung.value, "boven_plafond": "nee"})
        assert (said["wie"] == "niemand") == (delft.matrix.cell(step, rung, TODAY) is None), f"{step}/{rung}"


def test_dt10_leaves_objection_to_orders_alone(delft: Definition) -> None:
    ways = {
        kind: decided(delft, "rechtsmiddel", bezwaar={"besluitsoort": kind})
        for kind in ("beschikking", "beleid", "aanpak_of_participatie", "gedrag", "anders")
    }
    assert [kind for kind, said in ways.items() if said["weg"] == "bezwaar"] == ["beschikking"]
    assert ways["beschikking"]["termijn"] in delft.terms.versions
    assert all(re.search(r"[a-z]\.$", said["tekst"]) for said in ways.values())


def test_dt17_sends_what_is_about_persons_along_a_confidential_road(delft: Definition) -> None:
    table = delft.tables["signaal_route"]
    themes = ("openbare_ruimte", "groen", "verkeer", "veiligheid", "overlast", "wonen", "zorg_en_welzijn", "beleid")
    for theme, persons, urgent in product((*themes, "anders"), ("ja", "nee"), ("ja", "nee")):
        signal = {"thema": theme, "over_personen": persons, "spoed": urgent}
        said = table.decide({"signaal": signal}, TODAY).values
        assert said["vertrouwelijk"] == persons
        assert str(said["geadresseerde"]) in delft.roles.by_id


def test_dt07_and_dt18_have_an_answer_for_everything_that_they_name(delft: Definition) -> None:
    said = decided(
        delft,
        "werkvorm",
        vorm={"fase": "uitwerken", "schaal": "wijk", "aanleiding": "nee", "eigen_groep": "nee"},
    )
    assert said == {"werkvorm": "werkgroep"}
    delayed = decided(delft, "vertrager_versneller", vertraging={"oorzaak": "geld"})
    assert delayed == {"versneller": "knelpuntenbudget"}
