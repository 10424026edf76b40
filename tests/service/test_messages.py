"""Messages between cases: to the one that waits under that key, once, however long it takes, and to nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from service import db, deliveries, jobs, store_jobs
from service.installation import open_installation
from tests.engine.bpmn import catch, end, extension, message, process, race, start, throw, timer, xor
from tests.service.towns import Town, town, work

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def keyed(key: str, content: str = "") -> str:
    """The correlation key, and the content, of a message event."""
    inner = f' inhoud="{content}"' if content else ""
    return extension(f'<wijk:bericht sleutel="{key}"{inner}/>')


SENDER = process(
    "zender",
    start("s"),
    work("vraag"),
    throw("zend", keyed("vraag.aantal", "{wie: vraag.keuze}") + message("klaar")),
    work("verder"),
    end("e"),
    flow="s > vraag > zend > verder > e",
)
RECEIVER = process(
    "ontvanger",
    start("s"),
    work("sleutel"),
    catch("wacht", keyed("sleutel.aantal") + message("klaar")),
    work("ontvangen"),
    end("e"),
    flow="s > sleutel > wacht > ontvangen > e",
)
LOOPING = process(
    "kring",
    start("s"),
    xor("samen"),
    catch("wacht", keyed("zaak") + message("nog")),
    work("ontvangen"),
    xor("eens"),
    end("e"),
    flow='s > samen > wacht > ontvangen > eens; eens [ontvangen.keuze = "nee"] > e; eens * > samen',
)
PARENT = process(
    "moeder",
    start("s"),
    work("vraag"),
    throw("zend", keyed("vraag.aantal", "{onderwerp: vraag.keuze}") + message("kind")),
    work("verder"),
    end("e"),
    flow="s > vraag > zend > verder > e",
)
CHILD = process("kind", start("b", message("kind")), work("t"), end("e"), flow="b > t > e")
BRIEF = process(
    "kort",
    start("s"),
    work("vraag"),
    throw("zend", keyed("vraag.aantal") + message("klaar")),
    end("e"),
    flow="s > vraag > zend > e",
)


def waiting(here: Town, key: int) -> str:
    """A receiver that waits under this key."""
    case = here.start("ontvanger")
    here.must(case, "sleutel", aantal=key)
    return case


def test_a_message_reaches_the_case_that_waits_under_its_key_and_no_other(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        seven, eight = waiting(here, 7), waiting(here, 8)
        sender = here.start("zender")
        here.must(sender, "vraag", aantal=8)
        assert here.open(sender) == ["verder"]
        assert here.tick() == 1
        assert here.open(seven) == [] and here.open(eight) == ["ontvangen"]
        assert here.kinds(eight)[-1] == "bericht:ontvangen"
        assert here.trail(eight)[-1]["inhoud"]["values"] == {"bericht": "klaar", "sleutel": "8", "van": sender}
        assert here.rows("job") == []
        for case in (seven, eight, sender):
            here.assert_whole(case)


def test_a_message_that_nobody_awaits_yet_is_delivered_when_the_wait_begins(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        sender = here.start("zender")
        here.must(sender, "vraag", aantal=8)
        here.tick()
        here.tick(3 * HOUR)
        other, mine = waiting(here, 7), waiting(here, 8)
        assert here.tick() == 1
        assert here.open(other) == [] and here.open(mine) == ["ontvangen"]


def test_a_message_of_a_case_that_has_ended_meanwhile_still_arrives(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, BRIEF, RECEIVER) as here:
        sender = here.start("kort")
        here.must(sender, "vraag", aantal=8)
        assert here.status(sender) == "gereed"
        here.tick()
        case = waiting(here, 8)
        here.tick()
        assert here.open(case) == ["ontvangen"]


def test_what_a_case_said_stays_said_when_it_is_cancelled_or_goes_on(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        cancelled, ended = here.start("zender"), here.start("zender")
        here.must(cancelled, "vraag", aantal=1)
        here.must(ended, "vraag", aantal=2)
        here.tick()
        here.steer(cancelled, "afbreking")
        here.must(ended, "verder")
        first, second = waiting(here, 1), waiting(here, 2)
        here.tick()
        assert here.open(first) == ["ontvangen"] and here.open(second) == ["ontvangen"]


def test_one_message_serves_one_case_and_two_serve_two(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        early = waiting(here, 8)
        here.later(HOUR)
        late = waiting(here, 8)
        first, second = here.start("zender"), here.start("zender")
        here.must(first, "vraag", aantal=8)
        here.tick()
        assert here.open(early) == ["ontvangen"] and here.open(late) == []
        here.must(second, "vraag", aantal=8)
        here.tick()
        assert here.open(late) == ["ontvangen"]


def test_two_workers_deliver_a_message_once(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        cases = [waiting(here, key) for key in range(4)] + [waiting(here, key) for key in range(4)]
        for key in range(4):
            here.must(here.start("zender"), "vraag", aantal=key)
        others = [open_installation(here.house.installation.config) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: [jobs.run_due(one, here.house.now(), most=1) for _ in range(4)], others))
        assert sorted(here.open(case) for case in cases) == [[]] * 4 + [["ontvangen"]] * 4
        assert sum(here.kinds(case).count("bericht:ontvangen") for case in cases) == 4
        for one in others:
            one.database.dispose()


def test_a_job_that_was_leased_twice_delivers_once(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        first, second, installation = waiting(here, 8), waiting(here, 8), here.house.installation
        here.must(here.start("zender"), "vraag", aantal=8)
        with db.writing(installation.database) as tx:
            (job,) = store_jobs.lease(tx, here.house.now(), jobs.LEASE_SECONDS, 20)
        for _ in range(2):
            with db.writing(installation.database) as tx:
                deliveries.deliver(installation, tx, job, here.house.now())
        assert sorted([here.open(first), here.open(second)]) == [[], ["ontvangen"]]


def test_a_message_to_a_suspended_case_waits_and_comes_when_it_is_resumed(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        case = waiting(here, 8)
        here.steer(case, "opschorting")
        here.must(here.start("zender"), "vraag", aantal=8)
        here.days(40)
        assert here.open(case) == [] and here.incidents(case) == []
        here.steer(case, "hervatting")
        here.tick()
        assert here.open(case) == ["ontvangen"]


def test_a_message_that_nobody_ever_awaits_becomes_an_incident_of_its_sender(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, SENDER, RECEIVER) as here:
        sender = here.start("zender")
        here.must(sender, "vraag", aantal=8)
        here.days(40)
        (incident,) = here.incidents(sender)
        assert "klaar" in incident["melding"] and "wacht" in incident["melding"]
        case = waiting(here, 8)
        here.tick()
        assert here.open(case) == [], "it stays put until somebody retries it"
        answer = here.client.put(f"/v1/zaken/{sender}/incidenten/{incident['id']}/herstel", json={"reden": "Toch."})
        assert answer.status_code == 204, answer.text
        here.tick()
        assert here.open(case) == ["ontvangen"]


def test_a_message_in_a_loop_is_awaited_anew_in_each_round(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, LOOPING) as here:
        case, installation = here.start("kring"), here.house.installation

        def send() -> None:
            with db.writing(installation.database) as tx:
                store_jobs.send(tx, case, "nog", case, {}, here.house.now())

        send()
        here.tick()
        assert here.open(case) == ["ontvangen"]
        send()  # before the second round waits
        here.tick()
        assert here.open(case) == ["ontvangen"]
        here.must(case, "ontvangen")
        here.tick()
        assert here.open(case) == ["ontvangen"] and here.kinds(case).count("bericht:ontvangen") == 2
        here.must(case, "ontvangen", keuze="nee")
        assert here.status(case) == "gereed"
        assert here.rows("wait") == []


def test_a_message_start_opens_a_child_in_the_dossier_of_its_sender(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, PARENT, CHILD) as here:
        mother = here.start("moeder")
        here.must(mother, "vraag", aantal=3)
        assert here.cases("kind") == []
        assert here.tick() == 1
        (child,) = here.cases("kind")
        found = here.get(f"/v1/zaken/{child}")
        assert found["dossier"] == mother and found["wijk"] == "tanthof" and found["jaar"] == 2027
        assert here.open(child) == ["t"] and here.kinds(child) == ["zaak:gestart"]
        assert here.tick(DAY) == 0 and len(here.cases("kind")) == 1
        here.assert_whole(child)


def test_two_workers_open_one_child(url: str, tmp_path: Path) -> None:
    with town(url, tmp_path, PARENT, CHILD) as here:
        here.must(here.start("moeder"), "vraag", aantal=3)
        others = [open_installation(here.house.installation.config) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: jobs.run_due(one, here.house.now()), others))
        assert len(here.cases("kind")) == 1
        for one in others:
            one.database.dispose()


def test_a_wait_that_ends_otherwise_takes_no_message_any_more(url: str, tmp_path: Path) -> None:
    """The race of a message and a timer: once the timer has won, the message waits for another case."""
    racing = process(
        "ontvanger",
        start("s"),
        work("sleutel"),
        race("race"),
        catch("wacht", keyed("sleutel.aantal") + message("klaar")),
        catch("tijd", timer("PT1H")),
        work("ontvangen"),
        work("laat"),
        end("e"),
        end("e2"),
        flow="s > sleutel > race; race > wacht > ontvangen > e; race > tijd > laat > e2",
    )
    with town(url, tmp_path, SENDER, racing) as here:
        case = waiting(here, 8)
        here.tick(HOUR)
        assert here.open(case) == ["laat"] and here.rows("wait") == []
        here.must(here.start("zender"), "vraag", aantal=8)
        here.tick(HOUR)
        assert here.open(case) == ["laat"]
