"""A form judges a submission as the designer drew it: all faults at once, in Dutch, at their place."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.forms import Form


def bytes_of(*components: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "default", "id": "proef", "components": list(components), **more}).encode()


def form_of(*components: dict[str, Any]) -> Form:
    form, findings = Form.read(bytes_of(*components), "proef.form")
    assert form is not None, findings
    return form


def field(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key.capitalize(), **more}


def faults(form: Form, values: Any) -> list[tuple[str, str]]:
    loaded, found = form.load(values)
    assert loaded == {} or not found, "values come without faults, or not at all"
    return [(fault.field, fault.message) for fault in found]


REQUIRED = {"required": True}
CONTRIBUTION = form_of(
    field("textarea", "tekst", validate={"required": True, "maxLength": 40}),
    field("select", "kanaal", validate=REQUIRED, values=[{"value": "online"}, {"value": "papier"}]),
    field("number", "aantal", validate={"min": 1, "max": 9}),
)
HIDING = form_of(
    field("select", "uitkomst", validate=REQUIRED, values=[{"value": "ja"}, {"value": "nee"}]),
    field("textarea", "reden", validate=REQUIRED, conditional={"hide": 'uitkomst = "ja"'}),
)
ROWS = form_of(
    {
        "type": "dynamiclist",
        "path": "toetsen",
        "label": "Toetsen",
        "validate": REQUIRED,
        "properties": {"maximaal": "3"},
        "components": [
            field("textfield", "optie", validate=REQUIRED, properties={"openbaar": "ja"}),
            field("checkbox", "kan"),
            field("textfield", "reden", validate=REQUIRED, conditional={"hide": "kan = true"}),
        ],
    }
)
AMOUNT = form_of(field("textfield", "bedrag", properties={"soort": "bedrag"}, validate={"max": 25000}))


def test_a_sound_submission_is_taken_as_it_is() -> None:
    values: dict[str, Any] = {"tekst": "meer bankjes", "kanaal": "online", "aantal": 3}
    assert CONTRIBUTION.load(values) == (values, ())


def test_all_faults_come_at_once_with_label_and_place() -> None:
    assert faults(CONTRIBUTION, {"kanaal": "duif", "aantal": 12, "extra": 1}) == [
        ("tekst", "Tekst: vul dit in"),
        ("kanaal", "Kanaal: kies uit online, papier"),
        ("aantal", "Aantal: een getal van 1 tot en met 9"),
        ("extra", "dit veld hoort niet bij dit formulier"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "nul\x00", "half \ud800", 5, None, ["x"], {"verzegeld": "0" * 64}, "x" * 41, True, 1.5],
)
def test_a_required_text_is_text_of_bounded_length_without_control_characters(text: Any) -> None:
    (place, _message), *others = faults(CONTRIBUTION, {"tekst": text, "kanaal": "online"})
    assert (place, others) == ("tekst", [])


@pytest.mark.parametrize("number", [1.0, float("nan"), float("inf"), True, "3", 10**60, -1, [3]])
def test_a_number_is_a_whole_number_within_its_bounds(number: Any) -> None:
    assert [place for place, _ in faults(CONTRIBUTION, {"tekst": "x", "kanaal": "online", "aantal": number})] == [
        "aantal"
    ]


@pytest.mark.parametrize("values", [None, 5, "x", [], [["a", 1]]])
def test_what_is_no_table_of_fields_is_one_fault(values: Any) -> None:
    assert len(faults(CONTRIBUTION, values)) == 1
    assert len(faults(HIDING, values)) == 1


def test_deep_values_do_not_reach_a_field() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert [place for place, _ in faults(CONTRIBUTION, {"tekst": deep, "kanaal": "online"})] == ["tekst"]


def test_a_hidden_field_may_not_be_sent() -> None:
    assert HIDING.load({"uitkomst": "ja"})[1] == ()
    [(place, message)] = faults(HIDING, {"uitkomst": "ja", "reden": "stiekem"})
    assert place == "reden"
    assert "niet van toepassing" in message


def test_a_field_that_its_condition_shows_is_required_on_the_server() -> None:
    assert faults(HIDING, {"uitkomst": "nee"}) == [("reden", "Reden: vul dit in")]
    assert HIDING.load({"uitkomst": "nee", "reden": "te duur"})[1] == ()


def test_a_condition_is_judged_together_with_the_other_faults() -> None:
    both = form_of(
        field("checkbox", "anders"),
        field("textfield", "hoe", validate=REQUIRED, conditional={"hide": "anders != true"}),
        field("number", "aantal", validate=REQUIRED),
    )
    assert faults(both, {"anders": True}) == [("aantal", "Aantal: vul dit in"), ("hoe", "Hoe: vul dit in")]


def test_a_condition_holds_for_each_row_by_itself() -> None:
    rows = [{"optie": "A", "kan": True, "reden": "x"}, {"optie": "B", "kan": False}, {"optie": "C", "kan": True}]
    assert [place for place, _ in faults(ROWS, {"toetsen": rows})] == ["toetsen[0].reden", "toetsen[1].reden"]


def test_a_group_with_a_condition_hides_all_that_stands_in_it() -> None:
    form = form_of(
        field("checkbox", "punt"),
        {
            "type": "group",
            "label": "Punt",
            "conditional": {"hide": "punt != true"},
            "components": [field("textfield", "verzoek", validate=REQUIRED)],
        },
    )
    assert form.load({})[1] == ()
    assert faults(form, {"punt": True}) == [("verzoek", "Verzoek: vul dit in")]
    assert [place for place, _ in faults(form, {"verzoek": "x"})] == ["verzoek"]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([], ["toetsen"]),
        ([{"optie": "A", "kan": True}] * 4, ["toetsen"]),
        ("A", ["toetsen"]),
        (["A"], ["toetsen[0]"]),
        ([None], ["toetsen[0]"]),
        ([{"kan": True}], ["toetsen[0].optie"]),
        ([{"optie": "A", "kan": True, "x": 1}], ["toetsen[0].x"]),
    ],
)
def test_rows_are_counted_and_each_judged(rows: Any, places: list[str]) -> None:
    assert [place for place, _ in faults(ROWS, {"toetsen": rows})] == places


@pytest.mark.parametrize(
    ("text", "cents"),
    [("1.850,00", 185000), ("1850", 185000), ("€ 12,50", 1250), ("0", 0), ("25.000", 2500000), ("25000,00", 2500000)],
)
def test_an_amount_in_euros_is_kept_in_cents(text: str, cents: int) -> None:
    assert AMOUNT.load({"bedrag": text}) == ({"bedrag": cents}, ())


@pytest.mark.parametrize(
    "text",
    ["1,850.00", "18.50", "1,5", "-5", "25.000,01", "1e3", "", "NaN", "１２", "1.85.000", "12 euro", 185000, True],
)
def test_an_amount_that_can_be_read_in_two_ways_is_refused(text: Any) -> None:
    assert [place for place, _ in faults(AMOUNT, {"bedrag": text})] == ["bedrag"]


@pytest.mark.parametrize(
    "day", ["2027-02-30", "31-03-2027", "2027-3-1", "20270331", "0001-01-01", 2027, "２０２７-01-01"][::1]
)
def test_a_date_exists_and_is_written_as_iso(day: Any) -> None:
    form = form_of({"type": "datetime", "key": "dag", "subtype": "date", "dateLabel": "Dag", "validate": REQUIRED})
    assert form.load({"dag": "2027-03-31"}) == ({"dag": "2027-03-31"}, ())
    assert [place for place, _ in faults(form, {"dag": day})] == ["dag"]


def test_a_choice_of_several_takes_each_once() -> None:
    form = form_of(field("checklist", "kanalen", validate=REQUIRED, values=[{"value": "a"}, {"value": "b"}]))
    assert form.load({"kanalen": ["b", "a"]}) == ({"kanalen": ["b", "a"]}, ())
    for wrong in ([], ["a", "a"], ["c"], "a", [1]):
        assert [place for place, _ in faults(form, {"kanalen": wrong})] == ["kanalen"]


def test_a_box_that_must_be_ticked_is_ticked() -> None:
    form = form_of(field("checkbox", "akkoord", validate=REQUIRED))
    assert form.load({"akkoord": True})[1] == ()
    for wrong in (False, 1, "true", None):
        assert [place for place, _ in faults(form, {"akkoord": wrong})] == ["akkoord"]


def test_a_pattern_holds_for_the_whole_text_and_cannot_hang() -> None:
    form = form_of(field("textfield", "code", validate={"pattern": "(a+)+b|[A-Z]-[0-9]{2}"}))
    assert form.load({"code": "I-02"})[1] == ()
    assert len(faults(form, {"code": "I-02x"})) == 1
    began = time.perf_counter()
    assert len(faults(form, {"code": "a" * 400})) == 1
    assert time.perf_counter() - began < 2


def test_free_text_is_sealed_unless_the_designer_says_that_it_is_public() -> None:
    assert CONTRIBUTION.sealed == {"tekst"}
    assert ROWS.sealed == {"toetsen.reden"}
    assert AMOUNT.sealed == frozenset()
    grouped = form_of(
        {"type": "group", "path": "velden", "components": [field("textfield", "plek"), field("number", "aantal")]}
    )
    assert grouped.sealed == {"velden.plek"}


@pytest.mark.parametrize(
    "component",
    [
        field("filepicker", "bestand"),
        field("textfield", "Hoofdletter"),
        field("textfield", "", validate=REQUIRED),
        field("textfield", "x", validate={"minimum": 3}),
        field("textfield", "x", validate={"validationType": "email"}),
        field("textfield", "x", validate={"pattern": "("}),
        field("textfield", "x", validate={"maxLength": "veel"}),
        field("textfield", "x", conditional={"hide": "__import__('os')"}),
        field("textfield", "x", conditional={"show": "true"}),
        field("textfield", "x", disabled=True),
        field("number", "x", decimalDigits=2),
        field("number", "x", validate={"min": "weinig"}),
        field("select", "x"),
        field("select", "x", valuesKey="lijst"),
        field("select", "x", values=[{"value": "a"}, {"value": "a"}]),
        {"type": "datetime", "key": "x", "subtype": "datetime"},
        {"type": "dynamiclist", "path": "x", "components": "geen lijst"},
        {"type": "dynamiclist", "path": "x", "components": [], "properties": {"maximaal": "999999"}},
        {"type": "group", "path": "verkeerd pad", "components": []},
        "geen onderdeel",
    ],
)
def test_what_a_form_asks_and_is_not_read_is_a_finding(component: Any) -> None:
    form, findings = Form.read(bytes_of(component), "proef.form")
    assert form is None
    assert len(findings) == 1
    assert findings[0].file == "proef.form"
    assert findings[0].sentence


@pytest.mark.parametrize("content", [b"", b"[]", b"5", b"{", b'{"id": 5, "components": []}', b'{"id": "x"}', b"\xff"])
def test_a_file_that_is_no_form_is_a_finding(content: bytes) -> None:
    form, findings = Form.read(content, "proef.form")
    assert form is None
    assert findings


def test_a_key_that_stands_there_twice_is_a_finding() -> None:
    form, findings = Form.read(bytes_of(field("number", "x"), field("textfield", "x")), "proef.form")
    assert form is None
    assert "twee keer" in findings[0].sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["toetsen", "optie", "kan", "reden", "tekst", "uitkomst", "bedrag"])


@settings(max_examples=150, deadline=None)
@given(values=st.dictionaries(KEYS, JSON, max_size=4), form=st.sampled_from([ROWS, HIDING, CONTRIBUTION, AMOUNT]))
def test_no_submission_makes_a_form_stumble(values: dict[str, Any], form: Form) -> None:
    loaded, found = form.load(values)
    assert set(loaded) <= set(values)
    assert all(fault.message for fault in found)
    assert not (loaded and found)


def test_loading_three_fields_takes_less_than_sixty_microseconds() -> None:
    values: dict[str, Any] = {"tekst": "meer bankjes", "kanaal": "online", "aantal": 3}
    best = min(_seconds_of(values) for _ in range(20))
    assert best < 60e-6


def _seconds_of(values: dict[str, Any]) -> float:
    began = time.process_time()
    for _ in range(200):
        CONTRIBUTION.load(values)
    return (time.process_time() - began) / 200
