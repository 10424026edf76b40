"""The tree over all records of an installation: RFC 6962, stored as leaves and the roots of full blocks.

The leaf of a record is H(0x00 || its digest), a node H(0x01 || left || right). Levels are counted in blocks of 2^height
nodes (256 at the usual height 8): level 0 holds the digests, node i of level k is the root of the i-th full run of
2^(height * k) leaves. So 10^6 leaves have 3906 nodes on level 1 and 15 on level 2; level 3 begins at 16,777,216 leaves.

Storage keeps three things, all of which only grow:

- leaf(index, digest): level 0;
- block(level, index, root): the levels from 1 on, a row once the run is full and never again;
- head(size, frontier): one row, the end of the tree, enough to append to it and to compute its root.

A proof against a tree whose frontier is at hand reads one range of at most one block a level: three reads below 2^24
leaves. So keep the frontier with each checkpoint as well; `frontier_at` finds that of another size in three reads more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate

from engine.errors import ProofRefused, TreeBroken

HASH_BYTES = 32
BLOCK_HEIGHT = 8
NO_LEAVES = sha256().digest()
"""The root of the tree without leaves."""

Read = Callable[[int, int, int], Sequence[bytes]]
"""Gives the nodes start up to stop of a level, in order: (level, start, stop); on level 0 these are the digests."""


def leaf_hash(digest: bytes) -> bytes:
    """The leaf of a record with this digest."""
    return sha256(b"\x00" + digest).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The end of a tree of `size` leaves: the roots of its full subtrees, largest first, one a 1 bit of `size`."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse roots that cannot belong to this size."""
        if self.size < 0 or len(self.roots) != self.size.bit_count() or not _are_hashes(self.roots):
            raise TreeBroken(f"bij {self.size} bladeren horen andere wortels dan deze {len(self.roots)}")

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        return _folded(self.roots) if self.roots else NO_LEAVES

    def encode(self) -> bytes:
        """The roots as bytes, to be stored beside the size."""
        return b"".join(self.roots)

    @classmethod
    def decode(cls, size: int, content: bytes) -> Frontier:
        """The frontier as stored. Raises TreeBroken when the bytes do not fit the size."""
        return cls(size, tuple(content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)))


@dataclass(frozen=True, slots=True)
class Block:
    """The root of a full run of leaves, at its place on a level from 1 on."""

    level: int
    index: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Growth:
    """What appending to a tree has changed: its new end, and the blocks that became full."""

    frontier: Frontier
    blocks: tuple[Block, ...]


def grow(frontier: Frontier, digests: Iterable[bytes], height: int = BLOCK_HEIGHT) -> Growth:
    """The tree with these digests appended: the first of them gets index `frontier.size`."""
    size, roots, blocks = frontier.size, list(frontier.roots), list[Block]()
    for digest in digests:
        if len(digest) != HASH_BYTES:
            raise TreeBroken(f"een digest is {HASH_BYTES} bytes, niet {len(digest)}")
        roots.append(leaf_hash(digest))
        size += 1
        for full in range(1, _trailing_zeros(size) + 1):
            right = roots.pop()
            roots[-1] = node_hash(roots[-1], right)
            if full % height == 0:
                blocks.append(Block(full // height, (size >> full) - 1, roots[-1]))
    return Growth(Frontier(size, tuple(roots)), tuple(blocks))


def frontier_at(size: int, read: Read, height: int = BLOCK_HEIGHT) -> Frontier:
    """The end of the tree as it was at this size, from storage."""
    roots: list[bytes] = []
    level = 0
    while rest := size >> (level * height):
        stop, start = rest, rest >> height << height
        layers = _layers(_nodes(level, start, stop, read), level == 0) if stop > start else ()
        # The full subtree of a 1 bit ends where those of the lower bits begin: it is the last full node of its layer.
        full = [layer[((stop - start) >> up) - 1] for up, layer in enumerate(layers) if (stop - start) >> up & 1]
        roots = [*reversed(full), *roots]
        level += 1
    return Frontier(size, tuple(roots))


def inclusion_proof(index: int, frontier: Frontier, read: Read, height: int = BLOCK_HEIGHT) -> tuple[bytes, ...]:
    """The audit path (RFC 6962, 2.1.1) of a leaf in the tree that ends in `frontier`, from the leaf to the root.

    Raises ProofRefused for a leaf that this tree does not have.
    """
    if not 0 <= index < frontier.size:
        raise ProofRefused(f"regel {index} staat niet in een logboek van {frontier.size} regels")
    return _path(0, index, frontier, read, height)[1:]


def consistency_proof(size: int, frontier: Frontier, read: Read, height: int = BLOCK_HEIGHT) -> tuple[bytes, ...]:
    """The proof (RFC 6962, 2.1.2) that the tree that ends in `frontier` only added to the tree of this earlier size.

    Raises ProofRefused for size 0, which every tree extends and so proves nothing, and for a size that came later.
    """
    if not 0 < size <= frontier.size:
        raise ProofRefused(f"een logboek van {frontier.size} regels is geen vervolg op een van {size} regels")
    if size == frontier.size:
        return ()
    above = _trailing_zeros(size)
    path = _path(above, (size >> above) - 1, frontier, read, height)
    # Whoever checks it knows the root of the earlier tree: where that is this very node, the node is left out.
    return path[1:] if size == 1 << above else path


def inclusion_holds(digest: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that the record with this digest is leaf `index` of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(path):
        return False
    sides = _sides(index, size - 1, path)
    if sides is None:
        return False
    found = leaf_hash(digest)
    for node, is_left in zip(path, sides, strict=True):
        found = node_hash(node, found) if is_left else node_hash(found, node)
    return found == root


def consistency_holds(size: int, root: bytes, later: int, later_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the later tree only added to the earlier one (RFC 9162, 2.1.4.2); not for size 0."""
    if not 0 < size <= later or not _are_hashes(path):
        return False
    if size == later:
        return not path and root == later_root
    above = _trailing_zeros(size)
    nodes = [root, *path] if size == 1 << above else [*path]
    sides = _sides((size - 1) >> above, (later - 1) >> above, nodes[1:])
    if not nodes or sides is None:
        return False
    old = new = nodes[0]
    for node, is_left in zip(nodes[1:], sides, strict=True):
        if is_left:
            old, new = node_hash(node, old), node_hash(node, new)
        else:
            new = node_hash(new, node)
    return old == root and new == later_root


def _sides(place: int, last: int, path: Sequence[bytes]) -> list[bool] | None:
    """For each node of a path up from a place among 0..last, whether it stands left; None when the length is wrong."""
    sides: list[bool] = []
    for _node in path:
        if last == 0:
            return None
        is_left = bool(place & 1) or place == last
        if is_left:  # a node at the end of the tree has no sibling until it is a right child
            skip = _trailing_zeros(place)
            place, last = place >> skip, last >> skip
        sides.append(is_left)
        place, last = place >> 1, last >> 1
    return sides if last == 0 else None


def _are_hashes(nodes: Sequence[bytes]) -> bool:
    return all(len(node) == HASH_BYTES for node in nodes)


def _path(above: int, index: int, frontier: Frontier, read: Read, height: int) -> tuple[bytes, ...]:
    """A full node at a height `above` the leaves, and the nodes that lead from it to the root of the tree."""
    tops = [bit for bit in reversed(range(frontier.size.bit_length())) if frontier.size >> bit & 1]
    ends = accumulate(1 << top for top in tops)
    here = next(place for place, end in enumerate(ends) if index << above < end)
    left, root, right = frontier.roots[:here], frontier.roots[here], frontier.roots[here + 1 :]
    inside = _path_inside(above, index, tops[here], read, height) if above < tops[here] else [root]
    return (*inside, *([_folded(right)] if right else []), *reversed(left))


def _path_inside(above: int, index: int, top: int, read: Read, height: int) -> list[bytes]:
    """A full node and its siblings below the full subtree of 2^top leaves that holds it: one range read per level."""
    path: list[bytes] = []
    while above < top:
        level, low = divmod(above, height)
        high = min(height, top - level * height)
        start = index >> (high - low) << high
        layers = _layers(_nodes(level, start, start + (1 << high), read), level == 0)
        for up in range(low, high):
            place = index - (start >> up)
            if not path:
                path.append(layers[up][place])
            path.append(layers[up][place ^ 1])
            index >>= 1
        above = level * height + high
    return path


def _nodes(level: int, start: int, stop: int, read: Read) -> tuple[bytes, ...]:
    nodes = tuple(read(level, start, stop))
    if len(nodes) != stop - start or not _are_hashes(nodes):
        raise TreeBroken(f"niveau {level} van de boom is niet heel tussen {start} en {stop}")
    return nodes


@lru_cache(maxsize=64)
def _layers(nodes: tuple[bytes, ...], leaves: bool) -> tuple[tuple[bytes, ...], ...]:
    """The nodes of a block and the full nodes above them, layer by layer; kept, since receipts of one block follow."""
    layer = tuple(map(leaf_hash, nodes)) if leaves else nodes
    layers = [layer]
    while len(layer) > 1:
        layer = tuple(map(node_hash, layer[::2], layer[1::2]))
        layers.append(layer)
    return tuple(layers)


def _folded(roots: Sequence[bytes]) -> bytes:
    found = roots[-1]
    for left in reversed(roots[:-1]):
        found = node_hash(left, found)
    return found


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
