"""Health, figures, and what the API says of itself."""

from __future__ import annotations

from tests.servers import ServerThread


def test_health_names_the_version(shared: ServerThread) -> None:
    answer = shared.request("GET", "/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
