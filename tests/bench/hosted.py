"""The service as a WSGI application for the benchmark's server: the same wiring as `serve`, settings from WIJK_*."""

from __future__ import annotations

import os

from flask import Flask

from service.app import create_app as create_service
from service.config import Config
from service.installation import open_installation


def create_app() -> Flask:
    """The service on `WIJK_DATABASE_URL`."""
    return create_service(open_installation(Config.read(os.environ)))
