"""The city's own words for its rungs (INV-12), and what holds in one wijk alone (INV-47)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.ladder import Ladder
from engine.participation import rung_of
from engine.registers import Registers
from engine.terms import Act, Finding, Json, Ruling, Rung, Severity
from tests.engine.bpmn import end, process, start, user
from tests.engine.families import family, reading
from tests.engine.rights_world import (
    AFTER_TERM,
    COLLEGE,
    MATRIX,
    Dossier,
    allowed,
    ask,
    binding_values,
    frame_values,
    refused,
    task_for,
)
from tests.engine.tables import decision, document

WORDS = b"""
[[soorten]]
naam = "Meeweten"
trede = "meeweten"
[[soorten]]
naam = "Meedenken"
trede = "adviseren"
[[soorten]]
naam = "Meebeslissen"
trede = "meebeslissen"
delegatie = true
"""
FRAMES = task_for(Act.KADER, "college", "D07", "I-05")
ONE = process("p", start("s"), user("t"), end("e"), flow="s > t > e")


def ladder(content: bytes = WORDS) -> Ladder:
    found, findings = Ladder.read(content)
    assert findings == ()
    return found


CITY = replace(MATRIX, ladder=ladder())


def frames(rung: str, dossier: Dossier | None = None, **more: Json) -> Ruling:
    return ask(COLLEGE, FRAMES, frame_values("D07", rung, **more), dossier or Dossier(), matrix=CITY)


def test_a_frame_names_the_kind_of_the_city_and_the_rung_on_which_it_stands() -> None:
    allowed(frames("adviseren", soort="Meedenken"))
    allowed(frames("adviseren"))
    allowed(frames("coproduceren", soort="meebeslissen"))
    allowed(frames("meebeslissen", soort="Meebeslissen", delegatie="raadsbesluit 2026-11"))


@pytest.mark.parametrize(
    ("rung", "kind", "delegation"),
    [
        ("meebeslissen", "Meebeslissen", None),
        ("meebeslissen", None, None),
        ("meebeslissen", "MEE-BESLISSEN", ""),
        ("meebeslissen", "Meebeslissen", "\u200b"),
        ("coproduceren", "Meebeslissen", "raadsbesluit 2026-11"),
        ("meebeslissen", "Meedenken", "raadsbesluit 2026-11"),
        ("coproduceren", "Meedenken", None),
        ("adviseren", "Meedoen", None),
        ("adviseren", {"verzegeld": "0" * 64}, None),
    ],
)
def test_inv_12_what_the_city_calls_deciding_together_is_coproduction_without_its_delegation(
    rung: str, kind: Json, delegation: Json
) -> None:
    refused(frames(rung, soort=kind, delegatie=delegation), "INV-12", "D07")
    rows: list[Json] = [{"stap": "D07", "onderwerp": "I-05", "trede": rung, "soort": kind, "delegatie": delegation}]
    refused(frames("adviseren", kaders=rows), "INV-12", "D07")


def test_inv_12_a_frame_that_came_in_without_its_delegation_is_treated_as_coproduction() -> None:
    dossier = Dossier().framed("D07", "meebeslissen", "I-05")
    registers = Registers(dossier.facts, AFTER_TERM)
    assert rung_of(registers, CITY, "D07", "I-05", AFTER_TERM.date())[0] is Rung.COPRODUCEREN
    assert rung_of(registers, MATRIX, "D07", "I-05", AFTER_TERM.date())[0] is Rung.MEEBESLISSEN
    binds = task_for(Act.ZELFBINDING, "college", "D07", "I-05")
    refused(ask(COLLEGE, binds, binding_values(), dossier, matrix=CITY), "INV-05", "coproduceren")
    delegated = Dossier().framed("D07", "meebeslissen", "I-05", delegatie="raadsbesluit 2026-11")
    allowed(ask(COLLEGE, binds, binding_values(), delegated, matrix=CITY))


def test_inv_12_a_city_without_words_of_its_own_uses_those_of_the_ladder() -> None:
    allowed(ask(COLLEGE, FRAMES, frame_values("D07", "meebeslissen"), Dossier()))
    refused(ask(COLLEGE, FRAMES, frame_values("D07", "meebeslissen", soort="Meebeslissen"), Dossier()), "INV-12")


@pytest.mark.parametrize(
    "content",
    [
        b"[[soorten]]\nnaam = 'Meebeslissen'\ntrede = 'meebeslissen'",
        b"[[soorten]]\nnaam = 'x'\ntrede = 'samen'",
        b"[[soorten]]\nnaam = ' '\ntrede = 'adviseren'",
        b"[[soorten]]\nnaam = 'x'\ntrede = 'adviseren'\ndelegatie = 'ja'",
        b"[[soorten]]\nnaam = 'x'\ntrede = 'adviseren'\n[[soorten]]\nnaam = 'X'\ntrede = 'raadplegen'",
        b"soorten = 'veel'",
        b"[[soorten",
        b"\xff",
    ],
)
def test_inv_12_a_ladder_that_gives_deciding_away_is_not_deployed(content: bytes) -> None:
    read = reading(ONE, files={"ladder.toml": content})
    assert read.definition is None and {one.rule for one in wrong(read.findings)} == {"INV-12"}


def wrong(found: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in found if one.severity is Severity.ERROR]


def test_the_ladder_of_the_city_reaches_the_rulings() -> None:
    assert family(ONE, files={"ladder.toml": WORDS}).matrix.ladder == ladder()


# --- INV-47 ----------------------------------------------------------------------------------------------------------

TOWN = b"[stad]\nid = 'stad'\n[[wijken]]\nid = 'noord'\n[[wijken]]\nid = 'zuid'\n"
APART = document(decision(("wijk: string",), ("uit",), ('"noord" => 1', 'not("noord") => 2'), name="apart"))
EVERYWHERE = document(decision(("wijk: string",), ("uit",), ("- => 1",), name="overal"))
REASON = "[[varianten]]\nwijk = 'noord'\nbestand = 'apart.dmn'\nreden = 'een proef tot 2028'\nvan = 2027-01-01\n"


def variants(**files: bytes) -> tuple[Finding, ...]:
    return reading(
        ONE, files={"stad.toml": TOWN} | {name.replace("_", "."): one for name, one in files.items()}
    ).findings


def test_inv_47_a_table_that_treats_one_wijk_apart_has_a_recorded_reason() -> None:
    (found,) = wrong(variants(apart_dmn=APART))
    assert (found.rule, found.file, found.name) == ("INV-47", "apart.dmn", "noord")
    assert not wrong(variants(overal_dmn=EVERYWHERE))


@pytest.mark.parametrize(
    "gone", ["wijk = 'noord'", "bestand = 'apart.dmn'", "reden = 'een proef tot 2028'", "van = 2027-01-01"]
)
def test_inv_47_a_reason_that_says_nothing_is_no_reason(gone: str) -> None:
    name = gone.split(" ")[0]
    for said in ("", f"{name} = ' '", f"{name} = '\u200b'"):
        found = wrong(variants(apart_dmn=APART, varianten_toml=REASON.replace(gone, said).encode()))
        assert {one.rule for one in found} == {"INV-47"}, (gone, said)
    other = REASON.replace("'noord'", "'zuid'").encode()
    assert wrong(variants(apart_dmn=APART, varianten_toml=other))


def test_inv_47_a_file_for_one_wijk_and_a_condition_on_one_wijk_are_variants_as_well() -> None:
    form = b'{"type": "default", "id": "x", "components": []}'
    assert [one.name for one in wrong(variants(besluit_zuid_form=form))] == ["zuid"]
    hidden = process("q", start("s"), user("t"), user("u"), end("e"), flow="s > t > u > e")
    apart = reading(hidden.replace('name="u"', 'name="&quot;zuid&quot;"'), files={"stad.toml": TOWN}).findings
    assert [one.name for one in wrong(apart) if one.rule == "INV-47"] == ["zuid"]


def test_inv_47_what_holds_in_one_wijk_can_be_asked_with_its_reason() -> None:
    files = {"stad.toml": TOWN, "apart.dmn": APART, "varianten.toml": REASON.encode()}
    (one,) = family(ONE, files=files).variants
    assert (one.wijk, one.file, one.reason, one.since) == ("noord", "apart.dmn", "een proef tot 2028", "2027-01-01")
    said = [found.sentence for found in reading(ONE, files=files).findings if found.rule == "INV-47"]
    assert said == ["Geldt anders in wijk “noord” sinds 2027-01-01: een proef tot 2028"]
    gone = reading(ONE, files={"stad.toml": TOWN, "varianten.toml": REASON.encode()}).findings
    assert [one.severity for one in gone if one.rule == "INV-47"] == [Severity.WARNING]
