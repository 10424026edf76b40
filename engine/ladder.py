"""A city's own ladder: what it calls its kinds of participation, and on which rung of the universal ladder each stands.

`ladder.toml`: `[[soorten]]` with `naam`, `trede` and, where the city calls something *meebeslissen* that is shared
responsibility, `delegatie = true`: without a recorded delegation such a promise is and is called *coproduceren*.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.sentences import Sentence
from engine.submission import folded, is_filled
from engine.terms import Finding, Rung, Severity, Values

RULE = "INV-12"
KIND, DELEGATION = "soort", "delegatie"
FILE = "ladder.toml"


@dataclass(frozen=True, slots=True)
class KindOfParticipation:
    """One word of the city: the rung that it stands on, and whether it holds only by a recorded delegation."""

    name: str
    rung: Rung
    needs_delegation: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """The words of a city for what it does with its residents; none: it uses those of the ladder itself."""

    kinds: Mapping[str, KindOfParticipation]

    @staticmethod
    def read(content: bytes, file: str = FILE) -> tuple[Ladder, tuple[Finding, ...]]:
        """The ladder and what is wrong with it, all at once."""
        try:
            listed = tomllib.loads(content.decode()).get("soorten", [])
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
            return Ladder({}), (_error(file, Sentence("Dit is geen TOML: {fout}", fout=str(wrong))),)
        findings: list[Finding] = []
        kinds: dict[str, KindOfParticipation] = {}
        for number, row in enumerate(listed if isinstance(listed, list) else [None], 1):
            kind = _kind(row)
            if kind is None:
                sentence = Sentence(
                    "Soort {nummer} noemt geen naam, bestaande trede of delegatie (true of false).", nummer=number
                )
                findings.append(_error(file, sentence))
                continue
            if folded(kind.name) in kinds:
                findings.append(_error(file, Sentence("Soort “{naam}” staat er twee keer.", naam=kind.name), kind.name))
            kinds[folded(kind.name)] = kind
        findings += _loose(kinds, file)
        return Ladder(kinds), tuple(findings)

    def kind(self, values: Values) -> KindOfParticipation | None:
        """The kind that a frame names in the city's words."""
        named = values.get(KIND)
        return self.kinds.get(folded(named)) if isinstance(named, str) else None

    def rung(self, rung: Rung, values: Values) -> Rung:
        """The rung that a frame really promises: *meebeslissen* without its delegation is *coproduceren* (INV-12)."""
        if rung is not Rung.MEEBESLISSEN or is_filled(values.get(DELEGATION)):
            return rung
        kind = self.kind(values)
        binding = [kind] if kind else [one for one in self.kinds.values() if one.rung is Rung.MEEBESLISSEN]
        is_bare = bool(binding) and all(one.needs_delegation for one in binding)
        return Rung.COPRODUCEREN if is_bare else rung


NO_LADDER = Ladder({})


def _kind(row: object) -> KindOfParticipation | None:
    if not isinstance(row, dict):
        return None
    name, rung, delegation = row.get("naam"), row.get("trede"), row.get(DELEGATION, False)
    if not isinstance(name, str) or not is_filled(name) or rung not in set(Rung) or not isinstance(delegation, bool):
        return None
    return KindOfParticipation(name, Rung(rung), delegation)


def _loose(kinds: Mapping[str, KindOfParticipation], file: str) -> Iterator[Finding]:
    for kind in kinds.values():
        if folded(kind.name) == Rung.MEEBESLISSEN and kind.rung is Rung.MEEBESLISSEN and not kind.needs_delegation:
            yield _error(
                file,
                Sentence(
                    "“{naam}” bindt het bestuur alleen als de beslissing is overgedragen; zet er delegatie = "
                    "true bij, of kies de trede coproduceren.",
                    naam=kind.name,
                ),
                kind.name,
            )


def _error(file: str, sentence: Sentence, name: str | None = None) -> Finding:
    return Finding(file, RULE, Severity.ERROR, sentence, name=name)
