"""Rules have a period in which they hold: a row, term or table without a first day is not deployed (INV-44)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from engine.deadlines import Terms
from engine.decisions import Table
from engine.rights import Matrix
from engine.sentences import Sentence
from engine.terms import Finding, Severity

RULE = "INV-44"


def undated(
    matrix: Matrix | None, terms: Terms, tables: Mapping[str, Table], files: Mapping[str, str]
) -> Iterator[Finding]:
    """Each row, term and table that does not say from when it holds; `files` names the file of each by what it is.

    Its keys are `rechten`, `termijnen`, and the id of each table.
    """
    for cells in matrix.cells.values() if matrix else ():
        for cell in cells:
            if cell.since == date.min:
                yield _finding(files["rechten"], Sentence("{cel}: vul geldig_van in.", cel=cell.id), cell.line)
    for name, versions in terms.versions.items():
        if any(term.valid_from is None for term in versions):
            yield _finding(files["termijnen"], Sentence("Termijn '{naam}': vul geldig_van in.", naam=name), None, name)
    for table in tables.values():
        if table.since is None:
            sentence = Sentence(
                "Beslistabel '{tabel}': zet wijk:geldigVan (een datum) bij de beslissing.", tabel=table.id
            )
            yield _finding(files[table.id], sentence, table.line, table.id)


def _finding(file: str, sentence: Sentence, line: int | None, element: str | None = None) -> Finding:
    return Finding(
        file, RULE, Severity.ERROR, Sentence("Een regel heeft een geldigheid. {zin}", zin=sentence), element, None, line
    )
