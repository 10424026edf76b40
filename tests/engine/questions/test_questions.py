"""The questions as pure functions: their table, what they make of hostile records, and what cannot be steered."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ValuesUnreadable
from engine.questions import sample, writing
from engine.questions.catalogue import BY_NAME, QUESTIONS
from engine.questions.exceptions import LISTS
from engine.questions.material import CaseLine, Dossier, Entry, Material, TaskLine
from engine.questions.question import Question, answered
from engine.terms import Act, Json
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record, compose

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
CASE = "0" * 36
ASKED = (*QUESTIONS, *LISTS.values())
NOBODY: dict[str, Json] = {"ref": "p1", "role": "wijkcoordinator"}


def entry(record: Record) -> Entry:
    return Entry.read(record.digest, record.chain, record.seq, record.kind.value, record.at, record.body)


def material(*entries: Entry, **more: object) -> Material:
    one = CaseLine(CASE, "wijkcyclus", CASE, "w", 2027, "lopend", "v", len(entries) - 1, "h", AT, None)
    dossier = Dossier(CASE, (one,), entries, AT + timedelta(days=30))
    return Material(AT + timedelta(days=30), (dossier,), **more)  # type: ignore[arg-type]


def chain(*acts: tuple[Kind, dict[str, Json]]) -> list[Entry]:
    """A chain of these acts, a day apart."""
    head, found = Head(CASE), list[Entry]()
    for number, (kind, fields) in enumerate(acts):
        at = AT + timedelta(days=number)
        made = compose(head, kind, {"actor": NOBODY, **fields}, log="x/log/1", at=at, nonce=bytes(16))
        head = made.head
        found.append(entry(made))
    return found


def test_there_are_25_questions_each_with_its_own_number_and_columns() -> None:
    assert [one.name for one in QUESTIONS] == [str(number) for number in range(1, 26)]
    for one in ASKED:
        assert len(set(one.columns)) == len(one.columns) and one.text and one.kinds
        assert one.columns[-2:] == ("regel", "verbeterd_door")


@pytest.mark.parametrize("question", ASKED, ids=lambda one: one.name)
def test_a_dossier_of_which_nothing_is_known_answers_nothing(question: Question) -> None:
    assert [row for row in answered(question, material(), {}).rows if question.name not in ("21",)] == []


def lie(values: dict[str, Json], act: Act) -> dict[str, Json]:
    task: dict[str, Json] = {"id": "t", "element": "e", "process": "p", "act": act.value, "group": "college"}
    return {"task": task, "action": "afronden", "step": "D05", "subject": "I-01", "values": values}


ODD: tuple[Json, ...] = (None, True, -1, 10**6, "", "=1+1", "-2", "@x", "2027-13-01", [], ["x"], [1], {}, {"a": None})
ODD += ([{"onderdeel": 1}], [{"onderdeel": "I-01", "velden": []}], {"verzegeld": "0" * 64}, {"bedrag": "1,5"})
jsons = st.sampled_from(ODD)
FIELDS = ("opkomst", "kaders", "onderdelen", "velden", "bedrag", "datum", "trede", "termijn", "tot", "soort", "verzoek")


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(Kind), st.dictionaries(st.sampled_from(FIELDS), jsons)), max_size=4))
def test_no_values_however_strange_stop_a_question_but_by_saying_so(lies: list[tuple[Kind, dict[str, Json]]]) -> None:
    entries = chain(*((kind, lie(values, act)) for act in (Act.BESLUIT, Act.KADER) for kind, values in lies))
    tasks = (TaskLine("t", CASE, "e", "college", "D05", "*", "open", AT),)
    for question in ASKED:
        try:
            for row in answered(question, material(*entries, tasks=tasks), {}).rows:
                assert tuple(row) == question.columns
        except ValuesUnreadable:
            continue


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"case": 1}', '{"seq": 0}'])
def test_a_body_that_is_none_is_no_record_and_the_chain_says_so(text: str) -> None:
    broken = Entry.read("0" * 64, CASE, 0, Kind.CASE_STARTED.value, AT, text)
    assert not broken.is_sound
    (row,) = answered(BY_NAME["24"], material(broken, heads={CASE: (0, "0" * 64)}), {}).rows
    assert row["klopt"] is False and row["regels"] == 1


def test_who_did_alone_what_two_people_do_is_listed_also_when_no_rule_stopped_it() -> None:
    first: dict[str, Json] = {"id": "t1", "element": "invoeren"}
    second: dict[str, Json] = {"id": "t2", "element": "nakijken", "four_eyes": "invoeren"}
    done = chain(
        (Kind.TASK_COMPLETED, {"task": first, "action": "afronden"}),
        (Kind.TASK_COMPLETED, {"task": second, "action": "afronden", "actor": {"ref": "p2"}}),
        (Kind.TASK_COMPLETED, {"task": second, "action": "afronden", "actor": {"ref": "p3", "for": "p1"}}),
    )
    rows = answered(LISTS["vier-ogen"], material(*done), {}).rows
    assert [(row["wat"], row["wie"], row["gestopt"]) for row in rows] == [("nakijken", "p3", False)]


def test_the_time_that_a_case_stood_still_is_nobodys_delay() -> None:
    opened: dict[str, Json] = {"effect": {"opened": ["t1"]}}
    done: dict[str, Json] = {"task": {"id": "t1", "element": "e", "group": "college"}, "action": "afronden"}
    told = chain(
        (Kind.CASE_STARTED, opened),
        (Kind.CASE_SUSPENDED, {}),
        (Kind.TERM_EXTENDED, {}),
        (Kind.CASE_RESUMED, {}),
        (Kind.TASK_COMPLETED, done | {"ruling": {"outcome": "allowed"}}),
    )
    (row,) = answered(BY_NAME["13"], material(*told), {}).rows
    assert (row["dagen"], row["opgeschort"], row["wacht_op"], row["afgerond"]) == (2, 2, "college", True)


@given(st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=1, unique=True), st.randoms())
def test_a_sample_does_not_depend_on_the_order_and_grows_by_size(digests: list[str], chance: object) -> None:
    shuffled = list(digests)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    whole = sample.drawn(digests, "zaad", len(digests))
    assert sorted(whole) == sorted(digests)
    assert all(sample.drawn(shuffled, "zaad", size) == whole[:size] for size in range(len(digests) + 1))


def test_another_end_of_any_chain_is_another_seed() -> None:
    heads = {"a": (3, "0" * 64), "b": (0, "1" * 64)}
    seeds = {sample.seed_of_heads(one) for one in (heads, heads | {"a": (4, "0" * 64)}, heads | {"b": (0, "2" * 64)})}
    assert len(seeds) == 3


@given(jsons)
def test_no_cell_is_a_formula(value: Json) -> None:
    (_, (cell,)) = csv.reader(StringIO("".join(writing.csv_lines(("k",), [{"k": value}])), newline=""))
    assert isinstance(value, int) or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
