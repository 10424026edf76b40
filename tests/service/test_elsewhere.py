"""A second dossier of the wijk, over HTTP: what the participants decide in the first is not undone in the second."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service import db, store_wijken
from tests.service.ladders import BINDING, FRAME, JUDGED, OUTCOME, PUBLIC, Town, opened, refused

DECIDES = "bijdrage_besluiten_coproduceren"
GRANT = {"bedrag": "100,00", **JUDGED, "dekking": "wijkbudget", "velden": {"bedrag": "100,00"}}


@pytest.fixture
def town(url: str, tmp_path: Path) -> Iterator[Town]:
    yield from opened(url, tmp_path)


def two_dossiers(town: Town) -> tuple[str, str]:
    """A traject in which the organ is about to decide, and one in which the participants do, on the same subject."""
    town.framed("coproduceren")
    town.done("speelplek", "probleemagenda_opstellen", probleemagenda=[{"probleem": "Er is niets"}])
    town.done("speelplek", "voorstel_opstellen", velden={"bedrag": "100,00"})
    organ = town.case
    town.bound()
    return organ, town.case


def refuses(town: Town, case: str, *words: str) -> None:
    """The organ's decision in this case is refused and recorded, and the log agrees."""
    town.case = case
    reply = town.do("college", DECIDES, **GRANT)
    assert refused(reply, "INV-04"), reply
    assert all(word in str(reply.content) for word in words), reply
    assert town.trail()[-1]["soort"] == "besluit:geweigerd"
    assert town.agrees()


def test_inv_04_the_organ_decides_nothing_in_another_dossier_on_what_it_left_to_the_participants(town: Town) -> None:
    organ, theirs = two_dossiers(town)
    refuses(town, organ, "verbonden")
    town.case = theirs
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    refuses(town, organ, "bindende uitslag")
    town.case = theirs
    town.done("college", "uitslag_bekrachtigen", bekrachtigd=True)
    refuses(town, organ, "bindende uitslag")


def test_inv_04_without_participants_elsewhere_the_organ_decides(town: Town) -> None:
    town.proposed(bedrag="100,00")
    town.done("college", DECIDES, **GRANT)
    assert town.trail()[-1]["soort"] == "besluit:genomen" and town.agrees()


def test_inv_04_the_organ_binds_itself_once_and_the_participants_decide_once(town: Town) -> None:
    town.framed("meebeslissen")
    second = town.case
    town.bound()
    first, town.case = town.case, second
    options = {"opties": [{"optie": "C"}], "plafond": "1,00", "vervaldatum": "2027-07-01", "onderwerp": "anders"}
    reply = town.do(
        "college", "zelfbinding_besluiten", kiesgerechtigden="De werkgroep", beslisregel="Overeenstemming", **options
    )
    assert refused(reply, "INV-04"), reply
    assert town.agrees()
    town.case = first
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    assert town.agrees()


@pytest.mark.parametrize("year", [None, 2025, 2031])
def test_inv_04_no_year_that_somebody_types_makes_another_dossier_a_way_round(town: Town, year: int | None) -> None:
    town.bound()
    town.begin(jaar=year)
    frame = FRAME | {"termijn": "2026-11-30"}
    assert refused(town.do("college", "traject_kader_vaststellen", **frame | {"trede": "raadplegen"}), "INV-04")
    town.done("college", "traject_kader_vaststellen", **frame | {"trede": "meebeslissen"})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC | {"datum": "2026-10-29"})
    assert refused(town.do("college", "zelfbinding_besluiten", **BINDING), "INV-04")
    assert town.agrees()


def test_inv_04_no_attempt_slips_their_subject_as_an_item_into_a_traject_of_the_whole_wijk(town: Town) -> None:
    town.begin(groep=None)
    rows = [{"stap": step, "doelgroep": "Alle bewoners"} for step in ("D07", "D09", "D11")]
    town.done("college", "traject_kader_vaststellen", **FRAME | {"trede": "raadplegen", "kaders": rows})
    town.done("communicatie", "traject_kader_publiceren", **PUBLIC)
    whole = town.case
    town.bound()
    town.done("speelplek", "deelnemers_besluiten", **OUTCOME)
    town.case = whole
    for subject, step, name in (
        ("I-07", "D11", "I-05"),
        ("I-07", "D11", "i 05"),
        ("I-07", "D07", "I-05"),
        ("*", "D09", "I-05"),
    ):
        given = {"onderdelen": [{"onderdeel": name, "velden": {"bedrag": 1}}], "inbrengregister": 0}
        reply = town.attempt("college", "besluit", subject, step, **given)
        assert refused(reply, "INV-04"), (subject, step, name, reply)
        assert town.trail()[-1]["soort"] == "poging:geweigerd"
    assert town.agrees()


def test_inv_04_two_dossiers_of_one_wijk_decide_one_after_the_other(town: Town) -> None:
    """Whoever binds itself or decides has the wijk for itself: nothing that binds elsewhere is still on its way."""
    town.proposed(bedrag="100,00")
    task, client = f"/v1/taken/{town.task(DECIDES)}/afronding", town.stage._client("college")
    with ThreadPoolExecutor(1) as pool:
        with db.writing(town.stage.installation.database) as tx:
            store_wijken.hold(tx, "tanthof")
            answer = pool.submit(client.put, task, json={"gegevens": GRANT})
            with pytest.raises(TimeoutError):
                answer.result(timeout=1)
        assert answer.result(timeout=30).status_code == 200
    assert town.agrees()
