"""The allow-list: what it does not name does not leave, whatever a record holds and however a list is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import openness
from engine.openness import CLOSED, FILE, Openness
from engine.terms import Json, Severity
from engine.trail.kinds import Kind
from tests.engine.bpmn import end, process, start, user
from tests.engine.families import family, reading

LIST = """
processen = ["wijkcyclus"]
[[regels]]
soorten = ["besluit:genomen"]
velden = ["op", "rol", "gegevens.bedrag", "gegevens.onderdelen.onderdeel", "afwijkingen.veld", "afwijkingen.reden"]
[[regels]]
soorten = ["regel:gecorrigeerd"]
velden = ["gegevens.regel"]
"""
SECRET = "nergens te lezen"
PERSON = "0123456789abcdef0123456789abcdef"
DIGEST = "0" * 64
SIMPLE = process("p", start("s"), user("a"), end("e"), flow="s > a > e")


def read(text: str) -> Openness:
    found, findings = openness.read(text.encode(), ["wijkcyclus"])
    assert not findings, findings
    return found


def body(**more: Json) -> dict[str, Json]:
    return {
        "kind": "besluit:genomen",
        "at": "2026-03-01T23:30:00.000Z",
        "actor": {"ref": PERSON, "role": "college", "groups": [SECRET], "for": PERSON},
        "task": {"id": SECRET, "name": SECRET},
        "subject": SECRET,
        "ruling": {"rule": SECRET, "reason": SECRET, "outcome": "allowed"},
        **more,
    }


def test_only_what_the_list_names_leaves_and_only_the_day_of_it() -> None:
    values: dict[str, Json] = {
        "bedrag": 100,
        "indiener": SECRET,
        "onderdelen": [{"onderdeel": "I-01", "eigenaar": SECRET}, SECRET, {"eigenaar": SECRET}],
    }
    shown = read(LIST).shown(body(values=values), DIGEST)
    assert shown == {
        "regel": DIGEST,
        "soort": "besluit:genomen",
        "zin": "College nam een besluit bij de taak.",
        "op": "2026-03-02",  # in Amsterdam it was past midnight
        "rol": "college",
        "gegevens": {"bedrag": 100, "onderdelen": [{"onderdeel": "I-01"}]},
        "verzegeld": 0,
    }


def test_a_sealed_value_never_leaves_and_is_counted() -> None:
    handle: Json = {"verzegeld": "a" * 64}
    shown = read(LIST).shown(
        body(values={"bedrag": handle, "reden": handle}, deviation=[{"field": "locatie", "reason": handle}]), DIGEST
    )
    assert shown is not None
    assert shown["verzegeld"] == 3 and "gegevens" not in shown
    assert shown["afwijkingen"] == [{"veld": "locatie"}]
    assert "a" * 64 not in json.dumps(shown)


@pytest.mark.parametrize("hidden", [{"onderdeel": SECRET}, [{"bedrag": SECRET}], [[{"a": SECRET}]], PERSON, [PERSON]])
def test_a_part_that_the_list_did_not_foresee_does_not_leave(hidden: Json) -> None:
    shown = read(LIST).shown(body(values={"bedrag": hidden, "onderdelen": {"onderdeel": hidden}}), DIGEST)
    assert SECRET not in json.dumps(shown) and PERSON not in json.dumps(shown)


@pytest.mark.parametrize("kind", [one for one in Kind if one not in (Kind.DECISION_TAKEN, Kind.RECORD_CORRECTED)])
def test_a_kind_that_is_not_listed_does_not_exist(kind: Kind) -> None:
    assert read(LIST).shown(body(kind=kind.value), DIGEST) is None


@pytest.mark.parametrize("kind", [None, 3, "", "iets:anders", ["besluit:genomen"]])
def test_what_is_no_kind_is_nothing(kind: Json) -> None:
    assert read(LIST).shown(body(kind=kind), DIGEST) is None


def test_without_a_list_nothing_is_public() -> None:
    assert CLOSED.shown(body(values={"bedrag": 1}), DIGEST) is None and not CLOSED.processes
    assert family(SIMPLE).openness == CLOSED


_ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(SECRET), st.just(PERSON)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["onderdeel", "veld", "x", "verzegeld", "bedrag"]), inner, max_size=3),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["onderdelen", "indiener", "velden", "eigenaar"]), _ANY))
@settings(deadline=None, max_examples=150)
def test_whatever_shape_a_submission_has_no_unlisted_text_and_no_person_leaves(values: dict[str, Json]) -> None:
    allowed = read(LIST.replace("gegevens.onderdelen.onderdeel", "gegevens.onderdelen.aantal"))
    shown = json.dumps(allowed.shown(body(values=values), DIGEST))
    assert SECRET not in shown and PERSON not in shown


def test_a_correction_shows_the_same_fields_as_what_it_corrects() -> None:
    values: dict[str, Json] = {"bedrag": 5, "indiener": SECRET, "reden": SECRET}
    assert read(LIST).corrected(values, body()) == {"bedrag": 5}
    assert read(LIST).corrected(values, body(kind="inbreng:vastgelegd")) == read(LIST).corrected(values, {}) == {}


BOOKED = """
[[regels]]
soorten = ["bijdrage:ontvangen"]
velden = ["op", "gegevens.kanaal"]
[[regels]]
soorten = ["boeking:gedaan"]
velden = ["op", "gegevens.bedrag"]
"""


@pytest.mark.parametrize(
    ("act", "seen"), [("boeking", {"bedrag": 5}), ("inbreng", {"kanaal": "x"}), (None, {"kanaal": "x"})]
)
def test_money_that_a_collecting_task_took_in_is_public_as_a_booking_and_words_are_not(act: Json, seen: Json) -> None:
    values: dict[str, Json] = {"bedrag": 5, "kanaal": "x", "tekst": SECRET}
    record = body(kind="bijdrage:ontvangen", task={"act": act, "name": SECRET}, values=values)
    found = read(BOOKED).shown(record, DIGEST)
    assert found is not None and found["gegevens"] == seen and SECRET not in json.dumps(found)
    assert read(BOOKED).corrected(values, record) == seen


RULES = '[[regels]]\nsoorten = ["besluit:genomen"]\nvelden = {0}'


@pytest.mark.parametrize(
    "text",
    [
        "geen toml",
        "iets = 1",
        'processen = "wijkcyclus"',
        "processen = [3]",
        "regels = 3",
        "regels = [3]",
        '[[regels]]\nsoorten = ["besluit:genomen"]',
        '[[regels]]\nsoorten = ["iets:anders"]\nvelden = ["op"]',
        '[[regels]]\nsoorten = ["besluit:geweigerd"]\nvelden = ["op"]',
        '[[regels]]\nsoorten = ["besluit:genomen", "besluit:genomen"]\nvelden = ["op"]',
        RULES.format('["gegevens"]'),
        RULES.format('["afwijkingen"]'),
        RULES.format('["gegevens."]'),
        RULES.format('["gegevens..bedrag"]'),
        RULES.format('["op.dag"]'),
        RULES.format('["wie"]'),
        RULES.format('["actor.ref"]'),
        RULES.format('[["op"]]'),
        RULES.format('["*"]'),
    ],
)
def test_a_list_with_a_fault_opens_nothing_and_says_so(text: str) -> None:
    found, findings = openness.read(text.encode(), ["wijkcyclus"])
    assert found == CLOSED and findings


def test_a_family_with_a_fault_in_its_list_cannot_be_released() -> None:
    sound, wrong = (reading(SIMPLE, files={FILE: text}) for text in (b'processen = ["p"]', b"processen = 3"))
    assert sound.definition is not None and sound.definition.openness.processes == {"p"}
    assert wrong.definition is None and [one.file for one in wrong.findings if one.rule == "openbaar/lijst"] == [FILE]


def test_a_process_that_is_not_there_is_warned_of() -> None:
    found, findings = openness.read(b'processen = ["wijkcyclus", "weg"]', ["wijkcyclus"])
    assert found.processes == {"wijkcyclus", "weg"}
    assert [(one.severity, "weg" in one.sentence) for one in findings] == [(Severity.WARNING, True)]
