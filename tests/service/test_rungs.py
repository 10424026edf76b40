"""What each rung demands, attacked over HTTP on the shipped processes: every refusal by its own rule, on record."""

from __future__ import annotations

from typing import Any

import pytest

from service.stage import ADMINISTRATOR, Reply
from tests.service.ladders import BINDING, CHECKS, FRAME, JUDGED, OUTCOME, PUBLIC, Town, refused

AFTER_TERM = "2026-10-29T09:00+01:00"
GRANT = {"bedrag": "22.000,00", **JUDGED, "dekking": "wijkbudget 2027"}
WORDS = {"kenmerk": "K-1", "tekst": "Een bank", "kanaal": "online"}


def told(town: Town, reply: Reply, rule: str) -> None:
    """Refused by this rule, with what can be done instead, in the trail of the case, and again when it is replayed."""
    assert refused(reply, rule), reply
    assert reply.content["oplossing"] and reply.content["detail"]
    last = town.trail()[-1]
    assert last["soort"].endswith(":geweigerd") and rule in last["zin"], last
    assert last["regel"] == reply.content["verantwoording"]
    assert town.agrees()


def second(town: Town, **frame: Any) -> Reply:
    """The college sets another frame on the same subject, in a second traject of the same dossier."""
    reply = town.begin(dossier=town.case)
    assert reply.status == 201, reply
    return town.do("college", "traject_kader_vaststellen", **FRAME | frame)


@pytest.mark.parametrize("gone", ["ruimte_dicht", "werkvorm", "terugkoppeling", "termijn"])
def test_inv_02_a_frame_that_leaves_something_out_opens_nothing(town: Town, gone: str) -> None:
    town.begin()
    frame = {name: value for name, value in FRAME.items() if name != gone} | {"trede": "raadplegen"}
    told(town, town.do("college", "traject_kader_vaststellen", **frame), "INV-02")
    told(town, town.attempt("speelplek", "inbreng", **WORDS), "INV-02")


def test_inv_02_nobody_takes_part_before_the_frame_is_public(either_town: Town) -> None:
    town = either_town
    town.begin()
    told(town, town.attempt("speelplek", "advies", advies="Doen"), "INV-02")
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"})
    told(town, town.attempt("speelplek", "inbreng", **WORDS), "INV-02")
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    assert town.contribute("speelplek", "inbreng_verzamelen", **WORDS).status == 201


@pytest.mark.parametrize("term", ["2026-W42-4", "2026W424", "20261015", "2026-10-15T", "２０２６-10-15"])
def test_inv_02_the_term_of_a_frame_is_a_day_in_the_one_spelling_of_a_day(town: Town, term: str) -> None:
    town.begin()
    frame = FRAME | {"trede": "raadplegen", "termijn": term}
    assert town.do("college", "traject_kader_vaststellen", **frame).status == 400
    assert town.attempt("college", "kader", **frame).status == 400


def test_a_day_in_an_address_or_a_period_is_written_in_one_way(town: Town) -> None:
    town.begin()
    address = f"/v1/zaken/{town.case}/aanspreekbaren?op="
    assert town.stage.send("college", "GET", address + "2026-10-12", {}).status == 200
    for said in ("2026-W42-1", "20261012", "2026-10-1"):
        assert town.stage.send("college", "GET", address + said, {}).status == 400
        asked = {"vervanger": town.stage.ids["burgemeester"], "van": said, "tot": "2027-12-31"}
        reply = town.stage.send("college", "POST", "/v1/vervangingen", asked)
        assert reply.status == 400 and [one["veld"] for one in reply.content["fouten"]] == ["van"], reply


def test_inv_03_without_room_nothing_but_meeweten_is_promised(town: Town) -> None:
    town.begin()
    told(town, town.do("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen", "ruimte_open": ""}),
         "INV-03")  # fmt: skip


def test_inv_05_the_participants_do_not_decide_without_self_binding_and_checked_options(either_town: Town) -> None:
    town = either_town
    town.framed("meebeslissen")
    town.at(AFTER_TERM)
    outcome: dict[str, Any] = OUTCOME | {"bedrag": 2_500_000}
    told(town, town.attempt("speelplek", "besluit", **outcome), "INV-05")
    for name in ("opties", "plafond", "kiesgerechtigden", "beslisregel", "vervaldatum"):
        less = {key: value for key, value in BINDING.items() if key != name}
        reply = town.do("college", "zelfbinding_besluiten", **less)
        assert reply.status == 400 or refused(reply, "INV-05"), (name, reply)
    town.done("college", "zelfbinding_besluiten", **BINDING)
    told(town, town.attempt("speelplek", "besluit", **outcome), "INV-05")
    checks = [{"optie": "A", "rechtmatig": False, "uitvoerbaar": True, "reden": "Strijdig"}, CHECKS["optietoets"][1]]
    town.done("jurist", "opties_toetsen", optietoets=checks)
    told(town, town.do("speelplek", "deelnemers_besluiten", **OUTCOME), "INV-05")
    assert refused(town.do("speelplek", "deelnemers_besluiten", **OUTCOME | {"uitslag": "C"}), "INV-05")
    above = OUTCOME | {"uitslag": "B", "bedrag": "25.000,01"}
    assert refused(town.do("speelplek", "deelnemers_besluiten", **above), "INV-05")


def test_inv_06_an_unlawful_outcome_goes_back_with_its_ground_and_nothing_in_its_place(either_town: Town) -> None:
    town = either_town
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    back = {"terug_naar_deelnemers": True}
    law = {"grond": "omgevingsplan"}
    for instead in ({"bekrachtigd": True, **law}, {"uitslag": "B", **law}, {}, {"grond": "Te duur"}):
        reply = town.do("college", "uitslag_bekrachtigen", **back | instead)
        assert reply.status == 400 or refused(reply, "INV-06"), (instead, reply)
    town.done("college", "uitslag_bekrachtigen", **back, **law)
    assert refused(town.attempt("college", "besluit", **OUTCOME), "INV-04")
    for who in ("college", "burgemeester", "coordinator", "speelplek"):
        assert town.do(who, "uitslag_toetsen", onrechtmatig=True, reden="Strijdig").status == 403
    town.done("jurist", "uitslag_toetsen", onrechtmatig=True, reden="Strijdig met het omgevingsplan")
    assert refused(town.attempt("college", "besluit", **OUTCOME), "INV-04")
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME | {"uitslag": "B"})
    assert town.agrees()


def test_inv_04_the_organ_does_not_withhold_an_outcome_by_sending_it_back(either_town: Town) -> None:
    town = either_town
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    back: dict[str, Any] = {"terug_naar_deelnemers": True}
    town.done("college", "uitslag_bekrachtigen", **back, grond="omgevingsplan")
    town.done("jurist", "uitslag_toetsen", onrechtmatig=True, reden="Strijdig met het omgevingsplan")
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    assert refused(town.do("college", "uitslag_bekrachtigen", **back, grond="omgevingsplan"), "INV-06")
    town.done("college", "uitslag_bekrachtigen", **back, grond="bevoegdheid")
    town.done("jurist", "uitslag_toetsen", onrechtmatig=False)
    for ground in ("omgevingsplan", "bevoegdheid", "wettelijk_voorschrift", "rechten_van_een_ander"):
        assert refused(town.do("college", "uitslag_bekrachtigen", **back, grond=ground), "INV-06")
        assert refused(town.attempt("college", "bekrachtiging", **back, grond=ground), "INV-06")
    town.done("college", "uitslag_bekrachtigen", bekrachtigd=True)
    assert town.agrees()


def test_inv_06_a_judgement_just_before_the_self_binding_expires_gives_a_whole_term(town: Town) -> None:
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    town.at("2027-06-28T09:00+02:00")
    town.done("college", "uitslag_bekrachtigen", terug_naar_deelnemers=True, grond="omgevingsplan")
    late = {"onrechtmatig": True, "reden": "Strijdig met het omgevingsplan"}
    told(town, town.do("jurist", "uitslag_toetsen", **late), "INV-06")
    told(town, town.do("jurist", "uitslag_toetsen", **late, vervaldatum="2027-07-15"), "INV-06")
    town.done("jurist", "uitslag_toetsen", **late, vervaldatum="2027-09-01")
    town.at("2027-08-20T09:00+02:00")
    assert refused(town.attempt("college", "besluit", **OUTCOME), "INV-04")
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME | {"uitslag": "B"})
    assert town.agrees()


def test_inv_04_a_jurist_who_says_nothing_takes_no_outcome_away(town: Town) -> None:
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    town.done("college", "uitslag_bekrachtigen", terug_naar_deelnemers=True, grond="omgevingsplan")
    town.at("2026-12-15T09:00+01:00")
    reply = town.do("college", "uitslag_bekrachtigen", terug_naar_deelnemers=True, grond="bevoegdheid")
    assert refused(reply, "INV-06"), reply
    assert refused(town.attempt("speelplek", "besluit", **OUTCOME | {"uitslag": "B"}), "INV-04")
    town.done("college", "uitslag_bekrachtigen", bekrachtigd=True)
    assert town.agrees()


def test_inv_09_every_advice_has_its_own_reply(either_town: Town) -> None:
    town = either_town
    town.framed("adviseren")
    for who, mark in (("speelplek", "A-1"), ("buurvrouw", "A-2")):
        given = town.contribute(
            who, "advies_uitbrengen", kenmerk=mark, advies="Een drempel", ander_probleem="Het licht"
        )
        assert given.status == 201, given
    town.at("2026-11-10T09:00+01:00")
    one, other = {"advies": "A-1", "reactie": "Overgenomen"}, {"advies": "A-2", "reactie": "Te duur"}
    for replies in ([], [one], [one, other | {"advies": "A-1"}], [one, other | {"advies": "deelnemers"}]):
        reply = town.do("college", "bijdrage_besluiten_adviseren", **GRANT, reacties=replies)
        told(town, reply, "INV-09")
    town.done("college", "bijdrage_besluiten_adviseren", **GRANT, reacties=[one, other])


def test_inv_10_the_number_of_contributions_is_what_came_in(town: Town) -> None:
    town.framed("raadplegen")
    assert town.contribute("speelplek", "inbreng_verzamelen", **WORDS).status == 201
    town.at("2027-02-01T09:00+01:00")
    town.done("coordinator", "inbreng_afhandelen", inbreng="K-1", uitkomst="gebruikt", reactie="Dank")
    told(town, town.do("college", "bijdrage_besluiten_raadplegen", **GRANT, inbrengregister=0), "INV-10")
    town.done("college", "bijdrage_besluiten_raadplegen", **GRANT, inbrengregister=1)


def test_inv_11_a_rung_does_not_go_down_once_somebody_took_part(either_town: Town) -> None:
    town = either_town
    town.framed("adviseren")
    first = town.case
    lower = {"trede": "raadplegen", "termijn": "2026-12-01"}
    told(town, second(town, **lower), "INV-11")
    town.case = first
    assert town.contribute("speelplek", "advies_uitbrengen", kenmerk="A-1", advies="Een drempel").status == 201
    told(town, second(town, **lower), "INV-11")


def proposed(town: Town, group: str | None, mark: str) -> None:
    """A process to lower D07 from *adviseren* to *raadplegen*, up to the question whether the participants consent."""
    town.at("2026-10-13T09:00+02:00")
    assert town.begin("college", proces="trede_wijzigen", groep=group, dossier=town.case).status == 201
    change = {"stap": "D07", "van": "adviseren", "naar": "raadplegen", "verlaging": True, "reden": "Tijd"}
    town.done("college", "trede_voorstellen", kenmerk=mark, **change)
    town.done("communicatie", "trede_voorstel_publiceren", **PUBLIC | {"kanalen": ["brief"]})
    town.at("2026-10-29T09:00+01:00")


CHANGED: dict[str, Any] = {
    "besluit": "wijzigen",
    "voorstel": "TV-1",
    "stap": "D07",
    "van": "adviseren",
    "naar": "raadplegen",
    "verlaging": True,
    "reden": "Tijd",
    "overgang": "Blijft staan",
    "instemming_bij_verlagen": "IN-1",
    "advies_uitgebleven": "Niemand kwam",
}


def test_inv_11_a_decision_on_the_rung_says_exactly_which_frame_changes_and_how(either_town: Town) -> None:
    town = either_town
    town.framed("adviseren", termijn="2026-11-30")
    assert town.contribute("speelplek", "advies_uitbrengen", kenmerk="A-1", advies="Een drempel").status == 201
    proposed(town, "I-05", "TV-1")
    yes = {"verzoek": "verlaging", "over": "TV-1", "instemming": "ja", "kenmerk": "IN-1"}
    town.done("speelplek", "trede_instemming", **yes)
    for wrong in ({"stap": "D11"}, {"van": "coproduceren"}, {"naar": "meeweten"}, {"voorstel": "A-1"}):
        told(town, town.do("college", "trede_besluiten", **CHANGED | wrong), "INV-11")
    for gone in ("stap", "van", "naar", "voorstel"):
        less = {name: value for name, value in CHANGED.items() if name != gone}
        told(town, town.do("college", "trede_besluiten", **less), "INV-11")
    town.done("college", "trede_besluiten", **CHANGED)
    taken = town.trail()[-1]["inhoud"]
    assert {name: taken["values"][name] for name in ("stap", "van", "naar")} == {
        "stap": "D07", "van": "adviseren", "naar": "raadplegen",
    }  # fmt: skip
    assert taken["subject"] == "I-05" and taken["dossier"] and len(taken["ruling"]["grounds"]) >= 4
    lower = FRAME | {"trede": "raadplegen", "termijn": "2026-11-30"}
    for other in ("adviseren", "coproduceren"):
        told(town, town.do("college", "trede_kader_vaststellen", **lower | {"trede": other}), "INV-11")
    town.done("college", "trede_kader_vaststellen", **lower)
    assert town.agrees()


def test_inv_11_one_resident_does_not_lower_what_everybody_takes_part_in(either_town: Town) -> None:
    town = either_town
    role = {"persoon": town.stage.ids["buurvrouw"], "rol": "deelnemers", "bereik": "wijk", "wijk": "tanthof"}
    town.stage.must(ADMINISTRATOR, "POST", "/v1/rollen", role)
    town.framed("adviseren", termijn="2026-11-30")
    assert town.contribute("speelplek", "advies_uitbrengen", kenmerk="A-1", advies="Een drempel").status == 201
    proposed(town, None, "TV-1")
    yes = {"verzoek": "verlaging", "over": "TV-1", "instemming": "ja", "kenmerk": "IN-1"}
    told(town, town.do("buurvrouw", "trede_instemming", **yes), "INV-13")
    lower = FRAME | {"trede": "raadplegen", "termijn": "2026-11-30", "reden": "Tijd"}
    told(town, town.attempt("college", "kader", "I-05", **lower), "INV-11")
    town.done("buurvrouw", "trede_instemming", **yes | {"instemming": "nee"})
    told(town, town.do("college", "trede_besluiten", **CHANGED), "INV-11")
    told(town, town.attempt("college", "kader", "I-05", **lower), "INV-11")


def test_inv_11_before_anybody_took_part_a_rung_goes_down_with_its_reason(town: Town) -> None:
    """The form asks for it: without a field nobody could say why."""
    town.framed("adviseren")
    first, lower = town.case, {"trede": "raadplegen", "termijn": "2026-12-01"}
    for unsaid in ({}, {"reden": ""}, {"reden": "\u200b"}):
        town.case = first
        told(town, second(town, **lower, **unsaid), "INV-11")
    town.case = first
    assert second(town, **lower, reden="De raad besliste al over de weg").status == 200


def test_inv_16_the_organ_does_not_decide_before_the_announced_term_is_over(town: Town) -> None:
    town.framed("raadplegen")
    told(town, town.attempt("college", "besluit", bedrag=100, dekking="y", inbrengregister=0),
         "INV-16")  # fmt: skip


def test_inv_16_a_frame_whose_term_is_over_is_not_set(either_town: Town) -> None:
    """Else the organ would frame, publish and decide in one morning, with nobody able to take part."""
    town = either_town
    town.begin()
    frame = FRAME | {"trede": "raadplegen", "termijn": "2026-10-11"}
    told(town, town.do("college", "traject_kader_vaststellen", **frame), "INV-16")
    told(town, town.attempt("college", "besluit", bedrag=100, dekking="y", inbrengregister=0), "INV-01")
    told(town, town.attempt("college", "kader", **frame), "INV-16")
    town.done("college", "traject_kader_vaststellen", **frame | {"termijn": "2026-10-12"})


def test_inv_16_a_frame_kept_back_until_its_term_is_over_opens_nothing(either_town: Town) -> None:
    town = either_town
    town.begin()
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen"})
    town.at("2026-10-28T00:00+01:00")
    told(town, town.do("communicatie", "traject_kader_publiceren", **PUBLIC), "INV-16")
    told(town, town.attempt("college", "besluit", bedrag=100, dekking="y", inbrengregister=0), "INV-02")
    late = town.case
    assert second(town, trede="raadplegen", termijn="2026-11-20").status == 200
    town.case = late
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)


def test_inv_17_an_announced_term_does_not_become_shorter_by_a_second_frame(town: Town) -> None:
    town.framed("raadplegen")
    told(town, second(town, trede="raadplegen", termijn="2026-10-20"), "INV-17")


def test_inv_17_nobody_takes_the_collecting_to_himself_so_that_others_stay_out(either_town: Town) -> None:
    town = either_town
    town.framed("raadplegen")
    address = f"/v1/taken/{town.task('inbreng_verzamelen')}/behandelaar"
    told(town, town.stage.send("buurvrouw", "PUT", address, {}), "INV-17")
    told(town, town.stage.send("buurvrouw", "PUT", address, {"persoon": town.stage.ids["speelplek"]}), "INV-17")
    assert town.contribute("speelplek", "inbreng_verzamelen", **WORDS).status == 201


def test_inv_17_a_case_does_not_stand_still_while_people_can_react(either_town: Town) -> None:
    """Put away on the day of the invitation and taken up when the term is over, it would let nobody react."""
    stands_not_still(either_town, "raadplegen")


@pytest.mark.parametrize("rung", ["adviseren", "coproduceren"])
def test_inv_17_nor_while_they_can_advise_or_propose(town: Town, rung: str) -> None:
    stands_not_still(town, rung)


def stands_not_still(town: Town, rung: str) -> None:
    town.begin()
    steer = f"/v1/zaken/{town.case}/"
    why = {"reden": "Het komt niet uit"}
    for way in ("opschorting", "hervatting"):
        assert town.stage.send("coordinator", "PUT", steer + way, why).status == 200, "nothing was announced yet"
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": rung})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    for who in ("coordinator", "college"):
        for way in ("opschorting", "afbreking"):
            told(town, town.stage.send(who, "PUT", steer + way, why), "INV-17")
    assert town.stage.send("college", "PUT", steer + "opschorting", why | {"loopt": []}).status == 400
    town.at("2027-02-01T09:00+01:00")
    for way in ("opschorting", "hervatting"):
        assert town.stage.send("coordinator", "PUT", steer + way, why).status == 200, "the term is over"


def test_inv_18_nothing_is_decided_over_an_unanswered_contribution(town: Town) -> None:
    town.framed("raadplegen")
    assert town.contribute("speelplek", "inbreng_verzamelen", **WORDS).status == 201
    town.at("2027-02-01T09:00+01:00")
    told(town, town.attempt("college", "besluit", bedrag=100, dekking="y"), "INV-18")
    address = f"/v1/zaken/{town.case}/afbreking"
    assert refused(town.stage.send("coordinator", "PUT", address, {"reden": "Het komt niet uit"}), "INV-18")


def test_inv_25_the_mark_of_a_contribution_does_not_come_to_stand_for_other_words(either_town: Town) -> None:
    town = either_town
    town.framed("raadplegen")
    assert town.contribute("speelplek", "inbreng_verzamelen", **WORDS).status == 201
    for who in ("speelplek", "buurvrouw"):
        other = WORDS | {"kenmerk": "k-1", "tekst": "Geen bank"}
        told(town, town.contribute(who, "inbreng_verzamelen", **other), "INV-25")
    told(town, town.attempt("college", "besluit", kenmerk="K-1", bedrag=100), "INV-16")
    town.at("2027-02-01T09:00+01:00")
    town.done("coordinator", "inbreng_afhandelen", inbreng="K-1", uitkomst="gebruikt", reactie="Dank")
    again = GRANT | {"inbrengregister": 1, "kenmerk": "K-1"}
    told(town, town.do("college", "bijdrage_besluiten_raadplegen", **again), "INV-25")
    town.done("college", "bijdrage_besluiten_raadplegen", **GRANT, inbrengregister=1, kenmerk="B-1")
    assert town.agrees()


@pytest.mark.parametrize("asked", [{"bedrag": "veel"}, {"bedrag": True}, {"onderdelen": "geen lijst"}])
def test_inv_15_what_cannot_be_judged_is_refused_and_recorded(town: Town, asked: dict[str, Any]) -> None:
    town.begin()
    told(town, town.attempt("coordinator", "besluit", "*", "D12", **asked), "INV-15")
