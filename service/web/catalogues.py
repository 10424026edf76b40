"""Brings the catalogues up to date with the texts there are: `python -m service.web.catalogues` (`make texts`)."""

from __future__ import annotations

import sys
from functools import partial
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from service.config import SHIPPED
from service.web.language import CATALOGUES, DUTCH, LANGUAGES

ROOT = SHIPPED.parent
_MAPPING = ROOT / "babel.cfg"
_WIDTH = 120


def places(language: str) -> dict[Path, tuple[Path, ...]]:
    """Each catalogue of a language with the directories whose texts it holds; one for the house, one for each city."""
    cities = (path for path in SHIPPED.iterdir() if (path / "vertalingen").is_dir())
    house = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    return {house: (ROOT / "engine", ROOT / "service")} | {
        city / "vertalingen" / f"{language}.po": (city,) for city in sorted(cities)
    }


def template(directories: tuple[Path, ...]) -> Catalog:
    """All texts that there are to translate in these directories."""
    with _MAPPING.open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel carries no type there
    found = Catalog(fuzzy=False)
    for directory in directories:
        within = partial(_leads_to, directory)
        for name, _line, message, comments, _ in extract_from_dir(ROOT, methods, options, directory_filter=within):
            place = (name, None)  # without a line, so that it keeps when code moves
            found.add(message, locations=[place], auto_comments=comments)  # type: ignore[list-item]  # Babel writes it so
    return found


def updated(path: Path, language: str, found: Catalog) -> bytes:
    """The catalogue in this file with exactly the texts that were found: what was said of them is kept."""
    known = Catalog(locale=language)
    if path.is_file():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    known.update(found, no_fuzzy_matching=True, update_header_comment=False)
    known.fuzzy = False
    written = BytesIO()
    write_po(written, known, width=_WIDTH, omit_header=True, sort_output=True, ignore_obsolete=True)
    return written.getvalue()


def main() -> int:
    """Write every catalogue, and say what is still to be translated."""
    left = 0
    for language in LANGUAGES:
        if language == DUTCH:
            continue
        for path, directories in places(language).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(updated(path, language, template(directories)))
            with path.open("rb") as file:
                waiting = [message for message in read_po(file) if message.id and not message.string]
            left += len(waiting)
            print(f"{path.relative_to(ROOT)}: {len(waiting)} nog te vertalen")
    return 1 if left else 0


def _leads_to(directory: Path, entry: str) -> bool:
    """Whether this directory is the one, or one on the way to it or in it."""
    path = Path(entry)
    return path == directory or directory in path.parents or path in directory.parents


if __name__ == "__main__":
    sys.exit(main())
