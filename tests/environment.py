"""Loaded by pytest before the settings are: what an installation would say, said for the tests."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="agreement-tests-"))
