"""The Chromium of this machine, driven by playwright; where there is none, the tests that need it are skipped."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextlib.contextmanager
def browser() -> Iterator["Browser"]:
    """Start it; the test is skipped where none is installed."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(
            "no Chromium on this machine: apt-get install --no-install-recommends chromium"
        )
    playwright: Any = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    # As root, in a container, Chromium has no sandbox.
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()
