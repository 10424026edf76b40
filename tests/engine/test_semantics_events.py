"""Events: messages, timers, signals and errors, thrown and caught, on the way and on borders, in loops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.case import Case, Message
from engine.errors import CaseStuck, MessageUnexpected, StartUnknown, TaskNotOpen
from tests.engine.bpmn import (
    ANY_ERROR,
    TERMINATE,
    boundary,
    call,
    catch,
    content,
    end,
    error,
    many,
    message,
    par,
    process,
    race,
    receive,
    script,
    send,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    wijk,
    xor,
)
from tests.engine.families import HOUR, NOW, Play, family, unlinted

KEYED = wijk("bericht", sleutel="zaak")


# s > m(message, key = zaak) > a > e
def test_a_message_goes_on_under_its_name_and_key_and_its_values_land_under_the_element() -> None:
    play = Play(
        family(
            process("p", start("s"), catch("m", KEYED + message("antwoord")), user("a"), end("e"), flow="s > m > a > e")
        ),
        values={"zaak": "z-1"},
    )
    assert play.waits == {("antwoord", "z-1")}
    for name, key in (("antwoord", "z-2"), ("antwoord", ""), ("ander", "z-1")):
        with pytest.raises(MessageUnexpected):
            play.deliver(name, key)
    play.deliver("antwoord", "z-1", tekst="ja")
    assert play.open == ["a"]
    assert play.data["m"] == {"tekst": "ja"}
    assert play.waits == set()


def test_an_empty_key_is_an_incident_because_it_would_match_the_messages_of_others() -> None:
    definition = family(
        process("p", start("s"), catch("m", KEYED + message("x")), user("a"), end("e"), flow="s > m > a > e")
    )
    with pytest.raises(CaseStuck, match="sleutel"):
        Case.start(definition, "p", {}, NOW)


def test_a_key_may_be_a_context_and_its_order_does_not_matter() -> None:
    keyed = wijk("bericht", sleutel="{wijk: w, jaar: j}")
    definition = family(
        process("p", start("s"), catch("m", keyed + message("x")), user("a"), end("e"), flow="s > m > a > e")
    )
    play = Play(definition, values={"w": "tanthof", "j": 2027})
    play.deliver("x", {"jaar": 2027, "wijk": "tanthof"})
    assert play.open == ["a"]


# two tokens wait for the same message: it goes to the one that waited longest, and to that one only
def test_a_message_is_for_one_token() -> None:
    elements = (
        start("s"),
        par("f"),
        catch("m", message("x")),
        catch("n", message("x")),
        user("a"),
        user("b"),
        end("e"),
    )
    play = Play(family(process("p", *elements, flow="s > f > m > a > e; f > n > b > e")))
    play.deliver("x")
    assert play.open == ["a"]
    play.deliver("x")
    assert play.open == ["a", "b"]


# s > a > send > throw > e(message)
def test_thrown_messages_leave_the_case_with_key_and_content() -> None:
    elements = (
        start("s"),
        user("a"),
        send("v", wijk("bericht", sleutel='"k-" + a.naam', inhoud="{naam: a.naam, n: 1 + 1}"), messageRef="m_een"),
        throw("t", message("twee")),
        end("e", message("drie")),
    )
    play = Play(family(process("p", *elements, flow="s > a > v > t > e")))
    outcome = play.do("a", naam="x")
    assert outcome.sent == (
        Message("een", "k-x", {"naam": "x", "n": 2}),
        Message("twee", "", {}),
        Message("drie", "", {}),
    )
    assert outcome.ended
    assert [one.element for one in outcome.passed] == ["v", "t", "e"]


def test_a_message_can_start_a_case_and_its_values_stand_under_the_start_event() -> None:
    elements = (start("s"), start("m", message("melding")), user("a"), user("b"), end("e"))
    definition = family(process("p", *elements, flow="s > a > e; m > b > e"))
    assert definition.processes["p"].messages == {"melding": "m"}
    play = Play(definition, message=Message("melding", "", {"tekst": "stuk"}))
    assert (play.open, play.data) == (["b"], {"m": {"tekst": "stuk"}})
    assert Play(definition).open == ["a"]
    with pytest.raises(StartUnknown, match="ander"):
        Play(definition, message=Message("ander"))
    with pytest.raises(StartUnknown):
        Play(definition, process="bestaat_niet")
    with pytest.raises(StartUnknown):
        Play(definition, element="a")


def test_a_timer_start_is_known_with_its_timer() -> None:
    elements = (start("s", timer("R/2027-01-01T09:00:00Z/P1M", "timeCycle")), user("a"), end("e"))
    definition = family(process("p", *elements, flow="s > a > e"))
    timers = definition.processes["p"].timers
    assert timers["s"].first(NOW) == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert not definition.processes["p"].startable
    assert Play(definition, element="s").open == ["a"]


def test_a_receive_task_waits_as_an_activity_with_its_own_border() -> None:
    elements = (
        start("s"),
        receive("r", messageRef="m_x"),
        boundary("t", "r", timer("PT1H")),
        user("a"),
        user("laat"),
        end("e"),
    )
    definition = family(process("p", *elements, flow="s > r > a > e; t > laat > e"))
    in_time = Play(definition)
    in_time.deliver("x", n=1)
    assert (in_time.open, in_time.due()) == (["a"], None)
    late = Play(definition)
    late.wait(HOUR)
    assert (late.open, late.waits) == (["laat"], set())


# s > race > r(receive, border PT1H > laat) > a ; race > m > b
def test_the_border_of_a_receive_task_behind_an_event_gateway_takes_the_other_events_away() -> None:
    elements = (
        start("s"), race("g"), receive("r", messageRef="m_x"), boundary("t", "r", timer("PT1H")),
        catch("m", message("y")), user("a"), user("b"), user("laat"), end("e"),
    )  # fmt: skip
    play = Play(unlinted(process("p", *elements, flow="s > g > r > a > e; g > m > b > e; t > laat > e")))
    play.wait(HOUR)
    assert (play.open, play.waits) == (["laat"], set())


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("PT1H", "timeDuration", NOW + HOUR),
        ('"PT1H"', "timeDuration", NOW + HOUR),
        ("duration(wacht)", "timeDuration", NOW + timedelta(days=2)),
        ("2027-03-05T09:00:00+01:00", "timeDate", datetime(2027, 3, 5, 8, tzinfo=UTC)),
        ('date("2027-07-01")', "timeDate", datetime(2027, 6, 30, 22, tzinfo=UTC)),
        ("R3/PT10H", "timeCycle", NOW + 10 * HOUR),
    ],
)
def test_a_timer_as_every_tool_writes_it_counts_from_the_moment_of_the_act(text: str, kind: str, due: datetime) -> None:
    elements = (start("s"), catch("t", timer(text, kind)), user("a"), end("e"))
    play = Play(unlinted(process("p", *elements, flow="s > t > a > e")), values={"wacht": "P2D"})
    assert play.due() == due
    play.wait(due - NOW - timedelta(seconds=1))
    assert play.open == []
    play.wait(timedelta(seconds=1))
    assert play.open == ["a"]
    assert play.due() is None


def test_a_term_of_the_city_can_be_a_timer_and_the_due_date_of_a_task() -> None:
    asked = user("a", wijk("taak", termijn="reactie_wijkbarometer"))
    elements = (
        start("s"),
        asked,
        boundary("t", "a", timer('termijn("reactie_wijkbarometer")', "timeDate")),
        end("e"),
        user("b"),
    )
    definition = family(process("p", *elements, flow="s > a > e; t > b > e"))
    play = Play(definition)
    assert play.task("a").due == play.due() == definition.terms.end("reactie_wijkbarometer", NOW)


# s > a > e ; on a: reminder R3/PT1H, not interrupting > herinner
def test_a_cycle_on_a_border_fires_as_often_as_it_says_while_the_task_is_open() -> None:
    elements = (
        start("s"),
        user("a"),
        boundary("r", "a", timer("R3/PT1H", "timeCycle"), interrupts=False),
        user("herinner"),
        end("e"),
    )
    play = Play(family(process("p", *elements, flow="s > a > e; r > herinner > e")))
    play.wait(HOUR)
    assert play.open == ["a", "herinner"]
    assert play.due() == NOW + 2 * HOUR
    play.wait(10 * HOUR)
    assert play.open == ["a", "herinner", "herinner"], "what was missed waits for the next tick"
    play.wait(timedelta(0))
    assert play.open == ["a", "herinner", "herinner", "herinner"]
    assert play.due() is None
    play.do("a")
    assert play.open == ["herinner"] * 3


def test_a_border_goes_when_its_task_goes_also_in_the_second_round_of_a_loop() -> None:
    elements = (
        start("s"), xor("ronde"), user("a"), boundary("t", "a", timer("PT1H")), xor("g"), user("laat"), end("e"),
    )  # fmt: skip
    play = Play(
        family(process("p", *elements, flow="s > ronde > a > g; g [a.klaar] > e; g * > ronde; t > laat > ronde"))
    )
    play.do("a", klaar=False)
    play.wait(HOUR - timedelta(seconds=1))
    assert play.due() == NOW + HOUR
    outcome = play.wait(timedelta(seconds=1))
    assert (play.open, len(outcome.closed)) == (["laat"], 1)
    play.do("laat")
    assert (play.open, play.due()) == (["a"], play.now + HOUR)
    play.do("a", klaar=True)
    assert play.ended and play.due() is None


# s > race > (t1 PT3H > a | t2 PT1H > b | m > c)
def test_two_timers_and_a_message_after_one_event_gateway_each_have_their_own_moment() -> None:
    elements = (
        start("s"), race("g"), catch("t1", timer("PT3H")), catch("t2", timer("PT1H")), catch("m", message("x")),
        user("a"), user("b"), user("c"), end("e"),
    )  # fmt: skip
    definition = family(process("p", *elements, flow="s > g > t1 > a > e; g > t2 > b > e; g > m > c > e"))
    first = Play(definition)
    assert first.due() == NOW + HOUR
    first.wait(5 * HOUR)
    assert first.open == ["b"], "the one that was due first wins, and takes the others away"
    assert first.due() is None and first.waits == set()
    other = Play(definition)
    other.deliver("x")
    assert (other.open, other.due()) == (["c"], None)


# the signal goes to everything in the case that waits for it, on every level
@pytest.mark.parametrize("thrower", ["throw", "end"])
def test_a_signal_reaches_all_that_wait_for_it_from_a_throw_and_from_an_end(thrower: str) -> None:
    inner = content(start("ds"), catch("dc", signal("klaar")), user("dw"), end("de"), flow="ds > dc > dw > de")
    elements = [start("s"), par("f"), user("a"), catch("c", signal("klaar")), user("b"), sub("d", inner), end("e")]
    flow = "s > f > a > x; f > c > b > e; f > d > e"
    elements += [end("x", signal("klaar"))] if thrower == "end" else [throw("x", signal("klaar"))]
    play = Play(family(process("p", *elements, flow=flow + ("" if thrower == "end" else "; x > e"))))
    play.do("a")
    assert play.open == ["b", "dw"]


# subprocess { ds > f > (throw signal | script > script > ...) }, with an interrupting boundary on that signal
def test_an_interrupted_subprocess_runs_none_of_its_automatic_tasks_any_more() -> None:
    inner = content(
        start("ds"), par("df"), throw("dt", signal("stop")), end("de"),
        *(script(f"r{number}", f"r{number} = 1") for number in range(3)),
        flow="ds > df > dt > de; df > r0 > r1 > r2 > de",
    )  # fmt: skip
    elements = (start("s"), sub("d", inner), boundary("b", "d", signal("stop")), user("a"), user("na"), end("e"))
    play = Play(family(process("p", *elements, flow="s > d > na > e; b > a > e")))
    assert play.open == ["a"]
    assert "r1" not in play.data and "r2" not in play.data


def faulty(inner_end: str, *borders: str, flow: str) -> str:
    inner = content(
        start("ds"), par("df"), user("dw"), user("dx"), inner_end, end("dz"), flow="ds > df > dw > de; df > dx > dz"
    )
    elements = (start("s"), sub("d", inner), *borders, user("a"), user("b"), user("na"), end("e"))
    return process("p", *elements, flow=f"s > d > na > e; {flow}")


def test_an_error_ends_its_subprocess_and_goes_on_at_the_border_with_its_code() -> None:
    borders = (boundary("r1", "d", error("ander")), boundary("r2", "d", ANY_ERROR), boundary("r3", "d", error("mis")))
    text = faulty(end("de", error("mis")), *borders, flow="r1 > a > e; r2 > na; r3 > b > e")
    play = Play(unlinted(text))
    outcome = play.do("dw")
    assert play.open == ["b"]
    assert len(outcome.closed) == 1, "the other task in the subprocess ended"
    catch_all = Play(unlinted(faulty(end("de", error("mis")), borders[1], flow="r2 > a > e")))
    catch_all.do("dw")
    assert catch_all.open == ["a"]


# p calls q; q ends in an error; the border of the call (or what is around it) catches it
def test_an_error_in_a_called_process_is_caught_around_the_call_and_brings_no_data_back() -> None:
    called = process("q", start("qs"), user("w"), end("qe", error("mis")), flow="qs > w > qe")
    elements = (start("s"), call("c", "q"), boundary("r", "c", error("mis")), user("a"), end("e"), user("na"))
    play = Play(family(process("p", *elements, flow="s > c > na > e; r > a > e"), called))
    play.do("w", n=1)
    assert (play.open, play.data) == (["a"], {})


def test_an_error_in_one_instance_takes_the_whole_multi_instance_away() -> None:
    called = process(
        "q",
        start("qs"),
        user("w"),
        xor("g"),
        end("qe", error("mis")),
        end("qz"),
        flow="qs > w > g; g [w.mis] > qe; g * > qz",
    )
    elements = (
        start("s"),
        call("c", "q", many(times="3")),
        boundary("r", "c", error("mis")),
        user("a"),
        user("na"),
        end("e"),
    )
    play = Play(family(process("p", *elements, flow="s > c > na > e; r > a > e"), called))
    play.do("w", 1, mis=False)
    assert play.open == ["w", "w"]
    outcome = play.do("w", mis=True)
    assert (play.open, len(outcome.closed)) == (["a"], 1)


def test_an_error_that_nothing_catches_ends_the_case_and_says_so() -> None:
    inner = content(start("ds"), user("dw"), end("de", error("mis")), flow="ds > dw > de")
    elements = (start("s"), par("f"), sub("d", inner), user("a"), end("e"))
    play = Play(unlinted(process("p", *elements, flow="s > f > d > e; f > a > e")))
    outcome = play.do("dw")
    assert (outcome.ended, outcome.error, play.open) == (True, "mis", [])
    assert len(outcome.closed) == 1
    assert play.ended


def test_terminate_ends_its_own_level_and_the_case_goes_on_around_it() -> None:
    inner = content(
        start("ds"),
        par("df"),
        user("dw"),
        user("dx"),
        end("dt", TERMINATE),
        end("de"),
        flow="ds > df > dw > dt; df > dx > de",
    )
    elements = (start("s"), par("f"), sub("d", inner), user("na"), user("a"), end("t", TERMINATE), end("e"))
    play = Play(family(process("p", *elements, flow="s > f > d > na > e; f > a > t")))
    outcome = play.do("dw")
    assert (play.open, len(outcome.closed)) == (["a", "na"], 1)
    outcome = play.do("a")
    assert (outcome.ended, outcome.error, len(outcome.closed)) == (True, None, 1)
    with pytest.raises(TaskNotOpen):
        play.case.complete(outcome.closed[0], {}, NOW)


def test_a_message_border_that_does_not_interrupt_hears_every_message() -> None:
    elements = (
        start("s"), user("a"), boundary("m", "a", message("vraag"), interrupts=False), user("antwoord"), end("e"),
    )  # fmt: skip
    play = Play(family(process("p", *elements, flow="s > a > e; m > antwoord > e")))
    play.deliver("vraag")
    play.deliver("vraag")
    assert play.open == ["a", "antwoord", "antwoord"]
    play.do("a")
    with pytest.raises(MessageUnexpected):
        play.deliver("vraag")


# a task with three borders: each interrupts, whatever came before
def test_timers_fire_in_the_order_in_which_they_were_due() -> None:
    elements = (
        start("s"), user("a"), boundary("laat", "a", timer("PT2H")), boundary("vroeg", "a", timer("PT1H")),
        user("b"), user("c"), end("e"),
    )  # fmt: skip
    play = Play(family(process("p", *elements, flow="s > a > e; laat > b > e; vroeg > c > e")))
    play.wait(100 * HOUR)
    assert play.open == ["c"]


def test_the_clock_is_given_and_a_moment_without_a_zone_is_refused() -> None:
    definition = family(process("p", start("s"), user("a"), end("e"), flow="s > a > e"))
    with pytest.raises(ValueError, match="time zone"):
        Case.start(definition, "p", {}, datetime(2027, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "interrupts", "ends"),
    [
        ('termijn("taak")', True, True),
        (' termijn( "taak" ) ', True, True),
        ('termijn("taak")', False, False),
        ('termijn("kader")', True, False),
        ('termijn("taak") + duration("P1D")', True, False),
        ('date("2027-03-09")', True, False),
    ],
)
def test_a_task_ends_when_it_is_due_if_a_timer_takes_it_away_after_its_own_term(
    moment: str, interrupts: bool, ends: bool
) -> None:
    host = user("a", wijk("taak", termijn="taak"))
    late = boundary("b", "a", timer(moment, "timeDate"), interrupts=interrupts)
    read = family(process("p", start("s"), host, late, end("e"), end("f"), flow="s > a > e; b > f"))
    assert read.processes["p"].elements["a"].ends_when_due is ends
