"""A request as it comes in: how much of it is read, and how much of that is kept."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any, cast

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

MOST_BYTES = 1024 * 1024
_MOST_DEPLOYED = 20 * MOST_BYTES
_MOST_READ = 512 * MOST_BYTES
_DEPLOY = ("procesmodellen.deploy", "schermen.propose_version")
_ATTACH = "bijlagen.add_attachment"
_WRITE_AND_ATTACH = ("schermen.act_on_task", "schermen.attach", "schermen.take_away")


class Asked(Request):
    """A request whose files stay in memory: what people send is in no file of the machine before it is encrypted.

    `room` is how much of its files is kept, when not all: the rest is read and forgotten, so that what was written
    beside a file that is too large is not lost. That is bound as in any other request.
    """

    room: int | None = None
    around = 0  # how much was read that went into no file
    most_in_file = 0

    def bind(self, endpoint: str, most_in_file: int) -> None:
        """Read no more than this endpoint takes."""
        if endpoint in _DEPLOY:
            self.max_content_length = _MOST_DEPLOYED
        elif endpoint == _ATTACH:
            self.max_content_length = most_in_file + MOST_BYTES  # a bit more is told by name
        elif endpoint in _WRITE_AND_ATTACH and self.mimetype == "multipart/form-data":
            self.max_content_length, self.most_in_file = _MOST_READ, most_in_file
            self.room = most_in_file + 1  # so that it shows that there was more

    def narrow(self) -> None:
        """Keep no file of who is nobody yet, and read no more of it all than one file and what is written beside it."""
        self.max_content_length = self.most_in_file + MOST_BYTES
        self.room = None if self.room is None else 0

    def _get_file_stream(self, *_told: object, **_more: object) -> IO[bytes]:
        return BytesIO() if self.room is None else _Kept(self)

    def _get_stream_for_parsing(self) -> IO[bytes]:
        found = super()._get_stream_for_parsing()
        return found if self.room is None else cast(IO[bytes], _Counted(self, found))


class _Kept(BytesIO):
    """A file of such a request, as far as there is room."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked

    def write(self, data: Any) -> int:
        """Keep as much of this as there is room for; all of it counts as written."""
        kept = data[: self.asked.room]
        self.asked.room = (self.asked.room or 0) - len(kept)
        self.asked.around -= len(data)
        super().write(kept)
        return len(data)


class _Counted:
    """What comes in of such a request."""

    def __init__(self, asked: Asked, stream: IO[bytes]) -> None:
        self.asked, self.stream = asked, stream

    def read(self, size: int = -1) -> bytes:
        """The next of it, until too much of it goes into no file; the parser holds a few pieces back."""
        found = self.stream.read(size)
        self.asked.around += len(found)
        if self.asked.around > MOST_BYTES + 4 * max(size, 0):
            raise RequestEntityTooLarge
        return found
