"""What tests share: a missing part skips with its reason outside CI, and fails in CI."""

from __future__ import annotations

import os

import pytest


def need(condition: object, reason: str) -> None:
    """Go on if ``condition`` holds; else skip with ``reason``, or fail where CI must have every part."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have every part: {reason}")
    pytest.skip(reason)
