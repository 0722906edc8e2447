"""Makes .venv, from a lock file whose every part has a hash, with nothing but Python's standard library.

pip runs from its own wheel in this folder, so that a machine needs neither pip nor ensurepip.
"""

import hashlib
import os
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"

UNREACHABLE = """\
The package index could not be reached. Check the network and run it again: it begins anew, and is safe to.
Behind a mirror, set PIP_INDEX_URL; without any network, PIP_NO_INDEX=1 and PIP_FIND_LINKS=<folder of wheels>."""


def set_up(lock):
    """Makes .venv hold what `lock` names, or exits with a sentence; quick when it already does.

    Half a set-up, or one for other parts, another Python or another place, is begun anew. Only the step from
    the runtime's parts to the development's adds to what is there: they are one resolution.
    """
    with hold(ROOT / "var" / "set-up.lock", wait=True):
        installed = STAMP.read_text().split() if STAMP.exists() and PYTHON.exists() else []
        if fingerprint(lock) in installed:
            return
        if fingerprint(RUNTIME) not in installed:
            print(f"Setting up {VENV} ...", flush=True)
            venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=False).create(VENV)
        print(f"Installing what {lock.name} names ...", flush=True)
        install(lock)
        STAMP.write_text("\n".join(fingerprint(each) for each in {RUNTIME, lock}))


def fingerprint(lock):
    """Names one set of parts, for this Python, in this place."""
    facts = [sys.version, sys.base_prefix, str(ROOT), lock.read_text()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def install(lock):
    """Lets pip install the lock's parts, or exits with pip's words and what to do about them."""
    pip = next((ROOT / "tools").glob("pip-*.whl")) / "pip"
    options = ["--quiet", "--no-user", "--no-compile", "--no-deps", "--require-hashes", "--requirement"]
    done = subprocess.run(
        [PYTHON, pip, "install", *options, lock],
        env={"PIP_CACHE_DIR": str(ROOT / "var" / "pip"), "PIP_RETRIES": "2", **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        lost = any(words in done.stdout for words in ("onnection", "imed out", "No matching distribution"))
        sys.exit(f"{done.stdout}\n{UNREACHABLE if lost else 'pip could not install the parts; its words are above.'}")


@contextmanager
def hold(path, *, wait):
    """Holds a lock that the operating system gives back when this process ends, however it ends.

    With `wait`, stands in line for it; without, exits with a sentence when another process has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            sys.exit("It is already running from this folder: stop that one first (Ctrl-C in its terminal).")
        yield
