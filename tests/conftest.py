"""What tests share: a missing part skips with its reason outside CI, and fails in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# In CI the same examples each time: a red build says that the change is at fault, not the dice.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def need(condition: object, reason: str) -> None:
    """Go on if ``condition`` holds; else skip with ``reason``, or fail where CI must have every part."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have every part: {reason}")
    pytest.skip(reason)


LONG = ("integration/storm", "journey", "ui", "integration")
"""Folders whose files take longest: begun first, so that no worker ends long after the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).as_posix()
        return next((at for at, long in enumerate(LONG) if folder.startswith(long)), len(LONG))

    items.sort(key=turn)
    for item in items:
        # Decision 022: a screen or page that fails is looked at once more, and named in the summary.
        if item.path.is_relative_to(here / "ui"):
            item.add_marker(pytest.mark.flaky(reruns=1))
