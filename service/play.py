"""Playing a story through the real HTTP application and database: each step is a request of the person who does it.

What came of a step is read back where anybody reads it: in the answer, and in the trail of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.terms import Act, Action, ActSpec, Json, Ruling, Rung, Task
from service import db, store_jobs, story_votes
from service.expectations import NO_CASE, Done, StepResult, disappointment, what_of
from service.stage import Reply, Stage, StageFailed
from service.story import NewCase, Step, Story, Votes
from service.story_votes import Polls

_PASSED, _RECEIVED, _STARTED = "tijd:verstreken", "bericht:ontvangen", "zaak:gestart"
_PREFIX = "gegevens."
_OUTCOME = {
    Action.COMPLETE: "afgerond",
    Action.CONTRIBUTE: "bijgedragen",
    Action.CLAIM: "opgepakt",
    Action.RELEASE: "teruggegeven",
    Action.DELEGATE: "overgedragen",
}


@dataclass(slots=True)
class Player:
    """A story on its way over HTTP; of each case how far its trail was read, and its tasks, at which revision.

    `cases_at` is the cases of a wijk (and year) as they were seen at which of the stage's moves; `readers` says who
    reads what is in a wijk: whoever began the first case there.
    """

    story: Story
    stage: Stage
    read_to: dict[str, tuple[int, int]] = field(default_factory=dict)
    tasks_at: dict[str, tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)
    cases_at: dict[tuple[str, int | None], tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    polls: Polls | None = None

    def __post_init__(self) -> None:
        self.readers[self.story.wijk] = self.story.starter

    def play(self, until: datetime | None = None) -> Iterator[StepResult]:
        """The steps as they come true, up to a moment; the last one is the first that does not."""
        self.stage.let_pass(self.story.begin)
        begun = self._begin()
        if begun is not None:
            yield begun
            if not begun.is_expected:
                return
        for step in self.story.steps:
            if until is not None and step.at > until:
                return
            result = self._told(step)
            yield result
            if not result.is_expected:
                return

    def _begin(self) -> StepResult | None:
        story = self.story
        definition = self._definition()
        process = definition.processes.get(story.process)
        if process is not None and not process.startable:
            return None
        done = self._by_calendar() or self._started(
            story.starter, NewCase(story.process, story.group, story.year, True)
        )
        message = "" if done.outcome == "gestart" else f"{done.outcome}. {done.reason}"
        return self._result("begin", story.begin, story.starter, story.process, done, message)

    def _by_calendar(self) -> Done | None:
        """The start of the case with which the story begins, when the calendar did it; None when it did not."""
        found = [
            one for one in self._records() if one["soort"] == _STARTED and one["inhoud"]["case"] in self._of_story()
        ]
        return self._summed("gestart", found) if found else None

    def _of_story(self) -> list[str]:
        named = f"&proces={self.story.process}&jaar={self.story.year}"
        found = self.stage.pages(self.story.starter, f"/v1/zaken?limit=200&wijk={self.story.wijk}{named}")
        return [str(one["id"]) for one in found]

    def _started(self, who: str, new: NewCase) -> Done:
        wijk = new.wijk or self.story.wijk
        known = () if new.is_apart else (self._cases(wijk, new.year) or self._cases(wijk))
        asked: dict[str, Json] = {
            "proces": new.process,
            "wijk": wijk,
            "jaar": self.story.year if new.year is None else new.year,
            "groep": new.group,
            "dossier": known[0]["id"] if known else None,
        }
        reply = self.stage.send(who, "POST", "/v1/zaken", asked)
        if reply.status != 201:
            return _failed(reply)
        self.readers.setdefault(wijk, who)
        return self._summed("gestart", [one for one in self._records() if one["soort"] == _STARTED])

    def _told(self, step: Step) -> StepResult:
        self.stage.let_pass(step.at)
        passed = self._records()
        if step.element is not None:
            done = self._on_task(step, step.element)
        elif step.attempt is not None:
            done = self._attempt(step, step.attempt)
        elif step.message is not None:
            done = self._message(step.message)
        elif step.case is not None:
            done = self._started(step.who or "", step.case)
        elif step.votes is not None:
            done = self._voted(step, step.votes)
        else:
            done = self._summed("tijd verstreken", [one for one in passed if one["soort"] == _PASSED])
        if done.task is not None and done.task.spec.act is Act.STEMMING:
            self._polls().prepare()
        self.stage.let_pass(step.at)  # messages that this step sent
        who = step.who or "systeem"
        return self._result(step.number, step.at, who, what_of(step), done, disappointment(step.expected, done))

    def _polls(self) -> Polls:
        role = story_votes.desk_role(self._definition().roles, self.story.wijk)
        self.polls = self.polls or Polls(self.stage, role)
        return self.polls

    def _voted(self, step: Step, votes: Votes) -> Done:
        try:
            self._polls().vote(votes, step.subject)
        except StageFailed as wrong:
            return Done(str(wrong), is_trouble=True)
        return Done("gestemd")

    def _result(self, number: str, at: datetime, who: str, what: str, done: Done, message: str) -> StepResult:
        person = self.story.persons.get(who)
        return StepResult(number, at, person.name if person else who, what, done.outcome, done.rule, message)

    # --- one step ----------------------------------------------------------------------------------------------------

    def _on_task(self, step: Step, element: str) -> Done:
        wijk = step.wijk or self.story.wijk
        found = [one for one in self._open_tasks(wijk, step.year) if one["element"] == element]
        found = [one for one in found if step.subject in (None, one["onderwerp"])]
        found = found if step.place is None else found[step.place - 1 : step.place]
        if len(found) != 1:
            stand = ", ".join(sorted({str(one["element"]) for one in self._open_tasks(wijk)})) or "geen"
            how = "geen open taak" if not found else f"{len(found)} open taken (kies met bij)"
            return Done(f"{how}; open: {stand}", is_trouble=True)
        task, who = found[0], step.who or ""
        reply = self.stage.send(who, *self._request(step, f"/v1/taken/{task['id']}"))
        if reply.status == 409 and step.action is Action.CLAIM:
            # A rule to the engine; over HTTP somebody else was simply earlier, which nobody records as a refusal.
            return Done("geweigerd", "taak/behandelaar", reason=str(reply.content.get("detail", "")))
        if reply.status == 404:
            return self._unseen(task["zaak"])
        if reply.status >= 400:
            return _failed(reply)
        return self._done(_OUTCOME[step.action], reply, task)

    def _unseen(self, case: str) -> Done:
        """To who may not read a case it does not exist; which rule that was, its own trail says."""
        *_, last = (one["inhoud"] for one in self._records(case) if one["inhoud"]["case"] == case)
        ruling = last["ruling"]
        return Done("geweigerd", ruling["rule"], Ruling(False, ruling["rule"]), reason=str(ruling.get("reason", "")))

    def _request(self, step: Step, address: str) -> tuple[str, str, Mapping[str, Json] | None]:
        if step.action is Action.COMPLETE:
            return "PUT", f"{address}/afronding", {"gegevens": dict(step.values), "motivering": step.motivation}
        if step.action is Action.CONTRIBUTE:
            return "POST", f"{address}/bijdragen", {"gegevens": dict(step.values)}
        if step.action is Action.RELEASE:
            return "DELETE", f"{address}/behandelaar", None
        return "PUT", f"{address}/behandelaar", {"persoon": self.stage.ids[step.to] if step.to else None}

    def _done(self, outcome: str, reply: Reply, row: Mapping[str, Any]) -> Done:
        rule = str(reply.content.get("regel", ""))
        receipt = reply.content.get("ontvangst", {}).get("regel")
        own = [one for one in self._records(row["zaak"]) if one["regel"] == receipt]
        rung = next((one["inhoud"].get("rung") for one in own), None)
        element = self._definition().processes[row["proces"]].elements[row["element"]]
        return replace(
            self._summed(outcome, own),
            rule=rule,
            ruling=Ruling(True, rule, rung=None if rung is None else Rung(rung)),
            task=Task(row["id"], row["element"], row["naam"], row["proces"], None, None, element.act or ActSpec()),
        )

    def _attempt(self, step: Step, attempt: Mapping[str, Json]) -> Done:
        found = self._cases(step.wijk or self.story.wijk, step.year)
        if not found:
            return NO_CASE
        case = found[0]["id"]
        reply = self.stage.send(step.who or "", "POST", f"/v1/zaken/{case}/handelingen", dict(attempt))
        if reply.status == 404:
            return self._unseen(case)
        if reply.status == 409:
            return Done("toegestaan, maar er is geen taak")
        if reply.status >= 400:
            return _failed(reply)
        row = self._tasks_by_id()[reply.content["taak"]]
        return self._done(_OUTCOME[Action.COMPLETE], reply, row)

    def _message(self, message: Mapping[str, Json]) -> Done:
        """A message from outside: planned as another case would, and delivered."""
        now = self.stage.moment[0]
        values = message.get("gegevens")
        with db.writing(self.stage.installation.database) as tx:
            store_jobs.send(
                tx, "", str(message["naam"]), str(message["sleutel"]), values if isinstance(values, dict) else {}, now
            )
        self.stage.let_pass(now)
        received = [one for one in self._records() if one["soort"] in (_RECEIVED, _STARTED)]
        if not received:
            sentence = f"geen zaak wacht op bericht {message['naam']} met sleutel “{message['sleutel']}”"
            return Done(sentence, is_trouble=True)
        return self._summed("bezorgd", received[:1])

    # --- what there is -----------------------------------------------------------------------------------------------

    def _cases(self, wijk: str, year: int | None = None) -> list[dict[str, Any]]:
        """All cases of a wijk (and year), the oldest first; asked again only when something may have moved."""
        seen, found = self.cases_at.get((wijk, year), (-1, []))
        if seen != self.stage.moves and wijk in self.readers:
            of_year = "" if year is None else f"&jaar={year}"
            found = self.stage.pages(self.readers[wijk], f"/v1/zaken?limit=200&wijk={wijk}{of_year}")[::-1]
            self.cases_at[wijk, year] = self.stage.moves, found
        return found

    def _everywhere(self) -> Iterator[dict[str, Any]]:
        for wijk in self.readers:
            yield from self._cases(wijk)

    def _tasks(self, case: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The case's tasks, open and closed; asked again only when the case has moved."""
        revision, found = self.tasks_at.get(case["id"], (-1, []))
        if revision != case["revisie"]:
            found = self.stage.pages(self.readers[case["wijk"]], f"/v1/zaken/{case['id']}/taken")
            self.tasks_at[case["id"]] = case["revisie"], found
        return found

    def _tasks_by_id(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for case in self._everywhere() for one in self._tasks(case)}

    def _open_tasks(self, wijk: str, year: int | None = None) -> list[dict[str, Any]]:
        return [one for case in self._cases(wijk, year) for one in self._tasks(case) if one["status"] == "open"]

    def _records(self, acted_in: str = "") -> list[dict[str, Any]]:
        """What the trails of the cases that moved, and of `acted_in`, hold that was not read yet."""
        found: list[dict[str, Any]] = []
        for case in self._everywhere():
            first, revision = self.read_to.get(case["id"], (0, -1))
            if revision == case["revisie"] and case["id"] != acted_in:
                continue
            address = f"/v1/zaken/{case['id']}/verantwoording?limit=200&cursor={first}"
            new = self.stage.pages(self.readers[case["wijk"]], address)
            self.read_to[case["id"]] = first + len(new), case["revisie"]
            found += new
        return found

    def _summed(self, outcome: str, records: list[dict[str, Any]]) -> Done:
        """What these records together opened and closed, by element."""
        effects = [one["inhoud"].get("effect", {}) for one in records]
        names = self._tasks_by_id() if records else {}
        return Done(
            outcome,
            opened=tuple(
                names[one]["element"] for effect in effects for one in effect.get("opened", ()) if one in names
            ),
            closed=tuple(
                names[one]["element"] for effect in effects for one in effect.get("closed", ()) if one in names
            ),
            ended=any(effect.get("ended", False) for effect in effects),
        )

    def _definition(self) -> Any:
        installation = self.stage.installation
        return next(iter(installation.read.values()))


def _failed(reply: Reply) -> Done:
    content = reply.content
    reason = " ".join(str(content[name]) for name in ("detail", "oplossing") if content.get(name))
    if reply.status == 403 and "regel" in content:
        rule = str(content["regel"])
        return Done("geweigerd", rule, Ruling(False, rule, reason), reason=reason)
    if reply.status == 400 and content.get("fouten"):
        faults = [(str(one["veld"]).removeprefix(_PREFIX), str(one["melding"])) for one in content["fouten"]]
        said = "; ".join(f"{name}: {message}" for name, message in faults)
        return Done("ongeldig", faults=tuple(name for name, _ in faults), reason=said)
    return Done(f"{reply.status} {content.get('title', '')}: {reason}", is_trouble=True)
