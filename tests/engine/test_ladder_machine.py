"""Random cities, frames, rungs, people and orders of acts never reach a forbidden state (`ladder/forbidden.py`).

`WIJK_LADDER=<number of examples>` runs longer and with other examples every time; what was done is printed with `-s`.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from engine import authority
from engine.question import CaseFacts
from engine.registers import facts_of, moment
from engine.terms import Act, Action, ActSpec, Fact, Json, Ruling, Rung, Task
from engine.trail.kinds import Kind, kind_of
from tests.engine.ladder.cities import City, cities
from tests.engine.ladder.forbidden import FORBIDDEN
from tests.engine.ladder.history import HERE, Done, History, about, ends
from tests.engine.ladder.people import CAST, Grant, People
from tests.engine.rights_world import (
    ADMISSION,
    CASE,
    EFFECTS,
    INTEREST,
    ROLES,
    START,
    TABLES,
    TERMS,
    binding_values,
    frame_values,
)
from tests.engine.rights_world import HERE as SCOPE

LONG = int(os.environ.get("WIJK_LADDER", "0"))
SUBJECTS = ("I-01", "I-02", "*")
STEPS = ("D02", "D03", "D05", "D07", "D08", "D09", "D11", "D12", "D13", "D18")
GOES = ("D07", "D07", "D07", "D03", "D09", "D11", "D12", "D13", "D02")
AMOUNTS = (100, 250_000, 250_001, 2_500_000, 2_500_001)
PLACES = ("A", "B", "C")
SEEN: Counter[str] = Counter()
Draw = Callable[[st.SearchStrategy[Any]], Any]
people, subjects, steps = (st.sampled_from(one) for one in (sorted(CAST), SUBJECTS, STEPS))
rungs = st.sampled_from(list(Rung))
lanes = st.sampled_from(sorted({role for held in CAST.values() for role, _ in held}))
chance = st.sampled_from((True, False))
likely = st.sampled_from((True, True, True, True, False))
unlikely = st.sampled_from((False, False, False, True))


def demanded(city: City) -> dict[str, Json]:
    """Something under every name that some cell of the city demands of a decision."""
    names = {name for row in city.rows for name in row["bij_besluit"].split(";")}
    aside = {"onderdelen", "bestedingsvoorstel", "reacties", "verschillen", "inbrengregister", "advies", "uitslag"}
    aside |= {"probleemagenda", "gezamenlijk_voorstel", "zelfbinding", "optietoets", "motivering_per_afwijking"}
    return dict.fromkeys(sorted(names - aside - {""}), "x")


class Ladder(RuleBasedStateMachine):
    """One dossier of one random city; every act is asked of the engine, and what it allows is looked at afterwards."""

    @initialize(city=cities(), promised=st.dictionaries(subjects, rungs, min_size=1))
    def found(self, city: City, promised: dict[str, Rung]) -> None:
        """A city, and some frames to begin with."""
        self.city, self.people, self.history = city, People(), History()
        self.facts: list[Fact] = []
        self.now = START
        self.demanded = demanded(city)
        for subject, rung in promised.items():
            self.set_frame("wethouder", "D07", subject, rung, self.day(10))
            self.act("voorlichter", Act.PUBLICATIE, "communicatie", None, subject, {}, product="participatiekader")

    # --- asking ------------------------------------------------------------------------------------------------------

    def day(self, later: int) -> str:
        return (self.now.astimezone(HERE).date() + timedelta(days=later)).isoformat()

    def ask(self, who: str, action: Action, task: Task | None, values: dict[str, Json], other: str = "") -> Ruling:
        ruling = authority.rule(
            self.people.actor(who), action, task, tuple(self.facts), matrix=self.city.matrix, roles=ROLES,
            tables=TABLES, terms=TERMS, scope=SCOPE, submission=values, case=CaseFacts(CASE, CASE), now=self.now,
            other=self.people.actor(other) if other else None,
        )  # fmt: skip
        SEEN["asked"] += 1
        SEEN[f"{'allowed' if ruling.allowed else 'refused'} {ruling.rule}"] += 1
        assert ruling.allowed or (ruling.reason and ruling.remedy), ruling
        return ruling

    def act(
        self, who: str, act: Act, lane: str | None, step: str | None, subject: str, values: dict[str, Json],
        product: str | None = None, collects: bool = False,
    ) -> Done | None:  # fmt: skip
        """Ask for one act; when it is allowed it becomes a record, and the state that follows is looked at."""
        self.now += timedelta(minutes=1)
        task = Task(
            "t", act.value, "taak", "p", None, lane, ActSpec(act, step, product=product, collects=collects), subject
        )
        ruling = self.ask(who, Action.CONTRIBUTE if collects else Action.COMPLETE, task, values)
        if not ruling.allowed:
            return None
        record = f"{len(self.history.acts) + 2**64:064x}"
        done = Done(
            record, self.now, act.value, who, frozenset({who, ruling.behalf or who}),
            self.people.roles_of(who, subject, self.now), self.people.lent(who, subject, self.now),
            ruling.role, ruling.mandate, step, subject, ruling.rung.value if ruling.rung else None,
            dict(values), lane, product,
        )  # fmt: skip
        self.look(done)
        self.facts += facts_of(self.body(done, ruling), record)
        self.history.acts.append(done)
        SEEN["done"] += 1
        SEEN[f"done {act.value} {done.rung or ''}".strip()] += 1
        return done

    def body(self, done: Done, ruling: Ruling) -> dict[str, Json]:
        return {
            "kind": kind_of(Action.COMPLETE, Act(done.act), True).value, "case": CASE, "at": moment(done.at),
            "actor": {"ref": done.by, "role": ruling.role, "mandate": ruling.mandate, "for": ruling.behalf},
            "task": {"id": "t", "element": done.act, "act": done.act, "product": done.product},
            "step": done.step, "subject": done.subject, "rung": done.rung, "values": done.values,
        }  # fmt: skip

    def look(self, done: Done) -> None:
        """No forbidden state was reached."""
        for forbidden in FORBIDDEN:
            assert list(forbidden(self.city, self.history, done)) == [], (forbidden.__name__, done)
        if done.mandate is not None:
            row = self.city.row(done.step or "", done.rung or "") if done.act == "besluit" else None
            assert self.people.flaws(done, done.act != "besluit" or bool(row and row["mandaat"] == "ja")) == [], done

    def lane_of(self, who: str, subject: str, draw: Draw) -> str:
        held = sorted(self.people.roles_of(who, subject, self.now) | self.people.lent(who, subject, self.now))
        return str(draw(st.sampled_from(held) if held and draw(likely) else lanes))

    # --- acts of any kind, by anybody --------------------------------------------------------------------------------

    def set_frame(self, who: str, step: str, subject: str, rung: Rung, until: str, **more: Json) -> Done | None:
        values = frame_values(step, rung.value, onderwerp=subject, termijn=until, **more)
        return self.act(who, Act.KADER, "college" if who != "coordinator" else "wijkcoordinator", step, subject, values)

    @rule(who=people, step=steps, subject=subjects, rung=rungs, later=st.integers(-3, 30), data=st.data())
    def frame(self, who: str, step: str, subject: str, rung: Rung, later: int, data: st.DataObject) -> None:
        """Somebody sets a frame, perhaps a lower or shorter one, perhaps with something left out."""
        values = frame_values(step, rung.value, onderwerp=subject, termijn=self.day(later))
        if data.draw(unlikely):
            values["reden"] = "anders"
        if data.draw(unlikely):
            values |= {data.draw(st.sampled_from(sorted(values))): data.draw(st.sampled_from(["", [], None]))}
        if data.draw(unlikely):
            values["kaders"] = [
                {"stap": data.draw(steps), "onderwerp": data.draw(subjects), "trede": data.draw(rungs).value}
            ]
        place = data.draw(subjects) if data.draw(unlikely) else subject
        self.act(who, Act.KADER, self.lane_of(who, subject, data.draw), step, place, values)

    @rule(who=people, subject=subjects, product=st.sampled_from(("participatiekader", "eindverslag")), data=st.data())
    def publish(self, who: str, subject: str, product: str, data: st.DataObject) -> None:
        """Somebody makes something public."""
        self.act(who, Act.PUBLICATIE, self.lane_of(who, subject, data.draw), None, subject, {}, product=product)

    @rule(who=people, step=steps, subject=subjects, act=st.sampled_from((Act.INBRENG, Act.ADVIES)), data=st.data())
    def take_part(self, who: str, step: str, subject: str, act: Act, data: st.DataObject) -> None:
        """Somebody brings something in, or gives advice."""
        values: dict[str, Json] = {"tekst": "groen", "advies": "doen"}
        if act is Act.ADVIES and data.draw(chance):
            values["optietoets"] = self.checks(data.draw)
        if data.draw(unlikely):
            values["kenmerk"] = data.draw(st.sampled_from(["R-1", "A-1"]))
        lane = self.lane_of(who, subject, data.draw)
        self.act(who, act, lane, step, subject, values, collects=data.draw(chance))

    def checks(self, draw: Draw) -> list[Json]:
        lawful = draw(st.lists(st.sampled_from(PLACES), unique=True, min_size=1))
        return [
            {"optie": one, "rechtmatig": one in lawful, "uitvoerbaar": True} for one in PLACES if draw(chance) or lawful
        ]

    @rule(who=people, subject=subjects, data=st.data())
    def handle(self, who: str, subject: str, data: st.DataObject) -> None:
        """Somebody answers a contribution, well or badly."""
        heard = [one.record for one in self.history.acts if one.act in ("inbreng", "advies")] or ["R-1"]
        values: dict[str, Json] = {
            data.draw(st.sampled_from(("inbreng", "inbreng", "advies"))): data.draw(st.sampled_from(heard)),
            "uitkomst": data.draw(st.sampled_from(("gebruikt", "deels", "niet", "weg"))),
            "reden": data.draw(st.sampled_from(("", "te duur"))),
            "reactie": data.draw(st.sampled_from(("dank", "dank", " "))),
        }
        self.act(who, Act.AFHANDELING, self.lane_of(who, subject, data.draw), None, subject, values)

    @rule(who=people, step=steps, subject=subjects, data=st.data())
    def propose(self, who: str, step: str, subject: str, data: st.DataObject) -> None:
        """Somebody lays down a problem agenda, or a proposal."""
        values: dict[str, Json] = {}
        if data.draw(chance):
            values["probleemagenda"] = [{"probleem": "hangplek"}]
        if data.draw(chance):
            values["velden"] = {
                "locatie": data.draw(st.sampled_from(PLACES)),
                "bedrag": data.draw(st.sampled_from(AMOUNTS)),
            }
        self.act(who, Act.VOORSTEL, self.lane_of(who, subject, data.draw), step, subject, values)

    @rule(who=people, step=st.sampled_from(("D07", "D09")), subject=subjects, rung=rungs, data=st.data())
    def lower(self, who: str, step: str, subject: str, rung: Rung, data: st.DataObject) -> None:
        """A proposal to change the rung, an answer of the group or of somebody else, a decision, and the frame."""
        said: dict[str, Json] = {"stap": step, "naar": rung.value, "reden": "te weinig tijd"}
        proposal = self.act("wethouder", Act.PRODUCT, "college", None, subject, said, product="tredevoorstel")
        member, lane = self.member(subject)
        who, lane = (who, self.lane_of(who, subject, data.draw)) if data.draw(unlikely) else (member, lane)
        if proposal and data.draw(likely):
            answer: dict[str, Json] = {"verzoek": "verlaging", "over": proposal.record, "kenmerk": proposal.record[:9]}
            answer["instemming"] = "ja" if data.draw(likely) else "nee"
            self.act(who, Act.INSTEMMING, lane, "D18", subject, answer)
        if data.draw(likely):
            changed = self.decision("D18", subject, data.draw, is_honest=True)
            changed |= {"besluit": "wijzigen", "verlaging": True, "advies_uitgebleven": "niemand kwam"}
            changed |= said
            standing = self.history.frame(step, subject)
            changed["van"] = standing.rung if standing and data.draw(likely) else "raadplegen"
            changed["voorstel"] = proposal.record if proposal else "TV-9"
            self.act("wethouder", Act.BESLUIT, "college", "D18", subject, changed)
        self.set_frame("wethouder", step, subject, rung, self.day(40))

    @rule(who=people, step=st.sampled_from(("D07", "D11", "D03")), subject=subjects, data=st.data())
    def bind(self, who: str, step: str, subject: str, data: st.DataObject) -> None:
        """Somebody binds the organ beforehand."""
        until = self.day(data.draw(st.integers(-2, 60)))
        values = binding_values(vervaldatum=until, plafond=data.draw(st.sampled_from(AMOUNTS)))
        if data.draw(unlikely):
            del values[data.draw(st.sampled_from(sorted(values)))]
        self.act(who, Act.ZELFBINDING, self.lane_of(who, subject, data.draw), step, subject, values)

    @rule(who=people, step=steps, subject=subjects, data=st.data())
    def decide(self, who: str, step: str, subject: str, data: st.DataObject) -> None:
        """Somebody decides, rightly or wrongly."""
        values = self.decision(step, subject, data.draw, is_honest=False)
        self.act(who, Act.BESLUIT, self.lane_of(who, subject, data.draw), step, subject, values)

    @rule(who=people, step=st.sampled_from(("D07", "D11")), subject=subjects, data=st.data())
    def ratify(self, who: str, step: str, subject: str, data: st.DataObject) -> None:
        """Somebody ratifies, sends back, or tries to change."""
        values: dict[str, Json] = {"bekrachtigd": data.draw(chance)}
        for name, value in (
            ("terug_naar_deelnemers", True), ("grond", "strijdig"), ("uitslag", data.draw(st.sampled_from(PLACES))),
            ("bedrag", data.draw(st.sampled_from(AMOUNTS))), ("datum", "2026-11-01"), ("voorwaarde", "minder"),
        ):  # fmt: skip
            if data.draw(unlikely):
                values[name] = value
        self.act(who, Act.BEKRACHTIGING, self.lane_of(who, subject, data.draw), step, subject, values)

    @rule(who=people, step=st.sampled_from(("D07", "D11")), subject=subjects, data=st.data())
    def send_back(self, who: str, step: str, subject: str, data: st.DataObject) -> None:
        """The organ claims that an outcome is unlawful, and the jurist or somebody else judges."""
        ground = data.draw(st.sampled_from(("omgevingsplan", "bevoegdheid", "strijdig")))
        claim: dict[str, Json] = {"terug_naar_deelnemers": True, "grond": ground}
        self.act("wethouder", Act.BEKRACHTIGING, "college", step, subject, claim)
        judge, lane = (who, self.lane_of(who, subject, data.draw)) if data.draw(unlikely) else ("jurist", "jurist")
        judgement: dict[str, Json] = {"onrechtmatig": data.draw(chance), "reden": "het plan"}
        self.act(judge, Act.ADVIES, lane, step, subject, judgement)

    @rule(who=people, data=st.data())
    def book(self, who: str, data: st.DataObject) -> None:
        """Somebody books money."""
        taken = [one.record for one in self.history.acts if one.act in ("besluit", "boeking")] or ["D09"]
        amount = data.draw(st.sampled_from(AMOUNTS))
        posts = st.sampled_from(("initiatieven", "knelpunten", "I-01", "I-02"))
        values: dict[str, Json] = {
            "soort": data.draw(st.sampled_from(("budget", "uitgave", "reservering", "verschuiving", "vrijval"))),
            "post": data.draw(posts), "bedrag": amount, "besluit": data.draw(st.sampled_from(taken)),
            "naar": data.draw(posts), "kenmerk": f"B-{len(self.history.acts)}",
        }  # fmt: skip
        if values["soort"] == "budget":
            values["posten"] = [{"post": values["post"], "bedrag": amount}]
        step = "D11" if values["soort"] == "verschuiving" else None
        self.act(who, Act.BOEKING, self.lane_of(who, "*", data.draw), step, "*", values)

    @rule(who=people, data=st.data())
    def correct(self, who: str, data: st.DataObject) -> None:
        """Somebody corrects a record: never one on which others build, and no words of another."""
        if not self.history.acts:
            return
        self.now += timedelta(minutes=1)
        done = data.draw(st.sampled_from(self.history.acts))
        ruling = self.ask(who, Action.CORRECT, None, {"regel": done.record, "gegevens": {"titel": "x"}, "reden": "x"})
        if ruling.allowed:
            assert done.act not in (
                "kader",
                "zelfbinding",
                "voorstel",
                "besluit",
                "bekrachtiging",
                "stemming",
                "boeking",
            )
            assert done.act not in ("inbreng", "advies") or done.by == who
            body = self.body(done, ruling) | {"kind": Kind.RECORD_CORRECTED.value, "values": {"regel": done.record}}
            self.facts += facts_of(body, f"{len(self.facts) + 2**80:064x}")

    @rule(who=people)
    def break_off(self, who: str) -> None:
        """Somebody would break the case off; nothing may be left hanging. The case goes on, to see more."""
        self.now += timedelta(minutes=1)
        if not self.ask(who, Action.CANCEL, None, {"reden": "x"}).allowed:
            return
        for bound in self.history.of("zelfbinding"):
            assert bound.step is not None
            outcome = self.history.outcome(bound.step, bound.subject)
            is_open = self.history.binding(bound.step, bound.subject, self.now) is not None
            assert not is_open or (outcome and self.history.ratified(outcome)), "an outcome is withheld"

    # --- the organisation --------------------------------------------------------------------------------------------

    @rule(by=people, person=people, role=lanes, group=st.sampled_from(("I-01", "I-02", None)))
    def appoint(self, by: str, person: str, role: str, group: str | None) -> None:
        """Somebody gives a role, to himself perhaps."""
        self.now += timedelta(minutes=1)
        reach = "groep" if group else "gemeente" if role in ("college", "raad", "jurist", "communicatie") else "wijk"
        values: dict[str, Json] = {"persoon": person, "rol": role, "bereik": reach, "wijk": "tanthof", "groep": group}
        if self.ask(by, Action.APPOINT, None, {name: one for name, one in values.items() if one}, person).allowed:
            assert by != person or role in ("griffie", "beheerder", "jurist"), (by, role)
            self.people.appoint(person, role, group, self.now)

    @rule(by=people, person=people, step=steps, data=st.data())
    def mandate(self, by: str, person: str, step: str, data: st.DataObject) -> None:
        """Somebody gives a mandate."""
        self.now += timedelta(minutes=1)
        values: dict[str, Json] = {
            "orgaan": data.draw(st.sampled_from(("college", "wijkcoordinator"))), "persoon": person, "stap": [step],
            "van": self.day(data.draw(st.integers(-9, 9))), "tot": self.day(data.draw(st.integers(-2, 30))),
        }  # fmt: skip
        if data.draw(chance):
            values["plafond"] = data.draw(st.sampled_from(AMOUNTS))
        if data.draw(unlikely):
            values["onderwerp"] = data.draw(subjects)
        if self.ask(by, Action.MANDATE, None, values, person).allowed:
            assert by != person and values["orgaan"] in self.people.roles_of(by, "*", self.now)
            self.people.mandate(person, by, values, self.now)

    @rule(by=people, person=people, replaced=people, data=st.data())
    def substitute(self, by: str, person: str, replaced: str, data: st.DataObject) -> None:
        """Somebody lets a person stand in for another."""
        self.now += timedelta(minutes=1)
        values: dict[str, Json] = {"vervangt": replaced, "vervanger": person, "van": self.day(-1)}
        values["tot"] = self.day(data.draw(st.integers(0, 20)))
        if self.ask(by, Action.SUBSTITUTE, None, values).allowed:
            assert person != replaced and by != person
            self.people.substitute(person, replaced, values, self.now)

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """Something that was given is taken back."""
        self.now += timedelta(minutes=1)
        kinds = (Kind.ROLE_WITHDRAWN, Kind.MANDATE_WITHDRAWN, Kind.SUBSTITUTION_WITHDRAWN)
        places: tuple[list[Grant], ...] = (self.people.roles[-4:], self.people.mandates, self.people.substitutions)
        grants = [(one, kind) for kind, found in zip(kinds, places, strict=True) for one in found if one.gone is None]
        if grants:
            self.people.withdraw(*data.draw(st.sampled_from(grants)), self.now)

    @rule(days=st.integers(1, 14))
    def time_passes(self, days: int) -> None:
        """Some days later."""
        self.now += timedelta(days=days)

    # --- and somebody who knows how it should go ---------------------------------------------------------------------

    @rule(step=st.sampled_from(GOES), subject=subjects, rung=rungs, far=st.integers(1, 8), data=st.data())
    def go_on(self, step: str, subject: str, rung: Rung, far: int, data: st.DataObject) -> None:
        """The next sensible things on this step and subject, by who should."""
        for _ in range(far):
            self.next(step, subject, rung, data.draw)

    @rule(subject=subjects, rung=rungs, data=st.data())
    def all_the_way(self, subject: str, rung: Rung, data: st.DataObject) -> None:
        """As it should go, up to a decision that may be anything."""
        for _ in range(7):
            self.next("D07", subject, rung, data.draw)
        self.decide(data.draw(people), "D07", subject, data)

    def next(self, step: str, subject: str, rung: Rung, draw: Draw) -> None:
        """One sensible thing."""
        frame = self.history.frame(step, subject)
        is_public = frame is not None and self.history.public_since(frame) is not None
        if frame is None or not (is_public or frame.leaves_time(self.now)):
            self.set_frame("wethouder", step, subject, rung, self.day(5))
        elif not is_public:
            self.act("voorlichter", Act.PUBLICATIE, "communicatie", None, subject, {}, product="participatiekader")
        elif self.prepare(step, subject, frame.rung):
            pass
        elif self.now < ends(frame.until):
            self.now = ends(frame.until) + timedelta(hours=9)
        elif not self.answer(step, subject):
            self.conclude(step, subject, frame.rung, draw)

    def member(self, subject: str) -> tuple[str, str]:
        return {"I-01": "speelplek", "I-02": "plein"}.get(
            subject, "bewoner"
        ), "bewoner" if subject == "*" else "deelnemers"

    def prepare(self, step: str, subject: str, rung: str) -> bool:
        """What comes before the term is over; False when nothing is to be done."""
        who, lane = self.member(subject)
        concept = "conceptwijkprogramma"
        if step == "D09" and not any(one.product == concept for one in self.history.of("publicatie")):
            return bool(self.act("voorlichter", Act.PUBLICATIE, "communicatie", "D09", "*", {}, product=concept))
        if rung == "raadplegen" and not any(self.history.of("inbreng", step, subject)):
            return bool(self.act(who, Act.INBRENG, lane, step, subject, {"tekst": "groen"}))
        if rung == "adviseren" and not any(self.history.of("advies", step, subject)):
            return bool(self.act(who, Act.ADVIES, lane, step, subject, {"advies": "doen"}))
        if rung == "coproduceren" and self.history.proposal(step, subject) is None:
            values: dict[str, Json] = {"probleemagenda": [{"probleem": "hangplek"}]}
            if any(one.values.get("probleemagenda") for one in self.history.of("voorstel", step, subject)):
                values = {"velden": {"locatie": "A", "bedrag": 100}}
            return bool(self.act(who, Act.VOORSTEL, lane, step, subject, values))
        if rung == "meebeslissen" and self.history.binding(step, subject, self.now) is None:
            values = binding_values(vervaldatum=self.day(90))
            return bool(self.act("wethouder", Act.ZELFBINDING, "college", step, subject, values))
        if rung == "meebeslissen" and not any(self.history.of("advies", step, subject)):
            rows: list[Json] = [{"optie": one, "rechtmatig": one != "C", "uitvoerbaar": True} for one in PLACES]
            return bool(self.act("jurist", Act.ADVIES, "jurist", step, subject, {"optietoets": rows}))
        return False

    def answer(self, step: str, subject: str) -> bool:
        """Answer a contribution that has no answer; False when there is none."""
        answered = {one.values.get("inbreng") for one in self.history.of("afhandeling")}
        for one in self.history.of("inbreng"):
            if one.record not in answered and about(one.subject, subject):
                values: dict[str, Json] = {"inbreng": one.record, "uitkomst": "gebruikt", "reactie": "dank"}
                return bool(self.act("coordinator", Act.AFHANDELING, "wijkcoordinator", step, subject, values))
        return False

    def conclude(self, step: str, subject: str, rung: str, draw: Draw) -> None:
        """Decide, or ratify what was decided; first the money for what costs some."""
        if self.history.outcome(step, subject):
            self.act("wethouder", Act.BEKRACHTIGING, "college", step, subject, {"bekrachtigd": True})
            return
        if step in ("D09", "D12") and not any(self.history.of("boeking")):
            posts: list[Json] = [{"post": one, "bedrag": 5_000_000} for one in ("initiatieven", "knelpunten")]
            budget: dict[str, Json] = {"soort": "budget", "posten": posts, "kenmerk": "begroting"}
            self.act("wethouder", Act.BOEKING, "college", None, "*", budget)
        if step == "D09" and self.promise():
            return
        who, lane = self.member(subject) if rung == "meebeslissen" else ("wethouder", "college")
        if step in ("D03", "D12") and rung != "meebeslissen":
            who, lane = "coordinator", "wijkcoordinator"
        self.act(who, Act.BESLUIT, lane, step, subject, self.decision(step, subject, draw, is_honest=True))

    def promise(self) -> bool:
        """A promise with a date for an initiative that has none; False when each has one."""
        promised = {one.subject for one in self.history.of("toezegging")}
        framed = dict.fromkeys(one.subject for one in self.history.frames() if one.step == "D07" and one.subject != "*")
        for subject in [one for one in framed if one not in promised]:
            values: dict[str, Json] = {"partij": "wijkcoordinator", "prestatie": "meedoen", "datum": self.day(60)}
            values |= {"aanspreekpunt": "het wijkteam", "kenmerk": f"TZ-{subject}", "onderwerp": subject}
            return bool(self.act("coordinator", Act.TOEZEGGING, "wijkcoordinator", "D06", subject, values))
        return False

    def decision(self, step: str, subject: str, draw: Draw, *, is_honest: bool) -> dict[str, Json]:
        """The values of a decision: as they should be, or with something wrong in them."""

        def wrong() -> bool:
            return not is_honest and bool(draw(unlikely))

        heard = [one for one in self.history.of("inbreng", step) if about(one.subject, subject)]
        advised = [one for one in self.history.of("advies", step) if about(one.subject, subject)]
        proposal = self.history.proposal(step, subject)
        values = self.demanded | ADMISSION | {"bedrag": 100, "onderdelen": [], "verschillen": []}
        values["minderheidsstandpunten"] = []
        if step != "D05":
            del values["eigenaar"]  # no other step says whose an initiative is
        values["inbrengregister"] = len(heard) + wrong()
        replies: list[Json] = [{"advies": one.record, "reactie": "gevolgd"} for one in advised if not wrong()]
        values["reacties"] = replies
        values |= {"overeenstemming": not wrong(), "uitslag": "A", "besluit": "toegelaten", "reden": "x"}
        if proposal is not None:
            fields = dict(proposal.fields)
            values["bedrag"] = fields.get("bedrag", 100)
            if draw(unlikely) or wrong():
                fields |= {draw(st.sampled_from(("locatie", "bedrag", "nieuw"))): 100}
                named = [] if wrong() else self.differ(fields, proposal)
                reasons: list[Json] = [{"veld": name, "reden": "anders"} for name in named]
                values["afwijkingen"] = reasons
            values |= {"velden": fields, "bedrag": fields.get("bedrag", 100)}
        if wrong():
            values |= {"bedrag": draw(st.sampled_from(AMOUNTS)), "uitslag": draw(st.sampled_from((*PLACES, "D")))}
        if wrong():
            values.pop(draw(st.sampled_from(sorted(values))))
        if step == "D03":
            theme: dict[str, Json] = {"onderdeel": "T-1", "velden": {"thema": "groen"}, "nieuw_feit": "x", **INTEREST}
            values |= {"onderdelen": [theme], "velden": dict(proposal.fields) if proposal else {}}
        return values | (self.programme(draw, wrong) if step == "D09" else {})

    def differ(self, fields: dict[str, Any], proposal: Done) -> list[str]:
        return [name for name in fields if proposal.fields.get(name, "-") != fields[name]]

    def programme(self, draw: Draw, wrong: Callable[[], bool]) -> dict[str, Json]:
        """An item for each initiative with a frame, as its own decision or proposal says."""
        rows: list[Json] = []
        spent: list[Json] = []
        for subject in dict.fromkeys(one.subject for one in self.history.frames() if one.step == "D07"):
            if subject == "*" or wrong():
                continue
            outcome, proposal = self.history.outcome("D07", subject), self.history.proposal("D07", subject)
            bound = self.history.binding("D07", subject, self.now)
            ceiling = bound.values["plafond"] if bound else 100
            fields: dict[str, Json] = {"bedrag": ceiling}
            if outcome:
                fields = {
                    "uitslag": outcome.values["uitslag"],
                    "bedrag": outcome.values.get("bedrag"),
                    **outcome.fields,
                }
            elif proposal:
                fields = dict(proposal.fields)
            if wrong():
                fields |= {draw(st.sampled_from(("uitslag", "bedrag", "locatie"))): draw(st.sampled_from((100, "B")))}
            rows.append({"onderdeel": subject, "velden": fields, "wb5_reden": "past", **EFFECTS, **INTEREST})
            spent.append({"post": subject, "bedrag": fields.get("bedrag", 100)})
        return {"onderdelen": rows, "bestedingsvoorstel": spent, "motivering": "x"}

    def teardown(self) -> None:
        """Count what was done."""
        SEEN["examples"] += 1


Ladder.TestCase.settings = settings(
    max_examples=LONG or 50,
    stateful_step_count=60,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=[Phase.generate] if LONG else list(Phase),  # a long run is not spent on the shortest example
)
TestLadder = Ladder.TestCase


def test_the_machine_came_where_it_matters() -> None:
    """What only ever gets refused proves nothing: much was decided, and much was refused."""
    sys.stdout.write("\n".join(f"{count:>9} {name}" for name, count in SEEN.most_common()) + "\n")
    if not SEEN["examples"]:
        return
    decided = sum(count for name, count in SEEN.items() if name.startswith("done besluit "))
    refusals = {name.split()[1] for name in SEEN if name.startswith("refused INV")}
    assert SEEN["done"] > 500 and decided > 40, "too little was done"
    assert {"INV-01", "INV-02", "INV-04", "INV-13"} <= refusals
