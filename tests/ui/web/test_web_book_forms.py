"""Whatever is sent to the booking pages, a page comes back: never a crash, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.web.pages import pages, static_files

from . import book_fake as f


@pytest.fixture(scope="module")
def hall() -> f.BookingHall:
    return f.BookingHall()


@pytest.fixture(scope="module")
def client(hall: f.BookingHall) -> Iterator[TestClient]:
    app = FastAPI()
    app.mount("/static", static_files())
    app.include_router(pages(hall))
    with TestClient(app, raise_server_exceptions=True, follow_redirects=False) as opened:
        yield opened
