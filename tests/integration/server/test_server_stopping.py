"""While the server stops, no new command is taken, and what is only looked at is still shown."""

from __future__ import annotations

from tests.servers import ServerThread


def test_a_command_to_a_server_that_stops_is_told_to_come_again(hall: ServerThread) -> None:
    token = hall.credentials["devices"]["kiosk-1"]
    hall.app.state.stopping = True
    try:
        for language, title in (("zh", "服务器正在重新启动"), ("en", "The server is restarting")):
            path = "/api/v1/halls/main/tickets"
            told = hall.request("POST", path, {"service": "accept"}, token, Accept_Language=language)
            assert (told.status_code, told.json()["code"], told.json()["title"]) == (503, "stopping", title)
            assert int(told.headers["Retry-After"]) > 0
            assert told.headers["Content-Type"] == "application/problem+json"
        assert hall.request("GET", "/api/v1/halls/main").status_code == 200
        with hall.live("board:main") as link:
            assert "board:main" in str(link.recv())
    finally:
        hall.app.state.stopping = False
    assert hall.take_number()["number"] == "A001"
