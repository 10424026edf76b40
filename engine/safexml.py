"""Bytes from other hands, read within bounds: XML, JSON and TOML of a process family, never more than a finding worse.

XML goes through two parsers. The first (expat, of the standard library) only counts and refuses: it stops at the first
sign of a document type, before any entity can be declared, and at the first element, level or attribute too many. What
passes is read by lxml without entities, network or huge trees, and without comments and processing instructions.
"""

from __future__ import annotations

import json
import re
import tomllib
from xml.parsers import expat

from lxml import etree

from engine.sentences import Sentence
from engine.terms import Finding, Json, Severity

MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MAX_ATTRIBUTES = 200
MAX_ATTRIBUTE_LENGTH = 10_000

_CHUNK = 64 * 1024
_ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_CODES = expat.errors
_TOO_EARLY = ("xml/afgebroken", Sentence("Het bestand houdt te vroeg op"))
_WHERE = {
    _CODES.XML_ERROR_NO_ELEMENTS: _TOO_EARLY,
    _CODES.XML_ERROR_UNCLOSED_TOKEN: _TOO_EARLY,
    _CODES.XML_ERROR_UNCLOSED_CDATA_SECTION: _TOO_EARLY,
    _CODES.XML_ERROR_PARTIAL_CHAR: ("xml/codering", Sentence("Een teken is niet volledig")),
    _CODES.XML_ERROR_UNKNOWN_ENCODING: ("xml/codering", Sentence("De tekencodering is onbekend")),
    _CODES.XML_ERROR_INCORRECT_ENCODING: (
        "xml/codering",
        Sentence("De tekencodering is een andere dan het bestand zegt"),
    ),
    _CODES.XML_ERROR_UNDEFINED_ENTITY: ("xml/entiteit", Sentence("Het bestand verwijst naar een entiteit")),
    _CODES.XML_ERROR_TAG_MISMATCH: ("xml/ongeldig", Sentence("Een element is niet goed afgesloten")),
    _CODES.XML_ERROR_DUPLICATE_ATTRIBUTE: (
        "xml/ongeldig",
        Sentence("Een element heeft twee keer hetzelfde kenmerk"),
    ),
}


class _Refused(Exception):
    """Carries the finding out of an expat callback."""

    def __init__(self, rule: str, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.rule = rule
        self.sentence = sentence


class _Gate:
    """Counts what goes by and raises `_Refused` at the first thing that may not enter."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.elements = 0
        self.depth = 0
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _doctype(self, *_: object) -> None:
        raise _Refused(
            "xml/doctype",
            Sentence(
                "Het bestand heeft een DOCTYPE of entiteiten; die worden niet gelezen. Haal de DOCTYPE-regel weg."
            ),
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MAX_ELEMENTS:
            raise _Refused(
                "grens/elementen",
                Sentence(
                    "Het bestand heeft meer dan {meeste} elementen; verdeel het over meer bestanden.",
                    meeste=MAX_ELEMENTS,
                ),
            )
        if self.depth > MAX_DEPTH:
            raise _Refused(
                "grens/diepte",
                Sentence(
                    "Het element '{naam}' ligt dieper dan {meeste} niveaus; maak het vlakker.",
                    naam=name[:80],
                    meeste=MAX_DEPTH,
                ),
            )
        if len(attributes) > MAX_ATTRIBUTES:
            raise _Refused(
                "grens/kenmerken", Sentence("Een element heeft meer dan {meeste} kenmerken.", meeste=MAX_ATTRIBUTES)
            )
        for key, value in attributes.items():
            if len(value) > MAX_ATTRIBUTE_LENGTH:
                raise _Refused(
                    "grens/kenmerken",
                    Sentence(
                        "Het kenmerk '{naam}' is langer dan {meeste} tekens.",
                        naam=key[:80],
                        meeste=MAX_ATTRIBUTE_LENGTH,
                    ),
                )

    def _end(self, name: str) -> None:
        self.depth -= 1

    def pass_through(self, content: bytes) -> None:
        """Feed it all in pieces, so that a refusal comes at once; raises `_Refused` or expat's error."""
        for start in range(0, len(content), _CHUNK):
            self.parser.Parse(content[start : start + _CHUNK], False)
        self.parser.Parse(b"", True)


def read(content: bytes, file: str) -> tuple[etree._Element | None, tuple[Finding, ...]]:
    """The root element of an XML file, or None and the one finding that says why it may not or cannot be read."""
    early = _too_big(content, file)
    if early is not None:
        return None, (early,)
    gate = _Gate()
    try:
        gate.pass_through(content)
    except _Refused as refused:
        return None, (_error(file, refused.rule, refused.sentence, gate.parser.CurrentLineNumber),)
    except expat.ExpatError as error:
        return None, (_malformed(content, file, error),)
    except (LookupError, ValueError, UnicodeError):
        return None, (
            _error(file, "xml/codering", Sentence("De tekencodering is onbekend; bewaar het bestand als UTF-8."), 1),
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser), ()
    except etree.XMLSyntaxError as error:
        sentence = Sentence("Het bestand is geen geldige XML: {fout}.", fout=error.msg)
        return None, (_error(file, "xml/ongeldig", sentence, error.lineno),)


def read_json(content: bytes, file: str) -> tuple[Json, tuple[Finding, ...]]:
    """The value in a JSON file (UTF-8), or None and a finding; numbers with a fraction stay text as they were written.

    Refused: a key twice in one object, NaN and Infinity, more than `MAX_DEPTH` levels.
    """
    text, finding = _text(content, file)
    if text is None:
        return None, (finding,) if finding else ()
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_float=str,
            parse_int=_bounded_integer,
            parse_constant=_no_constant,
        )
    except _Refused as refused:
        return None, (_error(file, refused.rule, refused.sentence, None),)
    except json.JSONDecodeError as error:
        sentence = Sentence(
            "Het bestand is geen geldige JSON ({fout}, kolom {kolom}).", fout=error.msg, kolom=error.colno
        )
        return None, (_error(file, "json/ongeldig", sentence, error.lineno),)
    except RecursionError:
        return None, (_deep(file),)
    return (None, (_deep(file),)) if _is_deep(value) else (value, ())


def read_toml(content: bytes, file: str) -> tuple[dict[str, object] | None, tuple[Finding, ...]]:
    """The table in a TOML file (UTF-8), or None and a finding; values are those of the standard library's reader."""
    text, finding = _text(content, file)
    if text is None:
        return None, (finding,) if finding else ()
    try:
        value = tomllib.loads(text)
    except RecursionError:
        return None, (_deep(file),)
    except ValueError as error:
        return None, (
            _error(
                file, "toml/ongeldig", Sentence("Het bestand is geen geldige TOML ({fout}).", fout=str(error)), None
            ),
        )
    return (None, (_deep(file),)) if _is_deep(value) else (value, ())


def _error(file: str, rule: str, sentence: Sentence, line: int | None) -> Finding:
    return Finding(file=file, rule=rule, severity=Severity.ERROR, sentence=sentence, line=line)


def _deep(file: str) -> Finding:
    return _error(
        file,
        "grens/diepte",
        Sentence("De gegevens liggen dieper dan {meeste} niveaus; maak ze vlakker.", meeste=MAX_DEPTH),
        None,
    )


def _too_big(content: bytes, file: str) -> Finding | None:
    if len(content) > MAX_BYTES:
        return _error(
            file, "grens/omvang", Sentence("Het bestand is groter dan 5 MB; verdeel het of haal plaatjes weg."), None
        )
    if not content.strip():
        return _error(
            file, "xml/leeg" if file.endswith(("bpmn", "dmn")) else "leeg", Sentence("Het bestand is leeg."), 1
        )
    return None


def _malformed(content: bytes, file: str, error: expat.ExpatError) -> Finding:
    declared = _ENCODING.match(content[:200])
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")) and (declared is None or declared[1].lower() == b"utf-8"):
        finding = _not_utf8(content, file)
        if finding is not None:
            return finding
    rule, sentence = _WHERE.get(
        expat.ErrorString(error.code), ("xml/ongeldig", Sentence("Het bestand is geen geldige XML"))
    )
    return _error(
        file,
        rule,
        Sentence("{zin} (regel {regel}, kolom {kolom}).", zin=sentence, regel=error.lineno, kolom=error.offset + 1),
        error.lineno,
    )


def _not_utf8(content: bytes, file: str) -> Finding | None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        sentence = Sentence(
            "Het bestand is geen geldige UTF-8 (regel {regel}); bewaar het opnieuw als UTF-8.", regel=line
        )
        return _error(file, "xml/codering" if content.lstrip()[:1] == b"<" else "codering", sentence, line)
    return None


def _text(content: bytes, file: str) -> tuple[str | None, Finding | None]:
    finding = _too_big(content, file) or _not_utf8(content, file)
    return (None, finding) if finding is not None else (content.decode("utf-8-sig"), None)


def _is_deep(value: object) -> bool:
    """This value holds lists or tables more than `MAX_DEPTH` levels into each other."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _contents(outer)]
    return any(isinstance(inner, dict | list) for inner in level)


def _contents(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(
                "json/dubbel",
                Sentence("De sleutel '{naam}' staat twee keer in één object; laat er één staan.", naam=key[:80]),
            )
        found[key] = value
    return found


def _bounded_integer(text: str) -> int:
    if len(text) > 100:
        raise _Refused("grens/getal", Sentence("Een getal heeft meer dan 100 cijfers."))
    return int(text)


def _no_constant(text: str) -> Json:
    raise _Refused(
        "json/getal", Sentence("De waarde '{tekst}' is geen getal; gebruik een gewoon getal of null.", tekst=text)
    )
