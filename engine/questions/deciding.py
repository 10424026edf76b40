"""Questions on who decided: in what capacity, on which rung, and what became of what was agreed with participants."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.binding import outcome_of
from engine.consents import TAKEOVER, is_yes, owners_in, takeover_answer
from engine.differences import fields_of, items_of
from engine.initiatives import REJECTED
from engine.questions.material import Dossier, Entry, Material, Row, line, recorded
from engine.registers import Registers, decisions, moment
from engine.roles import values_of
from engine.submission import text
from engine.terms import Act, Fact, Json, Register, Values
from engine.trail.kinds import Kind

_DECIDING = (Kind.DECISION_TAKEN, Kind.RATIFIED, Kind.SELF_BOUND, Kind.BALLOT_HELD)


def who_decided(material: Material) -> Iterator[Row]:
    """Each decision with who took it, as what, for whom, and on which cell of the rights table or which mandate (1)."""
    for one in material.of(_DECIDING):
        actor, said = one.part("actor"), one.part("decision")
        yield recorded(
            one,
            wie=actor.get("ref"),
            namens=actor.get("for"),
            orgaan=said.get("organ"),
            grond=said.get("ground") or one.part("ruling").get("rule"),
            mandaat=actor.get("mandate") or [],
            trede=one.body.get("rung"),
            uitkomst=said.get("outcome") or one.part("values").get("besluit"),
            gehoord=said.get("heard") or [],
        )


def which_rung(material: Material) -> Iterator[Row]:
    """Each frame with its rung and the rung that stood before it, and each decision to change one (2)."""
    for dossier in material.dossiers:
        before: dict[tuple[str | None, str], Json] = {}
        for fact in dossier.registers.of(Register.KADERS, Act.KADER):
            place, rung = (fact.step, fact.subject), values_of(fact).get("trede")
            yield line(
                fact,
                soort="kader",
                trede=rung,
                eerder=before.get(place),
                gewijzigd=place in before and before[place] != rung,
                wie=fact.by,
            )
            before[place] = rung
        for fact in decisions(dossier.registers, steps.RUNG):
            values = values_of(fact)
            told = line(fact, soort="besluit over de trede", trede=values.get("naar"), eerder=values.get("van"))
            yield {**told, "stap": values.get("stap"), "gewijzigd": values.get("besluit") == "wijzigen", "wie": fact.by}


def where_deviated(material: Material) -> Iterator[Row]:
    """Each difference from a joint proposal, with the reason that was given for it (7)."""
    for one in material.of((Kind.DECISION_TAKEN,)):
        found = one.body.get("deviation")
        for row in found if isinstance(found, list) else ():
            if isinstance(row, dict):
                yield recorded(
                    one,
                    onderdeel=row.get("item"),
                    trede=row.get("rung"),
                    veld=row.get("field"),
                    van=row.get("from"),
                    naar=row.get("to"),
                    reden=row.get("reason"),
                    reden_uit=row.get("cites"),
                )


def bound_outcomes(material: Material) -> Iterator[Row]:
    """Each outcome of participants that binds: ratified by whom, and whether later decisions left it as it is (8)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        decided = (*registers.of(Register.STEMMINGEN, Act.STEMMING), *registers.all(Register.BESLUITEN))
        for step, subject in dict.fromkeys((fact.step or "", fact.subject) for fact in decided):
            outcome = outcome_of(registers, step, subject)
            if outcome is not None:
                yield _outcome(registers, outcome)


def _outcome(registers: Registers, outcome: Fact) -> Row:
    values = values_of(outcome)
    ratified = [
        fact
        for fact in registers.of(Register.BESLUITEN, Act.BEKRACHTIGING)
        if (fact.step, fact.subject) == (outcome.step, outcome.subject) and fact.at >= outcome.at
    ]
    changed: list[Json] = [*_changed_since(registers, outcome)]
    return line(
        outcome,
        trede=outcome.body.get("trede"),
        uitslag=values.get("uitslag") or values.get("besluit"),
        bedrag=values.get("bedrag"),
        bekrachtigd_op=moment(ratified[-1].at) if ratified else None,
        bekrachtigd_door=ratified[-1].body.get("rol") if ratified else None,
        gewijzigd=changed,
        ongewijzigd_uitgevoerd=bool(ratified) and not changed,
    )


def _changed_since(registers: Registers, outcome: Fact) -> Iterator[str]:
    """What a later adoption of the programme says otherwise than the outcome, or leaves out."""
    decided = {**values_of(outcome), **fields_of(values_of(outcome))}
    for fact in decisions(registers, steps.PROGRAMME):
        if fact.at < outcome.at:
            continue
        items = {item.name: item for item in items_of(values_of(fact), steps.GRANT)}
        if outcome.subject not in items:
            yield "het onderdeel ontbreekt in het programma"
            continue
        fields = items[outcome.subject].fields
        yield from (name for name in fields if name in decided and fields[name] != decided[name])


def refused_proposals(material: Material) -> Iterator[Row]:
    """Each proposal that was not admitted: by which rule, why, and which other path was offered (11)."""
    for dossier in material.dossiers:
        for fact in decisions(dossier.registers, steps.ADMISSION):
            values = values_of(fact)
            if values.get("besluit") != REJECTED:
                continue
            yield line(
                fact,
                naam=values.get("naam"),
                regels=[*_failed(values)],
                reden=values.get("reden_bij_afwijzing") or values.get("reden"),
                ander_pad=values.get("ander_pad"),
            )


def _failed(values: Values) -> Iterator[str]:
    tested = values.get("toets_per_regel")
    for name, answer in tested.items() if isinstance(tested, dict) else ():
        if answer == "nee":
            yield name


def changed_hands(material: Material) -> Iterator[Row]:
    """Each initiative that somebody wished to take over, what its group answered, and who owns it since (18)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        asked = [
            *(fact for fact in registers.of(Register.INSTEMMINGEN, Act.INSTEMMING) if _asks_takeover(fact)),
            *(fact for fact in registers.all(Register.BESLUITEN) if fact.step == steps.TAKEOVER),
        ]
        for subject in dict.fromkeys(fact.subject for fact in asked):
            answer, last = takeover_answer(registers, subject), [one for one in asked if one.subject == subject][-1]
            agreed = answer is not None and (is_yes(answer) or values_of(answer).get("besluit") == "instemmen")
            yield line(
                last,
                instemming=agreed,
                geantwoord_op=moment(answer.at) if answer else None,
                nieuwe_eigenaar=owners_in(values_of(last), subject).get(subject) if agreed else None,
                reden=values_of(last).get("reden"),
            )
        yield from _refused_takeovers(dossier)


def _asks_takeover(fact: Fact) -> bool:
    return text(values_of(fact), "verzoek") == TAKEOVER


def _refused_takeovers(dossier: Dossier) -> Iterator[Row]:
    """Attempts to take over without consent: refused, and so without a row in any register."""
    for one in dossier.entries:
        ruling = one.part("ruling")
        if (ruling.get("outcome"), ruling.get("rule")) == ("refused", "INV-24"):
            yield recorded(one, instemming=False, geantwoord_op=None, nieuwe_eigenaar=None, reden="geweigerd: INV-24")


def disputes(material: Material) -> Iterator[Row]:
    """Each dispute and objection: when it came in, at which level it was decided, and whether within the term (19)."""
    due = {task.id: task.due for task in material.tasks}
    for dossier in material.dossiers:
        lodged = {one.chain: one for one in reversed(dossier.entries) if one.part("task").get("product") in _LODGED}
        decided = {
            one.chain: one
            for one in dossier.entries
            if one.kind == Kind.DECISION_TAKEN and one.body.get("step") in (steps.DISPUTE, steps.OBJECTION)
        }
        for chain in dict.fromkeys((*lodged, *decided)):
            first, last = lodged.get(chain), decided.get(chain)
            until = None if last is None else due.get(str(last.part("task").get("id")))
            yield _dispute(first, last) | {
                "termijn": moment(until) if until else None,
                "binnen_termijn": None if last is None or until is None else last.at < until,
            }


_LODGED = ("geschil", "bezwaarschrift", "bezwaar")


def _dispute(first: Entry | None, last: Entry | None) -> Row:
    one = last or first
    assert one is not None, "a case in which something was lodged or decided"
    values = {} if last is None else last.part("values")
    step = one.body.get("step")
    lodged = "bezwaar" if first is not None and first.part("task").get("product") != "geschil" else "geschil"
    return recorded(
        one,
        soort="bezwaar" if step == steps.OBJECTION else "geschil" if step == steps.DISPUTE else lodged,
        kenmerk=None if first is None else first.part("values").get("kenmerk"),
        ingediend_op=None if first is None else moment(first.at),
        ingediend_door=None if first is None else first.part("actor").get("role"),
        niveau=None if last is None else last.part("actor").get("role"),
        besluit=values.get("besluit") or values.get("uitkomst"),
        reden=values.get("reden"),
    )
