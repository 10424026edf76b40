"""Whom to believe: a checkpoint passes only with the log's signature and as many witnesses as the policy asks."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NoteRefused
from engine.trail.note import KeyKind, Note, Signature, sign
from engine.trail.policy import Policy, Witness
from tests.engine.trail.signing import LOG, ORIGIN, WITNESSES, key_of, private
from tests.engine.trail.test_note import CHECKPOINT, COSIGNATURES, NOTE, SIGNATURE

NAMED = "".join(f"witness w{number} {key}\n" for number, key in enumerate(WITNESSES, 1))


def policy(*lines: str) -> Policy:
    return Policy.read("".join(f"{line}\n" for line in lines).encode())


def accepts(judge: Policy, *signatures: Signature) -> bool:
    try:
        return judge.accept(Note(CHECKPOINT.text, signatures)) == CHECKPOINT
    except NoteRefused:
        return False


def test_the_log_alone_is_enough_where_no_witness_is_asked() -> None:
    judge = policy(f"log {LOG}", "quorum none")
    assert accepts(judge, SIGNATURE)
    assert accepts(judge, *COSIGNATURES, SIGNATURE)
    assert not accepts(judge, *COSIGNATURES)


def test_witnesses_never_stand_in_for_the_log() -> None:
    judge = policy(f"log {LOG}", NAMED, "quorum w1")
    assert not accepts(judge, *COSIGNATURES)
    assert accepts(judge, SIGNATURE, COSIGNATURES[0])


@pytest.mark.parametrize(("threshold", "least"), [("any", 1), ("1", 1), ("2", 2), ("3", 3), ("all", 3)])
def test_a_group_asks_so_many_of_its_members(threshold: str, least: int) -> None:
    judge = policy(f"log {LOG}", NAMED, f"group g {threshold} w1 w2 w3", "quorum g")
    for number in range(4):
        for some in combinations(COSIGNATURES, number):
            assert accepts(judge, SIGNATURE, *some) == (number >= least)


def test_one_witness_that_signs_twice_counts_once() -> None:
    judge = policy(f"log {LOG}", NAMED, "group g 2 w1 w2 w3", "quorum g")
    assert not accepts(judge, SIGNATURE, COSIGNATURES[0], COSIGNATURES[0])


def test_groups_of_groups_are_counted_by_their_own_thresholds() -> None:
    judge = policy(f"log {LOG}", NAMED, "group een any w1 w2", "group samen all een w3", "quorum samen")
    assert accepts(judge, SIGNATURE, COSIGNATURES[1], COSIGNATURES[2])
    assert not accepts(judge, SIGNATURE, COSIGNATURES[0], COSIGNATURES[1])


def test_a_false_cosignature_of_a_known_witness_spoils_a_checkpoint_that_others_made_good() -> None:
    judge = policy(f"log {LOG}", NAMED, "group g any w1 w2 w3", "quorum g")
    false = Signature(WITNESSES[1].name, WITNESSES[1].key_id, COSIGNATURES[1].value[:8] + b"\x00" * 64)
    assert not accepts(judge, SIGNATURE, COSIGNATURES[0], false)


def test_an_old_and_a_new_key_of_one_log_are_both_believed_while_the_policy_names_them() -> None:
    new = key_of(ORIGIN, word="nieuw")
    renewed = sign(CHECKPOINT.text, new, private("nieuw").sign)
    assert accepts(policy(f"log {LOG}", f"log {new}", "quorum none"), renewed)
    assert not accepts(policy(f"log {LOG}", "quorum none"), renewed)


def test_the_key_of_another_log_does_not_speak_for_this_one() -> None:
    other = key_of("elders.example/log/1")
    judge = policy(f"log {LOG}", f"log {other}", "quorum none")
    assert not accepts(judge, sign(CHECKPOINT.text, other, private("elders.example/log/1").sign))
    with pytest.raises(NoteRefused, match="staat niet in het beleid"):
        policy(f"log {other}", "quorum none").accept(NOTE)


def test_a_note_that_is_no_checkpoint_is_not_believed_however_well_signed() -> None:
    text = "alles is in orde\n"
    with pytest.raises(NoteRefused, match="een controlepunt heeft"):
        policy(f"log {LOG}", "quorum none").accept(Note(text, (sign(text, LOG, private(ORIGIN).sign),)))


def test_addresses_comments_tabs_and_other_signs_in_names_are_read() -> None:
    judge = policy(
        "# wie wij geloven",
        "",
        f"  log\t{LOG}   https://verantwoording.example ",
        f"witness getuige-é {WITNESSES[0]} https://getuige.example/",
        "  # een is genoeg",
        "quorum getuige-é",
    )
    assert judge.witnesses == (Witness(WITNESSES[0], "https://getuige.example/"),)
    assert accepts(judge, SIGNATURE, COSIGNATURES[0])
    assert policy("quorum none").logs == ()


W1, W2 = WITNESSES[:2]


NO_POLICY: list[list[str]] = [
    [],
    [f"log {LOG}"],
    ["quorum"],
    ["quorum w1"],
    ["quorum none", "quorum none"],
    ["quorum w1", f"witness w1 {W1}"],
    ["quorum none", "vertrouw iedereen"],
    ["quorum none", "log"],
    ["quorum none", f"log {LOG} a b"],
    ["quorum none", f"log {LOG}", f"log {LOG}"],
    ["quorum none", f"log {LOG}", f"log {key_of('ander', word=ORIGIN)}"],
    ["quorum none", f"log {W1}"],
    ["quorum none", f"log {str(LOG)[:-1]}"],
    ["quorum none", f"witness w1 {LOG}"],
    ["quorum none", f"witness w1 {W1} a b"],
    ["quorum none", f"witness none {W1}"],
    ["quorum none", f"witness w1 {W1}", f"witness w1 {W2}"],
    ["quorum none", f"witness w1 {W1}", f"witness w2 {W1}"],
    ["quorum none", f"witness w1 {W1}", f"witness w2 {key_of('ander', KeyKind.WITNESS, W1.name)}"],
    ["quorum none", f"witness w1 {W1}", "group w1 any w1"],
    ["quorum none", "group g any"],
    ["quorum none", "group g all"],
    ["quorum none", "group g any w1", f"witness w1 {W1}"],
    ["quorum none", f"witness w1 {W1}", "group g 0 w1"],
    ["quorum none", f"witness w1 {W1}", "group g 2 w1"],
    ["quorum none", f"witness w1 {W1}", "group g 01 w1"],
    ["quorum none", f"witness w1 {W1}", "group g some w1"],
    ["quorum none", f"witness w1 {W1}", "group g 2 w1 w1"],
    ["quorum none", f"witness w1 {W1}", "group g any none"],
    ["quorum none", f"witness w1 {W1}", "group g any w1", "group h any w1"],
    ["quorum none", "group g any g"],
    ["quorum none\x7f"],
    ["quorum none\r"],
]


@pytest.mark.parametrize("lines", NO_POLICY)
def test_a_policy_that_is_not_exactly_one_is_refused(lines: list[str]) -> None:
    with pytest.raises(NoteRefused):
        policy(*lines)


def test_a_refused_policy_names_the_line() -> None:
    with pytest.raises(NoteRefused, match="beleid, regel 2: "):
        policy("quorum none", "vertrouw iedereen")


@given(st.binary(max_size=100))
def test_no_rubbish_is_a_policy_or_a_crash(rubbish: bytes) -> None:
    for content in (rubbish, f"log {LOG}\n".encode() + rubbish + b"\n", b"log " + rubbish + b"\n"):
        with pytest.raises(NoteRefused):
            Policy.read(content)
