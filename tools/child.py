"""`python -m tools.child MODULE ARGUMENTS`: runs a module that ends with its supervisor, however that one ends."""

import os
import runpy
import signal
import sys
import threading
import time
import warnings


def end_with_supervisor():
    """Waits for the supervisor's end of our standard input to close, which even SIGKILL does; then ends us too."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)
    os._exit(1)


if __name__ == "__main__":
    # A program without a handler of its own (waitress) leaves by SystemExit, after the requests under way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The embedded worker runs as whoever started it; in a container that is root, and fine.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    threading.Thread(target=end_with_supervisor, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
