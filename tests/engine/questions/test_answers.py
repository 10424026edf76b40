"""What three of the answers rest on: which case answered a point, what a version changed, how long what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.decisions import Table, read_tables
from engine.definition import version_of_manifest
from engine.questions.catalogue import BY_NAME
from engine.questions.material import CaseLine, Dossier, Entry, Material, Row
from engine.questions.question import answered
from engine.safexml import read
from engine.terms import Json
from engine.trail.kinds import Kind
from engine.trail.record import Head, compose
from tests.engine.families import PROCESSES

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
NOW = AT + timedelta(days=400)
ENDED = datetime(2027, 12, 30, 9, tzinfo=UTC)
YEAR, ONE, TWO, ORGANISATION = "y" * 36, "a" * 36, "b" * 36, "organisatie"
WHO: dict[str, Json] = {"ref": "p1", "role": "wijkcoordinator"}
Act = tuple[Kind, int, dict[str, Json]]


def entries(chain: str, *acts: Act) -> tuple[Entry, ...]:
    """A chain of these acts, each so many days after the beginning."""
    head, found = Head(chain), list[Entry]()
    for kind, day, fields in acts:
        at = AT + timedelta(days=day)
        made = compose(head, kind, {"actor": WHO, **fields}, log="x/log/1", at=at, nonce=bytes(16))
        head = made.head
        found.append(Entry.read(made.digest, chain, made.seq, made.kind.value, at, made.body))
    return tuple(found)


def case(ident: str, process: str, version: str = "v") -> CaseLine:
    return CaseLine(ident, process, YEAR, "w", 2027, "gereed", version, 0, "h", AT, ENDED)


def asked(nr: str, material: Material) -> tuple[Row, ...]:
    return answered(BY_NAME[nr], material, {}).rows


def point(name: str) -> dict[str, Json]:
    task: dict[str, Json] = {"id": name, "element": "e", "process": "p", "act": "besluit", "group": "wijkcoordinator"}
    values: dict[str, Json] = {"kenmerk": name, "geadresseerde": "college"}
    return {"task": task, "action": "afronden", "step": "D04", "subject": name, "values": values}


def sent(by: str) -> dict[str, Json]:
    return {"values": {"bericht": "aandachtspunt", "sleutel": "x", "van": by}}


def answer(said: str) -> dict[str, Json]:
    task: dict[str, Json] = {"id": said, "element": "e", "process": "p", "product": "antwoord_aandachtspunt"}
    return {"task": task | {"act": "product", "group": "college"}, "action": "afronden", "values": {"antwoord": said}}


def test_an_answer_belongs_to_the_point_of_the_case_that_sent_it_and_not_to_one_decided_before() -> None:
    other = "c" * 36
    cases = (case(YEAR, "wijkcyclus"), case(other, "traject"), case(ONE, "aandachtspunt"))
    found = (
        *entries(YEAR, (Kind.DECISION_TAKEN, 1, point("AP-1"))),  # of which nothing was ever sent
        *entries(other, (Kind.DECISION_TAKEN, 2, point("AP-2"))),
        *entries(ONE, (Kind.CASE_STARTED, 3, sent(other)), (Kind.PRODUCT_DELIVERED, 9, answer("ja"))),
    )
    rows = asked("20", Material(NOW, (Dossier(YEAR, cases, found, NOW),)))
    assert {row["kenmerk"]: row["antwoord"] for row in rows} == {"AP-1": None, "AP-2": "ja"}
    assert all(row["termijn_verstreken"] is False for row in rows)


def test_two_points_of_one_case_are_answered_in_the_order_in_which_they_were_sent() -> None:
    cases = (case(YEAR, "wijkcyclus"), case(TWO, "aandachtspunt"), case(ONE, "aandachtspunt"))
    found = (
        *entries(YEAR, (Kind.DECISION_TAKEN, 1, point("AP-1")), (Kind.DECISION_TAKEN, 5, point("AP-2"))),
        *entries(TWO, (Kind.CASE_STARTED, 2, sent(YEAR)), (Kind.TIME_PASSED, 60, {})),
        *entries(ONE, (Kind.CASE_STARTED, 6, sent(YEAR)), (Kind.PRODUCT_DELIVERED, 9, answer("deels"))),
    )
    rows = asked("20", Material(NOW, (Dossier(YEAR, cases, found, NOW),)))
    assert [(row["kenmerk"], row["antwoord"], row["termijn_verstreken"]) for row in rows] == [
        ("AP-1", None, True),
        ("AP-2", "deels", False),
    ]


OLD = {"a.bpmn": "1" * 64, "rechten.csv": "2" * 64, "weg.form": "3" * 64}
NEW = {"a.bpmn": "1" * 64, "rechten.csv": "4" * 64, "erbij.dmn": "5" * 64}
FIRST, SECOND = version_of_manifest(OLD), version_of_manifest(NEW)


def released(**manifests: dict[str, str]) -> tuple[Row, ...]:
    def step(said: str, version: str) -> dict[str, Json]:
        return {"values": {"stap": said, "versie": version}}

    organisation = entries(
        ORGANISATION,
        (Kind.DEFINITION_DEPLOYED, 0, step("vrijgeven", FIRST)),
        (Kind.DEFINITION_PROPOSED, 3, step("voorstellen", SECOND)),
        (Kind.DEFINITION_DEPLOYED, 4, step("vrijgeven", SECOND)),
    )
    dossier = Dossier(YEAR, (case(YEAR, "wijkcyclus", FIRST),), (), NOW)
    known = {FIRST: manifests.get("first", OLD), SECOND: manifests.get("second", NEW)}
    return asked("23", Material(NOW, (dossier,), organisation, manifests=known))


def test_a_version_is_told_with_the_files_that_it_added_changed_and_dropped() -> None:
    first, proposed, second = released()
    assert (first["gold"], first["zaken"], first["ten_opzichte_van"], first["nieuw"]) == (True, [YEAR], None, None)
    for row in (proposed, second):
        assert (row["ten_opzichte_van"], row["gold"]) == (FIRST, False)
        assert (row["nieuw"], row["gewijzigd"], row["vervallen"]) == (["erbij.dmn"], ["rechten.csv"], ["weg.form"])
    assert second["voorgesteld_door"] == second["wie"] == "p1"


@pytest.mark.parametrize("lie", [{"first": NEW}, {"second": OLD}, {"second": {}}])
def test_a_manifest_that_is_not_the_one_of_its_version_tells_no_difference(lie: dict[str, dict[str, str]]) -> None:
    for row in released(**lie):
        assert (row["nieuw"], row["gewijzigd"], row["vervallen"]) == (None, None, None)


def table(term: str) -> Table:
    """The shipped table of retention terms, in which the archivist filled in this term everywhere."""
    content = (PROCESSES / "gedeeld" / "bewaartermijn.dmn").read_text("utf-8")
    root, _ = read(content.replace('"in te vullen door de archivaris"', f'"{term}"').encode(), "bewaartermijn.dmn")
    assert root is not None
    (found,), _ = read_tables(root, "bewaartermijn.dmn")
    return found


def held(retention: Table | None) -> Row:
    digest = "d" * 64
    task: dict[str, Json] = {"id": "t", "element": "e", "process": "p", "act": "product", "product": "conceptanalyse"}
    fields: dict[str, Json] = {"task": task, "values": {"samenvatting": {"verzegeld": digest}}}
    dossier = Dossier(YEAR, (case(YEAR, "wijkcyclus"),), entries(YEAR, (Kind.PRODUCT_DELIVERED, 1, fields)), NOW)
    (row,) = asked("25", Material(NOW, (dossier,), values={digest: "product"}, retention=retention))
    return row


def test_what_is_held_is_told_with_its_term_from_the_table_and_the_day_on_which_that_ends() -> None:
    row = held(table("P7Y"))
    assert (row["veld"], row["vak"], row["aantal"], row["categorie"]) == ("samenvatting", "product", 1, "wijkcyclus")
    assert (row["nominatie"], row["termijn"], row["bewaren_tot"]) == ("blijvend bewaren", "P7Y", "2034-12-30")


@pytest.mark.parametrize("term", ["in te vullen door de archivaris", "zeven jaar", "P7"])
def test_a_term_that_is_no_length_of_time_is_told_as_it_stands_and_ends_on_no_day(term: str) -> None:
    row = held(table(term))
    assert (row["termijn"], row["bewaren_tot"]) == (term, None)


def test_without_a_table_it_is_said_that_there_is_no_term() -> None:
    assert held(None)["termijn"] == "geen bewaartermijn bekend (beslistabel bewaartermijn)"
