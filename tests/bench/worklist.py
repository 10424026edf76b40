"""The work list of one person among many open tasks against few: wall clock, both in turns."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.bench.measure import Result, in_rounds, medians, paired_ratio
from tests.bench.ours import Ours

BAR = 2.0
FEW, MANY = 1_000, 100_000
READS = 20
ROUNDS = 25


def reading_round(ours: Ours) -> Callable[[], float]:
    """A round of reads of the first page; its outcome is seconds per read."""

    def play() -> float:
        start = time.perf_counter()
        for _ in range(READS):
            ours.read_worklist()
        return (time.perf_counter() - start) / READS

    return play


def measured(database: str, few: Ours, many: Ours) -> list[Result]:
    """The same person with the same tasks of their own, among 1,000 and among 100,000 open tasks."""
    for ours, count in ((few, FEW), (many, MANY)):
        ours.fill(count)
    contenders = {"100.000 open": reading_round(many), "1.000 open": reading_round(few)}
    for warm_up in contenders.values():
        warm_up()
    outcomes = in_rounds(contenders, ROUNDS)
    figures = {f"{name} ms": value * 1000 for name, value in medians(outcomes).items()}
    ratio = paired_ratio(outcomes, "100.000 open", "1.000 open")
    return [Result("werklijst bij 100.000 / 1.000 open taken", database, ratio, BAR, at_least=False, figures=figures)]
