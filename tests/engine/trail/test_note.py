"""Notes, checkpoints, receipts and requests to witnesses: the C2SP texts to the letter, and nothing beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NoteRefused
from engine.trail import witness
from engine.trail.checkpoint import Checkpoint
from engine.trail.lines import base64_of
from engine.trail.note import KeyKind, Note, Signature, VerifierKey, cosign, sign, signers
from engine.trail.receipt import Receipt
from tests.engine.trail.signing import LOG, ORIGIN, WITNESSES, key_of, private

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROOT = sha256(b"root").digest()
CHECKPOINT = Checkpoint(ORIGIN, 5, ROOT)
SIGNATURE = sign(CHECKPOINT.text, LOG, private(ORIGIN).sign)
COSIGNATURES = tuple(cosign(CHECKPOINT.text, key, private(key.name).sign, NOW) for key in WITNESSES)
NOTE = Note(CHECKPOINT.text, (SIGNATURE, *COSIGNATURES))
PATH = tuple(sha256(bytes([number])).digest() for number in range(3))
RECEIPT = Receipt(3, PATH, NOTE, sha256(b"record").digest())

# Made and checked with Go's golang.org/x/mod/sumdb/note (0.7.0), whose documentation holds the first of them.
OF_GO = [
    (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    ),
    (
        "wijkcyclus.example/log/1+10de0554+AS4Nsniw5dX0B4IoxgxDTrz1GFLaKrsRStNNh3cb14Hm",
        "wijkcyclus.example/log/1\n5\n47sQ8Q4pDMrpzdbwqYJuRwpz2SzSlZ4OVoVr+m7PZEI=\n\n— wijkcyclus.example/log/1 "
        "EN4FVAZ6v5vyjIzg4aDPBl/ebq8dgvJnTHPmT67VcHCLY+DDbQAqcAtp5AgqJEtTvOUlFBDBR1CpM+EAQ1Yg2KnHxQo=\n",
    ),
]
# The examples of the specifications; their keys are not published.
OF_C2SP = [
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n",
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe"
    "+mbIUBkBIfZ+qnA==\n",
]


def flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


# --- notes and keys ---


@pytest.mark.parametrize(("key", "content"), OF_GO, ids=["published", "checkpoint"])
def test_a_note_of_another_implementation_is_read_believed_and_written_as_it_was(key: str, content: str) -> None:
    note, verifier = Note.decode(content.encode()), VerifierKey.read(key)
    assert signers(note, [verifier, LOG]) == {verifier: None}
    assert (note.encode(), str(verifier)) == (content.encode(), key)


@pytest.mark.parametrize("content", OF_C2SP, ids=["with an empty line", "with a cosignature"])
def test_the_notes_of_the_specifications_are_read_and_written_as_they_were(content: str) -> None:
    note = Note.decode(content.encode())
    assert note.text == content[: content.index("\n\n—") + 1]
    assert note.encode() == content.encode()
    assert signers(note, [LOG, *WITNESSES]) == {}


def test_the_key_of_a_witness_that_others_run_is_read() -> None:
    text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    assert VerifierKey.read(text).kind is KeyKind.WITNESS
    assert str(VerifierKey.read(text)) == text


def test_the_id_of_a_key_is_over_name_newline_kind_and_public_key() -> None:
    for key in (LOG, WITNESSES[0]):
        content = key.name.encode() + b"\n" + bytes([int(key.kind)]) + key.public
        assert key.key_id == sha256(content).digest()[:4]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text.replace("+", " ", 1),
        lambda text: text.rsplit("+", 1)[0],
        lambda text: text.replace(ORIGIN, "elders.example"),
        lambda text: text.replace(LOG.key_id.hex(), "00000000"),
        lambda text: text.replace(LOG.key_id.hex(), LOG.key_id.hex().upper()),
        lambda text: text.rsplit("+", 1)[0] + "+" + base64_of(b"\x01" + LOG.public[:-1]),
        lambda text: text.rsplit("+", 1)[0] + "+" + base64_of(b"\x02" + LOG.public),
        lambda text: text.rsplit("+", 1)[0] + "+",
        lambda text: text + "+",
        lambda text: "+" + text.split("+", 1)[1],
        lambda text: "a b" + text,
        lambda _text: "",
    ],
)
def test_a_verifier_key_that_is_not_exactly_one_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(NoteRefused):
        VerifierKey.read(spoil(str(LOG)))


@given(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), max_size=60), st.integers(1, 4))
def test_any_text_without_control_characters_can_be_signed_and_read_again(body: str, lines: int) -> None:
    text = f"{body}\n" * lines
    note = Note(text, (sign(text, LOG, private(ORIGIN).sign),))
    assert Note.decode(note.encode()) == note
    assert signers(note, [LOG]) == {LOG: None}


@pytest.mark.parametrize("text", ["", "zonder einde", "tab\t\n", "nul\x00\n", "terug\r\n", "half \ud800\n"])
def test_a_text_that_no_note_can_hold_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Note(text, (SIGNATURE,))


@settings(max_examples=400)
@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_any_flipped_bit_of_a_note_makes_it_unreadable_false_or_signed_by_fewer(place: int, bit: int) -> None:
    try:
        found = signers(Note.decode(flipped(NOTE.encode(), place, bit)), [LOG, *WITNESSES])
    except NoteRefused:
        return
    assert len(found) < 4


@given(st.binary(max_size=300))
def test_no_rubbish_is_a_note_a_receipt_or_a_request_or_a_crash(rubbish: bytes) -> None:
    def read_as_notes(content: bytes) -> None:
        for read in (Note.decode, Receipt.decode, witness.read_request, witness.read_answer, witness.read_known_size):
            try:
                read(content)
            except NoteRefused:
                continue
            assert read is not Receipt.decode
            assert read is not Note.decode

    read_as_notes(rubbish)
    read_as_notes(CHECKPOINT.text.encode() + b"\n" + rubbish)


def spoiled_line(old: str, new: str) -> bytes:
    return NOTE.encode().decode().replace(old, new, 1).encode()


@pytest.mark.parametrize(
    "content",
    [
        NOTE.encode()[:-1],
        NOTE.encode() + b"\n",
        NOTE.encode() + b"x\n",
        NOTE.encode().replace(b"\n", b"\r\n"),
        CHECKPOINT.text.encode(),
        CHECKPOINT.text.encode() + b"\n",
        b"\n" + SIGNATURE.line.encode(),
        b"\xff\n\n" + SIGNATURE.line.encode(),
        spoiled_line("— ", "- "),
        spoiled_line("— ", "—"),
        spoiled_line(f"— {ORIGIN} ", f"— {ORIGIN}  "),
        spoiled_line(f"— {ORIGIN} ", f"— {ORIGIN}\u00a0x "),
        spoiled_line(f"— {ORIGIN} ", f"— {ORIGIN}+x "),
        spoiled_line(f"— {ORIGIN} ", "—  "),
        spoiled_line(base64_of(SIGNATURE.key_id + SIGNATURE.value), base64_of(SIGNATURE.key_id)),
        spoiled_line(SIGNATURE.line, SIGNATURE.line.replace("=\n", "\n")),
        spoiled_line(SIGNATURE.line, SIGNATURE.line.replace("=\n", "==\n")),
        b"x" * 2_000_000,
        (CHECKPOINT.text + "\n" + SIGNATURE.line * 101).encode(),
    ],
)
def test_a_note_that_is_not_exactly_one_is_refused(content: bytes) -> None:
    with pytest.raises(NoteRefused):
        Note.decode(content)


def test_base64_with_other_last_bits_is_refused_although_it_gives_the_same_bytes() -> None:
    line = SIGNATURE.line[:-1]
    assert line.endswith("=")
    other = line[:-2] + chr(ord(line[-2]) + 1) + "="
    assert Signature.read(line) == SIGNATURE
    with pytest.raises(NoteRefused, match="geen gewone base64"):
        Signature.read(other)


# --- who signed ---


def test_a_note_tells_who_signed_and_a_witness_when() -> None:
    assert signers(NOTE, [LOG, *WITNESSES]) == {LOG: None, **dict.fromkeys(WITNESSES, NOW)}


def test_a_signature_of_an_unknown_key_is_passed_over_also_with_the_name_or_id_of_a_known_one() -> None:
    namesake = key_of(ORIGIN, word="een ander")
    other = sign(CHECKPOINT.text, namesake, private("een ander").sign)
    note = NOTE.signed_too([other, Signature("elders.example", LOG.key_id, b"x" * 64)])
    assert signers(note, [LOG]) == {LOG: None}
    assert signers(Note(CHECKPOINT.text, (other,)), [LOG]) == {}


@pytest.mark.parametrize("place", range(4))
def test_a_false_signature_in_a_known_name_spoils_the_whole_note(place: int) -> None:
    signatures = list(NOTE.signatures)
    one = signatures[place]
    for value in (flipped(one.value, 40, 3), one.value[:-1], one.value + b"\x00", b"x", one.value[8:]):
        signatures[place] = Signature(one.name, one.key_id, value)
        with pytest.raises(NoteRefused, match=one.name):
            signers(Note(NOTE.text, tuple(signatures)), [LOG, *WITNESSES])


def test_a_true_signature_beside_a_false_one_of_the_same_key_does_not_save_the_note() -> None:
    false = Signature(LOG.name, LOG.key_id, b"\x00" * 64)
    for signatures in ((SIGNATURE, false), (false, SIGNATURE)):
        with pytest.raises(NoteRefused):
            signers(Note(NOTE.text, signatures), [LOG])


def test_a_signature_of_another_text_is_false() -> None:
    larger = Checkpoint(ORIGIN, 6, ROOT).text
    with pytest.raises(NoteRefused, match="klopt niet"):
        signers(Note(larger, (SIGNATURE,)), [LOG])


def test_a_cosignature_signs_the_words_of_the_specification_with_the_time_before_it() -> None:
    message = f"cosignature/v1\ntime {int(NOW.timestamp())}\n{CHECKPOINT.text}".encode()
    one = COSIGNATURES[0]
    assert int.from_bytes(one.value[:8], "big") == int(NOW.timestamp())
    private(WITNESSES[0].name).public_key().verify(one.value[8:], message)
    with pytest.raises(InvalidSignature):
        private(WITNESSES[0].name).public_key().verify(one.value[8:], CHECKPOINT.text.encode())


def test_another_time_in_a_cosignature_is_false_and_one_past_the_calendar_is_refused() -> None:
    one = COSIGNATURES[0]
    for seconds in (int(NOW.timestamp()) + 1, 0, 2**63 - 1, 2**64 - 1):
        other = Signature(one.name, one.key_id, seconds.to_bytes(8, "big") + one.value[8:])
        with pytest.raises(NoteRefused, match=one.name):
            signers(Note(CHECKPOINT.text, (other,)), WITNESSES)


def test_a_key_signs_only_as_what_it_is_and_only_with_its_own_private_half() -> None:
    with pytest.raises(NoteRefused, match="geen sleutel van een logboek"):
        sign(CHECKPOINT.text, WITNESSES[0], private(WITNESSES[0].name).sign)
    with pytest.raises(NoteRefused, match="geen sleutel van een getuige"):
        cosign(CHECKPOINT.text, LOG, private(ORIGIN).sign, NOW)
    with pytest.raises(NoteRefused, match="tijdzone"):
        cosign(CHECKPOINT.text, WITNESSES[0], private(WITNESSES[0].name).sign, NOW.replace(tzinfo=None))
    with pytest.raises(NoteRefused, match="klopt niet"):
        sign(CHECKPOINT.text, LOG, private("een ander").sign)


def test_a_text_that_nobody_signed_is_no_note() -> None:
    with pytest.raises(NoteRefused, match="1 tot 100 handtekeningen"):
        Note(CHECKPOINT.text, ())


def test_signatures_are_added_once() -> None:
    assert Note(NOTE.text, (SIGNATURE,)).signed_too([*COSIGNATURES, SIGNATURE, *COSIGNATURES]) == NOTE


# --- checkpoints ---


def test_a_checkpoint_is_three_lines() -> None:
    assert CHECKPOINT.text == f"{ORIGIN}\n5\n{base64_of(ROOT)}\n"
    assert Checkpoint.read(CHECKPOINT.text) == CHECKPOINT


def test_the_lines_that_another_log_adds_are_kept() -> None:
    extended = Checkpoint(ORIGIN, 0, ROOT, ("een", "twee drie"))
    assert Checkpoint.read(extended.text) == extended


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        CHECKPOINT.text[:-1],
        f"{ORIGIN}\n5\n",
        f"\n5\n{base64_of(ROOT)}\n",
        f"{ORIGIN}\n\n{base64_of(ROOT)}\n",
        CHECKPOINT.text + "\n",
        CHECKPOINT.text + "\nx\n",
        *[f"{ORIGIN}\n{size}\n{base64_of(ROOT)}\n" for size in ("05", "-5", "+5", " 5", "5.0", "٥", "0x5", "9" * 19)],
        f"{ORIGIN}\n{'1' * 5000}\n{base64_of(ROOT)}\n",
        f"{ORIGIN}\n5\n{base64_of(ROOT[:-1])}\n",
        f"{ORIGIN}\n5\n{base64_of(ROOT + ROOT)}\n",
        f"{ORIGIN}\n5\n{ROOT.hex()}\n",
        f"{ORIGIN}\n5\n {base64_of(ROOT)}\n",
    ],
)
def test_a_text_that_is_not_exactly_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "parts", [("", 5, ROOT), ("a\nb", 5, ROOT), (ORIGIN, -1, ROOT), (ORIGIN, 2**63, ROOT), (ORIGIN, 5, ROOT[:-1])]
)
def test_a_checkpoint_that_could_not_be_read_again_is_not_made(parts: tuple[str, int, bytes]) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint(*parts)


# --- receipts ---


def test_a_receipt_is_the_text_of_the_specification() -> None:
    lines = ["c2sp.org/tlog-proof@v1", f"extra {base64_of(RECEIPT.extra)}", "index 3", *map(base64_of, PATH), "", ""]
    assert RECEIPT.encode() == "\n".join(lines).encode() + NOTE.encode()
    assert Receipt.decode(RECEIPT.encode()) == RECEIPT


def test_a_receipt_without_extra_or_path_leaves_those_lines_out() -> None:
    only = Receipt(0, (), NOTE)
    assert only.encode() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE.encode()
    assert Receipt.decode(only.encode()) == only


@settings(max_examples=300)
@given(st.integers(0, len(RECEIPT.encode()) - 1), st.integers(0, 7))
def test_a_flipped_bit_of_a_receipt_never_goes_unseen(place: int, bit: int) -> None:
    try:
        read = Receipt.decode(flipped(RECEIPT.encode(), place, bit))
    except NoteRefused:
        return
    assert read != RECEIPT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 3\n", ""),
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3", "index 5"),
        ("index 3", "Index 3"),
        (f"extra {base64_of(RECEIPT.extra)}", "extra "),
        (f"extra {base64_of(RECEIPT.extra)}", "extra eA"),
        (f"extra {base64_of(RECEIPT.extra)}\nindex 3", f"index 3\nextra {base64_of(RECEIPT.extra)}"),
        (f"extra {base64_of(RECEIPT.extra)}\n", f"extra {base64_of(RECEIPT.extra)}\n" * 2),
        (base64_of(PATH[0]), base64_of(PATH[0][:-1])),
        (f"{base64_of(PATH[0])}\n", f"{base64_of(PATH[0])}\n\n"),
        (f"{base64_of(PATH[0])}\n", f"{base64_of(PATH[0])}\n" * 62),
        ("\n\n", "\n"),
        ("\n", "\r\n"),
    ],
)
def test_a_text_that_is_not_exactly_a_receipt_is_refused(old: str, new: str) -> None:
    content = RECEIPT.encode().decode()
    assert old in content
    with pytest.raises(NoteRefused):
        Receipt.decode(content.replace(old, new, 1).encode())


# --- witnesses ---


def test_a_request_to_a_witness_is_the_text_of_the_specification() -> None:
    content = witness.request(2, PATH, NOTE)
    assert content == "\n".join(["old 2", *map(base64_of, PATH), "", ""]).encode() + NOTE.encode()
    assert witness.read_request(content) == (2, PATH, NOTE)
    assert witness.request(0, (), NOTE).startswith(f"old 0\n\n{ORIGIN}\n".encode())


@pytest.mark.parametrize(
    "content",
    [
        witness.request(0, PATH, NOTE),
        witness.request(2, PATH * 22, NOTE),
        witness.request(6, PATH, NOTE),
        witness.request(2, PATH, NOTE).replace(b"old 2", b"old 02"),
        witness.request(2, PATH, NOTE).replace(b"old 2", b"new 2"),
        witness.request(2, PATH, NOTE)[:-1],
        b"old 2\n",
    ],
)
def test_a_request_that_is_not_exactly_one_is_refused(content: bytes) -> None:
    with pytest.raises(NoteRefused):
        witness.read_request(content)


def test_the_answer_of_a_witness_is_its_signature_lines() -> None:
    answer = "".join(one.line for one in COSIGNATURES).encode()
    assert witness.read_answer(answer) == COSIGNATURES
    for wrong in (answer[:-1], answer + b"\n", b"", b"\n", b"ok\n"):
        with pytest.raises(NoteRefused):
            witness.read_answer(wrong)


def test_a_witness_that_knows_another_size_says_which() -> None:
    assert witness.read_known_size(b"20852014\n") == 20852014
    for wrong in (b"", b"\n", b"5", b"05\n", b"5\n\n", b"-1\n", b"9223372036854775808\n"):
        with pytest.raises(NoteRefused):
            witness.read_known_size(wrong)
