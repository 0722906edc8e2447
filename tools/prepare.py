"""`python -m tools.prepare`: brings database, agreement, demo and static files up to date, as often as one likes."""

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command


def main():
    """Runs the steps in one process, for a quick start; exits with a sentence when one of them fails."""
    django.setup()
    step("migrate", interactive=False)
    step("load_agreement", "fixtures/jiashan-xiuzhou")
    if settings.DEMO:
        step("load_demo")
    collect_static_files()


def step(command, *arguments, **options):
    print(" ", command, *arguments, flush=True)
    try:
        call_command(command, *arguments, verbosity=0, **options)
    except CommandError as error:
        sys.exit(f"{command}: {error}")


def collect_static_files():
    """Collects them when one has changed since the last time: compressing them takes longer than all the rest."""
    stamp = Path(settings.STATIC_ROOT) / "collected"  # in there, so that it goes when they go
    fingerprint = static_files_fingerprint()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        step("collectstatic", interactive=False, clear=True)
        stamp.write_text(fingerprint)


def static_files_fingerprint():
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
