"""The rules as the code keeps them: for each of the catalogue where it is enforced and by which tests it is attacked.

Both are read from the source, so that nobody keeps a second list: the checks carry the id of their rule, other guards
name it in a constant or at the end of a sentence of their docstring, `(INV-18)`, and an attack bears it in its name,
`test_inv_18_...`. An installed package brings no tests along.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.administration import ADMINISTRATION
from engine.invariants import RULES, Rule
from engine.rules import ACTS

ROOT = Path(__file__).resolve().parent.parent
_CATALOGUE = "engine.invariants"
_ID = re.compile(r"INV-\d\d|WL\d\d")
_NAMED = re.compile(r"\(((?:INV-\d\d|WL\d\d)[^()]*)\)")
_ATTACK = re.compile(r"^def (test_(inv|wl)_(\d\d)_\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attack:
    """One test function named after the rule that it attacks."""

    file: str
    name: str

    @property
    def room(self) -> str:
        """`engine`, `service` or `processes`: which room of the tests it stands in."""
        return self.file.split("/")[1]


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of the catalogue with its guards in the code and the attacks on it."""

    rule: Rule
    guards: tuple[str, ...]
    attacks: tuple[Attack, ...]

    @property
    def is_owed(self) -> bool:
        """Whether nothing attacks it though nothing says that it is still to be completed."""
        return not self.attacks and not self.rule.follows


def rulebook(root: Path = ROOT) -> tuple[Entry, ...]:
    """The catalogue with what the code below `root` does about each rule."""
    guards, found = guards_in(root), attacks_in(root)
    return tuple(Entry(rule, tuple(guards.get(rule.id, ())), tuple(found.get(rule.id, ()))) for rule in RULES)


def has_tests(root: Path = ROOT) -> bool:
    """Whether the tests came along: in a copy of the source they do, in an installed package they do not."""
    return (root / "tests" / "engine").is_dir()


def guards_in(root: Path) -> Mapping[str, Sequence[str]]:
    """Rule -> what enforces it, as `module.function`: the conditions of checks first, then what names the rule."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for checks in (*ACTS.values(), *ADMINISTRATION.values()):
        for check in checks:
            found[check.rule][f"{check.lacks.__module__}.{check.lacks.__name__}"] = None
    for room in ("engine", "service"):
        for path in sorted((root / room).rglob("*.py")):
            module = path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
            text = path.read_text("utf-8")
            if module != _CATALOGUE and _ID.search(text):
                for rule, place in _named_in(ast.parse(text), module):
                    found[rule][place] = None
    return {rule: list(places) for rule, places in found.items()}


def _named_in(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        place = f"{module}.{_name_of(node)}" if _name_of(node) else module
        inside = node.body if isinstance(node, ast.ClassDef) else ()
        for one, where in ((node, place), *((one, f"{place}.{_name_of(one)}") for one in inside)):
            if isinstance(one, ast.FunctionDef | ast.ClassDef):
                for named in _NAMED.findall(ast.get_docstring(one) or ""):
                    yield from ((rule, where) for rule in _ID.findall(named))
        if not _holds_checks(node):
            yield from ((rule, place) for rule in _constants(node))


def _name_of(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")


def _holds_checks(node: ast.stmt) -> bool:
    """Checks are read from what they are, not from how they are written."""
    return any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Check" for one in ast.walk(node))


def _constants(node: ast.stmt) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _ID.fullmatch(one.value):
            yield one.value


def attacks_in(root: Path) -> Mapping[str, Sequence[Attack]]:
    """Rule -> the tests named after it."""
    found: dict[str, list[Attack]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, kind, number in _ATTACK.findall(path.read_text("utf-8")):
            rule = f"INV-{number}" if kind == "inv" else f"WL{number}"
            found[rule].append(Attack(path.relative_to(root).as_posix(), name))
    return found


def told(entry: Entry, *, with_tests: bool) -> Iterator[str]:
    """What people read about one rule, line by line."""
    rule = entry.rule
    source = f" [{rule.source}]" if rule.source else ""
    yield f"{rule.id}  {rule.sentence}.{source}"
    yield f"        wie: {', '.join(rule.by)}"
    yield f"        waar: {', '.join(entry.guards) or 'nog nergens'}"
    if with_tests:
        yield f"        aangevallen door: {len(entry.attacks)} proeven"
        yield from (f"          {one.file}: {one.name}" for one in entry.attacks)
    if rule.follows:
        yield f"        volgt met {rule.follows}"
