#!/usr/bin/env python3
"""Sets the application up and runs it. Needs Python 3.11 or newer and nothing else.

    python3 run.py                the application with its demo, on http://127.0.0.1:8000
    python3 run.py test [...]     all the tests; arguments go to pytest
    python3 run.py manage [...]   any management command, on the same data

HOST and PORT move it, DATA_DIR moves its data; a setting in the environment always wins over the defaults here.
Everything it writes stays in this folder: .venv/ holds the parts, var/ the data.
"""

import sys

if sys.version_info < (3, 11):  # so that this can be said, this file keeps to the grammar of very old Pythons
    sys.exit("This needs Python 3.11 or newer, and this one is %d.%d. Try: python3.11 run.py" % sys.version_info[:2])

import os
import pathlib
import secrets
import signal
import socket
import subprocess
import urllib.parse
import urllib.request

from tools.environment import DEVELOPMENT, PYTHON, ROOT, RUNTIME, hold, set_up
from tools.supervisor import Child, supervise

DATA = pathlib.Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
HOST = os.environ.get("HOST") or "127.0.0.1"
EVERY_TEST = ["-n", "auto", "--dist", "loadfile"]  # on every core; the tests of one file share what is slow to make
PORT = os.environ.get("PORT") or "8000"
REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(HOST, HOST)

FIRST_STEPS = """\
Demo accounts, each one click away on the sign-in page; their password is demo-1-6-x:
  jiashan.transport    moves a milestone of task 2.3 forward, on the board of domain 2
  xiuzhou.leader       sees it on the dashboard, from the other side
  jiashan.secretary    creates the leading group's next meeting and generates its agenda
  admin                keeps people, organizations and memberships
  outsider             belongs to another agreement and finds nothing of this one"""


def main(command="run", *arguments):
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the group runs, TERM is a Ctrl-C
    if command == "run" and not arguments:
        run()
    elif command == "test":
        set_up(DEVELOPMENT)
        os.chdir(str(ROOT))
        become([PYTHON, "-m", "pytest"] + (list(arguments) or EVERY_TEST), settings())
    elif command == "manage":
        set_up(RUNTIME)
        become([PYTHON, ROOT / "manage.py"] + list(arguments), embedded_settings())
    elif command in ("help", "-h", "--help"):
        say(__doc__.strip())
    else:
        sys.exit(__doc__.strip())


def run():
    """Brings everything up to date, then runs web server, worker and beat until told to stop."""
    demand_address()
    with hold(DATA / "run.lock", wait=False):
        set_up(RUNTIME)
        env = embedded_settings()
        if subprocess.call([str(PYTHON), "-m", "tools.prepare"], env=env, cwd=str(ROOT)):
            sys.exit("It could not be made ready; the lines above say why.")
        group = [Child(name, PYTHON, arguments, env, ROOT) for name, arguments in programs()]
        sys.exit(supervise(group, is_ready=lambda: answers(env), announce=lambda: welcome(env), say=say))


def programs():
    """The group, as names and what `python -m` is to run for them."""
    celery = ["celery", "--quiet", "--app=agreement"]
    yield "web server", ["waitress", "--listen=" + netloc(HOST), "--threads=6", "agreement.wsgi:application"]
    yield "worker", celery + ["worker", "--pool=solo", "--loglevel=WARNING"]
    # Beat keeps its schedule in memory: all of it is plain intervals, and a file could be left broken.
    yield "beat", celery + ["beat", "--scheduler=celery.beat:Scheduler", "--pidfile=", "--loglevel=WARNING"]


def settings(**defaults):
    """The environment of our programs: what it already says wins over `defaults`."""
    env = dict(defaults)
    env.update((name, value) for name, value in os.environ.items() if value)
    env["DJANGO_SETTINGS_MODULE"] = "agreement.settings"
    for elsewhere in ("PYTHONHOME", "PYTHONPATH"):
        env.pop(elsewhere, None)
    return env


def embedded_settings():
    """What agreement/settings.py needs for one machine without PostgreSQL and Redis, with the demo."""
    env = settings(
        SECRET_KEY=secret_key(),
        DEMO="1",
        ALLOWED_HOSTS=",".join(["127.0.0.1", "localhost", HOST]),
        SITE_URL="http://" + netloc(REACHABLE),
    )
    env["DATA_DIR"] = str(DATA)  # as seen from where we were called
    return env


def secret_key():
    """The installation's own key, made once and readable by nobody else."""
    path = DATA / "secret_key"
    if not path.exists() or not path.read_text():
        DATA.mkdir(parents=True, exist_ok=True)
        with open(os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def welcome(env):
    say("\nREADY  %s" % env["SITE_URL"])
    if env["DEMO"].lower() in ("1", "true", "yes", "on"):
        say(FIRST_STEPS)
    say("Ctrl-C stops it.\n")


def demand_address():
    """Exits with a sentence unless HOST and PORT can be served on, before any longer work begins."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, int(PORT)))
    except (OSError, OverflowError, ValueError) as error:
        sys.exit("Cannot serve on HOST %s, PORT %s: %s.\nIf it is already running, it is there; "
                 "otherwise choose another, as in: PORT=8001 python3 run.py" % (HOST, PORT, error))  # fmt: skip


def netloc(host):
    return "%s:%s" % ("[%s]" % host if ":" in host else host, PORT)


def answers(env):
    """Whether the web server brings the sign-in page to somebody who opens SITE_URL."""
    site = urllib.parse.urlsplit(env["SITE_URL"])
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    request = urllib.request.Request("http://" + netloc(REACHABLE) + "/accounts/login/", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def become(command, env):
    """Hands this process over to `command`; Windows cannot, there it waits for it."""
    words = [str(word) for word in command]
    if os.name == "nt":
        sys.exit(subprocess.call(words, env=env))
    os.execve(words[0], words, env)


def say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except OSError as error:
        sys.exit("Cannot go on: %s.\nIt needs room on the disk, and the right to write in %s." % (error, ROOT))
