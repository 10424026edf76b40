"""What stands in our mail: plain text, in the language that the reader chose; kinds of things, and where to read on.

Nothing about people and nothing that people wrote goes by mail: who reads it on the way learns that somebody has a task
of some kind, or follows a wijk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from hashlib import sha256

from sqlalchemy import Connection

from service import (
    addresses,
    bulletins,
    mailboxes,
    notices,
    organisation,
    store_bulletins,
    store_mailboxes,
    store_notices,
)
from service.installation import Installation
from service.store_bulletins import Item
from service.store_mailboxes import OFF, Mailbox
from service.store_wijken import find as wijk_name
from service.web.language import Catalogue, in_language

_MOST = 50  # notices in one letter


class _Link(UnstructuredHeader, BaseHeader):
    """A header that holds a link: on one line as it is, since in encoded words no mail program finds it (RFC 2047)."""

    def fold(self, *, policy: Policy) -> str:
        """The line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Link)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for one mailbox, and what its reader has been told when it is sent."""

    message: EmailMessage
    to: str
    notices: tuple[str, ...] = ()
    told_until: date | None = None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a letter is written with: the mailbox and its address, the language, and where our pages are."""

    installation: Installation
    box: Mailbox
    to: str
    known: Catalogue
    now: datetime

    def say(self, text: str) -> str:
        """This text of ours in the language of the reader."""
        return self.known.gettext(text)

    def name(self, text: str) -> str:
        """A name from a file, on one line."""
        return " ".join(self.known.translated(text).split())

    def link(self, path: str) -> str:
        """A page of ours."""
        return f"{self.installation.config.address}{path}"

    def own_link(self, purpose: str) -> str:
        """The link of this mailbox alone."""
        code = mailboxes.code_of(self.installation, self.box, purpose)
        return self.link(f"/post/{self.box.id}/{purpose}/{code}")

    def letter(self, about: str, subject: str, lines: Sequence[str], *, may_leave: bool = True) -> EmailMessage:
        """The message; `about` is what makes it another one than the letter before."""
        smtp = self.installation.config.smtp
        assert smtp is not None, "nothing is written that cannot be sent"
        message = EmailMessage(_POLICY)
        message["From"] = Address("Wijkcyclus", addr_spec=smtp.sender)
        message["To"] = Address(addr_spec=self.to)
        message["Subject"] = subject
        message["Date"] = format_datetime(self.now)
        named = sha256(f"{self.box.id}\n{about}".encode()).hexdigest()[:40]
        message["Message-ID"] = f"<{named}@{smtp.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if may_leave:
            _, leave = self.say, self.own_link(mailboxes.LEAVE)
            message["List-Unsubscribe"] = f"<{leave}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            lines = [*lines, "", "-- ", _("Geen e-mail meer ontvangen:"), leave]
        message.set_content("\n".join(lines) + "\n", cte="quoted-printable")
        return message


def write(installation: Installation, tx: Connection, box: Mailbox, now: datetime) -> Letter | None:
    """What is to go to this mailbox now; None when there is nothing any more, or nobody to read it."""
    to = addresses.opened(installation, box.id, box.address)
    if to is None or (box.person is not None and store_mailboxes.owner(tx, box.person) is None):
        return None
    desk = _Desk(installation, box, to, in_language(box.language, installation.config.city), now)
    if box.confirmed_at is None:
        return _to_confirm(desk, tx) if box.asked_at + mailboxes.LINK_LASTS > now else None
    if box.person is not None:
        return _of_notices(desk, tx, box.person, box.confirmed_at)
    return _of_wijk(desk, tx, box.wijk or "")


def _to_confirm(desk: _Desk, tx: Connection) -> Letter:
    _ = desk.say
    if desk.box.wijk is None:
        why = _("Iemand met een account in Wijkcyclus wil meldingen over zijn werk op dit adres ontvangen.")
    else:
        name = desk.name(wijk_name(tx, desk.box.wijk) or desk.box.wijk)
        why = _("Iemand wil op dit adres nieuws ontvangen over de wijk %(wijk)s.") % {"wijk": name}
    lines = [
        why,
        _("Bent u dat? Bevestig het dan binnen twee dagen met deze link:"),
        *("", desk.own_link(mailboxes.CONFIRM), ""),
        _("Hebt u hier niet om gevraagd? Dan hoeft u niets te doen: u krijgt verder geen e-mail."),
    ]
    about = f"bevestigen {desk.box.asked_at.isoformat()}"
    return Letter(desk.letter(about, _("Bevestig uw e-mailadres"), lines, may_leave=False), desk.to)


def _of_notices(desk: _Desk, tx: Connection, person: str, since: datetime) -> Letter | None:
    _ = desk.say
    found = store_notices.unmailed(tx, person, since, _MOST) if desk.box.pace != OFF else []
    if not found:
        return None
    said = {
        notices.ASSIGNED: _("Aan u overgedragen"),
        notices.GIVEN_BACK: _("Teruggegeven door wie u hem overdroeg"),
        notices.NEAR: _("De termijn loopt bijna af"),
        notices.LATE: _("De termijn is verlopen"),
        notices.AGAIN: _("Staat opnieuw open"),
        notices.ADVICE_ASKED: _("Om uw advies gevraagd"),
        notices.ADVICE_REMINDED: _("Aan uw advies herinnerd"),
        notices.ADVICE_NEAR: _("Uw advies wordt verwacht: de termijn loopt bijna af"),
        notices.ADVICE_GIVEN: _("Er is advies gegeven"),
        notices.ADVICE_DECLINED: _("Een collega adviseert niet"),
        notices.ADVICE_MISSING: _("Een advies is uitgebleven"),
    }
    lines = [_("Er is nieuws over uw werk in Wijkcyclus."), ""]
    for _id, kind, task, name, request in found:
        where = f"/taken/{task}/advies/{request}" if request else f"/taken/{task}"
        lines += [f"- {said.get(kind, kind)}: {desk.name(name)}", f"  {desk.link(where)}"]
    lines += ["", _("Alle meldingen:"), desk.link("/meldingen")]
    ids = tuple(one[0] for one in found)
    return Letter(desk.letter("\n".join(ids), _("Meldingen over uw werk"), lines), desk.to, ids)


def _of_wijk(desk: _Desk, tx: Connection, wijk: str) -> Letter | None:
    _ = desk.say
    fresh = store_bulletins.after(tx, wijk, desk.box.told_until)
    items = tuple(dict.fromkeys(item for one in fresh for item in one.items))
    if not items:
        return None
    name = desk.name(wijk_name(tx, wijk) or wijk)
    steps = organisation.standing(desk.installation, tx).definition.matrix.names
    lines = [_("Dit is er nieuw in de wijk %(wijk)s:") % {"wijk": name}, ""]
    lines += [f"- {_line(desk, item, steps.get(item.about, item.about))}" for item in items]
    lines += ["", _("Lees verder, zonder in te loggen:"), desk.link(f"/wijken/{wijk}")]
    subject = _("Nieuws uit de wijk %(wijk)s") % {"wijk": name}
    return Letter(desk.letter(f"nieuws {fresh[-1].day}", subject, lines), desk.to, (), fresh[-1].day)


def _line(desk: _Desk, item: Item, about: str) -> str:
    _ = desk.say
    said = {
        bulletins.PHASE: _("De wijkcyclus is in een andere fase"),
        bulletins.FRAME: _("Er is vastgelegd wat u kunt beslissen"),
        bulletins.DECISION: _("Er is een besluit genomen"),
        bulletins.RESULT: _("Er is een stuk of resultaat gepubliceerd"),
        bulletins.COUNT: _("Er is een uitslag van een stemming"),
        bulletins.MEETING: _("Er staat een bijeenkomst in de agenda"),
    }
    line = said.get(item.kind, item.kind) + (f": {desk.name(about)}" if about else "")
    if item.on:
        line += f" ({date.fromisoformat(item.on):%d-%m-%Y})"
    return line
