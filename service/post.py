"""Mail goes out: what waits for a mailbox is written, sent to the server, and noted as sent.

1. The one job `post` is leased, so that one sender works at a time.
2. Some mailboxes are claimed in a transaction of their own, never all of them at once.
3. For each the letter is made, sent, and noted. A sender that is killed after the server took the letter, and before
   that is noted, sends it again once the claim has run out: at least once, under the same Message-ID.

A server that is away, refuses us or does not give the security that we ask, holds up all mail: the job waits longer
each time, which the page of the clock shows. A letter that is refused holds up its own mailbox alone.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from service import db, mailboxes, notices, store_jobs, store_mailboxes, store_notices
from service.config import Smtp
from service.installation import Installation
from service.store_jobs import Job
from service.store_mailboxes import Mailbox
from service.web import letters
from service.web.letters import Letter

_log = structlog.get_logger("wijkcyclus.post")
_MOST = 20  # mailboxes in hand at once
_LEASE_SECONDS, _CLAIMED = 300, timedelta(minutes=30)  # far longer than a server may take over so many letters
_TIMEOUT = 10.0
_PAUSE = timedelta(seconds=15)
_LONGEST, _DAY = timedelta(hours=1), timedelta(days=1)
_MOST_FAILURES = 10
_CLOSING = 421  # the server says that it closes the connection: that is about us, not about one mailbox


class ServerAway(Exception):
    """De mailserver neemt nu niets aan"""


def deliver(installation: Installation, now: datetime) -> int:
    """Send to some mailboxes for which something waits; answers how many they were, so that a caller can go on."""
    smtp = installation.config.smtp
    if smtp is None:
        return 0
    with db.writing(installation.database) as tx:
        job = store_jobs.lease_mail(tx, now, _LEASE_SECONDS)
        boxes = [] if job is None else store_mailboxes.claim(tx, now, now + _CLAIMED, _MOST)
    if job is None:
        return 0
    left = [box.id for box in boxes]
    try:
        if boxes:
            with _connected(smtp) as server:
                for box in boxes:
                    _serve(installation, server, smtp, box, now)
                    left.remove(box.id)
    except (smtplib.SMTPException, OSError, ServerAway) as wrong:
        _wait(installation, job, left, now)
        code = getattr(wrong, "smtp_code", None)  # never its text: a server may repeat the address in it
        _log.warning("de mailserver neemt niets aan", fout=type(wrong).__name__, code=code, poging=job.attempts + 1)
        return 0
    with db.writing(installation.database) as tx:
        store_jobs.release_job(tx, job.id, now + (_PAUSE if len(boxes) < _MOST else timedelta(0)))
    return len(boxes)


def _wait(installation: Installation, job: Job, left: list[str], now: datetime) -> None:
    with db.writing(installation.database) as tx:
        store_mailboxes.unclaim(tx, left)
        store_jobs.postpone(tx, job.id, now + min(timedelta(minutes=2 ** min(job.attempts, 10)), _LONGEST))


@contextmanager
def _connected(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    """The server, secured as the settings ask and no less, and logged in when they name a user."""
    name = smtp.sender.partition("@")[2]
    trusted = None if smtp.security == "geen" else ssl.create_default_context()
    if trusted is not None and smtp.authority is not None:
        trusted.load_verify_locations(smtp.authority)
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, name, timeout=_TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, name, timeout=_TIMEOUT)
    with server:
        if smtp.security == "starttls" and server.starttls(context=trusted)[0] != 220:
            raise ServerAway("zonder STARTTLS gaat er niets de deur uit")
        if smtp.user and smtp.password is not None:
            server.login(smtp.user, smtp.password.read_text("utf-8").strip())
        yield server


def _serve(installation: Installation, server: smtplib.SMTP, smtp: Smtp, box: Mailbox, now: datetime) -> None:
    """Send what waits for this mailbox, if anything still does, and note that, or that it was refused there."""
    with db.reading(installation.database) as tx:
        fresh = store_mailboxes.find(tx, box.id)  # who stopped since it was claimed gets nothing more
        letter = None if fresh is None else letters.write(installation, tx, fresh, now)
    if letter is not None:
        try:
            server.send_message(letter.message, smtp.sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as refused:
            _refused(installation, box, next(iter(refused.recipients.values()))[0], now)
            return
        except smtplib.SMTPDataError as refused:
            _refused(installation, box, refused.smtp_code, now)
            return
    _note(installation, box, letter, now)


def _refused(installation: Installation, box: Mailbox, code: int, now: datetime) -> None:
    """Try again later: soon when the server says that it may work then, else tomorrow; and not for ever."""
    if code == _CLOSING:
        raise ServerAway("de server sluit de verbinding")
    _log.warning("een brief is niet aangenomen", code=code, poging=box.failures + 1)
    if box.failures + 1 >= _MOST_FAILURES:
        mailboxes.give_up(installation, box, now)
        return
    later = _DAY if code >= 500 else min(timedelta(minutes=2 ** (box.failures + 1)), _DAY)
    with db.writing(installation.database) as tx:
        store_mailboxes.note_failure(tx, box.id, now + later)


def _note(installation: Installation, box: Mailbox, letter: Letter | None, now: datetime) -> None:
    with db.writing(installation.database) as tx:
        # First the mailbox, which whoever leaves a notice meanwhile waits for, or has changed already.
        store_mailboxes.settle(tx, box.id, None, letter.told_until if letter else None)
        if letter is not None and letter.notices:
            store_notices.mark_mailed(tx, letter.notices, now)
        since = box.confirmed_at
        if box.person is not None and since is not None and store_notices.has_unmailed(tx, box.person, since):
            store_mailboxes.wake_people(tx, [box.person], now, notices.next_morning(now))
