"""Mail over real SMTP: who gets it, what stands in it, and what a server that fails or is slow does to the others."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import getaddresses
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from service import db, jobs, logs, notices, post, store_jobs, store_mailboxes, worker
from service.app import create_app
from service.config import MAIL_ADDRESS, Config, Smtp
from service.store_notices import Notice
from service.tables import job
from service.tables_mail import mailbox, notice
from tests.service.browser import flaws, inside
from tests.service.houses import PASSWORD, House, body, peopled
from tests.service.mailserver import SENDER, Post, certificate
from tests.service.moulds import CHEAP
from tests.service.test_notices import hand_over, opened

ADDRESS = "c.ordinator@gemeente.example"
OWN = "/v1/personen/ik/post"


@pytest.fixture
def office(url: str, tmp_path: Path, server: Post) -> Iterator[House]:
    """A house that sends mail, with two coordinators."""
    house = sending(peopled(url, tmp_path), server.smtp())
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    jobs.keep_rounds(house.installation, house.now())
    yield house
    house.installation.database.dispose()


def sending(house: House, smtp: Smtp) -> House:
    """The same house, started again with this mail server."""
    config = replace(house.installation.config, smtp=smtp, address="https://wijk.example")
    installation = replace(house.installation, config=config)
    app = create_app(installation, now=house.now, passwords=CHEAP)
    app.testing = False
    return House(installation, app, house.moment, house.ids)


def deliver(house: House) -> int:
    """What the loop for mail does at this moment, until nothing is left."""
    house.later(timedelta(seconds=16))
    sent = 0
    while done := post.deliver(house.installation, house.now()):
        sent += done
    return sent


def links(message: EmailMessage, purpose: str) -> list[str]:
    return re.findall(rf"https://wijk\.example(/post/\S+/{purpose}/[0-9a-f]{{64}})", message.get_content())


def confirmed(house: House, server: Post, login: str = "collega", pace: str = "meteen", language: str = "nl") -> str:
    """Let this person's mail go to an address of its own, confirmed by the link."""
    address = f"{login}@gemeente.example"
    wish = {"adres": address, "tempo": pace, "taal": language}
    assert house.log_in(login).put(OWN, json=wish).status_code == 200
    deliver(house)
    (path,) = links(server.to(address)[-1], "bevestigen")
    browser = inside(house.app, login, PASSWORD)
    browser.open(path)
    assert browser.send(path) == 200
    house.later(timedelta(seconds=1))
    return address


def handed(house: House) -> str:
    mine = opened(house)
    assert hand_over(house, mine, "coordinator", "collega") == 204
    return mine


def queue(house: House) -> tuple[int, datetime]:
    """How often the job was tried since it last went well, and when it is tried again."""
    with db.reading(house.installation.database) as tx:
        attempts, due = tx.execute(select(job.c.attempts, job.c.due).where(job.c.id == "post")).one()
    return attempts, due


def till_tried_again(house: House) -> None:
    house.moment[0] = queue(house)[1]


def test_mail_goes_only_to_an_address_whose_reader_opened_the_link(office: House, server: Post) -> None:
    client = office.log_in("collega")
    assert client.get(OWN).status_code == 404
    answer = body(client.put(OWN, json={"adres": ADDRESS, "tempo": "meteen"}))
    assert (answer["bevestigd"], answer["adres"], answer["taal"]) == (False, ADDRESS, "nl")
    handed(office)
    deliver(office)
    (message,) = server.to(ADDRESS)
    assert message["Subject"] == "Bevestig uw e-mailadres" and "List-Unsubscribe" not in message
    deliver(office)
    assert len(server.taken) == 1  # a link, and nothing more
    (path,) = links(message, "bevestigen")
    assert office.app.test_client().get(path).status_code == 200
    assert body(client.get(OWN))["bevestigd"] is False  # a program that opens every link confirms nothing
    browser = inside(office.app, "buur", PASSWORD)
    assert flaws(browser.open(path)) == []
    assert browser.send(path) == 200 and flaws(browser.sheet) == []
    browser.open(path)
    assert browser.send(path) == 200
    assert body(client.get(OWN))["bevestigd"] is True
    deliver(office)
    assert len(server.taken) == 1  # what was told before is not sent after all
    office.later(timedelta(seconds=1))
    handed(office)
    assert deliver(office) == 1 and len(server.to(ADDRESS)) == 2


def test_a_link_of_another_time_or_mailbox_confirms_nothing(office: House, server: Post) -> None:
    for login in ("collega", "coordinator"):
        assert office.log_in(login).put(OWN, json={"adres": f"{login}@a.example", "tempo": "uit"}).status_code == 200
    deliver(office)
    ((one,), (other,)) = (
        links(server.to(f"{login}@a.example")[0], "bevestigen") for login in ("collega", "coordinator")
    )
    browser = inside(office.app, "buur", PASSWORD)
    for wrong in (
        one.rpartition("/")[0] + "/" + other.rpartition("/")[2],
        one.rpartition("/")[0] + "/" + "0" * 64,
        one.replace("bevestigen", "afmelden").rpartition("/")[0] + "/" + "0" * 64,
        "/post/" + "0" * 32 + "/bevestigen/" + "0" * 64,
    ):
        browser.open(wrong)
        assert browser.send(wrong) == (200 if "afmelden" in wrong else 404)
    office.later(timedelta(days=2, minutes=1))
    browser.open(one)
    assert browser.send(one) == 404
    assert body(office.log_in("collega").get(OWN))["bevestigd"] is False


def test_a_letter_says_which_task_and_where_and_nothing_more(office: House, server: Post) -> None:
    address = confirmed(office, server)
    mine = handed(office)
    assert deliver(office) == 1
    message = server.to(address)[-1]
    assert message.get_content_type() == "text/plain" and message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == f"Wijkcyclus <{SENDER}>" and message["To"] == address
    assert re.fullmatch(r"<[0-9a-f]{40}@gemeente\.example>", str(message["Message-ID"]))
    said = message.get_content()
    assert f"https://wijk.example/taken/{mine}" in said and "Aan u overgedragen" in said
    for private in ("Naam van", "coordinator", "collega", "tanthof"):
        assert private not in said + str(message["Subject"])


def test_a_letter_in_english_is_english(office: House, server: Post) -> None:
    address = confirmed(office, server, language="en")
    handed(office)
    deliver(office)
    message = server.to(address)[-1]
    assert message["Subject"] == "Notices about your work"
    assert not re.search(r"\b(uw|werk|melding|overgedragen)", re.sub(r"https://\S+", "", message.get_content()))


def test_once_a_day_means_one_letter_the_next_morning(office: House, server: Post) -> None:
    address = confirmed(office, server, pace="dagelijks")
    for _ in range(3):
        handed(office)
    deliver(office)
    assert len(server.to(address)) == 1
    office.moment[0] = notices.next_morning(office.now())
    assert deliver(office) == 1
    assert server.to(address)[-1].get_content().count("Aan u overgedragen") == 3
    office.later(timedelta(days=1))
    assert deliver(office) == 0 and len(server.to(address)) == 2


def test_what_was_read_or_done_meanwhile_is_not_mailed(office: House, server: Post) -> None:
    address = confirmed(office, server, pace="dagelijks")
    handed(office)
    assert office.log_in("collega").put("/v1/meldingen/gelezen").status_code == 204
    office.moment[0] = notices.next_morning(office.now())
    deliver(office)
    assert len(server.to(address)) == 1


def test_stopping_works_by_one_click_in_a_mail_program_and_the_address_is_gone(office: House, server: Post) -> None:
    address = confirmed(office, server)
    handed(office)
    deliver(office)
    message = server.to(address)[-1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = str(message["List-Unsubscribe"]).removeprefix("<https://wijk.example").removesuffix(">")
    (line,) = [one for one in server.raw[-1].splitlines() if one.startswith(b"List-Unsubscribe:")]
    assert line.decode() == f"List-Unsubscribe: <https://wijk.example{path}>", "as it is: nobody decodes this header"
    stranger = office.app.test_client()
    assert stranger.get(path).status_code == 200 and body(office.log_in("collega").get(OWN))["bevestigd"] is True
    with db.reading(office.installation.database) as tx:
        key = tx.execute(select(mailbox.c.address)).scalar_one().partition(":")[0]
    wrong = stranger.post(path.rpartition("/")[0] + "/" + "0" * 64, data={"List-Unsubscribe": "One-Click"})
    right = [stranger.post(path, data={"List-Unsubscribe": "One-Click"}) for _ in range(2)]
    assert [one.status_code for one in (wrong, *right)] == [200] * 3
    assert office.log_in("collega").get(OWN).status_code == 404
    assert office.installation.keys.find(key) is not None
    office.later(timedelta(minutes=11))
    while jobs.run_due(office.installation, office.now()):
        continue
    assert office.installation.keys.find(key) is None
    handed(office)
    assert deliver(office) == 0


def test_another_address_has_to_be_confirmed_anew_and_the_first_is_gone(office: House, server: Post) -> None:
    address = confirmed(office, server)
    client = office.log_in("collega")
    assert body(client.put(OWN, json={"adres": address.upper(), "tempo": "dagelijks"}))["bevestigd"] is True
    office.later(timedelta(minutes=3))
    assert body(client.put(OWN, json={"adres": "ander@a.example", "tempo": "meteen"}))["bevestigd"] is False
    again = client.put(OWN, json={"adres": "nog.een@a.example", "tempo": "meteen"})
    assert again.status_code == 429 and int(again.headers["Retry-After"]) > 0
    handed(office)
    deliver(office)
    assert [one["Subject"] for one in server.to("ander@a.example")] == ["Bevestig uw e-mailadres"]
    assert len(server.to(address)) == 1
    assert client.delete(OWN).status_code == client.delete(OWN).status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "",
            "x",
            "a@b",
            "a b@c.nl",
            "a@b.nl\r\nBcc: x@y.nl",
            "a@b.nl\nDATA",
            "a@b.nl,c@d.nl",
            "<a@b.nl>",
            "a@[1.2.3.4]",
        ),
        *(
            "a" * 65 + "@b.nl",
            "a@" + "b" * 250 + ".nl",
            "ä@b.nl",
            '"a b"@c.nl',
            "a@b..nl",
            "a..b@c.nl",
            ".a@b.nl",
            "a.@b.nl",
            "a@-b.nl",
            "a@b-.nl",
            "\0@b.nl",
            "a@\ud800.nl",
        ),
    ],
)
def test_what_is_no_address_is_refused_and_goes_nowhere(small_office: House, wrong: str) -> None:
    answer = small_office.log_in("coordinator").put(OWN, json={"adres": wrong, "tempo": "meteen"})
    assert answer.status_code == 400, answer.text
    assert body(answer)["fouten"][0]["veld"] == "adres"


PART = st.text("aZ09!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=12)
LABEL = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.lists(PART, min_size=1, max_size=4), st.lists(LABEL, min_size=2, max_size=4))
def test_whatever_is_an_address_can_stand_in_a_letter_alone(parts: list[str], labels: list[str]) -> None:
    address = f"{'.'.join(parts)}@{'.'.join(labels)}"
    assert MAIL_ADDRESS.fullmatch(address)
    message = EmailMessage(SMTP)
    message["To"] = Address(addr_spec=address)
    assert getaddresses(str(BytesParser(policy=default).parsebytes(bytes(message))["To"]).split("\n")) == [
        ("", address)
    ]


@pytest.fixture
def small_office(sqlite_url: str, tmp_path: Path, server: Post) -> Iterator[House]:
    house = sending(peopled(sqlite_url, tmp_path), server.smtp())
    jobs.keep_rounds(house.installation, house.now())
    yield house
    house.installation.database.dispose()


def test_a_domain_in_other_letters_is_written_as_the_network_knows_it(small_office: House, server: Post) -> None:
    answer = small_office.log_in("coordinator").put(OWN, json={"adres": "jan@bücher.example", "tempo": "meteen"})
    assert body(answer)["adres"] == "jan@xn--bcher-kva.example"
    deliver(small_office)
    assert len(server.to("jan@xn--bcher-kva.example")) == 1


def test_without_a_server_there_is_no_mail_and_the_pages_say_so(house: House) -> None:
    answer = house.log_in("coordinator").put(OWN, json={"adres": ADDRESS, "tempo": "meteen"})
    assert answer.status_code == 409 and "verstuurt geen e-mail" in answer.text
    browser = inside(house.app, "coordinator", PASSWORD)
    assert "verstuurt geen e-mail" in browser.open("/account").text and flaws(browser.sheet) == []
    assert post.deliver(house.installation, house.now()) == 0


def test_a_server_that_is_down_is_tried_ever_later_and_nothing_is_lost(office: House, server: Post) -> None:
    address = confirmed(office, server)
    handed(office)
    down = sending(office, replace(server.smtp(), port=1))
    waits = []
    for _ in range(8):
        assert deliver(down) == 0
        attempts, due = queue(office)
        waits.append((attempts, round((due - office.now()) / timedelta(minutes=1))))
        till_tried_again(office)
    assert waits == [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60)]
    keeper = inside(office.app, "beheer", PASSWORD)
    said = keeper.open("/beheer/klok").text
    assert "e-mail versturen" in said and "1 adres wacht" in said and flaws(keeper.sheet) == []
    assert deliver(office) == 1 and len(server.to(address)) == 2 and queue(office)[0] == 0


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_server_that_hangs_up_anywhere_gets_the_letter_later_and_once(
    office: House, server: Post, command: str
) -> None:
    address = confirmed(office, server)
    handed(office)
    dead = {"is": True}
    if command == ".":  # the letter was taken, and the answer lost: nobody can know
        server.rule = lambda line: "421 bezet" if line == "." and dead["is"] else None
    else:
        server.rule = lambda line: "" if line.upper().startswith(command) and dead["is"] else None
    assert deliver(office) == 0
    dead["is"] = False
    till_tried_again(office)
    assert deliver(office) == 1 and len(server.to(address)) == 2


@pytest.mark.parametrize(("answer", "wait"), [("450 vol", timedelta(minutes=2)), ("550 onbekend", timedelta(days=1))])
@pytest.mark.parametrize("at", ["RCPT", "."])
def test_a_mailbox_that_refuses_holds_up_nobody_else(
    office: House, server: Post, answer: str, wait: timedelta, at: str
) -> None:
    bad, good = confirmed(office, server), confirmed(office, server, "coordinator")
    mine = opened(office)
    with db.writing(office.installation.database) as tx:
        people = [office.ids[one] for one in ("collega", "coordinator")]
        notices.tell(tx, [Notice(one, mine, notices.NEAR, office.now()) for one in people], office.now())
    last: dict[str, str] = {}

    def rule(line: str) -> str | None:
        if line.upper().startswith("RCPT"):
            last["to"] = line
        return (
            answer
            if (line == "." or line.upper().startswith("RCPT")) and at in line.upper() and bad in last["to"]
            else None
        )

    server.rule = rule
    deliver(office)
    assert len(server.to(good)) == 2 and len(server.to(bad)) == 1
    assert body(office.log_in("collega").get(OWN))["geweigerd"] is True
    server.rule = lambda _line: None
    deliver(office)
    assert len(server.to(bad)) == 1
    office.later(wait)
    assert deliver(office) == 1 and len(server.to(bad)) == 2
    assert body(office.log_in("collega").get(OWN))["geweigerd"] is False


def test_after_ten_refusals_nothing_more_is_tried_and_the_account_says_why(office: House, server: Post) -> None:
    confirmed(office, server)
    handed(office)
    tried = len(server.commands)
    server.rule = lambda line: "550 weg" if line.upper().startswith("RCPT") else None
    for _ in range(14):
        deliver(office)
        office.later(timedelta(days=1))
    assert sum(line.upper().startswith("RCPT") for line in server.commands[tried:]) == 10
    assert "geweigerd" in inside(office.app, "collega", PASSWORD).open("/account").text


def test_where_starttls_is_asked_nothing_goes_without_it(office: House, server: Post, tmp_path: Path) -> None:
    confirmed(office, server)
    handed(office)
    asking = sending(office, server.smtp("starttls"))
    before = len(server.commands)
    assert deliver(asking) == 0  # the server does not offer it
    server.offers_starttls = True
    server.rule = lambda line: "454 nu niet" if line == "STARTTLS" else None
    till_tried_again(office)
    assert deliver(asking) == 0
    server.rule = lambda _line: None
    for name in ("localhost", "elders.example"):
        server.tls, believed = certificate(tmp_path, name)
        till_tried_again(office)
        if name != "localhost":  # of another server; and one of whom nobody told that it is to be believed
            assert deliver(sending(office, server.smtp("starttls", authority=believed))) == 0
        else:
            assert deliver(asking) == 0
    assert not any(line.upper().startswith(("MAIL", "RCPT", "DATA", "AUTH")) for line in server.commands[before:])


def test_with_starttls_and_a_password_the_letter_goes_and_the_password_only_within(
    office: House, server: Post, tmp_path: Path
) -> None:
    address = confirmed(office, server)
    handed(office)
    server.offers_starttls = True
    server.tls, believed = certificate(tmp_path)
    (tmp_path / "wachtwoord").write_text("geheim van de post\n")
    smtp = server.smtp("starttls", user="wijk", password=tmp_path / "wachtwoord", authority=believed)
    before = len(server.commands)
    assert deliver(sending(office, smtp)) == 1
    said = server.commands[before:]
    assert said.index("STARTTLS") < next(n for n, line in enumerate(said) if line.startswith("AUTH PLAIN"))
    assert server.secured[-1] and len(server.to(address)) == 2


def test_a_password_that_is_refused_or_whose_file_is_gone_waits_and_is_not_logged(
    office: House, server: Post, tmp_path: Path
) -> None:
    confirmed(office, server)
    handed(office)
    server.offers_starttls = True
    server.tls, believed = certificate(tmp_path)
    smtp = server.smtp("starttls", user="wijk", password=tmp_path / "wachtwoord", authority=believed)
    lines = io.StringIO()
    logs.configure(lines)
    assert deliver(sending(office, smtp)) == 0
    (tmp_path / "wachtwoord").write_text("geheim van de post\n")
    server.rule = lambda line: "535 nee" if line.startswith("AUTH") else None
    till_tried_again(office)
    assert deliver(sending(office, smtp)) == 0
    logs.configure()
    told = lines.getvalue()
    assert "SMTPAuthenticationError" in told and "535" in told and "geheim" not in told and "@" not in told


def test_a_sender_killed_after_the_server_took_the_letter_sends_it_once_more_under_the_same_name(
    office: House, server: Post
) -> None:
    address = confirmed(office, server)
    handed(office)
    office.later(timedelta(seconds=16))
    with db.writing(office.installation.database) as tx:
        taken = store_jobs.lease_mail(tx, office.now(), 300)
        boxes = store_mailboxes.claim(tx, office.now(), office.now() + timedelta(minutes=30), 20)
    assert taken is not None and len(boxes) == 1  # and now it is killed
    office.later(timedelta(minutes=6))
    assert post.deliver(office.installation, office.now()) == 0 and len(server.to(address)) == 1
    office.later(timedelta(minutes=30))
    assert deliver(office) == 1
    first = server.to(address)[-1]
    with db.writing(office.installation.database) as tx:  # as if that had not been noted
        tx.execute(update(mailbox).values(due=office.now()))
        tx.execute(update(notice).values(mailed_at=None))
    assert deliver(office) == 1
    assert server.to(address)[-1]["Message-ID"] == first["Message-ID"]


def test_two_senders_at_once_send_everything_once(office: House, server: Post) -> None:
    address = confirmed(office, server)
    for _ in range(3):
        handed(office)
    office.later(timedelta(seconds=16))
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(post.deliver, office.installation, office.now()) for _ in range(4)]
        assert sum(one.result() for one in done) == 1
    assert len(server.to(address)) == 2 and server.to(address)[-1].get_content().count("/taken/") == 3


def test_ten_thousand_mailboxes_are_sent_to_a_few_at_a_time(small_office: House, server: Post) -> None:
    house = small_office
    address = confirmed(house, server, "coordinator")
    with db.writing(house.installation.database) as tx:
        (row,) = [dict(one) for one in tx.execute(select(mailbox)).mappings()]
        many = [row | {"id": f"x{n}", "person": None, "wijk": "tanthof", "digest": f"{n}"} for n in range(10_000)]
        tx.execute(mailbox.insert(), many)
        assert store_mailboxes.wake_subscribers(tx, "tanthof", house.now().date(), house.now()) == 10_000
    house.later(timedelta(seconds=16))
    assert post.deliver(house.installation, house.now()) == 20
    with db.reading(house.installation.database) as tx:
        in_hand = tx.execute(select(mailbox.c.id).where(mailbox.c.claimed_until.is_not(None))).all()
        assert store_mailboxes.waiting(tx, house.now()) == (9_980, 0) and in_hand == []
    assert post.deliver(house.installation, house.now()) == 20 and len(server.to(address)) == 1


def test_the_loop_sends_while_the_clock_goes_on(office: House, server: Post) -> None:
    address = confirmed(office, server)
    handed(office)
    with db.writing(office.installation.database) as tx:
        tx.execute(update(job).values(due=office.now()))
    arrived, stop = Event(), Event()

    def rule(line: str) -> None:
        if line == ".":
            arrived.set()

    server.rule = rule
    loop = worker.begin(worker.send_mail, office.installation, stop)
    assert arrived.wait(30)
    stop.set()
    loop.join(30)
    assert not loop.is_alive() and len(server.to(address)) == 2


def test_nobody_finds_an_address_in_the_database_the_log_or_an_address_of_ours(
    sqlite_url: str, tmp_path: Path, server: Post
) -> None:
    lines = io.StringIO()
    logs.configure(lines)
    house = sending(peopled(sqlite_url, tmp_path), server.smtp())
    house.add("collega", "wijkcoordinator", "wijk", wijk="tanthof")
    jobs.keep_rounds(house.installation, house.now())
    address = confirmed(house, server)
    server.rule = lambda line: f"550 {address} weg" if line.upper().startswith("RCPT") else None
    handed(house)
    deliver(house)
    logs.configure()
    house.installation.database.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert address.encode() not in kept and address not in lines.getvalue()
    code = links(server.to(address)[0], "bevestigen")[0].rpartition("/")[2]
    assert code not in lines.getvalue() and "550" in lines.getvalue()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("WIJK_SMTP_BEVEILIGING", "ssl"),
        ("WIJK_SMTP_POORT", "x"),
        ("WIJK_SMTP_VAN", "geen adres"),
        ("WIJK_SMTP_VAN", "a@b.nl\nBcc: c@d.nl"),
        ("WIJK_SMTP_GEBRUIKER", "zonder wachtwoord"),
        ("WIJK_ADRES", "wijk.example"),
        ("WIJK_ADRES", "https://a\nb"),
        ("WIJK_HERINNERING", "-1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_at_the_start(setting: str, value: str) -> None:
    good = {"WIJK_SMTP_HOST": "localhost", "WIJK_SMTP_VAN": SENDER}
    assert Config.read(good).smtp == Smtp("localhost", 587, "starttls", SENDER)
    with pytest.raises(ValueError, match=setting):
        Config.read(good | {setting: value})


def test_a_password_never_goes_over_an_open_line() -> None:
    with pytest.raises(ValueError, match="starttls of tls"):
        Config.read(
            {
                "WIJK_SMTP_HOST": "h",
                "WIJK_SMTP_VAN": SENDER,
                "WIJK_SMTP_BEVEILIGING": "geen",
                "WIJK_SMTP_GEBRUIKER": "u",
                "WIJK_SMTP_WACHTWOORD": "/weg",
            }
        )
