"""One served town and one Chromium for all tests in a browser; without Chromium none of them is collected."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.chromium import EXECUTABLE, missing
from tests.service.ladders import Town
from tests.service.scene import played

collect_ignore_glob = ["test_*.py"] if missing() else []


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of it: the application logs its own requests."""


@pytest.fixture(scope="session")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = tmp_path_factory.mktemp("stad")
    shutil.copyfile(sqlite_template, directory / "wijk.sqlite")
    yield from played(f"sqlite:///{directory / 'wijk.sqlite'}", directory)


@pytest.fixture(scope="session")
def site(town: Town) -> Iterator[str]:
    """Where the town is served."""
    server = make_server("127.0.0.1", 0, town.stage.app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()
