"""Places where a fault test may kill this process as a power cut would. Asleep unless DEBUG_FAILPOINTS is 1."""

import os
import random
import signal

_chances: dict[str, float] = {}
if os.environ.get("DEBUG_FAILPOINTS") == "1":
    for _part in filter(None, os.environ.get("FAILPOINTS", "").split(",")):
        _name, _chance = _part.split("=")
        _chances[_name] = float(_chance)


def failpoint(name: str) -> None:
    """Ends this process at once, without any clean-up, with the chance FAILPOINTS gives to `name` ("accepted=0.05")."""
    if _chances and random.random() < _chances.get(name, 0):  # noqa: S311 - a test's dice, no secret
        os.kill(os.getpid(), signal.SIGKILL)
