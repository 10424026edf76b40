"""A town for tests: a house whose processes the test itself draws, its clock and its worker moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.trail import verify
from engine.trail.seal import Sealed
from service import db, exports, jobs, people, sealing
from service.store_people import PersonRow
from service.store_sealed import Closed
from service.tables import metadata
from tests.bench import diagrams
from tests.engine.bpmn import diagram, user, wijk
from tests.engine.families import CITY
from tests.service.houses import House, body, peopled

FAMILY = {**CITY, "meting.form": diagrams.form()}


def work(ident: str, **attributes: str) -> str:
    """A user task for the coordinator with the form of the benchmark: `toelichting`, `aantal`, `keuze`."""
    return user(ident, wijk("taak", handeling="werk", formulier=diagrams.FORM, **attributes))


@dataclass(slots=True)
class Town:
    """A house, with the coordinator of Tanthof logged in."""

    house: House
    client: FlaskClient
    directory: Path
    login: str = "coordinator"

    def start(self, process: str = "p") -> str:
        """A new case; answers its id."""
        return self.house.start(self.client, process)

    def get(self, address: str) -> dict[str, Any]:
        """The JSON at this address."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        return body(answer)

    def cases(self, process: str) -> list[str]:
        """The ids of the cases of this process, the newest first."""
        return [str(one["id"]) for one in self.get(f"/v1/zaken?proces={process}")["resultaten"]]

    def status(self, case: str) -> str:
        return str(self.get(f"/v1/zaken/{case}")["status"])

    def revision(self, case: str) -> int:
        return int(self.get(f"/v1/zaken/{case}")["revisie"])

    def open(self, case: str) -> list[str]:
        """The elements of the open tasks, sorted."""
        found = self.get(f"/v1/zaken/{case}/taken")["resultaten"]
        return sorted(one["element"] for one in found if one["status"] == "open")

    def task(self, case: str, element: str) -> str:
        """The id of the open task of this element."""
        found = self.get(f"/v1/zaken/{case}/taken")["resultaten"]
        (task,) = [one["id"] for one in found if one["status"] == "open" and one["element"] == element]
        return str(task)

    def do(self, case: str, element: str, client: FlaskClient | None = None, **more: Any) -> TestResponse:
        """Complete the open task of this element; `more` goes over the values of the benchmark's form."""
        task = self.task(case, element)
        values = {"toelichting": "Besproken.", "aantal": 42, "keuze": "ja"} | more
        return (client or self.client).put(f"/v1/taken/{task}/afronding", json={"gegevens": values})

    def must(self, case: str, element: str, **more: Any) -> dict[str, Any]:
        """As `do`, for what has to succeed."""
        answer = self.do(case, element, **more)
        assert answer.status_code == 200, answer.text
        return body(answer)

    def steer(self, case: str, act: str, client: FlaskClient | None = None, seen: str = "*") -> TestResponse:
        """`opschorting`, `hervatting` or `afbreking`, with a reason; `seen` is the ETag of the case as it was read."""
        address, headers = f"/v1/zaken/{case}/{act}", {"If-Match": seen}
        return (client or self.client).put(address, json={"reden": "De weg is opgebroken."}, headers=headers)

    def trail(self, case: str) -> list[dict[str, Any]]:
        return list(self.get(f"/v1/zaken/{case}/verantwoording?limit=200")["resultaten"])

    def kinds(self, case: str) -> list[str]:
        """What the trail of the case says has happened, in order."""
        return [str(one["soort"]) for one in self.trail(case)]

    def incidents(self, case: str) -> list[dict[str, Any]]:
        return list(self.get(f"/v1/zaken/{case}/incidenten")["resultaten"])

    def later(self, step: timedelta) -> None:
        """Let time pass; sessions end, so the coordinator logs in again."""
        self.house.later(step)
        self.log_in(self.login)

    def log_in(self, login: str) -> None:
        """Let this person be who acts and looks."""
        self.login, self.client = login, self.house.log_in(login)

    def tick(self, step: timedelta = timedelta(0)) -> int:
        """Let time pass, and a worker do all that is due then; answers how many jobs were taken up."""
        self.later(step)
        done = 0
        while found := jobs.run_due(self.house.installation, self.house.now()):
            done += found
            assert done < 500, "the worker never comes to rest"
        return done

    def days(self, number: int) -> None:
        """So many days pass, with a worker that looks once a day."""
        for _ in range(number):
            self.house.later(timedelta(days=1))
            jobs.run_due(self.house.installation, self.house.now())
        self.log_in(self.login)

    def person(self, login: str) -> PersonRow:
        found = people.find_login(self.house.installation, login)
        assert found is not None
        return found

    def counts(self) -> dict[str, int]:
        """How many rows each table has, but for sessions (logging in makes one) and `pending` (each record does)."""
        with db.reading(self.house.installation.database) as tx:
            return {
                name: tx.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
                if name not in ("session", "pending")
            }

    def rows(self, table: str) -> list[dict[str, Any]]:
        with db.reading(self.house.installation.database) as tx:
            return [dict(row) for row in tx.execute(select(metadata.tables[table])).mappings()]

    def sealed(self) -> list[Sealed]:
        """All sealed values, opened."""
        found = [Closed(**row) for row in self.rows("sealed")]
        return list(sealing.opened(self.house.installation.keys, found).values())

    def assert_whole(self, chain: str) -> None:
        """The chain verifies as an auditor would do it."""
        file = self.directory / f"{chain}.jsonl"
        exports.export(self.house.installation, chain, file)
        verdict = verify.main([str(file)])
        assert verdict == 0


@contextmanager
def town(url: str, directory: Path, *processes: str, **files: bytes) -> Iterator[Town]:
    """A town with these processes, each in a file of its own; `files` are more of them, `_` for the dot in a name."""
    more = {name.replace("_", "."): content for name, content in files.items()}
    drawn = {f"proef_{number}.bpmn": diagram(one) for number, one in enumerate(processes)}
    house = peopled(url, directory, FAMILY | drawn | more)
    try:
        yield Town(house, house.log_in("coordinator"), directory)
    finally:
        house.installation.database.dispose()


def moment(text: str) -> datetime:
    """An ISO 8601 moment."""
    return datetime.fromisoformat(text)
