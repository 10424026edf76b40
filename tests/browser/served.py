"""An application, served for browsers on a port of its own, and the pages of the town of the scene."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.service.browser import inside
from tests.service.crawl import walk
from tests.service.ladders import Town
from tests.service.scene import EVERYBODY, STARTS, WRONG


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of it: the application logs its own requests."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where the application is served as long as this lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def one_of_each(town: Town) -> Iterator[tuple[str, list[str]]]:
    """For everybody the pages that nobody before could reach, one of each kind; and last what goes wrong."""
    app, met = town.stage.app, set[str]()
    for who in EVERYBODY:
        client = inside(app, who, f"wachtwoord van {who}").client if who else app.test_client()
        pages = [page for page in walk(app, client, STARTS, most=1) if page.is_html and page.route not in met]
        met |= {page.route for page in pages if page.status < 400}  # who must log in first has not seen it
        yield who, [*(page.path for page in pages), *(WRONG if who == EVERYBODY[-1] else ())]
