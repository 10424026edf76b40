"""The register of a ballot attacked: nobody makes voters or votes alone, nobody stands in it twice, paper ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import ballot_keys, db, store_ballots, voter
from tests.service.polls import CLOSED, EXTRA, OPEN, Answered, Poll, line, poll
from tests.service.test_ballot_secrecy import dump, raw


@pytest.fixture
def made(url: str, tmp_path: Path) -> Iterator[Poll]:
    """A ballot that was opened for next week, with nobody in its register, on both databases."""
    with poll(url, tmp_path) as found:
        found.promised()
        found.at("2027-04-01T10:00+02:00")
        found.opened(0)
        yield found


def asked(*lines: dict[str, str]) -> dict[str, Any]:
    return {"kiezers": [*lines]}


def add(made: Poll, who: str, *lines: dict[str, str]) -> int:
    return made.stage.send(who, "POST", f"{made.address}/kiezers", asked(*lines)).status


def confirm(made: Poll, who: str, *lines: dict[str, str]) -> Any:
    return made.stage.send(who, "PUT", f"{made.address}/kiezers/bevestiging", asked(*lines))


def refused_pass(made: Poll, code: str) -> int:
    send = made.nobody()
    with pytest.raises(Answered) as answered:
        voter.take_pass(send, voter.new_ticket(send, made.ballot), code)
    return answered.value.reply.status


# --- four eyes on who may vote ---------------------------------------------------------------------------------------


def test_inv_40_one_clerk_alone_makes_no_voter(made: Poll) -> None:
    assert add(made, "balie", line(1), line(2)) == 201
    alone = confirm(made, "balie", line(1), line(2))
    assert (alone.status, alone.content["regel"]) == (403, "stemming/vier-ogen")
    shown = made.stage.must("griffier", "GET", f"{made.address}/kiezers")
    assert (shown["kiesgerechtigden"], shown["onbevestigd"]) == (0, 2)
    assert made.stage.send("griffier", "POST", f"{made.address}/stemcodes/1").status == 409, "no voter, no letter"
    assert confirm(made, "griffier", line(1)).content == {"aantal": 1}
    codes = made.handed_out()
    assert set(codes) == {"000001"}
    made.at(OPEN)
    assert made.stage.send("balie", "PUT", f"{made.address}/kiezers/000002/papier").status == 404
    made.at(CLOSED)
    assert made.nobody()("GET", f"{made.address}/uitslag", None)["kiesgerechtigden"] == 1


def test_inv_40_who_has_an_account_and_is_not_confirmed_gets_no_pass(made: Poll) -> None:
    own = line(1, naam="bewoner", persoon=made.stage.ids["bewoner"])
    assert add(made, "balie", own) == 201
    made.at(OPEN)
    send = made.as_("bewoner")
    with pytest.raises(Answered) as answered:
        voter.take_pass(send, voter.new_ticket(send, made.ballot))
    assert answered.value.reply.status == 404
    assert confirm(made, "griffier", own).status == 409, "and nobody is made a voter while others vote"


def test_inv_40_a_clerk_hides_no_line_of_his_own_among_those_of_another(made: Poll) -> None:
    add(made, "balie", line(1))
    add(made, "griffier", line(2))
    for who in ("balie", "griffier"):
        assert confirm(made, who, line(1), line(2)).status == 403
    assert confirm(made, "griffier", line(1)).status == 200
    assert confirm(made, "balie", line(2)).content == {"aantal": 2}


def test_inv_40_only_what_both_entered_is_confirmed(made: Poll) -> None:
    add(made, "balie", line(1), line(2, naam="bewoner", persoon=made.stage.ids["bewoner"]))
    for other in (
        line(1, naam="Iemand anders"),
        line(1, adres="Elders 2"),
        line(1, naam="bewoner", persoon=made.stage.ids["bewoner"]),
        line(2),
        line(3),
    ):
        wrong = confirm(made, "griffier", other)
        assert wrong.status == 400 and "kiezers[0]" in json.dumps(wrong.content), other
    assert confirm(made, "griffier", line(1, naam="KIEZER  1", adres="tanthofdreef 1.")).status == 200


def test_a_line_is_corrected_until_another_has_confirmed_it(made: Poll) -> None:
    add(made, "balie", line(1, naam="Verschreven"))
    assert add(made, "griffier", line(1)) == 201
    assert confirm(made, "griffier", line(1)).status == 403, "it is hers now"
    assert confirm(made, "balie", line(1)).status == 200
    assert add(made, "balie", line(1, naam="Een ander")) == 400


def test_inv_40_the_register_stands_once_voting_begins(made: Poll) -> None:
    made.registered(line(1))
    add(made, "balie", line(2))
    made.at(OPEN)
    assert add(made, "balie", line(3)) == 409
    assert confirm(made, "griffier", line(2)).status == 409
    assert made.stage.send("griffier", "POST", f"{made.address}/stemcodes/1").status == 409
    assert made.stage.must("balie", "GET", f"{made.address}/kiezers")["kiesgerechtigden"] == 1


def test_inv_40_each_step_of_the_register_and_the_codes_is_on_record_in_numbers(made: Poll) -> None:
    made.registered(line(1), line(2))
    codes = made.handed_out()
    told = [(one["soort"], one["inhoud"]["values"], one["inhoud"]["actor"]["ref"]) for one in made.trail()[-4:]]
    assert [(kind, {**values, "stemming": ""}) for kind, values, _ in told] == [
        ("kiezersregister:aangevuld", {"aantal": 2, "stemming": ""}),
        ("kiezersregister:bevestigd", {"bevestigd": 2, "aantal": 2, "stemming": ""}),
        ("stemcodes:uitgegeven", {"deel": 1, "aantal": 2, "stemming": ""}),
        ("stemcodes:uitgegeven", {"deel": 2, "aantal": 2, "stemming": ""}),
    ]
    assert told[0][2] != told[1][2] and told[2][2] != told[3][2]
    trail = json.dumps(made.trail())
    assert not any(half in trail for code in codes.values() for half in (code[:9], code[10:]))


# --- codes that nobody of the staff knows ----------------------------------------------------------------------------


def test_inv_40_nobody_of_the_staff_gets_both_halves_of_a_code(made: Poll) -> None:
    made.registered(line(1))
    made.half("balie", 1)
    for who, part in (("balie", 2), ("college", 2), ("beheerder", 2), ("coordinator", 1)):
        answer = made.stage.send(who, "POST", f"{made.address}/stemcodes/{part}")
        assert answer.status in (403, 404), (who, part)
    made.half("griffier", 2)
    assert made.stage.send("griffier", "POST", f"{made.address}/stemcodes/1").status == 403
    assert made.stage.send("griffier", "POST", f"{made.address}/stemcodes/3").status == 404


def test_inv_40_half_a_code_opens_nothing(made: Poll) -> None:
    made.registered(line(1), line(2))
    first, second = made.half("balie", 1), made.half("griffier", 2)
    made.at(OPEN)
    one, other = first["000001"], second["000001"]
    for wrong in (one, other, f"{one}-{one}", f"{other}-{one}", f"{one}-{second['000002']}", f"{one}-{other}-{other}"):
        assert refused_pass(made, wrong) == 404, wrong
    send = made.nobody()
    assert voter.take_pass(send, voter.new_ticket(send, made.ballot), f"{one}-{other}".lower()).signature


def test_inv_40_codes_that_are_handed_out_again_make_the_first_ones_worthless(made: Poll) -> None:
    made.registered(line(1))
    old, second = made.half("balie", 1), made.half("griffier", 2)
    new = made.half("balie", 1)
    made.at(OPEN)
    assert refused_pass(made, f"{old['000001']}-{second['000001']}") == 404
    send = made.nobody()
    voter.take_pass(send, voter.new_ticket(send, made.ballot), f"{new['000001']}-{second['000001']}")
    assert made.kinds().count("stemcodes:uitgegeven") == 3


def test_inv_40_the_database_holds_no_code_no_name_and_no_address(made: Poll) -> None:
    made.registered(line(1, naam="Adriana Bosboom", adres="Kerkpolderweg 12"))
    codes = made.handed_out()
    content = json.dumps(dump(made), default=str).casefold() + raw(made).decode("latin-1").casefold()
    for secret in ("bosboom", "kerkpolder", *(half for code in codes.values() for half in (code[:9], code[10:]))):
        assert secret.casefold() not in content and secret.replace("-", "").casefold() not in content, secret


def test_inv_40_after_the_count_everybody_sees_for_which_number_was_voted(made: Poll) -> None:
    made.registered(*(line(number) for number in range(1, 5)))
    made.codes = made.handed_out()
    made.at(OPEN)
    made.voted(1, "A")
    made.passed(2)
    with pytest.raises(Answered):
        made.nobody()("GET", f"{made.address}/deelname", None)
    made.paper({"A": 1}, 3)
    made.at(CLOSED)
    shown = made.nobody()("GET", f"{made.address}/deelname", None)["resultaten"]
    assert [(one["kiezer"], one["gestemd"]) for one in shown] == [
        ("000001", "pas"),
        ("000002", "pas"),
        ("000003", "papier"),
        ("000004", None),
    ]
    assert all(set(one) == {"kiezer", "gestemd"} for one in shown)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_inv_04_more_votes_than_passes_or_a_strange_envelope_are_no_result(made: Poll, is_sealed: bool) -> None:
    made.registered(line(1))
    made.at(OPEN)
    installation = made.stage.installation
    secrets = ballot_keys.load(installation.config, made.ballot)
    assert secrets is not None
    sealed = secrets.put_away(b"0" * 32 + b" 0", f"{made.ballot}/{'0' * 64}", installation.entropy)
    with db.writing(installation.database) as tx:
        store_ballots.insert_cast(tx, made.ballot, "0" * 64, "0" * 64, sealed if is_sealed else b"slipped in")
    made.at("2027-04-22T09:00+02:00")
    refused = made.do("speelplek", "vaststellen", EXTRA)
    assert (refused.status, refused.content["regel"]) == (403, "INV-04")
    assert made.stage.must("coordinator", "GET", f"/v1/zaken/{made.case}/incidenten")["resultaten"]


# --- nobody stands in it twice ---------------------------------------------------------------------------------------


def test_inv_40_nobody_stands_in_one_register_by_account_and_by_letter(made: Poll) -> None:
    own = line(1, naam="bewoner", persoon=made.stage.ids["bewoner"])
    made.registered(own)
    for again in (
        line(2, naam="bewoner"),
        line(2, naam="BEWONER", adres="tanthofdreef  1"),
        line(2, naam="Bewoner.", adres="Tanthofdreef-1"),
        line(2, naam="bewoner", adres="Elders 2", persoon=made.stage.ids["bewoner"]),
        line(2, naam="Een andere naam", persoon=made.stage.ids["bewoner"]),
        own | {"kiezer": "000002"},
    ):
        assert add(made, "balie", again) == 400, again
        assert add(made, "balie", line(3), again) == 400, "nor among others"
    assert add(made, "balie", line(2), line(3, naam="kiezer 2")) == 400, "nor twice at once"
    assert add(made, "balie", line(2), line(2, naam="Kiezer 3")) == 400, "nor two under one number"
    assert add(made, "balie", line(2, naam="bewoner", adres="Elders 2")) == 201, "a namesake elsewhere is somebody else"


def test_inv_40_the_same_person_cannot_come_in_by_the_other_register_keeper(made: Poll) -> None:
    assert add(made, "balie", line(1)) == 201
    assert add(made, "griffier", line(2, naam="kiezer-1")) == 400, "also while nobody has confirmed the first"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kiezer": "jansen"},
        {"kiezer": ""},
        {"naam": ""},
        {"naam": "---"},
        {"adres": " . "},
        {"persoon": "00000000-0000-0000-0000-000000000000"},
        {"naam": "x" * 201},
    ],
)
def test_a_line_that_names_nobody_is_malformed(sqlite_url: str, tmp_path: Path, wrong: dict[str, str]) -> None:
    with poll(sqlite_url, tmp_path) as found:
        found.promised()
        found.at("2027-04-01T10:00+02:00")
        found.opened(0)
        assert add(found, "balie", line(1, **wrong)) == 400
        assert add(found, "balie") == 400, "nor does an empty list"


# --- paper that nobody handed in -------------------------------------------------------------------------------------


def paper(made: Poll, who: str, what: str, **numbers: int) -> int:
    given: dict[str, Any] = {"stemmen": [{"optie": name, "aantal": number} for name, number in numbers.items()]}
    return made.stage.send(who, "PUT", f"{made.address}/papier{what}", given).status


def test_inv_04_who_came_for_paper_and_handed_none_in_holds_up_no_count(made: Poll) -> None:
    made.registered(*(line(number) for number in range(1, 6)))
    made.codes = made.handed_out()
    made.at(OPEN)
    made.voted(1, "A")
    made.voted(2, "A")
    for number in (3, 4, 5):
        made.stage.must("balie", "PUT", f"{made.address}/kiezers/{number:06}/papier")
    made.at("2027-04-22T09:00+02:00")
    assert made.do("speelplek", "vaststellen", EXTRA).status == 403, "the box of paper is still open"
    assert paper(made, "balie", "", A=1, B=3) == 204
    assert paper(made, "griffier", "/bevestiging", A=1, B=3) == 409, "never more than came"
    assert paper(made, "balie", "", B=1) == 204
    assert paper(made, "balie", "/bevestiging", B=1) == 403, "nobody closes the box alone"
    assert paper(made, "griffier", "/bevestiging", B=1) == 204
    counted = made.nobody()("GET", f"{made.address}/uitslag", None)
    assert (counted["uitgebracht"], counted["papier"], counted["kiesgerechtigden"]) == (3, 1, 5)
    closed = next(one["inhoud"]["values"] for one in made.trail() if one["soort"] == "papier:bevestigd")
    assert (closed["papier"], closed["aangemerkt"]) == (1, 3), "how many were missing is on record"
    made.done("speelplek", "vaststellen", EXTRA)


def test_inv_04_a_box_of_paper_that_stayed_empty_is_closed_by_two_people_as_well(made: Poll) -> None:
    made.registered(line(1), line(2), line(3))
    made.codes = made.handed_out()
    made.at(OPEN)
    made.stage.must("balie", "PUT", f"{made.address}/kiezers/000001/papier")
    made.at("2027-04-22T09:00+02:00")
    assert paper(made, "griffier", "") == 204
    assert paper(made, "balie", "/bevestiging") == 204
    assert made.nobody()("GET", f"{made.address}/uitslag", None)["uitgebracht"] == 0


def test_inv_04_paper_confirmed_before_closing_leaves_no_later_paper_out(made: Poll) -> None:
    made.registered(line(1), line(2))
    made.at(OPEN)
    made.stage.must("balie", "PUT", f"{made.address}/kiezers/000001/papier")
    assert paper(made, "balie", "", A=1) == 204
    assert paper(made, "griffier", "/bevestiging", A=1) == 204
    made.stage.must("balie", "PUT", f"{made.address}/kiezers/000002/papier")
    made.at("2027-04-22T09:00+02:00")
    with pytest.raises(Answered):
        made.nobody()("GET", f"{made.address}/uitslag", None)
    assert paper(made, "griffier", "", A=2) == 204
    assert paper(made, "balie", "/bevestiging", A=2) == 204
    assert made.nobody()("GET", f"{made.address}/uitslag", None)["papier"] == 2
