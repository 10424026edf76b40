"""A ballot over HTTP: one vote each, paper equal, the count and nothing else decides, and each voter checks his own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service import ballot_keys, blind, replay, voter
from service.voter import Ticket, VoteNotFound
from tests.service.polls import CHECKS, CLOSED, EXTRA, OPEN, RULES, TESTED, Answered, Poll, line, poll


@pytest.fixture
def held(url: str, tmp_path: Path) -> Iterator[Poll]:
    """A ballot of which voting has begun, on both databases."""
    with poll(url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        made.opened()
        made.at(OPEN)
        yield made


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[Poll]:
    """The same on SQLite alone, not opened yet."""
    with poll(sqlite_url, tmp_path) as made:
        made.promised()
        made.at("2027-04-01T10:00+02:00")
        yield made


def status(do: Any, *given: Any) -> int:
    """The status with which the API refuses this."""
    with pytest.raises(Answered) as answered:
        do(*given)
    return answered.value.reply.status


def test_a_ballot_from_the_letters_to_the_ratification(held: Poll) -> None:
    tickets = [held.voted(number, choice) for number, choice in enumerate("AABA", 1)]
    blank = held.voted(5, "blanco")
    held.paper({"A": 1, "B": 1}, 6, 7)
    held.at(CLOSED)
    held.at("2027-04-22T09:00+02:00")
    counted = held.nobody()("GET", f"{held.address}/uitslag", None)
    assert counted["stemmen"] == [
        {"optie": "A", "aantal": 4},
        {"optie": "B", "aantal": 2},
        {"optie": "C", "aantal": 0},
    ]
    assert (counted["blanco"], counted["papier"], counted["uitgebracht"], counted["kiesgerechtigden"]) == (1, 2, 7, 8)
    for ticket in (*tickets, blank):
        assert voter.check(held.nobody(), ticket)["lijst"] == counted["lijst"]
    held.done("speelplek", "vaststellen", EXTRA)
    assert held.open_tasks() == ["bekrachtigen"]
    laid_down = [one["inhoud"] for one in held.trail() if one["soort"] == "stemming:gehouden"][-1]
    assert laid_down["decision"]["tables"]["uitslag"] == ["uitslag_regel_1"]
    assert held.nobody()("GET", f"{held.address}/uitslag", None)["uitslag"] == "A"
    held.done("college", "bekrachtigen", {"bekrachtigd": True, "uitslag": "A", "datum": "2027-05-11"})
    assert held.kinds().count("stemming:geteld") == 1
    again = replay.replay(held.stage.installation, held.case)
    assert again and all(one.agrees for one in again)


def test_the_key_of_a_ballot_is_gone_once_it_is_counted(held: Poll) -> None:
    config = held.stage.installation.config
    path = config.key_file.parent / "stemmingen" / held.ballot
    assert path.stat().st_mode & 0o777 == 0o600 and ballot_keys.load(config, held.ballot) is not None
    held.voted(1, "A")
    held.at(CLOSED)
    assert not path.exists()


# --- one vote each ---------------------------------------------------------------------------------------------------


def test_a_second_pass_is_refused_and_the_same_request_gets_the_same_answer(held: Poll) -> None:
    send, code = held.nobody(), held.codes["000001"]
    ticket = voter.new_ticket(send, held.ballot)
    assert voter.take_pass(send, ticket, code) == voter.take_pass(send, ticket, code)
    other = voter.new_ticket(send, held.ballot)
    assert status(voter.take_pass, send, other, code) == 409


def test_two_passes_at_once_are_one(held: Poll) -> None:
    send, code = held.nobody(), held.codes["000001"]

    def take(ticket: Ticket) -> int:
        try:
            voter.take_pass(held.nobody(), ticket, code)
        except Answered as answered:
            return answered.reply.status
        return 200

    tickets = [voter.new_ticket(send, held.ballot) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, tickets)) == [200, 409, 409, 409]


def test_a_pass_is_used_once_and_the_same_vote_again_changes_nothing(held: Poll) -> None:
    ticket = held.voted(1, "A")
    voter.cast(held.nobody(), ticket, "A")
    assert status(voter.cast, held.nobody(), ticket, "B") == 409
    assert status(voter.cast, held.nobody(), replace(ticket, key="0" * 32), "A") == 409
    held.at(CLOSED)
    assert held.nobody()("GET", f"{held.address}/uitslag", None)["uitgebracht"] == 1


def test_two_votes_at_once_with_one_pass_are_one(held: Poll) -> None:
    ticket = held.passed(1)

    def vote(choice: str) -> int:
        try:
            voter.cast(held.nobody(), ticket, choice)
        except Answered as answered:
            return answered.reply.status
        return 201

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(vote, "ABC")) == [201, 409, 409]
    held.at(CLOSED)
    assert held.nobody()("GET", f"{held.address}/uitslag", None)["uitgebracht"] == 1


def test_who_votes_on_paper_gets_no_pass_and_who_has_a_pass_no_paper(held: Poll) -> None:
    held.stage.must("balie", "PUT", f"{held.address}/kiezers/000001/papier")
    held.stage.must("balie", "PUT", f"{held.address}/kiezers/000001/papier")  # again: nothing changes
    assert status(held.passed, 1) == 409
    held.passed(2)
    assert held.stage.send("balie", "PUT", f"{held.address}/kiezers/000002/papier").status == 409
    assert held.stage.send("balie", "PUT", f"{held.address}/kiezers/999999/papier").status == 404


def test_two_voters_with_one_key_cannot_share_a_vote(held: Poll) -> None:
    first = held.voted(1, "A")
    second = replace(held.passed(2), key=first.key)
    assert status(voter.cast, held.nobody(), second, "A") == 409


# --- who may, and when -----------------------------------------------------------------------------------------------


def test_outside_the_register_nobody_gets_a_pass(held: Poll) -> None:
    send = held.nobody()
    assert status(voter.take_pass, send, voter.new_ticket(send, held.ballot), "AAAA-AAAA-AAAA-AAAA") == 404
    for who in ("bewoner", "speelplek", "college", "balie"):
        own = held.as_(who)
        assert status(voter.take_pass, own, voter.new_ticket(own, held.ballot)) == 404
    assert status(voter.take_pass, send, voter.new_ticket(send, held.ballot)) == 401


def test_who_has_an_account_takes_the_pass_logged_in(small: Poll) -> None:
    small.opened(0)
    small.registered(line(1, naam="bewoner", persoon=small.stage.ids["bewoner"]))
    assert small.stage.send("balie", "POST", f"{small.address}/stemcodes/1").status == 409
    small.at(OPEN)
    own = small.as_("bewoner")
    ticket = voter.cast(small.nobody(), voter.take_pass(own, voter.new_ticket(own, small.ballot)), "C")
    assert status(voter.take_pass, own, voter.new_ticket(own, small.ballot)) == 409
    small.at(CLOSED)
    assert voter.check(small.nobody(), ticket)["uitgebracht"] == 1


def test_before_the_opening_and_after_closing_there_is_no_vote(small: Poll) -> None:
    small.opened()
    assert status(small.passed, 1) == 409
    assert small.stage.send("balie", "PUT", f"{small.address}/kiezers/000001/papier").status == 409
    small.at(OPEN)
    ticket = small.passed(1)
    small.at("2027-04-21T23:59:59+02:00")
    voter.cast(small.nobody(), small.passed(2), "A")
    small.at(CLOSED)
    assert status(voter.cast, small.nobody(), ticket, "A") == 409
    assert status(small.passed, 3) == 409
    assert small.stage.send("balie", "PUT", f"{small.address}/kiezers/000004/papier").status == 409
    assert small.nobody()("GET", f"{small.address}/uitslag", None)["uitgebracht"] == 1


def test_a_forged_pass_and_one_of_another_ballot_are_no_passes(held: Poll) -> None:
    send, ticket = held.nobody(), held.passed(1)
    strange = blind.generate()
    prepared = blind.prepare(bytes(32), held.stage.installation.entropy)
    blinded, inverse = blind.blind(strange.public, prepared, held.stage.installation.entropy)
    signed = strange.sign(blinded, held.stage.installation.entropy)
    forged = blind.finalize(strange.public, prepared, signed, inverse)
    other = replace(ticket, prepared=prepared.hex(), signature=forged.hex())
    for wrong in (
        other,
        replace(ticket, prepared=prepared.hex()),
        replace(ticket, prepared=ticket.prepared + "00"),
        replace(ticket, signature="00" * 256),
        replace(ticket, signature=ticket.signature[2:]),
    ):
        assert status(voter.cast, send, wrong, "A") == 400
    assert status(voter.cast, send, ticket, "D") == 400
    assert status(voter.cast, send, replace(ticket, key="mijn sleutel"), "A") == 400


def test_the_register_is_kept_by_the_polling_station_within_the_promise_until_the_first_vote(small: Poll) -> None:
    small.opened(0)
    one: dict[str, Any] = {"kiezers": [line(1)]}
    for who in ("college", "coordinator", "speelplek", "bewoner", "beheerder"):
        for method, place in (("POST", "kiezers"), ("PUT", "kiezers/bevestiging"), ("POST", "stemcodes/1")):
            assert small.stage.send(who, method, f"{small.address}/{place}", one).status in (403, 404), who
        assert small.stage.send(who, "GET", f"{small.address}/kiezers").status == 404
    assert "handeling:geweigerd" in small.kinds()
    lines = [line(number) for number in range(1, 2311)]
    for begin in (0, 1000, 2000):
        small.registered(*lines[begin : begin + 1000])
    beyond: dict[str, Any] = {"kiezers": [line(2311)]}
    assert small.stage.send("balie", "POST", f"{small.address}/kiezers", beyond).status == 409
    assert small.stage.must("balie", "GET", f"{small.address}/kiezers")["kiesgerechtigden"] == 2310


# --- paper -----------------------------------------------------------------------------------------------------------


def test_paper_counts_once_two_people_entered_the_same_and_it_fits_the_register(held: Poll) -> None:
    for number in (1, 2):
        held.stage.must("balie", "PUT", f"{held.address}/kiezers/{number:06}/papier")
    paper: dict[str, Any] = {"stemmen": [{"optie": "A", "aantal": 1}, {"optie": "B", "aantal": 2}]}
    held.stage.must("balie", "PUT", f"{held.address}/papier", paper)
    assert held.stage.send("balie", "PUT", f"{held.address}/papier/bevestiging", paper).status == 403
    other: dict[str, Any] = {"stemmen": [{"optie": "A", "aantal": 2}, {"optie": "B", "aantal": 1}]}
    assert held.stage.send("griffier", "PUT", f"{held.address}/papier/bevestiging", other).status == 409
    held.at("2027-04-22T09:00+02:00")
    early = held.do("speelplek", "vaststellen", EXTRA)
    assert (early.status, early.content["regel"]) == (403, "INV-04")  # two came, and nobody confirmed their paper
    assert held.stage.send("griffier", "PUT", f"{held.address}/papier/bevestiging", paper).status == 409  # three
    held.paper({"A": 1, "blanco": 1})
    assert held.nobody()("GET", f"{held.address}/uitslag", None)["papier"] == 2
    assert held.stage.send("balie", "PUT", f"{held.address}/papier", paper).status == 409
    held.done("speelplek", "vaststellen", EXTRA)


# --- what the count decides ------------------------------------------------------------------------------------------


def test_without_quorum_the_college_does_not_get_it(small: Poll) -> None:
    small.opened()
    small.at(OPEN)
    small.voted(1, "B")
    small.at("2027-04-22T09:00+02:00")
    small.done("speelplek", "vaststellen", EXTRA)
    result = small.nobody()("GET", f"{small.address}/uitslag", None)
    assert (result["resultaat"], result["vervolg"], result["uitslag"]) == ("ongeldig", "kader", None)
    assert small.open_tasks() == []


def test_a_tie_opens_a_second_round_between_those_who_tied(small: Poll) -> None:
    small.opened()
    small.at(OPEN)
    for number, choice in enumerate(("A", "B", "blanco"), 1):
        small.voted(number, choice)
    small.at("2027-04-22T09:00+02:00")
    small.done("speelplek", "vaststellen", EXTRA)
    assert small.open_tasks() == ["openen"]
    small.opened(van="2027-05-03", tot="2027-05-10")
    shown = small.nobody()("GET", small.address, None)
    assert (shown["ronde"], shown["opties"], shown["status"]) == (2, ["A", "B"], "voorbereiding")
    small.at("2027-05-03T09:00+02:00")
    old = [row["id"] for row in small.nobody()("GET", "/v1/stemmingen", None)["resultaten"]]
    assert len(old) == 2
    for number, choice in enumerate("ABB", 1):
        small.voted(number, choice)
    small.at("2027-05-11T09:00+02:00")
    small.done("speelplek", "vaststellen", EXTRA)
    assert small.nobody()("GET", f"{small.address}/uitslag", None)["uitslag"] == "B"


def test_inv_04_nobody_types_tampers_replaces_or_hurries_a_ballot(held: Poll) -> None:
    for number, choice in enumerate("AAB", 1):
        held.voted(number, choice)
    held.at("2027-04-22T09:00+02:00")
    typed = EXTRA | {"uitslag": "B", "stemmen": [{"optie": "B", "aantal": 9}]}
    assert held.do("speelplek", "vaststellen", typed).status == 400  # the form has no such fields
    for who in ("college", "coordinator", "beheerder"):
        assert held.do(who, "vaststellen", EXTRA).status in (403, 404)
        assert held.attempt(who, "besluit", {"overeenstemming": True, "uitslag": "B"}).status in (403, 404)
    assert held.attempt("college", "besluit", {"overeenstemming": True, "uitslag": "B"}).content["regel"] == "INV-04"
    held.done("speelplek", "vaststellen", EXTRA)
    changed = held.do("college", "bekrachtigen", {"bekrachtigd": True, "uitslag": "B"})
    assert (changed.status, changed.content["regel"]) == (403, "INV-04")
    assert held.attempt("speelplek", "stemming", {"van": "2027-05-01", "tot": "2027-05-02"}).status == 403


def test_inv_05_there_is_no_ballot_but_the_one_that_was_promised(sqlite_url: str, tmp_path: Path) -> None:
    with poll(sqlite_url, tmp_path) as made:
        made.promised(beslisregel="overeenstemming")
        made.at("2027-04-01T10:00+02:00")
        refused = made.do("speelplek", "openen", {"van": "2027-04-07", "tot": "2027-04-21"})
        assert (refused.status, refused.content["regel"]) == (403, "INV-05")
        assert made.nobody()("GET", "/v1/stemmingen", None)["resultaten"] == []
    assert not list((tmp_path / "stemmingen").glob("*"))


def test_inv_27_and_inv_20_no_option_that_fails_a_rule_or_serves_one_household_comes_on_the_ballot(
    url: str, tmp_path: Path
) -> None:
    with poll(url, tmp_path) as made:
        made.bound()
        fits = {"rechtmatig": True, "uitvoerbaar": True}
        for changed, rule in (
            ({"toets_per_regel": RULES | {"wb7": "nee"}}, "INV-27"),
            ({"toets_per_regel": {}}, "INV-27"),
            ({"inspanning": ""}, "INV-27"),
            ({"aantal_belanghebbenden": 1, "individueel_voordeel": "ja"}, "INV-20"),
        ):
            wrong = {"optie": "B", **fits, **TESTED, **changed}
            refused = made.do("jurist", "toetsen", {"optietoets": [*CHECKS["optietoets"][:1], wrong]})
            assert (refused.status, refused.content["regel"]) == (403, rule), changed
            tried = made.attempt("jurist", "advies", {"optietoets": [wrong]})
            assert (tried.status, tried.content["regel"]) == (403, rule), "nor by an act outside the task"
        failing = {"optie": "B", **TESTED, "toets_per_regel": RULES | {"wb7": "nee"}, "rechtmatig": False}
        others = [one for one in CHECKS["optietoets"] if one["optie"] != "B"]
        made.done("jurist", "toetsen", {"optietoets": [*others, failing | {"uitvoerbaar": True, "reden": "WB7"}]})
        made.at("2027-04-01T10:00+02:00")
        made.opened(3)
        assert made.nobody()("GET", made.address, None)["opties"] == ["A", "C"]
        made.at(OPEN)
        assert status(voter.cast, made.nobody(), made.passed(1), "B") == 400
        made.at("2027-04-22T09:00+02:00")
        typed = EXTRA | {"toets_per_regel": RULES}
        assert made.do("speelplek", "vaststellen", typed).status == 400, "nobody types how the winner was tested"


def test_inv_05_a_ballot_outlives_no_self_binding_and_no_smaller_circle_decides(small: Poll) -> None:
    late = small.do("speelplek", "openen", {"van": "2027-06-25", "tot": "2027-07-02"})
    assert (late.status, late.content["regel"]) == (403, "INV-05")
    alone = small.attempt("speelplek", "besluit", {"overeenstemming": True, "uitslag": "B"})
    assert (alone.status, alone.content["regel"]) == (403, "INV-05")


def test_inv_06_an_unlawful_result_of_a_ballot_goes_back_and_nothing_takes_its_place(held: Poll) -> None:
    for number, choice in enumerate("AAB", 1):
        held.voted(number, choice)
    held.at("2027-04-22T09:00+02:00")
    held.done("speelplek", "vaststellen", EXTRA)
    back = {"terug_naar_deelnemers": True, "grond": "omgevingsplan"}
    refused = held.do("college", "bekrachtigen", back | {"uitslag": "B"})
    assert (refused.status, refused.content["regel"]) == (403, "INV-06")
    held.done("college", "bekrachtigen", back)
    assert held.attempt("college", "besluit", {"overeenstemming": True, "uitslag": "B"}).status in (403, 409)


def test_a_list_in_which_a_vote_was_changed_is_found_out_by_its_voter(held: Poll) -> None:
    tickets = [held.voted(number, choice) for number, choice in enumerate("AAB", 1)]
    held.at(CLOSED)
    send = held.nobody()

    def lying(method: str, path: str, content: Any) -> Any:
        found = json.loads(json.dumps(send(method, path, content)))
        for row in found.get("resultaten", []):
            if row.get("sleutel") == tickets[2].key:
                row["keuze"] = "A"
        return found

    with pytest.raises(VoteNotFound):
        voter.check(lying, tickets[2])
    with pytest.raises(VoteNotFound):
        voter.check(lying, tickets[0])  # another voter sees that the list is not the one on record


def test_before_the_count_nobody_sees_a_vote_or_a_number(held: Poll) -> None:
    held.voted(1, "A")
    for place in ("stembiljetten", "uitslag"):
        assert status(held.nobody(), "GET", f"{held.address}/{place}", None) == 409
    shown = json.dumps(held.stage.must("balie", "GET", f"{held.address}/kiezers"))
    assert "sleutel" not in shown and "keuze" not in shown


def test_a_false_key_of_a_ballot_is_found_out(held: Poll) -> None:
    opening = next(one for one in held.trail() if one["soort"] == "stemming:gehouden")
    true = opening["inhoud"]["values"]["sleutel"]
    assert voter.new_ticket(held.nobody(), held.ballot, true).ballot == held.ballot
    with pytest.raises(blind.BlindingFailed):
        voter.new_ticket(held.nobody(), held.ballot, "0" * 64)
