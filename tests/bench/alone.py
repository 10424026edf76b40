"""The service that the benchmark serves: without the loops beside it, which are counted apart."""

from __future__ import annotations

import os

from flask import Flask

from service import logs, wsgi
from service.config import Config
from service.installation import open_installation


def create_app() -> Flask:
    """The application of the installation that the `WIJK_*` variables describe; nobody gives records their place."""
    logs.configure()
    return wsgi.settled(open_installation(Config.read(os.environ)))
