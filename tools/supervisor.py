"""Keeps a few programs running as one group: a dead one is started again, and all of them stop together.

Standard library only, so that run.py can use it with whatever Python the machine has. Each program is started
through tools/child.py, which ends it when this process is gone, even by SIGKILL.
"""

import signal
import subprocess
import sys
import threading
import time

PATIENCE = 120  # seconds in which the group has to become ready
STEADY = 60  # seconds alive after which earlier deaths no longer count
LONGEST_PAUSE = 30  # seconds between two starts of a program that keeps dying
GRACE = 20  # seconds to end by itself before it is killed


class Child:
    """One program of the group: `python -m module arguments`, started again whenever it has died."""

    def __init__(self, name, python, arguments, env, cwd):
        self.name = name
        self.command = [str(python), "-m", "tools.child", *arguments]
        self.env, self.cwd = env, cwd
        self.process = None
        self.deaths = 0
        self.next_start = self.last_start = 0.0

    def keep_running(self, now):
        """Starts the program when it should run and does not; returns a sentence when it was found dead."""
        if self.process and self.process.poll() is not None:
            sentence = self._put_off(now, self.process.returncode)
            self.process.stdin.close()
            self.process = None
            return sentence
        if not self.process and now >= self.next_start:
            self.last_start = now
            # Its standard input is a pipe that nobody writes to: it closes when this process ends.
            # A session of its own keeps the terminal's Ctrl-C from it: the group is stopped in order, from here.
            self.process = subprocess.Popen(
                self.command, env=self.env, cwd=self.cwd, stdin=subprocess.PIPE, start_new_session=True
            )
        return None

    def _put_off(self, now, code):
        self.deaths = 1 if now - self.last_start > STEADY else self.deaths + 1
        pause = min(2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.next_start = now + pause
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"The {self.name} {how}; starting it again in {pause} s."


def supervise(children, *, is_ready, announce, say):
    """Runs the group until SIGINT, SIGTERM or SIGHUP; returns the exit code.

    `is_ready()` is asked until it says True, then `announce()` is called once. Returns 1 when the group does not
    become ready within PATIENCE seconds, 0 when it was asked to stop. Nothing is left running in either case.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup and & have a reason to ignore it
            signal.signal(number, lambda *_: stop.set())
    ready, deadline = False, time.monotonic() + PATIENCE
    try:
        while not stop.wait(0.2):
            for child in children:
                if sentence := child.keep_running(time.monotonic()):
                    say(sentence)
            if not ready and is_ready():
                ready = True
                announce()
            elif not ready and time.monotonic() > deadline:
                say(f"It did not become ready within {PATIENCE} s; the lines above should say why.")
                return 1
        say("Stopping.")
        return 0
    finally:
        stop_all(children)


def stop_all(children):
    """Asks every program to end, in its own time up to GRACE seconds, then insists."""
    running = [child.process for child in children if child.process]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"Process {process.pid} does not end by itself; killing it.", file=sys.stderr)
            process.kill()
            process.wait()
