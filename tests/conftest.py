"""The test run: its database, servers and browsers. Started by `make test`, which brings the environment."""

import os

import hypothesis
import pytest

if os.environ.get("PORTAL_MODE") != "test":
    raise pytest.UsageError("Run the tests with `make test` (or python3 dev.py test [pytest arguments]).")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "1"  # sync Playwright keeps an event loop running in the main thread
)

hypothesis.settings.register_profile("portal", deadline=None, database=None)
hypothesis.settings.load_profile("portal")

pytest_plugins = [
    "tests.support.database",
    "tests.support.servers",
    "tests.support.browser",
    "tests.support.court",
    "tests.support.sign_in",
    "tests.requirements",
    "tests.support.moves",
    "tests.support.buckets",
    "tests.support.house",
    "tests.support.canaries",
]
