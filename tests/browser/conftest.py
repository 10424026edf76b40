"""One served town and one Chromium for all tests in a browser; without Chromium none of them is collected."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import EXECUTABLE, missing
from tests.browser.served import served
from tests.service.ladders import Town
from tests.service.scene import played

collect_ignore_glob = ["test_*.py"] if missing() else []


@pytest.fixture(scope="package")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = tmp_path_factory.mktemp("stad")
    shutil.copyfile(sqlite_template, directory / "wijk.sqlite")
    yield from played(f"sqlite:///{directory / 'wijk.sqlite'}", directory)


@pytest.fixture(scope="package")
def site(town: Town) -> Iterator[str]:
    """Where the town is served."""
    with served(town.stage.app) as address:
        yield address


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()
