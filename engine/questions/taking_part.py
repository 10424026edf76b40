"""Questions on who took part: what was promised beforehand, who came, what they said and what was done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import steps
from engine.errors import ValuesUnreadable
from engine.meetings import attendance, has_action, of_sort
from engine.participation import Frame, handlings_in, published_at, rung_in, term_in, without_handling
from engine.questions.material import Dossier, Entry, Material, Row, days, line
from engine.registers import Registers, decisions, moment, names_of, overlaps
from engine.roles import values_of
from engine.submission import rows, text
from engine.terms import Act, Fact, Json, Register, Values
from engine.trail.kinds import Kind

_CONCEPT = "conceptwijkprogramma"


def published_before_input(material: Material) -> Iterator[Row]:
    """Each frame: when it was made public, and when the first contribution to its step came in (3)."""
    for dossier in material.dossiers:
        for fact in dossier.registers.of(Register.KADERS, Act.KADER):
            since, first = _published(dossier.registers, fact), _first_input(dossier.registers, fact)
            values = values_of(fact)
            yield line(
                fact,
                doel=values.get("doel"),
                ruimte_open=values.get("ruimte_open"),
                ruimte_dicht=values.get("ruimte_dicht"),
                gepubliceerd_op=since,
                eerste_inbreng_op=first,
                vooraf=first is None or (since is not None and since <= first),
            )


def _published(registers: Registers, fact: Fact) -> str | None:
    rung, ends = rung_in(values_of(fact)), term_in(values_of(fact))
    since = published_at(registers, Frame(fact, rung, ends)) if rung and ends else None
    return moment(since) if since else None


def _first_input(registers: Registers, frame: Fact) -> str | None:
    """The first contribution or advice to a frame's step while this frame stood, or since."""
    given = (*registers.of(Register.INBRENG, Act.INBRENG), *registers.of(Register.ADVIEZEN, Act.ADVIES))
    found = [
        fact.at
        for fact in given
        if fact.step == frame.step and overlaps(fact.subject, frame.subject) and fact.at >= frame.at
    ]
    return moment(min(found)) if found else None


def who_came(material: Material) -> Iterator[Row]:
    """Each meeting: who was invited, who came, which groups were missing, and what was done about it (4)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        for fact in registers.of(Register.BIJEENKOMSTEN, Act.BIJEENKOMST):
            values = values_of(fact)
            came, missing = _attendance(values)
            yield line(
                fact,
                soort=values.get("soort"),
                titel=values.get("titel"),
                datum=values.get("datum"),
                uitgenodigd=values.get("doelgroep"),
                openbaar=values.get("openbaar"),
                opkomst=came,
                groepen=values.get("opkomst") or [],
                ontbrak=missing,
                actie=values.get("actie"),
                actie_gedaan=not missing or has_action(registers, fact) or fact not in of_sort(registers, "verslag"),
            )


def _attendance(values: Values) -> tuple[int | None, list[Json]]:
    try:
        found = attendance(values)
    except ValuesUnreadable:
        return None, []
    return (found.total if values.get("opkomst") else None), [*found.missing]


def said_by_residents(material: Material) -> Iterator[Row]:
    """Each contribution and advice, in the words of who gave it: sealed ones by their digest (5)."""
    for dossier in material.dossiers:
        for register, act in ((Register.INBRENG, Act.INBRENG), (Register.ADVIEZEN, Act.ADVIES)):
            for fact in dossier.registers.of(register, act):
                values = values_of(fact)
                yield line(
                    fact,
                    soort=act.value,
                    kenmerk=values.get("kenmerk"),
                    kanaal=values.get("kanaal"),
                    woorden=values.get("tekst") or values.get("advies"),
                    trede=fact.body.get("trede"),
                )


def what_became_of_it(material: Material) -> Iterator[Row]:
    """Each contribution and advice: how it was handled, by whom and why, and which decisions weighed it (6)."""
    for dossier in material.dossiers:
        weighed = _weighed(dossier)
        for register, act in ((Register.INBRENG, Act.INBRENG), (Register.ADVIEZEN, Act.ADVIES)):
            given = dossier.registers.of(register, act)
            for fact in given:
                told, by = answer_to(dossier.registers, fact, given)
                yield line(
                    fact,
                    soort=act.value,
                    kenmerk=values_of(fact).get("kenmerk"),
                    uitkomst=told.get("uitkomst"),
                    reden=told.get("reden"),
                    reactie=told.get("reactie"),
                    afgehandeld_op=moment(by.at) if by else None,
                    afgehandeld_door=by.body.get("rol") if by else None,
                    besluiten=[one.digest for one in weighed.get(fact.record, ())],
                )


def _weighed(dossier: Dossier) -> Mapping[str, list[Entry]]:
    """The decisions by each contribution that they say they heard."""
    found: dict[str, list[Entry]] = {}
    for one in dossier.entries:
        heard = one.part("decision").get("heard") if one.kind == Kind.DECISION_TAKEN else None
        for digest in heard if isinstance(heard, list) else ():
            found.setdefault(str(digest), []).append(one)
    return found


def answer_to(registers: Registers, fact: Fact, given: tuple[Fact, ...]) -> tuple[Values, Fact | None]:
    """The last handling, with the row in which it stands; where there is none, the last reply in a decision.

    What a decision replies is often one word for all; it does not take away the outcome and the reason of a handling.
    """
    own = names_of(fact) | ({str(fact.body.get("rol"))} if fact.register is Register.ADVIEZEN else frozenset())
    others = frozenset(name for one in given if one is not fact for name in names_of(one) | {str(one.body.get("rol"))})
    names = own - others  # a name that two bear points at neither
    found: tuple[Values, Fact | None] = ({}, None)
    for by in (*registers.of(Register.BESLUITEN, Act.BESLUIT), *registers.of(Register.INBRENG, Act.AFHANDELING)):
        told = handlings_in(values_of(by)) if by.register is Register.INBRENG else rows(values_of(by), "reacties")
        for row in told:
            if {text(row, "inbreng"), text(row, "advies")} & names:
                found = row, by
    return found


def concept_and_reactions(material: Material) -> Iterator[Row]:
    """Each adoption of the programme: how long its concept was public, who reacted, and what was still open (16)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        shown = [
            fact for fact in registers.of(Register.PUBLICATIES, Act.PUBLICATIE) if fact.body.get("product") == _CONCEPT
        ]
        taken = decisions(registers, steps.PROGRAMME)
        for fact in (*taken, *(shown if not taken else ())):
            yield _adoption(dossier, shown[0] if shown else None, fact, is_adopted=bool(taken))


def _adoption(dossier: Dossier, shown: Fact | None, fact: Fact, *, is_adopted: bool) -> Row:
    until = fact.at if is_adopted else dossier.now
    known = Registers((one for one in _facts(dossier) if one.at <= until), until)
    heard = tuple(one for one in known.of(Register.INBRENG, Act.INBRENG) if one.step == steps.REPLIES)
    frames = [one for one in known.of(Register.KADERS, Act.KADER) if one.step == steps.REPLIES]
    ends = term_in(values_of(frames[-1])) if frames else None
    still: list[Json] = [one.record for one in without_handling(known, heard)]
    return line(
        fact,
        vastgesteld=is_adopted,
        gepubliceerd_op=moment(shown.at) if shown else None,
        reageren_tot=moment(ends) if ends else None,
        dagen=days(shown.at, min(until, ends or until)) if shown else 0,
        reacties=len(heard),
        van=[*sorted({str(one.body.get("rol")) for one in heard})],
        onbehandeld=still,
        alles_behandeld=not still,
    )


def _facts(dossier: Dossier) -> Iterator[Fact]:
    for register in Register:
        yield from dossier.registers.all(register)
