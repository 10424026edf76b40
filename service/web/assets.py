"""What a page looks like: our style sheet, the city's own theme after it, and what `make setup` took from npm.

Nothing here is needed to read or send a page: without the letter the system's own is used, without htmx a whole page
comes where a part would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).resolve().parent
BUILT = _HERE / "built"
"""Where `make setup` puts what it took from npm; never under version control."""
THEME = "thema.css"
_MARK = "merk.svg"
_FACE = """@font-face {{
  font-family: "Source Sans 3"; font-weight: 200 900; font-display: swap; src: url(/opmaak/{file}) format("woff2");
  unicode-range: {reach};
}}
"""
_LATIN = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122"
_MORE = "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB"
_LETTERS = {"letter.woff2": _LATIN, "letter-meer.woff2": _MORE}
_KINDS = {".svg": "image/svg+xml", ".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that pages link to; its address changes with its content."""

    content: bytes
    kind: str
    address: str


@cache
def assets(city: Path) -> dict[str, Asset]:
    """What there is by name: only our own sheet is always there."""
    letters = {name: path for name in _LETTERS if (path := BUILT / name).is_file()}
    faces = "".join(_FACE.format(file=name, reach=_LETTERS[name]) for name in letters)
    found = {"wijk.css": faces.encode() + (_HERE / "wijk.css").read_bytes(), _MARK: (_HERE / _MARK).read_bytes()}
    given = {THEME: city / THEME, "htmx.js": BUILT / "htmx.js"} | letters
    found |= {name: path.read_bytes() for name, path in given.items() if path.is_file()}
    return {name: _asset(name, content) for name, content in found.items()}


def _asset(name: str, content: bytes) -> Asset:
    version = sha256(content).hexdigest()[:12]
    return Asset(content, _KINDS[Path(name).suffix], f"/opmaak/{name}?v={version}")
