"""What a diagram may ask of the registers: a closed list, counted from the rows and nothing else."""

from __future__ import annotations

import pytest

from engine.errors import ValuesUnreadable
from engine.operations import OPERATIONS, run
from engine.terms import Act, Json, Values
from tests.engine.rights_world import AFTER_TERM, COORDINATOR, OUTCOME, START, TERM, Dossier, ask, task_for


def answer(name: str, dossier: Dossier, **inputs: Json) -> Values:
    return run(name, inputs, tuple(dossier.facts), AFTER_TERM)


def test_the_frame_that_stands_is_read_for_its_step_and_subject() -> None:
    dossier = Dossier().framed("D07", "raadplegen").framed("D07", "coproduceren", "I-02")
    whole, own = (
        answer("kader_lezen", dossier, stap="D07"),
        answer("kader_lezen", dossier, stap="D07", onderwerp="I-02"),
    )
    assert (whole["trede"], own["trede"]) == ("raadplegen", "coproduceren")
    assert own["termijn"] == TERM and own["orgaan"] == "college" and own["gepubliceerd"] is True
    none = answer("kader_lezen", dossier, stap="D09")
    assert none["gevonden"] is False and none["trede"] is None


def test_a_frame_recorded_later_is_not_read_yet() -> None:
    dossier = Dossier().framed("D07", "raadplegen")
    assert run("kader_lezen", {"stap": "D07"}, tuple(dossier.facts), START)["gevonden"] is False


def test_contributions_are_counted_and_the_open_ones_pointed_at() -> None:
    dossier = Dossier()
    dossier.heard("D09", mark="R-01")
    unmarked = dossier.heard("D08", mark="")
    dossier.handled("R-01")
    state = answer("inbreng_stand", dossier, stap="D09", onderwerp="*")
    assert state == {"aantal": 2, "afgehandeld": 1, "open": 1, "openstaand": [unmarked.record]}
    handling: dict[str, Json] = {"inbreng": unmarked.record, "uitkomst": "gebruikt", "reactie": "dank"}
    assert ask(COORDINATOR, task_for(Act.AFHANDELING, "wijkcoordinator", "D09"), handling, dossier).allowed


def test_advice_is_counted_and_the_unanswered_pointed_at() -> None:
    dossier = Dossier()
    dossier.advised("D07", "I-03", mark="A-1")
    dossier.advised("D07", "I-03", mark="A-2")
    dossier.act(Act.AFHANDELING, COORDINATOR, {"advies": "A-1", "reactie": "dank"})
    state = answer("adviezen_stand", dossier, stap="D07", onderwerp="I-03")
    assert state == {"aantal": 2, "beantwoord": 1, "open": 1, "openstaand": ["A-2"]}


def test_the_difference_from_the_joint_proposal_is_computed() -> None:
    dossier = Dossier()
    dossier.proposed("D07", "I-02", locatie="A", bedrag=100)
    asked: dict[str, Json] = {"locatie": "B", "bedrag": 100, "hek": "ja"}
    found = answer("verschil_berekenen", dossier, stap="D07", onderwerp="I-02", velden=asked)
    assert found == {
        "aantal": 2,
        "verschillen": [
            {"onderdeel": "I-02", "veld": "locatie", "van": "A", "naar": "B"},
            {"onderdeel": "I-02", "veld": "hek", "van": None, "naar": "ja"},
        ],
    }
    with pytest.raises(ValuesUnreadable, match="I-09"):
        answer("verschil_berekenen", dossier, stap="D07", onderwerp="I-09", velden={})


def test_the_account_is_put_together_from_the_registers() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    dossier.heard("D09")
    deviating: dict[str, Json] = {
        "onderdelen": [{"onderdeel": "I-02"}],
        "afwijkingen": [{"onderdeel": "I-02", "veld": "locatie", "reden": "geluid"}],
    }
    dossier.decided(OUTCOME, "D07", "I-05", "meebeslissen")
    dossier.decided(deviating, "D09", "*", "raadplegen", role="college")
    dossier.act(Act.PRODUCT, COORDINATOR, {"titel": "x"}, product="wijkbarometer")
    account = answer("verslag_samenstellen", dossier)
    assert account["inbreng"] == {"aantal": 1, "open": 1}
    kinds = account["besluiten"]
    assert isinstance(kinds, list)
    first, second = kinds
    assert isinstance(first, dict) and isinstance(second, dict)
    assert (first["stap"], first["trede"], first["rol"]) == ("D07", "meebeslissen", "deelnemers")
    assert second["onderdelen"] == ["I-02"] and second["afwijkingen"] == [{"onderdeel": "I-02", "veld": "locatie"}]
    products = account["producten"]
    assert isinstance(products, list) and isinstance(products[0], dict) and products[0]["product"] == "wijkbarometer"


def test_an_operation_outside_the_list_does_not_exist() -> None:
    assert set(OPERATIONS) == {
        "kader_lezen",
        "inbreng_stand",
        "adviezen_stand",
        "verschil_berekenen",
        "besluit_stand",
        "verslag_samenstellen",
        "grootboek_stand",
        "jaarrekening",
        "toezeggingen_stand",
        "instemming_lezen",
        "bijeenkomsten_stand",
    }
    with pytest.raises(ValuesUnreadable, match="bestaat niet"):
        answer("alles_goedkeuren", Dossier())


@pytest.mark.parametrize(
    "name", ["kader_lezen", "inbreng_stand", "adviezen_stand", "verschil_berekenen", "besluit_stand"]
)
def test_an_operation_without_its_step_is_refused_in_words(name: str) -> None:
    with pytest.raises(ValuesUnreadable, match="stap"):
        answer(name, Dossier())
    with pytest.raises(ValuesUnreadable, match="stap"):
        answer(name, Dossier(), stap=7)
