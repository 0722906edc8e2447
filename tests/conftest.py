"""What every test may use, and which tests this machine can run."""

import os
import shutil

import pytest
from django.conf import settings

from tests.addresses import make_things
from tests.cast import make_agreement

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

MISSING = {
    "postgres": None if "postgres" in os.environ.get("DATABASE_URL", "") else "DATABASE_URL names no PostgreSQL",
    "redis": None if os.environ.get("REDIS_URL") else "REDIS_URL is empty",
    "browser": None if CHROMIUM else "no Chromium found",
}


def pytest_configure():
    # The real hash takes a good part of a second on purpose, and every test makes a dozen people.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Straight from the source files: no collectstatic before a test.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_collection_modifyitems(config, items):
    """Leaves out, with a note at the end, the tests whose server or browser is not here; .ci/run has them all."""
    left_out = {name: [item for item in items if item.get_closest_marker(name)] for name in MISSING if MISSING[name]}
    config.stash[LEFT_OUT] = {name: len(tests) for name, tests in left_out.items() if tests}
    gone = {item for tests in left_out.values() for item in tests}
    if gone:
        config.hook.pytest_deselected(items=list(gone))
        items[:] = [item for item in items if item not in gone]


def pytest_terminal_summary(terminalreporter, config):
    for name, count in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"{count} tests marked {name} left out: {MISSING[name]}", yellow=True)


@pytest.fixture
def cast(db):
    """The cast of tests/cast.py in one agreement, and an outsider in another: `cast.outsider`."""
    made = make_agreement()
    made.elsewhere = make_agreement("harbour", ("north", "south"))
    made.outsider = made.elsewhere.north.secretary
    return made


@pytest.fixture
def things(cast):
    """One of each thing an address may be about, by name: tests/addresses.py."""
    return make_things(cast)


@pytest.fixture
def sign_in(client):
    """Signs a person in on the test client and returns it: `sign_in(cast.east.staff).get(...)`."""

    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in
