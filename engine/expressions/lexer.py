"""The words of a FEEL text: numbers, strings, names, operators; each with its column."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import ExpressionError
from engine.expressions.limits import MAX_DIGITS, MAX_TEXT
from engine.sentences import Sentence

KEYWORDS = frozenset(
    {
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
    }
    | {"true", "false", "null", "function"}
)

_WORDS = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<quoted>`[^`\n]+`)
      | (?P<name>[^\W\d]\w*)
      | (?P<operator>\*\*|\.\.|<=|>=|!=|[-+*/<>=()\[\]{},:.@;?])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"""\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(["'\\ntr]))""")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_HINTS = {
    "'": Sentence('Gebruik dubbele aanhalingstekens: "tekst".'),
    "“": Sentence('Gebruik rechte aanhalingstekens: "tekst".'),
    "”": Sentence('Gebruik rechte aanhalingstekens: "tekst".'),
    '"': Sentence("De tekst heeft geen afsluitend aanhalingsteken."),
    "!": Sentence("Gebruik not(...) of != voor een ontkenning."),
    "&": Sentence("Gebruik 'and'."),
    "|": Sentence("Gebruik 'or'."),
    "%": Sentence("Gebruik modulo(a, b)."),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `kind` is number, string, name, keyword, operator or end; `after_newline` ends a statement."""

    kind: str
    text: str
    column: int
    value: str | int | Decimal | None = None
    after_newline: bool = False


def unwrapped(text: str) -> str:
    """The text without the wrappers of other tools: `${...}`, `#{...}`, a leading `=`; columns stay where they were."""
    bare = text.rstrip()
    start = bare.lstrip()
    offset = len(bare) - len(start)
    if start[:2] in {"${", "#{"} and start.endswith("}"):
        return " " * (offset + 2) + start[2:-1]
    if start.startswith("=") and not start.startswith("=="):
        return " " * (offset + 1) + start[1:]
    return bare


def tokens_of(text: str) -> list[Token]:
    """All words of a text and an end token; raises ExpressionError at the first character that is no FEEL."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(Sentence("De uitdrukking is langer dan {meeste} tekens.", meeste=MAX_TEXT))
    found: list[Token] = []
    position, newline = 0, False
    while position < len(text):
        match = _WORDS.match(text, position)
        if match is None or match.lastgroup is None:
            sign = text[position]
            hint = _HINTS.get(sign) or Sentence("Het teken {teken} hoort niet in een uitdrukking.", teken=repr(sign))
            raise ExpressionError(hint, position + 1)
        if match.lastgroup == "space":
            newline = newline or "\n" in match.group()
        else:
            found.append(_token(match.lastgroup, match.group(), position + 1, newline))
            newline = False
        position = match.end()
    found.append(Token("end", "", len(text) + 1, after_newline=newline))
    return found


def _token(kind: str, text: str, column: int, newline: bool) -> Token:
    if kind == "number":
        if len(text) > MAX_DIGITS:
            raise ExpressionError(Sentence("Het getal heeft meer dan {meeste} cijfers.", meeste=MAX_DIGITS), column)
        return Token("number", text, column, Decimal(text) if "." in text else int(text), newline)
    if kind == "string":
        return Token("string", text, column, _unescaped(text[1:-1], column), newline)
    if kind == "quoted":
        return Token("name", text[1:-1], column, text[1:-1], newline)
    return Token("keyword" if text in KEYWORDS else kind, text, column, None, newline)


def _unescaped(body: str, column: int) -> str:
    """The string that was meant; a backslash before any other character stays, as patterns such as `\\d` need it."""

    def character(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        if code is None:
            return _ESCAPED.get(match.group(3), match.group(3))
        number = int(code, 16)
        if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise ExpressionError(Sentence("De tekst bevat een teken dat niet bestaat."), column)
        return chr(number)

    return _ESCAPE.sub(character, body) if "\\" in body else body


class Words:
    """A cursor over the words of one text: looks one ahead, consumes, and says what is wrong where."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.at = 0

    @property
    def token(self) -> Token:
        """The next word."""
        return self.tokens[self.at]

    @property
    def before(self) -> Token:
        """The word consumed last."""
        return self.tokens[self.at - 1]

    def sees(self, *texts: str) -> bool:
        """Whether the next word is one of these operators or keywords."""
        return self.token.kind in {"operator", "keyword"} and self.token.text in texts

    def takes(self, *texts: str) -> bool:
        """Consume the next word if it is one of these."""
        if self.sees(*texts):
            self.at += 1
            return True
        return False

    def expect(self, *texts: str) -> str:
        """Consume one of these words and give it; raises ExpressionError otherwise."""
        found = self.token.text
        if not self.takes(*texts):
            wanted = Sentence("Hier hoort {woord}", woord=repr(texts[0]))
            for other in texts[1:]:
                wanted = Sentence("{zin} of {woord}", zin=wanted, woord=repr(other))
            raise self.wrong(wanted)
        return found

    def name(self) -> str:
        """Consume a name and give it; raises ExpressionError otherwise."""
        if self.token.kind != "name":
            raise self.wrong(Sentence("Hier hoort een naam"))
        self.at += 1
        return self.before.text

    def longest(self, names: Container[str], most: int, before: str = "") -> str | None:
        """Consume the longest of these names of at most `most` words, directly before a word; None without one."""
        for length in range(min(most, len(self.tokens) - self.at - 1), 0, -1):
            name = " ".join(word.text for word in self.tokens[self.at : self.at + length])
            if name in names and (not before or self.tokens[self.at + length].text == before):
                self.at += length
                return name
        return None

    def wrong(self, sentence: Sentence) -> ExpressionError:
        """The mistake that the next word is, for the caller to raise."""
        got = Sentence("het einde") if self.token.kind == "end" else f"'{self.token.text}'"
        return ExpressionError(Sentence("{zin}, gevonden: {gevonden}.", zin=sentence, gevonden=got), self.token.column)

    def finish(self) -> None:
        """Refuse what is left over."""
        if self.token.kind == "end":
            return
        if self.token.kind == "name" and self.at and self.before.kind == "name":
            names = f"{self.before.text} {self.token.text}"
            raise ExpressionError(
                Sentence("Een naam mag geen spaties bevatten: '{namen}'.", namen=names), self.before.column
            )
        raise self.wrong(Sentence("De uitdrukking had hier moeten eindigen"))
