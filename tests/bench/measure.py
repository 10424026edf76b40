"""Measuring: CPU of several processes together, contenders in alternating rounds, medians of paired ratios."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Round = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """One ratio with its bar; `at_least` tells on which side it must stay, `figures` are the medians behind it."""

    name: str
    database: str
    ratio: float
    bar: float
    at_least: bool
    figures: Mapping[str, float]

    @property
    def holds(self) -> bool:
        """True when the ratio is on the right side of its bar."""
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


def in_rounds(contenders: Mapping[str, Round], count: int) -> dict[str, list[float]]:
    """Per contender the outcome of each round; the order turns each round, so that a noisy moment hits everyone."""
    names = list(contenders)
    outcomes: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            outcomes[name].append(contenders[name]())
    return outcomes


def paired_ratio(outcomes: Mapping[str, list[float]], one: str, other: str) -> float:
    """Median over the rounds of `one` / `other`, each taken in the same round."""
    return median(a / b for a, b in zip(outcomes[one], outcomes[other], strict=True))


def medians(outcomes: Mapping[str, list[float]]) -> dict[str, float]:
    """The median round of each contender."""
    return {name: median(values) for name, values in outcomes.items()}


def process_tree(pid: int) -> list[int]:
    """The process and all its descendants that live now (Linux)."""
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        children = Path(f"/proc/{current}/task")
        if not children.exists():
            continue
        found.append(current)
        for thread in children.iterdir():
            try:
                queue.extend(int(child) for child in (thread / "children").read_text().split())
            except FileNotFoundError:  # a thread that ended while we looked
                continue
    return found


def cpu_of(*roots: int) -> float:
    """Seconds of CPU that these processes and their descendants have used, to the nanosecond (Linux schedstat)."""
    total = 0
    for root in roots:
        for pid in process_tree(root):
            for statistics in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(statistics.read_text().split()[0])
                except FileNotFoundError:
                    continue
    return total / 1e9


@dataclass(slots=True)
class Cpu:
    """A stopwatch of CPU: this process, or the given ones instead, and whoever works for them."""

    own: bool
    others: tuple[int, ...] = ()
    _start: float = 0.0

    def _now(self) -> float:
        return (time.process_time() if self.own else 0.0) + cpu_of(*self.others)

    def start(self) -> None:
        """Begin to count."""
        self._start = self._now()

    def stop(self) -> float:
        """Seconds of CPU since the start."""
        return self._now() - self._start
