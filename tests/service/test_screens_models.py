"""*Procesmodellen*: a version proposed from whatever tool, its faults on the drawing, and its release by another."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import bundles, checking, db, store_definitions
from service.faults import Malformed
from service.web import language
from tests.bench import diagrams
from tests.service.browser import Browser, at_the_door, flaws, inside, read
from tests.service.crawl import still_dutch
from tests.service.houses import PASSWORD, House, family, peopled
from tests.service.test_diagram import XSS
from tests.service.test_statements import counted

LOOP = ("lus2.bpmn", diagrams.loop("lus2"))
DELFT = Path(__file__).resolve().parent.parent.parent / "processes" / "delft"
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'
File = tuple[str, bytes]


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house with two designers for what leaves no version behind that another test counts."""
    place = tmp_path_factory.mktemp("modellen")
    shutil.copyfile(sqlite_template, place / "wijk.sqlite")
    house = peopled(f"sqlite:///{place / 'wijk.sqlite'}", place)
    house.add("ontwerper", "procesontwerper")
    house.add("ontwerper2", "procesontwerper")
    yield house
    house.installation.database.dispose()


def zipped(*files: File, method: int = zipfile.ZIP_DEFLATED) -> File:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        for name, content in files:
            bundle.writestr(name, content)
    return "model.zip", stream.getvalue()


def versions(house: House) -> int:
    with db.reading(house.installation.database) as tx:
        return len(store_definitions.versions(tx))


def at_models(house: House, who: str = "ontwerper", lang: str = language.DUTCH) -> Browser:
    browser = inside(house.app, who, PASSWORD)
    browser.client.set_cookie(language.COOKIE, lang)
    browser.open("/procesmodellen")
    return browser


def send(browser: Browser, *files: File, **more: object) -> int:
    data = {"aanvulling": "ja", "bestanden": [(io.BytesIO(content), name) for name, content in files]} | more
    return browser.send("/procesmodellen", data)


def addressed(browser: Browser) -> str:
    assert browser.answer is not None
    return browser.answer.request.path


def test_a_model_is_proposed_by_one_designer_and_released_by_another(house: House) -> None:
    house.add("ontwerper", "procesontwerper")
    house.add("ontwerper2", "procesontwerper")
    first, second = at_models(house), at_models(house, "ontwerper2")
    assert flaws(first.sheet) == [] and "geldend" in first.sheet.text

    assert send(first, LOOP, toelichting="Een lus erbij") == 200

    version = addressed(first)
    assert flaws(first.sheet) == [] and "Een ander met die bevoegdheid geeft haar vrij" in first.sheet.text
    assert "lus2.bpmn" in first.sheet.text and "Een lus erbij" in first.sheet.text
    assert first.send(f"{version}/vrijgave") == 403 and "uitrollen/vier-ogen" in first.sheet.text
    second.open(version)
    assert second.send(f"{version}/vrijgave") == 200
    assert addressed(second) == version and "vrijgegeven" in second.sheet.text and flaws(second.sheet) == []
    case = house.start(house.log_in("coordinator"), "lus2")
    coordinator = at_models(house, "coordinator")
    assert f"/zaken/{case}" in coordinator.open(version).links and flaws(coordinator.sheet) == []
    assert f"/zaken/{case}" not in at_models(house, "buur").open(version).links, "another wijk"

    assert send(first, ("lus2.bpmn", diagrams.loop("lus2").replace(b'name="Taak 1"', b'name="Hernoemd"'))) == 200
    second.open(addressed(first))
    assert second.send(f"{addressed(first)}/vrijgave") == 200 and addressed(second) != version
    sheet = coordinator.open(f"/zaken/{case}")
    assert "Taak 1" in sheet.text and "Hernoemd" not in sheet.text and version in sheet.links, "the version that runs"


def test_who_releases_sees_which_files_a_version_changes_and_the_first_of_them_drawn(house: House) -> None:
    house.add("ontwerper", "procesontwerper")
    first = at_models(house)
    whole = next(link for link in first.sheet.links if link.startswith("/procesmodellen/"))
    assert "Wat er verandert" not in first.open(whole).text, "of the first there is nothing to compare with"

    first.open("/procesmodellen")
    assert send(first, LOOP) == 200 and "Nieuw lus2.bpmn" in first.sheet.text and flaws(first.sheet) == []
    assert "Vergeleken met versie 1" in first.sheet.text and "Gewijzigd" not in first.sheet.text
    house.add("ontwerper2", "procesontwerper")
    second = at_models(house, "ontwerper2")
    second.open(addressed(first))
    assert second.send(f"{addressed(first)}/vrijgave") == 200 and "Vergeleken met versie 1" in second.sheet.text

    renamed = ("lus2.bpmn", LOOP[1].replace(b'name="Taak 1"', b'name="Hernoemd"'))
    assert send(first, renamed) == 200
    text = second.open(addressed(first)).text
    assert "Vergeleken met versie 2. Gewijzigd lus2.bpmn" in text and "Hernoemd" in text, "and it is drawn"
    first.open("/procesmodellen")
    other = ("lus9.bpmn", diagrams.loop("lus9"))
    assert send(first, *family().items(), other, aanvulling="nee") == 200
    assert "Nieuw lus9.bpmn Weggehaald lus2.bpmn" in first.sheet.text and flaws(first.sheet) == []


def test_the_same_files_twice_are_one_version(office: House) -> None:
    browser = at_models(office)
    assert send(browser, LOOP) == 200
    address, before = addressed(browser), versions(office)
    again = at_models(office)
    assert send(again, zipped(LOOP)) == 200
    assert (addressed(again), versions(office)) == (address, before)


def test_a_bundle_is_read_as_a_directory_is(office: House) -> None:
    beside = (("__MACOSX/model/._lus3.bpmn", b"x"), ("model/LEESMIJ.md", b"x"), ("model/verhalen/een.toml", b"x"))
    bundle = zipped(("model/lus3.bpmn", diagrams.loop("lus3")), *beside)
    browser = at_models(office)
    assert send(browser, bundle) == 200
    assert "lus3.bpmn" in browser.sheet.text and "LEESMIJ" not in browser.sheet.text and flaws(browser.sheet) == []


def test_faults_are_listed_and_marked_on_the_drawing_and_nothing_changes(office: House) -> None:
    before, browser = versions(office), at_models(office)
    content = (DELFT / "toezegging.bpmn").read_bytes().replace(b'name="Toezegging vragen"', b'name="Vragen" foo="bar"')
    content = content.replace(b'formulier="vraag_toezegging"', b'formulier="bestaat_niet"')
    assert send(browser, ("toezegging.bpmn", content)) == 400
    assert flaws(browser.sheet) == [] and "Er is niets gewijzigd" in browser.sheet.text
    marked = {given["id"]: given.get("class", "") for tag, given in browser.sheet.tags if tag == "g" and "id" in given}
    links = {link.removeprefix("#") for link in browser.sheet.links if link.startswith("#t1-")}
    assert "fout" in {marked[one] for one in links} and links <= set(marked)
    assert any(one.endswith("toezegging_vragen") and marked[one] == "fout" for one in marked)
    assert versions(office) == before and browser.answer is not None and len(browser.answer.data) < 100_000


WRONG: list[File] = [
    ("xxe.bpmn", XXE),
    ("half.bpmn", b"<"),
    ("nullen.bpmn", b"\0" * 100),
    ("afgebroken.bpmn", (DELFT / "toezegging.bpmn").read_bytes()[:9_000]),
    ("plaatje.bpmn", b"\x89PNG\r\n\x1a\n" + b"x" * 500),
    ("programma.exe", b"MZ"),
    ("geen.dmn", LOOP[1]),
    ("half.form", b"{"),
    ("rollen.toml", b"x = ["),
    ("tweede.bpmn", diagrams.loop("rij_5")),
]


def test_what_is_no_model_is_told_file_by_file_and_changes_nothing(office: House) -> None:
    before, browser = versions(office), at_models(office)
    assert send(browser, *WRONG) == 400
    assert flaws(browser.sheet) == [] and "Er is niets gewijzigd" in browser.sheet.text
    assert all(name in browser.sheet.text for name, _ in WRONG) and "root:" not in browser.sheet.text
    for one in (("xxe.bpmn", XXE), zipped(("xxe.bpmn", XXE))):
        assert send(at_models(office), one) == 400
    assert versions(office) == before


NAMES = re.compile(r"Taak \d+|Nog eens\?|rij_\d+|&lt;b&gt;Iets bedenken")  # as the diagrams here have them


def in_dutch(browser: Browser) -> list[str]:
    """What an English page leaves in Dutch and says so, of what stands in its main part."""
    assert browser.answer is not None and still_dutch(browser.answer.text, {}) == []
    return re.findall(r'<span lang="nl">(.*?)</span>', browser.answer.text.partition("<main")[2])


def test_findings_are_told_in_english_but_for_the_names_that_people_gave(office: House) -> None:
    content = (DELFT / "toezegging.bpmn").read_bytes().replace(b'formulier="vraag_toezegging"', b'formulier="kwijt"')
    content = content.replace(b'name="Toezegging vragen"', b'name="&lt;b&gt;Iets bedenken"')
    browser = at_models(office, lang="en")

    assert send(browser, *WRONG, ("toezegging.bpmn", content)) == 400

    assert flaws(browser.sheet, "en") == [] and browser.answer is not None
    assert "Task '<b>Iets bedenken' uses form 'kwijt', which is not there; add it." in browser.sheet.text
    assert "The file has a DOCTYPE or entities, which are not read." in browser.sheet.text
    assert "xml/doctype · on line 1" in browser.sheet.text
    assert "The file is no readable TOML: Invalid value" in browser.sheet.text
    assert "&lt;b&gt;Iets bedenken" in in_dutch(browser) and all(map(NAMES.fullmatch, in_dutch(browser)))


def test_a_version_that_is_checked_again_is_told_in_english(office: House) -> None:
    browser = at_models(office, lang="en")
    assert send(browser, ("lus7.bpmn", diagrams.loop("lus7"))) == 200, "the check itself is on the page"
    assert "Task 'Taak 1' has no explanation; write one sentence in its documentation" in browser.sheet.text
    assert flaws(browser.sheet, "en") == [] and all(map(NAMES.fullmatch, in_dutch(browser)))


def test_a_note_stays_as_somebody_wrote_it_and_that_of_the_first_version_is_ours(office: House) -> None:
    browser = at_models(office, lang="en")
    assert send(browser, ("lus8.bpmn", diagrams.loop("lus8")), toelichting="eerste inrichting") == 200
    assert "eerste inrichting" in in_dutch(browser)
    browser.open("/procesmodellen")
    assert "first set-up" in browser.sheet.text and in_dutch(browser).count("eerste inrichting") == 1


def test_a_diagram_without_a_drawing_is_told_in_words_with_its_faults(office: House) -> None:
    browser = at_models(office)
    bare = diagrams.loop("lus4").replace(b"<bpmn:userTask", b"<bpmn:complexGateway id='x'/><bpmn:userTask", 1)
    assert send(browser, ("lus4.bpmn", bare)) == 400
    assert "Bij dit model zit geen tekening" in browser.sheet.text and "Complex punt" in browser.sheet.text
    assert flaws(browser.sheet) == []


def bomb() -> File:
    """Small as it comes in, and far too large when it is unpacked."""
    return zipped(*((f"bom{number}.bpmn", b"\0" * 12_000_000) for number in range(3)))


def lying() -> File:
    """A ZIP whose directory says that its file is one byte."""
    name, content = zipped(("lus2.bpmn", LOOP[1]))
    size = len(LOOP[1]).to_bytes(4, "little")
    assert size in content
    return name, content.replace(size, b"\1\0\0\0")


BAD_BUNDLES = {
    "bom": bomb(),
    "liegt": lying(),
    "half": ("model.zip", zipped(LOOP)[1][:-30]),
    "leeg": zipped(("leeg/", b"")),
    "zonder model": zipped(("foto.png", b"x")),
    "twee mappen": zipped(("a/een.bpmn", LOOP[1]), ("b/twee.bpmn", LOOP[1])),
    "vreemd ingepakt": zipped(LOOP, method=zipfile.ZIP_LZMA),
    "vreemde naam": zipped(("..\\..\\kwaad$.bpmn", LOOP[1])),
    "onzin": ("model.zip", b"PK\x03\x04" + b"x" * 1000),
    "heel veel": zipped(*((f"{number}.csv", b"") for number in range(2_001))),
}


@pytest.mark.parametrize("bundle", BAD_BUNDLES.values(), ids=BAD_BUNDLES.keys())
def test_a_bundle_that_means_harm_or_cannot_be_read_is_the_senders_fault(office: House, bundle: File) -> None:
    before, browser = versions(office), at_models(office)
    assert send(browser, bundle) == 400
    assert "Het verzoek bevat fouten" in browser.sheet.text and flaws(browser.sheet) == []
    assert browser.sheet.headings == ["Procesmodellen"] and "#bestanden" in browser.sheet.links, "at the field"
    assert versions(office) == before


def test_what_is_wrong_with_a_bundle_is_told_in_english(office: House) -> None:
    for bundle in BAD_BUNDLES.values():
        browser = at_models(office, lang="en")
        assert send(browser, bundle) == 400
        assert "The request has errors" in browser.sheet.text
        assert set(in_dutch(browser)) <= {"eerste inrichting"}, "but for what somebody wrote of a version"


def test_no_name_in_a_bundle_leads_out_of_it() -> None:
    assert bundles.gather([zipped(("../../lus2.bpmn", LOOP[1]))], "x") == dict([LOOP])
    for name in ("../kwaad$.bpmn", ".bpmn", "\u202egekeerd.bpmn"):
        with pytest.raises(Malformed):
            bundles.gather([zipped((name, LOOP[1]))], "x")


def test_a_bundle_within_a_bundle_is_not_opened(office: House) -> None:
    browser = at_models(office)
    assert send(browser, zipped(("binnen.bpmn", zipped(LOOP)[1]))) == 400 and flaws(browser.sheet) == []
    assert "binnen.bpmn" in browser.sheet.text


def test_nothing_at_all_is_told_and_a_body_that_is_too_large_is_refused(office: House) -> None:
    browser = at_models(office)
    assert send(browser) == 400 and "minstens één bestand" in browser.sheet.text and flaws(browser.sheet) == []
    body, kind = b"x" * 21_000_000, "multipart/form-data; boundary=x"
    answer = browser.client.post("/procesmodellen", data=body, content_type=kind)
    assert answer.status_code == 413 and flaws(read(answer.text)) == []


def test_who_may_not_propose_sees_no_form_and_is_refused_on_record_without_a_check(office: House) -> None:
    browser = at_models(office, "bewoner")
    assert "Een versie voorstellen doet een procesontwerper" in browser.sheet.text and flaws(browser.sheet) == []
    before = versions(office)
    assert send(browser, LOOP) == 403 and "uitrollen/rol" in browser.sheet.text and flaws(browser.sheet) == []
    proposal = at_models(office)
    assert send(proposal, ("lus6.bpmn", diagrams.loop("lus6"))) == 200
    browser.open(addressed(proposal))
    assert browser.answer is not None and "/vrijgave" not in browser.answer.text, "no button"
    assert browser.send(f"{addressed(proposal)}/vrijgave") == 403 and flaws(browser.sheet) == []
    assert "wacht tot een ander" in browser.open(addressed(proposal)).text, "it is not released"
    assert versions(office) == before + 1


def test_a_forged_form_proposes_and_releases_nothing(office: House) -> None:
    browser, before = at_models(office), versions(office)
    version = next(link for link in browser.sheet.links if link.startswith("/procesmodellen/"))
    for proof in ("", "0" * 64, inside(office.app, "bewoner", PASSWORD).sheet.values["bewijs"]):
        assert send(browser, ("lus9.bpmn", diagrams.loop("lus9")), bewijs=proof) == 403
        assert browser.send(f"{version}/vrijgave", bewijs=proof) == 403 and flaws(browser.sheet) == []
    assert versions(office) == before
    stranger = at_the_door(office.app)
    for address in ("/procesmodellen", version):
        stranger.open(address)
        assert stranger.answer is not None and stranger.answer.status_code == 401


@pytest.mark.parametrize("query", ["bestand=bestaat_niet.bpmn", "bestand=../rollen.toml", "bestand=rollen.toml"])
def test_a_file_that_is_no_diagram_of_the_version_is_not_drawn(office: House, query: str) -> None:
    browser = at_models(office)
    version = next(link for link in browser.sheet.links if link.startswith("/procesmodellen/"))
    browser.open(f"{version}?{query}")
    assert browser.answer is not None and browser.answer.status_code == 404 and flaws(browser.sheet) == []
    browser.open(f"/procesmodellen/{'0' * 64}")
    assert browser.answer.status_code == 404
    browser.open(f"{version}?nakijken=nee")
    assert browser.answer.status_code == 400


def test_what_a_file_and_a_note_say_is_never_part_of_the_page(office: House) -> None:
    browser = at_models(office)
    name = XSS.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()
    assert (
        send(
            browser,
            ("lus5.bpmn", diagrams.loop("lus5").replace(b'name="Taak 1"', b'name="%s"' % name)),
            toelichting=XSS,
        )
        == 200
    )
    for address in (f"{addressed(browser)}?bestand=lus5.bpmn&nakijken=ja", "/procesmodellen"):
        sheet = browser.open(address)
        assert XSS in sheet.text and browser.answer is not None
        assert "<script>" not in browser.answer.text and "<img" not in browser.answer.text and flaws(sheet) == []


def test_a_check_is_remembered_but_not_what_a_limit_cut_short() -> None:
    files = dict([LOOP])
    assert checking.check_again(files) == checking.check_again(files) == checking.check(files)
    huge = {f"{number}.csv": b"" for number in range(checking.MAX_FILES + 1)}
    assert [one.rule for one in checking.check_again(huge)] == ["grens/omvang"]


def test_the_pages_ask_the_database_little(office: House) -> None:
    browser = at_models(office)
    version = next(link for link in browser.sheet.links if link.startswith("/procesmodellen/"))
    for address in ("/procesmodellen", version):
        with counted(office.installation.database) as statements:
            browser.open(address)
        assert len(statements) < 20 and browser.answer is not None and len(browser.answer.data) < 100_000
