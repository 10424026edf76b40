"""The tree against RFC 6962: published vectors, the recursion of the RFC itself, another implementation, attacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ProofRefused, TreeBroken
from engine.trail.merkle import (
    Frontier,
    consistency_holds,
    consistency_proof,
    frontier_at,
    grow,
    inclusion_holds,
    inclusion_proof,
)

SIZES = range(1, 301)
HEIGHTS = (1, 2, 8)
DIGESTS = [sha256(str(number).encode()).digest() for number in range(300)]

sizes = st.integers(1, 300)


# --- the definitions of RFC 6962, chapter 2.1, word for word ---


def split(size: int) -> int:
    """The largest power of two smaller than size."""
    return 1 << (size - 1).bit_length() - 1


@cache
def mth(start: int, stop: int) -> bytes:
    if stop - start == 1:
        return sha256(b"\x00" + DIGESTS[start]).digest()
    k = start + split(stop - start)
    return sha256(b"\x01" + mth(start, k) + mth(k, stop)).digest()


def path(m: int, start: int, stop: int) -> list[bytes]:
    if stop - start == 1:
        return []
    k = split(stop - start)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, stop)]
    return [*path(m - k, start + k, stop), mth(start, start + k)]


def subproof(m: int, start: int, stop: int, whole: bool) -> list[bytes]:
    if m == stop - start:
        return [] if whole else [mth(start, stop)]
    k = split(stop - start)
    if m <= k:
        return [*subproof(m, start, start + k, whole), mth(start + k, stop)]
    return [*subproof(m - k, start + k, stop, False), mth(start, start + k)]


# --- a tree in memory ---


class Stored:
    """What storage keeps of a tree of DIGESTS; it counts the reads, and refuses to show a node that is not full."""

    def __init__(self, size: int, height: int) -> None:
        self.height = height
        self.frontier = Frontier()
        self.levels: dict[int, list[bytes]] = {0: []}
        self.reads: list[tuple[int, int, int]] = []
        self.append(DIGESTS[:size])

    def append(self, digests: Sequence[bytes]) -> None:
        grown = grow(self.frontier, digests, self.height)
        self.frontier = grown.frontier
        self.levels[0] += digests
        for block in grown.blocks:
            level = self.levels.setdefault(block.level, [])
            assert block.index == len(level)
            level.append(block.root)

    def read(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        assert 0 <= start < stop <= len(self.levels[level])
        self.reads.append((level, start, stop))
        return self.levels[level][start:stop]

    def included(self, index: int) -> tuple[bytes, ...]:
        return inclusion_proof(index, self.frontier, self.read, self.height)

    def extends(self, size: int) -> tuple[bytes, ...]:
        return consistency_proof(size, self.frontier, self.read, self.height)


# --- published vectors: the tests of the Certificate Transparency reference implementation ---

CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_NODES = {
    "a": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "b": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "c": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "d": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "e": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "f": CT_ROOTS[3],
    "g": CT_ROOTS[1],
    "h": CT_ROOTS[0],
    "i": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
}


@pytest.mark.parametrize(
    ("index", "size", "nodes"), [(0, 8, "abc"), (5, 8, "def"), (2, 3, "g"), (1, 5, "hbd"), (0, 1, "")]
)
def test_the_published_inclusion_proofs_hold(index: int, size: int, nodes: str) -> None:
    published = [bytes.fromhex(CT_NODES[node]) for node in nodes]
    leaf, root = bytes.fromhex(CT_LEAVES[index]), bytes.fromhex(CT_ROOTS[size - 1])
    assert inclusion_holds(leaf, index, size, published, root)
    assert not inclusion_holds(leaf + b"\x00", index, size, published, root)


@pytest.mark.parametrize(("size", "later", "nodes"), [(1, 8, "abc"), (6, 8, "ief"), (2, 5, "bd"), (1, 1, "")])
def test_the_published_consistency_proofs_hold(size: int, later: int, nodes: str) -> None:
    published = [bytes.fromhex(CT_NODES[node]) for node in nodes]
    roots = [bytes.fromhex(root) for root in CT_ROOTS]
    assert consistency_holds(size, roots[size - 1], later, roots[later - 1], published)
    assert not consistency_holds(size, roots[size], later, roots[later - 1], published)


def test_the_tree_without_leaves_has_the_published_root() -> None:
    assert Frontier().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# --- every size to 300, every leaf, every earlier size, three block heights ---


# SHA-256 over all roots, inclusion proofs and consistency proofs, made with Go's golang.org/x/mod/sumdb/tlog (0.7.0).
ROOTS_OF_GO = "6af70a3ff335e8eb2078b4b270ca1f9da1716d7b1a27f6b0a68df5c99c7ad0b1"
INCLUSION_OF_GO = "0bbd4a58bc8743bcd312aa9d3be7879807404b1f9c3393ce4b2c1568a188d347"
CONSISTENCY_OF_GO = "4036271d17e183b0210b10e9e738c006e6361a37fc435a36eee859bf30515317"


class Tally:
    """The three digests over all that one implementation says, in the order of the sizes."""

    def __init__(self) -> None:
        self.digests = [sha256(), sha256(), sha256()]

    def add(self, size: int, index: int, included: Sequence[bytes], extends: Sequence[bytes]) -> None:
        self.digests[1].update(f"{index} {size}\n".encode() + b"".join(included))
        self.digests[2].update(f"{index + 1} {size}\n".encode() + b"".join(extends))

    def is_that_of_go(self) -> bool:
        return [one.hexdigest() for one in self.digests] == [ROOTS_OF_GO, INCLUSION_OF_GO, CONSISTENCY_OF_GO]


def test_the_recursion_of_the_rfc_and_the_other_implementation_agree_and_all_their_proofs_hold() -> None:
    tally = Tally()
    for size in SIZES:
        root = mth(0, size)
        tally.digests[0].update(root)
        for index in range(size):
            included, extends = path(index, 0, size), subproof(index + 1, 0, size, True)
            tally.add(size, index, included, extends)
            assert inclusion_holds(DIGESTS[index], index, size, included, root)
            assert consistency_holds(index + 1, mth(0, index + 1), size, root, extends)
    assert tally.is_that_of_go()


@pytest.mark.parametrize("height", HEIGHTS)
def test_roots_and_all_proofs_to_size_300_are_those_of_both(height: int) -> None:
    tally, stored = Tally(), Stored(0, height)
    for size in SIZES:
        stored.append([DIGESTS[size - 1]])
        assert stored.frontier.root == mth(0, size)
        assert frontier_at(size, stored.read, height) == stored.frontier
        tally.digests[0].update(stored.frontier.root)
        for index in range(size):
            tally.add(size, index, stored.included(index), stored.extends(index + 1))
    assert tally.is_that_of_go()


def test_no_proof_holds_for_another_leaf_or_another_earlier_size() -> None:
    for size in range(1, 33):
        root = mth(0, size)
        for real in range(size):
            included, extends = path(real, 0, size), subproof(real + 1, 0, size, True)
            for claimed in range(-1, size + 2):
                assert inclusion_holds(DIGESTS[real], claimed, size, included, root) == (claimed == real)
                told = consistency_holds(claimed + 1, mth(0, real + 1), size, root, extends)
                assert told == (claimed == real)


# --- attacks on a proof ---


def flipped(content: bytes, bit: int) -> bytes:
    place = bit % (8 * len(content))
    return content[: place // 8] + bytes([content[place // 8] ^ 1 << place % 8]) + content[place // 8 + 1 :]


def spoiled(nodes: Sequence[bytes], place: int, bit: int) -> list[list[bytes]]:
    """The path with a bit changed, a node too few, too many, twice, cut short, made longer, and in another order."""
    at = place % len(nodes)
    longer = [*nodes[:at], nodes[at] + b"\x00", *nodes[at + 1 :]]
    made = [
        [*nodes[:at], flipped(nodes[at], bit), *nodes[at + 1 :]],
        [*nodes[:at], *nodes[at + 1 :]],
        [*nodes[: at + 1], *nodes[at:]],
        [*nodes, DIGESTS[bit % 300]],
        [DIGESTS[bit % 300], *nodes],
        [*nodes[:at], nodes[at][:-1], *nodes[at + 1 :]],
        longer,
        [b"".join(nodes)] if len(nodes) > 1 else longer,
        [*nodes[:at], b"", *nodes[at:]],
    ]
    return [*made, list(reversed(nodes))] if len(nodes) > 1 else made


@given(st.data(), sizes, st.integers(0, 20), st.integers(0, 10_000))
def test_an_inclusion_proof_with_any_bit_or_length_changed_fails(
    data: st.DataObject, size: int, place: int, bit: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    good, root = path(index, 0, size), mth(0, size)
    assert not inclusion_holds(flipped(DIGESTS[index], bit), index, size, good, root)
    assert not inclusion_holds(DIGESTS[index], index, size, good, flipped(root, bit))
    for nodes in spoiled(good, place, bit) if good else [[DIGESTS[0]]]:
        assert not inclusion_holds(DIGESTS[index], index, size, nodes, root)


@given(st.data(), sizes, st.integers(0, 20), st.integers(0, 10_000))
def test_a_consistency_proof_with_any_bit_or_length_changed_fails(
    data: st.DataObject, later: int, place: int, bit: int
) -> None:
    size = data.draw(st.integers(1, later))
    good, old, new = subproof(size, 0, later, True), mth(0, size), mth(0, later)
    assert not consistency_holds(size, flipped(old, bit), later, new, good)
    assert not consistency_holds(size, old, later, flipped(new, bit), good)
    for nodes in spoiled(good, place, bit) if good else [[DIGESTS[0]], [old]]:
        assert not consistency_holds(size, old, later, new, nodes)


@given(st.data(), st.integers(2, 300), st.sampled_from(HEIGHTS))
def test_a_tree_in_which_one_earlier_record_was_changed_is_no_extension(
    data: st.DataObject, later: int, height: int
) -> None:
    size = data.draw(st.integers(1, later - 1))
    changed = data.draw(st.integers(0, size - 1))
    forged = Stored(0, height)
    forged.append([*DIGESTS[:changed], b"\x00" * 32, *DIGESTS[changed + 1 : later]])
    assert not consistency_holds(size, mth(0, size), later, forged.frontier.root, forged.extends(size))


def odd_proofs() -> tuple[tuple[bytes, list[bytes]], tuple[bytes, bytes, list[bytes]]]:
    """A root with the path of DIGESTS[1] in it, and two roots with a path between sizes 3 and 4: no node of 32 bytes.

    Whoever forges a tree chooses its root, so that only the length tells that these hashes are of no tree.
    """
    long, leaf = b"x" * 40, sha256(b"\x00" + DIGESTS[1]).digest()
    included = sha256(b"\x01" + long + leaf).digest(), [long]
    earlier = sha256(b"\x01" + b"y" * 64).digest()
    right = sha256(b"\x01" + DIGESTS[3]).digest()
    return included, (earlier, sha256(b"\x01" + b"y" * 64 + right).digest(), [b"", DIGESTS[3], b"y" * 64])


def test_hashes_of_another_length_prove_nothing_also_where_the_root_was_made_to_fit() -> None:
    (root, odd), (earlier, later, between) = odd_proofs()
    assert not inclusion_holds(DIGESTS[1], 1, 2, odd, root)
    assert not consistency_holds(3, earlier, 4, later, between)


def test_a_node_cannot_pass_for_a_record() -> None:
    pretended = mth(0, 1) + mth(1, 2)
    assert not inclusion_holds(pretended, 0, 1, [], mth(0, 2))


@pytest.mark.parametrize("size", [0, -1, 6])
def test_size_0_and_later_sizes_are_refused_in_consistency(size: int) -> None:
    stored = Stored(5, 8)
    with pytest.raises(ProofRefused, match="geen vervolg"):
        stored.extends(size)
    for path_given in ([], [mth(0, 5)]):
        assert not consistency_holds(size, Frontier().root, 5, mth(0, 5), path_given)
    assert not consistency_holds(0, Frontier().root, 0, Frontier().root, [])


@pytest.mark.parametrize("index", [-1, 5, 300])
def test_a_record_that_the_tree_does_not_have_is_refused(index: int) -> None:
    with pytest.raises(ProofRefused, match="staat niet in een logboek van 5 regels"):
        Stored(5, 2).included(index)


# --- storage ---


@given(st.lists(st.integers(0, 90), max_size=6), st.sampled_from(HEIGHTS))
def test_records_added_in_any_portions_give_the_tree_of_adding_them_at_once(portions: list[int], height: int) -> None:
    portioned = Stored(0, height)
    for portion in portions:
        start = portioned.frontier.size
        portioned.append(DIGESTS[start : start + portion])
    whole = Stored(portioned.frontier.size, height)
    assert (portioned.frontier, portioned.levels) == (whole.frontier, whole.levels)


@given(sizes, st.sampled_from(HEIGHTS))
def test_each_level_holds_the_roots_of_the_full_blocks_and_no_others(size: int, height: int) -> None:
    levels = Stored(size, height).levels
    for level in range(1, 10):
        width = 1 << level * height
        assert levels.get(level, []) == [mth(at, at + width) for at in range(0, size - width + 1, width)]


@given(st.integers(1, 2**24 - 1), st.data())
def test_a_proof_takes_at_most_three_reads_of_one_block_below_16_million_records(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    reads: list[tuple[int, int, int]] = []

    def read(level: int, start: int, stop: int) -> list[bytes]:
        assert stop <= size >> 8 * level
        assert start >> 8 == (stop - 1) >> 8
        reads.append((level, start, stop))
        return [DIGESTS[node % 300] for node in range(start, stop)]

    def reads_of(work: Callable[[], object]) -> int:
        reads.clear()
        work()
        return len(reads)

    frontier = frontier_at(size, read)
    assert reads_of(lambda: frontier_at(size, read)) <= 3
    assert reads_of(lambda: inclusion_proof(index, frontier, read)) <= 3
    assert reads_of(lambda: consistency_proof(index + 1, frontier, read)) <= 3


@given(sizes)
def test_the_end_of_a_tree_is_stored_as_its_size_and_bytes(size: int) -> None:
    frontier = Stored(size, 8).frontier
    content = frontier.encode()
    assert Frontier.decode(size, content) == frontier
    for wrong in (content[:-1], content + b"\x00", content + content[:32], content[:-32]):
        with pytest.raises(TreeBroken):
            Frontier.decode(size, wrong)
    with pytest.raises(TreeBroken):
        Frontier.decode(-size, content)


@given(st.integers(2, 300), st.data(), st.sampled_from(HEIGHTS))
def test_storage_that_lost_a_node_is_named_and_not_proven_from(size: int, data: st.DataObject, height: int) -> None:
    stored = Stored(size, height)
    index = data.draw(st.integers(0, size - 1))
    stored.included(index)
    if not stored.reads:
        return  # the last leaf of an odd tree stands in its end
    level, start, _stop = data.draw(st.sampled_from(stored.reads))
    whole = list(stored.levels[level])
    for left in (whole[:start], [*whole[:start], b"short", *whole[start + 1 :]]):
        stored.levels[level] = left

        def read(level: int, start: int, stop: int) -> list[bytes]:
            return stored.levels[level][start:stop]

        with pytest.raises(TreeBroken, match=f"niveau {level} van de boom"):
            inclusion_proof(index, stored.frontier, read, height)


def test_a_digest_of_another_length_does_not_enter_the_tree() -> None:
    for digest in (b"", b"\x00" * 31, b"\x00" * 33):
        with pytest.raises(TreeBroken, match="32 bytes"):
            grow(Frontier(), [DIGESTS[0], digest])
