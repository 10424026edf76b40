"""Exports, receipts and policies of another shape are judged or refused; the verifier never falls over one or hangs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NoteRefused
from engine.trail import verify
from engine.trail.canonical import encode
from engine.trail.note import Note
from engine.trail.policy import Policy
from engine.trail.record import digest_of
from tests.engine.trail.test_verify import LINES, changed, findings, rewritten
from tests.engine.trail.test_verify_signed import NOTE, POLICY, RECEIPT

ODD: tuple[Any, ...] = (
    None,
    -1,
    2**53,
    True,
    "",
    "\ud800",
    "\x1b[2J",
    [],
    [[]],
    {},
    {"verzegeld": 1},
    {"verzegeld": "x"},
)
ODD_LINES: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "log",
    "log x",
    "group",
    "group g all",
    "quorum",
    "quorum g",
    "witness w",
    "— x y",
    "— x ",
    "index -1",
)
ODD_LINES += (
    "index 99999999999999999999",
    "extra ",
    "extra AAAA",
    "\U0001f600",
    "9" * 400,
    "A" * 44,
    "—  AAAAAAAA",
    "\u202e",
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as what holds it and its name or number there."""
    for at, item in list(enumerate(value) if isinstance(value, list) else value.items()):
        yield value, at
        if isinstance(item, list | dict):
            yield from places(item)


def with_odd(value: Any) -> Iterator[object]:
    """Each odd value that differs in each place, one after the other; `value` itself is changed meanwhile."""
    for holder, at in places(value):
        kept = holder[at]
        for odd in ODD:
            if odd != kept or type(odd) is not type(kept):
                holder[at] = odd
                yield at, odd
        holder[at] = kept


def without_surrogates(text: str) -> bytes:
    """Bytes of a text that may hold half a sign, as a forger would write them."""
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("number", range(len(LINES)))
def test_an_export_with_something_odd_in_any_place_of_a_line_has_findings(number: int) -> None:
    value = json.loads(LINES[number])
    for place in with_odd(value):
        line = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        told = findings([*LINES[:number], without_surrogates(line) + b"\n", *LINES[number + 1 :]])
        assert told or place == ("columns", {}), "columns may be left out, and nothing else"


@pytest.mark.parametrize("number", range(1, len(LINES)))
def test_an_export_with_something_odd_in_any_place_of_a_record_has_findings(number: int) -> None:
    body = json.loads(json.loads(LINES[number])["body"])
    for place in with_odd(body):
        try:
            encode(body)
        except ValueError:
            continue  # no forger can write it either
        other = dict(body)
        assert findings(rewritten(number, lambda found, other=other: found.update(other))), place  # type: ignore[misc]


def test_a_line_with_very_many_digests_is_judged_in_the_time_that_it_takes_to_read_it() -> None:
    many = [digest_of(str(number)) for number in range(40_000)]
    assert len(findings(changed(1, lambda line: line.update({"withheld": many})))) >= len(many)


def spoiled(text: str) -> Iterator[str]:
    """The text with each of its lines left out, doubled, cut, or replaced by something odd."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for odd in ((), (line, line), (line[:-1],), (line[: len(line) // 2],), *((one,) for one in ODD_LINES)):
            yield "\n".join([*lines[:number], *odd, *lines[number + 1 :]])


def test_a_receipt_of_another_shape_is_refused_or_says_the_same() -> None:
    policy = verify.read_policy(POLICY)
    said = verify.check_receipt(RECEIPT.encode(), policy)[:2]
    for text in spoiled(RECEIPT.encode().decode()):
        try:
            assert verify.check_receipt(text.encode(), policy)[:2] == said, text
        except (verify.Malformed, verify.Untrusted) as refused:
            assert str(refused)


def test_a_policy_of_another_shape_is_refused_or_a_policy_and_judged_alike_by_the_engine() -> None:
    for text in spoiled(POLICY.decode()):
        assert judged_by_verifier(text.encode()) == judged_by_engine(text.encode()), text


def judged_by_verifier(policy: bytes) -> bool | None:
    """Whether such a policy believes the checkpoint; None when it is no policy."""
    return outcome(
        lambda: verify.read_policy(policy), lambda read: verify.check_checkpoint(NOTE.encode(), read), verify.Malformed
    )


def judged_by_engine(policy: bytes) -> bool | None:
    """The same, by the other implementation."""
    return outcome(lambda: Policy.read(policy), lambda read: read.accept(Note.decode(NOTE.encode())), NoteRefused)


def outcome(read: Callable[[], Any], judge: Callable[[Any], object], refused: type[Exception]) -> bool | None:
    try:
        policy = read()
    except refused:
        return None
    try:
        judge(policy)
    except (verify.Untrusted, NoteRefused):
        return False
    return True


def test_groups_of_groups_may_be_nested_as_deep_as_anybody_likes() -> None:
    lines = POLICY.decode().split("\n")[:-2]
    nested = [f"group n{number} any {'g' if number == 0 else f'n{number - 1}'}" for number in range(1_500)]
    policy = "\n".join([*lines, *nested, "quorum n1499", ""]).encode()
    assert judged_by_verifier(policy) is judged_by_engine(policy) is True


def test_what_was_found_is_said_also_where_the_terminal_knows_no_such_signs(tmp_path: Path) -> None:
    file, screen = tmp_path / "export", io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    file.write_bytes(b"".join(changed(0, lambda line: line.update({"chain": "één\u202e"}))))
    with redirect_stdout(screen):
        assert verify.main([str(file), "--kept", "\x1b[2J\udcffé"]) == 1
    screen.seek(0)
    said = screen.read()
    assert "\\u001b[2J" in said and "\x1b" not in said
