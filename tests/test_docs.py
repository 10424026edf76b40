"""What the documents promise: every command runs, every target and subcommand is named, every file is there."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from fnmatch import fnmatch
from pathlib import Path

import pytest

from engine.operations import OPERATIONS
from engine.terms import Act
from service.__main__ import parser

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
BIN = Path(sys.executable).parent
SCREEN = 70


def _blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in _blocks(README) for line in block.strip().split("\n")]
MAKE = [line for line in COMMANDS if line.startswith("make")]
OTHERS = [line for line in COMMANDS if not line.startswith("make")]


def _run(command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_readme_is_one_screen() -> None:
    assert README.count("\n") <= SCREEN


def test_the_readme_has_commands_to_run() -> None:
    assert MAKE
    assert OTHERS


@pytest.mark.parametrize("command", MAKE)
def test_every_make_command_of_the_readme_is_a_target_that_can_be_made(command: str) -> None:
    answer = _run(f"{command} --dry-run", ROOT)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip()


@pytest.mark.parametrize("command", OTHERS)
def test_every_other_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    assert (BIN / "wijkcyclus").exists(), "the command is not installed: make setup"
    answer = _run(
        command,
        ROOT,
        WIJK_DATABASE_URL=f"sqlite:///{tmp_path / 'wijk.sqlite'}",
        WIJK_SLEUTEL=str(tmp_path / "wijk.key"),
    )
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]


def test_make_alone_prints_every_target_with_what_it_does() -> None:
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    printed = dict(re.findall(r"^  make (\S+)\s+(\S.*)$", _run("make", ROOT).stdout, re.MULTILINE))
    assert set(printed) == targets
    assert targets == set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))


def _help(*arguments: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit) as left:
        parser().parse_args([*arguments, "--help"])
    assert left.value.code == 0
    return printed.getvalue()


def _subcommands() -> set[str]:
    found = re.search(r"\{([a-z,-]+)\}", _help())
    assert found
    return set(found.group(1).split(","))


def test_every_subcommand_is_in_the_readme_and_nothing_else() -> None:
    cells = "\n".join(re.findall(r"^\| (`wijkcyclus .*?) \|", README, re.MULTILINE))
    assert set(re.findall(r"`(?:wijkcyclus )?(\w+)", cells)) == _subcommands()


def test_every_subcommand_explains_itself() -> None:
    for name in sorted(_subcommands()):
        usage, _, sentence = _help(name).partition("\n\n")
        assert usage.startswith(f"usage: wijkcyclus {name}")
        assert len(sentence.strip().split("\n")[0]) > 10, name


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("*/README.md")), ids=str)
def test_every_file_that_a_document_links_to_is_there(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_for_designers_names_every_table_act_and_operation() -> None:
    told = (ROOT / "processes" / "README.md").read_text("utf-8")
    tables = {path.stem for path in (ROOT / "processes").glob("*/*.dmn")}
    words = set(re.findall(r"[a-z][a-z_0-9]+", told))
    assert {*tables, *Act, *OPERATIONS} - words == set()


def test_the_readmes_name_every_file_of_their_room() -> None:
    for room in ("engine", "service"):
        told = (ROOT / room / "README.md").read_text("utf-8")
        patterns = re.findall(r"`([\w*]+\.py|\w+/)`", told)
        files = [path.name + "/" * path.is_dir() for path in (ROOT / room).iterdir() if path.name[0] != "_"]
        files = [name for name in files if name.endswith((".py", "/"))]
        assert [name for name in files if not any(fnmatch(name, one) for one in patterns)] == [], room


def test_every_path_that_the_readme_names_is_there() -> None:
    names = re.findall(r"`((?:engine|processes|service|tests)/[\w./-]*)`", README)
    names += re.findall(r"(?<= )((?:engine|service)/[\w/]+\.py)", README)
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_every_test_that_the_readme_of_the_trail_names_is_there() -> None:
    told = (ROOT / "engine/trail/README.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", told)
    assert len(named) >= 25
    missing = [one for file, one in named if f"\ndef {one}(" not in (ROOT / file).read_text("utf-8")]
    assert missing == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what make needs, as if it had been set up."""
    for name in ("Makefile", "setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".set-up").touch()
    return tmp_path


def test_what_is_set_up_is_not_set_up_again(tree: Path) -> None:
    assert "Nothing to be done" in _run("make setup", tree, LC_ALL="C").stdout


@pytest.mark.parametrize("changed", ["requirements/dev.txt", "setup.cfg"])
def test_a_changed_lock_or_package_is_set_up_again(tree: Path, changed: str) -> None:
    os.utime(tree / ".venv" / ".set-up", (0, 0))
    (tree / changed).touch()
    assert "--require-hashes" in _run("make --dry-run setup", tree).stdout


@pytest.mark.parametrize("uv", ["", "/usr/bin/uv"])
def test_setting_up_asks_for_hashes_with_uv_and_without(tree: Path, uv: str) -> None:
    (tree / ".venv" / ".set-up").unlink()
    steps = _run(f"make --dry-run setup UV={uv}", tree).stdout
    assert "--require-hashes -r requirements/dev.txt" in steps
    assert ("-m venv" in steps) == (uv == "")


def test_the_changelog_has_a_place_for_what_is_coming() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    assert set(re.findall(r"^### (\w+)$", text, re.MULTILINE)) <= {
        "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
    }  # fmt: skip


def test_the_licence_is_the_whole_eupl() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [int(n) for n in re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)] == list(range(1, 16))
    assert "Licences’ according to Article 5 EUPL" in text
