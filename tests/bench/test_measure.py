"""The measuring itself: a bar that cannot fail would prove nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.bench.measure import Cpu, Result, in_rounds, paired_ratio


@pytest.mark.parametrize(
    ("ratio", "at_least", "holds"), [(0.11, True, True), (0.09, True, False), (3.1, False, False), (2.9, False, True)]
)
def test_a_bar_holds_on_its_own_side_only(ratio: float, at_least: bool, holds: bool) -> None:
    bar = 0.10 if at_least else 3.0
    assert Result("proef", "sqlite", ratio, bar, at_least, {}).holds is holds


def test_contenders_take_turns_in_who_goes_first() -> None:
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    outcomes = in_rounds({"a": lambda: contender("a"), "b": lambda: contender("b")}, 2)
    assert order == ["a", "b", "b", "a"]
    assert outcomes == {"a": [1.0, 4.0], "b": [2.0, 3.0]}
    assert paired_ratio(outcomes, "a", "b") == pytest.approx((1 / 2 + 4 / 3) / 2)


def test_the_work_of_another_process_is_counted_and_its_waiting_is_not() -> None:
    work = "import sys\nprint(1, flush=True)\nsum(range(20_000_000))\nprint(2, flush=True)\nsys.stdin.read()"
    worker = subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    worker.stdout.readline()
    watch = Cpu(own=False, others=(worker.pid,))
    watch.start()
    worker.stdout.readline()
    worked = watch.stop()
    watch.start()
    idle = watch.stop()
    worker.communicate()
    assert worked > 0.05
    assert idle < worked / 10


def test_our_own_work_is_counted() -> None:
    watch = Cpu(own=True)
    watch.start()
    until = time.process_time() + 0.02
    while time.process_time() < until:
        os.getpid()
    assert 0.02 <= watch.stop() < 0.2
