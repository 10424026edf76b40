"""A package that was written without a service verifies; how fast, `make bench` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.trail import verify
from tests.engine.trail.packages import written
from tests.engine.trail.signing import LOG


@pytest.mark.parametrize("whole", [True, False])
def test_a_package_of_many_chains_verifies_whether_of_the_whole_log_or_with_proofs(tmp_path: Path, whole: bool) -> None:
    written(tmp_path / "pakket", 3, 300, whole=whole)
    policy = verify.read_policy(f"log {LOG}\nquorum none\n".encode())
    report = verify.check_package(tmp_path / "pakket", policy)
    assert (report.findings, report.records) == ([], 901)
