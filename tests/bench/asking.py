"""The auditor's questions about one wijk and year, in a log of a hundred thousand records: the slowest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from timeit import repeat
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Table, insert, select, text

from engine.questions.catalogue import BY_NAME
from engine.questions.exceptions import LISTS
from engine.questions.question import Question
from engine.trail.record import PREFIX
from service import db, questions, story
from service.config import Config
from service.installation import Installation
from service.play import Player
from service.stage import ADMINISTRATOR
from service.stage import build as build_stage
from service.store_questions import Scope
from service.tables import case, record, task, wijk
from tests.bench.measure import Result

BAR = 1.0
SIZE = 100_000
WIJKEN = 90  # of a large city, that asks to compare them; the rest of the log are the years before
YEAR = 2027
STORY = "verhalen/jaarcyclus.toml"


def measured(database: str, url: str, directory: Path) -> list[Result]:
    """Seconds for the slowest of the 25 questions, the lists of exceptions and the sample, each the best of three."""
    config = Config(database_url=url, city=Config.read({}).city, key_file=directory / f"{database}-vragen.key")
    told, findings = story.read((config.city / STORY).read_bytes(), STORY)
    assert told is not None, findings
    passwords = dict.fromkeys((ADMINISTRATOR, *told.persons), "een lang wachtwoord")
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    stage = build_stage(config, told.persons, passwords, told.begin, told.wijk, cheap)
    assert all(one.is_expected for one in Player(told, stage).play())
    installation, now = stage.installation, stage.moment[0]
    with db.writing(installation.database) as tx:
        _fill(tx, told.wijk)
    with closing(installation.database.connect()) as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    spent = dict[str, float]()
    for question in (*BY_NAME.values(), *LISTS.values()):
        spent[question.name] = _of_three(partial(_ask, installation, question, told.wijk, now))
    spent["steekproef"] = _of_three(lambda: questions.draw(installation, 25))
    installation.database.dispose()
    slowest = max(spent, key=spent.__getitem__)
    figures = {f"vraag {slowest} s": spent[slowest], "alle samen s": sum(spent.values())}
    return [Result("traagste vraag bij 100.000 regels (s)", database, spent[slowest], BAR, False, figures)]


def _of_three(asked: Callable[[], object]) -> float:
    return min(repeat(asked, number=1, repeat=3))


def _ask(installation: Installation, question: Question, place: str, now: datetime) -> None:
    answer = questions.ask(installation, question, Scope(wijk=place, year=YEAR), {}, now)
    if answer.totals.logged < SIZE:
        raise AssertionError(f"the log has {answer.totals.logged} records, not {SIZE}")


def _fill(tx: Connection, own: str) -> None:
    """The same year once more in other wijken and years, until the log is large enough."""
    originals = {table: [dict(row) for row in tx.execute(select(table)).mappings()] for table in (case, task, record)}
    chains = [row["id"] for row in originals[case]]
    originals[record] = [row for row in originals[record] if row["chain"] in set(chains)]
    for number in range(SIZE // len(originals[record]) + 1):
        back, place = divmod(number, WIJKEN)
        if back == 0:
            tx.execute(insert(wijk), {"id": f"{own}_{place}", "name": f"{own} {place}"})
        names = {one: sha256(f"{number} {one}".encode()).hexdigest()[:32] for one in chains}
        for table, rows in originals.items():
            tx.execute(insert(table), [_moved(table, row, names, f"{own}_{place}", back) for row in rows])


def _moved(table: Table, row: Mapping[str, Any], names: Mapping[str, str], place: str, back: int) -> dict[str, Any]:
    found = {name: names.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
    if "wijk" in found:
        found["wijk"] = place
    if table is case and row["year"] is not None:
        found["year"] = row["year"] - back
    if table is task:
        found["id"] = sha256(f"{found['case']} {row['id']}".encode()).hexdigest()[:32]
    if table is record:
        found["body"] = row["body"].replace(row["chain"], found["chain"])
        found["digest"] = sha256(PREFIX + found["body"].encode()).hexdigest()
    return found
