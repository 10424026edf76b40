"""Questions on what was agreed and done: where things come from, what was promised, spent, contributed and told."""

from __future__ import annotations

from collections.abc import Iterator

from engine import steps
from engine.differences import items_of
from engine.initiatives import admission, findings_known, names_in, programme
from engine.ledger import ledger_of, parts, row_of
from engine.promises import promises
from engine.questions.material import Dossier, Entry, Material, Row, line
from engine.registers import decisions, moment
from engine.roles import values_of
from engine.submission import cents, open_rows, open_text
from engine.terms import Act, Fact, Json, Register
from engine.trail.kinds import Kind

_OWN = "wb4"  # what residents put in themselves, and what was sought from others: two of the city's seven rules
_OTHERS = "wb6"


def traces(material: Material) -> Iterator[Row]:
    """Each theme with the findings from which it comes, and each initiative with its theme (10)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        known, agenda = findings_known(registers), decisions(registers, steps.AGENDA)
        themes: set[str] = set()
        for fact in agenda[-1:]:
            for item in items_of(values_of(fact), steps.AGENDA):
                themes.add(item.name)
                origin = names_in(item.said.get("herkomst"))
                fresh = item.said.get("nieuw_feit")
                found = bool(fresh) or (bool(origin) and all(name in known for name in origin))
                told = line(fact, soort="thema", naam=item.fields.get("thema"), herkomst=[*origin], nieuw_feit=fresh)
                yield {**told, "onderwerp": item.name, "herleidbaar": found}
        for subject in dict.fromkeys(fact.subject for fact in decisions(registers, steps.ADMISSION)):
            yield from _initiative(admission(registers, subject), themes)


def _initiative(fact: Fact | None, themes: set[str]) -> Iterator[Row]:
    if fact is None or values_of(fact).get("besluit") == "afgewezen":
        return
    values = values_of(fact)
    theme, fresh = open_text(values, "thema"), values.get("wb5_reden")
    found = theme in themes or bool(fresh)
    yield line(
        fact, soort="initiatief", naam=values.get("naam"), herkomst=[theme] if theme else [], nieuw_feit=fresh
    ) | {"herleidbaar": found}


def promised(material: Material) -> Iterator[Row]:
    """Each commitment: who promised what by when, every date that it had, and how it stands (12)."""
    for dossier in material.dossiers:
        for one in promises(dossier.registers):
            values = values_of(one.fact)
            yield line(
                one.fact,
                kenmerk=values.get("kenmerk"),
                partij=one.party,
                prestatie=values.get("prestatie"),
                datum=one.dates[-1],
                eerdere_datums=[*one.dates[:-1]],
                gemiste_datums=[*one.missed_days(material.now)],
                nagekomen_op=moment(one.kept.at) if one.kept else None,
                stand=one.state(material.now).value,
            )


def money(material: Material) -> Iterator[Row]:
    """Each booking with the decision on which it rests, and each post with what is left (14)."""
    for dossier in material.dossiers:
        registers = dossier.registers
        for fact in registers.of(Register.GROOTBOEK, Act.BOEKING):
            values = values_of(fact)
            for post, amount in parts(values, "posten") or ((open_text(values, "post"), _amount(fact)),):
                yield line(
                    fact,
                    soort=values.get("soort"),
                    kenmerk=values.get("kenmerk"),
                    post=post,
                    naar=values.get("naar"),
                    bedrag=amount,
                    besluit=values.get("besluit"),
                )
        last = registers.of(Register.GROOTBOEK, Act.BOEKING)[-1:]
        for one in ledger_of(registers).posts.values() if last else ():
            stood = row_of(one)
            yield line(last[0], soort="stand", post=one.name, bedrag=one.spent, over=one.room) | {
                name: stood.get(name) for name in ("toegewezen", "verschoven", "gereserveerd")
            }


def _amount(fact: Fact) -> int:
    return cents(values_of(fact), "bedrag") or 0


def own_and_others(material: Material) -> Iterator[Row]:
    """Each initiative: whether residents put something in, what was sought elsewhere, and who promised what (15)."""
    for dossier in material.dossiers:
        made = promises(dossier.registers)
        taken = [*decisions(dossier.registers, steps.ADMISSION), *decisions(dossier.registers, steps.GRANT)]
        for subject in dict.fromkeys(fact.subject for fact in taken):
            fact = [one for one in taken if one.subject == subject][-1]
            if values_of(fact).get("besluit") == "afgewezen":
                continue
            tested = values_of(fact).get("toets_per_regel")
            answers = tested if isinstance(tested, dict) else {}
            own = [one for one in made if one.fact.subject == subject and one.party == subject]
            others = [one for one in made if one.fact.subject == subject and one.party != subject]
            yield line(
                fact,
                eigen_inzet=answers.get(_OWN),
                inzet_van_bewoners=[values_of(one.fact).get("prestatie") for one in own],
                van_derden=[f"{one.party}: {_told(values_of(one.fact).get('prestatie'))}" for one in others],
                gezocht_bij_derden=answers.get(_OTHERS),
                inspanning=values_of(fact).get("inspanning"),
            )


def _told(value: Json) -> str:
    return value if isinstance(value, str) else "(verzegeld)"


def accounted(material: Material) -> Iterator[Row]:
    """Each initiative of the programme: its line in the account, and whether its figures equal the ledger (17)."""
    for dossier in material.dossiers:
        taken = decisions(dossier.registers, steps.ACCOUNT)
        names, books = programme(dossier.registers), ledger_of(dossier.registers)
        said = {
            open_text(row, "onderdeel"): row
            for fact in taken[-1:]
            for row in open_rows(values_of(fact), "verantwoording_per_initiatief")
        }
        for name in names:
            row, post = said.get(name, {}), books.post(name)
            told, spent = cents(row, "uitgaven"), post.spent if post else 0
            basis = taken[-1] if taken else decisions(dossier.registers, steps.PROGRAMME)[-1]
            found = line(basis, resultaat=row.get("resultaat"), verantwoord=name in said, uitgaven_verslag=told)
            yield {**found, "onderwerp": name, "uitgaven_grootboek": spent, "gelijk": told == spent}
        for fact in taken[-1:]:
            yield from _totals(dossier, fact)


def _totals(dossier: Dossier, fact: Fact) -> Iterator[Row]:
    totals, books = values_of(fact).get("totalen"), ledger_of(dossier.registers)
    told = cents(totals if isinstance(totals, dict) else {}, "uitgegeven")
    found = line(fact, resultaat="alles samen", verantwoord=True, uitgaven_verslag=told)
    yield {**found, "uitgaven_grootboek": books.spent, "gelijk": told == books.spent}


def policy_points(material: Material) -> Iterator[Row]:
    """Each policy point: to whom it was sent, and whether an answer came (20)."""
    for dossier in material.dossiers:
        answers = {one.chain: one for one in dossier.entries if _is_answer(one)}
        silent = {one.chain for one in dossier.entries if one.kind == Kind.TIME_PASSED}
        started = _started_by(dossier)
        for fact in decisions(dossier.registers, steps.POLICY_POINT):
            values = values_of(fact)
            if values.get("is_er_een_punt") is False:
                continue
            # A point opens a case of its own, which names the case that sent it; a case sends its points in order.
            own = started.get(open_text(fact.body, "zaak"), [])
            case = own.pop(0) if own else ""
            answer = answers.get(case)
            yield line(
                fact,
                kenmerk=values.get("kenmerk"),
                geadresseerde=values.get("geadresseerde"),
                verzoek=values.get("verzoek"),
                antwoord=None if answer is None else answer.part("values").get("antwoord"),
                geantwoord_op=None if answer is None else moment(answer.at),
                termijn_verstreken=answer is None and case in silent,
            )


def _started_by(dossier: Dossier) -> dict[str, list[str]]:
    """The cases of points, in the order in which they began, by the case from which each was sent."""
    points = {one.id for one in dossier.cases if one.process.startswith("aandachtspunt")}
    begun = (one for one in dossier.entries if one.kind == Kind.CASE_STARTED and one.chain in points)
    found: dict[str, list[str]] = {}
    for one in sorted(begun, key=lambda entry: (entry.at, entry.chain)):
        found.setdefault(open_text(one.part("values"), "van"), []).append(one.chain)
    return found


def _is_answer(entry: Entry) -> bool:
    return entry.part("task").get("product") == "antwoord_aandachtspunt" and entry.kind == Kind.PRODUCT_DELIVERED
