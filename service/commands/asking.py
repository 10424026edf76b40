"""ask: the 25 questions to the log, the lists of exceptions, and a sample nobody can steer."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from engine.questions import writing
from engine.questions.catalogue import QUESTIONS
from engine.questions.exceptions import LISTS
from engine.questions.material import Row
from engine.terms import Json
from service import clock, questions
from service.commands.command import Command, installation
from service.questions import Told, Totals
from service.store_questions import Scope

_SHAPES = ("tabel", "csv", "json", "jsonl")
_WIDEST = 64
_LIST, _SAMPLE = "lijst", "steekproef"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vraag", nargs="*", help="een nummer, 'lijst NAAM' of 'steekproef'; niets: noem alles")
    parser.add_argument("--wijk", metavar="WIJK", help="de wijk")
    parser.add_argument("--jaar", metavar="JAAR", type=int, help="het programmajaar")
    parser.add_argument("--zaak", metavar="ID", help="alleen deze zaak")
    parser.add_argument("--stap", metavar="STAP", help="alleen deze beslisstap, zoals D09")
    parser.add_argument("--onderwerp", metavar="ONDERWERP", help="alleen dit onderwerp, zoals I-02")
    parser.add_argument("--rol", metavar="ROL", help="alleen wie in deze rol handelde")
    parser.add_argument("--aantal", metavar="N", type=int, default=25, help="hoeveel regels een steekproef heeft")
    parser.add_argument("--vorm", choices=_SHAPES, default="tabel", help="hoe het antwoord eruitziet")


def _ask(given: Namespace) -> int:
    asked: list[str] = given.vraag
    if not asked:
        print("\n".join(f"{one.name:>14}  {one.text}" for one in (*QUESTIONS, *LISTS.values())))
        return 0
    if asked == [_SAMPLE]:
        return _draw(given)
    question = questions.list_named(" ".join(asked[1:])) if asked[0] == _LIST else questions.question_named(asked[0])
    if given.zaak is None and (given.wijk is None or given.jaar is None):
        raise ValueError("noem met --wijk en --jaar, of met --zaak, waarover u het vraagt")
    wanted: dict[str, Json] = {
        "zaak": given.zaak,
        "stap": given.stap,
        "onderwerp": given.onderwerp,
        "rol": given.rol,
    }
    told = questions.ask(
        installation(),
        question,
        Scope(given.wijk, given.jaar, given.zaak),
        {name: value for name, value in wanted.items() if value is not None},
        clock.now(),
    )
    print("\n".join(_written(told, given.vorm)))
    if given.vorm != "tabel":
        print(_counted(told.totals), file=sys.stderr)  # beside the file, which holds rows and nothing else
    return 0


def _draw(given: Namespace) -> int:
    drawn = questions.draw(installation(), given.aantal)
    columns = tuple(drawn.rows[0]) if drawn.rows else ()
    print("\n".join(_shaped(columns, drawn.rows, given.vorm)))
    if given.vorm == "tabel":
        print(f"{len(drawn.rows)} van {drawn.among} regels, getrokken met zaad {drawn.seed} ({drawn.source}).")
    return 0


def _written(told: Told, shape: str) -> Iterator[str]:
    if shape == "tabel":
        yield told.question.text
    yield from _shaped(told.question.columns, told.rows, shape)
    if shape == "tabel":
        yield _counted(told.totals)


def _counted(totals: Totals) -> str:
    return (
        f"{totals.rows} rijen uit {totals.cited} regels, van {totals.read} gelezen en {totals.logged} in het logboek; "
        f"{totals.unsound} niet in orde, {totals.destroyed} waarden vernietigd, {totals.withheld} achtergehouden."
    )


def _shaped(columns: Sequence[str], rows: Sequence[Row], shape: str) -> Iterator[str]:
    if shape == "csv":
        yield "".join(writing.csv_lines(columns, rows)).rstrip("\r\n")
    elif shape == "jsonl":
        yield "".join(writing.json_lines(rows)).rstrip("\n")
    elif shape == "json":
        yield json.dumps(list(rows), ensure_ascii=False, indent=1)
    else:
        yield from _table(columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    """The columns that say anything, each as wide as it needs, and cut where it is too wide to read."""
    used = [name for name in columns if any(row.get(name) not in (None, [], "") for row in rows)]
    cells = [[_short(writing.cell(row.get(name))) for name in used] for row in rows]
    widths = [max(len(name), *(len(row[at]) for row in cells)) for at, name in enumerate(used)]
    for row in ([*used], *cells):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDEST else f"{flat[: _WIDEST - 1]}…"


COMMANDS = (Command("ask", "beantwoordt een vraag aan de verantwoording, uit de regels alleen", _arguments, _ask),)
