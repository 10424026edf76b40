"""Check an export of a chain of records, with the standard library alone: `python3 -I verify.py FILE [--kept DIGEST]`.

This file is an independent verifier: on purpose it shares no code with what writes the records, and states every rule
again. It answers 0 when all fits, 1 when something does not (each finding names its line and rule), and 2 when the file
cannot be read as an export. Give it the digests that you kept of earlier exports or receipts: each must still be there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

RECORD_PREFIX = b"wijkcyclus/record/v1\n"
SEALED_PREFIX = b"wijkcyclus/sealed/v1\n"
NO_RECORD = "0" * 64
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
        *sealed_faults(value.get("sealed", {}), body, report),
    ]
    if body.get("log") != report.log:
        faults.append(("logboek", "de regel hoort bij een ander logboek dan de eerste"))
    for rule, sentence in faults:
        report.find(number, rule, sentence)


def read_line(line: bytes) -> dict[str, Any]:
    """A line with at least a digest and the text of a body."""
    value = read_object(line)
    if not {"digest", "body"} <= set(value) <= {"digest", "body", "columns", "sealed"}:
        raise Malformed("de velden moeten digest, body, columns en sealed zijn")
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


def sealed_faults(sealed: Any, body: dict[str, Any], report: Report) -> Iterator[tuple[str, str]]:
    """Where a shown value is not the one that was sealed. What is not shown is counted, not judged."""
    if not isinstance(sealed, dict):
        yield "vorm", "sealed is geen object"
        return
    handles = set(handles_in(body))
    report.hidden += len(handles - set(sealed))
    for digest, shown in sealed.items():
        if digest not in handles:
            yield "verzegeling", f"de getoonde waarde {digest} hoort niet bij deze regel"
        if not isinstance(shown, dict) or set(shown) != {"name", "value", "salt"}:
            yield "verzegeling", "een getoonde waarde heeft name, value en salt"
            continue
        if not isinstance(shown["salt"], str) or not HEX_128.fullmatch(shown["salt"]):
            yield "verzegeling", "het zout is geen 128 bits"
        opened = canonical([shown["salt"], shown["name"], shown["value"]])
        if hashlib.sha256(SEALED_PREFIX + opened).hexdigest() != digest:
            yield "verzegeling", f"de getoonde waarde is niet de verzegelde ({digest})"
        report.shown += 1


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
    if not all(key and key.isascii() and key.isprintable() for key in found):
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
    if isinstance(value, str) and "\x00" in value:
        raise Malformed("een tekst bevat NUL")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_depth(item, depth + 1)


def is_whole(value: Any) -> bool:
    """Whether this is an integer, which a truth value is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def main(arguments: Sequence[str]) -> int:
    """Check the file named on the command line and say in Dutch what was found; the exit status tells the same."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Controleer een export van de verantwoording.")
    parser.add_argument("file", help="het bestand (JSON Lines)")
    parser.add_argument("--kept", action="append", default=[], metavar="DIGEST", help="een eerder bewaarde digest")
    options = parser.parse_args(arguments)
    try:
        with open(options.file, "rb") as stream:
            report = check(stream, options.kept)
    except (OSError, Unreadable) as error:
        print(f"NIET LEESBAAR: {error}")
        return 2
    for line, rule, sentence in report.findings[:MAX_FINDINGS]:
        print(f"regel {line}: {rule}: {sentence}")
    if len(report.findings) > MAX_FINDINGS:
        print(f"... en nog {len(report.findings) - MAX_FINDINGS} bevindingen")
    print(f"{report.records} regels, {report.shown} verzegelde waarden getoond, {report.hidden} niet getoond")
    if report.findings:
        print(f"NIET IN ORDE: {len(report.findings)} bevindingen")
        return 1
    print(f"IN ORDE tot en met {report.last}")
    print("Dit toont dat er niets is veranderd, niet dat na deze regel niets is weggelaten: bewaar de laatste digest.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
