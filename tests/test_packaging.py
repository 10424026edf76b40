"""What is installed: the lock, the declared libraries, the wheel."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("runtime.txt", "dev.txt")
CARRIED = {
    ".bpmn",
    ".dmn",
    ".form",
    ".toml",
    ".csv",
    ".md",
    ".json",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".mako",
    ".xsd",
    ".po",
}


def _requirements(text: str) -> list[str]:
    """The requirements of a lock, each as one line with its hashes."""
    return [line.strip() for line in text.replace("\\\n", " ").split("\n") if line.strip()]


@pytest.mark.parametrize("name", [*LOCKS, "node.txt", "pm4py.txt"])
def test_the_lock_pins_and_hashes_everything_and_names_no_registry(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    for requirement in _requirements(text):
        assert re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement), requirement[:80]
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host", text)


def test_the_lock_of_npm_pins_and_hashes_everything_and_names_no_registry() -> None:
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    wanted = asked["dependencies"] | asked["devDependencies"]
    assert {name.removeprefix("node_modules/") for name in locked} == {"", *wanted}
    for name, package in locked.items():
        if name:
            assert package["version"] == wanted[name.removeprefix("node_modules/")]
            assert package["integrity"].startswith("sha512-") and "resolved" not in package


def test_both_locks_pin_the_same_versions() -> None:
    runtime, dev = (
        {r.split(" ", 1)[0] for r in _requirements((ROOT / "requirements" / name).read_text("utf-8"))} for name in LOCKS
    )
    assert runtime <= dev


def _declared(option: str) -> set[str]:
    cfg = configparser.ConfigParser(interpolation=None)
    cfg.read(ROOT / "setup.cfg", "utf-8")
    section, _, key = option.rpartition(":")
    return {_normal(re.split(r"[\[<>=~ ]", line, maxsplit=1)[0]) for line in cfg[section][key].split("\n") if line}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _imported() -> dict[str, set[str]]:
    """Top-level module that is neither ours nor Python's -> the files that import it."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "service").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for top in {name.split(".", 1)[0] for name in names} - set(sys.stdlib_module_names):
                if top not in {"engine", "service", "processes"}:
                    found.setdefault(top, set()).add(path.relative_to(ROOT).as_posix())
    return found


@cache
def _installed() -> Mapping[str, list[str]]:
    """Top-level module -> what was installed with it; looking through all that is installed takes a while."""
    return packages_distributions()


def _owners(module: str) -> set[str]:
    return {_normal(name) for name in _installed().get(module, [])}


def test_every_library_that_the_code_imports_is_declared() -> None:
    # Werkzeug and the like come with Flask by its own promise, psycopg with the extra.
    declared = _declared("options:install_requires") | _declared("options.extras_require:postgres")
    declared |= {"werkzeug", "jinja2", "markupsafe", "itsdangerous", "click"}
    strange = {module: files for module, files in _imported().items() if not _owners(module) & declared}
    assert strange == {}


def test_every_declared_library_is_used() -> None:
    used = {owner for module in _imported() for owner in _owners(module)}
    # Time zones for systems that bring none: nobody imports it, zoneinfo finds it.
    assert _declared("options:install_requires") - used == {"tzdata"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a clean copy of the tree."""
    copy = tmp_path_factory.mktemp("boom") / "wijkcyclus"
    ignored = shutil.ignore_patterns(
        ".git", ".venv*", "node_modules", "build", "dist", "*.egg-info", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    with zipfile.ZipFile(next((copy / "dist").glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_diagrams_tables_forms_terms_and_migrations(wheel: set[str]) -> None:
    data = {
        path.relative_to(ROOT).as_posix()
        for room in ("engine", "processes", "service")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix in CARRIED | {".py"} and "__pycache__" not in path.parts
    }
    assert data - wheel == set()


@pytest.mark.parametrize("suffix", [".bpmn", ".dmn", ".form", ".csv", ".toml"])
def test_the_wheel_holds_at_least_one_of_each_kind_of_data(wheel: set[str], suffix: str) -> None:
    assert any(name.startswith("processes/") and name.endswith(suffix) for name in wheel)


def test_the_wheel_holds_the_migrations_the_command_and_the_licence_and_no_tests(wheel: set[str]) -> None:
    assert any(re.fullmatch(r"service/migrations/versions/\w*\d\w*\.py", name) for name in wheel)
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    assert any(name.endswith("entry_points.txt") for name in wheel)
    assert not any(name.startswith("tests/") for name in wheel)
