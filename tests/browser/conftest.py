"""A real server with the demo's data, and a real browser. The server is another process: no ORM call is made here."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from agreement.demo_accounts import PASSWORD
from tests.conftest import CHROMIUM

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def database(tmp_path_factory):
    """The address of an empty database of the kind the other tests use."""
    url = os.environ.get("DATABASE_URL", "")
    if "postgres" not in url:
        yield f"sqlite:///{tmp_path_factory.mktemp('site') / 'db.sqlite3'}"
        return
    name = f"browser_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urllib.parse.urlsplit(url)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package")
def site(database, tmp_path_factory):
    """The address of a running application with the agreement and the demo."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "DATABASE_URL": database,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DEMO": "1",
        "SITE_URL": address,
    }
    for step in (
        ["migrate"],
        ["load_agreement", "fixtures/jiashan-xiuzhou"],
        ["load_demo"],
        ["collectstatic", "--no-input"],
    ):
        subprocess.run([sys.executable, "manage.py", *step, "--verbosity=0"], cwd=ROOT, env=env, check=True)
    command = [
        sys.executable,
        "-m",
        "waitress",
        f"--listen=127.0.0.1:{port}",
        "--threads=6",
        "agreement.wsgi:application",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address, server):
    """Returns once `address` answers; fails when the server ends first."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while server.poll() is None:
        try:
            opener.open(address, timeout=2).close()
            return
        except (urllib.error.URLError, TimeoutError):
            continue
    pytest.fail(f"The server ended with {server.returncode}")


@pytest.fixture(scope="package")
def chromium(tmp_path_factory):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM or shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """`visit("jiashan.staff", width=360, javascript=False)`: a signed-in page whose console errors fail the test."""
    contexts, troubles = [], []

    def visitor(username=None, *, width=1366, height=768, javascript=True, bypass_csp=False):
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="zh-CN",
            bypass_csp=bypass_csp,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.troubles = troubles
        if username:
            page.goto("/accounts/login/")
            page.fill("[name=username]", username)
            page.fill("[name=password]", PASSWORD)
            page.locator("form:has([name=password]:visible) button").first.click()
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield visitor
    for context in contexts:
        context.close()
    # What the browser itself reports of an expected refusal (401, 409, 422) is no trouble of ours.
    assert [text for text in troubles if "Failed to load resource" not in text] == []
