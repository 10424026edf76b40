"""What the server loads: the application of the installation that the `WIJK_*` variables describe."""

from __future__ import annotations

import gc
import os
from threading import Event

from flask import Flask

from service import logs, worker
from service.app import create_app
from service.config import Config
from service.installation import Installation, open_installation


def application() -> Flask:
    """The application, which keeps the log; on SQLite, where no other process should write, it does the jobs too."""
    logs.configure()
    installation = open_installation(Config.read(os.environ))
    worker.begin(worker.keep_log, installation, Event())
    if installation.config.database_url.startswith("sqlite"):
        worker.begin(worker.work, installation, Event())
        if installation.config.smtp is not None:
            worker.begin(worker.send_mail, installation, Event())
        if installation.config.witnesses is not None:
            worker.begin(worker.ask_witnesses, installation, Event())
    return settled(installation)


def settled(installation: Installation) -> Flask:
    """The application alone, without the loops beside it, in a process that serves nothing else."""
    app = create_app(installation)
    gc.collect()
    gc.set_threshold(50_000, 20, 20)  # a request leaves little behind that reference counts do not free
    gc.freeze()  # what start-up made stays for ever: the collector need not walk it again and again
    return app
