"""The service's own log: one JSON line for each thing worth knowing, without names, contents or addresses of people."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from typing import Any, TextIO

import structlog

from engine.writing import writer

_encode = writer(separators=(", ", ": "), default=repr)
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class _Lines:
    """Writes each line to a stream; without one to whatever standard error is at that moment."""

    def __init__(self, stream: TextIO | None) -> None:
        self.stream = stream

    def msg(self, line: str) -> None:
        """One finished line."""
        (self.stream or sys.stderr).write(line + "\n")

    debug = info = warning = error = critical = msg


def _written(line: dict[str, Any], **_of_structlog: object) -> str:
    return _encode(line)


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Let all log lines of this process be JSON, on standard error unless told otherwise."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_written),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(stream),
    )


def logger() -> Any:
    """The process's logger, as configured now: whoever keeps it keeps these settings."""
    if not structlog.is_configured():
        configure()
    return structlog.get_logger().bind()


def request_id(given: str | None) -> str:
    """The caller's own request id when it is harmless, else a new one."""
    return given if given is not None and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
