"""Whom to believe (c2sp.org/tlog-policy): the keys of the logs, the witnesses, and how many of them must have signed.

A policy comes from elsewhere than the evidence that it judges: whoever hands over both can make both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import NoteRefused
from engine.trail.checkpoint import Checkpoint
from engine.trail.lines import read_number
from engine.trail.note import KeyKind, Note, VerifierKey, signers

NONE = "none"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness and, where it is asked to cosign, its address."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members, each a witness or a group."""

    threshold: int
    members: tuple[str, ...]


Named = Mapping[str, Witness | Group]
"""What the names of a policy stand for; they mean nothing outside it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The keys that count. `quorum` names a witness or a group that must have signed too, or is `none`."""

    logs: tuple[VerifierKey, ...]
    named: Named
    quorum: str = NONE

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """All witnesses that the policy knows."""
        return tuple(one for one in self.named.values() if isinstance(one, Witness))

    def accept(self, note: Note) -> Checkpoint:
        """The checkpoint of a note that this policy believes. Raises NoteRefused, saying what is lacking."""
        checkpoint = Checkpoint.read(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise NoteRefused(f"het logboek {checkpoint.origin} staat niet in het beleid")
        if not signers(note, logs):
            raise NoteRefused(f"het controlepunt is niet ondertekend door het logboek {checkpoint.origin}")
        signed = signers(note, [witness.key for witness in self.witnesses])
        if not self._is_met(signed):
            raise NoteRefused(f"er tekenden te weinig getuigen: {len(signed)}, en het beleid vraagt {self.quorum!r}")
        return checkpoint

    def _is_met(self, signed: Mapping[VerifierKey, object]) -> bool:
        met = {NONE: True}
        for name, one in self.named.items():  # a group stands after its members, however deep it goes
            if isinstance(one, Witness):
                met[name] = one.key in signed
            else:
                met[name] = sum(met[member] for member in one.members) >= one.threshold
        return met[self.quorum]

    @classmethod
    def read(cls, content: bytes) -> Policy:
        """The policy of a file. Raises NoteRefused, naming the line, for anything that the format does not know."""
        logs, named, quorums = list[VerifierKey](), dict[str, Witness | Group](), list[str]()
        for number, words in enumerate(_lines(content), 1):
            try:
                match words:
                    case ["log", key] | ["log", key, _]:
                        logs.append(_key(key, KeyKind.LOG, logs))
                    case ["witness", name, key, *url] if len(url) < 2:
                        others = [one.key for one in named.values() if isinstance(one, Witness)]
                        named[_new(name, named)] = Witness(_key(key, KeyKind.WITNESS, others), *url)
                    case ["group", name, threshold, *members]:
                        named[_new(name, named)] = _group(threshold, members, named)
                    case ["quorum", name] if not quorums and (name == NONE or name in named):
                        quorums.append(name)
                    case [first, *_] if not first.startswith("#"):
                        raise NoteRefused("zo'n regel kent een beleid niet, of niet op deze plaats")
            except NoteRefused as wrong:
                raise NoteRefused(f"beleid, regel {number}: {wrong}") from wrong
        if not quorums:
            raise NoteRefused("het beleid zegt met 'quorum' niet welke getuigen nodig zijn ('none' mag)")
        return cls(tuple(logs), named, quorums[0])


def _lines(content: bytes) -> list[list[str]]:
    """The words of each line; other bytes than ASCII stand for themselves, whatever they may mean."""
    text = content.decode("utf-8", "surrogateescape")
    if any((sign < " " and sign not in "\t\n") or sign == "\x7f" for sign in text) or not text.endswith("\n"):
        raise NoteRefused("het beleid heeft een stuurteken, of eindigt niet met een regeleinde")
    return [[word for word in line.replace("\t", " ").split(" ") if word] for line in text[:-1].split("\n")]


def _key(text: str, kind: KeyKind, others: Iterable[VerifierKey]) -> VerifierKey:
    key = VerifierKey.read(text)
    if key.kind is not kind or any(other.public == key.public for other in others):
        raise NoteRefused("de sleutel staat er al, of is er niet een voor deze soort regel")
    return key


def _new(name: str, named: Named) -> str:
    if name == NONE or name in named:
        raise NoteRefused(f"de naam {name!r} is al in gebruik")
    return name


def _group(threshold: str, members: list[str], named: Named) -> Group:
    """A group of names that are known and in no group yet: then each witness counts once."""
    least = {"any": 1, "all": len(members)}.get(threshold) or read_number(threshold)
    taken = {member for one in named.values() if isinstance(one, Group) for member in one.members}
    if not 1 <= least <= len(members) == len(set(members)) or not set(members) <= set(named) - taken:
        raise NoteRefused(
            "een groep noemt bekende leden die in geen andere staan, en vraagt er niet meer dan zij heeft"
        )
    return Group(least, tuple(members))
