"""Ballots in stories: on the engine alone the votes are numbers, over HTTP every voter takes a pass and votes.

The people of the polling station and the voters with their letters are not among the persons of a story: they appear
when a step says how was voted, and do what anybody there does.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import ballot
from engine.binding import BLANK, options_of
from engine.registers import Registers, act_of
from engine.roles import Reach, values_of
from engine.submission import end_of, whole
from engine.terms import Act, Action, Fact, Json, Register, Values
from service import ballots, stage, voter
from service.stage import Stage, StageFailed
from service.story import Membership, Person, Votes
from service.voter import Content, Send

_MOST = 1000


def due(facts: Mapping[str, list[Fact]], until: datetime) -> tuple[datetime, Fact] | None:
    """The ballot that closes first and is not counted yet: when, and its opening."""
    found = [
        (end_of(values_of(fact).get("tot")), fact)
        for known in facts.values()
        for fact in openings(known)
        if ballot.count_of(Registers(known, until), fact) is None
    ]
    closing = min(found, key=lambda one: one[0], default=None)
    return closing if closing is not None and closing[0] <= until else None


def openings(facts: list[Fact]) -> Iterator[Fact]:
    """The openings of ballots."""
    for fact in facts:
        is_of_ballot = fact.register is Register.STEMMINGEN and act_of(fact) == Act.STEMMING
        if is_of_ballot and values_of(fact).get(ballot.KIND) == ballot.OPENING:
            yield fact


def counted(opening: Fact, votes: Votes | None) -> Values:
    """What the count of this ballot says when so was voted; nobody voted when nothing was told."""
    numbers, options = dict(votes.numbers) if votes else {}, options_of(values_of(opening))
    stemmen: list[Json] = [{"optie": name, "aantal": numbers.get(name, 0)} for name in options]
    listed = [(f"{name} {number:06}", name) for name in numbers for number in range(numbers[name])]
    return {
        ballot.KIND: ballot.COUNT,
        ballot.OPENING: opening.record,
        "stemmen": stemmen,
        BLANK: numbers.get(BLANK, 0),
        "papier": votes.paper if votes else 0,
        "uitgebracht": sum(numbers.values()),
        "kiesgerechtigden": whole(values_of(opening), "kiesgerechtigden") or 0,
        "lijst": ballots.list_digest(listed),
    }


@dataclass(slots=True)
class Polls:
    """The polling station of a stage: two people of it, and the letters that nobody has used yet, by ballot's id."""

    stage: Stage
    role: str
    desk: tuple[str, ...] = ()
    letters: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def vote(self, votes: Votes, subject: str | None) -> None:
        """Let so many voters vote, part of them on paper. Raises StageFailed for what the API refuses."""
        if not self.role:
            raise StageFailed("in deze stad houdt niemand het kiezersregister bij (bevoegdheid stembureau)")
        send = self._nobody()
        found = [one for one in send("GET", "/v1/stemmingen", None)["resultaten"] if one["status"] == "open"]
        found = [one for one in found if subject in (None, one["onderwerp"])]
        if len(found) != 1:
            raise StageFailed(f"{len(found)} stemmingen staan open; kies met bij")
        address, letters = f"/v1/stemmingen/{found[0]['id']}", self.letters.get(found[0]["id"], [])
        choices = [name for name, number in votes.numbers.items() for _ in range(number)]
        on_paper = dict[str, int]()
        for place, choice in enumerate(choices):
            if not letters:
                raise StageFailed("er zijn geen kiezers meer in het register")
            number, code = letters.pop()
            if place < votes.paper:
                self.stage.must(self.desk[0], "PUT", f"{address}/kiezers/{number}/papier")
                on_paper[choice] = on_paper.get(choice, 0) + 1
            else:
                ticket = voter.take_pass(send, voter.blinded_ticket(found[0]), code)
                voter.cast(send, ticket, choice)
        if on_paper:
            entered: dict[str, Json] = {"stemmen": [{"optie": name, "aantal": n} for name, n in on_paper.items()]}
            self.stage.must(self.desk[0], "PUT", f"{address}/papier", entered)
            self.stage.must(self.desk[1], "PUT", f"{address}/papier/bevestiging", entered)

    def prepare(self) -> None:
        """A register and letters for each ballot that was opened, before voting begins: two people do it."""
        if not self.role:
            return
        for found in self._nobody()("GET", "/v1/stemmingen", None)["resultaten"]:
            if found["status"] == "voorbereiding" and found["id"] not in self.letters:
                self._staff()
                address = f"/v1/stemmingen/{found['id']}"
                self.letters[found["id"]] = self._register(address, int(found["kiesgerechtigden"]))

    def _register(self, address: str, entitled: int) -> list[tuple[str, str]]:
        lines: list[Json] = [
            {"kiezer": f"{number:06}", "naam": f"Kiezer {number}", "adres": "In de wijk"}
            for number in range(1, entitled + 1)
        ]
        for begin in range(0, entitled, _MOST):
            asked: dict[str, Json] = {"kiezers": lines[begin : begin + _MOST]}
            self.stage.must(self.desk[0], "POST", f"{address}/kiezers", asked)
            self.stage.must(self.desk[1], "PUT", f"{address}/kiezers/bevestiging", asked)
        first, second = (
            self.stage.must(who, "POST", f"{address}/stemcodes/{part}")["codes"]
            for part, who in enumerate(self.desk, 1)
        )
        return [(one["kiezer"], f"{one['code']}-{other['code']}") for one, other in zip(first, second, strict=True)]

    def _staff(self) -> None:
        if self.desk:
            return
        reach, _, wijk = self.role.partition("@")
        self.desk = ("stembureau-1", "stembureau-2")
        for key in self.desk:
            seat = Membership(reach, Reach.WIJK if wijk else Reach.CITY, wijk or None, None)
            self.stage.passwords[key] = secrets.token_hex(16)
            stage.join(self.stage, Person(key, "het stembureau", False, (seat,), (), ()), wijk)

    def _nobody(self) -> Send:
        """Requests of nobody in particular."""
        client = self.stage.app.test_client()

        def send(method: str, path: str, content: Content | None) -> Content:
            answer = client.open(path, method=method, json=content)
            body: Any = answer.get_json(silent=True)
            if answer.status_code >= 400 or not isinstance(body, dict):
                raise StageFailed(f"{method} {path}: {answer.status_code} {answer.text}")
            return body

        return send


def desk_role(roles: Any, wijk: str) -> str:
    """The role whose holders keep the register in this city, as `role` or `role@wijk`; "" when there is none."""
    known = sorted(roles.may.get(Action.POLL, ()))
    if not known:
        return ""
    return known[0] if roles.by_id[known[0]].reach is Reach.CITY else f"{known[0]}@{wijk}"
