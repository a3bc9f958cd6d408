"""A device's token: who it is over a restart, a new one that may fail, and one that the server forgets."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from server.device.keys import DeviceFile, Identity, Keys, digest, employed, identity_of
from server.device.line import Line
from server.device.settings import ConfigError
from server.device.where import ServerPart
from tests.unit.device.server_door import Door

UNPAIRED = ServerPart("http://h", "", "", "")
GIVEN = ServerPart("http://h", "main", "from-the-settings", "kiosk-1")
PAIRED = Identity("main", "kiosk-7", "t0ken", "ab" * 32)


def test_a_paired_device_knows_itself_after_a_restart_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path / "state")
    assert identity_of(UNPAIRED, file) is None
    file.write(PAIRED)
    known = identity_of(UNPAIRED, file)
    assert known == PAIRED
    assert employed(UNPAIRED, PAIRED) == ServerPart("http://h", "main", "t0ken", "kiosk-7")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["device.json"]


def test_a_token_of_the_settings_counts_until_another_followed_it_and_a_newer_one_of_the_settings_again(
    tmp_path: Path,
) -> None:
    file = DeviceFile(tmp_path)
    first = identity_of(GIVEN, file)
    assert first is not None
    assert first.token == "from-the-settings"
    keys = Keys(first, file)
    assert keys.renewed("newer")
    after = identity_of(GIVEN, file)
    assert after is not None
    assert (after.token, after.name) == ("newer", "kiosk-1")
    changed = ServerPart("http://h", "main", "written-anew", "kiosk-1")
    again = identity_of(changed, file)
    assert again is not None
    assert again.token == "written-anew"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hall": 3}', "no json", '{"hall": "main"}'])
def test_a_damaged_file_means_pairing_anew(text: str, tmp_path: Path) -> None:
    (tmp_path / "device.json").write_text(text)
    assert identity_of(UNPAIRED, DeviceFile(tmp_path)) is None


def test_a_file_of_another_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match=r"device\.json may not be read by the user .*: run this as"):
        identity_of(UNPAIRED, DeviceFile(tmp_path))


def test_the_old_token_is_kept_until_the_new_one_has_worked(tmp_path: Path) -> None:
    file = DeviceFile(tmp_path)
    keys = Keys(PAIRED, file)
    assert keys.renewed("new")
    kept = json.loads(file.path.read_text())
    assert (kept["token"], kept["old_token"]) == ("new", "t0ken")
    keys.worked("t0ken")  # an answer to a request from before
    assert json.loads(file.path.read_text())["old_token"] == "t0ken"
    keys.worked("new")
    assert json.loads(file.path.read_text())["old_token"] == ""


def test_a_new_token_that_cannot_be_written_down_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    keys = Keys(PAIRED, DeviceFile(tmp_path))
    monkeypatch.setattr("server.device.keys.write_whole", full)
    assert not keys.renewed("new")
    assert keys.token == "t0ken"


def test_a_new_token_that_the_server_does_not_know_gives_way_to_the_old_one_once(tmp_path: Path) -> None:
    door = Door(answers={"/x": lambda _: (200, {})}, tokens={"t0ken"})
    keys = Keys(PAIRED, DeviceFile(tmp_path))
    gone: list[str] = []
    keys.on_revoked = lambda: gone.append("revoked")
    assert keys.renewed("never-arrived")
    with door.open() as part:
        line = Line(part)
        reply = line.ask_as(keys, "POST", "/x")
        assert reply is not None
        assert reply.ok
        assert [token for _m, _p, token, _b in door.asked] == ["never-arrived", "t0ken"]
        assert (keys.token, keys.identity.old_token, gone) == ("t0ken", "", [])
        door.tokens = {"another's"}
        for _ in range(2):
            reply = line.ask_as(keys, "POST", "/x")
            assert reply is not None
            assert reply.status == 401
    assert keys.revoked
    assert gone == ["revoked"]


def test_a_server_without_an_answer_says_nothing_about_the_token(tmp_path: Path) -> None:
    door = Door(answers={"/x": lambda _: (503, {})})
    keys = Keys(PAIRED, DeviceFile(tmp_path))
    assert keys.renewed("new")
    with door.open() as part:
        line = Line(part)
        line.ask_as(keys, "POST", "/x")
    assert line.ask_as(keys, "POST", "/x") is None
    assert (keys.token, keys.identity.old_token, keys.revoked) == ("new", "t0ken", False)


def test_no_token_has_no_digest() -> None:
    assert digest("") == ""
    assert len(digest("t")) == 64
