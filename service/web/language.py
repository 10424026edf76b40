"""The language of a page: Dutch, or what the catalogues of the house and of the city say for it.

Dutch is the message id everywhere. A text that no catalogue knows stays Dutch, and the page says that it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po
from flask import g, has_request_context, request
from markupsafe import Markup, escape

from engine.sentences import Name, Sentence, Value
from service.api.border import here

COOKIE = "wijk_taal"
DUTCH = "nl"
LANGUAGES = {DUTCH: "Nederlands", "en": "English"}
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
_LOCALES = {DUTCH: Locale("nl"), "en": Locale("en", "GB")}
# What the database keeps as a word and pages show; listed so that there is a translation of each.
STATES = (
    *("lopend", "opgeschort", "afgebroken", "gereed", "open", "afgerond", "vervallen", "voorgesteld", "vrijgegeven"),
    *("gepland", "vastgelopen", "gebeurd", "sessie", "token", "agenda", "voorbereiding", "geteld"),
    *("geldend", "gesloten", "beheer", "website", "iemand", "hoog", "normaal", "laag"),
    *(
        "systeem",
        "organisatie",
        "opdrachtregel",
        "vrijgeven",
        "poging",
        "bewaard",
        "vier-ogen",
        "termijnen",
        "verbeterd door",
    ),
)
TEMPLATE = "template"
"""The comment in a catalogue at what a `Sentence` is made from: it is filled, and never looked for in a text."""
_HOLE = re.compile(r"\{([a-z]\w*)\}")
_LEAST_SAID = 6  # letters in a sentence with holes, below which it would fit anything
_DEEPEST = 3
_LONGEST_SAID = 2_000  # letters; what is longer we did not write, and to look for our sentences in it takes ages


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with holes, such as `Er is inbreng zonder antwoord: {wat}.`, and what it is in another language."""

    shape: re.Pattern[str]
    said: str


@dataclass(frozen=True, slots=True, eq=False)  # known by itself: what is made for a language is kept under it
class Catalogue:
    """What is said in one language: by Dutch text, its form or forms (one, more); and how it writes dates."""

    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    locale: Locale = _LOCALES[DUTCH]

    def gettext(self, text: str) -> str:
        """This text of ours."""
        return self.forms.get(text, (text,))[0]

    def ngettext(self, one: str, more: str, number: int) -> str:
        """The text for this number of things; the two languages tell one from more in the same way."""
        return self.forms.get(one, (one, more))[0 if number == 1 else -1]

    def told(self, text: object) -> Markup:
        """A name from a file, or a sentence with values in it; what stays Dutch says that it is, and once is enough."""
        if isinstance(text, Sentence):
            return _filled(self, text)
        return text if isinstance(text, Markup) else said_in(self, str(text))

    def translated(self, text: object) -> str:
        """The same as plain text: for a title or an attribute."""
        return str(self.told(text).striptags())

    def own_words(self, text: object) -> Markup:
        """What somebody wrote: it is never translated."""
        return _dutch(str(text))


class Dutch(Catalogue):
    """The language of the texts themselves."""

    def told(self, text: object) -> Markup:
        """The text as it is."""
        return escape(text)

    def translated(self, text: object) -> str:
        """The text as it is, plain."""
        return str(text)

    def own_words(self, text: object) -> Markup:
        """What somebody wrote, as anything else."""
        return escape(text)


_DUTCH = Dutch()


def known() -> Catalogue:
    """What is said in the language of the page."""
    language = current()
    return _DUTCH if language == DUTCH else catalogue(language, here().installation.config.city)


def in_language(code: str, city: Path) -> Catalogue:
    """What is said in a language where no page is asked for: in a letter."""
    return _DUTCH if code == DUTCH else catalogue(code, city)


def current() -> str:
    """The language that the reader chose by the switch, else Dutch; looked up once in a request."""
    if not has_request_context():
        return DUTCH
    chosen = g.get("language")
    if chosen is None:
        asked = request.cookies.get(COOKIE, DUTCH)
        chosen = g.language = asked if asked in LANGUAGES else DUTCH
    return str(chosen)


def locale() -> Locale:
    """How the language of the page writes dates and numbers."""
    return known().locale


def gettext(text: str) -> str:
    """This text of ours in the language of the page."""
    return known().gettext(text)


def ngettext(one: str, more: str, number: int) -> str:
    """The text for this number of things in the language of the page."""
    return known().ngettext(one, more, number)


def translated(text: object) -> str:
    """A name from a file, or a sentence with values in it, as plain text in the language of the page."""
    return known().translated(text)


def told(text: object) -> Markup:
    """The same in a page: what stays Dutch says that it is."""
    return known().told(text)


def stays_dutch(text: str) -> bool:
    """Whether the page is in another language, and no catalogue has this text."""
    return current() != DUTCH and told(text) == _dutch(text) != escape(text)


def read_catalogue(*files: Path, language: str = "en") -> Catalogue:
    """The catalogue in these files (.po), of which a later one wins; what is fuzzy or empty says nothing."""
    forms: dict[str, tuple[str, ...]] = {}
    templates: set[str] = set()
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file):
                text = message.id if isinstance(message.id, str) else message.id[0]
                said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if text and not message.fuzzy and said and all(said):
                    forms[text] = said
                    templates |= {text} if TEMPLATE in message.auto_comments else set()
    shaped = [
        Pattern(_shape(text), said[0])
        for text, said in forms.items()
        if text not in templates and _is_sentence_with_holes(text)
    ]
    longest_first = tuple(sorted(shaped, key=lambda one: -len(one.shape.pattern)))
    return Catalogue(forms, longest_first, _LOCALES[language])


@cache
def catalogue(language: str, city: Path) -> Catalogue:
    """What the house, what cities share and what this city say in a language."""
    places = (
        CATALOGUES / language / "LC_MESSAGES" / "messages.po",
        city.parent / "gedeeld" / "vertalingen" / f"{language}.po",
        city / "vertalingen" / f"{language}.po",
    )
    return read_catalogue(*(path for path in places if path.is_file()), language=language)


def said_in(known: Catalogue, text: str, depth: int = 0) -> Markup:
    """The text as this catalogue says it, also where it stands in the hole of a sentence."""
    if text in known.forms:
        return escape(known.forms[text][0])
    if depth >= _DEEPEST or len(text) > _LONGEST_SAID:
        return _dutch(text)
    for pattern in known.patterns:
        found = pattern.shape.fullmatch(text)
        if found:
            held = {name: said_in(known, part, depth + 1) for name, part in found.groupdict().items()}
            return escape(pattern.said).format(**held)
    rows = text.split("; ")
    if len(rows) > 1 and all(": " in row for row in rows):  # what is said of one thing, a name and a value each
        return Markup("; ").join(said_in(known, row, depth) for row in rows)
    head, colon, rest = text.partition(": ")
    if colon and (head in known.forms or _is_reference(head)):  # a field or reference, and what of it
        return said_in(known, head) + colon + said_in(known, rest, depth + 1)
    if colon and head.startswith("'"):  # a file and what is wrong with it
        return escape(head) + colon + said_in(known, rest, depth + 1)
    for between in (", ", "; "):
        parts = text.split(between)
        if len(parts) > 1 and all(part in known.forms or _is_reference(part) for part in parts):
            return Markup(between).join(said_in(known, part) for part in parts)
    return _dutch(text)


def _filled(known: Catalogue, value: Value) -> Markup:
    """A sentence made anew from its template; a text in it that is no name of anything stays as it was written."""
    match value:
        case Sentence():
            held = {name: _filled(known, one) for name, one in value.values.items()}
            return escape(known.forms.get(value.template, (value.template,))[0]).format_map(held)
        case Name():
            return said_in(known, value)
        case str() | int():
            return escape(value)
    return Markup(", ").join(_filled(known, one) for one in value)


def _dutch(text: str) -> Markup:
    if _is_reference(text):
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(DUTCH, text)


def _is_reference(text: str) -> bool:
    """A number, or a reference such as I-02: the same in every language."""
    return not any(letter.islower() for letter in text)


def _is_sentence_with_holes(text: str) -> bool:
    holes = _HOLE.findall(text)
    rest = sum(letter.isalpha() for letter in _HOLE.sub("", text))
    return bool(holes) and len(set(holes)) == len(holes) and "}{" not in text and rest >= _LEAST_SAID


def _shape(text: str) -> re.Pattern[str]:
    parts = _HOLE.split(text)  # literal, name, literal, ...
    shaped = [f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return re.compile("".join(shaped), re.DOTALL)
