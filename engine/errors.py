"""What the engine refuses, one class per reason; the docstring is the title that people see."""

from __future__ import annotations

from engine.sentences import Sentence
from engine.terms import Finding, Ruling


class EngineError(Exception):
    """De motor kan dit niet uitvoeren"""

    @classmethod
    def title(cls) -> str:
        """The Dutch title for people, from the docstring."""
        return (cls.__doc__ or "").strip()


class TaskNotOpen(EngineError):
    """De taak staat niet open"""


class Runaway(EngineError):
    """De zaak kwam niet tot rust binnen het toegestane aantal stappen"""


class ExpressionError(EngineError):
    """De uitdrukking is fout"""

    def __init__(self, sentence: Sentence, column: int | None = None) -> None:
        """Keep the `sentence` and the 1-based `column`, when the mistake has a place; `told` holds both."""
        self.told = sentence if column is None else Sentence("{zin} (kolom {kolom})", zin=sentence, kolom=column)
        super().__init__(self.told)
        self.sentence = sentence
        self.column = column


class NoMatch(EngineError):
    """De beslistabel geeft geen eenduidig antwoord"""


class StateUnknown(EngineError):
    """De toestand van de zaak is van een onbekende versie"""


class CaseStuck(EngineError):
    """De zaak kan niet verder: er is een incident"""


class EndForbidden(CaseStuck):
    """De zaak kan nog niet eindigen"""

    def __init__(self, ruling: Ruling) -> None:
        """Keep the ruling that says what is left to do."""
        super().__init__(f"{ruling.rule}: {ruling.reason}")
        self.ruling = ruling


class StartUnknown(EngineError):
    """De zaak kan zo niet beginnen"""


class MessageUnexpected(EngineError):
    """De zaak wacht niet op dit bericht"""


class TermError(EngineError):
    """De termijn klopt niet"""

    def __init__(self, told: Sentence) -> None:
        """Keep what is told, the end of a sentence."""
        super().__init__(told)
        self.told = told


class RecordRefused(EngineError):
    """Dit kan niet in een regel van de verantwoording staan"""


class TreeBroken(EngineError):
    """De boom van de verantwoording is niet heel"""


class ProofRefused(EngineError):
    """Dit kan niet uit de verantwoording worden bewezen"""


class NoteRefused(EngineError):
    """Dit ondertekende stuk van de verantwoording is niet te vertrouwen"""


class ValuesUnreadable(EngineError):
    """De gegevens hebben niet de vorm die deze handeling vraagt"""


class DefinitionRefused(EngineError):
    """Het procesmodel heeft fouten en is niet uitgerold"""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep all findings, so that a designer sees them at once."""
        super().__init__("; ".join(f"{f.file}: {f.sentence}" for f in findings))
        self.findings = findings
