"""The rules of the house, each checked on every file, and each shown to bite on a small text that breaks it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("engine", "processes", "service", "tests")

# What each room may import of ours; the arrows point down.
ARROWS = {
    "engine": {"engine"},
    "processes": set[str](),
    "service": {"engine", "processes", "service"},
    "tests": {"engine", "processes", "service", "tests"},
}
ENGINE_LIBRARIES = {"SpiffWorkflow", "lxml", "cryptography"}
SPIFF_FILES = (
    "engine/semantics*.py",
    "engine/semantics/*.py",
    "engine/state.py",
    "engine/definition.py",
    "engine/case.py",
)
# The engine decides from its arguments alone: nothing that reads or changes the world.
WORLD = {"asyncio", "glob", "http", "multiprocessing", "os", "pathlib", "pickle", "random", "requests", "secrets"} | {
    "select", "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
VERIFIER = "engine/trail/verify.py"

# The outermost edge: the only files that read the clock.
CLOCK_FILES = ("service/clock.py",)
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"} | {
    f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")
}
SQL_FILES = ("service/store*.py", "service/tables*.py", "service/db.py", "service/migrations/**/*.py")
MIGRATIONS = ("service/migrations/versions/*.py",)  # one long list of tables each, frozen once released
SQL_TYPES = {"Connection", "Engine", "Row", "URL", "make_url"}

FILE_LINES = 400
TEST_FILE_LINES = 600
VERIFIER_LINES = 1100  # an auditor runs this one file without us: what it needs cannot stand in another
FUNCTION_LINES = 50


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, its text and all nodes of its tree, walked through once."""

    path: str
    text: str
    nodes: tuple[ast.AST, ...]

    @property
    def room(self) -> str:
        return self.path.split("/", 1)[0]

    @property
    def module(self) -> str:
        name = self.path.removesuffix(".py").replace("/", ".")
        return name.removesuffix(".__init__")

    def within(self, patterns: tuple[str, ...]) -> bool:
        return any(_matches(self.path, pattern) for pattern in patterns)


def _matches(path: str, pattern: str) -> bool:
    if "**" in pattern:
        return path.startswith(pattern.split("**", 1)[0])
    return len(path.split("/")) == len(pattern.split("/")) and PurePosixPath(path).match(pattern)


def source(path: str, text: str) -> Source:
    return Source(path, text, tuple(ast.walk(ast.parse(text, path))))


@pytest.fixture(scope="module")
def sources() -> tuple[Source, ...]:
    """Every Python file of ours, read when the first rule asks for it: not by each process that looks for tests."""
    paths = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
    return tuple(source(p.relative_to(ROOT).as_posix(), p.read_text("utf-8")) for p in paths)


# --- what a file imports ---------------------------------------------------------------------------------------------


def imports(of: Source) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Each import statement as line, module (absolute) and imported names."""
    for node in of.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = of.module.split(".")
                if not of.path.endswith("__init__.py"):
                    package = package[:-1]
                package = package[: len(package) - node.level + 1]
                module = ".".join([*package, module] if module else package)
            yield node.lineno, module, tuple(alias.name for alias in node.names)


def arrows_point_down(of: Source) -> Iterator[str]:
    for line, module, _ in imports(of):
        top = module.split(".", 1)[0]
        if top in ROOMS and top not in ARROWS[of.room]:
            yield f"{line}: {of.room} imports {module}"
        elif of.room == "processes":
            yield f"{line}: processes is data and imports {module}"
        elif of.room == "engine" and top not in {"engine", *ENGINE_LIBRARIES} and top not in sys.stdlib_module_names:
            yield f"{line}: engine imports {module}"


def the_engine_is_pure(of: Source) -> Iterator[str]:
    if of.room != "engine" or of.path == VERIFIER:
        return
    for line, module, names in imports(of):
        if module == "pathlib" and set(names) <= {"PurePath", "PurePosixPath"} and names:
            continue  # a path without a file system behind it
        if module.split(".", 1)[0] in WORLD:
            yield f"{line}: engine imports {module}"
    for call in calls(of):
        if dotted(call.func) in {"open", "input", "print"}:
            yield f"{call.lineno}: engine calls {dotted(call.func)}"


def spiffworkflow_stays_in_few_files(of: Source) -> Iterator[str]:
    if of.within(SPIFF_FILES) or of.room == "tests":
        return
    for line, module, _ in imports(of):
        if module.split(".", 1)[0] == "SpiffWorkflow":
            yield f"{line}: imports {module}"


def the_verifier_needs_the_standard_library_alone(of: Source) -> Iterator[str]:
    if of.path != VERIFIER:
        return
    for line, module, _ in imports(of):
        if module.split(".", 1)[0] not in sys.stdlib_module_names:
            yield f"{line}: imports {module}"


def imports_stand_at_the_top(of: Source) -> Iterator[str]:
    for function in functions(of):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{node.lineno}: import inside {function.name}"


def sql_stays_in_the_store(of: Source) -> Iterator[str]:
    if of.room != "service" or of.within(SQL_FILES):
        return
    for line, module, names in imports(of):
        if module.startswith("sqlalchemy") and not module.startswith("sqlalchemy.exc"):
            strange = sorted(set(names) - SQL_TYPES) if names else [module]
            if strange:
                yield f"{line}: imports {', '.join(strange)} from {module}"
    for call in calls(of):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {
            "execute",
            "scalar",
            "scalars",
            "exec_driver_sql",
        }:
            yield f"{call.lineno}: calls .{call.func.attr}()"


# --- what a file holds -----------------------------------------------------------------------------------------------


def functions(of: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in of.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(of: Source) -> Iterator[ast.Call]:
    for node in of.nodes:
        if isinstance(node, ast.Call):
            yield node


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes, "" of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def files_are_short(of: Source) -> Iterator[str]:
    lines = of.text.count("\n")
    bar = TEST_FILE_LINES if of.room == "tests" else VERIFIER_LINES if of.path == VERIFIER else FILE_LINES
    if lines > bar:
        yield f"{lines} lines (at most {bar})"


def functions_are_short(of: Source) -> Iterator[str]:
    if of.room == "tests" or of.within(MIGRATIONS):
        return
    for function in functions(of):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield f"{function.lineno}: {function.name} has {lines} lines (at most {FUNCTION_LINES})"


def no_broad_except(of: Source) -> Iterator[str]:
    for node in of.nodes:
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type else []
            if not caught or any(dotted(c) in {"Exception", "BaseException"} for c in caught):
                yield f"{node.lineno}: broad except"


def time_is_an_argument(of: Source) -> Iterator[str]:
    if of.room == "tests" or of.within(CLOCK_FILES):
        return
    for node in of.nodes:
        if isinstance(node, ast.Attribute):
            name = ".".join(dotted(node).split(".")[-2:])
            if name in CLOCK_CALLS:
                yield f"{node.lineno}: reads the clock with {name}"
    for line, module, names in imports(of):
        if module == "time" and set(names) & {"time", "time_ns", "localtime", "gmtime"}:
            yield f"{line}: takes the clock out of time"


def nothing_is_evaluated(of: Source) -> Iterator[str]:
    if of.room == "tests":
        return
    for call in calls(of):
        if dotted(call.func) in {"eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"}:
            yield f"{call.lineno}: calls {dotted(call.func)}"
    for line, module, _ in imports(of):
        if module.split(".", 1)[0] in {"pickle", "marshal", "shelve", "importlib", "code", "runpy"}:
            if module == "importlib.resources" or (module == "importlib" and of.room == "service"):
                continue
            yield f"{line}: imports {module}"


EMPTY_NAMES = {"Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Impl"}
EMPTY_MODULES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc", "impl"}


def names_say_something(of: Source) -> Iterator[str]:
    for part in of.module.split("."):
        if part in EMPTY_MODULES:
            yield f"a module called {part}"
    for node in of.nodes:
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES & set(re.findall(r"[A-Z][a-z0-9]*", node.name)):
            yield f"{node.lineno}: a class called {node.name}"


# The words are taken apart so that this file does not hold them itself.
UNFINISHED = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")) + r")\b"
    r"|pytest\.(sk" + r"ip|xf" + r"ail|mark\.(sk" + r"ip|xf" + r"ail))"
    r"|\b(Magic" + r"Mock|mock\.pa" + r"tch|monkeypatch\.seta" + r"ttr)\b"
)


def nothing_is_left_open(of: Source) -> Iterator[str]:
    for number, line in enumerate(of.text.split("\n"), 1):
        if UNFINISHED.search(line):
            yield f"{number}: {line.strip()}"
    if of.room == "tests":
        for call in calls(of):
            if dotted(call.func) in {"time.sleep", "sleep"}:
                yield f"{call.lineno}: sleeps"


KEPT = {"record", "fact"}  # what is only ever added to (INV-19)


def records_are_only_added(of: Source) -> Iterator[str]:
    if of.room == "tests" or of.within(MIGRATIONS):
        return
    for call in calls(of):
        name, first = dotted(call.func).rpartition(".")[2], dotted(call.args[0]) if call.args else ""
        if name in {"update", "delete"} and first.rpartition(".")[2] in KEPT:
            yield f"{call.lineno}: {name}({first})"
        if name in {"update", "delete"} and KEPT & set(dotted(call.func).split(".")[:-1]):
            yield f"{call.lineno}: {dotted(call.func)}()"
    for node in of.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CHANGES.search(node.value):
            yield f"{node.lineno}: {node.value.strip()[:60]}"


_CHANGES = re.compile(r"\b(UPDATE|DELETE FROM|TRUNCATE|REPLACE INTO|DROP TABLE)\s+\W?(record|fact)\b", re.IGNORECASE)

Check = Callable[[Source], Iterator[str]]

# Each rule with a file that breaks it.
BROKEN: tuple[tuple[Check, str, str], ...] = (
    (arrows_point_down, "engine/a.py", "from service import cases"),
    (arrows_point_down, "engine/a.py", "import flask"),
    (arrows_point_down, "engine/trail/a.py", "from ...service import cases"),
    (arrows_point_down, "processes/a.py", "import json"),
    (arrows_point_down, "service/a.py", "from tests import databases"),
    (the_engine_is_pure, "engine/a.py", "from os import environ"),
    (the_engine_is_pure, "engine/a.py", "f = open('x')"),
    (spiffworkflow_stays_in_few_files, "engine/rights.py", "from SpiffWorkflow.task import Task"),
    (spiffworkflow_stays_in_few_files, "service/cases.py", "import SpiffWorkflow"),
    (the_verifier_needs_the_standard_library_alone, VERIFIER, "from engine.trail import record"),
    (imports_stand_at_the_top, "service/a.py", "def f() -> None:\n    import json"),
    (sql_stays_in_the_store, "service/cases.py", "from sqlalchemy import select"),
    (sql_stays_in_the_store, "service/api/a.py", "def f(c): return c.execute('x')"),
    (records_are_only_added, "service/store_trail.py", "x = update(record).values(body='x')"),
    (records_are_only_added, "service/store_trail.py", "x = tables.fact.delete()"),
    (records_are_only_added, "service/store_trail.py", "x = delete(tables.fact)"),
    (records_are_only_added, "service/store_trail.py", "x = 'DELETE FROM record WHERE 1 = 1'"),
    (files_are_short, "engine/a.py", "a = 1\n" * (FILE_LINES + 1)),
    (files_are_short, VERIFIER, "a = 1\n" * (VERIFIER_LINES + 1)),
    (functions_are_short, "engine/a.py", "def f():\n" + "    a = 1\n" * FUNCTION_LINES),
    (no_broad_except, "tests/a.py", "try:\n    f()\nexcept (ValueError, Exception):\n    pass"),
    (no_broad_except, "service/a.py", "try:\n    f()\nexcept:\n    pass"),
    (time_is_an_argument, "service/cases.py", "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (time_is_an_argument, "service/cases.py", "f(clock=datetime.now)"),
    (time_is_an_argument, "service/cases.py", "from time import time"),
    (nothing_is_evaluated, "engine/a.py", "eval('1')"),
    (nothing_is_evaluated, "service/a.py", "import pickle"),
    (names_say_something, "service/utils.py", ""),
    (names_say_something, "service/a.py", "class CaseManager: pass"),
    (nothing_is_left_open, "service/a.py", "# TO" + "DO later"),
    (nothing_is_left_open, "tests/a.py", "import time\ntime.sleep(1)"),
)
CHECKS = tuple(dict.fromkeys(check for check, _, _ in BROKEN))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_file_keeps_the_rule(check: Check, sources: tuple[Source, ...]) -> None:
    assert [f"{of.path}:{fault}" for of in sources for fault in check(of)] == []


@pytest.mark.parametrize(("check", "path", "text"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
def test_the_rule_bites_on_a_file_that_breaks_it(check: Check, path: str, text: str) -> None:
    assert list(check(source(path, text)))


def test_the_words_that_only_look_like_a_breach_pass() -> None:
    innocent = source("service/store.py", "from sqlalchemy import select\nclass DatabaseGone(ValueError): pass\n")
    assert [fault for check in CHECKS for fault in check(innocent)] == []


# --- the whole -------------------------------------------------------------------------------------------------------


def import_graph(sources: tuple[Source, ...]) -> dict[str, set[str]]:
    """Module -> modules of ours that it imports."""
    known = {of.module for of in sources}
    graph: dict[str, set[str]] = {}
    for of in sources:
        targets: set[str] = set()
        for _, module, names in imports(of):
            children = {f"{module}.{name}" for name in names} & known
            targets |= children or ({module} & known)
            if children != {f"{module}.{name}" for name in names}:
                targets |= {module} & known
        graph[of.module] = targets - {of.module}
    return graph


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """The first import cycle as a path that ends where it starts; [] when there is none."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for target in sorted(graph.get(module, ())):
            if found := walk(target, [*path, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := walk(module, []))), [])


def test_no_modules_import_each_other_in_a_circle(sources: tuple[Source, ...]) -> None:
    assert cycle_in(import_graph(sources)) == []


def test_a_circle_of_imports_is_found() -> None:
    circle = (source("engine/a.py", "from engine import b"), source("engine/b.py", "from engine.a import x"))
    assert cycle_in(import_graph(circle)) == ["engine.a", "engine.b", "engine.a"]


WORKPLACE = re.compile(
    r"/(work|farm|home|root)/\w|(?<![\w.])/tmp/\w|[.]library/|\.\./shared|files[.]pythonhosted|pypi[.]org/simple"
    r"|\b(sub-?agent|co-authored|anthropic|chatgpt|openai|claude)\b|\bissues? #?\d",
    re.IGNORECASE,
)
BINARY = {".png", ".woff2", ".ico", ".pdf", ".gz"}


def tracked_files() -> list[Path]:
    """The files under version control, or all files where there is no git (a source archive)."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [p for name in listed.stdout.decode().split("\0") if name and (p := ROOT / name).is_file()]
    return [p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts]


def test_the_project_speaks_of_the_product_alone() -> None:
    faults = []
    for path in tracked_files():
        if path.suffix in BINARY or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            if WORKPLACE.search(line):
                faults.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert faults == []


def test_a_machine_path_would_be_seen() -> None:
    assert WORKPLACE.search("see /home/" + "jan/notes") and not WORKPLACE.search("https://voorbeeld.nl/thuis")


CITY = re.compile(r"delft|zwolle|tanthof|proefstad", re.IGNORECASE)
SAID = {".py", ".md", ".html", ".toml", ".mako", ".json", ".css", ".js", ".txt"}


def test_no_city_stands_in_engine_or_service() -> None:
    texts = [path for path in tracked_files() if path.relative_to(ROOT).parts[0] in ("engine", "service")]
    assert any(path.suffix == ".md" for path in texts)
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in texts
        if path.suffix in SAID
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if CITY.search(line)
    ]
    assert faults == []
