"""Completions per second of one client, wall clock: ours, the library's own serializer, the raw driver."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.bench import peers
from tests.bench.measure import Result, in_rounds, medians, paired_ratio
from tests.bench.ours import Ours
from tests.bench.peers import TASKS, Raw

BAR = 0.10
ROUNDS = 40


def use_case_round(ours: Ours) -> Callable[[], float]:
    """A round of ten completions through the use case: rights, engine, record, commit."""

    def play() -> float:
        task = ours.start("rij_10")
        start = time.perf_counter()
        for _ in range(TASKS):
            task = ours.complete(task)
        return TASKS / (time.perf_counter() - start)

    return play


def measured(database: str, ours: Ours, raw: Raw, other_raw: Raw) -> list[Result]:
    """The share of the raw driver's rate that we reach, and (without a bar) that the library's own way reaches."""
    contenders = {
        "rauw": peers.raw_round(raw),
        "wijkcyclus": use_case_round(ours),
        "SpiffWorkflow": peers.spiff_round(other_raw),
    }
    for warm_up in contenders.values():
        warm_up()
    outcomes = in_rounds(contenders, ROUNDS)
    figures = {f"{name} per s": value for name, value in medians(outcomes).items()}
    figures["SpiffWorkflow / rauw"] = paired_ratio(outcomes, "SpiffWorkflow", "rauw")
    share = paired_ratio(outcomes, "wijkcyclus", "rauw")
    return [Result("afronden / rauwe driver (tempo)", database, share, BAR, at_least=True, figures=figures)]
