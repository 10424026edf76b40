"""Walks through all pages that somebody can reach by links, and tells which text of a page is still Dutch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

_VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "path", "rect", "circle", "line", "use", "polygon"})
_SAID = ("aria-label", "aria-description", "title", "alt", "placeholder", "data-kop")
_UNSAID = frozenset({"script", "style"})
# Words that are in hardly any Dutch sentence not, and are no English words.
_COMMON = (
    "de het een van voor niet wordt worden zijn met naar door nog geen deze dit wie wat uw aan bij op er en als dan",
    "maar ook te tot uit heeft hebt kan kunt mag moet zaak taak regel mijn alle dat die hier wel al om",
)
DUTCH = frozenset(word for line in _COMMON for word in line.split())
_WORD = re.compile(r"[a-zà-ÿ]+")
MOST_OF_ONE_KIND = 3


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: its address, the route that made it, its status, kind and text."""

    path: str
    route: str
    status: int
    kind: str
    text: str

    @property
    def is_html(self) -> bool:
        return self.kind == "text/html"


def walk(app: Flask, client: FlaskClient, starts: tuple[str, ...], most: int = MOST_OF_ONE_KIND) -> Iterator[Page]:
    """Every page that links lead to from these, and of each kind of page (route) at most so many."""
    waiting, seen, kinds = list(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        route = _route(app, path)
        if kinds[route] >= most:
            continue
        kinds[route] += 1
        answer = client.get(path, follow_redirects=True)
        page = Page(path, route, answer.status_code, answer.mimetype or "", answer.get_data(as_text=True))
        yield page
        if page.is_html:
            for link in links(page):
                if link not in seen and not link.startswith("/taal/"):
                    seen.add(link)
                    waiting.append(link)


def links(page: Page) -> list[str]:
    """The addresses of this site that the page links to, without the place in the page."""
    found = []
    for address in re.findall(r'<(?:a|link|script)\s[^>]*?(?:href|src)="([^"]*)"', page.text):
        whole = urlsplit(urljoin(f"http://site{page.path}", address.replace("&amp;", "&")))
        if whole.netloc == "site" and not address.startswith("#"):
            found.append(whole.path + (f"?{whole.query}" if whole.query else ""))
    return found


def _route(app: Flask, path: str) -> str:
    with app.test_request_context(path) as context:
        return str(context.request.url_rule or path)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.line: list[str] = []  # of a text in a drawing, which stands on more than one line
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang", self.open[-1][1] if self.open else "")
        self.found += [(lang, given[name]) for name in _SAID if given.get(name)]
        if tag not in _VOID:
            self.open.append((tag, lang))
        if tag == "text":
            self.line = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag == "text" and self.line:
            self.found.append((self.open[-1][1], " ".join(self.line)))
        if any(one == tag for one, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if tag == "tspan":
            self.line.append(" ".join(data.split()))
        elif tag not in _UNSAID and data.strip():
            self.found.append((lang, " ".join(data.split())))


def still_dutch(text: str, known: dict[str, str]) -> list[str]:
    """The texts of an English page that are Dutch and do not say so; `known` are Dutch texts with their English."""
    reader = _Texts()
    reader.feed(text)
    return [said for lang, said in reader.found if lang != "nl" and _is_dutch(said, known)]


def _is_dutch(said: str, known: dict[str, str]) -> bool:
    return known.get(said, said) != said or len(set(_WORD.findall(said.lower())) & DUTCH) > 1
