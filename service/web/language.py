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

from service.api.border import here

COOKIE = "wijk_taal"
DUTCH = "nl"
LANGUAGES = {DUTCH: "Nederlands", "en": "English"}
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
_LOCALES = {DUTCH: Locale("nl"), "en": Locale("en", "GB")}
# What the database keeps as a word and pages show; listed so that there is a translation of each.
STATES = (
    *("lopend", "opgeschort", "afgebroken", "gereed", "open", "afgerond", "vervallen", "voorgesteld", "vrijgegeven"),
    *("gepland", "vastgelopen", "gebeurd", "sessie", "token", "geldend", "gesloten", "beheer", "website", "iemand"),
)
_HOLE = re.compile(r"\{([a-z]\w*)\}")
_LEAST_SAID = 6  # letters in a sentence with holes, below which it would fit anything
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with holes, such as `Er is inbreng zonder antwoord: {wat}.`, and what it is in another language."""

    shape: re.Pattern[str]
    said: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is said in one language: by Dutch text, its form or forms (one, more)."""

    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()


def current() -> str:
    """The language that the reader chose by the switch, else Dutch; looked up once in a request."""
    if not has_request_context():
        return DUTCH
    known = g.get("language")
    if known is None:
        asked = request.cookies.get(COOKIE, DUTCH)
        known = g.language = asked if asked in LANGUAGES else DUTCH
    return str(known)


def locale() -> Locale:
    """How the language writes dates and numbers."""
    return _LOCALES[current()]


def gettext(text: str) -> str:
    """This text of ours in the language of the page."""
    return _catalogue().forms.get(text, (text,))[0]


def ngettext(one: str, more: str, number: int) -> str:
    """The text for this number of things; the two languages tell one from more in the same way."""
    return _catalogue().forms.get(one, (one, more))[0 if number == 1 else -1]


def translated(text: object) -> str:
    """A name from a file, or a sentence with values in it, as plain text: for a title or an attribute."""
    return str(Markup(told(text)).striptags()) if current() != DUTCH else str(text)


def told(text: object) -> Markup:
    """The same in a page: what stays Dutch says that it is."""
    return escape(text) if current() == DUTCH else said_in(_catalogue(), str(text))


def stays_dutch(text: str) -> bool:
    """Whether the page is in another language, and no catalogue has this text."""
    return current() != DUTCH and told(text) == _dutch(text) != escape(text)


def own_words(text: object) -> Markup:
    """What somebody wrote: it is never translated."""
    return escape(text) if current() == DUTCH else _dutch(str(text))


def read_catalogue(*files: Path) -> Catalogue:
    """The catalogue in these files (.po), of which a later one wins; what is fuzzy or empty says nothing."""
    forms: dict[str, tuple[str, ...]] = {}
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file):
                text = message.id if isinstance(message.id, str) else message.id[0]
                said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if text and not message.fuzzy and said and all(said):
                    forms[text] = said
    shaped = [Pattern(_shape(text), said[0]) for text, said in forms.items() if _is_sentence_with_holes(text)]
    return Catalogue(forms, tuple(sorted(shaped, key=lambda one: -len(one.shape.pattern))))


@cache
def catalogue(language: str, city: Path) -> Catalogue:
    """What the house, what cities share and what this city say in a language."""
    places = (
        CATALOGUES / language / "LC_MESSAGES" / "messages.po",
        city.parent / "gedeeld" / "vertalingen" / f"{language}.po",
        city / "vertalingen" / f"{language}.po",
    )
    return read_catalogue(*(path for path in places if path.is_file()))


_SAME = Catalogue()


def _catalogue() -> Catalogue:
    language = current()
    return _SAME if language == DUTCH else catalogue(language, here().installation.config.city)


def said_in(known: Catalogue, text: str, depth: int = 0) -> Markup:
    """The text as this catalogue says it, also where it stands in the hole of a sentence."""
    if text in known.forms:
        return escape(known.forms[text][0])
    if depth < _DEEPEST:
        for pattern in known.patterns:
            found = pattern.shape.fullmatch(text)
            if found:
                held = {name: said_in(known, part, depth + 1) for name, part in found.groupdict().items()}
                return escape(pattern.said).format(**held)
    head, colon, rest = text.partition(": ")
    if colon and head in known.forms:  # a field and what is wrong with it
        return said_in(known, head) + colon + said_in(known, rest, depth)
    parts = text.split(", ")
    if len(parts) > 1 and all(part in known.forms for part in parts):
        return Markup(", ").join(said_in(known, part) for part in parts)
    return _dutch(text)


def _dutch(text: str) -> Markup:
    if not any(letter.isalpha() for letter in text):
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(DUTCH, text)


def _is_sentence_with_holes(text: str) -> bool:
    holes = _HOLE.findall(text)
    rest = sum(letter.isalpha() for letter in _HOLE.sub("", text))
    return bool(holes) and len(set(holes)) == len(holes) and "}{" not in text and rest >= _LEAST_SAID


def _shape(text: str) -> re.Pattern[str]:
    parts = _HOLE.split(text)  # literal, name, literal, ...
    shaped = [f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return re.compile("".join(shaped), re.DOTALL)
