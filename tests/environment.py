"""Loaded by pytest before the settings are: what an installation would say, said for the tests."""

import os
import tempfile
from pathlib import Path

data = tempfile.TemporaryDirectory(prefix="agreement-tests-", ignore_cleanup_errors=True)  # gone when the tests end
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
if "PYTEST_XDIST_WORKER" in os.environ:  # tests that run beside each other keep their files apart
    os.environ["DATA_DIR"] = data.name
os.environ.setdefault("DATA_DIR", data.name)
Path(os.environ["DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)
