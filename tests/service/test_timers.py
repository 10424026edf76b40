"""Timers, as a case meets them: made and cancelled with its token, fired once, never lost, never by a case at rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError

from service import db, deliveries, jobs, store, store_jobs
from service.installation import open_installation
from tests.bench.diagrams import VALUES
from tests.engine.bpmn import boundary, catch, diagram, end, process, start, timer, xor
from tests.service.houses import MONDAY, body
from tests.service.towns import FAMILY, Town, moment, town, work

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAITING = process("p", start("s"), catch("wacht", timer("PT1H")), work("t"), end("e"), flow="s > wacht > t > e")
REMINDED = process(
    "p",
    start("s"),
    work("t"),
    boundary("b", "t", timer("R3/PT1H", "timeCycle"), interrupts=False),
    work("herinnering"),
    end("e"),
    end("e2"),
    flow="s > t > e; b > herinnering > e2",
)
INTERRUPTED = process(
    "p", start("s"), work("t"), boundary("b", "t", timer("PT1H")), work("laat"), end("e"), end("e2"),
    flow="s > t > e; b > laat > e2",
)  # fmt: skip


def planned(here: Town, case: str) -> list[object]:
    """When the timer jobs of the case are due."""
    return [row["due"] for row in here.rows("job") if row["case"] == case and row["kind"] == "tijd"]


def test_a_timer_job_comes_with_its_token_and_fires_when_it_is_due(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, WAITING) as here:
        case = here.start()
        assert planned(here, case) == [MONDAY + HOUR]
        assert here.tick(HOUR - timedelta(seconds=1)) == 0 and here.open(case) == []
        assert here.tick(timedelta(seconds=1)) == 1 and here.open(case) == ["t"]
        assert planned(here, case) == []
        assert here.kinds(case) == ["zaak:gestart", "tijd:verstreken"]
        here.must(case, "t")
        assert here.tick(10 * DAY) == 0 and here.status(case) == "gereed"
        here.assert_whole(case)


def test_completing_the_task_takes_its_timer_away_in_the_same_transaction(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, INTERRUPTED) as here:
        case = here.start()
        assert len(planned(here, case)) == 1
        here.must(case, "t")
        assert planned(here, case) == [] and here.tick(2 * HOUR) == 0


def test_a_refused_completion_leaves_the_timer_where_it_was(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, INTERRUPTED) as here:
        case = here.start()
        before = [row["id"] for row in here.rows("job")]
        assert here.do(case, "t", here.house.log_in("bewoner")).status_code == 403
        assert here.do(case, "t", aantal="veel").status_code == 400
        assert [row["id"] for row in here.rows("job")] == before


def test_an_interrupting_timer_closes_its_task_and_a_late_completion_is_a_conflict(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, INTERRUPTED) as here:
        case = here.start()
        late = here.task(case, "t")
        here.tick(HOUR)
        assert here.open(case) == ["laat"]
        answer = here.client.put(f"/v1/taken/{late}/afronding", json={"gegevens": {"toelichting": "Toch nog."}})
        assert answer.status_code == 409
        assert [row["status"] for row in here.rows("task") if row["id"] == late] == ["vervallen"]


def test_the_one_timer_job_stands_at_the_earliest_timer_and_moves_with_it(url: str, tmp_path: Path) -> None:
    early = boundary("vroeg", "t", timer("PT1H"), interrupts=False)
    late = boundary("laat", "t", timer("PT3H"), interrupts=False)
    both = process(
        "p", start("s"), work("t"), early, late, work("a"), work("b"), end("e"), end("e2"), end("e3"),
        flow="s > t > e; vroeg > a > e2; laat > b > e3",
    )  # fmt: skip
    with town(url, tmp_path, both) as here:
        case = here.start()
        assert planned(here, case) == [MONDAY + HOUR]
        here.tick(HOUR)
        assert here.open(case) == ["a", "t"] and planned(here, case) == [MONDAY + 3 * HOUR]
        here.must(case, "a")
        assert planned(here, case) == [MONDAY + 3 * HOUR]
        here.tick(2 * HOUR)
        assert here.open(case) == ["b", "t"] and planned(here, case) == []


def test_a_cycle_that_was_missed_for_a_night_fires_each_of_its_times(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, REMINDED) as here:
        case = here.start()
        here.tick(12 * HOUR)
        assert here.open(case) == ["herinnering"] * 3 + ["t"]
        assert planned(here, case) == []
        assert here.kinds(case).count("tijd:verstreken") == 3
        here.assert_whole(case)


def test_two_workers_at_once_fire_a_timer_once(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, REMINDED) as here:
        cases = [here.start() for _ in range(6)]
        here.later(HOUR)
        others = [open_installation(here.house.installation.config) for _ in range(2)]
        gate = Barrier(2, timeout=20)

        def work_through(number: int) -> int:
            gate.wait()
            done = 0
            while found := jobs.run_due(others[number], here.house.now(), most=2):
                done += found
            return done

        with ThreadPoolExecutor(2) as pool:
            taken = list(pool.map(work_through, range(2)))
        for one in others:
            one.database.dispose()
        assert sum(taken) == len(cases)
        for case in cases:
            assert here.open(case) == ["herinnering", "t"]
            assert here.kinds(case).count("tijd:verstreken") == 1
        for one in others:
            one.database.dispose()


def test_a_leased_job_is_skipped_by_others_until_the_lease_runs_out(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, WAITING) as here:
        case = here.start()
        here.later(HOUR)
        with db.writing(here.house.installation.database) as tx:  # a worker that is killed after its lease
            (leased,) = store_jobs.lease(tx, here.house.now(), jobs.LEASE_SECONDS, 20)
        assert leased.case == case
        assert here.tick() == 0 and here.open(case) == []
        assert here.tick(timedelta(seconds=jobs.LEASE_SECONDS)) == 1 and here.open(case) == ["t"]


def test_a_worker_that_dies_while_it_works_leaves_nothing_half_done(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, WAITING) as here:
        case = here.start()
        here.later(HOUR)
        revision = here.revision(case)
        with pytest.raises(KeyboardInterrupt), db.writing(here.house.installation.database) as tx:
            (job,) = store_jobs.lease(tx, here.house.now(), jobs.LEASE_SECONDS, 20)
            deliveries.fire_timers(here.house.installation, tx, job, here.house.now())
            raise KeyboardInterrupt
        assert here.open(case) == [] and here.revision(case) == revision
        assert here.tick() == 1 and here.open(case) == ["t"]


def test_a_second_doer_of_the_same_leased_job_finds_it_gone(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, REMINDED) as here:
        case, installation = here.start(), here.house.installation
        here.later(HOUR)
        with db.writing(installation.database) as tx:
            (job,) = store_jobs.lease(tx, here.house.now(), jobs.LEASE_SECONDS, 20)
        for _ in range(2):
            with db.writing(installation.database) as tx:
                deliveries.fire_timers(installation, tx, job, here.house.now())
        assert here.open(case) == ["herinnering", "t"]


def test_a_worker_and_a_person_who_meet_in_one_case_never_stop_each_other(postgres_url: str, tmp_path: Path) -> None:
    """Both take the case before its jobs: in another order PostgreSQL would have to abort one of them."""
    with town(postgres_url, tmp_path, INTERRUPTED) as here:
        for _ in range(8):
            case = here.start()
            task = here.task(case, "t")
            here.later(HOUR)
            with ThreadPoolExecutor(1) as pool:
                firing = pool.submit(jobs.run_due, here.house.installation, here.house.now())
                answer = here.client.put(f"/v1/taken/{task}/afronding", json={"gegevens": VALUES})
                firing.result()
            assert answer.status_code in (200, 409), answer.text
            assert here.tick() == 0
            assert (here.open(case), answer.status_code) in [([], 200), (["laat"], 409)]


def test_whoever_holds_the_case_makes_a_worker_wait_without_a_deadlock(postgres_url: str, tmp_path: Path) -> None:
    with town(postgres_url, tmp_path, INTERRUPTED) as here:
        case, installation = here.start(), here.house.installation
        here.later(HOUR)
        with ThreadPoolExecutor(1) as pool:
            with db.writing(installation.database) as tx:
                store.hold_case(tx, case)
                firing = pool.submit(jobs.run_due, installation, here.house.now())
                with pytest.raises(TimeoutError):
                    firing.result(timeout=0.3)
                store_jobs.drop_timer(tx, case)  # what a completion does while it holds the case
            try:
                firing.result(timeout=10)
            except OperationalError as deadlock:
                raise AssertionError("the worker held the job while it waited for the case") from deadlock
        assert here.open(case) == ["t"]


def test_a_suspended_case_keeps_its_timers_and_fires_what_is_overdue_when_it_is_resumed(
    url: str, tmp_path: Path
) -> None:
    with town(url, tmp_path, INTERRUPTED) as here:
        case = here.start()
        assert here.steer(case, "opschorting").status_code == 200
        here.tick(5 * DAY)
        assert here.open(case) == ["t"] and here.status(case) == "opgeschort"
        assert here.steer(case, "hervatting").status_code == 200
        assert here.open(case) == ["t"]
        assert here.tick() == 1 and here.open(case) == ["laat"]


def test_a_case_that_is_resumed_before_its_timer_is_due_waits_for_it(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, INTERRUPTED) as here:
        case = here.start()
        here.steer(case, "opschorting")
        here.later(HOUR / 2)
        here.steer(case, "hervatting")
        assert planned(here, case) == [MONDAY + HOUR]
        assert here.tick() == 0 and here.tick(HOUR / 2) == 1
        assert here.open(case) == ["laat"]


def test_a_cancelled_case_fires_nothing(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, REMINDED) as here:
        case = here.start()
        here.steer(case, "afbreking")
        assert planned(here, case) == [] and here.tick(5 * DAY) == 0
        assert here.open(case) == [] and here.kinds(case)[-1] == "zaak:afgebroken"


def yearly(ident: str, text: str, kind: str = "timeCycle") -> str:
    """A process that the calendar starts."""
    return process(ident, start("s", timer(text, kind)), work("t"), end("e"), flow="s > t > e")


def test_the_calendar_starts_a_case_in_every_wijk_and_plans_the_next_time(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, yearly("p", "R/2026-04-01T09:00:00Z/P1M")) as here:
        here.house.add("stad", "college")
        here.log_in("stad")
        here.tick(29 * DAY)
        assert here.cases("p") == []
        here.tick(DAY)
        found = here.get("/v1/zaken?proces=p")["resultaten"]
        assert sorted(one["wijk"] for one in found) == ["tanthof", "voorhof"]
        assert here.kinds(found[0]["id"]) == ["zaak:gestart"] and here.open(found[0]["id"]) == ["t"]
        here.tick(61 * DAY)
        assert len(here.cases("p")) == 6, "a worker that was away catches up"


EITHER = process(
    "p", start("s", timer('termijn("opening_wijkcyclus")', "timeDate")), start("zelf"), xor("open"), work("t"),
    end("e"), flow="s > open; zelf > open; open > t > e",
).replace(
    'isExecutable="true">',
    'isExecutable="true"><extensionElements><wijk:proces jaar="today().year + 1" /></extensionElements>',
)  # fmt: skip


def years(here: Town) -> list[tuple[str, int]]:
    """The wijk and programme year of each case, sorted."""
    found = here.get("/v1/zaken?proces=p&limit=200")["resultaten"]
    return sorted((one["wijk"], one["jaar"]) for one in found)


def test_the_calendar_opens_the_next_programme_year_in_each_wijk_that_has_none(url: str, tmp_path: Path) -> None:
    """The opening is the first working day from 1 March on: in 2026 a Monday, in 2027 as well, in 2028 a Wednesday."""
    with town(url, tmp_path, EITHER) as here:
        here.house.add("stad", "college")
        here.log_in("stad")
        assert years(here) == [], "the day of 2026 had begun when the process was released"
        by_hand = {"proces": "p", "wijk": "voorhof", "jaar": 2028}
        assert here.client.post("/v1/zaken", json=by_hand).status_code == 201
        twice = here.client.post("/v1/zaken", json=by_hand)
        assert twice.status_code == 409 and "2028" in body(twice)["detail"]
        here.tick(moment("2027-02-28T23:59+01:00") - here.house.now())
        assert years(here) == [("voorhof", 2028)]
        here.tick(moment("2027-03-01T00:01+01:00") - here.house.now())
        assert years(here) == [("tanthof", 2028), ("voorhof", 2028)]
        own = here.client.post("/v1/zaken", json={"proces": "p", "wijk": "tanthof"})
        assert own.status_code == 409, "without a year it is the year that opens now"
        here.tick(moment("2028-03-01T00:01+01:00") - here.house.now())
        assert years(here)[1::2] == [("tanthof", 2029), ("voorhof", 2029)] and len(years(here)) == 4
        (next_time,) = [row["due"] for row in here.rows("job") if row["kind"] == "start"]
        assert next_time == moment("2029-03-01T00:00+01:00")
        case = next(one for one in here.cases("p") if here.get(f"/v1/zaken/{one}")["jaar"] == 2029)
        assert here.open(case) == ["t"] and here.kinds(case) == ["zaak:gestart"]


def test_a_year_case_that_was_called_off_makes_room(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EITHER) as here:
        case = here.start()
        assert here.steer(case, "afbreking").status_code == 200
        assert here.start() != case


def test_the_calendar_and_a_person_at_once_open_one_year(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, EITHER) as here:
        here.house.later(moment("2027-03-01T00:01+01:00") - here.house.now())
        clients = [here.house.log_in("coordinator") for _ in range(4)]
        asked = {"proces": "p", "wijk": "tanthof", "jaar": 2028}
        with ThreadPoolExecutor(5) as pool:
            by_hand = [pool.submit(one.post, "/v1/zaken", json=asked) for one in clients]
            pool.submit(jobs.run_due, here.house.installation, here.house.now()).result()
            answers = sorted(one.result().status_code for one in by_hand)
        here.tick()
        assert answers.count(201) <= 1 and set(answers) <= {201, 409}
        assert years(here) == [("tanthof", 2028)]


def test_a_calendar_that_counts_stops_when_it_has_counted(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, yearly("p", "R2/2026-04-01T09:00:00Z/P1D")) as here:
        here.tick(90 * DAY)
        assert len(here.cases("p")) == 2
        assert here.rows("job") == []


def test_moments_before_the_release_start_nothing(url: str, tmp_path: Path) -> None:
    past = yearly("p", "2026-01-01T09:00:00Z", "timeDate"), yearly("q", "R/2020-04-01T09:00:00Z/P1Y")
    with town(url, tmp_path, *past) as here:
        here.tick()
        assert here.cases("p") == [] and here.cases("q") == []
        here.tick(30 * DAY)
        assert here.cases("p") == [] and len(here.cases("q")) == 1


def test_a_new_release_takes_the_place_of_the_planned_starts(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, yearly("p", "R/P1D"), yearly("q", "R/P1D")) as here:
        for login in ("ontwerper", "ontwerper2"):
            here.house.add(login, "procesontwerper")
        text = diagram(yearly("p", "R/P10D")).decode()
        files = [{"naam": name, "tekst": content.decode()} for name, content in FAMILY.items()]
        asked = {"bestanden": [*files, {"naam": "proef.bpmn", "tekst": text}]}
        proposed = here.house.log_in("ontwerper").post("/v1/procesmodellen", json=asked)
        version = proposed.json["procesmodel"]["versie"]  # type: ignore[index]
        here.later(HOUR)
        assert here.house.log_in("ontwerper2").put(f"/v1/procesmodellen/{version}/vrijgave").status_code == 200
        (planned_start,) = here.rows("job")
        assert version in planned_start["payload"]
        here.tick(2 * DAY)
        assert here.cases("p") == [] and here.cases("q") == []
        here.tick(8 * DAY)
        (case,) = here.cases("p")
        assert here.get(f"/v1/zaken/{case}")["procesmodel"] == version and here.cases("q") == []
