"""What an act costs the database: statements are counted, so that none creeps in (10 for work, 16 for a decision)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, event, text

from engine.trail.record import Head
from service import cases, db, people, store
from service.store_people import PersonRow
from tests.bench.diagrams import VALUES
from tests.service.houses import House, played_until


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Every statement that goes to the database, and "COMMIT" for every commit."""
    seen: list[str] = []

    def execute(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def commit(_conn: object) -> None:
        seen.append("COMMIT")

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)


def person(house: House, login: str) -> PersonRow:
    found = people.find_login(house.installation, login)
    assert found is not None
    return found


def test_completing_work_takes_at_most_ten_statements_and_one_commit(house: House) -> None:
    coordinator = person(house, "coordinator")
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    with counted(house.installation.database) as seen:
        cases.complete(house.installation, coordinator, task, VALUES, house.now())
    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 10, seen


def test_a_completion_over_http_adds_only_the_look_up_of_the_caller(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    with counted(house.installation.database) as seen:
        answer = client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    assert answer.status_code == 200
    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 10, seen


def test_the_number_of_statements_does_not_grow_with_what_was_done_before(house: House) -> None:
    coordinator = person(house, "coordinator")
    client = house.log_in("coordinator")
    case = house.start(client, "lus")

    def once() -> int:
        with db.reading(house.installation.database) as tx:
            (task,) = store.tasks_of_case(tx, case, only_open=True)
        with counted(house.installation.database) as seen:
            cases.complete(house.installation, coordinator, task.id, VALUES, house.now())
        return len(seen)

    first, *later = (once() for _ in range(20))
    assert len(set(later)) == 1 and first >= later[0]  # what one may do is read once, until the organisation moves


def test_a_refusal_is_recorded_in_one_transaction_too(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))
    resident = house.log_in("bewoner")
    with counted(house.installation.database) as seen:
        answer = resident.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
    assert answer.status_code == 403
    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 10, seen


def test_a_read_leaves_the_prepared_statements_of_its_connection_standing(house: House) -> None:
    client = house.log_in("coordinator")
    case = house.start(client)
    for _ in range(10):
        with db.reading(house.installation.database) as tx:
            store.read_case(tx, case)
    with db.reading(house.installation.database) as tx:
        if tx.dialect.name == "postgresql":
            prepared = tx.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
            assert prepared > 0, "psycopg forgets them at a ROLLBACK, and every statement is planned anew"
        else:
            assert store.read_case(tx, case) is not None


def test_a_decision_takes_at_most_sixteen_statements_and_one_commit(url: str, tmp_path: Path) -> None:
    stage, told, number = played_until(url, tmp_path, "coproduceren", "bijdrage_besluiten_coproduceren")
    step = told.steps[number]
    open_tasks = stage.send("college", "GET", "/v1/taken", None).content["resultaten"]
    task = next(one["id"] for one in open_tasks if one["element"] == step.element)
    asked = {"gegevens": dict(step.values), "motivering": step.motivation}
    with counted(stage.installation.database) as seen:
        reply = stage.send("college", "PUT", f"/v1/taken/{task}/afronding", asked)
    assert reply.status == 200, reply.content
    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 16, seen
    stage.installation.database.dispose()


def test_what_goes_straight_to_the_driver_is_committed_with_its_transaction_and_falls_with_it(house: House) -> None:
    client = house.log_in("coordinator")
    task = house.open_task(client, house.start(client))

    def say(phase: str) -> None:
        found = store.hold_task(tx, task)
        assert found is not None
        row = found[1]
        head = Head(row.id, row.seq, row.head)
        store.save_case(tx, row, state=row.state, status=row.status, phase=phase, ended_at=None, head=head)

    with db.writing(house.installation.database) as tx:
        say("uitvoeren")
    with suppress(ZeroDivisionError), db.writing(house.installation.database) as tx:
        say("verantwoorden")
        raise ZeroDivisionError
    with db.reading(house.installation.database) as tx:
        seen = store.read_task(tx, task)
    assert seen is not None
    assert seen[1].phase == "uitvoeren"
