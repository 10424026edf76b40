"""A package whose every place holds something odd: it is judged, and the verifier never falls over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.trail import package, verify
from service import db, evidence
from service.store_questions import Scope
from tests.service.houses import peopled
from tests.service.logs import policy_file

ODD: tuple[object, ...] = (None, -1, 10**30, "\x00", [], [[]], {"verzegeld": 1})


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, verify.Policy]]:
    """A package of one case, and the policy that trusts it."""
    directory = tmp_path_factory.mktemp("vormen")
    url = f"sqlite:///{directory / 'wijk.sqlite'}"
    db.migrate(url)
    house = peopled(url, directory)
    case = house.start(house.log_in("coordinator"))
    evidence.issue(house.installation, Scope(case=case), directory / "zaak", house.now())
    policy = verify.read_policy(policy_file(house.installation, directory).read_bytes())
    house.installation.database.dispose()
    yield directory / "zaak", policy


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, as what holds it and its name or number there."""
    for at, item in list(enumerate(value) if isinstance(value, list) else value.items()):
        yield value, at
        if isinstance(item, list | dict):
            yield from places(item)


def spelled(value: object) -> str:
    """A JSON value as the trail spells it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def judge(given: tuple[Path, verify.Policy], name: str, value: Any, write: Callable[[], str]) -> None:
    """Put each odd value in each place of a value, mend the manifests after it, and see it found."""
    bag, policy = given
    manifest, tags = bag / "manifest-sha256.txt", bag / "tagmanifest-sha256.txt"
    before = {path: path.read_bytes() for path in (bag / name, manifest, tags)}
    listed = verify.read_manifest(verify.Package(bag, verify.Report()), manifest.name, {manifest.name})
    tagged = verify.read_manifest(verify.Package(bag, verify.Report()), tags.name, {tags.name})
    for holder, at in places(value):
        kept = holder[at]
        for odd in (one for one in ODD if one != kept):
            holder[at] = odd
            content = write().encode()
            (bag / name).write_bytes(content)
            manifest.write_bytes(package.manifest({**listed, name: hashlib.sha256(content).hexdigest()}))
            tags.write_bytes(
                package.manifest({**tagged, manifest.name: hashlib.sha256(manifest.read_bytes()).hexdigest()})
            )
            try:
                found = verify.check_package(bag, policy).findings
            except (verify.Unreadable, verify.Untrusted, verify.Malformed) as refused:
                assert str(refused), f"{name}: {at}: {odd!r}"
            else:
                assert found, f"{name}: {at}: {odd!r}"
        holder[at] = kept
    for path, content in before.items():
        path.write_bytes(content)


def test_an_odd_scope_is_judged(given: tuple[Path, verify.Policy]) -> None:
    scope = json.loads((given[0] / "data/scope.json").read_bytes())
    judge(given, "data/scope.json", scope, lambda: spelled(scope))


@pytest.mark.parametrize("name", ["data/records.jsonl", "data/issued.json"])
def test_an_odd_record_is_judged(given: tuple[Path, verify.Policy], name: str) -> None:
    first, _, rest = (given[0] / name).read_text("utf-8").partition("\n")
    line = json.loads(first)
    body = json.loads(line["body"])

    def with_body() -> str:
        text = spelled(body)
        digest = hashlib.sha256(verify.RECORD_PREFIX + text.encode()).hexdigest()
        return f"{spelled({**line, 'body': text, 'digest': digest})}\n{rest}"

    judge(given, name, line, lambda: f"{spelled(line)}\n{rest}")
    judge(given, name, body, with_body)
