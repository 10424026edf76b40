"""Play a story through the real service twice: on SQLite and on a PostgreSQL started for it (`make cycle`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import postgres


def play(story: str, url: str) -> int:
    """Exit code of `wijkcyclus play` on a fresh database, with a key of its own."""
    print(f"\n{story} op {url.split(':', 1)[0].split('+', 1)[0]}", flush=True)
    with tempfile.TemporaryDirectory(prefix="wijk-") as directory:
        environment = {**os.environ, "WIJK_SLEUTEL": str(Path(directory) / "wijk.key")}
        command = [sys.executable, "-m", "service", "play", story, "--database", url]
        return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """0 when every story ends as it says on both databases."""
    if not arguments:
        print("usage: python -m tests.cycle STORY...", file=sys.stderr)
        return 2
    codes = []
    for story in arguments:
        with tempfile.TemporaryDirectory(prefix="wijk-") as directory:
            codes.append(play(story, f"sqlite:///{directory}/wijk.sqlite"))
        with postgres() as server:
            codes.append(play(story, server.url(server.create())))
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
