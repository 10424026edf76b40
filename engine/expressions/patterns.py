"""Regular expressions in time linear in the text: no pattern, however hostile, can make a case hang.

Python's own engine backtracks without bound (`(a+)+$`). Here a pattern becomes a small program, and each pair of
instruction and position is tried once; that suffices because there are no back references.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import ExpressionError
from engine.expressions.limits import MAX_PATTERN, Run
from engine.sentences import Sentence

Groups = tuple[int, ...]
"""Positions: start and end of group 0, then of group 1 ...; -1 for a group that did not take part."""

_MAX_PROGRAM = 1_000
_MAX_GROUPS = 9
_MAX_REPEAT = 100
_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdigit,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}
_LITERAL_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class PatternError(ValueError):
    """A text that is no pattern; FEEL makes it null."""


@dataclass(slots=True)
class _Step:
    """One instruction: `test` a sign, `split` to one target or else the other, `save` a position, or `assert`."""

    kind: str
    test: Callable[[str], bool] | None = None
    targets: tuple[int, int] = (0, 0)
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern with `groups` groups; `many_lines` lets ^ and $ match at line ends."""

    program: tuple[_Step, ...]
    groups: int
    many_lines: bool

    def search(self, run: Run, text: str, start: int = 0) -> Groups | None:
        """The first match at or after `start`; raises ExpressionError when the work budget is gone."""
        visited: set[int] = set()
        for position in range(start, len(text) + 1):
            found = self._match(run, text, position, visited)
            if found is not None:
                return found
        return None

    def _match(self, run: Run, text: str, start: int, visited: set[int]) -> Groups | None:
        width, program = len(text) + 1, self.program
        stack: list[tuple[int, int, Groups]] = [(0, start, (-1,) * (2 * self.groups + 2))]
        while stack:
            at, position, groups = stack.pop()
            key = at * width + position
            if key in visited:
                continue
            visited.add(key)
            if not len(visited) & 15:
                run.spend(1)
            step = program[at]
            if step.kind == "match":
                return groups
            if step.kind == "split":
                stack.append((step.targets[1], position, groups))
                stack.append((step.targets[0], position, groups))
            elif step.kind == "save":
                stack.append((at + 1, position, (*groups[: step.slot], position, *groups[step.slot + 1 :])))
            elif step.kind == "assert":
                if self._stands_at_edge(step.slot, text, position):
                    stack.append((at + 1, position, groups))
            elif position < len(text) and step.test is not None and step.test(text[position]):
                stack.append((at + 1, position + 1, groups))
        return None

    def _stands_at_edge(self, is_end: int, text: str, position: int) -> bool:
        if is_end:
            return position == len(text) or (self.many_lines and text[position] == "\n")
        return position == 0 or (self.many_lines and text[position - 1] == "\n")


@lru_cache(maxsize=256)
def pattern_of(text: str, flags: str = "") -> Pattern:
    """The compiled pattern; raises PatternError when it is none, ExpressionError when it is too large."""
    if len(text) > MAX_PATTERN:
        raise ExpressionError(Sentence("Het patroon is langer dan {meeste} tekens.", meeste=MAX_PATTERN))
    if set(flags) - set("imsx"):
        raise PatternError(flags)
    reader = _Reader("".join(text.split()) if "x" in flags else text, "i" in flags, "s" in flags)
    program = [_Step("save", slot=0), *reader.alternatives(), _Step("save", slot=1), _Step("match")]
    if reader.at < len(reader.text):
        raise PatternError(text)
    absolute = [
        _Step(step.kind, step.test, (at + step.targets[0], at + step.targets[1]), step.slot)
        for at, step in enumerate(program)
    ]
    return Pattern(tuple(absolute), reader.groups, "m" in flags)


class _Reader:
    """Reads one pattern into instructions whose targets are relative, so that a piece can be repeated by copying."""

    def __init__(self, text: str, ignores_case: bool, dot_is_all: bool) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.groups = 0
        self.ignores_case = ignores_case
        self.dot_is_all = dot_is_all

    def takes(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def next(self) -> str:
        if self.at >= len(self.text):
            raise PatternError(self.text)
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self) -> list[_Step]:
        branch = self.sequence()
        if not self.takes("|"):
            return branch
        other = self.alternatives()
        split = _Step("split", targets=(1, len(branch) + 2))
        return [split, *branch, _Step("split", targets=(len(other) + 1,) * 2), *other]

    def sequence(self) -> list[_Step]:
        steps: list[_Step] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            steps += self.repeated(self.atom())
            if len(steps) > _MAX_PROGRAM:
                raise ExpressionError(Sentence("Het patroon is te groot."))
        return steps

    def repeated(self, piece: list[_Step]) -> list[_Step]:
        least, most = self.quantifier()
        if (least, most) == (1, 1):
            return piece
        is_lazy = self.takes("?")
        if len(piece) * max(least, most or 0, 1) > _MAX_PROGRAM:
            raise ExpressionError(Sentence("Het patroon is te groot."))
        steps = piece * least

        def split(onward: int, past: int) -> _Step:
            return _Step("split", targets=(past, onward) if is_lazy else (onward, past))

        if most is None:
            loop = [split(1, len(piece) + 2), *piece]
            return [*steps, *loop, _Step("split", targets=(-len(loop), -len(loop)))]
        for remaining in range(most - least, 0, -1):
            steps += [split(1, remaining * (len(piece) + 1)), *piece]
        return steps

    def quantifier(self) -> tuple[int, int | None]:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.takes(sign):
                return bounds
        if not self.takes("{"):
            return 1, 1
        least = self.number()
        most: int | None = least
        if self.takes(","):
            most = None if self.text[self.at : self.at + 1] == "}" else self.number()
        if not self.takes("}") or (most is not None and most < least):
            raise PatternError(self.text)
        return least, most

    def number(self) -> int:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1
        if start == self.at:
            raise PatternError(self.text)
        if self.at - start > 3 or int(self.text[start : self.at]) > _MAX_REPEAT:
            raise ExpressionError(Sentence("Een patroon mag ten hoogste {meeste} keer herhalen.", meeste=_MAX_REPEAT))
        return int(self.text[start : self.at])

    def atom(self) -> list[_Step]:
        sign = self.next()
        if sign == "(":
            return self.group()
        if sign == "[":
            return [_Step("test", test=self.sign_class())]
        if sign in "^$":
            return [_Step("assert", slot=int(sign == "$"))]
        if sign in "*+?{":
            raise PatternError(self.text)
        if sign == ".":
            is_all = self.dot_is_all
            return [_Step("test", test=lambda found: is_all or found not in "\n\r")]
        return [_Step("test", test=self.escape() if sign == "\\" else self.literal(sign))]

    def group(self) -> list[_Step]:
        self.depth += 1
        if self.depth > 40:
            raise ExpressionError(Sentence("Het patroon is te diep genest."))
        captures = not self.takes("?:")
        number = self.groups + 1 if captures else 0
        self.groups += captures
        if self.groups > _MAX_GROUPS:
            raise ExpressionError(Sentence("Een patroon mag ten hoogste {meeste} groepen hebben.", meeste=_MAX_GROUPS))
        steps = self.alternatives()
        if not self.takes(")"):
            raise PatternError(self.text)
        self.depth -= 1
        return [_Step("save", slot=2 * number), *steps, _Step("save", slot=2 * number + 1)] if captures else steps

    def literal(self, sign: str) -> Callable[[str], bool]:
        if self.ignores_case:
            folded = sign.casefold()
            return lambda found: found.casefold() == folded
        return sign.__eq__

    def escape(self) -> Callable[[str], bool]:
        sign = self.next()
        if sign.lower() in _CLASSES:
            holds = _CLASSES[sign.lower()]
            return holds if sign.islower() else lambda found: not holds(found)
        if sign.isalnum() and sign not in _LITERAL_ESCAPES:
            raise PatternError(self.text)
        return self.literal(_LITERAL_ESCAPES.get(sign, sign))

    def sign_class(self) -> Callable[[str], bool]:
        is_negated = self.takes("^")
        tests: list[Callable[[str], bool]] = []
        while not self.takes("]"):
            sign = self.next()
            if sign == "\\":
                tests.append(self.escape())
            elif sign == "[":
                raise PatternError(self.text)
            elif self.text[self.at : self.at + 1] == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                tests.append(self.interval(sign, self.next()))
            else:
                tests.append(self.literal(sign))
        if not tests:
            raise PatternError(self.text)
        return lambda found: any(test(found) for test in tests) is not is_negated

    def interval(self, low: str, high: str) -> Callable[[str], bool]:
        if high < low or high == "\\":
            raise PatternError(self.text)
        if self.ignores_case:
            return lambda found: low <= found.lower() <= high or low <= found.upper() <= high
        return lambda found: low <= found <= high
