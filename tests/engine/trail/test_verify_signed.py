"""The verifier on trees and signed texts: RFC 8032's vectors, the engine's own writings, and every attack on them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NoteRefused
from engine.trail import verify
from engine.trail.checkpoint import Checkpoint
from engine.trail.merkle import Frontier
from engine.trail.note import Note, Signature, cosign, sign
from engine.trail.policy import Policy
from engine.trail.receipt import Receipt
from tests.engine.trail.signing import LOG, ORIGIN, WITNESSES, key_of, private
from tests.engine.trail.test_merkle import DIGESTS, Stored, flipped, mth, odd_proofs, path, spoiled, subproof
from tests.engine.trail.test_note import NOW
from tests.engine.trail.test_policy import NO_POLICY
from tests.engine.trail.test_verify import run

SIZE = 13
TREE = Stored(SIZE, 2)
CHECKPOINT = Checkpoint(ORIGIN, SIZE, TREE.frontier.root)
NOTE = Note(
    CHECKPOINT.text,
    (
        sign(CHECKPOINT.text, LOG, private(ORIGIN).sign),
        *(cosign(CHECKPOINT.text, key, private(key.name).sign, NOW) for key in WITNESSES[:2]),
    ),
)
INDEX = 5
RECEIPT = Receipt(INDEX, TREE.included(INDEX), NOTE, DIGESTS[INDEX])
POLICY = (
    f"log {LOG}\n"
    + "".join(f"witness w{number} {key}\n" for number, key in enumerate(WITNESSES, 1))
    + "group g 2 w1 w2 w3\nquorum g\n"
).encode()

sizes = st.integers(1, 300)


# --- the tree ---


def test_the_root_of_all_digests_is_that_of_the_tree_at_every_size() -> None:
    stored = Stored(0, 8)
    assert verify.tree_root([]) == Frontier().root
    for size in range(1, 301):
        stored.append([DIGESTS[size - 1]])
        assert verify.tree_root(DIGESTS[:size]) == stored.frontier.root


def test_every_proof_of_a_tree_to_size_64_holds_and_none_for_another_place() -> None:
    for size in range(1, 65):
        root = mth(0, size)
        for index in range(size):
            included, extends = path(index, 0, size), subproof(index + 1, 0, size, True)
            assert verify.inclusion_holds(DIGESTS[index], index, size, included, root)
            assert verify.consistency_holds(index + 1, mth(0, index + 1), size, root, extends)
            for other in (index - 1, index + 1, index ^ 1, size, -1):
                assert other == index or not verify.inclusion_holds(DIGESTS[index], other, size, included, root)
                earlier = other + 1
                assert not verify.consistency_holds(earlier, mth(0, index + 1), size, root, extends) or other == index


@given(st.data(), sizes, st.integers(0, 20), st.integers(0, 10_000))
def test_a_proof_with_any_bit_or_length_changed_fails(data: st.DataObject, size: int, place: int, bit: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    included, extends = path(index, 0, size), subproof(index + 1, 0, size, True)
    old, root = mth(0, index + 1), mth(0, size)
    assert verify.inclusion_holds(DIGESTS[index], index, size, included, root)
    assert not verify.inclusion_holds(flipped(DIGESTS[index], bit), index, size, included, root)
    assert not verify.inclusion_holds(DIGESTS[index], index, size, included, flipped(root, bit))
    assert verify.consistency_holds(index + 1, old, size, root, extends)
    assert not verify.consistency_holds(index + 1, flipped(old, bit), size, root, extends)
    assert not verify.consistency_holds(index + 1, old, size, flipped(root, bit), extends)
    for nodes in spoiled(included, place, bit) if included else [[DIGESTS[0]]]:
        assert not verify.inclusion_holds(DIGESTS[index], index, size, nodes, root)
    for nodes in spoiled(extends, place, bit) if extends else [[DIGESTS[0]], [old]]:
        assert not verify.consistency_holds(index + 1, old, size, root, nodes)


def test_nothing_is_shown_from_size_0_or_from_a_later_size() -> None:
    for size in (0, -1, 6):
        for nodes in ([], [mth(0, 5)]):
            assert not verify.consistency_holds(size, Frontier().root, 5, mth(0, 5), nodes)
    assert not verify.consistency_holds(0, Frontier().root, 0, Frontier().root, [])


def test_hashes_of_another_length_show_nothing_also_where_the_root_was_made_to_fit() -> None:
    (root, odd), (earlier, later, between) = odd_proofs()
    assert not verify.inclusion_holds(DIGESTS[1], 1, 2, odd, root)
    assert not verify.consistency_holds(3, earlier, 4, later, between)


def test_a_claimed_size_beyond_all_bounds_is_answered_and_not_computed_for_ever() -> None:
    assert not verify.inclusion_holds(DIGESTS[0], 2**63 - 2, 2**63 - 1, [DIGESTS[1]] * 63, mth(0, 5))
    assert not verify.consistency_holds(2**62 + 1, mth(0, 1), 2**63 - 1, mth(0, 5), [DIGESTS[1]] * 63)


# --- signatures ---

# RFC 8032, chapter 7.1: public key, message, signature.
OF_THE_RFC = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), OF_THE_RFC, ids=["no bytes", "one byte", "two bytes"])
def test_the_signatures_of_rfc_8032_hold_and_with_any_bit_changed_do_not(
    public: str, message: str, signature: str
) -> None:
    key, content, made = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.ed25519_holds(key, content, made)
    assert not verify.ed25519_holds(key, content + b"\x00", made)
    for bit in range(0, 512, 23):
        assert not verify.ed25519_holds(key, content, flipped(made, bit))
        assert not verify.ed25519_holds(flipped(key, bit), content, made)


@settings(max_examples=20)
@given(st.text(max_size=8), st.binary(max_size=200), st.integers(0, 511))
def test_a_signature_of_another_library_holds_for_its_message_alone(word: str, message: bytes, bit: int) -> None:
    signer = private(word)
    public, made = signer.public_key().public_bytes_raw(), signer.sign(message)
    assert verify.ed25519_holds(public, message, made)
    assert not verify.ed25519_holds(public, message + b"x", made)
    assert not verify.ed25519_holds(public, message, flipped(made, bit))


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    message, signer = b"een", private("een")
    made = signer.sign(message)
    again = (int.from_bytes(made[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.ed25519_holds(signer.public_key().public_bytes_raw(), message, made[:32] + again)


@pytest.mark.parametrize(
    "content",
    [
        (2).to_bytes(32, "little"),
        (verify.FIELD + 1).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
        (1 | 1 << 255).to_bytes(32, "little"),
    ],
    ids=["on no curve", "one spelled as p + 1", "beyond p", "minus zero"],
)
def test_bytes_that_are_no_point_in_its_one_spelling_are_no_key(content: bytes) -> None:
    assert verify.read_point(content) is None
    assert verify.BASE is not None
    signature = verify.point_bytes(verify.BASE) + (1).to_bytes(32, "little")
    assert not verify.ed25519_holds(content, b"", signature)
    # Under the neutral point itself anybody can sign: a policy, which is the reader's own, does not name it.
    assert verify.ed25519_holds((1).to_bytes(32, "little"), b"", signature)


@pytest.mark.parametrize(("public", "signature"), [(31, 64), (33, 64), (0, 64), (32, 63), (32, 65), (32, 0)])
def test_a_key_or_signature_of_another_length_holds_for_nothing(public: int, signature: int) -> None:
    key, made = bytes.fromhex(OF_THE_RFC[0][0]), bytes.fromhex(OF_THE_RFC[0][2])
    assert not verify.ed25519_holds((key + b"\x00")[:public], b"", (made + b"\x00")[:signature])


# --- checkpoints ---


def believed(content: bytes, policy: bytes = POLICY) -> bool:
    """Whether the verifier believes a checkpoint; the engine must say the same."""
    try:
        found = verify.check_checkpoint(content, verify.read_policy(policy))
    except (verify.Malformed, verify.Untrusted):
        with pytest.raises(NoteRefused):
            Policy.read(policy).accept(Note.decode(content))
        return False
    kept = Policy.read(policy).accept(Note.decode(content))
    assert (kept.origin, kept.size, kept.root) == (found.origin, found.size, found.root)
    return True


def test_a_checkpoint_of_the_log_with_its_witnesses_is_believed_and_says_when_they_signed() -> None:
    assert believed(NOTE.encode())
    found = verify.check_checkpoint(NOTE.encode(), verify.read_policy(POLICY))
    assert (found.origin, found.size, found.root) == (ORIGIN, SIZE, TREE.frontier.root)
    assert found.witnessed == {key.name: int(NOW.timestamp()) for key in WITNESSES[:2]}


def test_without_the_log_or_with_too_few_witnesses_it_is_not() -> None:
    log, one, two = NOTE.signatures
    assert believed(Note(NOTE.text, (two, one, log)).encode())
    for signatures in ((log,), (log, one), (one, two), (log, one, one)):
        assert not believed(Note(NOTE.text, signatures).encode())
    assert believed(Note(NOTE.text, (log,)).encode(), f"log {LOG}\nquorum none\n".encode())
    assert not believed(NOTE.encode(), f"log {key_of('elders.example')}\nquorum none\n".encode())
    assert not believed(NOTE.encode(), f"log {key_of(ORIGIN, word='een ander')}\nquorum none\n".encode())
    other = sign(NOTE.text, key_of("elders.example"), private("elders.example").sign)
    both = f"log {LOG}\nlog {key_of('elders.example')}\nquorum none\n".encode()
    assert not believed(Note(NOTE.text, (other,)).encode(), both)


@settings(max_examples=60)
@given(st.integers(0, 8 * len(NOTE.encode()) - 1))
def test_verifier_and_engine_judge_a_checkpoint_with_a_flipped_bit_alike_and_never_read_another_root(bit: int) -> None:
    content = flipped(NOTE.encode(), bit)
    if believed(content):
        assert content.startswith(NOTE.text.encode())  # a signature line less, of whom the policy does not ask it


@settings(max_examples=60)
@given(st.integers(0, len(NOTE.encode())), st.binary(max_size=3), st.integers(0, 3))
def test_verifier_and_engine_judge_a_checkpoint_with_bytes_put_in_or_taken_out_alike(
    place: int, put: bytes, taken: int
) -> None:
    content = NOTE.encode()[:place] + put + NOTE.encode()[place + taken :]
    assert not believed(content) or content.startswith(NOTE.text.encode())


@pytest.mark.parametrize("seconds", [2**64 - 1, 2**63 - 1, 253_402_300_800])
def test_a_cosignature_at_no_moment_of_the_calendar_is_refused(seconds: int) -> None:
    made = private(WITNESSES[2].name).sign(f"cosignature/v1\ntime {seconds}\n{NOTE.text}".encode())
    late = Signature(WITNESSES[2].name, WITNESSES[2].key_id, seconds.to_bytes(8, "big") + made)
    assert not believed(NOTE.signed_too([late]).encode())


@pytest.mark.parametrize("lines", NO_POLICY)
def test_a_policy_that_is_not_exactly_one_is_refused(lines: list[str]) -> None:
    with pytest.raises(verify.Malformed):
        verify.read_policy("".join(f"{line}\n" for line in lines).encode())


def test_comments_tabs_and_other_signs_in_a_policy_are_read() -> None:
    log = f"# wie\n\n \tlog\t{LOG} https://x.example\n"
    text = log + f"witness getuige-é {WITNESSES[0]} https://y.example\nquorum getuige-é\n"
    assert believed(NOTE.encode(), text.encode())
    assert believed(NOTE.encode(), text.encode().replace("é".encode(), b"\xe9"))


@given(st.binary(max_size=100))
def test_no_rubbish_is_a_policy_a_checkpoint_a_receipt_or_a_crash(rubbish: bytes) -> None:
    policy = verify.read_policy(POLICY)
    for content in (rubbish, POLICY + rubbish, b"log " + rubbish + b"\n"):
        try:
            verify.read_policy(content)
        except verify.Malformed:
            continue
        assert not rubbish.strip() or rubbish.lstrip(b" \t\n").startswith(b"#")
    for content in (rubbish, CHECKPOINT.text.encode() + b"\n" + rubbish, RECEIPT.encode()[:200] + rubbish):
        with pytest.raises((verify.Malformed, verify.Untrusted)):
            verify.check_checkpoint(content, policy)
        with pytest.raises((verify.Malformed, verify.Untrusted)):
            verify.check_receipt(content, policy)


# --- receipts ---


def test_a_receipt_shows_that_its_record_is_in_the_log() -> None:
    digest, index, checkpoint = verify.check_receipt(RECEIPT.encode(), verify.read_policy(POLICY))
    assert (digest, index, checkpoint.size) == (DIGESTS[INDEX], INDEX, SIZE)


@settings(max_examples=60)
@given(st.integers(0, 8 * len(RECEIPT.encode()) - 1))
def test_a_receipt_with_a_flipped_bit_shows_nothing_else(bit: int) -> None:
    try:
        found = verify.check_receipt(flipped(RECEIPT.encode(), bit), verify.read_policy(POLICY))
    except (verify.Malformed, verify.Untrusted):
        return
    assert found[:2] == (DIGESTS[INDEX], INDEX)


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(INDEX, RECEIPT.path, NOTE, DIGESTS[INDEX + 1]),
        Receipt(INDEX + 1, RECEIPT.path, NOTE, DIGESTS[INDEX]),
        Receipt(INDEX, RECEIPT.path[:-1], NOTE, DIGESTS[INDEX]),
        Receipt(INDEX, (), NOTE, TREE.frontier.root),
        Receipt(SIZE, RECEIPT.path, NOTE, DIGESTS[INDEX]),
        Receipt(INDEX, RECEIPT.path, Note(NOTE.text, NOTE.signatures[1:]), DIGESTS[INDEX]),
    ],
    ids=["another record", "another place", "cut path", "the root as a record", "past the end", "without the log"],
)
def test_a_receipt_that_proves_nothing_is_refused(receipt: Receipt) -> None:
    with pytest.raises(verify.Untrusted):
        verify.check_receipt(receipt.encode(), verify.read_policy(POLICY))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("extra ", "Extra "),
        ("index 5", "index 05"),
        ("index 5\n", ""),
        ("\n\n", "\n"),
        ("\n", "\r\n"),
    ],
)
def test_a_text_that_is_not_exactly_a_receipt_is_unreadable(old: str, new: str) -> None:
    content = RECEIPT.encode().decode()
    assert old in content
    with pytest.raises(verify.Malformed):
        verify.check_receipt(content.replace(old, new, 1).encode(), verify.read_policy(POLICY))


def test_a_receipt_is_checked_by_the_program_alone(tmp_path: Path) -> None:
    files = {
        "goed.tlog-proof": RECEIPT.encode(),
        "fout.tlog-proof": Receipt(INDEX, RECEIPT.path, NOTE, sha256(b"x").digest()).encode(),
        "geen.tlog-proof": b"%PDF-1.7\n",
        "beleid": POLICY,
        "geen-beleid": b"vertrouw iedereen\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    good, bad, none, policy, no_policy = (str(tmp_path / name) for name in files)
    ran = run(good, "--policy", policy, "--kept", DIGESTS[INDEX].hex())
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"regel 5 van logboek '{ORIGIN}', dat toen 13 regels had: {DIGESTS[INDEX].hex()}" in ran.stdout
    assert f"getuige '{WITNESSES[0].name}' tekende mee op 2026-03-02T09:30:00+00:00" in ran.stdout
    assert run(good, "--policy", policy, "--kept", DIGESTS[0].hex()).returncode == 1
    assert run(bad, "--policy", policy).returncode == 1
    assert [run(none, "--policy", policy).returncode, run(good, "--policy", no_policy).returncode] == [2, 2]
    assert [run(good, "--policy", str(tmp_path / "weg")).returncode, run(good).returncode] == [2, 2]
