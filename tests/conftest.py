"""What tests share: a missing part skips with its reason outside CI, and fails in CI."""

from __future__ import annotations

import os

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
