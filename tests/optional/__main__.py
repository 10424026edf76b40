"""`python -m tests.optional PYTHON`: whether pm4py, in that other Python, reads back the event logs that we give out.

It is no test of `make test`: pm4py is AGPL, and lives in an environment of its own (`make pm4py`).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

from service import db, evidence, logs
from service.store_questions import Scope
from tests.bench.diagrams import VALUES
from tests.service.houses import peopled

READER = Path(__file__).parent / "reads.py"


def given_out(directory: Path) -> Path:
    """A package of the whole log of a house in which two cases were worked in, one of them with a refusal."""
    url = f"sqlite:///{directory / 'wijk.sqlite'}"
    db.migrate(url)
    house = peopled(url, directory)
    client, resident = house.log_in("coordinator"), house.log_in("bewoner")
    for _ in range(2):
        task = house.open_task(client, house.start(client))
        assert resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 403
        assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    evidence.issue(house.installation, Scope(), directory / "bewijs", house.now())
    house.installation.database.dispose()
    return directory / "bewijs"


def recorded(bag: Path) -> dict[str, list[list[str]]]:
    """Of each chain: the digest, kind and moment of its records, in their order."""
    found: dict[str, list[list[str]]] = {}
    for line in (bag / "data/records.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        told = json.loads(one["body"])
        found.setdefault(told["case"], []).append([one["digest"], told["kind"], told["at"]])
    return found


def main(python: str) -> int:
    """Compare what was recorded with what pm4py reads of each view; 1 when it reads anything else."""
    logs.configure(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as directory:
        bag = given_out(Path(directory))
        ours, is_same = recorded(bag), True
        for view in ("trail.xes", "trail.csv"):
            command = [python, "-I", "-W", "ignore", str(READER), str(bag / "data/views" / view)]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)  # it greets at length
            if answer.returncode != 0:
                sys.stderr.write(answer.stderr)
                return 1
            theirs = json.loads(answer.stdout)
            is_same &= theirs == ours
            said = "the same" if theirs == ours else f"something else: {theirs}"
            sys.stdout.write(f"{view}: {sum(map(len, theirs.values()))} events in {len(theirs)} cases, {said}\n")
    return 0 if is_same and len(ours) > 2 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
