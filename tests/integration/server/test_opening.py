"""A real hall's first day: made on the machine, opened by its first administrator; a lost password."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import requests

from server.main import main
from server.protocol.views import Text
from server.services.clock import utc_now
from server.services.opening import NewHall, NotDone, open_hall
from server.store import journal
from server.store.engine import open_engine, reading, sqlite_url
from tests.servers import served


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def make(data: Path, *more: str) -> int:
    return main(
        ["hall", "--data", str(data), "--id", "west", "--name", "西区大厅", "--admin", "chief", *more]
    )


def test_a_hall_is_made_opened_by_its_administrator_and_gives_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    assert make(tmp_path, "--english", "West Hall") == 0
    password = said(capsys).partition(" with ")[2].split()[0]
    with served(sqlite_url(tmp_path), {"users": {"chief": password}, "devices": {}}) as hall:
        token = hall.sign_in("chief")
        seen = requests.get(f"{hall.url}/api/v1/halls/west", timeout=10).json()
        assert seen["name"] == {"zh": "西区大厅", "en": "West Hall"}
        assert [one["id"] for one in seen["services"]] == ["accept", "submit", "pickup", "consult", "green"]
        bearer = {"Authorization": f"Bearer {token}"}
        shut = requests.post(
            f"{hall.url}/api/v1/halls/west/tickets", json={"service": "accept"}, headers=bearer, timeout=10
        )
        assert (shut.status_code, shut.json()["code"]) == (409, "hall_closed")
        settings = requests.get(f"{hall.url}/api/v1/halls/west/settings", headers=bearer, timeout=10).json()
        opened = requests.put(
            f"{hall.url}/api/v1/halls/west/settings",
            json={**settings, "shut": False},
            headers=bearer,
            timeout=10,
        )
        assert opened.status_code == 200
        ticket = requests.post(
            f"{hall.url}/api/v1/halls/west/tickets", json={"service": "accept"}, headers=bearer, timeout=10
        )
        assert (ticket.status_code, ticket.json()["number"]) == (201, "A001")
    assert main(["check", "--data", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (["--id", "West!"], "--id"),
        (["--admin", "Chief Clerk"], "--admin"),
        (["--zone", "Mars/Olympus"], "--zone"),
        (["--name", " "], "--name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], wrong: str
) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    assert make(tmp_path, *more) == 2
    assert wrong in capsys.readouterr().err
    assert make(tmp_path) == 0


def test_neither_a_hall_nor_a_user_is_made_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    assert make(tmp_path) == 0
    assert make(tmp_path, "--admin", "other") == 2
    assert "already" in capsys.readouterr().err
    engine = open_engine(sqlite_url(tmp_path))
    east = NewHall("east", Text(zh="东区", en="East"), "Asia/Shanghai", "chief", "某甲")
    with pytest.raises(NotDone, match="chief already"):
        asyncio.run(open_hall(engine, utc_now, east))
    engine.dispose()


def test_who_lost_a_password_gets_another_and_every_sign_in_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    assert make(tmp_path) == 0
    old = said(capsys).partition(" with ")[2].split()[0]
    database = sqlite_url(tmp_path)
    with served(database, {"users": {"chief": old}, "devices": {}}) as hall:
        hall.sign_in("chief")
    assert main(["password", "--data", str(tmp_path), "--user", "chief"]) == 0
    new = said(capsys).partition(" with ")[2].split()[0]
    assert new != old
    engine = open_engine(database)
    with reading(engine).begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 0
        assert journal.check(connection, "west") is None
    engine.dispose()
    with served(database, {"users": {"chief": new}, "devices": {}}) as hall:
        assert hall.sign_in("chief")
        answer = requests.post(
            f"{hall.url}/api/v1/sessions", json={"user": "chief", "password": old}, timeout=10
        )
        assert answer.status_code == 401


def test_nobody_gets_a_password_who_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    assert main(["password", "--data", str(tmp_path), "--user", "nobody"]) == 2
    assert "no user nobody" in capsys.readouterr().err
