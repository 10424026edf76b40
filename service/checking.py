"""Files of a process family from a stranger, judged in a child process with limits, so that they can hurt nobody else.

A small valid diagram can ask for more time or memory than a server has. The parent gives the child the files on its
standard input and waits; a child that takes too long, too much or falls over becomes a finding `grens/..`.
"""

from __future__ import annotations

import base64
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine import definition
from engine.sentences import Name, Sentence, Value
from engine.terms import Finding, Json, Severity
from service import forms

MAX_TOTAL_BYTES = 32 * 1024 * 1024
MAX_FILES = 500

_ROOT = Path(__file__).resolve().parent.parent
_OUT_OF_MEMORY = 77
_CUT_SHORT = frozenset({"grens/tijd", "grens/geheugen", "grens/afgebroken"})


def findings(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """What is wrong with a family, its forms included; here and now, so only for files of our own."""
    return tuple(dict.fromkeys((*definition.read(files).findings, *forms.findings(files))))


def check_again(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """The same as `check`, remembered for the last few families: a page of findings is turned and read again."""
    try:
        return _checked(tuple(sorted(files.items())))
    except _Unfinished as stopped:
        return stopped.findings


class _Unfinished(Exception):
    """Carries out what a limit cut short, which may come out otherwise the next time."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = findings


@lru_cache(maxsize=4)
def _checked(files: tuple[tuple[str, bytes], ...]) -> tuple[Finding, ...]:
    found = check(dict(files))
    if any(one.rule in _CUT_SHORT for one in found):
        raise _Unfinished(found)
    return found


def check(files: Mapping[str, bytes], seconds: int = 10, megabytes: int = 1024) -> tuple[Finding, ...]:
    """The findings on these files, or one finding that says which limit was passed; never an exception.

    `seconds` bounds the processor time, and a little more than three times as long the time on the clock (a machine can
    be busy); `megabytes` the memory of the child, which sees nothing of the environment of the server.
    """
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL_BYTES:
        return (
            _limit(
                "omvang",
                Sentence(
                    "De bestanden zijn samen te groot; ten hoogste {meeste} bestanden en 32 MB.", meeste=MAX_FILES
                ),
            ),
        )
    question = json.dumps({name: base64.b64encode(content).decode("ascii") for name, content in files.items()})
    command = [sys.executable, "-m", "service.checking", str(seconds), str(megabytes)]
    try:
        done = subprocess.run(
            command,
            input=question.encode(),
            capture_output=True,
            timeout=3 * seconds + 5,
            cwd=_ROOT,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (_too_slow(seconds),)
    if done.returncode == 0:
        return tuple(_finding(row) for row in json.loads(done.stdout))
    if done.returncode == _OUT_OF_MEMORY:
        return (
            _limit(
                "geheugen",
                Sentence("Het nakijken vroeg meer dan {meeste} MB geheugen; maak het model kleiner.", meeste=megabytes),
            ),
        )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):  # at the soft limit, or at the hard one
        return (_too_slow(seconds),)
    last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return (
        _limit(
            "afgebroken",
            Sentence("Het nakijken is afgebroken ({fout}); meld dit met het bestand.", fout=last or done.returncode),
        ),
    )


def _too_slow(seconds: int) -> Finding:
    return _limit(
        "tijd", Sentence("Het nakijken duurde langer dan {meeste} seconden; maak het model kleiner.", meeste=seconds)
    )


def _limit(which: str, sentence: Sentence) -> Finding:
    return Finding(file="", rule=f"grens/{which}", severity=Severity.ERROR, sentence=sentence)


def _row(finding: Finding) -> dict[str, Json]:
    return {
        "file": finding.file,
        "rule": finding.rule,
        "severity": finding.severity,
        "sentence": _packed(finding.sentence),
        "element": finding.element,
        "name": finding.name,
        "line": finding.line,
    }


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(**row | {"severity": Severity(row["severity"]), "sentence": _unpacked(row["sentence"])})


def _packed(value: Value) -> Json:
    """What a sentence was made of, so that it is a sentence again on the other side."""
    match value:
        case Sentence():
            return {"template": value.template, "values": {name: _packed(one) for name, one in value.values.items()}}
        case Name():
            return {"name": str(value)}
        case str() | int():
            return value
    return [_packed(one) for one in value]


def _unpacked(value: Any) -> Any:
    match value:
        case {"template": template, "values": values}:
            return Sentence(template, **{name: _unpacked(one) for name, one in values.items()})
        case {"name": name}:
            return Name(name)
        case list():
            return [_unpacked(one) for one in value]
    return value


def main(arguments: list[str]) -> int:
    """The child: bind itself to its limits, then read the files from standard input and write the findings as JSON."""
    seconds, megabytes = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        files = {name: base64.b64decode(content) for name, content in json.load(sys.stdin).items()}
        answer = json.dumps([_row(finding) for finding in findings(files)])
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
