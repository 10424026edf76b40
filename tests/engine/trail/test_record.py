"""Records: their exact bytes, their chain, what they refuse to hold, and the sentence that each kind says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RecordRefused
from engine.terms import Act, Action, Json, Rung
from engine.trail.canonical import MAX_DEPTH, MAX_INTEGER, canonical, parse, written
from engine.trail.fields import FIELDS, are_fit, check_fields
from engine.trail.kinds import Kind, kind_of, sentence
from engine.trail.record import NO_RECORD, Head, Record, compose, digest_of, instant, read

NOW = datetime(2026, 3, 1, 9, 12, 33, 123999, UTC)
NONCE = bytes(range(16))
ACTOR: dict[str, Json] = {"ref": "ab" * 16, "role": "college", "groups": ["college"], "mandate": []}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=10)
values = st.recursive(scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(keys, v, max_size=4), max_leaves=12)
kinds = st.sampled_from(Kind)


def record(fields: dict[str, Json] | None = None, head: Head | None = None, kind: Kind = Kind.DECISION_TAKEN) -> Record:
    content: dict[str, Json] = {"actor": ACTOR, **(fields or {})}
    return compose(head or Head("zaak-1"), kind, content, log="wijkcyclus.delft/log/1", at=NOW, nonce=NONCE)


# --- canonical JSON ---


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    value: Json = {"b": [1, True, None], "a": 'é€"\\\n\x1f\x7f/', "A": "\u2028"}
    assert (
        canonical(value) == b'{"A":"\xe2\x80\xa8","a":"\xc3\xa9\xe2\x82\xac\\"\\\\\\n\\u001f\x7f/","b":[1,true,null]}'
    )


@given(values)
def test_what_is_parsed_and_written_again_has_the_same_bytes(value: Json) -> None:
    content = canonical(value)
    assert parse(content) == value
    assert canonical(parse(content)) == content


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        10**400,
        "\x00",
        "\ud800",
        {"é": 1},
        {"": 1},
        {"a\n": 1},
        {1: 1},
        (1,),
        b"x",
        {1},
        NOW,
    ],
)
@pytest.mark.parametrize("place", ["top", "in"])
def test_what_lies_outside_the_domain_is_refused(value: object, place: str) -> None:
    with pytest.raises(RecordRefused):
        canonical(value if place == "top" else {"x": [value]})  # type: ignore[arg-type, list-item]


def test_the_refusal_names_the_place() -> None:
    with pytest.raises(RecordRefused, match=r"^gegevens\.rijen\[1\]\.bedrag: een kommagetal"):
        canonical({"gegevens": {"rijen": [1, {"bedrag": 0.5}]}})  # type: ignore[dict-item]


def test_depth_and_size_have_a_bound() -> None:
    deep: Json = 1
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(RecordRefused, match="niveaus"):
        canonical(deep)
    with pytest.raises(RecordRefused, match="groter"):
        canonical("x" * 5_000_000)
    with pytest.raises(RecordRefused, match="groter"):
        parse(b'"' + b"x" * 5_000_000 + b'"')


@pytest.mark.parametrize(
    "content",
    [
        *[b"", b"{", b'{"a":1,"a":1}', b'{"a":1, "b":2}', b'{"b":1,"a":2}', b"1.0", b"1e2", b"-0", b"NaN", b"\xff"],
        *[b'"\\u00e9"', b'"\\ud800"', b'"\\/"', b" 1", b"1\n", b"\xef\xbb\xbf1", b"[" * 100_000, b"9" * 5000],
    ],
)
def test_bytes_that_are_not_canonical_are_refused(content: bytes) -> None:
    with pytest.raises(RecordRefused):
        parse(content)


# --- records ---


def test_the_first_record_of_a_chain_is_number_0_and_follows_on_nothing() -> None:
    first = record()
    assert (first.chain, first.seq, first.prev) == ("zaak-1", 0, NO_RECORD)
    assert json.loads(first.body) == {
        "v": 1,
        "log": "wijkcyclus.delft/log/1",
        "kind": "besluit:genomen",
        "case": "zaak-1",
        "seq": 0,
        "prev": "0" * 64,
        "at": "2026-03-01T09:12:33.123Z",
        "nonce": "000102030405060708090a0b0c0d0e0f",
        "actor": ACTOR,
    }


def test_the_digest_is_over_the_prefix_and_the_exact_bytes() -> None:
    # Computed once with sha256sum; it must never change: the rule is frozen.
    assert digest_of("{}") == "3cdaaa6969644af6e96077da5a05189ce5939ee34e94fb1496ed986a96d8d9aa"
    assert record().digest == digest_of(record().body)


@given(st.lists(st.tuples(kinds, st.dictionaries(keys, values, max_size=3)), min_size=1, max_size=8))
def test_a_chain_is_gapless_and_each_record_names_the_one_before(acts: list[tuple[Kind, dict[str, Json]]]) -> None:
    head = Head("zaak-1")
    for number, (kind, given_values) in enumerate(acts):
        made = record({"values": given_values}, head, kind)
        body = read(made.body)
        assert (body["seq"], body["prev"], body["kind"]) == (number, head.digest, kind.value)
        assert canonical(body).decode() == made.body
        assert made.digest == digest_of(made.body) != head.digest
        assert made.head == Head("zaak-1", number, made.digest)
        head = made.head


def test_equal_acts_under_another_nonce_have_another_digest() -> None:
    other = compose(Head("zaak-1"), Kind.DECISION_TAKEN, {"actor": ACTOR}, log="x", at=NOW, nonce=b"\x01" * 16)
    same = compose(Head("zaak-1"), Kind.DECISION_TAKEN, {"actor": ACTOR}, log="x", at=NOW, nonce=b"\x02" * 16)
    assert other.digest != same.digest


def test_a_moment_is_written_in_utc_with_milliseconds_and_the_column_says_the_same() -> None:
    summer = datetime(2026, 7, 1, 12, 0, 0, 999999, timezone(timedelta(hours=2)))
    assert instant(summer) == "2026-07-01T10:00:00.999Z"
    made = compose(Head("z"), Kind.CASE_STARTED, {"actor": ACTOR}, log="x", at=summer, nonce=NONCE)
    assert instant(made.at) == "2026-07-01T10:00:00.999Z"
    assert made.at.microsecond == 999000
    with pytest.raises(RecordRefused, match="tijdzone"):
        instant(datetime(2026, 7, 1))  # noqa: DTZ001  # the attack


HANDLE: Json = {"verzegeld": "a" * 64}
FULL: dict[str, Json] = {
    "action": "afronden",
    "dossier": "zaak-0",
    "other": "cd" * 16,
    "scope": {"wijk": "tanthof", "groep": None},
    "task": {
        "id": "t1",
        "element": "besluit",
        "name": "Besluit één",
        "act": "besluit",
        "phase": "uitwerken",
    },
    "step": "D09",
    "rung": "coproduceren",
    "subject": "jongerenplek (locatie A)",
    "ruling": {"rule": "D09/coproduceren", "outcome": "allowed", "matrix": "b" * 64, "grounds": ["c" * 64]},
    "inputs": [{"name": "conceptprogramma", "sha256": "d" * 64}],
    "advice": [{"record": "e" * 64, "position": "afwijzend", "from": "bewonersplatform"}],
    "values": {"keuze": "A", "toelichting": HANDLE},
    "decision": {"outcome": "vastgesteld"},
    "deviation": [{"item": "I-02", "rung": "coproduceren", "field": "locatie", "from": "A", "to": None}],
    "motivation": HANDLE,
    "effect": {
        "state_before": "sha256:" + "a" * 64,
        "opened": ["t2"],
        "ended": False,
        "cents": 3_800_000,
        "passed": [{"a": 1}],
    },
    "definition": {"id": "uitwerken", "version": 7, "sha256": "f" * 64},
}


def test_a_full_record_of_every_field_is_accepted() -> None:
    assert set(FULL) | {"actor"} == set(FIELDS)
    assert read(record(FULL).body)["motivation"] == HANDLE


ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**53, 1.0, 0.5, float("nan"), b"x", NOW, {1}, (1,), (), Act.BESLUIT, Rung.MEEWETEN),
    *("", "x", "\x00", "\ud800", "\\u0000", "é", "x\n", "x" * 301, "D09", "a" * 64, "a" * 64 + "\n", "allowed"),
    *([], {}, [1], ["x"], [None], {"a": 1}, {"é": 1}, {"": 1}, {1: 2}, {"a": "\x00"}, HANDLE, {"verzegeld": HANDLE}),
)
DEEP: list[Any] = [1]
while len(DEEP) <= MAX_DEPTH:
    DEEP.append([DEEP[-1]])


def altered(value: Any) -> Iterator[Any]:
    """The value with each part of it, and the whole, replaced by each odd value, and with what should not be there."""
    yield from (*ODD, *DEEP[-7:])
    if isinstance(value, dict):
        yield from ({**value, name: inner} for name in value for inner in altered(value[name]))
        yield from ({**value, name: one} for name in ("x", "", "é") for one in ODD)
    if isinstance(value, list):
        yield from ([inner] for one in value for inner in altered(one))


def told(write: Callable[[Any], bytes], fields: Any) -> bytes | str:
    try:
        return write(fields)
    except RecordRefused as wrong:
        return str(wrong)


def test_what_fits_at_once_is_what_the_checks_let_pass_and_is_written_as_they_would() -> None:
    """The quick answer may not say yes where a check says no, whatever stands wherever in a record."""
    whole: Any = {"actor": ACTOR, **FULL, "scope": {"wijk": "tanthof"}, "definition": {"version": "ab" * 32}}
    assert are_fit(whole)
    fit = [fields for fields in altered(whole) if isinstance(fields, dict) and are_fit(fields)]
    assert len(fit) > 400
    for fields in fit:
        check_fields(fields)
        assert told(written, fields) == told(canonical, fields)


def test_a_field_that_is_none_is_left_out() -> None:
    assert record({"step": None}).body == record().body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("naam", "Jan"),
        ("seq", 4),
        ("prev", "a" * 64),
        ("kind", "taak:afgerond"),
        ("at", "2020-01-01T00:00:00.000Z"),
        ("nonce", "00"),
        ("log", "elders"),
        ("motivation", "omdat het zo is"),
        ("motivation", {"verzegeld": "kort"}),
        ("motivation", {"verzegeld": "a" * 64, "tekst": "omdat"}),
        ("rung", "meedenken"),
        ("step", "D9"),
        ("action", "verwijderen"),
        ("values", ["a"]),
        ("deviation", [{"item": "I-02", "reason": "geluid"}]),
        ("deviation", {"item": "I-02"}),
        ("actor", {"ref": "Jan Jansen"}),
        ("actor", {"ref": "a", "naam": "Jan"}),
        ("ruling", {"outcome": "misschien"}),
        ("ruling", {"grounds": ["x"]}),
        ("task", {"toelichting": "x"}),
        ("task", {"name": "x" * 400}),
        ("effect", {"cents": True}),
        ("effect", {"cents": 10.0}),
        ("effect", {"ended": 1}),
        ("definition", {"version": True}),
        ("subject", ""),
        ("values", {"bedrag": 1.5}),
    ],
)
def test_a_field_that_records_do_not_have_or_cannot_hold_is_refused_by_name(field: str, value: Json) -> None:
    with pytest.raises(RecordRefused, match=rf"^{field}|^values\.bedrag|^deviation|^effect"):
        record({field: value})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("actor", "Jan", "actor: moet een object zijn"),
        ("inputs", {}, "inputs: moet een lijst zijn"),
        ("inputs", ["x"], r"inputs\[0\]: moet een object zijn"),
        ("effect", {"passed": ["x"]}, r"effect\.passed\[0\]: moet een object zijn"),
    ],
)
def test_a_value_of_another_shape_is_refused_with_the_shape_it_should_have(field: str, value: Json, said: str) -> None:
    with pytest.raises(RecordRefused, match=f"^{said}$"):
        record({field: value})


def test_a_record_without_an_actor_or_with_a_weak_nonce_is_refused() -> None:
    with pytest.raises(RecordRefused, match="actor"):
        compose(Head("z"), Kind.CASE_FINISHED, {}, log="x", at=NOW, nonce=NONCE)
    with pytest.raises(RecordRefused, match="nonce"):
        compose(Head("z"), Kind.CASE_FINISHED, {"actor": ACTOR}, log="x", at=NOW, nonce=b"short")


@pytest.mark.parametrize(
    "head", [Head(""), Head("z z"), Head("z", 3, "x"), Head("z", 3, "A" * 64), Head("z", MAX_INTEGER)]
)
def test_a_head_of_the_wrong_shape_is_refused(head: Head) -> None:
    with pytest.raises(RecordRefused):
        record(head=head)


def test_text_that_is_no_record_is_not_read() -> None:
    for text in ('{"v":2}', "[]", '{"v": 1}', ""):
        with pytest.raises(RecordRefused):
            read(text)


# --- kinds ---


def test_every_kind_follows_the_grammar_and_says_one_sentence() -> None:
    for kind in Kind:
        noun, verb = kind.value.split(":")
        assert noun.isalpha()
        assert verb.isalpha()
        said = sentence(read(record(kind=kind).body))
        assert said[0].isupper()
        assert said.endswith(".")
        assert "{" not in said


def test_the_published_kinds_are_still_all_there() -> None:
    frozen = "taak:afgerond taak:geweigerd besluit:genomen besluit:geweigerd kader:vastgesteld zaak:gestart zaak:gereed"
    assert set(frozen.split()) <= set(Kind)


def test_a_sentence_tells_who_what_and_under_which_rule() -> None:
    body = read(
        record(
            {
                "task": {"id": "t", "element": "besluit_wijkprogramma", "name": "Wijkprogramma vaststellen"},
                "step": "D09",
                "rung": "coproduceren",
                "ruling": {"rule": "INV-07", "outcome": "refused", "reason": "Bij een afwijking hoort een reden."},
            },
            kind=Kind.DECISION_REFUSED,
        ).body
    )
    assert sentence(body) == (
        "College mocht het besluit bij ‘Wijkprogramma vaststellen’ niet nemen (beslisstap D09), trede coproduceren: "
        "Bij een afwijking hoort een reden (regel INV-07)."
    )


def test_a_sentence_never_shows_values() -> None:
    body = read(record({"values": {"naam": "GEHEIM"}, "subject": "I-02"}).body)
    assert "GEHEIM" not in sentence(body)
    assert "over I-02" in sentence(body)


def test_a_sentence_about_braces_in_a_name_is_not_a_template() -> None:
    body = read(record({"task": {"name": "{wie} {0}"}}, kind=Kind.TASK_COMPLETED).body)
    assert "‘{wie} {0}’" in sentence(body)


@pytest.mark.parametrize("action", [one for one in Action if one not in (Action.READ, Action.REVOKE)])
@pytest.mark.parametrize("act", [None, *Act])
def test_every_action_leaves_a_kind_and_its_refusal_a_refusal(action: Action, act: Act | None) -> None:
    assert not kind_of(action, act, allowed=True).is_refusal
    assert kind_of(action, act, allowed=False).is_refusal


def test_a_refusal_names_what_was_refused() -> None:
    refused = {action: kind_of(action, None, allowed=False) for action in Action}
    assert refused[Action.ATTEMPT] is Kind.ATTEMPT_REFUSED
    assert refused[Action.CONTRIBUTE] is Kind.CONTRIBUTION_REFUSED
    assert refused[Action.DEPLOY] is Kind.DEFINITION_REFUSED
    assert refused[Action.CLAIM] is refused[Action.COMPLETE] is Kind.TASK_REFUSED
    assert kind_of(Action.COMPLETE, Act.BESLUIT, allowed=False) is Kind.DECISION_REFUSED
    assert kind_of(Action.COMPLETE, Act.BEKRACHTIGING, allowed=False) is Kind.RATIFICATION_REFUSED


def test_reading_and_withdrawing_refused_leave_a_refusal_as_well() -> None:
    assert kind_of(Action.READ, None, allowed=False) is Kind.ACT_REFUSED
    assert kind_of(Action.REVOKE, None, allowed=False) is Kind.ACT_REFUSED
