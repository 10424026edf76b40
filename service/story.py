"""The story format: a TOML file in which a designer tells who does what and what must come of it, read with all faults.

`processes/README.md` documents it. A story is told on the engine alone (`service.stories`) or through the service.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from engine.expressions.moments import date_of
from engine.sentences import Sentence
from engine.terms import Act, Action, Finding, Json, Rung, Severity
from service.story_parts import Expected, Mandate, Membership, NewCase, Person, Step, Story, Votes

__all__ = [
    "Expected",
    "Mandate",
    "Membership",
    "NewCase",
    "Person",
    "Step",
    "Story",
    "Votes",
    "parse",
    "read",
    "read_persons",
]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = time(9)
RULE = "verhaal/vorm"
HANDLED = (Action.COMPLETE, Action.CONTRIBUTE, Action.CLAIM, Action.RELEASE, Action.DELEGATE)
_WAYS_IN_A_WIJK = frozenset({"taak", "poging", "zaak"})
_WAYS = ("taak", "poging", "bericht", "zaak", "stemming", "tijd")
_STORY = frozenset({"naam", "proces", "wijk", "jaar", "groep", "begin", "door", "omschrijving"})
_PERSON = frozenset({"naam", "bewoner", "rollen", "mandaten", "vervangt"})
_HELD = re.compile(r"(?P<role>.*?)(?: van (?P<since>[0-9-]{10}))?(?: tot (?P<until>[0-9-]{10}))?", re.DOTALL)
_MANDATE = frozenset({"orgaan", "stap", "onderwerp", "plafond", "van", "tot", "door"})
_STEP = frozenset(
    {"nr", "op", "wie", "handeling", "bij", "wijk", "jaar", "keus", "aan", "gegevens", "motivering", "verwacht", *_WAYS}
)
_ATTEMPT = frozenset({"handeling", "stap", "onderwerp", "gegevens"})
_MESSAGE = frozenset({"naam", "sleutel", "gegevens"})
_CASE = frozenset({"proces", "groep", "jaar", "nieuw_dossier"})
_VOTES = frozenset({"opties", "papier"})
_EXPECTED = frozenset({"taken", "gesloten", "product", "geweigerd", "gereed", "trede", "fouten"})


def read(content: bytes, file: str) -> tuple[Story | None, tuple[Finding, ...]]:
    """The story in a file, or None and everything that is wrong with its form."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        finding = Finding(
            file, RULE, Severity.ERROR, Sentence("Het bestand is geen leesbare TOML: {fout}.", fout=str(wrong))
        )
        return None, (finding,)
    return parse(data, file)


def parse(data: Mapping[str, Any], file: str) -> tuple[Story | None, tuple[Finding, ...]]:
    """The story in what such a file holds."""
    reader = _Reader(file)
    story = reader.story(data)
    return (None, tuple(reader.findings)) if reader.findings else (story, ())


def read_persons(content: bytes, file: str) -> tuple[Mapping[str, Person], tuple[Finding, ...]]:
    """The persons of a file that tells who there are and nothing else: `[personen.<key>]` as in a story."""
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        finding = Finding(
            file, RULE, Severity.ERROR, Sentence("Het bestand is geen leesbare TOML: {fout}.", fout=str(wrong))
        )
        return {}, (finding,)
    reader = _Reader(file)
    persons = reader.persons(data)
    return persons, tuple(reader.findings)


class _Reader:
    """Reads a story and collects every fault, each with the place in the story where it stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def add(self, place: str, sentence: str) -> None:
        told = Sentence("{plaats}: {zin}.", plaats=place, zin=sentence)  # on the command line alone, and so Dutch
        self.findings.append(Finding(self.file, RULE, Severity.ERROR, told, place))

    def story(self, data: Mapping[str, Any]) -> Story:
        self._only(data, {"verhaal", "personen", "stap"}, "bestand")
        head = self._table(data.get("verhaal"), "verhaal", _STORY)
        persons = self.persons(data)
        rows = data.get("stap")
        if not isinstance(rows, list) or not rows:
            self.add("stap", "een verhaal heeft ten minste één [[stap]]")
            rows = []
        steps = tuple(self._step(number, row, persons) for number, row in enumerate(rows, 1))
        year = self._year(head, "verhaal")
        if "jaar" not in head:
            self.add("verhaal.jaar", "een jaartal ontbreekt")
        starter = self._text(head, "door", "verhaal", default=next(iter(persons), ""))
        begin = self._moment(head.get("begin"), "verhaal.begin")
        self._known(starter, persons, "verhaal.door")
        self._known_everywhere(persons)
        self._in_order([begin, *(step.at for step in steps)], steps)
        return Story(
            file=self.file,
            name=self._text(head, "naam", "verhaal"),
            process=self._text(head, "proces", "verhaal"),
            wijk=self._text(head, "wijk", "verhaal"),
            year=year or 0,
            group=self._text(head, "groep", "verhaal", default="") or None,
            begin=begin,
            starter=starter,
            persons=persons,
            steps=steps,
        )

    def persons(self, data: Mapping[str, Any]) -> dict[str, Person]:
        listed = self._table(data.get("personen"), "personen", None)
        return {key: self._person(key, row) for key, row in listed.items()}

    def _known(self, key: str, persons: Mapping[str, object], place: str) -> None:
        if key not in persons:
            self.add(place, f"“{key}” staat niet bij de personen")

    def _known_everywhere(self, persons: Mapping[str, Person]) -> None:
        for person in persons.values():
            for other in (*person.replaces, *(mandate.given_by for mandate in person.mandates)):
                self._known(other, persons, f"personen.{person.key}")

    def _in_order(self, moments: Sequence[datetime], steps: Sequence[Step]) -> None:
        for before, after, step in zip(moments, moments[1:], steps, strict=False):
            if after < before:
                self.add(f"stap {step.number}", f"{after:%Y-%m-%d %H:%M} ligt voor de vorige stap")

    def _person(self, key: str, row: object) -> Person:
        place = f"personen.{key}"
        table = self._table(row, place, _PERSON)
        resident = table.get("bewoner", False)
        if not isinstance(resident, bool):
            self.add(f"{place}.bewoner", "dit is true of false")
        mandates = table.get("mandaten", [])
        if not isinstance(mandates, list):
            self.add(f"{place}.mandaten", "hier horen [[personen.….mandaten]]")
            mandates = []
        return Person(
            key=key,
            name=self._text(table, "naam", place, default=key),
            is_resident=resident is True,
            memberships=tuple(self._membership(text, place) for text in self._texts(table, "rollen", place)),
            mandates=tuple(self._mandate(one, f"{place}.mandaten") for one in mandates),
            replaces=self._texts(table, "vervangt", place),
        )

    def _membership(self, text: str, place: str) -> Membership:
        held = _HELD.fullmatch(text)
        role, _, scope = (held["role"] if held else text).partition("@")
        kind, _, name = scope.partition(":")
        period = [held["since"], held["until"]] if held else []
        is_sound = all(day is None or date_of(day) is not None for day in period)
        if role.split() != [role] or not is_sound or (scope and (kind not in ("wijk", "groep") or not name)):
            what = "rol, rol@wijk:naam of rol@groep:naam, zo nodig met van en tot en een datum"
            self.add(f"{place}.rollen", f"“{text}” is geen {what}")
        wijk, group = (name if kind == reach else None for reach in ("wijk", "groep"))
        return Membership(role, kind or "gemeente", wijk, group, *period)

    def _mandate(self, row: object, place: str) -> Mandate:
        table = self._table(row, place, _MANDATE)
        ceiling = table.get("plafond")
        if ceiling is not None and (not isinstance(ceiling, int) or isinstance(ceiling, bool) or ceiling < 0):
            self.add(f"{place}.plafond", "een bedrag in hele centen")
            ceiling = None
        return Mandate(
            organ=self._text(table, "orgaan", place),
            steps=self._texts(table, "stap", place),
            subject=self._text(table, "onderwerp", place, default="") or None,
            ceiling=ceiling,
            since=self._day(table.get("van"), f"{place}.van"),
            until=self._day(table.get("tot"), f"{place}.tot"),
            given_by=self._text(table, "door", place),
        )

    def _step(self, number: int, row: object, persons: Mapping[str, Person]) -> Step:
        nr = row.get("nr", number) if isinstance(row, dict) else number
        place = f"stap {nr}"
        table = self._table(row, place, _STEP)
        ways = [way for way in _WAYS if way in table]
        if len(ways) != 1:
            self.add(place, f"een stap is precies één van {', '.join(_WAYS[:-1])} of {_WAYS[-1]}")
        who = self._text(table, "wie", place, default="") or None
        if who is not None:
            self._known(who, persons, place)
        elif set(ways) & _WAYS_IN_A_WIJK:
            self.add(place, "wie ontbreekt")
        wijk = self._text(table, "wijk", place, default="") or None
        if wijk is not None and not set(ways) & _WAYS_IN_A_WIJK:
            self.add(f"{place}.wijk", "alleen een taak, poging of zaak speelt in een wijk")
        to = self._text(table, "aan", place, default="") or None
        if to is not None:
            self._known(to, persons, place)
        action = self._chosen(table, "handeling", place, [one.value for one in HANDLED]) or Action.COMPLETE.value
        if table.get("tijd", True) is not True:
            self.add(f"{place}.tijd", "schrijf tijd = true")
        return Step(
            number=str(nr),
            at=self._moment(table.get("op"), f"{place}.op"),
            who=who,
            action=Action(action),
            element=self._text(table, "taak", place, default="") or None,
            subject=self._text(table, "bij", place, default="") or None,
            year=self._year(table, place),
            wijk=wijk,
            place=self._whole(table, "keus", place),
            to=to,
            attempt=self._attempt(table["poging"], f"{place}.poging") if "poging" in table else None,
            message=self._message(table["bericht"], f"{place}.bericht") if "bericht" in table else None,
            case=self._case(table["zaak"], f"{place}.zaak", wijk) if "zaak" in table else None,
            votes=self._votes(table["stemming"], f"{place}.stemming") if "stemming" in table else None,
            values=self._values(table.get("gegevens"), f"{place}.gegevens"),
            motivation=self._text(table, "motivering", place, default="") or None,
            expected=self._expected(table.get("verwacht"), f"{place}.verwacht"),
        )

    def _attempt(self, row: object, place: str) -> Mapping[str, Json]:
        table = self._table(row, place, _ATTEMPT)
        self._chosen(table, "handeling", place, [act.value for act in Act], needed=True)
        attempt: dict[str, Json] = {
            name: self._text(table, name, place, default="") or None for name in ("handeling", "stap", "onderwerp")
        }
        values = self._values(table.get("gegevens"), f"{place}.gegevens")
        return {**{name: value for name, value in attempt.items() if value is not None}, "gegevens": dict(values)}

    def _message(self, row: object, place: str) -> Mapping[str, Json]:
        table = self._table(row, place, _MESSAGE)
        values = self._values(table.get("gegevens"), f"{place}.gegevens")
        key = self._text(table, "sleutel", place, default="")
        return {"naam": self._text(table, "naam", place), "sleutel": key, "gegevens": dict(values)}

    def _case(self, row: object, place: str, wijk: str | None) -> NewCase:
        table = self._table(row, place, _CASE)
        apart = table.get("nieuw_dossier", False)
        if not isinstance(apart, bool):
            self.add(f"{place}.nieuw_dossier", "dit is true of false")
        group = self._text(table, "groep", place, default="") or None
        return NewCase(self._text(table, "proces", place), group, self._year(table, place), apart is True, wijk)

    def _year(self, table: Mapping[str, object], place: str) -> int | None:
        return self._whole(table, "jaar", place)

    def _whole(self, table: Mapping[str, object], name: str, place: str) -> int | None:
        number = table.get(name)
        if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
            self.add(f"{place}.{name}", "hier hoort een jaartal" if name == "jaar" else "hier hoort 1, 2, ...")
            return None
        return number

    def _votes(self, row: object, place: str) -> Votes:
        table = self._table(row, place, _VOTES)
        numbers = self._table(table.get("opties"), f"{place}.opties", None)
        paper = table.get("papier", 0)
        wrong = [name for name, number in (*numbers.items(), ("papier", paper)) if not _is_number(number)]
        for name in wrong:
            self.add(f"{place}.{name}", "hier hoort een aantal")
        if not wrong and paper > sum(numbers.values()):
            self.add(f"{place}.papier", "er wordt niet meer op papier gestemd dan er stemmen zijn")
        return Votes({}, 0) if wrong else Votes(numbers, paper)

    def _expected(self, row: object, place: str) -> Expected:
        table = self._table({} if row is None else row, place, _EXPECTED)
        ended = table.get("gereed")
        if ended is not None and not isinstance(ended, bool):
            self.add(f"{place}.gereed", "dit is true of false")
        return Expected(
            opened=self._texts(table, "taken", place) if "taken" in table else None,
            closed=self._texts(table, "gesloten", place) if "gesloten" in table else None,
            product=self._text(table, "product", place, default="") or None,
            refused=self._text(table, "geweigerd", place, default="") or None,
            ended=ended if isinstance(ended, bool) else None,
            rung=self._chosen(table, "trede", place, [rung.value for rung in Rung]),
            faults=self._texts(table, "fouten", place) if "fouten" in table else None,
        )

    def _table(self, value: object, place: str, names: frozenset[str] | None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.add(place, "hier horen velden met een naam")
            return {}
        if names is not None:
            self._only(value, names, place)
        return value

    def _only(self, table: Mapping[str, object], names: frozenset[str] | set[str], place: str) -> None:
        for name in sorted(set(table) - names):
            self.add(f"{place}.{name}", f"dit bestaat niet; kies uit {', '.join(sorted(names))}")

    def _text(self, table: Mapping[str, object], name: str, place: str, default: str | None = None) -> str:
        value = table.get(name, default)
        if not isinstance(value, str) or (not value and default is None):
            self.add(f"{place}.{name}", "hier hoort tekst")
            return ""
        return value

    def _texts(self, table: Mapping[str, object], name: str, place: str) -> tuple[str, ...]:
        value = table.get(name, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.add(f"{place}.{name}", "hier hoort een lijst van teksten")
            return ()
        return tuple(value)

    def _chosen(
        self, table: Mapping[str, object], name: str, place: str, options: Sequence[str], needed: bool = False
    ) -> str | None:
        value = table.get(name)
        if value is None and not needed:
            return None
        if value not in options:
            self.add(f"{place}.{name}", f"kies uit {', '.join(options)}")
            return None
        return str(value)

    def _moment(self, value: object, place: str) -> datetime:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=AMSTERDAM)
        if isinstance(value, date):
            return datetime.combine(value, MORNING, AMSTERDAM)
        self.add(place, "een datum of tijdstip ontbreekt, zoals 2026-03-02 of 2026-03-02T14:00:00")
        return datetime(1970, 1, 1, tzinfo=AMSTERDAM)

    def _day(self, value: object, place: str) -> str:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        self.add(place, "een datum ontbreekt, zoals 2026-01-01")
        return ""

    def _values(self, value: object, place: str) -> Mapping[str, Json]:
        if value is None:
            return {}
        found = self._json(value, place)
        if not isinstance(found, dict):
            self.add(place, "hier horen velden met een naam")
            return {}
        return found

    def _json(self, value: object, place: str) -> Json:
        """TOML as JSON: a date becomes its ISO text; a fraction has no place in a submission."""
        if isinstance(value, dict):
            return {str(name): self._json(item, f"{place}.{name}") for name, item in value.items()}
        if isinstance(value, list):
            return [self._json(item, f"{place}[{number}]") for number, item in enumerate(value)]
        if isinstance(value, date | datetime):
            return value.isoformat()
        if isinstance(value, bool | int | str):
            return value
        self.add(place, "getallen met een komma bestaan hier niet; schrijf een bedrag als tekst, “1.850,00”")
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def faults_said(findings: Sequence[Finding]) -> Iterator[str]:
    """Each finding as a line for people."""
    for finding in findings:
        yield f"{finding.file}: {finding.sentence}"
