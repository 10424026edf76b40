"""A package that was written without a service verifies; how fast, `make bench` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.terms import Json
from engine.trail import verify
from engine.trail.kinds import Kind
from engine.trail.record import Head, Record, compose
from tests.engine.trail.packages import AT, packed, written
from tests.engine.trail.signing import LOG, ORIGIN

ONE, OTHER, NOBODY = "a" * 32, "b" * 32, "0" * 64
POLICY = f"log {LOG}\nquorum none\n".encode()


@pytest.mark.parametrize("whole", [True, False])
def test_a_package_of_many_chains_verifies_whether_of_the_whole_log_or_with_proofs(tmp_path: Path, whole: bool) -> None:
    written(tmp_path / "pakket", 3, 300, whole=whole)
    report = verify.check_package(tmp_path / "pakket", verify.read_policy(POLICY))
    assert (report.findings, report.records) == ([], 901)


def act(head: Head, kind: Kind, by: str, **values: Json) -> Record:
    fields: dict[str, Json] = {"actor": {"ref": by, "role": "archivaris"}, "values": values}
    return compose(head, kind, fields, log=ORIGIN, at=AT, nonce=bytes(16))


def destroyed(root: Path, other: dict[str, Json], *, whole: bool, by: str = OTHER) -> list[tuple[int, str, str]]:
    """What is found in a package with a request, an order by `by`, and a destruction that says `other` of them."""
    asked = act(Head("vragen"), Kind.DESTRUCTION_ASKED, ONE)
    ordered = act(asked.head, Kind.DESTRUCTION_ORDERED, by, verzoek=asked.digest)
    told: dict[str, Json] = {"verzoek": asked.digest, "opdracht": ordered.digest, "waarden": ["1" * 64]}
    people: dict[str, Json] = {"gevraagd_door": ONE, "opgedragen_door": OTHER}
    done = act(Head("zaak"), Kind.DESTRUCTION_DONE, "systeem", **{**told, **people, **other})
    if whole:
        packed(root, [asked, ordered, done], [ordered.head, done.head], whole=True)
    else:
        packed(root, [done], [done.head], whole=False)
    return verify.check_package(root, verify.read_policy(POLICY)).findings


def test_inv_45_a_destruction_that_was_asked_and_ordered_on_record_is_no_finding(tmp_path: Path) -> None:
    assert destroyed(tmp_path / "pakket", {}, whole=True) == []


@pytest.mark.parametrize(
    ("other", "named"),
    [({"opdracht": NOBODY}, "opdracht"), ({"verzoek": NOBODY}, "verzoek"), ({"gevraagd_door": "c" * 32}, "verzoek")],
)
def test_inv_45_a_destruction_whose_order_or_request_is_no_record_is_found_in_the_whole_log_alone(
    tmp_path: Path, other: dict[str, Json], named: str
) -> None:
    ((_, rule, said),) = destroyed(tmp_path / "alles", other, whole=True)
    assert rule == "vernietigd" and said.startswith(f"{named} ")
    assert destroyed(tmp_path / "zaak", other, whole=False) == [], "there the order is in a chain that is not given"


def test_inv_45_an_order_that_somebody_else_gave_than_the_destruction_says_is_found(tmp_path: Path) -> None:
    ((_, rule, said),) = destroyed(tmp_path / "pakket", {}, whole=True, by=ONE)
    assert rule == "vernietigd" and "van een ander" in said


def test_inv_45_a_destruction_that_tells_odd_things_of_its_people_is_judged(tmp_path: Path) -> None:
    assert destroyed(tmp_path / "pakket", {"gevraagd_door": [], "opgedragen_door": {}}, whole=False) != []


def test_the_limit_of_what_a_package_shows_names_destruction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "pakket", 1, 1, whole=False)
    (tmp_path / "beleid").write_bytes(POLICY)
    assert verify.main([str(tmp_path / "pakket"), "--policy", str(tmp_path / "beleid")]) == 0
    assert "elke vernietiging is opgedragen toont alleen het hele logboek" in capsys.readouterr().out
