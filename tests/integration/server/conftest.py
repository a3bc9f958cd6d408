"""A served hall for each test, or for each module where the tests leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import cluster
from tests.recorded import watched
from tests.servers import Clock, ServerThread, furnish, furnished_copy, served


@pytest.fixture(autouse=True)
def recorded() -> Iterator[None]:
    """Whatever a test makes the server do: no row changes without a line of the journal beside it."""
    with watched() as watch:
        yield
    assert sorted(set(watch.found)) == []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[ServerThread]:
    """Two halls on SQLite, of its own."""
    with served(*furnished_copy(tmp_path), clock) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[ServerThread]:
    """Two halls on each database."""
    if request.param == "sqlite":
        with served(*furnished_copy(tmp_path), clock) as made:
            yield made
        return
    with cluster().database() as url, served(url, furnish(url), clock) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerThread]:
    """Two halls on SQLite for all tests of a module."""
    with served(*furnished_copy(tmp_path_factory.mktemp("hall"))) as made:
        yield made
