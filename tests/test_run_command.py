"""run.py says what is wrong, sets up only what is needed, and leaves nothing running."""

import ast
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import environment

ROOT = Path(__file__).resolve().parent.parent


def run_command(tmp_path, **env):
    return subprocess.run(
        [sys.executable, ROOT / "run.py"],
        env={**os.environ, "DATA_DIR": str(tmp_path / "data"), **env},
        capture_output=True,
        text=True,
        timeout=30,
    )


# What it says


def test_it_tells_an_old_python_what_to_do():
    pretend = "import runpy, sys; sys.version_info = (3, 8, 0); runpy.run_path('run.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith("This needs Python 3.11 or newer, and this one is 3.8.")
    assert "Traceback" not in done.stderr


def test_old_pythons_can_read_it_up_to_that_sentence():
    tree = ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 4))
    too_new = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Starred, ast.Match)
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, too_new)]
    # The one starred expression every Python knows: the arguments of a call.
    in_calls = [each.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.args]
    assert [line for line in found if line not in in_calls] == []


def test_it_says_that_the_port_is_busy_before_it_does_anything(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = run_command(tmp_path, PORT=port, HOST="127.0.0.1")
    assert done.returncode == 1
    assert f"PORT {port}" in done.stderr
    assert "PORT=8001 python3 run.py" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["", "eighty", "-1", "65536", "8" * 40])
def test_it_refuses_a_port_that_is_none(tmp_path, port):
    done = run_command(tmp_path, PORT=port or " ")
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot serve on")


def test_it_refuses_to_run_twice_on_the_same_data(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with environment.hold(tmp_path / "data" / "run.lock", wait=False):
        done = run_command(tmp_path, PORT=port, HOST="127.0.0.1")
    assert done.returncode == 1
    assert "already running" in done.stderr


def test_it_says_where_it_could_not_write(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    done = run_command(tmp_path, PORT=port, HOST="127.0.0.1")
    assert done.returncode == 1
    assert "right to write" in done.stderr
    assert "Traceback" not in done.stderr


# What it sets up


@pytest.fixture
def set_up(tmp_path, monkeypatch):
    """The real set_up() in an empty folder, with pip and venv replaced by a list of what they were asked for."""
    done = []
    for name, path in {"RUNTIME": "requirements.lock", "DEVELOPMENT": "requirements-dev.lock"}.items():
        (tmp_path / path).write_text(name)
        monkeypatch.setattr(environment, name, tmp_path / path)
    venv = tmp_path / ".venv"
    for name, path in {"ROOT": tmp_path, "VENV": venv, "STAMP": venv / "installed", "PYTHON": venv / "python"}.items():
        monkeypatch.setattr(environment, name, path)

    def create(self, place):
        done.append("new")
        place.mkdir(exist_ok=True)
        (place / "installed").unlink(missing_ok=True)
        (place / "python").touch()

    monkeypatch.setattr(environment.venv.EnvBuilder, "create", create)
    monkeypatch.setattr(environment, "install", lambda lock: done.append(lock.name))

    def ask_for(lock):
        done.clear()
        environment.set_up(getattr(environment, lock))
        return done

    return ask_for


def test_it_sets_up_once(set_up):
    assert set_up("RUNTIME") == ["new", "requirements.lock"]
    assert set_up("RUNTIME") == []


def test_the_tests_add_to_what_runs_and_what_runs_is_in_the_tests(set_up):
    set_up("RUNTIME")
    assert set_up("DEVELOPMENT") == ["requirements-dev.lock"]
    assert set_up("RUNTIME") == set_up("DEVELOPMENT") == []


def test_it_begins_anew_when_a_lock_changed(set_up):
    set_up("DEVELOPMENT")
    environment.RUNTIME.write_text("other parts")
    assert set_up("RUNTIME") == ["new", "requirements.lock"]


def test_it_repairs_an_interrupted_set_up(set_up, monkeypatch):
    def interrupted(lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as network, pytest.raises(KeyboardInterrupt):
        network.setattr(environment, "install", interrupted)
        set_up("RUNTIME")
    assert set_up("RUNTIME") == ["new", "requirements.lock"]


def test_it_begins_anew_when_the_python_below_it_is_gone(set_up):
    set_up("RUNTIME")
    environment.PYTHON.unlink()
    assert set_up("RUNTIME") == ["new", "requirements.lock"]


def test_a_lost_network_gets_a_sentence(tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"no-such-part==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SystemExit, match="PIP_INDEX_URL"):
        environment.install(lock)


def test_every_part_has_a_hash_and_no_place_it_must_come_from():
    for lock in (environment.RUNTIME, environment.DEVELOPMENT):
        parts = [line for line in lock.read_text().splitlines() if line[:1].isalnum()]
        assert len(parts) > 30
        assert all(line.endswith("\\") and "==" in line for line in parts)
        assert "://" not in lock.read_text()


def test_what_runs_is_what_is_tested():
    def parts(lock):
        return {line for line in lock.read_text().splitlines() if line[:1].isalnum()}

    assert parts(environment.RUNTIME) < parts(environment.DEVELOPMENT)


# What it keeps running: two stand-ins that say their name and pid and wait for the end

SUPERVISOR = """
import sys
from tools import supervisor

supervisor.GRACE = 0.5
names = sys.argv[1:]
group = [supervisor.Child(name, sys.executable, ["standin", name], None, ".") for name in names]
sys.exit(supervisor.supervise(group, is_ready=lambda: True, announce=lambda: print("ready", flush=True), say=print))
"""

STANDIN = r"""
import os, signal, sys, threading

if sys.argv[1] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.write(1, f"{sys.argv[1]} {os.getpid()}\n".encode())  # one write, so that no other comes between
threading.Event().wait()
"""


@pytest.fixture
def group(tmp_path):
    """Starts a group and reads what it says. Each of its processes holds the pipe: its end is the end of them all."""
    started = []

    def start(*names):
        (tmp_path / "standin.py").write_text(STANDIN)
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, *names],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(tmp_path)},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        patience = threading.Timer(10, started[-1].kill)
        patience.daemon = True
        patience.start()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.stdout.close()
        process.wait()


def pids(process, *names):
    """Reads on until each of `names` has said its pid, and answers them."""
    found = {}
    while set(found) < set(names):
        line = process.stdout.readline()
        assert line, "the group ended, or took too long"
        words = line.split()
        if len(words) == 2 and words[0] in names:
            found[words[0]] = int(words[1])
    return found


def test_a_dead_one_is_started_again_and_term_ends_them_all(group):
    process = group("one", "two")
    before = pids(process, "one", "two")
    os.kill(before["one"], signal.SIGKILL)
    assert pids(process, "one")["one"] != before["one"]
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_ctrl_c_ends_them_all(group):
    process = group("one", "two")
    pids(process, "one", "two")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_nothing_is_orphaned_when_the_group_is_killed(group):
    process = group("one", "two")
    pids(process, "one", "two")
    process.kill()
    process.communicate(timeout=10)


def test_one_that_will_not_end_is_killed(group):
    process = group("one", "stubborn")
    pids(process, "one", "stubborn")
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == 0
