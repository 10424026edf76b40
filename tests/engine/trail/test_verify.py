"""The verifier against everything that somebody with the file, the database or bad luck can do to an export."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.terms import Json
from engine.trail import canonical, fields, record, seal, verify
from engine.trail.canonical import encode
from engine.trail.export import Stored, export_lines
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record, compose, digest_of
from engine.trail.seal import Sealed, seal_form
from tests.engine.trail.test_record import values

VERIFY = Path(verify.__file__)
ACTOR: dict[str, Json] = {"ref": "ab" * 16, "role": "bewoner"}
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def chain(number: int, submissions: list[dict[str, Json]] | None = None) -> tuple[list[Record], dict[str, Sealed]]:
    numbers = count(1)
    head = Head("zaak-1")
    records: list[Record] = []
    sealed: dict[str, Sealed] = {}
    for index in range(number):
        example: dict[str, Json] = {"keuze": index, "tekst": "Jan woont op nummer 3"}
        submission = submissions[index] if submissions else example
        handles, made = seal_form(
            submission, ["tekst"], compartment="zaak-1/inbreng", entropy=lambda n: next(numbers).to_bytes(n, "big")
        )
        made_record = compose(
            head,
            Kind.CONTRIBUTION_RECEIVED,
            {"actor": ACTOR, "values": handles},
            log="delft/log/1",
            at=START + timedelta(days=index),
            nonce=next(numbers).to_bytes(16, "big"),
        )
        head = made_record.head
        records.append(made_record)
        sealed |= {one.digest: one for one in made}
    return records, sealed


RECORDS, SEALED = chain(4)
LINES = list(export_lines(RECORDS[-1].head, map(Stored.of, RECORDS), SEALED))


def findings(lines: list[bytes], *kept: str) -> list[tuple[int, str]]:
    """(line, rule) of each finding; [(0, "onleesbaar")] for what is no export."""
    try:
        report = verify.check(io.BytesIO(b"".join(lines)), kept)
    except verify.Unreadable:
        return [(0, "onleesbaar")]
    return [(line, rule) for line, rule, _ in report.findings]


def changed(index: int, change: Callable[[dict[str, Any]], object]) -> list[bytes]:
    """The export with one line changed, in canonical form, as a forger who knows the format would write it."""
    line = json.loads(LINES[index])
    change(line)
    return [*LINES[:index], encode(line) + b"\n", *LINES[index + 1 :]]


def rewritten(index: int, change: Callable[[dict[str, Any]], object]) -> list[bytes]:
    """The export with the body of one record changed and its digest made to fit again."""

    def rewrite(line: dict[str, Any]) -> None:
        body = json.loads(str(line["body"]))
        change(body)
        line["body"] = encode(body).decode()
        line["digest"] = digest_of(str(line["body"]))

    return changed(index, rewrite)


# --- the good case ---


def test_a_sound_export_has_no_findings_and_shows_its_sealed_values() -> None:
    report = verify.check(io.BytesIO(b"".join(LINES)), [RECORDS[1].digest])
    assert report.findings == []
    assert (report.records, report.shown, report.hidden, report.last) == (4, 4, 0, RECORDS[-1].digest)


def test_values_that_are_withheld_are_counted_and_are_no_fault() -> None:
    lines = export_lines(RECORDS[-1].head, map(Stored.of, RECORDS), {}, withheld=SEALED)
    report = verify.check(io.BytesIO(b"".join(lines)))
    assert report.findings == []
    assert (report.shown, report.hidden) == (0, 4)


def test_a_chain_without_records_is_sound() -> None:
    assert findings(list(export_lines(Head("zaak-1"), [], {}))) == []


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "tekst"]), values, max_size=3), min_size=1, max_size=4))
def test_whatever_the_values_are_the_export_verifies(submissions: list[dict[str, Json]]) -> None:
    if "verzegeld" in str(submissions):
        return
    records, sealed = chain(len(submissions), submissions)
    assert findings(list(export_lines(records[-1].head, map(Stored.of, records), sealed))) == []


# --- attacks on the bytes ---


@settings(max_examples=400)
@given(st.integers(0, sum(map(len, LINES)) - 1), st.integers(0, 7))
def test_any_flipped_bit_anywhere_is_found(place: int, bit: int) -> None:
    content = bytearray(b"".join(LINES))
    content[place] ^= 1 << bit
    assert findings([bytes(content)]) != []


@settings(max_examples=100)
@given(st.integers(0, sum(map(len, LINES)) - 1), st.binary(min_size=1, max_size=4))
def test_bytes_put_in_or_taken_out_are_found(place: int, junk: bytes) -> None:
    content = b"".join(LINES)
    assert findings([content[:place] + junk + content[place:]]) != []
    assert findings([content[:place] + content[place + len(junk) :]]) != []


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_no_rubbish_is_a_sound_export_or_a_crash(rubbish: bytes) -> None:
    assert findings([rubbish]) != []
    assert findings([*LINES, rubbish]) != [] or rubbish == b""
    assert findings([LINES[0], rubbish + b"\n"]) != []


# --- attacks on the lines ---


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_removed_line_is_found_where_it_is_missed(index: int) -> None:
    found = findings([*LINES[:index], *LINES[index + 1 :]])
    assert found == [(index + 1, "volgorde"), (index + 1, "schakel"), (4, "aantal")]


def test_a_cut_tail_is_found_by_the_count_and_the_end_in_the_header() -> None:
    assert findings(LINES[:-1]) == [(4, "aantal"), (4, "einde")]


def test_a_cut_tail_with_a_matching_header_is_found_by_whoever_kept_a_later_digest() -> None:
    cut = list(export_lines(RECORDS[2].head, map(Stored.of, RECORDS[:3]), SEALED))
    assert findings(cut) == []
    assert findings(cut, RECORDS[3].digest) == [(4, "bewaard")]


def test_a_line_that_stands_twice_or_in_another_place_is_found() -> None:
    assert (4, "volgorde") in findings([*LINES[:3], LINES[2], *LINES[3:]])
    assert (3, "volgorde") in findings([*LINES[:2], LINES[3], LINES[2], LINES[4]])
    assert findings([LINES[0], *LINES]) != []


def test_a_line_of_another_chain_or_log_is_found() -> None:
    assert (4, "keten") in findings(rewritten(3, lambda body: body.update({"case": "zaak-2"})))
    assert (4, "logboek") in findings(rewritten(3, lambda body: body.update({"log": "elders"})))


def test_a_changed_body_is_found_by_its_digest_and_with_a_new_digest_by_the_next_record() -> None:
    alone = changed(2, lambda line: line.update({"body": str(line["body"]).replace('"keuze":1', '"keuze":2')}))
    assert findings(alone) == [(3, "digest"), (4, "schakel")]
    assert findings(rewritten(2, lambda body: body["values"].update({"keuze": 2}))) == [(4, "schakel")]


def test_a_changed_last_record_is_found_by_the_end_in_the_header() -> None:
    assert findings(rewritten(4, lambda body: body["values"].update({"keuze": 9}))) == [(5, "einde")]


def test_a_later_version_of_everything_is_found_by_whoever_kept_a_digest() -> None:
    records, sealed = chain(4, [{"keuze": 7}] * 4)
    forged = list(export_lines(records[-1].head, map(Stored.of, records), sealed))
    assert findings(forged) == []
    assert findings(forged, RECORDS[0].digest) == [(5, "bewaard")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("seq", 7), ("seq", True), ("kind", "besluit:genomen"), ("at", "2020-01-01T00:00:00.000Z"), ("chain", "zaak-2")],
)
def test_a_query_column_that_differs_from_the_body_is_found(name: str, value: Json) -> None:
    assert findings(changed(2, lambda line: line["columns"].update({name: value}))) == [(3, "kolom")]


def test_a_column_that_does_not_exist_is_found() -> None:
    assert findings(changed(2, lambda line: line["columns"].update({"extra": 1}))) == [(3, "kolom")]


@pytest.mark.parametrize(
    "change",
    [
        {"value": "Piet woont op nummer 4"},
        {"salt": "0" * 32},
        {"salt": 7},
        {"name": "ander"},
        {"value": None},
        {"extra": 1},
    ],
)
def test_a_sealed_value_salt_or_name_that_was_edited_is_found(change: dict[str, Json]) -> None:
    def edit(line: dict[str, Any]) -> None:
        for shown in line["sealed"].values():
            shown.update(change)

    assert {rule for _, rule in findings(changed(2, edit))} == {"verzegeling"}


def test_a_value_sealed_under_a_short_salt_is_found_though_its_digest_fits() -> None:
    digest = sha256(seal.PREFIX + b'["kort","tekst","x"]').hexdigest()
    record_fields: dict[str, Json] = {"actor": ACTOR, "values": {"rijen": [{"tekst": {"verzegeld": digest}}]}}
    made = compose(Head("zaak-1"), Kind.INPUT_REGISTERED, record_fields, log="x", at=START, nonce=b"n" * 16)
    weak = Sealed(digest, "tekst", "x", "kort", "c", b"")
    assert findings(list(export_lines(made.head, [Stored.of(made)], {digest: weak}))) == [(2, "verzegeling")]


def test_a_sealed_value_of_another_record_is_found() -> None:
    other = json.loads(LINES[3])["sealed"]
    assert findings(changed(2, lambda line: line["sealed"].update(other))) == [(3, "verzegeling")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"v": 2}, "veld"),
        ({"v": True}, "veld"),
        ({"naam": "Jan"}, "veld"),
        ({"kind": "Taak"}, "veld"),
        ({"at": "2026-03-02"}, "veld"),
        ({"nonce": "00"}, "veld"),
        ({"actor": "Jan"}, "veld"),
        ({"seq": "1"}, "volgorde"),
        ({"seq": True}, "volgorde"),
        ({"prev": "0" * 64}, "schakel"),
    ],
)
def test_a_body_that_is_no_record_is_found_even_with_a_fitting_digest(change: dict[str, Json], rule: str) -> None:
    assert (3, rule) in findings(rewritten(2, lambda body: body.update(change)))


@pytest.mark.parametrize("missing", ["v", "log", "kind", "case", "seq", "prev", "at", "nonce", "actor"])
def test_a_body_without_one_of_its_fields_is_found(missing: str) -> None:
    assert (3, "veld") in findings(rewritten(2, lambda body: body.pop(missing)))


@pytest.mark.parametrize(
    "body",
    [
        *["", "x", "[]", "1", '{"a":1,"a":2}', '{"b":1,"a":1}', '{"a": 1}', '{"a":1.5}', '{"a":1e3}', '{"a":NaN}'],
        *['{"a":9007199254740992}', '{"a":-9007199254740992}', '{"a":' + "9" * 5000 + "}", '{"a":"\\u0000"}'],
        *['{"a":"\\ud800"}', "{" * 5000, '{"a":' + "[" * 60 + "]" * 60 + "}", "[" * 100_000, '{"é":1}', '{"":1}'],
    ],
)
def test_a_body_outside_the_canonical_domain_is_found(body: str) -> None:
    found = findings(changed(2, lambda line: line.update({"body": body, "digest": digest_of(body)})))
    assert (3, "inhoud") in found


@pytest.mark.parametrize(
    "line",
    [
        *[
            b"",
            b"{}",
            b"[]",
            b"null",
            b'{"body":1,"digest":""}',
            b'{"body":"","digest":"","x":1}',
            b"\xff\xfe",
            b"\x00",
        ],
        *[LINES[1].rstrip() + b" ", b" " + LINES[1].rstrip(), LINES[1].rstrip() + b"\r", b"[" * 100_000],
        LINES[1].rstrip().replace(b'{"body"', b'{"body":"","body"', 1),
    ],
)
def test_a_line_that_is_not_canonical_is_found(line: bytes) -> None:
    assert (2, "vorm") in findings([LINES[0], line + b"\n", *LINES[2:]])


@pytest.mark.parametrize("part", ["columns", "sealed"])
@pytest.mark.parametrize("value", [1, [], "x", None])
def test_columns_and_sealed_values_of_another_shape_are_found(part: str, value: Json) -> None:
    assert findings(changed(2, lambda line: line.update({part: value}))) == [(3, "vorm")]


@pytest.mark.parametrize("withheld", [[[]], [None], [{}], {}, "x"])
def test_values_withheld_under_what_is_no_digest_are_found(withheld: Json) -> None:
    assert (3, "vorm") in findings(changed(2, lambda line: line.update({"withheld": withheld})))


# --- the header ---


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"count": 5}, [(5, "aantal")]),
        ({"count": 3}, [(5, "aantal")]),
        ({"head": "0" * 64}, [(5, "einde")]),
        ({"chain": "zaak-2"}, [(2, "keten"), (3, "keten"), (4, "keten"), (5, "keten")]),
        ({"format": "iets"}, [(0, "onleesbaar")]),
        ({"v": 2}, [(0, "onleesbaar")]),
        ({"v": True}, [(0, "onleesbaar")]),
        ({"count": -1}, [(0, "onleesbaar")]),
        ({"count": True}, [(0, "onleesbaar")]),
        ({"count": "4"}, [(0, "onleesbaar")]),
        ({"head": "x"}, [(0, "onleesbaar")]),
        ({"chain": 4}, [(0, "onleesbaar")]),
        ({"extra": 4}, [(0, "onleesbaar")]),
    ],
)
def test_a_changed_header_is_found(change: dict[str, Json], found: list[tuple[int, str]]) -> None:
    assert findings(changed(0, lambda header: header.update(change))) == found


# --- tampering in the database, before the export ---


def test_tampered_storage_is_exported_as_it_is_and_then_found() -> None:
    stored = [Stored.of(one) for one in RECORDS]
    one = stored[1]
    for tampered in (
        Stored(one.digest, one.body.replace("zaak-1", "zaak-9"), one.columns),
        Stored("0" * 64, one.body, one.columns),
        Stored(one.digest, one.body, {**one.columns, "kind": "besluit:genomen"}),
        Stored(one.digest, one.body + " ", one.columns),
        Stored(one.digest, "geen json", one.columns),
        Stored(one.digest, '{"a":0.5,"b":"\\u0000"}', one.columns),
    ):
        lines = list(export_lines(RECORDS[-1].head, [stored[0], tampered, *stored[2:]], SEALED))
        assert any(line == 3 for line, _ in findings(lines))


# --- as a program ---


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(VERIFY), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_it_runs_alone_and_its_exit_status_tells_the_outcome(tmp_path: Path) -> None:
    good, bad, no_export, empty = (tmp_path / name for name in ("goed", "fout", "geen", "leeg"))
    good.write_bytes(b"".join(LINES))
    bad.write_bytes(b"".join(LINES[:2] + LINES[3:]))
    no_export.write_bytes(b"%PDF-1.7\n")
    empty.write_bytes(b"")
    assert [run(str(file)).returncode for file in (good, bad, no_export, empty)] == [0, 1, 2, 2]
    assert [run(str(tmp_path / "weg")).returncode, run().returncode] == [2, 2]
    assert "IN ORDE tot en met " + RECORDS[-1].digest in run(str(good)).stdout
    assert "regel 3: schakel: prev verwijst niet naar de regel hiervoor" in run(str(bad)).stdout
    assert run(str(good), "--kept", "f" * 64).returncode == 1


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "groot"
    with file.open("wb") as stream:
        stream.write(LINES[0])
        stream.truncate(1024**3)  # one line of a gigabyte of NULs, sparse on disk
    ran = run(str(file))
    assert ran.returncode == 2
    assert "langer dan" in ran.stdout


def test_many_findings_are_counted_and_not_all_printed(tmp_path: Path) -> None:
    file = tmp_path / "veel"
    file.write_bytes(LINES[0] + b"x\n" * 500)
    ran = run(str(file))
    assert ran.returncode == 1
    assert "... en nog 402 bevindingen" in ran.stdout


def test_what_a_forger_writes_cannot_steer_the_terminal_of_the_reader(tmp_path: Path) -> None:
    file = tmp_path / "escape"
    file.write_bytes(b"".join(rewritten(2, lambda body: body.update({"seq": "\x1b[2J", "prev": "\x1b[2J"}))))
    assert "\x1b" not in run(str(file)).stdout


def test_it_uses_the_standard_library_alone_and_nothing_of_ours() -> None:
    tree = ast.parse(VERIFY.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_the_verifier_and_the_writer_know_the_same_fields_and_limits() -> None:
    assert set(json.loads(RECORDS[0].body)) - {"values"} == set(verify.REQUIRED)
    assert set(fields.FIELDS) - {"actor"} == set(verify.OPTIONAL)
    assert (verify.RECORD_PREFIX, verify.SEALED_PREFIX) == (record.PREFIX, seal.PREFIX)
    assert verify.MAX_INTEGER == canonical.MAX_INTEGER
    assert verify.MAX_DEPTH > canonical.MAX_DEPTH
    assert verify.MAX_LINE > 2 * canonical.MAX_BYTES
