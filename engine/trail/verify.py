"""Check an export of a chain, or a receipt, with the standard library alone: `python3 -I verify.py FILE`.

This file is an independent verifier: on purpose it shares no code with what writes the records, and states every rule
again. It answers 0 when all fits, 1 when something does not (each finding names its line and rule), and 2 when the file
cannot be read as an export. Give it the digests that you kept of earlier exports or receipts (--kept): each must still
be there. A receipt or an evidence package (a directory) is checked against a policy (--policy): whose keys you believe,
which you know from elsewhere; of a package, --kept are the checkpoints that you kept.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

RECORD_PREFIX = b"wijkcyclus/record/v1\n"
SEALED_PREFIX = b"wijkcyclus/sealed/v1\n"
NO_RECORD = "0" * 64
DESTRUCTION = "vernietiging:uitgevoerd"
ORDERS = {"gevraagd": "verzoek", "opgedragen": "opdracht"}  # how a record of a destruction names what led to it
MAX_LINE = 16 * 1024 * 1024
MAX_DEPTH = 50
MAX_FINDINGS = 100
MAX_INTEGER = 2**53 - 1

HEX = re.compile(r"[0-9a-f]{64}")
HEX_128 = re.compile(r"[0-9a-f]{32}")
KIND = re.compile(r"[a-z]+:[a-z]+")
INSTANT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
REQUIRED = frozenset(("v", "log", "kind", "case", "seq", "prev", "at", "nonce", "actor"))
OPTIONAL = frozenset(
    ("action", "advice", "decision", "definition", "deviation", "dossier", "effect", "inputs", "motivation", "other")
).union(("ruling", "rung", "scope", "step", "subject", "task", "values"))
COLUMNS = {"chain": "case", "seq": "seq", "prev": "prev", "kind": "kind", "at": "at", "log": "log"}


class Unreadable(Exception):
    """The file cannot be read as an export at all."""


class Malformed(Exception):
    """A line or a body is not the JSON that it should be."""


@dataclass(frozen=True)
class Header:
    """What the first line claims."""

    chain: str
    count: int
    head: str


@dataclass
class Report:
    """What the check has seen so far; `findings` are (line, rule, sentence)."""

    findings: list[tuple[int, str, str]] = field(default_factory=list)
    records: int = 0
    shown: int = 0
    hidden: int = 0
    gone: dict[str, tuple[int, str]] = field(default_factory=dict)  # destroyed, they say: where, and by which order
    executed: dict[str, str] = field(default_factory=dict)  # destroyed, a record says: by which order
    carried: list[dict[str, Any]] = field(default_factory=list)  # what each of those records says
    orders: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # asked or ordered, by digest: kind, by whom
    kept: set[str] = field(default_factory=set)
    last: str = NO_RECORD
    next_seq: int = 0
    log: str | None = None

    def find(self, line: int, rule: str, sentence: str) -> None:
        """Add a finding."""
        self.findings.append((line, rule, sentence))


def check(stream: BinaryIO, kept: Sequence[str] = ()) -> Report:
    """Everything that is wrong with an export. Raises Unreadable when it is no export."""
    lines = read_lines(stream)
    try:
        header = read_header(next(lines, b""))
    except Malformed as error:
        raise Unreadable(f"regel 1 is geen kop van een export: {error}") from error
    report = Report()
    for number, line in enumerate(lines, 2):
        check_line(line, number, header, report, set(kept))
    end = report.records + 1
    if report.records != header.count:
        report.find(end, "aantal", f"de kop noemt {header.count} regels, het bestand heeft er {report.records}")
    if report.last != header.head:
        report.find(end, "einde", "de laatste regel is niet die waarmee de keten volgens de kop eindigt")
    for digest, (place, order) in report.gone.items():
        if report.executed.get(digest) != order:
            report.find(place, "vernietigd", f"geen regel zegt dat {digest} met deze opdracht is vernietigd")
    for digest in sorted(set(kept) - report.kept):
        report.find(end, "bewaard", f"de bewaarde regel {digest} staat niet in het bestand")
    return report


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines without their newline, each within the limit."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise Unreadable(f"regel {number} is langer dan {MAX_LINE} bytes")
        if not line.endswith(b"\n"):
            raise Unreadable(f"regel {number} houdt midden in de regel op: het bestand is niet heel")
        yield line[:-1]


def read_header(line: bytes) -> Header:
    """The claims of the first line."""
    value = read_object(line)
    if set(value) != {"format", "v", "chain", "count", "head"}:
        raise Malformed("de velden moeten format, v, chain, count en head zijn")
    if value["format"] != "wijkcyclus-export" or not is_whole(value["v"]) or value["v"] != 1:
        raise Malformed("dit is geen wijkcyclus-export van versie 1")
    if not isinstance(value["chain"], str) or not is_whole(value["count"]) or value["count"] < 0:
        raise Malformed("chain of count heeft een verkeerde vorm")
    if not isinstance(value["head"], str) or not HEX.fullmatch(value["head"]):
        raise Malformed("head is geen SHA-256")
    return Header(value["chain"], value["count"], value["head"])


def check_line(line: bytes, number: int, header: Header, report: Report, kept: set[str]) -> None:
    """Check one record and move on in the chain, also past a line that cannot be read."""
    report.records += 1
    seq, previous = report.next_seq, report.last
    report.next_seq, report.last = seq + 1, "onleesbaar"
    try:
        value = read_line(line)
    except Malformed as error:
        report.find(number, "vorm", str(error))
        return
    text = value["body"]
    digest = hashlib.sha256(RECORD_PREFIX + text.encode()).hexdigest()
    report.last = digest
    if digest in kept:
        report.kept.add(digest)
    if value["digest"] != digest:
        report.find(number, "digest", f"de inhoud heeft digest {digest}, niet de genoemde")
    try:
        body = read_object(text.encode())
    except Malformed as error:
        report.find(number, "inhoud", str(error))
        return
    if is_whole(body.get("seq")):
        report.next_seq = body["seq"] + 1
    if report.log is None:
        report.log = body.get("log")
    faults = [
        *body_faults(body, seq, previous, header),
        *column_faults(value.get("columns", {}), body),
        *sealed_faults(value, number, body, report),
        *execution_faults(body, report),
    ]
    if body.get("log") != report.log:
        faults.append(("logboek", "de regel hoort bij een ander logboek dan de eerste"))
    for rule, sentence in faults:
        report.find(number, rule, sentence)


def read_line(line: bytes) -> dict[str, Any]:
    """A line with at least a digest and the text of a body."""
    value = read_object(line)
    if not {"digest", "body"} <= set(value) <= {"digest", "body", "columns", "sealed", "withheld", "destroyed"}:
        raise Malformed("de velden moeten digest, body, columns, sealed, withheld en destroyed zijn")
    if not isinstance(value["body"], str):
        raise Malformed("body is geen tekst")
    return value


def read_object(content: bytes) -> dict[str, Any]:
    """An object in canonical JSON."""
    value = parse(content)
    if not isinstance(value, dict):
        raise Malformed("dit is geen object")
    return value


def body_faults(body: dict[str, Any], seq: int, previous: str, header: Header) -> Iterator[tuple[str, str]]:
    """What is wrong with the fields that every record has, and with its place in the chain."""
    for name in sorted(REQUIRED - set(body)):
        yield "veld", f"het veld {name} ontbreekt"
    for name in sorted(set(body) - REQUIRED - OPTIONAL):
        yield "veld", f"het veld {name} bestaat niet"
    if not is_whole(body.get("v")) or body["v"] != 1:
        yield "veld", "de versie (v) is niet 1"
    if body.get("case") != header.chain:
        yield "keten", "de regel hoort niet bij de keten die de kop noemt"
    if not is_whole(body.get("seq")) or body["seq"] != seq:
        yield "volgorde", f"hier hoort nummer {seq} te staan, niet {body.get('seq')!r}"
    if body.get("prev") != previous:
        yield "schakel", "prev verwijst niet naar de regel hiervoor"
    for name, pattern in (("kind", KIND), ("at", INSTANT), ("nonce", HEX_128)):
        if name in body and not (isinstance(body[name], str) and pattern.fullmatch(body[name])):
            yield "veld", f"het veld {name} heeft een verkeerde vorm"
    if "actor" in body and not isinstance(body["actor"], dict):
        yield "veld", "het veld actor is geen object"


def column_faults(columns: Any, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the query columns differ from the body, which alone was hashed."""
    if not isinstance(columns, dict):
        yield "vorm", "columns is geen object"
        return
    for name, value in columns.items():
        if name not in COLUMNS:
            yield "kolom", f"de kolom {name} bestaat niet"
        elif type(value) is not type(body.get(COLUMNS[name])) or value != body[COLUMNS[name]]:
            yield "kolom", f"de kolom {name} is anders dan in de regel zelf"


def sealed_faults(line: dict[str, Any], number: int, body: dict[str, Any], report: Report) -> Iterator[tuple[str, str]]:
    """Where a sealed value is missing, is not the one that was sealed, or is said to be in two states at once.

    What is withheld is counted, not judged; what is destroyed is judged when all records have been read.
    """
    sealed, withheld, destroyed = line.get("sealed", {}), line.get("withheld", []), line.get("destroyed", {})
    is_listed = isinstance(withheld, list) and all(isinstance(one, str) for one in withheld)
    if not isinstance(sealed, dict) or not is_listed or not isinstance(destroyed, dict):
        yield "vorm", "sealed, withheld of destroyed heeft een verkeerde vorm"
        return
    handles, told = set(handles_in(body)), Counter([*sealed, *withheld, *destroyed])
    for digest in sorted(handles - set(told)):
        yield "verzegeling", f"de waarde {digest} ontbreekt, zonder opdracht om haar te vernietigen"
    for digest, times in told.items():
        if digest not in handles or times > 1:
            yield "verzegeling", f"de waarde {digest} hoort niet bij deze regel, of staat er twee keer"
    report.hidden += len(withheld)
    report.gone |= {digest: (number, str(order)) for digest, order in destroyed.items()}
    for digest, shown in sealed.items():
        yield from shown_faults(digest, shown, report)


def shown_faults(digest: str, shown: Any, report: Report) -> Iterator[tuple[str, str]]:
    """Where a shown value is not the one that was sealed."""
    if not isinstance(shown, dict) or set(shown) != {"name", "value", "salt"}:
        yield "verzegeling", "een getoonde waarde heeft name, value en salt"
        return
    if not isinstance(shown["salt"], str) or not HEX_128.fullmatch(shown["salt"]):
        yield "verzegeling", "het zout is geen 128 bits"
    opened = canonical([shown["salt"], shown["name"], shown["value"]])
    if hashlib.sha256(SEALED_PREFIX + opened).hexdigest() != digest:
        yield "verzegeling", f"de getoonde waarde is niet de verzegelde ({digest})"
    report.shown += 1


def execution_faults(body: dict[str, Any], report: Report) -> Iterator[tuple[str, str]]:
    """Note which values a record says were destroyed, and say when they were not by two people."""
    if body.get("kind") != DESTRUCTION:
        return
    said = body.get("values")
    if not isinstance(said, dict) or not isinstance(said.get("waarden"), list):
        yield "vernietigd", "de regel noemt niet welke waarden vernietigd zijn"
        return
    people = [said.get("gevraagd_door"), said.get("opgedragen_door")]
    if people[0] == people[1] or not all(isinstance(one, str) and one for one in people):
        yield "vernietigd", "de opdracht is niet van twee personen"
    report.executed |= {str(digest): str(said.get("opdracht")) for digest in said["waarden"]}
    report.carried.append(said)


def handles_in(value: Any) -> Iterator[str]:
    """The digests of the sealed values that a body refers to."""
    if isinstance(value, dict):
        if set(value) == {"verzegeld"} and isinstance(value["verzegeld"], str):
            yield value["verzegeld"]
        for item in value.values():
            yield from handles_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from handles_in(item)


def parse(content: bytes) -> Any:
    """The value of canonical JSON. Raises Malformed for anything else, a repeated key and a fraction among them."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=without_duplicates,
            parse_float=no_fraction,
            parse_constant=no_fraction,
            parse_int=bounded,
        )
        check_depth(value, 0)
        same = canonical(value) == content
    except UnicodeError as error:
        raise Malformed("geen geldige UTF-8") from error
    except RecursionError as error:
        raise Malformed("de JSON is te diep") from error
    except ValueError as error:
        raise Malformed(f"geen geldige JSON ({error})") from error
    if not same:
        raise Malformed("de JSON staat niet in de vaste (canonieke) vorm")
    return value


def canonical(value: Any) -> bytes:
    """The one byte form (RFC 8785) of a value of this domain."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a key is repeated or holds other signs than printable ASCII."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("een sleutel staat er twee keer")
    keys = "".join(found)
    if "" in found or not (keys.isascii() and keys.isprintable()):
        raise Malformed("een sleutel heeft andere tekens dan gewone ASCII")
    return found


def no_fraction(text: str) -> Any:
    """Fractions and the like have no place in a record."""
    raise Malformed(f"het getal {text[:20]} is geen geheel getal")


def bounded(text: str) -> int:
    """A whole number that every reader of JSON reads alike."""
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise Malformed("een getal is groter dan 2^53")
    return int(text)


def check_depth(value: Any, depth: int) -> None:
    """Refuse nesting that no record needs, and text with NUL."""
    if depth > MAX_DEPTH:
        raise Malformed("de JSON is te diep")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,):
        if isinstance(item, dict | list):
            check_depth(item, depth + 1)
        elif isinstance(item, str) and "\x00" in item:
            raise Malformed("een tekst bevat NUL")


def is_whole(value: Any) -> bool:
    """Whether this is an integer, which a truth value is not."""
    return isinstance(value, int) and not isinstance(value, bool)


# --- the tree: RFC 6962, chapter 2.1 ---------------------------------------------------------------------------------


def leaf_hash(digest: bytes) -> bytes:
    """The leaf of a record with this digest (32 bytes)."""
    return hashlib.sha256(b"\x00" + digest).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(digests: Iterable[bytes]) -> bytes:
    """The root of the tree over all these digests: layer by layer, where a node that is left over goes up as it is."""
    layer = [leaf_hash(digest) for digest in digests]
    while len(layer) > 1:
        left_over = layer[len(layer) & ~1 :]
        layer = [node_hash(left, right) for left, right in zip(layer[::2], layer[1::2], strict=False)] + left_over
    return layer[0] if layer else hashlib.sha256(b"").digest()


def inclusion_holds(digest: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path shows that the record with this digest is leaf `index` of the tree of `size` with this root."""
    if not 0 <= index < size or any(len(node) != 32 for node in path):
        return False
    return root_by_path(leaf_hash(digest), index, size, path) == root


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads (PATH(m, D[n]) read backwards); None when its length is wrong."""
    if size == 1 or not path:
        return leaf if size == 1 and not path else None
    left = half(size)
    below = root_by_path(leaf, index % left, left if index < left else size - left, path[:-1])
    if below is None:
        return None
    return node_hash(below, path[-1]) if index < left else node_hash(path[-1], below)


def consistency_holds(size: int, root: bytes, later: int, later_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the later tree only added to the earlier one. From size 0 nothing can be shown."""
    if not 0 < size <= later or any(len(node) != 32 for node in path):
        return False
    return roots_by_path(root, size, later, path, True) == (root, later_root)


def roots_by_path(
    root: bytes, size: int, later: int, path: Sequence[bytes], is_whole: bool
) -> tuple[bytes, bytes] | None:
    """The earlier and the later root to which a path leads (SUBPROOF(m, D[n], b)); None when its length is wrong."""
    if size == later:
        found = [root, *path] if is_whole else [*path]
        return (found[0], found[0]) if len(found) == 1 else None
    if not path:
        return None
    left = half(later)
    if size <= left:
        below = roots_by_path(root, size, left, path[:-1], is_whole)
        return below and (below[0], node_hash(below[1], path[-1]))
    below = roots_by_path(root, size - left, later - left, path[:-1], False)
    return below and (node_hash(path[-1], below[0]), node_hash(path[-1], below[1]))


def half(size: int) -> int:
    """The largest power of two below a size of at least 2: the leaves to the left of the root."""
    return 1 << (size - 1).bit_length() - 1


# --- signatures: Ed25519, RFC 8032, chapter 5.1 ----------------------------------------------------------------------

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, FIELD) % FIELD
ROOT_OF_MINUS_1 = pow(2, (FIELD - 1) // 4, FIELD)
NEUTRAL = (0, 1, 1, 0)

Point = tuple[int, int, int, int]


def plus(one: Point, two: Point) -> Point:
    """The sum of two points (x/z, y/z, z, xy/z), also of a point with itself."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % FIELD, (one[1] + one[0]) * (two[1] + two[0]) % FIELD
    c, d = 2 * one[3] * two[3] * CURVE % FIELD, 2 * one[2] * two[2] % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def times(number: int, point: Point) -> Point:
    """A point added to itself so often."""
    found = NEUTRAL
    for bit in bin(number)[2:]:
        found = plus(found, found)
        if bit == "1":
            found = plus(found, point)
    return found


def read_point(content: bytes) -> Point | None:
    """The point of its 32 bytes; None when they are those of no point, or another spelling of one."""
    coded = int.from_bytes(content, "little")
    y, is_odd = coded & 2**255 - 1, coded >> 255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if x * x % FIELD != square:
        x = x * ROOT_OF_MINUS_1 % FIELD
    if y >= FIELD or x * x % FIELD != square or (x == 0 and is_odd):
        return None
    x = FIELD - x if x & 1 != is_odd else x
    return x, y, 1, x * y % FIELD


def point_bytes(point: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], -1, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = read_point((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is that of the private half of this public key over the message."""
    key = read_point(public) if len(public) == 32 and len(signature) == 64 else None
    factor = int.from_bytes(signature[32:], "little")
    if key is None or BASE is None or factor >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_key = (FIELD - key[0], key[1], 1, FIELD - key[3])
    return point_bytes(plus(times(factor, BASE), times(challenge, minus_key))) == signature[:32]


# --- signed texts: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy ----------------------

LOG_KEY, WITNESS_KEY = 0x01, 0x04
MAX_NOTE = 1024 * 1024
MAX_NUMBER = 2**63 - 1
LAST_SECOND = 253_402_300_799  # of the year 9999, where the calendar of Python ends
NUMBER = re.compile("0|[1-9][0-9]{0,18}")
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


class Untrusted(Exception):
    """A text is well formed, but nobody whom the policy believes stands behind it, or its proof fails."""


@dataclass(frozen=True)
class Key:
    """A public key of a log or a witness."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key on a signature line."""
        named = self.name.encode("utf-8", "surrogateescape")
        return hashlib.sha256(named + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


@dataclass(frozen=True)
class Policy:
    """Whom the reader believes; a name is that of a witness, or of a group (so many of these names)."""

    logs: list[Key]
    named: dict[str, Key | tuple[int, list[str]]]
    quorum: str

    def is_met(self, signed: dict[Key, int | None]) -> bool:
        """Whether enough of its witnesses have signed; a group stands after its members, however deep it goes."""
        met = {"none": True}
        for name, one in self.named.items():
            met[name] = one in signed if isinstance(one, Key) else sum(met[each] for each in one[1]) >= one[0]
        return met[self.quorum]


@dataclass(frozen=True)
class Note:
    """A text and its signatures: (name and id of the key, what it made)."""

    text: str
    signatures: list[tuple[tuple[str, bytes], bytes]]


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log at one size; `witnessed` says by whom, and when (seconds since 1970)."""

    origin: str
    size: int
    root: bytes
    witnessed: dict[str, int] = field(default_factory=dict)


def check_receipt(content: bytes, policy: Policy) -> tuple[bytes, int, Checkpoint]:
    """The digest that a `.tlog-proof` file shows to be in the log, its index, and the checkpoint.

    Raises Malformed, or Untrusted. Whoever has the record itself still has to compare its digest.
    """
    head, _, note = content.partition(b"\n\n")
    lines = note_text(head).split("\n")
    if len(lines) < 3 or (lines[0], lines[1][:6], lines[2][:6]) != ("c2sp.org/tlog-proof@v1", "extra ", "index "):
        raise Malformed("een ontvangstbewijs begint met c2sp.org/tlog-proof@v1, de digest (extra) en de plaats (index)")
    digest, index, path = read_hash(lines[1][6:]), read_number(lines[2][6:]), [read_hash(one) for one in lines[3:]]
    checkpoint = check_checkpoint(note, policy)
    if not inclusion_holds(digest, index, checkpoint.size, path, checkpoint.root):
        raise Untrusted("het pad leidt niet van deze regel naar de wortel van het controlepunt")
    return digest, index, checkpoint


def check_checkpoint(content: bytes, policy: Policy) -> Checkpoint:
    """The checkpoint of a note that the policy believes. Raises Malformed, or Untrusted saying what is lacking."""
    note = read_note(content)
    origin, *lines = note.text[:-1].split("\n")
    if len(lines) < 2 or not all((origin, *lines)):
        raise Malformed("een controlepunt heeft een regel met het logboek, een met de omvang en een met de wortel")
    size, root = read_number(lines[0]), read_hash(lines[1])
    logs = [key for key in policy.logs if key.name == origin]
    if not logs:
        raise Untrusted(f"het logboek {origin!r} staat niet in het beleid")
    if not signers(note, logs):
        raise Untrusted(f"het controlepunt is niet ondertekend door het logboek {origin!r}")
    signed = signers(note, [key for key in policy.named.values() if isinstance(key, Key)])
    if not policy.is_met(signed):
        raise Untrusted(f"er tekenden te weinig getuigen: {len(signed)}, en het beleid vraagt {policy.quorum!r}")
    return Checkpoint(origin, size, root, {key.name: at for key, at in signed.items() if at is not None})


def signers(note: Note, keys: Iterable[Key]) -> dict[Key, int | None]:
    """Who of these keys signed, and a witness when. Raises Untrusted when a signature in the name of one is false."""
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[Key, int | None] = {}
    for named, made in note.signatures:
        if (key := known.get(named)) is None:
            continue
        message, found[key] = note.text.encode(), None
        if key.kind == WITNESS_KEY:
            found[key] = at = int.from_bytes(made[:8], "big")
            if at > LAST_SECOND:
                raise Untrusted(f"de handtekening van {key.name!r} noemt een tijdstip dat niet bestaat")
            message, made = f"cosignature/v1\ntime {at}\n{note.text}".encode(), made[8:]
        if not ed25519_holds(key.public, message, made):
            raise Untrusted(f"de handtekening van {key.name!r} klopt niet")
    return found


def read_note(content: bytes) -> Note:
    """A text and the signature lines under its last empty line."""
    text, blank, lines = note_text(content).rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Malformed("er staan geen handtekeningen onder de tekst, of de laatste regel is niet heel")
    signatures = []
    for line in lines[:-1].split("\n"):
        parts = SIGNATURE.fullmatch(line)
        made = read_base64(parts[2]) if parts else b""
        if parts is None or len(made) < 5:
            raise Malformed(f"geen regel met een handtekening: {line[:80]!r}")
        signatures.append(((parts[1], made[:4]), made[4:]))
    return Note(text + "\n", signatures)


def read_policy(content: bytes) -> Policy:
    """The policy of a file. Raises Malformed, naming the line, for anything that the format does not know."""
    text = content.decode("utf-8", "surrogateescape")
    policy, quorums = Policy([], {}, "none"), list[str]()
    if not text.endswith("\n") or re.search("[^\t\n -~\x80-\U0010ffff]", text):
        raise Malformed("het beleid heeft een stuurteken, of eindigt niet met een regeleinde")
    for number, line in enumerate(text[:-1].split("\n"), 1):
        words = [word for word in re.split("[ \t]+", line) if word]
        try:
            match words:
                case ["log", key] | ["log", key, _]:
                    policy.logs.append(read_key(key, LOG_KEY, policy.logs))
                case ["witness", name, key] | ["witness", name, key, _] if is_new(name, policy):
                    others = [one for one in policy.named.values() if isinstance(one, Key)]
                    policy.named[name] = read_key(key, WITNESS_KEY, others)
                case ["group", name, least, *members] if is_new(name, policy):
                    policy.named[name] = read_group(least, members, policy)
                case ["quorum", name] if not quorums and (name == "none" or name in policy.named):
                    quorums.append(name)
                case [first, *_] if not first.startswith("#"):
                    raise Malformed("zo'n regel kent een beleid niet, of niet op deze plaats")
        except Malformed as error:
            raise Malformed(f"beleid, regel {number}: {error}") from error
    if not quorums:
        raise Malformed("het beleid zegt met 'quorum' niet welke getuigen nodig zijn ('none' mag)")
    return Policy(policy.logs, policy.named, quorums[0])


def is_new(name: str, policy: Policy) -> bool:
    """Whether a policy may give something this name."""
    return name != "none" and name not in policy.named


def read_group(least: str, members: list[str], policy: Policy) -> tuple[int, list[str]]:
    """So many of these names, all known and in no other group, so that each witness counts once."""
    threshold = {"any": 1, "all": len(members)}.get(least) or read_number(least)
    taken = {member for one in policy.named.values() if isinstance(one, tuple) for member in one[1]}
    if not 1 <= threshold <= len(members) == len(set(members)) or not set(members) <= set(policy.named) - taken:
        raise Malformed("een groep noemt bekende leden die in geen andere staan, en vraagt er niet meer dan zij heeft")
    return threshold, members


def read_key(text: str, kind: int, others: Iterable[Key]) -> Key:
    """The verifier key of its text `name+id+base64`."""
    parts = KEY.fullmatch(text)
    typed = read_base64(parts[3]) if parts else b""
    if parts is None or len(typed) != 33 or typed[0] != kind:
        raise Malformed(f"geen sleutel voor deze soort regel: {text[:80]!r}")
    key = Key(parts[1], kind, typed[1:])
    if key.key_id.hex() != parts[2] or any(key.public == other.public for other in others):
        raise Malformed(f"de sleutel staat er al, of het kenmerk past er niet bij: {text[:80]!r}")
    return key


def read_base64(text: str) -> bytes:
    """The bytes of ordinary base64, of which there is one spelling."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed(f"geen base64: {text[:80]!r}") from error
    if base64.b64encode(content).decode() != text:
        raise Malformed(f"geen gewone base64: {text[:80]!r}")
    return content


@lru_cache(maxsize=4_096)  # the nodes near the root stand in every proof
def read_hash(text: str) -> bytes:
    """The 32 bytes of a hash."""
    content = read_base64(text)
    if len(content) != 32:
        raise Malformed(f"een hash heeft 32 bytes, niet {len(content)}")
    return content


def read_number(text: str) -> int:
    """A whole number without leading zeros."""
    if not NUMBER.fullmatch(text) or int(text) > MAX_NUMBER:
        raise Malformed(f"geen getal zonder voorloopnullen: {text[:80]!r}")
    return int(text)


def note_text(content: bytes) -> str:
    """Valid UTF-8 without other control characters than the end of a line."""
    try:
        text = content.decode("utf-8")
    except UnicodeError as error:
        raise Malformed("geen geldige UTF-8") from error
    if len(content) > MAX_NOTE or re.search("[\x00-\x09\x0b-\x1f]", text):
        raise Malformed("de tekst heeft een stuurteken of is te groot")
    return text


# --- the evidence package: BagIt, RFC 8493 ---------------------------------------------------------------------------

MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([0-9A-Za-z_-][0-9A-Za-z._-]*(?:/[0-9A-Za-z_-][0-9A-Za-z._-]*)*)")
CONSISTENCY = re.compile(r"data/consistency/[1-9][0-9]{0,18}\.json")
TAG_FILES = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ISSUED = "bewijs:uitgegeven"
LIMIT = "Wat er is, is echt; dat niets ontbreekt en elke vernietiging is opgedragen toont alleen het hele logboek."


@dataclass
class Package:
    """A package while it is checked; `files` maps each name to its SHA-256, `root` is None without a tree to check."""

    root: Path
    report: Report
    files: dict[str, str] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    note: bytes = b""
    leaves: list[bytes] | None = None
    places: set[int] = field(default_factory=set)
    absent: list[tuple[int, str, str]] = field(default_factory=list)  # line, digest, ground

    def read(self, name: str) -> bytes:
        """The content of a file that the manifest names."""
        if name not in self.files:
            raise Unreadable(f"het bestand {name} ontbreekt in het pakket")
        return (self.root / name).read_bytes()


def check_package(root: Path, policy: Policy, kept: Sequence[bytes] = ()) -> Report:
    """Everything that is wrong with a package. Raises Unreadable when it is none, Untrusted for its checkpoint."""
    package = Package(root, Report())
    check_files(package)
    scope_bytes = package.read("data/scope.json")
    scope = read_scope(scope_bytes)
    check_head(package, policy, scope, kept)
    chains = {one["chain"]: Header(one["chain"], one["count"], str(one["head"])) for one in scope["chains"]}
    check_records(package, scope, chains)
    check_issued(package, scope, hashlib.sha256(scope_bytes).hexdigest())
    check_absent(package, scope)
    check_definitions(package, scope)
    check_others(package, scope["views"])
    if lacking := set(range(scope["size"])) - package.places:
        package.report.find(0, "boom", f"van het hele logboek ontbreken {len(lacking)} regels")
    return package.report


def check_files(package: Package) -> None:
    """The files are those of the manifests, all of them and no other, and none leads out of the package."""
    found = set(walk(package.root))
    if "bagit.txt" not in found or (package.root / "bagit.txt").read_bytes() != BAGIT:
        raise Unreadable("dit is geen BagIt-pakket: bagit.txt ontbreekt of noemt een andere versie of tekenset")
    tags = read_manifest(package, "tagmanifest-sha256.txt", found)
    listed = read_manifest(package, "manifest-sha256.txt", found)
    if set(tags) != TAG_FILES or not all(name.startswith("data/") for name in listed):
        raise Unreadable("de manifesten noemen andere bestanden dan zij horen te doen")
    for name in sorted(found - set(listed) - TAG_FILES - {"tagmanifest-sha256.txt"}):
        package.report.find(0, "bestanden", f"{name} hoort niet in het pakket")
    if len({name.casefold() for name in listed}) != len(listed):
        raise Unreadable("twee bestanden verschillen alleen in hoofdletters")
    for name, digest in {**listed, **tags}.items():
        if name not in found:
            package.report.find(0, "bestanden", f"{name} ontbreekt")
        elif hash_of(package.root / name) != digest:
            package.report.find(0, "bestanden", f"{name} is niet wat het manifest zegt")
    package.files = {name: digest for name, digest in listed.items() if name in found}


def walk(root: Path) -> Iterator[str]:
    """Every file under a directory, by its name from there. Raises Unreadable for a link, or what is no file."""
    waiting = [""]
    while waiting:
        place = waiting.pop()
        with os.scandir(root / place) as entries:
            for entry in entries:
                name = f"{place}{entry.name}"
                if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                    raise Unreadable(f"{name!r} is een verwijzing of geen gewoon bestand")
                if entry.is_dir():
                    waiting.append(f"{name}/")
                else:
                    yield name


def read_manifest(package: Package, name: str, found: set[str]) -> dict[str, str]:
    """The digest of each file in a manifest; names that could lead elsewhere are none."""
    if name not in found:
        raise Unreadable(f"{name} ontbreekt")
    listed: dict[str, str] = {}
    content = (package.root / name).read_bytes()
    if not content.endswith(b"\n"):
        raise Unreadable(f"{name} houdt midden in een regel op")
    for line in content[:-1].decode("utf-8", "replace").split("\n"):
        parts = MANIFEST_LINE.fullmatch(line)
        if parts is None or parts[2] in listed:
            raise Unreadable(f"{name}: geen regel van een manifest: {line[:80]!r}")
        listed[parts[2]] = parts[1]
    return listed


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_scope(content: bytes) -> dict[str, Any]:
    """What the package says that it holds."""
    try:
        scope = read_object(content)
    except Malformed as error:
        raise Unreadable(f"data/scope.json: {error}") from error
    shapes = {"chains": list, "withheld": list, "definitions": list, "views": dict}
    is_described = is_whole(scope.get("size")) and all(isinstance(scope.get(one), shapes[one]) for one in shapes)
    if scope.get("format") != "wijkcyclus-bewijs" or not is_described or scope["size"] > 10**8:
        raise Unreadable("data/scope.json is geen omschrijving van een bewijspakket")
    for one in scope["chains"]:
        if not isinstance(one, dict) or not is_whole(one.get("count")) or not HEX.fullmatch(str(one.get("head"))):
            raise Unreadable("data/scope.json noemt een keten zonder aantal of einde")
        if not isinstance(one.get("chain"), str):
            raise Unreadable("data/scope.json noemt een keten zonder naam")
    return scope


def check_head(package: Package, policy: Policy, scope: dict[str, Any], kept: Sequence[bytes]) -> None:
    """The checkpoint against the policy and what was kept; of a whole log the root again, from every digest."""
    package.note = package.read("data/checkpoint")
    package.checkpoint = checkpoint = check_checkpoint(package.note, policy)
    if scope.get("log") != checkpoint.origin:
        package.report.find(0, "logboek", "het controlepunt is van een ander logboek dan het pakket zegt")
    if "data/digests.bin" in package.files:
        content = package.read("data/digests.bin")
        package.leaves = [content[at : at + 32] for at in range(0, len(content), 32)]
        if len(content) != 32 * checkpoint.size or tree_root(package.leaves) != checkpoint.root:
            package.report.find(0, "boom", "de digests van het hele logboek geven niet de ondertekende wortel")
    for one in kept:
        check_kept(package, checkpoint, check_checkpoint(one, policy))


def check_kept(package: Package, now: Checkpoint, before: Checkpoint) -> None:
    """The log that the package is from only added to the one of an earlier checkpoint."""
    name = f"data/consistency/{before.size}.json"
    if before.origin != now.origin or before.size > now.size:
        package.report.find(0, "bewaard", "een bewaard controlepunt is van een ander of een langer logboek")
    elif package.leaves is not None:
        if tree_root(package.leaves[: before.size]) != before.root:
            package.report.find(0, "bewaard", f"de eerste {before.size} regels zijn niet meer die van toen")
    elif before.size < now.size and name not in package.files:
        package.report.find(0, "bewaard", f"het pakket toont niet dat het logboek na {before.size} regels groeide")
    else:
        told = read_object(package.read(name)).get("path") if before.size < now.size else []
        path = [read_hash(str(one)) for one in told] if isinstance(told, list) else []
        if not consistency_holds(before.size, before.root, now.size, now.root, path):
            package.report.find(0, "bewaard", f"het logboek is na {before.size} regels niet alleen gegroeid")


def check_records(package: Package, scope: dict[str, Any], chains: dict[str, Header]) -> None:
    """Each record: its digest, its place in its chain and in the log; each chain whole up to the end it claims."""
    grounds = withheld_in(scope)
    ends = dict.fromkeys(chains, (0, NO_RECORD))
    for number, line in enumerate(package.read("data/records.jsonl").split(b"\n")[:-1], 1):
        body, digest = check_record(package, line, number, grounds)
        chain = body.get("case")
        if not isinstance(chain, str) or chain not in chains:
            package.report.find(number, "keten", "de regel is van een keten die het pakket niet noemt")
            continue
        seq, before = ends[chain]
        for rule, sentence in body_faults(body, seq, before, chains[chain]):
            package.report.find(number, rule, sentence)
        ends[chain] = (seq + 1, digest)
    for chain, header in chains.items():
        if ends[chain] != (header.count, header.head):
            package.report.find(0, "einde", f"de keten {chain} is niet heel: {ends[chain][0]} van {header.count}")


def check_record(package: Package, line: bytes, number: int, grounds: dict[str, str]) -> tuple[dict[str, Any], str]:
    """One line of records: digest, place in the log, and each sealed value shown, withheld or destroyed."""
    try:
        value = read_object(line)
        if set(value) != {"digest", "body", "index", "sealed"} or not isinstance(value["body"], str):
            raise Malformed("de velden moeten digest, body, index en sealed zijn")
        if not isinstance(value["sealed"], dict):
            raise Malformed("sealed is geen verzameling van waarden bij hun digest")
        digest = hashlib.sha256(RECORD_PREFIX + value["body"].encode()).hexdigest()
        body = read_object(value["body"].encode())
    except Malformed as error:
        package.report.find(number, "vorm", str(error))
        return {}, "onleesbaar"
    package.report.records += 1
    if value["digest"] != digest:
        package.report.find(number, "digest", f"de inhoud heeft digest {digest}, niet de genoemde")
    if package.checkpoint is not None and body.get("log") != package.checkpoint.origin:
        package.report.find(number, "logboek", "de regel hoort bij een ander logboek")
    if str(body.get("kind")).startswith("vernietiging:") and isinstance(body.get("actor"), dict):
        package.report.orders[digest] = body["kind"], body["actor"].get("ref")
    faults = [*place_faults(package, value["index"], digest), *execution_faults(body, package.report)]
    if value["sealed"] != {} or '"verzegeld"' in value["body"]:  # looking for what is sealed takes longest
        shown: dict[str, Any] = value["sealed"]
        handles = dict.fromkeys(handles_in(body))
        faults += [("verzegeling", f"de waarde {one} hoort niet bij deze regel") for one in shown if one not in handles]
        faults += [fault for one, opened in shown.items() for fault in shown_faults(one, opened, package.report)]
        package.absent += [(number, one, grounds.get(one, "")) for one in handles if one not in shown]
    for rule, sentence in faults:
        package.report.find(number, rule, sentence)
    return body, digest


def place_faults(package: Package, index: Any, digest: str) -> Iterator[tuple[str, str]]:
    """Where the package does not show that a record stands in the log, once."""
    if not is_whole(index) or index < 0 or index in package.places:
        yield "boom", "de regel heeft geen eigen plaats in het ondertekende logboek"
        return
    package.places.add(index)
    if package.leaves is not None:
        if index >= len(package.leaves) or package.leaves[index].hex() != digest:
            yield "boom", f"op plaats {index} van het logboek staat een andere regel"
    elif f"data/proofs/{index}.tlog-proof" not in package.files:
        yield "boom", f"het bewijs van plaats {index} ontbreekt"
    else:
        yield from proof_faults(package, package.read(f"data/proofs/{index}.tlog-proof"), index, digest)


def proof_faults(package: Package, content: bytes, index: int, digest: str) -> Iterator[tuple[str, str]]:
    """Whether a proof leads to the package's own checkpoint, which was checked against the policy once."""
    head, _, note = content.partition(b"\n\n")
    try:
        first, *path = note_text(head).split("\n")
        extra = f"extra {base64.b64encode(bytes.fromhex(digest)).decode()}"
        if (first, *path[:2]) != ("c2sp.org/tlog-proof@v1", extra, f"index {index}") or note != package.note:
            raise Malformed("het bewijs is van een andere plaats of een ander controlepunt")
        nodes, end = [read_hash(one) for one in path[2:]], package.checkpoint
        if end is None or not inclusion_holds(bytes.fromhex(digest), index, end.size, nodes, end.root):
            raise Malformed("het pad leidt niet van deze regel naar de wortel van het controlepunt")
    except Malformed as error:
        yield "boom", str(error)


def withheld_in(scope: dict[str, Any]) -> dict[str, str]:
    """The ground on which each sealed value is withheld, by its digest."""
    found = {}
    for one in scope["withheld"]:
        if not isinstance(one, dict) or not one.get("ground"):
            raise Unreadable("data/scope.json houdt een waarde achter zonder grond")
        found[str(one.get("digest"))] = str(one["ground"])
    return found


def check_issued(package: Package, scope: dict[str, Any], digest: str) -> None:
    """The log says that exactly this was given out, so that nobody can make the scope smaller afterwards."""
    line = package.read("data/issued.json")
    body, _ = check_record(package, line[:-1], 0, withheld_in(scope))
    values = body.get("values")
    if body.get("kind") != ISSUED or not isinstance(values, dict) or values.get("omvang") != digest:
        package.report.find(0, "uitgifte", "het logboek noemt dit pakket niet: de omschrijving is een andere")


def check_absent(package: Package, scope: dict[str, Any]) -> None:
    """Each value that is not shown was destroyed by an order of two people, or is withheld on a ground in the scope."""
    for number, digest, ground in package.absent:
        if not ground and digest not in package.report.executed:
            package.report.find(number, "verzegeling", f"de waarde {digest} ontbreekt zonder opdracht en zonder grond")
    for digest in sorted(set(withheld_in(scope)) - {digest for _, digest, _ in package.absent}):
        package.report.find(0, "verzegeling", f"de achtergehouden waarde {digest} komt in geen regel voor")
    for said in package.report.carried if scope["size"] else ():  # an order is a record of another chain
        for act, one in ORDERS.items():
            if package.report.orders.get(str(said.get(one))) != (f"vernietiging:{act}", said.get(f"{act}_door")):
                package.report.find(0, "vernietigd", f"{one} {said.get(one)} is er niet, of is van een ander")


def check_definitions(package: Package, scope: dict[str, Any]) -> None:
    """Each definition is named after its own SHA-256, and every one that the scope names is there."""
    found = {name for name in package.files if name.startswith("data/definitions/")}
    for digest in scope["definitions"]:
        found.discard(name := f"data/definitions/{digest}")
        if package.files.get(name) != digest:
            package.report.find(0, "procesmodel", f"het procesmodel {digest} ontbreekt of heeft een andere inhoud")
    for name in sorted(found):
        package.report.find(0, "procesmodel", f"{name} hoort niet bij dit pakket")


def check_others(package: Package, views: dict[str, Any]) -> None:
    """Each view is the one that the scope names, and no file is there that nobody asked for or looked at."""
    known = {f"data/{name}" for name in ("scope.json", "records.jsonl", "issued.json", "checkpoint", "digests.bin")}
    if package.leaves is None:
        known |= {f"data/proofs/{index}.tlog-proof" for index in package.places}
    for name, digest in views.items():
        known.add(f"data/views/{name}")
        if package.files.get(f"data/views/{name}") != digest:
            package.report.find(0, "weergave", f"de weergave {name} ontbreekt of is een andere dan is uitgegeven")
    for name in sorted(set(package.files) - known):
        if CONSISTENCY.fullmatch(name):
            if not is_path(package.read(name)):
                package.report.find(0, "bestanden", f"{name} is geen bewijs dat het logboek alleen groeide")
        elif not name.startswith("data/definitions/"):
            package.report.find(0, "bestanden", f"{name} hoort niet in het pakket")


def is_path(content: bytes) -> bool:
    """Whether this is a path of hashes and nothing else; what it proves is seen when a checkpoint was kept."""
    try:
        value = read_object(content)
        return set(value) == {"path"} and isinstance(value["path"], list) and bool([*map(read_hash, value["path"])])
    except (Malformed, TypeError):
        return False


# --- the command -----------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Print one line, in which nothing that others wrote steers the terminal or stops the program."""
    shown = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    print(shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace").decode(sys.stdout.encoding or "utf-8"))


def say_receipt(content: bytes, policy: bytes, kept: Sequence[str]) -> int:
    """Check a receipt, say what it shows, and give the exit status."""
    try:
        digest, index, checkpoint = check_receipt(content, read_policy(policy))
    except Untrusted as error:
        say(f"NIET IN ORDE: {error}")
        return 1
    for name, at in sorted(checkpoint.witnessed.items()):
        say(f"getuige {name!r} tekende mee op {datetime.fromtimestamp(at, UTC).isoformat()}")
    say(f"regel {index} van logboek {checkpoint.origin!r}, dat toen {checkpoint.size} regels had: {digest.hex()}")
    if set(kept) - {digest.hex()}:
        say("NIET IN ORDE: het ontvangstbewijs gaat over een andere regel dan de bewaarde digest")
        return 1
    say("IN ORDE")
    return 0


def say_package(root: Path, policy: str, kept: Sequence[str]) -> int:
    """Check a package, say what was found, and give the exit status."""
    try:
        believed = read_policy(Path(policy).read_bytes())
        report = check_package(root, believed, [Path(name).read_bytes() for name in kept])
    except Untrusted as error:
        say(f"NIET IN ORDE: {error}")
        return 1
    return say_report(report, LIMIT)


def say_report(report: Report, limit: str) -> int:
    """Print the findings, and give the exit status."""
    for line, rule, sentence in report.findings[:MAX_FINDINGS]:
        say(f"regel {line}: {rule}: {sentence}")
    if len(report.findings) > MAX_FINDINGS:
        say(f"... en nog {len(report.findings) - MAX_FINDINGS} bevindingen")
    say(
        f"{report.records} regels, {report.shown} verzegelde waarden getoond, {report.hidden} niet getoond, "
        f"{len(report.gone)} vernietigd"
    )
    if report.findings:
        say(f"NIET IN ORDE: {len(report.findings)} bevindingen")
        return 1
    say(f"IN ORDE{f' tot en met {report.last}' if report.next_seq else ''}")
    say(limit)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Check the file named on the command line and say in Dutch what was found; the exit status tells the same."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Controleer een stuk van de verantwoording.")
    parser.add_argument("file", help="een export (JSON Lines), ontvangstbewijs (.tlog-proof) of bewijspakket (map)")
    parser.add_argument("--policy", metavar="FILE", help="wie u gelooft (tlog-policy); nodig bij bewijs")
    told = "een bewaarde digest, of (pakket) het bestand van een controlepunt"
    parser.add_argument("--kept", action="append", default=[], metavar="DIGEST", help=told)
    options = parser.parse_args(arguments)
    try:
        if Path(options.file).is_dir():
            if not options.policy:
                raise Unreadable("bij een pakket is --policy nodig: wie u gelooft")
            return say_package(Path(options.file), options.policy, options.kept)
        with open(options.file, "rb") as stream:
            if options.policy:
                with open(options.policy, "rb") as policy:
                    return say_receipt(stream.read(MAX_NOTE + 1), policy.read(MAX_NOTE), options.kept)
            report = check(stream, options.kept)
    except (OSError, Unreadable, Malformed) as error:
        say(f"NIET LEESBAAR: {error}")
        return 2
    return say_report(
        report,
        "Dit toont dat er niets is veranderd, niet dat na deze regel niets is weggelaten: bewaar de laatste digest.",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
