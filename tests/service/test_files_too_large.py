"""A file that is too large on the page of a task: told by name with the limit, and nothing else of the form is lost."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.service.browser import Browser, flaws
from tests.service.houses import House, peopled
from tests.service.test_screens_task import ANSWERS, at_a_task

MB = 1024 * 1024
NAME = "Foto van de hoek.png"
TYPED: dict[str, Any] = {"toelichting": "Nog niet klaar", "aantal": "42", "motivering": "Omdat."}
BOUNDARY = "grens"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[House]:
    found = peopled(url, tmp_path, most_bytes=MB)
    yield found
    found.installation.database.dispose()


def large(size: int = 5 * MB, name: str = NAME) -> dict[str, Any]:
    return {"bijlage-bestand": FileStorage(BytesIO(b"x" * size), name)}


def send(browser: Browser, path: str, values: dict[str, Any]) -> int:
    """Send the form with its files, as a browser with scripts does."""
    hidden = {name: browser.sheet.values[name] for name in ("bewijs", "gezien")}
    boundary, whole = encode_multipart(hidden | values)
    kind = f"multipart/form-data; boundary={boundary}"
    browser._came(browser.client.post(path, data=whole, content_type=kind, follow_redirects=True))
    return browser.answer.status_code if browser.answer else 0


def kept(browser: Browser) -> bool:
    return {name: browser.sheet.values[name] for name in TYPED} == TYPED and flaws(browser.sheet) == []


def nothing_happened(house: House, case: str) -> bool:
    client = house.log_in("coordinator")
    found = client.get(f"/v1/zaken/{case}/bijlagen").get_json()["resultaten"]
    trail = client.get(f"/v1/zaken/{case}/verantwoording").get_json()["resultaten"]
    return found == [] and [one["soort"] for one in trail] == ["zaak:gestart"]


def test_recording_with_it_says_which_file_and_how_large_it_may_be_and_keeps_what_was_typed(house: House) -> None:
    browser, task, case = at_a_task(house)
    for doe in ("", "/bijlagen"):
        assert send(browser, f"/taken/{task}{doe}", TYPED | {"doe": "vastleggen"} | large()) == 400
        assert f"“{NAME}” is te groot: een bijlage is hoogstens 1 MB" in browser.sheet.text
        assert "#veld-bijlage-bestand" in browser.sheet.links and kept(browser)
    assert nothing_happened(house, case)
    assert send(browser, f"/taken/{task}", ANSWERS | {"doe": "vastleggen"}) == 200  # and without it all goes well


def test_every_other_button_of_the_form_goes_on_with_it(house: House) -> None:
    browser, task, _ = at_a_task(house)
    small = {"bijlage-bestand": FileStorage(BytesIO(b"Een verslag."), "verslag.txt")}
    assert send(browser, f"/taken/{task}/bijlagen", TYPED | small) == 200
    (link,) = {one for one in browser.sheet.links if one.startswith("/bijlagen/")}
    assert send(browser, f"{link}/weghalen", TYPED | large()) == 200 and kept(browser)
    assert send(browser, f"/taken/{task}", TYPED | {"doe": "bijwerken"} | large()) == 200 and kept(browser)


def test_a_draft_is_kept_and_it_is_said_that_the_file_is_not(house: House) -> None:
    browser, task, case = at_a_task(house)
    assert send(browser, f"/taken/{task}", TYPED | {"doe": "bewaren"} | large()) == 400 and kept(browser)
    assert f"“{NAME}” is te groot" in browser.sheet.text and "Dit is uw concept van" in browser.sheet.text
    assert "Dit is uw concept van" in browser.open(f"/taken/{task}").text and kept(browser)
    assert nothing_happened(house, case)
    assert send(browser, f"/taken/{task}", TYPED | {"doe": "bewaren"} | large(9, "past.txt")) == 400
    assert "“past.txt” is nog niet toegevoegd" in browser.sheet.text and kept(browser)


def test_a_file_just_within_the_limit_is_taken_and_a_byte_more_is_not(house: House) -> None:
    browser, task, _ = at_a_task(house)
    assert send(browser, f"/taken/{task}/bijlagen", TYPED | large(MB, "past.txt")) == 200 and kept(browser)
    assert "past.txt" in browser.sheet.text
    assert send(browser, f"/taken/{task}/bijlagen", TYPED | large(MB + 1, "past net niet.txt")) == 400
    assert "“past net niet.txt” is te groot" in browser.sheet.text and kept(browser)


def test_the_name_of_a_file_is_no_markup_and_a_chosen_one_is_named_without_scripts_too(house: House) -> None:
    browser, task, _ = at_a_task(house)
    hostile = '<img src=x onerror="alert(1)">.png'
    for chosen in (hostile, FileStorage(BytesIO(b"x" * 2 * MB), hostile)):
        assert send(browser, f"/taken/{task}", TYPED | {"doe": "vastleggen", "bijlage-bestand": chosen}) == 400
        assert "onerror=" in browser.sheet.text and kept(browser)
        assert not any(tag == "img" for tag, _given in browser.sheet.tags)


class Flood(RawIOBase):
    """The body of a form that never seems to end: its first part as given, then so many bytes, then its end."""

    def __init__(self, first: bytes, size: int) -> None:
        self.first, self.left = memoryview(first), size
        self.last = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(first) + size + len(self.last)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found: bytes | memoryview
        if self.first:
            found, self.first = self.first[: len(buffer)], self.first[len(buffer) :]
        elif self.left:
            found = b"x" * min(self.left, len(buffer))
            self.left -= len(found)
        else:
            found, self.last = self.last[: len(buffer)], self.last[len(buffer) :]
        buffer[: len(found)] = found
        return len(found)


def part(name: str, content: str = "", more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}'.encode()


def flood(browser: Browser, task: str, first: bytes, size: int) -> tuple[int, int, Flood]:
    """What is answered to so many bytes, how much memory that took, and what was left of them."""
    body = Flood(part("bewijs", browser.sheet.values["bewijs"] + "\r\n") + first, size)
    tracemalloc.start()
    sent = {"wsgi.input": body, "CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(body.length)}
    answer = browser.client.post(f"/taken/{task}", environ_overrides=sent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    browser._came(answer)
    return answer.status_code, peak, body


@pytest.fixture
def small(small_house: House) -> tuple[Browser, str]:
    browser, task, _ = at_a_task(small_house)
    return browser, task


def test_of_forty_megabytes_no_more_than_one_file_is_kept(small: tuple[Browser, str]) -> None:
    first = part("doe", "vastleggen\r\n") + part("bijlage-bestand", more=f'; filename="{NAME}"')
    status, peak, body = flood(*small, first, 40 * MB)
    assert status == 400 and f"“{NAME}” is te groot: een bijlage is hoogstens 10 MB" in small[0].sheet.text
    assert body.left == 0 and peak < 30 * MB


def test_many_files_together_get_no_more_room_than_one(small: tuple[Browser, str]) -> None:
    one = part("bestand", "x" * 5 * MB + "\r\n", '; filename="a.txt"')
    first = part("doe", "vastleggen\r\n") + one * 12 + part("bijlage-bestand", more=f'; filename="{NAME}"')
    status, peak, body = flood(*small, first, 5 * MB)
    assert status == 400 and NAME in small[0].sheet.text and body.left == 0
    assert peak < 40 * MB < len(first)


@pytest.mark.parametrize("parts", [1, 400])
def test_what_is_typed_is_no_longer_than_in_any_other_form(small: tuple[Browser, str], parts: int) -> None:
    browser, task = small
    first = b"".join(part(f"veld{number}", "x" * 10_000 + "\r\n") for number in range(parts - 1)) + part("laatste")
    status, peak, body = flood(browser, task, first, 40 * MB)
    assert status == 413 and peak < 20 * MB and body.left > 0
    assert flaws(browser.sheet) == [] and f"/taken/{task}" in browser.sheet.links
    assert (
        "Een bijlage is hoogstens 10 MB" in browser.sheet.text and "concept dat u eerder bewaarde" in browser.sheet.text
    )


def test_what_is_hopelessly_large_is_not_read_and_the_way_back_to_the_task_is_shown(small: tuple[Browser, str]) -> None:
    browser, task = small
    first = part("bijlage-bestand", more=f'; filename="{NAME}"')
    status, _, body = flood(browser, task, first, 1000 * MB)
    assert status == 413 and body.left == 1000 * MB
    assert f"/taken/{task}" in browser.sheet.links and "hoogstens 10 MB" in browser.sheet.text
