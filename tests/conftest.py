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
    if os.environ.get("DEMAND_ALL_TESTS") and any(MISSING.values()):
        pytest.exit(f"DEMAND_ALL_TESTS is set, and this is missing: {MISSING}", returncode=1)
    # The real hash takes a good part of a second on purpose, and every test makes a dozen people.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Straight from the source files: no collectstatic before a test.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def pytest_report_header():
    """Says which tests this machine leaves out."""
    return [f"left out: tests marked {name} ({why})" for name, why in MISSING.items() if why]


def pytest_collection_modifyitems(config, items):
    """Leaves out the tests whose server or browser is not here."""
    gone = {item for item in items if any(MISSING[name] and item.get_closest_marker(name) for name in MISSING)}
    if gone:
        config.hook.pytest_deselected(items=list(gone))
        items[:] = [item for item in items if item not in gone]


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
