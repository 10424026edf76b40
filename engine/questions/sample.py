"""A sample that nobody can steer: chosen by the newest head of the log, which nobody could choose, and repeatable.

Rank every record by SHA-256 over the seed and its digest; the first so many are the sample. The seed is the SHA-256 of
what was signed or kept last, so whoever has that text draws the same sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from heapq import nsmallest


def seed_of_heads(heads: Mapping[str, tuple[int, str]]) -> str:
    """The seed as long as no checkpoint was signed: the SHA-256 of the ends of all chains, a line for each, sorted."""
    lines = "".join(f"{chain} {seq} {digest}\n" for chain, (seq, digest) in sorted(heads.items()))
    return sha256(lines.encode()).hexdigest()


def seed_of_checkpoint(note: bytes) -> str:
    """The seed once there is one: the SHA-256 of the text that was signed, without the signatures under it."""
    return sha256(note.rpartition(b"\n\n")[0] + b"\n").hexdigest()


def drawn(digests: Iterable[str], seed: str, size: int) -> list[str]:
    """The sample, in the order of its ranks: the same for everybody, in whatever order the digests come."""
    begun = sha256(seed.encode())

    def rank(digest: str) -> bytes:
        ranked = begun.copy()
        ranked.update(digest.encode())
        return ranked.digest()

    return nsmallest(size, digests, key=rank)
