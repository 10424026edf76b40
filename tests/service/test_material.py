"""What was brought in, on the page of who must answer it or decide: word for word, on record, and for nobody else."""

from __future__ import annotations

import pytest

from tests.service.browser import flaws
from tests.service.ladders import Town
from tests.service.test_screens_task import XSS, in_town
from tests.service.test_statements import counted

WORDS = "Mevrouw Jansen wil vier bankjes in de zon"


def heard(town: Town, *marks: str, more: str = XSS) -> None:
    """Contributions under these marks, and the term for them over."""
    town.framed("raadplegen")
    for mark in marks:
        reply = town.contribute(
            "speelplek", "inbreng_verzamelen", kenmerk=mark, tekst=f"{WORDS} {mark} {more}", kanaal="online"
        )
        assert reply.status == 201, reply
    town.at("2026-10-29T09:00+01:00")


def openings(town: Town) -> int:
    return sum(one["soort"] == "verzegeling:geopend" for one in town.trail())


def test_who_must_answer_a_contribution_reads_it_with_its_mark_and_that_is_on_record(either_town: Town) -> None:
    heard(either_town, "K-1", "K-2")
    assert openings(either_town) == 0

    browser, address = in_town(either_town, "coordinator", "inbreng_afhandelen")

    assert f"{WORDS} K-1" in browser.sheet.text and f"{WORDS} K-2" in browser.sheet.text
    assert browser.sheet.text.count("zonder antwoord") == 3  # each, and the count beside the form
    assert XSS in browser.sheet.text and flaws(browser.sheet) == []
    browser.open(address)
    assert openings(either_town) == 1, "once a day"

    answer = {"inbreng": "K-1", "uitkomst": "gebruikt", "reactie": "Dank"}
    assert browser.send(address, {"doe": "vastleggen", "gezien": browser.sheet.values["gezien"], **answer}) == 200
    browser, _ = in_town(either_town, "coordinator", "inbreng_afhandelen")
    text = browser.sheet.text
    assert text.index(f"{WORDS} K-2") < text.index(f"{WORDS} K-1"), "what still waits comes first"


def test_nobody_else_who_sees_the_task_reads_what_residents_wrote(either_town: Town) -> None:
    heard(either_town, "K-1")
    for who in ("jurist", "communicatie", "college", "speelplek", "buurvrouw"):
        browser, _ = in_town(either_town, who, "inbreng_afhandelen")
        assert WORDS not in browser.sheet.text and "Dat u dit leest" not in browser.sheet.text, who
    assert openings(either_town) == 0


def test_a_resident_who_may_contribute_does_not_read_what_the_neighbours_wrote(town: Town) -> None:
    town.framed("raadplegen")
    town.contribute("speelplek", "inbreng_verzamelen", kenmerk="K-1", tekst=WORDS, kanaal="online")
    browser, _ = in_town(town, "buurvrouw", "inbreng_verzamelen")
    assert "Bijdrage vastleggen" in browser.sheet.text and WORDS not in browser.sheet.text


def test_who_decides_on_a_joint_proposal_has_it_on_the_page_and_reads_how_to_name_a_departure(
    either_town: Town,
) -> None:
    either_town.proposed(locatie="Hof", bedrag="10.000,00", uitvoering="werkgroep")
    browser, address = in_town(either_town, "college", "bijdrage_besluiten_coproduceren")
    for words in ("Wat er ligt", "Hof", "€ 10.000,00", "Er is niets"):
        assert words in browser.sheet.text, words
    assert "1000000" not in browser.sheet.text and flaws(browser.sheet) == []
    assert browser.send(address, {"doe": "erbij:afwijkingen"}) == 200 and flaws(browser.sheet) == []
    assert "Zoals de weigering het noemt, bijvoorbeeld locatie of bedrag." in browser.sheet.text
    registers = browser.open(f"/zaken/{either_town.case}/registers").text
    assert "€ 10.000,00" in registers and "1000000" not in registers and flaws(browser.sheet) == []


@pytest.mark.parametrize(("length", "left"), [(10, 5), (9_000, 22)])
def test_many_or_long_contributions_keep_the_page_small_and_say_what_is_left_out(
    town: Town, length: int, left: int
) -> None:
    heard(town, *(f"K-{number}" for number in range(25)), more="x" * length)
    browser, address = in_town(town, "coordinator", "inbreng_afhandelen")
    with counted(town.stage.installation.database) as statements:
        browser.open(address)
    assert len(statements) < 20, statements
    assert f"Er zijn nog {left} andere stukken." in browser.sheet.text
    assert browser.answer is not None and len(browser.answer.data) < 100_000
