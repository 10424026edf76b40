"""Run by a Python that has pm4py: of each case in an event log, the digest, kind and moment of its events, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas
import pm4py

CASE, NAME, AT = "case:concept:name", "concept:name", "time:timestamp"


def events(path: Path) -> Any:
    """The event log as pm4py has it."""
    if path.suffix == ".xes":
        return pm4py.read_xes(str(path))
    return pm4py.format_dataframe(pandas.read_csv(path), case_id="keten", activity_key="soort", timestamp_key="op")


def main(path: Path) -> None:
    """Write what was read."""
    found: dict[str, list[list[str]]] = {}
    for event in events(path).to_dict("records"):
        moment = event[AT].strftime("%Y-%m-%dT%H:%M:%S.") + f"{event[AT].microsecond // 1000:03d}Z"
        found.setdefault(event[CASE], []).append([event["digest"], event[NAME], moment])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
