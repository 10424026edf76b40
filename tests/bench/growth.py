"""What a completion costs late in a long case and in a big diagram, in CPU of service and database together."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.measure import Cpu, Result, in_rounds, medians, paired_ratio
from tests.bench.ours import Ours

BAR = 1.3
LATE = 10_000
BLOCK = 10
ROUNDS = 75
PART = 4


def measured(database: str, ours: Ours, cpu: Cpu) -> list[Result]:
    """The 10,000th completion of one case against the 10th, and a diagram of 200 tasks against one of 5."""
    return [
        _result("10.000e / 10e taak van een zaak (CPU)", database, late_and_early(ours, cpu)),
        _result("200 / 5 taken in een diagram (CPU)", database, big_and_small(ours, cpu)),
    ]


def _result(name: str, database: str, contenders: dict[str, Callable[[], float]]) -> Result:
    one, other = contenders
    outcomes = in_rounds(contenders, ROUNDS)
    figures = {f"{key} ms": value * 1000 for key, value in medians(outcomes).items()}
    return Result(name, database, paired_ratio(outcomes, one, other), BAR, at_least=False, figures=figures)


def late_and_early(ours: Ours, cpu: Cpu) -> dict[str, Callable[[], float]]:
    """Two rounds: ten completions around the 10,000th of one case, and around the 10th of a fresh one."""
    old = ours.start("lus")
    for _ in range(LATE - BLOCK):
        old = ours.complete(old)

    def late() -> float:
        nonlocal old
        cpu.start()
        for _ in range(BLOCK):
            old = ours.complete(old)
        return cpu.stop() / BLOCK

    def early() -> float:
        young = ours.start("lus")
        for _ in range(BLOCK // 2):
            young = ours.complete(young)
        cpu.start()
        for _ in range(BLOCK):
            young = ours.complete(young)
        return cpu.stop() / BLOCK

    return {"laat": late, "vroeg": early}


def big_and_small(ours: Ours, cpu: Cpu) -> dict[str, Callable[[], float]]:
    """Two rounds of eight completions that each open a next task: anywhere in 200 tasks, and in cases of 5."""
    running = ours.start("rij_200")
    left = 200

    def big() -> float:
        nonlocal running, left
        if left <= 2 * PART:
            running, left = ours.start("rij_200"), 200
        cpu.start()
        for _ in range(2 * PART):
            running = ours.complete(running)
        left -= 2 * PART
        return cpu.stop() / (2 * PART)

    def small() -> float:
        spent = 0.0
        for _ in range(2):
            task = ours.start("rij_5")
            cpu.start()
            for _ in range(PART):
                task = ours.complete(task)
            spent += cpu.stop()
        return spent / (2 * PART)

    return {"200 taken": big, "5 taken": small}
