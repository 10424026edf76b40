"""Pages in another language: chosen by the reader, whole, and honest about what stays Dutch."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from markupsafe import escape

from engine import definition
from engine.notation import PHASES
from engine.promises import State
from engine.questions.catalogue import QUESTIONS
from engine.questions.exceptions import LISTS
from engine.sentences import Name, Sentence
from engine.terms import Act, Json, Rung
from engine.trail import kinds
from service import definitions
from service.config import Config
from service.planning import Priority
from service.web import catalogues, language, rendering
from tests.service.browser import Browser, at_the_door, flaws, inside
from tests.service.houses import PASSWORD, House, peopled

HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
FILES = [(path, found) for path, found in catalogues.places("en").items()]
CITY = Config.read({}).city


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests here, none of which minds what another did."""
    directory = tmp_path_factory.mktemp("huis")
    shutil.copyfile(sqlite_template, directory / "wijk.sqlite")
    built = peopled(f"sqlite:///{directory / 'wijk.sqlite'}", directory)
    yield built
    built.installation.database.dispose()


def in_english(browser: Browser) -> Browser:
    browser.client.set_cookie(language.COOKIE, "en")
    return browser


def test_a_page_is_dutch_until_its_reader_chooses_whatever_the_browser_prefers(office: House) -> None:
    answer = office.app.test_client().get("/inloggen", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="nl">' in answer.text and "Wachtwoord" in answer.text


def test_the_switch_leads_back_to_the_page_in_the_other_language_and_is_kept(office: House) -> None:
    browser = inside(office.app, "coordinator", PASSWORD)
    browser.open("/werk?wat=te-laat&wijk=")
    switch = next(link for link in browser.sheet.links if link.startswith("/taal/en"))

    sheet = browser.open(switch)

    assert browser.answer is not None and browser.answer.request.full_path == "/werk?wat=te-laat&wijk="
    assert (sheet.lang, sheet.headings) == ("en", ["My work"]) and flaws(sheet, "en") == []
    assert browser.open("/werk").headings == ["My work"]
    cookie = browser.client.get_cookie(language.COOKIE)
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert browser.open("/taal/nl?terug=/werk").headings == ["Mijn werk"]


@pytest.mark.parametrize(
    "where",
    [
        "//kwaad.nl",
        "https://kwaad.nl",
        "/\\kwaad.nl",
        "/werk%0d%0aX:1",
        "/v1/zaken",
        "/taken/x/oppakken",
        "/taal/nl",
        "",
    ],
)
def test_the_switch_leads_to_no_other_site_and_to_no_address_that_is_not_a_page(office: House, where: str) -> None:
    answer = office.app.test_client().get(f"/taal/en?terug={where}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("code", ["de", "EN", "..", "nl%00", "x" * 500])
def test_a_language_that_is_not_there_is_told_as_a_page(office: House, code: str) -> None:
    browser = at_the_door(office.app)
    browser.open(f"/taal/{code}")
    assert browser.answer is not None and browser.answer.status_code == 404
    assert flaws(browser.sheet) == [] and browser.client.get_cookie(language.COOKIE) is None


@pytest.mark.parametrize("cookie", ["de", "", "nl en", "\x01", "../en"])
def test_a_strange_choice_is_no_choice(office: House, cookie: str) -> None:
    client = office.app.test_client()
    client.set_cookie(language.COOKIE, cookie)
    assert '<html lang="nl">' in client.get("/inloggen").text


def test_a_page_says_that_it_differs_by_cookie_so_that_nobody_gets_it_in_the_language_of_another(office: House) -> None:
    assert "Cookie" in office.app.test_client().get("/inloggen").headers["Vary"]


def test_a_refusal_is_told_in_english(office: House) -> None:
    client = office.log_in("coordinator")
    task = office.open_task(client, office.start(client))
    stranger = in_english(inside(office.app, "bewoner", PASSWORD))
    stranger.open("/werk")
    assert stranger.send(f"/taken/{task}/oppakken") == 403
    assert stranger.sheet.headings == ["This is not allowed; it is on record"]
    assert flaws(stranger.sheet, "en") == []


def test_the_trail_is_read_in_the_language_of_the_reader(office: House) -> None:
    client = office.log_in("coordinator")
    case = office.start(client)
    text = in_english(inside(office.app, "coordinator", PASSWORD)).open(f"/zaken/{case}/verantwoording").text
    assert "started the case." in text and "startte" not in text


def test_each_record_sentence_says_the_same_to_a_program_in_dutch_as_before() -> None:
    body: dict[str, Json] = {
        "kind": "besluit:geweigerd",
        "actor": {"role": "college"},
        "task": {"name": "Besluit {0} nemen"},
        "step": "D09",
        "rung": "adviseren",
        "subject": "I-02",
        "ruling": {"rule": "INV-08", "reason": "Er ontbreekt {wat} advies."},
    }
    assert kinds.sentence(body) == (
        "College mocht het besluit bij ‘Besluit {0} nemen’ niet nemen (beslisstap D09) over I-02, trede adviseren"
        ": Er ontbreekt {wat} advies (regel INV-08)."
    )


@pytest.mark.parametrize(
    ("hours", "dutch"),
    [
        (-49, "2 dagen te laat"),
        (-25, "1 dag te laat"),
        (-1, "vandaag verlopen"),
        (1, "vandaag"),
        (24, "morgen"),
        (48, "nog 2 dagen"),
    ],
)
def test_days_left_are_counted_by_the_calendar(hours: int, dutch: str) -> None:
    now = datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert rendering.days_left(now + timedelta(hours=hours), now) == dutch


def test_dates_are_written_as_people_write_them() -> None:
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert (rendering.day(moment), rendering.clock_time(moment)) == ("di 3 mrt 2026", "dinsdag 3 maart 2026, 00.30 uur")


def test_dates_are_english_on_an_english_page(office: House) -> None:
    with office.app.test_request_context("/", headers={"Cookie": f"{language.COOKIE}=en"}):
        moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        assert rendering.day(moment) == "Tue 3 Mar 2026"
        assert rendering.clock_time(moment) == "Tuesday 3 March 2026, 00.30"
        assert rendering.days_left(moment + timedelta(days=4), moment) == "4 days left"


def test_what_no_catalogue_knows_says_that_it_is_dutch_and_runs_nothing(office: House) -> None:
    with office.app.test_request_context("/", headers={"Cookie": f"{language.COOKIE}=en"}):
        assert language.told("<b>Zomaar</b>") == '<span lang="nl">&lt;b&gt;Zomaar&lt;/b&gt;</span>'
        assert language.known().own_words("<i>") == '<span lang="nl">&lt;i&gt;</span>'
        assert language.told("12-3") == "12-3" and language.translated("Zomaar <b>") == "Zomaar <b>"


def test_a_sentence_with_values_keeps_them_and_marks_them(tmp_path: Path) -> None:
    path = tmp_path / "en.po"
    path.write_text(
        'msgid "Er is inbreng zonder antwoord: {wat}."\nmsgstr "A contribution waits for an answer: {wat}."\n'
        '#, fuzzy\nmsgid "Vaag"\nmsgstr "Vague"\n\nmsgid "Leeg"\nmsgstr ""\n',
        "utf-8",
    )
    known = language.read_catalogue(path)
    assert "Vaag" not in known.forms and "Leeg" not in known.forms
    said = language.said_in(known, "Er is inbreng zonder antwoord: inbreng <1> {0} {wat}.")
    assert said == 'A contribution waits for an answer: <span lang="nl">inbreng &lt;1&gt; {0} {wat}</span>.'


def test_a_sentence_is_made_anew_from_its_template_and_not_looked_for_in_a_text(tmp_path: Path) -> None:
    path = tmp_path / "en.po"
    path.write_text(
        '#. template\nmsgid "In {wat} is {naam} nog {namen}."\nmsgstr "{namen} is still {naam} in {wat}."\n\n'
        'msgid "Taak"\nmsgstr "Task"\n',
        "utf-8",
    )
    known = language.read_catalogue(path)
    sentence = Sentence("In {wat} is {naam} nog {namen}.", wat=Name("Taak"), naam="Taak", namen=[Name("<Zaak>"), "{x}"])
    assert known.told(sentence) == '<span lang="nl">&lt;Zaak&gt;</span>, {x} is still Taak in Task.'
    assert known.told(str(sentence)) == f'<span lang="nl">{escape(sentence)}</span>' and known.patterns == ()


def test_a_list_is_said_when_each_of_its_words_is_known_and_else_left_whole() -> None:
    known = language.Catalogue({"auditor": ("auditor (audit)",), "college": ("board <1>",)})
    assert language.said_in(known, "auditor, college") == "auditor (audit), board &lt;1&gt;"
    assert language.said_in(known, "auditor, niemand") == '<span lang="nl">auditor, niemand</span>'


def test_a_refusal_names_roles_as_words(office: House) -> None:
    for browser, roles in (
        (inside(office.app, "coordinator", PASSWORD), "functionaris gegevensbescherming"),
        (in_english(inside(office.app, "coordinator", PASSWORD)), "data protection officer"),
    ):
        browser.open("/verantwoording")
        assert browser.answer is not None and browser.answer.status_code == 403
        assert roles in browser.sheet.text and "_" not in browser.sheet.text


# --- the catalogues --------------------------------------------------------------------------------------------------


def _messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file, locale="en") if message.id]


def _texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


@pytest.mark.parametrize(("path", "directories"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_every_text_that_there_is_stands_in_the_catalogue_with_its_translation(
    path: Path, directories: tuple[Path, ...]
) -> None:
    found = {_texts(message.id) for message in catalogues.template(directories) if message.id}
    known = {_texts(message.id): message for message in _messages(path)}
    assert len(found) > 30
    assert sorted(found - set(known)) == [], "make texts"
    assert sorted(text for text in found if not all(_texts(known[text].string))) == []
    assert [text for text, message in known.items() if message.fuzzy] == []


@pytest.mark.parametrize("path", [path for path, _ in FILES], ids=lambda path: path.parent.parent.name)
def test_a_translation_has_the_holes_of_its_text(path: Path) -> None:
    wrong = []
    for message in _messages(path):
        holes = [set(HOLE.findall(text)) for text in _texts(message.id)]
        said = [set(HOLE.findall(text)) for text in _texts(message.string) if text]
        if any(one - holes[-1] or (one != holes[-1] and one != holes[0]) for one in said):
            wrong.append(message.id)
    assert wrong == []


def test_a_new_text_is_found_and_what_was_said_of_the_others_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "en.po"
    path.write_text('msgid "Mijn werk"\nmsgstr "My work"\n\nmsgid "Weg"\nmsgstr "Gone"\n', "utf-8")
    found = catalogues.template((catalogues.ROOT / "service",))
    written = catalogues.updated(path, "en", found).decode()
    assert 'msgid "Mijn werk"\nmsgstr "My work"' in written
    assert 'msgid "Uitloggen"\nmsgstr ""' in written and '"Gone"' not in written


def test_the_names_of_a_city_are_found_in_each_kind_of_its_files() -> None:
    texts = {message.id for message in catalogues.template((CITY,))}
    in_a_diagram, on_a_form, a_role, asked_by_the_table = "Dag van de opening", "Besluit", "wijkcoördinator", "bronnen"
    assert {in_a_diagram, on_a_form, a_role, asked_by_the_table} - texts == set()


def words_of_the_house() -> set[str]:
    """What pages call things by: of ours, and of the diagrams, tables and roles of the city."""
    found = definition.read(definitions.family_files(CITY)).definition
    assert found is not None
    elements = [one for process in found.processes.values() for one in process.elements.values()]
    questions = (*QUESTIONS, *LISTS.values())
    return {
        *PHASES,
        *(one.value for one in (*State, *Priority, *Rung, *Act)),
        *(kind.partition(":")[0] for kind in kinds.Kind),
        *(column for question in questions for column in question.columns),
        *LISTS,
        *(one.name for one in elements if one.act),
        *(one.act.product for one in elements if one.act and one.act.product),
        *(role.name for role in found.roles.by_id.values()),
        *(cell.name for cells in found.matrix.cells.values() for cell in cells),
        *(process.name for process in found.processes.values()),
    }


def test_all_that_pages_call_things_by_has_a_name_in_english() -> None:
    known = language.catalogue("en", CITY)
    words = {rendering.words(word) for word in words_of_the_house()}
    assert len(words) > 300, "it found them"
    assert {word for word in words if 'lang="nl"' in known.told(word)} == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D02: Wijkanalyse afronden", "D02: Complete the wijkanalyse (neighbourhood analysis)"),
        ("raadplegen; adviseren", "raadplegen (consult); adviseren (advise)"),
        ("groep: hoog; aantal: 17", "group: high; number: 17"),
        ("I-02", "I-02"),
    ],
)
def test_what_is_put_together_is_said_part_by_part(text: str, said: str) -> None:
    assert language.catalogue("en", CITY).told(text) == said


@pytest.mark.parametrize("part", ["1: ", "'1: ", "1: 2; "])
def test_a_name_without_end_is_left_as_it_is_and_takes_no_time(part: str) -> None:
    known = language.Catalogue({"de taak": ("the task",)}, (language.Pattern(re.compile("(?P<a>.+?) van"), "{a}"),))
    for often in (400, 30_000):
        assert part * often in str(language.said_in(known, part * often)).replace("&#39;", "'")


def test_what_was_said_is_not_said_again(office: House) -> None:
    known = language.catalogue("en", CITY)
    assert known.told(known.told("verantwoorden")) == "accounting"
