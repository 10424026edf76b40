"""What somebody filled in for a task when the session had ended: carried past the door, and kept as a draft behind it.

Nothing is kept of it before its writer has come in wholly: until then it goes along in the pages that ask who it is.
"""

from __future__ import annotations

import hmac
import json
import re

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from engine.acts import MOTIVATION
from service import auth, drafts, reading
from service.api.border import here
from service.asked import Asked
from service.auth import ForeignOrigin
from service.faults import Conflict, Malformed, Unknown
from service.store_people import PersonRow
from service.web import filled_in

FIELD = "meegenomen"  # of the forms at the door
OF = "van"  # of the form of a task, for who may keep a draft of it: whose page it is
TASK = "schermen.act_on_task"
_LEFT = frozenset({"bewijs", "gezien", "sleutel", "doe"})
_MOST_FIELDS, _LONGEST = 2_000, 400_000
_TASK_PAGE = re.compile(r"/taken/([0-9a-f]{32})")


def mark(by: PersonRow) -> str:
    """What stands in the form of a task for this person alone, and nobody else can make."""
    return hmac.new(here().installation.secret, f"van\n{by.id}".encode(), "sha256").hexdigest()


def packed(request: Asked) -> str:
    """What stands in the form of a task that came in, as one field; nothing of another form, or from another site.

    Nobody knows who sends it: no more of it is read than a form needs, and what is larger is gone.
    """
    if request.endpoint != TASK or request.method != "POST":
        return ""
    try:
        auth.refuse_foreign_origin(request)
        request.narrow()
        form = request.form
    except (ForeignOrigin, RequestEntityTooLarge):
        return ""
    if OF not in form:
        return ""
    text = json.dumps([(name, value) for name, value in form.items(multi=True) if name not in _LEFT])
    return text if len(text) <= _LONGEST else ""


def keep(by: PersonRow, address: str, text: str) -> None:
    """Keep it as this person's draft of the task at this address, where that person may; else it is gone, as before."""
    task, pairs = _TASK_PAGE.fullmatch(address), _pairs(text)
    service, posted = here(), MultiDict(pairs)
    if task is None or not hmac.compare_digest(posted.get(OF, "").encode(), mark(by).encode()):
        return
    try:
        view = reading.read_task(service.installation, by, task[1], service.clock())
        values = filled_in.read(view.form or {"components": []}, posted)
        motivation = "" if MOTIVATION in values else posted.get(MOTIVATION, "").replace("\r\n", "\n")
        drafts.keep(service.installation, by, task[1], values, motivation, service.clock())
    except (Unknown, Conflict, Malformed):
        return


def _pairs(text: str) -> list[tuple[str, str]]:
    """The fields in it; none when it is not as we made it."""
    try:
        found = json.loads(text) if len(text) <= _LONGEST else None
        json.dumps(found, ensure_ascii=False).encode()  # half a letter, that no page can show, is none of ours
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list) or len(found) > _MOST_FIELDS:
        return []
    pairs = [one for one in found if isinstance(one, list) and len(one) == 2 and all(isinstance(s, str) for s in one)]
    return [(name, value) for name, value in pairs]
