"""Many at once, and the plug pulled: real processes, real databases, eight people who want the same tasks."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from engine.trail import verify
from service import db, exports, store
from service.installation import Installation
from tests.bench.diagrams import VALUES
from tests.service.houses import PASSWORD, House, build
from tests.service.processes import Client, Running, running

PEOPLE = 8
BODY = {"gegevens": VALUES}


def crowd(url: str, directory: Path) -> House:
    """A house with eight coordinators of Tanthof."""
    house = build(url, directory)
    for number in range(PEOPLE):
        house.add(f"c{number}", "wijkcoordinator", "wijk", wijk="tanthof")
    return house


def start_all(house: House, here: Running) -> None:
    """Two services and two workers on PostgreSQL; on SQLite the one process that there is."""
    here.serve()
    if house.installation.database.dialect.name == "postgresql":
        here.serve()
        here.work()
        here.work()


def variables(house: House) -> dict[str, str]:
    config = house.installation.config
    return {
        "WIJK_DATABASE_URL": config.database_url,
        "WIJK_SLEUTEL": str(config.key_file),
        "WIJK_LIMIET_SCHRIJVEN": "100000 per minute",
        "WIJK_LIMIET_INLOGGEN": "100000 per minute",
    }


def people(here: Running) -> list[Client]:
    """Everybody logged in, spread over the services."""
    with ThreadPoolExecutor(4) as pool:
        return list(
            pool.map(
                lambda number: Client(here.ports[number % len(here.ports)]).log_in(f"c{number}", PASSWORD),
                range(PEOPLE),
            )
        )


def assert_chain_is_whole(installation: Installation, case: str, directory: Path) -> None:
    """As an auditor would see it: the exported chain verifies."""
    file = directory / f"{case}.jsonl"
    exports.export(installation, case, file)
    verdict = subprocess.run(
        [sys.executable, "-I", str(Path(verify.__file__)), str(file)], capture_output=True, text=True, check=False
    )
    assert verdict.returncode == 0, verdict.stdout


def test_eight_people_completing_and_claiming_the_same_tasks_complete_each_exactly_once(
    url: str, tmp_path: Path
) -> None:
    house = crowd(url, tmp_path)
    with running(variables(house), tmp_path) as here:
        start_all(house, here)
        clients = people(here)
        opener = house.log_in("c0")
        cases = [house.start(opener) for _ in range(6)]
        tasks = [house.open_task(opener, case) for case in cases]
        ids = [house.ids[f"c{number}"] for number in range(PEOPLE)]

        def grab(number: int) -> Counter[tuple[str, int]]:
            dice, seen = random.Random(number), Counter[tuple[str, int]]()
            for task in dice.sample(tasks, len(tasks)):
                if dice.random() < 0.5:
                    status, _ = clients[number].put(f"/v1/taken/{task}/behandelaar", {"persoon": ids[number]})
                    seen["claim", status] += 1
                seen["complete", clients[number].put(f"/v1/taken/{task}/afronding", BODY)[0]] += 1
            return seen

        with ThreadPoolExecutor(PEOPLE) as pool:
            seen = sum(pool.map(grab, range(PEOPLE)), Counter[tuple[str, int]]())
        assert set(seen) <= {
            ("claim", 200),
            ("claim", 204),
            ("claim", 409),
            ("complete", 200),
            ("complete", 403),
            ("complete", 409),
        }
        assert seen["complete", 200] == len(tasks), seen

        for task in tasks:
            late = [client.put(f"/v1/taken/{task}/afronding", BODY) for client in clients]
            assert sorted(status for status, _ in late) == [200] + [409] * (PEOPLE - 1)
    for case in cases:
        assert_chain_is_whole(house.installation, case, tmp_path)
        with db.reading(house.installation.database) as tx:
            rows = store.tasks_of_case(tx, case)
        assert [row.status for row in rows] == ["afgerond", "open"]
    house.installation.database.dispose()


def test_the_plug_pulled_in_the_middle_loses_nothing_acknowledged_and_leaves_nothing_half_done(
    url: str, tmp_path: Path
) -> None:
    house = crowd(url, tmp_path)
    with running(variables(house), tmp_path) as here:
        start_all(house, here)
        clients = people(here)
        opener = house.log_in("c0")
        cases = [house.start(opener, "lus") for _ in range(PEOPLE)]
        first = [house.open_task(opener, case) for case in cases]
        acknowledged: list[str] = []
        enough = Event()

        def go_on(number: int) -> None:
            task = first[number]
            while True:
                try:
                    status, answer = clients[number].put(f"/v1/taken/{task}/afronding", BODY)
                except OSError:
                    return  # the plug is out
                assert status == 200, answer
                acknowledged.append(answer["ontvangst"]["regel"])
                task = answer["geopend"][0]
                if len(acknowledged) > 80:
                    enough.set()

        with ThreadPoolExecutor(PEOPLE) as pool:
            working = [pool.submit(go_on, number) for number in range(PEOPLE)]
            assert enough.wait(60)
            ports = list(here.ports)
            here.kill()
            for one in working:
                one.result()
        here.ports.clear()
        here.serve(ports[0])
        again = Client(ports[0]).log_in("c0", PASSWORD)
        written = set()
        for case in cases:
            assert_chain_is_whole(house.installation, case, tmp_path)
            with db.reading(house.installation.database) as tx:
                rows = store.tasks_of_case(tx, case)
                row = store.read_case(tx, case)
            assert row is not None
            done = [one for one in rows if one.status == "afgerond"]
            (open_task,) = [one for one in rows if one.status == "open"]
            assert row.revision == 1 + len(done) and row.seq == len(done)
            written |= {one.record for one in done}
            assert again.put(f"/v1/taken/{open_task.id}/afronding", BODY)[0] == 200
        assert set(acknowledged) <= written
    house.installation.database.dispose()
