"""The catalogue of rules: complete, said in Dutch, enforced somewhere, and attacked in the engine and over HTTP."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from engine.invariants import INVARIANTS, LINT_RULES, RULES, Guard, Rule
from service import rulebook
from service.__main__ import main
from service.rulebook import Entry
from service.rulebook import rulebook as read_rulebook

LATER = {"WL24"}
"""What is completed with the designers' workplace."""


@cache
def entries() -> dict[str, Entry]:
    """The rules of this tree by their id, read when the first test asks."""
    return {one.rule.id: one for one in read_rulebook()}


def lacks(entry: Entry) -> list[str]:
    """What an entry has not: a guard in the code, an attack in the engine, and over HTTP where the engine guards."""
    rooms = {one.room for one in entry.attacks}
    wanted = {"engine", "service"} if Guard.ENGINE in entry.rule.by else set()
    if entry.rule in LINT_RULES:
        wanted = {"engine"}
    missing = [f"aanval in tests/{room}" for room in sorted(wanted - rooms)]
    return [*missing, *([] if entry.attacks else ["aanval"]), *([] if entry.guards else ["bewaking"])]


def test_the_catalogue_is_complete_and_in_order() -> None:
    assert [one.id for one in INVARIANTS] == [f"INV-{number:02}" for number in range(1, 49)]
    assert [one.id for one in LINT_RULES] == [f"WL{number:02}" for number in range(1, 25)]
    assert all(one.sentence and not one.sentence.endswith(".") and one.by for one in RULES)
    assert len({one.sentence for one in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_enforced_somewhere_and_attacked(rule: Rule) -> None:
    missing = lacks(entries()[rule.id])
    assert missing == [] or rule.id in LATER, f"{rule.id}: {', '.join(missing)}"


def test_only_what_is_completed_later_says_so() -> None:
    assert {one.id for one in RULES if one.follows} == LATER


def test_every_attack_is_on_a_rule_of_the_catalogue() -> None:
    assert set(rulebook.attacks_in(rulebook.ROOT)) <= set(entries())


def test_every_rule_by_which_the_code_refuses_is_in_the_catalogue() -> None:
    named = {one for one in rulebook.guards_in(rulebook.ROOT) if one.startswith(("INV-", "WL"))}
    assert named <= set(entries())


def test_a_guard_is_found_by_its_check_by_a_constant_and_by_its_sentence() -> None:
    assert "engine.conditions.bindings.outcome_stands" in entries()["INV-04"].guards
    assert "engine.authority.FAIL_CLOSED" in entries()["INV-15"].guards
    assert "engine.conditions.demands.deviation_without_reason" in entries()["INV-07"].guards
    assert any(one.startswith("engine.lint.") for one in entries()["WL16"].guards)


def test_the_command_prints_all_rules_with_their_attacks(capsys: pytest.CaptureFixture[str]) -> None:
    owed = any(one.is_owed for one in entries().values())
    assert main(["rules"]) == int(owed)
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.split("\n") if line.startswith(("INV", "WL"))] == [
        one.id for one in RULES
    ]
    assert "tests/engine/test_codecision.py: test_inv_07_every_difference_needs_a_reason" in printed
    assert "48 invarianten, 24 regels" in printed


def test_the_command_prints_one_rule_and_refuses_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "inv-07"]) in (0, 1)
    assert capsys.readouterr().out.startswith("INV-07  Bij coproduceren")
    assert main(["rules", "INV-99"]) == 1
    assert "INV-99" in capsys.readouterr().err


def test_an_installed_package_says_that_it_brings_no_tests(tmp_path: Path) -> None:
    for room in ("engine", "service"):
        shutil.copytree(rulebook.ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert not rulebook.has_tests(tmp_path)
    without = read_rulebook(tmp_path)
    assert [one.guards for one in without] == [one.guards for one in entries().values()]
    assert not any(one.attacks for one in without)
    told = "\n".join(rulebook.told(without[0], with_tests=False))
    assert "aangevallen" not in told and "waar:" in told
