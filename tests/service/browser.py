"""A browser without scripts for tests: it opens pages, reads them as people and screen readers do, and sends forms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_ROLES = Path(__file__).resolve().parent.parent.parent / "processes" / "delft" / "rollen.toml"
_STEP = re.compile(r"‘[^’]*’")
_VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})
_TYPED = frozenset({"input", "select", "textarea"})


@dataclass(slots=True)
class Sheet:
    """What stands in a page, as far as tests ask."""

    lang: str = ""
    title: str = ""
    text: str = ""
    headings: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    controls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def unlabelled(self) -> list[str]:
        """The names of the fields that nobody can tell what to fill in."""
        return [
            given.get("name", "")
            for _, given in self.controls
            if given.get("type") not in ("hidden", "submit")
            and given.get("id") not in self.labelled
            and "aria-label" not in given
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet, self.stack = Sheet(), list[str]()
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        sheet = self.sheet
        sheet.tags.append((tag, given))
        sheet.lang = given.get("lang", sheet.lang) if tag == "html" else sheet.lang
        if "id" in given:
            sheet.ids.append(given["id"])
        if tag == "label":
            sheet.labelled.add(given.get("for", ""))
        if tag == "a":
            sheet.links.append(given.get("href", ""))
        if tag in _TYPED:
            sheet.controls.append((tag, given))
            self._typed(tag, given)
        if tag == "option" and "selected" in given:
            sheet.values[self.area] = given.get("value", "")
        if tag not in _VOID:
            self.stack.append(tag)
        if tag == "h1":
            sheet.headings.append("")

    def _typed(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag != "input":
            self.area = name
            self.sheet.values[name] = ""
        elif given.get("type") not in ("checkbox", "radio") or "checked" in given:
            self.sheet.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.sheet.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        inside = self.stack[-1] if self.stack else ""
        if inside == "title" and "svg" not in self.stack:
            self.sheet.title += data
        elif inside == "textarea":
            self.sheet.values[self.area] += data
        elif "h1" in self.stack:
            self.sheet.headings[-1] += data
        self.sheet.text += data


def read(text: str) -> Sheet:
    """The page as it is read."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    sheet = reader.sheet
    sheet.unclosed += reader.stack
    for name in {given.get("name", "") for tag, given in sheet.controls if tag == "textarea"}:
        sheet.values[name] = sheet.values[name].removeprefix("\n")  # as the standard has it
    sheet.text = " ".join(sheet.text.split())
    return sheet


@dataclass(slots=True)
class Browser:
    """Somebody at a browser; `answer` is what came last, `sheet` how it reads."""

    client: FlaskClient
    answer: TestResponse | None = None
    sheet: Sheet = field(default_factory=Sheet)

    def open(self, path: str) -> Sheet:
        return self._came(self.client.get(path, follow_redirects=True))

    def send(self, path: str, values: Mapping[str, object] | None = None, **more: object) -> int:
        """Send a form with the hidden fields of the page that is open, and follow where it leads."""
        hidden = {
            given["name"]: given.get("value", "")
            for tag, given in self.sheet.controls
            if tag == "input" and given.get("type") == "hidden"
        }
        answer = self.client.post(path, data=hidden | dict(values or {}) | more, follow_redirects=True)
        self._came(answer)
        return answer.status_code

    def _came(self, answer: TestResponse) -> Sheet:
        self.answer, self.sheet = answer, read(answer.text)
        return self.sheet


def at_the_door(app: Flask) -> Browser:
    """Somebody who has not logged in."""
    return Browser(app.test_client())


def inside(app: Flask, login: str, password: str) -> Browser:
    """Somebody who logged in by the page for it."""
    browser = at_the_door(app)
    browser.open("/inloggen")
    assert browser.send("/inloggen", gebruikersnaam=login, wachtwoord=password) == 200
    assert browser.sheet.headings == ["Mijn werk"], browser.sheet.text
    return browser


def flaws(sheet: Sheet, lang: str = "nl") -> list[str]:
    """What is wrong with any page, whatever it is about."""
    twice = sorted({one for one in sheet.ids if sheet.ids.count(one) > 1})
    inner = {link.removeprefix("#") for link in sheet.links if link.startswith("#")} - set(sheet.ids)
    told = [one for _, given in sheet.tags for one in given.get("aria-describedby", "").split()]
    return [
        *(["lang"] if sheet.lang != lang else []),
        *(["title"] if not sheet.title.endswith("– Wijkcyclus") or sheet.title.startswith(" ") else []),
        *([f"h1: {sheet.headings}"] if len(sheet.headings) != 1 or not sheet.headings[0].strip() else []),
        *(f"zonder label: {name}" for name in sheet.unlabelled()),
        *(f"twee keer id {one}" for one in twice),
        *(f"link naar niets: {one}" for one in inner),
        *(f"niet gesloten: {tag}" for tag in sheet.unclosed),
        *(f"beschreven door niets: {one}" for one in told if one not in sheet.ids),
        *(f"script of stijl in de bladzijde: {tag}" for tag, given in sheet.tags if _is_foreign(tag, given)),
        *(f"ingebed: {name}" for _, given in sheet.tags for name in given if name == "style" or name.startswith("on")),
    ]


def _is_foreign(tag: str, given: dict[str, str]) -> bool:
    """Whether this is a style, or a script other than the one that a page may name, under its own number."""
    ours = given.get("src", "").startswith("/opmaak/htmx.js?v=") and len(given.get("nonce", "")) == 32
    return tag == "style" or (tag == "script" and not ours)


def tells(page: Sheet, sentence: str) -> bool:
    """Whether the page says the sentence of a record, in which it calls step and role by their names, not their ids."""
    said = " ".join(sentence.split())
    for role, told in tomllib.loads(_ROLES.read_text("utf-8"))["rollen"].items():
        begin = role.replace("_", " ").capitalize() + " "
        if said.startswith(begin):
            said = told["naam"][0].upper() + told["naam"][1:] + " " + said.removeprefix(begin)
            break
    return bool(re.search(_STEP.sub("‘[^’_]*’", re.escape(said)), " ".join(page.text.split())))
