"""What the storms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .processes import Starter


@pytest.fixture(scope="module")
def start() -> Iterator[Starter]:
    """Loading the server's code takes most of a start: once for all tests of a file."""
    made = Starter()
    yield made
    made.end()
