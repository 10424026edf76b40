"""Reading without logging in is bounded: so often from one address, and counted again only when something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service import public
from service.app import create_app
from service.config import Config
from tests.service.houses import House, body
from tests.service.ladders import Town, opened
from tests.service.test_statements import counted

ROOT = "/v1/openbaar"
COUNTS = f"{ROOT}/wijken/tanthof/uitzonderingen?jaar=2027"


def anybody(house: House, rate: str) -> FlaskClient:
    config = replace(house.installation.config, rate_public=rate)
    return create_app(replace(house.installation, config=config), now=house.now).test_client()


def test_one_address_reads_so_often_and_does_not_keep_out_another(house: House) -> None:
    client = anybody(house, "3 per minute")
    places = (ROOT, f"{ROOT}/wijken", COUNTS, f"{ROOT}/wijken/nergens/zaken")

    def get(path: str, address: str, **headers: str) -> int:
        return client.get(path, environ_base={"REMOTE_ADDR": address}, headers=headers).status_code

    assert [get(one, "192.0.2.1") for one in places] == [200, 200, 200, 429]
    assert get(ROOT, "192.0.2.1", **{"X-Forwarded-For": "203.0.113.9"}) == 429, "who asks is not what the request says"
    assert get(ROOT, "192.0.2.2") == 200
    refused = client.get(ROOT, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert refused.mimetype == "application/problem+json" and body(refused)["status"] == 429
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 60
    house.later(timedelta(seconds=wait))
    assert get(ROOT, "192.0.2.1") == 200


def test_what_is_faulty_or_absent_counts_as_well(house: House) -> None:
    client = anybody(house, "2 per hour")
    assert [client.get(f"{ROOT}/wijken/tanthof/zaken?jaar=x").status_code for _ in range(3)] == [400, 400, 429]


def test_who_logs_in_is_not_kept_out_by_who_reads(house: House) -> None:
    config = replace(house.installation.config, rate_public="1 per hour")
    client = create_app(replace(house.installation, config=config), now=house.now).test_client()
    assert [client.get(ROOT).status_code for _ in range(2)] == [200, 429]
    assert client.get("/healthz").status_code == 200
    assert house.log_in("coordinator").get("/v1/zaken").status_code == 200


def test_the_setting_is_read_and_a_wrong_one_is_refused(house: House) -> None:
    assert Config.read({"WIJK_LIMIET_OPENBAAR": "7 per hour"}).rate_public == "7 per hour"
    with pytest.raises(ValueError, match="limiet"):
        anybody(house, "veel")


@pytest.fixture
def town(url: str, tmp_path: Path) -> Iterator[Town]:
    for one in opened(url, tmp_path):
        one.begin()
        yield one


def refusals(town: Town) -> int:
    found = body(town.stage.app.test_client().get(COUNTS))["resultaten"]
    return {str(one["naam"]): int(one["aantal"]) for one in found}["weigeringen"]


def test_the_exceptions_are_counted_once_until_something_is_recorded(town: Town) -> None:
    database = town.stage.installation.database
    assert refusals(town) == 0
    with counted(database) as seen:
        assert refusals(town) == 0
    assert len(seen) <= 6 and not any("FROM record" in one for one in map(str, seen))

    assert town.attempt("buurvrouw", "besluit", reden="x").status == 403
    assert refusals(town) == 1
    assert town.attempt("buurvrouw", "besluit", reden="x").status == 403
    assert refusals(town) == 2


def test_what_passes_with_time_alone_is_counted_within_the_hour(town: Town) -> None:
    installation, now = town.stage.installation, town.stage.moment[0]
    late = {one.name: one.count for one in public.exceptions(installation, "tanthof", 2027, now)}["termijnen"]
    after = now + timedelta(days=400)
    later = {one.name: one.count for one in public.exceptions(installation, "tanthof", 2027, after)}["termijnen"]
    assert later > late == 0


def test_asking_for_every_year_does_not_fill_the_memory(town: Town) -> None:
    installation, now = town.stage.installation, town.stage.moment[0]
    installation.counted.update({("tanthof", -number): ((), {}) for number in range(1000)})
    public.exceptions(installation, "tanthof", 2027, now)
    assert len(installation.counted) == 1


def test_each_wijk_and_year_has_its_own_counts(town: Town) -> None:
    assert town.attempt("buurvrouw", "besluit", reden="x").status == 403
    assert refusals(town) == 1
    client = town.stage.app.test_client()
    for address in (COUNTS.replace("2027", "2028"), COUNTS.replace("tanthof", "voorhof")):
        assert {one["aantal"] for one in body(client.get(address))["resultaten"]} == {0}
    assert refusals(town) == 1
