"""manage.py measure_pages [ACCOUNT ...]: what each page costs on the data at hand, in queries, milliseconds and size."""

import gzip
import re
import statistics
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from agreement.models import User

LINK = re.compile(r'(?:href|hx-get)="(/[^"#?]*)')
NOT_PAGES = {"login", "logout", "resume", "set_language", "password_change"}


class Command(BaseCommand):
    help = "Opens one page of each kind that is linked from the start, as these people, and prints what it costs."

    def add_arguments(self, parser):
        parser.add_argument("accounts", nargs="*", default=["jiashan.leader", "jiashan.secretary", "jiashan.transport"])
        parser.add_argument("--times", type=int, default=5, help="how often each page is opened; the median counts")

    def handle(self, accounts, times, **options):
        self.stdout.write(f"{'page':<20} {'as':<18} {'queries':>7} {'ms':>6} {'KB':>6} {'gzip':>6}  address")
        seen: set[str] = set()
        for account in accounts:
            user = User.objects.filter(username=account).first()
            if not user:
                raise CommandError(f"There is no account {account}.")
            for name, address in pages(user, seen):
                queries, milliseconds, content = cost(user, address, times)
                small = len(gzip.compress(content, 6)) / 1024
                self.stdout.write(
                    f"{name:<20} {account:<18} {queries:>7} {milliseconds:>6.0f} {len(content) / 1024:>6.0f} {small:>6.1f}  {address}"
                )


def pages(user, seen: set[str]):
    """(name, address) of the first page of each kind that links lead to; `seen` holds the kinds already had."""
    waiting = ["/"]
    known = set(waiting)
    for address in waiting:
        response = ask(user, address)
        if response.status_code in (301, 302):
            links = [urlsplit(response.url).path]
        elif response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            name = kind_of(address) or address
            if name not in seen:
                seen.add(name)
                yield name, address
            links = LINK.findall(response.content.decode())
        else:
            continue
        for link in links:
            kind = kind_of(link)
            if kind and kind not in known:
                known.add(kind)
                waiting.append(link)


def kind_of(address: str) -> str | None:
    """The name of the address's view; None for what is no page of ours."""
    try:
        found = resolve(address)
    except Resolver404:
        return None
    return None if found.namespaces or found.url_name in NOT_PAGES else found.url_name


def ask(user, address):
    """One request of `user`, whose effects are undone."""
    with transaction.atomic():
        client = Client(SERVER_NAME=urlsplit(settings.SITE_URL).hostname or "localhost")
        client.force_login(user)
        response = client.get(address, secure=settings.HTTPS)
        transaction.set_rollback(True)
    return response


def cost(user, address, times) -> tuple[int, float, bytes]:
    """Queries, the median of milliseconds, and the content of a page; signing in is not counted."""
    took = []
    with transaction.atomic():
        client = Client(SERVER_NAME=urlsplit(settings.SITE_URL).hostname or "localhost")
        client.force_login(user)
        client.get(address, secure=settings.HTTPS)
        with CaptureQueriesContext(connection) as captured:
            content = client.get(address, secure=settings.HTTPS).content
        queries = [
            each for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]
        ]  # before they are reset
        for _ in range(times):
            began = time.perf_counter()
            client.get(address, secure=settings.HTTPS)
            took.append((time.perf_counter() - began) * 1000)
        transaction.set_rollback(True)
    return len(queries), statistics.median(took), content
