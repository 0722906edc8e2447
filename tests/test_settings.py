"""Settings come from the environment, and a wrong one stops the start with a sentence that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GOOD = {"SECRET_KEY": "k" * 40, "PATH": os.environ["PATH"]}


def start(tmp_path, **settings):
    """What `manage.py check` answers with exactly these variables: its exit code and its words."""
    env = GOOD | {"DATA_DIR": str(tmp_path)} | settings
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_it_starts_with_a_key_alone(tmp_path):
    assert start(tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DEMO", "perhaps"),
        ("ALLOWED_HOSTS", "*"),
        ("EMAIL_PORT", "smtp"),
        ("DEBUG", "2"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path, name, value):
    code, words = start(tmp_path, **{name: value})
    assert code != 0
    assert name in words


def test_the_demo_is_off_unless_asked_for(tmp_path):
    script = "from django.conf import settings; print(settings.DEMO)"
    env = GOOD | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "agreement.settings"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
