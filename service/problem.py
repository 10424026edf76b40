"""Every refusal and every fault as RFC 9457 problem+json, in Dutch: the only file that knows status codes of errors."""

from __future__ import annotations

import json
import traceback
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from engine.errors import DefinitionRefused, EngineError, RecordRefused, TaskNotOpen, TreeBroken, ValuesUnreadable
from engine.terms import Finding, Severity
from service import logs
from service.auth import ForeignOrigin, ForgedForm, WrongPassword
from service.faults import Conflict, Malformed, NotLoggedIn, Unknown
from service.hearing import Refused
from service.limits import TooMany
from service.reports import NoPrinter
from service.second_factor import CodeNeeded, FactorNeeded, WrongCode
from service.signing import LogBroken

_STATUS: dict[type[Exception], int] = {
    Malformed: 400,
    RecordRefused: 400,
    ValuesUnreadable: 400,
    DefinitionRefused: 400,
    NotLoggedIn: 401,
    WrongPassword: 401,
    CodeNeeded: 401,
    FactorNeeded: 401,
    WrongCode: 401,
    ForeignOrigin: 403,
    ForgedForm: 403,
    Refused: 403,
    Unknown: 404,
    Conflict: 409,
    TaskNotOpen: 409,
    EngineError: 409,
    TooMany: 429,
    OperationalError: 503,
    LogBroken: 503,
    TreeBroken: 503,
    NoPrinter: 501,
}
ANSWERED: tuple[type[Exception], ...] = (*_STATUS, HTTPException)
"""Every exception that is an answer; any other is a failure, and comes as an HTTPException of 500."""

_KIND = {
    400: "onjuist",
    401: "niet-ingelogd",
    403: "geweigerd",
    404: "onbekend",
    405: "methode",
    409: "strijdig",
    413: "te-groot",
    415: "soort",
    429: "te-veel",
    500: "storing",
    501: "ontbreekt",
    503: "bezet",
}
_TITLE = {
    400: "Het verzoek klopt niet",
    404: "Dit bestaat niet, of u hebt er geen toegang toe",
    405: "Dit kan niet op dit adres",
    413: "Het verzoek is te groot",
    415: "Dit soort inhoud wordt hier niet gelezen",
    500: "Er ging iets mis; niets is gewijzigd",
    503: "De database is bezet; probeer het zo opnieuw",
}
_BROKEN = "Wat u doet wordt wel vastgelegd. Twee mensen heropenen het logboek; vraag het daarna opnieuw. Zie /healthz."


def register(app: Flask) -> None:
    """Let this application answer every exception as problem+json."""
    for kind in ANSWERED:
        app.register_error_handler(kind, answer)


def answer(error: Exception) -> Response:
    """What is told about this exception, one of ANSWERED; pages tell the same in their own form."""
    return _answer_http(error) if isinstance(error, HTTPException) else _answer_exception(error)


def problem(status: int, title: str, detail: str, kind: str | None = None, **members: object) -> Response:
    """A problem+json answer, of the kind of its status or another; members that are None or empty are left out."""
    content: dict[str, Any] = {
        "type": f"urn:wijkcyclus:probleem:{kind or _KIND.get(status, 'onjuist')}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "verzoek": g.get("request_id", ""),
    }
    content.update({name: value for name, value in members.items() if value})
    told = Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/problem+json")
    if status == 401:
        told.headers["WWW-Authenticate"] = "Bearer"
    return told


def _answer_exception(error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in _STATUS)
    status = _STATUS[kind]
    title = (type(error).__doc__ or "").strip().split("\n")[0]
    faults: list[dict[str, Any]]
    match error:
        case Refused():
            g.refused_by = error.ruling.rule
            return _refusal(error)
        case Malformed():
            faults = [{"veld": fault.field, "melding": fault.message} for fault in error.faults]
            return problem(status, title, "Verbeter de genoemde fouten en stuur het opnieuw.", fouten=faults)
        case DefinitionRefused():
            errors = sum(finding.severity is Severity.ERROR for finding in error.findings)
            faults = [_finding(finding) for finding in error.findings]
            return problem(status, title, f"{errors} fouten; niets is gewijzigd.", fouten=faults)
        case TooMany():
            told = problem(status, title, str(error))
            told.headers["Retry-After"] = str(error.wait)
            return told
        case OperationalError():
            logs.logger().warning("database", kind=type(error.orig).__name__)
            told = problem(status, _TITLE[503], "Er is niets gewijzigd.")
            told.headers["Retry-After"] = "1"
            return told
        case LogBroken() | TreeBroken():
            return problem(status, title, f"{error} {_BROKEN}", kind="gebroken")
    return problem(status, title, str(error))


def _refusal(error: Refused) -> Response:
    ruling = error.ruling
    return problem(
        403,
        "Dit mag niet; het is vastgelegd",
        ruling.reason,
        regel=ruling.rule,
        oplossing=ruling.remedy,
        trede=ruling.rung.value if ruling.rung else None,
        verantwoording=error.record,
    )


def _finding(finding: Finding) -> dict[str, object]:
    where = f"{finding.file}#{finding.element}" if finding.element else finding.file
    return {
        "veld": where,
        "melding": finding.sentence,
        "regel": finding.rule,
        "ernst": finding.severity.value,
        "naam": finding.name,
        "plaats": finding.line,
    }


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, InternalServerError):
        _log_failure(error.original_exception)
    if error.response is not None or status < 400:
        return Response(status=status, headers=error.get_headers())
    told = problem(status, _TITLE.get(status, "Het verzoek klopt niet"), _detail(error))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        told.headers["Allow"] = ", ".join(sorted(allowed))
    return told


def _detail(error: HTTPException) -> str:
    return {
        404: "Controleer het adres.",
        405: "Gebruik een van de methoden in de kop Allow.",
        413: _limit(),
        500: "De storing is vastgelegd onder het nummer in 'verzoek'.",
    }.get(error.code or 500, "Controleer het verzoek.")


def _limit() -> str:
    if most_in_file := getattr(request, "most_in_file", 0):
        return f"Een bijlage is hoogstens {most_in_file // 1024**2} MB, en wat u invult samen 1 MB; stuur minder."
    return f"Dit adres neemt hoogstens {(request.max_content_length or 0) // 1024**2} MB; stuur minder, of in delen."


def _log_failure(cause: BaseException | None) -> None:
    # The message of an exception may hold what people wrote: only its kind and place go to the log.
    frames = traceback.extract_tb(cause.__traceback__) if cause is not None else []
    logs.logger().error(
        "failure",
        request_id=g.get("request_id", ""),
        kind=type(cause).__name__,
        place=[f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    )
