"""Questions on the log itself: whether it is whole, and what it holds of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from engine.errors import NoMatch
from engine.expressions.moments import duration_of, shifted
from engine.questions.material import Entry, Material, Row, recorded
from engine.registers import moment
from engine.submission import day_of, open_text
from engine.terms import Json
from engine.trail.kinds import Kind
from engine.trail.record import NO_RECORD
from engine.trail.seal import HANDLE, handles_in


def whole(material: Material) -> Iterator[Row]:
    """Each chain: how many records, where it ends, and what does not fit; and how to check that without us (24)."""
    chains: dict[str, list[Entry]] = {}
    for one in material.entries:
        chains.setdefault(one.chain, []).append(one)
    for chain, (seq, head) in material.heads.items():
        entries = chains.get(chain, [])
        faults = [*_faults(entries, seq, head)]
        yield {
            "op": moment(entries[-1].at) if entries else None,
            "zaak": chain,
            "regels": len(entries),
            "einde": head,
            "fouten": [*faults],
            "klopt": not faults,
            "zelf_nagaan": f"wijkcyclus export --case {chain} BESTAND; python3 -I verify.py BESTAND --kept {head}",
            "regel": head if entries else None,
        }


def _faults(entries: Sequence[Entry], seq: int, head: str) -> Iterator[str]:
    """What is wrong with the records of one chain, by the number of the record."""
    before = NO_RECORD
    for number, one in enumerate(entries):
        if one.seq != number:
            yield f"{number}: hier staat nummer {one.seq}"
        if not one.is_sound:
            yield f"{one.seq}: de inhoud is niet wat is vastgelegd"
        if one.body.get("prev") != before:
            yield f"{one.seq}: verwijst niet naar de regel ervoor"
        before = one.digest
    if (len(entries) - 1, before) != (seq, head):
        yield f"{len(entries)}: de keten hoort te eindigen bij nummer {seq}"


_DESTROYED = (Kind.DESTRUCTION_ORDERED, Kind.DESTRUCTION_DONE)
_UNKNOWN = "geen bewaartermijn bekend (beslistabel bewaartermijn)"
_ASKED_AS = "product"


def personal_data(material: Material) -> Iterator[Row]:
    """What is held of people, by case and field, until when; and each destruction with who approved it (25)."""
    held: dict[tuple[str, str, str, str], list[Entry]] = {}
    ended = {one.id: one.ended_at for one in material.cases}
    gone: dict[str, list[Entry]] = {}
    for one in material.entries:
        for digest, place in dict(_sealed_in(dict(one.body), "")).items():
            if digest in material.values:
                held.setdefault((one.chain, place, material.values[digest], _governed_by(one)), []).append(one)
            else:
                gone.setdefault(one.chain, []).append(one)
    for (chain, name, compartment, product), entries in held.items():
        kept = _kept(material, product, ended.get(chain))
        yield _held(entries[-1], chain, name, len(entries)) | {"vak": compartment, **kept}
    for chain, entries in gone.items():
        yield _held(entries[-1], chain, "", len(entries)) | {"soort": "vernietigd", "termijn": None}
    for one in material.of(_DESTROYED):
        yield recorded(
            one,
            soort="opdracht" if one.kind == Kind.DESTRUCTION_ORDERED else "uitgevoerd",
            veld=None,
            vak=None,
            aantal=None,
            waarom=one.part("values").get("grond"),
            termijn=None,
            door=one.part("values").get("opgedragen_door") or one.part("actor").get("ref"),
            en_door=one.part("values").get("gevraagd_door"),
        )


def _governed_by(one: Entry) -> str:
    """As what a record is looked up in the table of retention terms: its product, or the decision step."""
    return open_text(one.part("task"), "product") or open_text(one.body, "step")


def _kept(material: Material, product: str, ended: datetime | None) -> Row:
    """What the city's table says: how long, as what, by which source; and until which day, when the case has ended."""
    if material.retention is None:
        return {"termijn": _UNKNOWN}
    try:
        told = material.retention.decide({_ASKED_AS: product}, day_of(material.now)).values
    except NoMatch:
        return {"termijn": _UNKNOWN}
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    length = duration_of(said.get("termijn", ""))
    until = None if length is None or ended is None else shifted(day_of(ended), length, 1)
    found: Row = {name: said.get(name) for name in ("categorie", "nominatie", "termijn", "bron")}
    return found | {"bewaren_tot": until.isoformat() if isinstance(until, date) else None}


def _sealed_in(value: Json, place: str) -> Iterator[tuple[str, str]]:
    """The digest of each sealed value with the field in which it stands; of a motivation that of its form."""
    if isinstance(value, dict):
        yield from ((digest, place) for digest in handles_in(value) if set(value) == {HANDLE})
        for name in sorted(value, key=lambda name: name == "values"):
            yield from _sealed_in(value[name], f"{place}.{name}".removeprefix(".values").removeprefix("."))
    elif isinstance(value, list):
        for one in value:
            yield from _sealed_in(one, place)


def _held(last: Entry, chain: str, name: str, count: int) -> Row:
    return recorded(
        last,
        soort="bewaard",
        veld=name,
        vak=None,
        aantal=count,
        waarom="nodig om te verantwoorden wat er met inbreng en besluiten is gedaan",
        door=None,
        en_door=None,
    ) | {"zaak": chain}
