"""An installation of its own for tests that start and kill real processes: a database, a data folder, an environment."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
PRELUDE = """
import json, django
django.setup()
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.utils import timezone
from datetime import datetime, timedelta
from agreement.models import *
"""


class Installation:
    """SQLite in `folder`, or a new database beside the one of DATABASE_URL when that is PostgreSQL."""

    def __init__(self, folder: Path, **more):
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.given = os.environ.get("DATABASE_URL", "")
        self.database = f"killed_{uuid.uuid4().hex[:12]}"
        url = f"sqlite:///{folder / 'db.sqlite3'}"
        if "postgres" in self.given:
            self._on_server(f'CREATE DATABASE "{self.database}"')
            url = urlunsplit(urlsplit(self.given)._replace(path=f"/{self.database}"))
        self.env = {
            **os.environ,
            "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "DATABASE_CONN_MAX_AGE": "0",
            "DJANGO_SETTINGS_MODULE": "tests.quick_settings",
            "PYTHONPATH": str(ROOT),
            **more,
        }
        self._run("manage.py", "migrate", "-v0")

    def tell(self, *code: str, **more: str):
        """Runs `code` in a Django process of this installation; returns what it assigned to `answer`."""
        lines = "\n".join([PRELUDE, *code, "print(json.dumps(globals().get('answer')))"])
        done = self._run("-c", lines, **more)
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, *arguments: str, **more: str) -> subprocess.Popen:
        """A program of this installation that goes on running: `python -m arguments`."""
        log = (self.folder / "log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env={**self.env, **more}, stdout=log, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def close(self):
        for process in self.processes:
            kill(process)
        if "postgres" in self.given:
            self._on_server(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def _run(self, *arguments, **more):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.env, **more},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done

    def _on_server(self, statement):
        with psycopg.connect(self.given, autocommit=True) as connection:
            connection.execute(statement)


def kill(process: subprocess.Popen) -> int:
    """Ends a process as a power cut would; returns its exit code."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    return process.wait(10)


def wait_until(condition, *, seconds=20, why=""):
    """Returns what `condition()` says as soon as it says something; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {why or condition}")
