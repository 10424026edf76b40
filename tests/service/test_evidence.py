"""Evidence given out: a package that verifies without us, and does not when anything in it is other than it was."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import delete, insert, select

from engine.trail import package, verify
from engine.trail.checkpoint import Checkpoint
from engine.trail.note import KeyKind, Note, sign
from service import db, evidence, reports, signing, store_log
from service.faults import Conflict, Unknown
from service.keyfile import Disk
from service.store_questions import Scope
from service.tables import sealed
from service.tables_log import checkpoint
from tests.bench.diagrams import VALUES
from tests.engine.trail.signing import key_of
from tests.service.houses import House, body, peopled
from tests.service.logs import policy_file
from tests.service.tampering import owning

ALL = Scope()


@dataclass(frozen=True, slots=True)
class Given:
    """What was given out of one house: a case, and the whole log."""

    house: House = field(repr=False)
    case: str
    directory: Path
    policy: Path

    def verdict(self, bag: Path, *kept: Path) -> int:
        """What the verifier says, as an auditor runs it: isolated, with the standard library alone."""
        more = [word for one in kept for word in ("--kept", str(one))]
        command = [sys.executable, "-I", verify.__file__, str(bag), "--policy", str(self.policy), *more]
        return subprocess.run(command, capture_output=True, check=False).returncode

    def findings(self, bag: Path) -> str:
        """What is wrong with a package, in words; empty when nothing is."""
        try:
            report = verify.check_package(bag, verify.read_policy(self.policy.read_bytes()))
        except (verify.Unreadable, verify.Untrusted, verify.Malformed) as refused:
            return str(refused) or "geweigerd"
        return "\n".join(f"{rule}: {sentence}" for _, rule, sentence in report.findings)


@pytest.fixture(scope="module")
def out(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    url, directory = module_url, tmp_path_factory.mktemp("bewijs")
    house = peopled(url, directory)
    client = house.log_in("coordinator")
    case = house.start(client)
    for _ in range(2):
        task = house.open_task(client, case)
        assert client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES}).status_code == 200
    evidence.issue(house.installation, Scope(case=case), directory / "zaak", house.now())
    house.start(client)
    evidence.issue(house.installation, ALL, directory / "alles", house.now())
    policy = policy_file(house.installation, directory)
    yield Given(house, case, directory, policy)
    house.installation.database.dispose()


@pytest.fixture(params=["zaak", "alles"])
def bag(request: pytest.FixtureRequest, out: Given, tmp_path: Path) -> Path:
    """A copy of a package, to be changed."""
    return Path(shutil.copytree(out.directory / request.param, tmp_path / "pakket"))


def rewritten(bag: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """One file changed by somebody who mends the manifests after it."""
    (bag / name).write_bytes(change((bag / name).read_bytes()))
    files = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    listed = {path.relative_to(bag).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (bag / "manifest-sha256.txt").write_bytes(package.manifest(listed))
    tags = {one: hashlib.sha256((bag / one).read_bytes()).hexdigest() for one in sorted(verify.TAG_FILES)}
    (bag / "tagmanifest-sha256.txt").write_bytes(package.manifest(tags))


def test_a_package_verifies_with_the_standard_library_alone(out: Given, bag: Path) -> None:
    assert out.findings(bag) == ""
    assert out.verdict(bag) == 0
    assert out.verdict(bag, out.directory / "zaak/data/checkpoint") == 0


def test_the_views_hold_every_record_once(bag: Path) -> None:
    lines = [json.loads(line) for line in (bag / "data/records.jsonl").read_text("utf-8").splitlines()]
    with (bag / "data/views/trail.csv").open(encoding="utf-8", newline="") as file:
        assert [row["digest"] for row in csv.DictReader(file)] == [line["digest"] for line in lines]
    log = etree.fromstring((bag / "data/views/trail.xes").read_bytes())
    spaces = {"x": "http://www.xes-standard.org/"}
    found = log.xpath("//x:event/x:string[@key='digest']/@value", namespaces=spaces)
    assert found == [line["digest"] for line in lines]
    assert (bag / "data/views/dossier.html").read_text("utf-8").count("<tr id=") == len(lines)
    assert json.loads((bag / "data/scope.json").read_bytes())["counts"]["records"] == len(lines)


CHANCES = st.tuples(st.sampled_from(["zaak", "alles"]), st.integers(0, 2**32), st.integers(0, 2**32))
PROVEN = {"scope.json", "records.jsonl", "issued.json", "checkpoint", "digests.bin", "proofs", "definitions", "views"}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANCES)
def test_any_flipped_bit_is_detected(out: Given, chance: tuple[str, int, int]) -> None:
    bag = out.directory / chance[0]
    files = sorted(one for one in bag.rglob("*") if one.is_file() and one.stat().st_size)
    path = files[chance[1] % len(files)]
    content = path.read_bytes()
    bit = chance[2] % (8 * len(content))
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    try:
        assert out.findings(bag) != "", f"{path.name}: bit {bit}"
    finally:
        path.write_bytes(content)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANCES, st.binary(max_size=1))
def test_any_changed_byte_is_detected_also_when_the_manifests_are_mended(
    out: Given, chance: tuple[str, int, int], byte: bytes
) -> None:
    bag = out.directory / chance[0]
    files = sorted(one for one in bag.rglob("*") if one.is_file() and set(one.parts) & PROVEN)
    path = files[chance[1] % len(files)]
    before = {name: (bag / name).read_bytes() for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt")}
    content = path.read_bytes()
    at = chance[2] % len(content)
    changed = content[:at] + byte + content[at + 1 :]
    try:
        rewritten(bag, path.relative_to(bag).as_posix(), lambda _: changed)
        assert changed == content or out.findings(bag) != "", f"{path.name}: {at}"
    finally:
        path.write_bytes(content)
        for name, kept in before.items():
            (bag / name).write_bytes(kept)


def test_any_file_less_or_more_is_detected(out: Given, bag: Path, tmp_path: Path) -> None:
    files = sorted(one for one in bag.rglob("*") if one.is_file())
    for path in files:
        if "definitions" in path.parts and path != files[-1]:
            continue  # one of many alike is enough
        path.rename(tmp_path / "weg")
        assert out.findings(bag) != "", path
        (tmp_path / "weg").rename(path)
    for name in ("data/meer", "meer", "data/proofs/00.tlog-proof", "data/definitions/x"):
        (bag / name).parent.mkdir(exist_ok=True)
        (bag / name).write_bytes(b"")
        assert out.findings(bag) != "", name
        (bag / name).unlink()
    (bag / "data/link").symlink_to("/etc/hostname")
    assert out.findings(bag) != ""


@pytest.mark.parametrize(
    "name",
    [
        "LEESMIJ.txt",
        "views/samenvatting.html",
        "proofs/999999.tlog-proof",
        "consistency/1.txt",
        "consistency/0.json",
        "consistency/999999.json",
        "documents/besluit.pdf",
    ],
)
def test_a_file_that_was_put_beside_what_was_given_out_is_found_also_when_the_manifests_are_mended(
    out: Given, bag: Path, name: str
) -> None:
    (bag / "data" / name).parent.mkdir(exist_ok=True)
    (bag / "data" / name).write_bytes(b"")
    rewritten(bag, f"data/{name}", lambda _: b"Het college besloot anders.")
    assert name.rpartition("/")[2] in out.findings(bag)


def test_a_view_that_is_missing_is_found_also_when_the_manifests_are_mended(out: Given, bag: Path) -> None:
    (bag / "data/views/trail.csv").unlink()
    rewritten(bag, "data/scope.json", lambda content: content)
    assert "weergave: de weergave trail.csv ontbreekt" in out.findings(bag)


def test_a_file_name_that_is_no_text_is_reported_and_stops_nothing(out: Given, bag: Path) -> None:
    Path(os.fsdecode(os.fsencode(bag / "data") + b"/\xff\x1b[2J")).write_bytes(b"")
    assert out.verdict(bag) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../buiten",
        "/etc/hostname",
        "data/../../buiten",
        "data//scope.json",
        "DATA/scope.json",
        "data/Scope.json",
        "data/..",
    ],
)
def test_no_manifest_leads_out_of_the_package(out: Given, bag: Path, name: str) -> None:
    listed = (bag / "manifest-sha256.txt").read_bytes()
    (bag / "manifest-sha256.txt").write_bytes(listed + f"{'0' * 64}  {name}\n".encode())
    tags = {one: hashlib.sha256((bag / one).read_bytes()).hexdigest() for one in sorted(verify.TAG_FILES)}
    (bag / "tagmanifest-sha256.txt").write_bytes(package.manifest(tags))
    assert out.findings(bag) != ""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"coordinator", b"burgemeester", 1),
        lambda text: text.replace(b'"index":1', b'"index":2', 1),
        lambda text: text.rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n",
        lambda text: b"\n".join(reversed(text.split(b"\n")[:-1])) + b"\n",
        lambda text: text + text.split(b"\n")[0] + b"\n",
    ],
    ids=["a word", "a place", "the tail", "the order", "twice"],
)
def test_a_record_changed_is_found_also_when_the_manifests_are_mended(
    out: Given, bag: Path, change: Callable[[bytes], bytes]
) -> None:
    rewritten(bag, "data/records.jsonl", change)
    assert out.findings(bag) != ""
    assert out.verdict(bag) in (1, 2)


def test_a_scope_made_smaller_is_another_than_the_log_names(out: Given, bag: Path) -> None:
    def smaller(content: bytes) -> bytes:
        scope = json.loads(content)
        gone = scope["chains"].pop(0)["chain"]
        kept = [
            line for line in (bag / "data/records.jsonl").read_bytes().splitlines(True) if gone.encode() not in line
        ]
        (bag / "data/records.jsonl").write_bytes(b"".join(kept))
        scope["size"] = 0
        return json.dumps(scope, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    rewritten(bag, "data/scope.json", smaller)
    assert "uitgifte: het logboek noemt dit pakket niet" in out.findings(bag)


def test_a_value_withheld_without_a_ground_is_found(out: Given, bag: Path) -> None:
    def hiding(content: bytes) -> bytes:
        scope = json.loads(content)
        scope["withheld"] = []
        return json.dumps(scope, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    rewritten(bag, "data/scope.json", hiding)
    assert "ontbreekt zonder opdracht en zonder grond" in out.findings(bag)


def test_another_key_or_another_history_is_refused(out: Given, bag: Path, tmp_path: Path) -> None:
    other = Given(out.house, out.case, out.directory, tmp_path / "ander-beleid")
    other.policy.write_text(f"log {key_of('elders', KeyKind.LOG, 'x')}\nquorum none\n", "utf-8")
    assert other.verdict(bag) == 1
    installation = out.house.installation
    with db.reading(installation.database) as tx:
        signer = signing.open_signer(installation.config, store_log.keys(tx), Disk())
    text = Checkpoint(signer.key.name, 1, verify.tree_root([bytes(32)])).text
    kept = tmp_path / "bewaard"
    kept.write_bytes(Note(text, (sign(text, signer.key, signer.private.sign),)).encode())
    assert out.verdict(bag, kept) == 1


def test_a_later_package_leads_back_to_a_checkpoint_that_was_kept(out: Given, tmp_path: Path) -> None:
    bag, kept = tmp_path / "later", out.directory / "zaak/data/checkpoint"
    evidence.issue(out.house.installation, Scope(case=out.case), bag, out.house.now())
    assert out.verdict(bag, kept) == out.verdict(bag, out.directory / "alles/data/checkpoint") == 0
    size = kept.read_text("utf-8").split("\n")[1]
    rewritten(bag, f"data/consistency/{size}.json", lambda _: package.consistency([bytes(32)]))
    assert out.verdict(bag) == 0 and out.verdict(bag, kept) == 1


def test_a_package_is_never_written_over_another_nor_of_nothing(out: Given, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        evidence.issue(out.house.installation, ALL, out.directory / "alles", out.house.now())
    with pytest.raises(Unknown):
        evidence.issue(out.house.installation, Scope(case="geen"), tmp_path / "geen", out.house.now())
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_vanished_without_an_order_is_found(out: Given, tmp_path: Path) -> None:
    database, those = out.house.installation.database, sealed.c.chain == out.case
    with owning(database) as tx:
        rows = [dict(row) for row in tx.execute(select(sealed).where(those)).mappings()]
        tx.execute(delete(sealed).where(those))
    try:
        evidence.issue(out.house.installation, ALL, tmp_path / "pakket", out.house.now())
    finally:
        with owning(database) as tx:
            tx.execute(insert(sealed), rows)
    assert "ontbreekt zonder opdracht en zonder grond" in out.findings(tmp_path / "pakket")


def test_the_account_of_a_dossier_prints_the_checkpoint_of_its_date(out: Given) -> None:
    installation = out.house.installation
    told = reports.draw_up(installation, out.case, out.house.now())
    with db.reading(installation.database) as tx:
        newest = tx.execute(select(checkpoint.c.note).order_by(checkpoint.c.size.desc())).scalars().first()
    assert newest is not None and told.checkpoint == Note.decode(newest).text
    assert told.checkpoint in reports.html(told)
    assert (
        body(out.house.log_in("coordinator").get(f"/v1/zaken/{out.case}/wijkverslag"))["controlepunt"]
        == told.checkpoint
    )
    before = reports.draw_up(installation, out.case, out.house.now() - timedelta(days=1))
    assert before.checkpoint is None and "controlepunt" not in reports.html(before)
