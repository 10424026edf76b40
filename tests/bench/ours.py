"""Our side of the measurements: an installation with the benchmark's own diagrams, one wijk and one wijkcoordinator."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher
from sqlalchemy import insert, text

from engine.terms import Json
from engine.trail.kinds import Kind
from service import (
    accounts,
    cases,
    clock,
    db,
    definitions,
    hearing,
    organisation,
    starting,
    store,
    store_people,
    store_wijken,
    store_worklist,
)
from service.auth import SESSION
from service.config import Config
from service.installation import Installation, open_installation
from service.starting import NewCase
from service.store_people import PersonRow
from service.tables import task
from tests.bench import diagrams

WIJK = "tanthof"
OWN = 40
PASSWORD = "een lang wachtwoord"
DATA = (".toml", ".csv")


@dataclass(slots=True)
class Ours:
    """The use cases as the benchmark calls them, as one person."""

    installation: Installation
    person: PersonRow

    @classmethod
    def prepared(cls, url: str, key_file: Path) -> Self:
        """An installation on a migrated, empty database, with the city's rights and the benchmark's diagrams."""
        config = Config(database_url=url, city=Config.read({}).city, key_file=key_file)
        installation = open_installation(config)
        now = clock.now()
        rules = {
            name: content for name, content in definitions.family_files(config.city).items() if name.endswith(DATA)
        }
        definitions.release_first(installation, {**rules, **diagrams.files()}, now)
        person = PersonRow(accounts.new_id(secrets.token_bytes), "meting", "Meting", False, now, None)
        with db.writing(installation.database) as tx:
            store_wijken.put(tx, WIJK, "Tanthof")
            store_people.insert_person(tx, person, PasswordHasher().hash(PASSWORD))
            head = organisation.hold_head(tx)
            role: dict[str, Json] = {"rol": diagrams.GROUP, "bereik": "wijk", "wijk": WIJK}
            role["persoon"] = organisation.reference(installation, person)
            fields: dict[str, Json] = {"actor": {"ref": "opdrachtregel", "role": "beheer"}, "values": role}
            hearing.write(installation, tx, head, [(Kind.ROLE_GIVEN, fields)], now)
        return cls(installation, person)

    def close(self) -> None:
        """Give the connections back."""
        self.installation.database.dispose()

    def variables(self) -> Mapping[str, str]:
        """The settings with which another process serves this installation, without a limit on writing."""
        return {
            "WIJK_DATABASE_URL": self.installation.config.database_url,
            "WIJK_SLEUTEL": str(self.installation.config.key_file),
            "WIJK_LIMIET_SCHRIJVEN": "1000000 per second",
        }

    def token(self) -> str:
        """A new API token of the person."""
        database, now = self.installation.database, clock.now()
        person = accounts.prove(
            database, self.installation.names, login="meting", password=PASSWORD, passwords=PasswordHasher()
        )
        _, caller = accounts.begin(database, person, SESSION, now, secrets.token_bytes)
        until = now + timedelta(days=1)
        return accounts.issue_token(
            database, caller, label="meting", until=until, now=now, entropy=secrets.token_bytes
        )[0]

    def start(self, process: str) -> str:
        """The first open task of a new case."""
        new = NewCase(accounts.new_id(secrets.token_bytes), process, WIJK)
        row = starting.start(self.installation, self.person, new, clock.now())
        with db.reading(self.installation.database) as tx:
            return store.tasks_of_case(tx, row.id, only_open=True)[0].id

    def complete(self, task_id: str) -> str:
        """Complete the task; the id of the task that opened, "" at the end of the case."""
        answer = cases.complete(self.installation, self.person, task_id, diagrams.VALUES, clock.now())
        opened = answer["geopend"]
        assert isinstance(opened, list)
        return str(opened[0]) if opened else ""

    def fill(self, count: int) -> None:
        """Open tasks up to about `count`: 40 of our own, all others in other wijken, a few of them of our own role."""
        own = [self.start("rij_5") for _ in range(OWN)]
        with db.writing(self.installation.database) as tx:
            found = store.read_task(tx, own[0])
            assert found is not None
            case, now = found[1].id, clock.now()
            rows = [_other_task(number, case, now) for number in range(count - OWN)]
            for first in range(0, len(rows), 5_000):
                tx.execute(insert(task), rows[first : first + 5_000])
        with db.writing(self.installation.database) as tx:
            tx.execute(text("ANALYZE"))

    def read_worklist(self) -> None:
        """The first page of the person's open tasks."""
        with db.reading(self.installation.database) as tx:
            seats = [store_worklist.Seat(diagrams.GROUP, WIJK)]
            found = store_worklist.work_list(tx, [self.person.id], seats, store_worklist.Wanted())
        if len(found) != OWN:
            raise AssertionError(f"{len(found)} tasks on the work list, not {OWN}")


def _other_task(number: int, case: str, now: datetime) -> dict[str, object]:
    return {
        "id": accounts.new_id(secrets.token_bytes),
        "case": case,
        "element": "taak_1",
        "name": "Taak 1",
        "process": "rij_5",
        "group": diagrams.GROUP if number % 20 == 0 else f"rol_{number % 19}",
        "act": "werk",
        "subject": "*",
        "inputs": "{}",
        "wijk": f"wijk_{number % 90}",
        "status": "open",
        "opened_at": now - timedelta(minutes=number),
    }
