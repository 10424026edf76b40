"""Views of records for other tools and for people: CSV, XES (IEEE 1849-2016) and HTML. Nothing rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from xml.sax.saxutils import quoteattr

from engine.questions.writing import csv_lines
from engine.terms import Json, Values
from engine.trail.kinds import Kind, sentence

COLUMNS = ("keten", "nr", "op", "soort", "wie", "rol", "stap", "trede", "onderwerp", "oordeel", "zin", "digest")
_KINDS = frozenset(Kind)
_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Organizational", "org"), ("Lifecycle", "lifecycle"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as a view shows it."""

    digest: str
    body: Values

    def row(self) -> dict[str, Json]:
        """What the view shows of it, by column."""
        return {
            "keten": self.body.get("case"),
            "nr": self.body.get("seq"),
            "op": self.body.get("at"),
            "soort": self.body.get("kind"),
            "wie": self._of("actor", "ref"),
            "rol": self._of("actor", "role"),
            "stap": self.body.get("step"),
            "trede": self.body.get("rung"),
            "onderwerp": self.body.get("subject"),
            "oordeel": self._of("ruling", "rule"),
            "zin": sentence(self.body) if self.body.get("kind") in _KINDS else "",
            "digest": self.digest,
        }

    def _of(self, part: str, name: str) -> Json:
        value = self.body.get(part)
        return value.get(name) if isinstance(value, dict) else None


def csv_view(records: Iterable[Seen]) -> Iterator[str]:
    """A table of the records; no cell of it is a formula."""
    return csv_lines(COLUMNS, (one.row() for one in records))


def xes_view(records: Iterable[Seen]) -> Iterator[str]:
    """An event log: a trace for each chain, an event for each record. The records of one chain stand together."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    for name, prefix in _EXTENSIONS:
        address = f"http://www.xes-standard.org/{prefix}.xesext"
        yield f'<extension name="{name}" prefix="{prefix}" uri="{address}"/>\n'
    yield '<classifier name="Handeling" keys="concept:name"/>\n'
    for chain, ones in groupby((one.row() for one in records), key=lambda row: row["keten"]):
        yield f"<trace>\n{_attribute('string', 'concept:name', chain)}"
        for row in ones:
            yield "<event>\n" + "".join(_event(row)) + "</event>\n"
        yield "</trace>\n"
    yield "</log>\n"


def _event(row: dict[str, Json]) -> Iterator[str]:
    yield _attribute("string", "concept:name", row["soort"])
    yield _attribute("date", "time:timestamp", row["op"])
    yield _attribute("string", "lifecycle:transition", "complete")
    for key, name in (("org:resource", "wie"), ("org:role", "rol"), ("org:group", "rol")):
        if row[name] is not None:
            yield _attribute("string", key, row[name])
    for name in ("stap", "trede", "onderwerp", "oordeel", "digest"):
        if row[name] is not None:
            yield _attribute("string", name, row[name])


def _attribute(sort: str, key: str, value: Json) -> str:
    text = "".join(char for char in str(value) if char.isprintable())
    return f"<{sort} key={quoteattr(key)} value={quoteattr(text)}/>\n"


def page_view(title: str, records: Iterable[Seen]) -> Iterator[str]:
    """A page that needs nothing else, with a line for each record."""
    name = escape(title)
    yield f'<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n<title>{name}</title>\n'
    yield "<style>body{font:1rem/1.5 sans-serif;margin:2rem}table{border-collapse:collapse}"
    yield "th,td{text-align:left;vertical-align:top;padding:.25rem .75rem;border-bottom:1px solid #ccc}</style>\n"
    yield f"</head>\n<body>\n<h1>{name}</h1>\n<p>Een weergave; wat geldt, staat in records.jsonl.</p>\n<table>\n"
    shown = ("op", "zin", "rol", "stap", "trede", "onderwerp")
    yield "<tr>" + "".join(f'<th scope="col">{one}</th>' for one in shown) + "</tr>\n"
    for one in records:
        row = one.row()
        cells = "".join(f"<td>{escape(str(row[name]) if row[name] is not None else '')}</td>" for name in shown)
        yield f'<tr id="{row["digest"]}">{cells}</tr>\n'
    yield "</table>\n</body>\n</html>\n"
