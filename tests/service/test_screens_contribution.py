"""Taking part without an account: a reaction on a page or on paper, its code, and what people try with them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.submission import AMSTERDAM
from engine.trail import kinds
from engine.trail.receipt import Receipt
from service import db, logs, store_people
from service.accounts import WEBSITE
from service.app import create_app
from service.contributions import GROUND
from service.stage import ADMINISTRATOR
from service.web import rendering
from service.web.contribution import TRAP
from tests.service.browser import Browser, at_the_door, flaws, inside, read
from tests.service.ladders import OUTCOME
from tests.service.moulds import CHEAP
from tests.service.sites import WRITTEN, XSS, Site, code_on, signed
from tests.service.test_statements import counted
from tests.service.traces import tables_of


def reacted(site: Site, text: str = WRITTEN) -> tuple[Browser, str]:
    """Somebody who reacted, and the code that the page told."""
    browser = site.visitor()
    assert browser.send(site.address, tekst=text) == 201, browser.sheet.text
    return browser, code_on(browser)


def followed(site: Site, code: str) -> Browser:
    browser = at_the_door(site.town.stage.app)
    browser.open("/bijdrage")
    browser.send("/bijdrage", code=code)
    return browser


def status_of(browser: Browser) -> int:
    assert browser.answer is not None
    return browser.answer.status_code


def said_in(page: str) -> str:
    """The page without what is made anew for each answer, and says nothing."""
    return re.sub(r'nonce="[0-9a-f]+"', "", page)


# --- a reaction on the page -------------------------------------------------------------------------------------------


def test_somebody_without_an_account_reacts_and_gets_a_code_to_follow_it(site: Site) -> None:
    browser = site.visitor()
    assert flaws(browser.sheet) == [] and "college van burgemeester en wethouders" in browser.sheet.text
    assert not {"kenmerk", "kanaal", "indiener"} & set(browser.sheet.values)  # nobody is asked a name

    assert browser.send(site.address, tekst=WRITTEN) == 201

    assert flaws(browser.sheet) == []
    (taken,) = site.inputs()
    said = taken["inhoud"]
    assert said["actor"]["role"] == "website" and said["values"]["kanaal"] == "online"
    assert said["values"]["kenmerk"] in browser.sheet.text and taken["regel"] in browser.sheet.text
    assert WRITTEN not in str(said) and "verzegeld" in said["values"]["tekst"]
    later = followed(site, code_on(browser))
    assert status_of(later) == 200 and flaws(later.sheet) == []
    assert taken["regel"] in later.sheet.text and "Nog zonder antwoord" in later.sheet.text
    assert site.town.agrees()


def test_the_website_is_somebody_else_in_each_case(site: Site) -> None:
    reacted(site)
    (first,) = site.inputs()
    site.ask()
    reacted(site)
    (second,) = site.inputs()
    assert first["inhoud"]["actor"]["ref"] != second["inhoud"]["actor"]["ref"]
    assert not set(first["inhoud"]["ruling"]["grounds"]) & set(second["inhoud"]["ruling"]["grounds"])


def test_sending_the_same_form_twice_records_once_and_tells_the_same_code(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values) | {"tekst": WRITTEN}
    answers = [browser.client.post(site.address, data=form) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert len({said_in(one.text) for one in answers}) == 1 and len(site.inputs()) == 1


def test_a_form_that_was_used_takes_no_second_text(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values)
    assert browser.client.post(site.address, data=form | {"tekst": WRITTEN}).status_code == 201
    answer = browser.client.post(site.address, data=form | {"tekst": "Iets anders"})
    assert answer.status_code == 409 and "Open het opnieuw" in answer.text
    assert len(site.inputs()) == 1


def test_what_became_of_it_is_told_with_the_reason_and_the_decision(site: Site) -> None:
    _, code = reacted(site)
    mark = site.inputs()[0]["inhoud"]["values"]["kenmerk"]
    site.close()
    town = site.town
    town.done(
        "coordinator", "inbreng_afhandelen", inbreng=mark, uitkomst="deels", reden=f"Te duur {XSS}", reactie="Een bank"
    )

    handled = followed(site, code)

    assert flaws(handled.sheet) == [] and "<script>" not in (handled.answer.text if handled.answer else "")
    assert "Deels gebruikt" in handled.sheet.text and f"Te duur {XSS}" in handled.sheet.text
    assert "Nog niet genoemd in een besluit" in handled.sheet.text
    opened = [one["inhoud"] for one in town.trail() if one["soort"] == kinds.Kind.VALUE_OPENED]
    assert [one["values"]["grond"] for one in opened if one["values"]["compartiment"] == "afhandeling"] == [GROUND]
    decided = {name: value for name, value in OUTCOME.items() if name not in ("overeenstemming", "uitslag", "aanwezig")}
    town.done("college", "bijdrage_besluiten_raadplegen", **decided | {"bedrag": "5.500,00"})
    assert "Meegewogen in een besluit van college" in followed(site, code).sheet.text
    assert town.agrees()


def test_the_receipt_is_a_proof_that_anybody_checks(site: Site) -> None:
    browser, code = reacted(site)
    signed(site)
    answer = browser.client.post("/bijdrage/bewijs", data=dict(browser.sheet.values) | {"code": code})
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    proof = Receipt.decode(answer.data)
    assert proof.extra.hex() == site.inputs()[0]["regel"]


def test_a_receipt_that_is_not_there_yet_says_so(site: Site) -> None:
    browser, code = reacted(site)
    answer = browser.client.post("/bijdrage/bewijs", data=dict(browser.sheet.values) | {"code": code})
    assert answer.status_code == 409 and "opnieuw" in answer.text


# --- on paper --------------------------------------------------------------------------------------------------------


def test_a_form_on_paper_is_entered_by_the_desk_under_its_mark_and_followed_by_its_code(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values)
    slip = browser.client.post(f"{site.address}/papier", data=form)
    assert slip.status_code == 201
    sheet = read(slip.text)
    assert flaws(sheet) == [] and "Tanthof" in sheet.text
    found = re.search(r"P-[0-9A-Z]{10}", sheet.text)
    assert found is not None
    code = code_on(Browser(browser.client, slip, sheet))
    assert "nog niet ingevoerd" in followed(site, code).sheet.text and site.inputs() == []
    assert said_in(browser.client.post(f"{site.address}/papier", data=form).text) == said_in(slip.text)

    desk = inside(site.town.stage.app, "balie", "wachtwoord van balie")
    desk.open(f"/taken/{site.question}")
    said = {"kenmerk": found[0], "tekst": WRITTEN, "kanaal": "papier", "doe": "vastleggen"}
    assert desk.send(f"/taken/{site.question}", said) == 201

    (taken,) = site.inputs()
    assert taken["inhoud"]["actor"]["role"] == "publieksbalie"
    assert taken["regel"] in followed(site, code).sheet.text
    signed(site)
    browser.open("/bijdrage")
    proof = browser.client.post("/bijdrage/bewijs", data=dict(browser.sheet.values) | {"code": code})
    assert Receipt.decode(proof.data).extra.hex() == taken["regel"]


def test_each_form_on_paper_has_a_mark_and_a_code_of_its_own(site: Site) -> None:
    texts = []
    for _ in range(3):
        browser = site.visitor()
        assert browser.send(f"{site.address}/papier") == 201
        texts.append(re.findall(r"P-[0-9A-Z]{10}|(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", browser.sheet.text)[:2])
    assert len({one for text in texts for one in text}) == 6


# --- what people try -------------------------------------------------------------------------------------------------


def test_nothing_in_the_database_tells_the_code_or_the_text(site: Site) -> None:
    _, code = reacted(site, "Een tekst die nergens anders staat")
    held = tables_of(site.town.stage.installation.database)
    assert site.inputs()[0]["regel"] in held
    for secret in (code, code.replace("-", ""), "Een tekst die nergens anders staat", "127.0.0.1"):
        assert secret not in held


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the service logs, of whatever is built after this."""
    kept = io.StringIO()
    logs.configure(kept)
    yield kept
    logs.configure()


def test_no_address_and_no_line_of_the_log_holds_the_code_or_the_text(logged: io.StringIO, site: Site) -> None:
    stage = site.town.stage
    stage.app = create_app(stage.installation, now=lambda: stage.moment[0], passwords=CHEAP)
    browser, code = reacted(site, "Geheim voor het log")
    followed(site, code)
    browser.client.post("/bijdrage/bewijs", data=dict(browser.sheet.values) | {"code": code})
    written = logged.getvalue()
    assert "/bijdrage" in written and "reageren" in written
    assert code not in written and "Geheim voor het log" not in written and "127.0.0.1" not in written


@pytest.mark.parametrize("forged", ["", "0" * 64, None])
def test_a_form_that_is_not_ours_does_nothing(site: Site, forged: str | None) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values) | {"tekst": WRITTEN}
    form = {**form, "bewijs": forged} if forged is not None else {k: v for k, v in form.items() if k != "bewijs"}
    assert browser.client.post(site.address, data=form).status_code == 403
    stranger = at_the_door(site.town.stage.app)  # has the form of somebody else
    assert stranger.client.post(site.address, data=dict(browser.sheet.values) | {"tekst": "x"}).status_code == 403
    assert site.inputs() == []


def test_another_website_sends_nothing_in_somebodys_name(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values) | {"tekst": WRITTEN}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://kwaad.nl"}):
        assert browser.client.post(site.address, data=form, headers=headers).status_code == 403
    assert site.inputs() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"tekst": ""},
        {"tekst": "   "},
        {"tekst": "x" * 10_001},
        {"tekst": "a\0b"},
        {"tekst": WRITTEN, "sleutel": ""},
        {"tekst": WRITTEN, "sleutel": "g" * 32},
        {"tekst": WRITTEN, TRAP: "https://koop.nu"},
    ],
)
def test_what_is_not_a_reaction_is_shown_again_with_what_is_wrong(place: Site, wrong: dict[str, str]) -> None:
    if not place.question:
        place.ask()
    before, browser = len(place.inputs()), place.visitor()
    assert browser.send(place.address, wrong) == 400
    assert flaws(browser.sheet) == [] and "#" in "".join(browser.sheet.links)
    assert len(place.inputs()) == before


def test_enormous_texts_do_not_come_in(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values)
    large = browser.client.post(site.address, data=form | {"tekst": "x" * 2_000_000})
    assert large.status_code == 413 and "/taken/" not in large.text  # that is no page for a visitor
    many = {f"veld{number}": "x" for number in range(2_000)}
    assert browser.client.post(site.address, data=form | many | {"tekst": ""}).status_code in (400, 413)
    assert site.inputs() == []


SCRIPTS = ("مقعد عند البركة", "Скамейка у пруда", "池塘边的长椅", "🪑🌳" * 50, "\u202etxet\u202c", "é" * 10_000, XSS)


def test_every_script_is_taken_in_as_it_was_written(site: Site) -> None:
    for text in SCRIPTS:
        browser, _ = reacted(site, text)
        assert browser.answer is not None and "<script>" not in browser.answer.text
    said = site.town.stage.pages("balie", f"/v1/zaken/{site.town.case}/registers/inbreng")
    assert [one["inhoud"]["gegevens"]["tekst"] for one in said] == list(SCRIPTS)


def test_what_somebody_wrote_comes_back_as_text_and_not_as_a_page(site: Site) -> None:
    browser = site.visitor()
    assert browser.send(site.address, {"tekst": XSS, TRAP: XSS}) == 400
    assert browser.answer is not None and "<script>" not in browser.answer.text
    assert browser.sheet.values["tekst"] == XSS and browser.sheet.values[TRAP] == ""


def test_a_question_is_asked_in_its_own_wijk_and_of_the_desk_alone(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values) | {"tekst": WRITTEN}
    residents = site.town.task("inbreng_verzamelen")
    nothing = "0" * 32
    for wijk, task in (("voorhof", site.question), ("x", site.question), ("tanthof", residents), ("tanthof", nothing)):
        address = f"/wijken/{wijk}/reageren/{task}"
        assert browser.client.get(address).status_code == 404
        assert browser.client.post(address, data=form).status_code == 404
        assert browser.client.post(f"{address}/papier", data=form).status_code == 404
    assert site.inputs() == []


def test_the_last_moment_that_is_told_is_the_last_at_which_it_works(site: Site) -> None:
    last = datetime.fromisoformat(f"{site.day(15)}T23:59").replace(tzinfo=AMSTERDAM)
    browser = site.visitor()
    slip = browser.client.post(f"{site.address}/papier", data=browser.sheet.values)
    assert f"Reageren kan tot {rendering.clock_time(last)}" in browser.open("/wijken/tanthof").text
    assert f"Inleveren tot en met{rendering.day(last)}" in read(slip.text).text
    site.town.stage.let_pass(last)
    reacted(site)
    assert len(site.inputs()) == 1
    site.town.stage.let_pass(last + timedelta(minutes=1))
    assert browser.client.get(site.address).status_code == 409
    assert site.address not in browser.open("/wijken/tanthof").links


def test_after_the_term_nothing_comes_in_and_the_page_says_where_to_look(site: Site) -> None:
    browser = site.visitor()
    form = dict(browser.sheet.values) | {"tekst": WRITTEN}
    site.close()
    for answer in (
        browser.client.get(site.address),
        browser.client.post(site.address, data=form),
        browser.client.post(f"{site.address}/papier", data=form),
    ):
        assert answer.status_code == 409 and "De termijn om te reageren is om" in answer.text
        assert flaws(read(answer.text)) == [] and "/wijken" in read(answer.text).links
    assert site.inputs() == []


def test_a_website_whose_role_was_withdrawn_takes_nothing_in_and_that_is_recorded(site: Site) -> None:
    stage, browser = site.town.stage, site.visitor()
    _, code = reacted(site)
    person = stage.ids["website"]
    row = next(one for one in stage.pages(ADMINISTRATOR, "/v1/rollen") if one["gegevens"]["rol"] == "website")
    stage.must(ADMINISTRATOR, "PUT", f"/v1/rollen/{row['regel']}/intrekking", {"reden": "Overlast"})
    try:
        assert status_of(site.visitor()) == 200 and "Reageren kan hier nu niet" in site.visitor().sheet.text
        assert browser.send(site.address, tekst=WRITTEN) in (403, 404)
        refusals = [one for one in site.town.trail() if one["soort"] == "bijdrage:geweigerd"]
        assert len(refusals) == 1 and WRITTEN not in str(refusals) and len(site.inputs()) == 1
        assert status_of(followed(site, code)) == 200  # what was given is still followed
    finally:
        place = {"persoon": person, "rol": "website", "bereik": "gemeente"}
        stage.must(ADMINISTRATOR, "POST", "/v1/rollen", place)


def test_nobody_logs_in_as_the_website(place: Site) -> None:
    client = place.town.stage.app.test_client()
    asked = {"gebruikersnaam": WEBSITE, "wachtwoord": "wachtwoord van website"}
    assert client.post("/v1/sessies", json=asked).status_code == 401
    ours = place.town.stage.installation
    with db.reading(ours.database) as tx:
        found = store_people.read_login(tx, WEBSITE, ours.names.hidden(WEBSITE))
    assert found is not None and found[1] is not None  # there is a password, and it is the right one


@pytest.mark.parametrize("code", ["", "x", "0" * 19, "0" * 21, "!" * 20, "' OR 1=1 --", "\0" * 20, XSS, "0" * 20])
def test_a_code_that_is_none_tells_nothing(place: Site, code: str) -> None:
    browser = followed(place, code)
    assert status_of(browser) in (400, 404) and flaws(browser.sheet) == []
    assert "Deze code klopt niet" in browser.sheet.text and "<script>" not in str(
        browser.answer and browser.answer.text
    )
    answer = browser.client.post("/bijdrage/bewijs", data=dict(browser.sheet.values) | {"code": code})
    assert answer.status_code in (400, 404)


def test_a_code_is_read_as_people_type_it(site: Site) -> None:
    _, code = reacted(site)
    typed = (code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "l"), f"  {code}\n")
    assert [status_of(followed(site, one)) for one in typed] == [200] * 4


def test_the_mark_and_the_record_of_a_contribution_are_no_codes(site: Site) -> None:
    reacted(site)
    (taken,) = site.inputs()
    for public in (taken["inhoud"]["values"]["kenmerk"], taken["regel"], taken["regel"][:20], site.question[:20]):
        assert status_of(followed(site, str(public))) in (400, 404)


def test_a_flood_from_one_address_is_held_up_and_another_is_not(site: Site) -> None:
    installation = site.town.stage.installation
    strict = replace(installation, config=replace(installation.config, rate_login="3 per hour"))
    app = create_app(strict, now=lambda: site.now, passwords=CHEAP)
    browser = at_the_door(app)

    def sent(address: str, text: str) -> int:
        browser.open(site.address)
        form = dict(browser.sheet.values) | {"tekst": text}
        return browser.client.post(site.address, data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [sent("192.0.2.1", f"Flood {number}") for number in range(5)] == [201, 201, 201, 429, 429]
    assert sent("192.0.2.2", "Van een ander") == 201
    browser.open("/bijdrage")
    form = dict(browser.sheet.values) | {"code": "0" * 20}
    tries = [browser.client.post("/bijdrage", data=form) for _ in range(5)]
    assert [one.status_code for one in tries] == [404, 404, 404, 429, 429]
    assert int(tries[-1].headers["Retry-After"]) > 0 and flaws(read(tries[-1].text)) == []
    assert len(site.inputs()) == 4


def test_these_pages_cost_the_database_little_and_are_small(site: Site) -> None:
    browser = site.visitor()
    with counted(site.town.stage.installation.database) as seen:
        browser.open(site.address)
    assert len(seen) < 20, seen
    with counted(site.town.stage.installation.database) as seen:
        assert browser.send(site.address, tekst=WRITTEN) == 201
    assert len([one for one in seen if one != "COMMIT"]) <= 30, seen
    with counted(site.town.stage.installation.database) as seen:
        followed(site, code_on(browser))
    assert len(seen) < 20, seen
    assert browser.answer is not None and len(browser.answer.data) < 100_000
