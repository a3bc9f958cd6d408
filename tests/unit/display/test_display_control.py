"""The door for scripts."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from display.control import Doors, serve


@pytest.fixture
def port() -> Iterator[int]:
    def screenshot(path: Path) -> None:
        if path.name == "slow.png":
            raise TimeoutError("the screen did not answer")
        path.write_bytes(b"png")

    doors = Doors(lambda: b'{"kind": "board"}', lambda: [{"text": "请A零零一号到三号窗口办理"}], screenshot)
    server = serve(0, doors)
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def ask(port: int, method: str, path: str) -> tuple[int, dict[str, object] | list[object]]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request(method, path)
        answer = link.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        link.close()


def test_the_scene_and_what_was_said_can_be_read(port: int) -> None:
    assert ask(port, "GET", "/scene") == (200, {"kind": "board"})
    assert ask(port, "GET", "/spoken") == (200, [{"text": "请A零零一号到三号窗口办理"}])


def test_a_picture_is_written_where_it_is_asked(port: int, tmp_path: Path) -> None:
    file = tmp_path / "board.png"
    assert ask(port, "POST", f"/screenshot?path={file}") == (200, {"path": str(file)})
    assert file.read_bytes() == b"png"


def test_what_cannot_be_done_is_told(port: int, tmp_path: Path) -> None:
    assert ask(port, "POST", f"/screenshot?path={tmp_path}/slow.png")[0] == 500
    assert ask(port, "POST", "/screenshot?path=x.txt")[0] == 404
    assert ask(port, "POST", "/scene")[0] == 404
    assert ask(port, "GET", "/elsewhere")[0] == 404
