"""``channels.toml``: what it may say, and how a technician is told what is wrong with it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from server.channels.settings import ChannelSettings, SettingsError, opened, read_settings
from server.domain.messages import KINDS, OF_MACHINES, Address

SECRET = "0123456789abcdef-secret"
GOOD = f"""
[channels.sms]
driver = "webhook"
url = "https://gateway.example/liqu"
secret = "{SECRET}"

[channels.mail]
driver = "smtp"
host = "mail.example"
sender = "hall@hall.example"
user = "hall"
password = "{SECRET}"

[send]
default = ["sms", "mail"]
reminder_eve = ["mail"]
cancelled = []

[due]
days_before = [7, 60, 7]
"""
HOOK = f'[channels.sms]\ndriver = "webhook"\nurl = "https://a.example"\nsecret = "{SECRET}"\n'


def written(folder: Path, content: str) -> ChannelSettings:
    path = folder / "channels.toml"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    return read_settings(folder)


def test_without_the_file_there_are_no_channels_and_due_items_are_pushed_30_and_7_days_before(
    tmp_path: Path,
) -> None:
    assert read_settings(tmp_path) == ChannelSettings({}, {}, (30, 7))


def test_each_kind_goes_where_the_file_says_and_the_others_by_default(tmp_path: Path) -> None:
    told = written(tmp_path, GOOD)
    assert told.routes == {
        "booked": ("sms", "mail"),
        "moved": ("sms", "mail"),
        "cancelled": (),
        "reminder_eve": ("mail",),
        "reminder_day": ("sms", "mail"),
        "due_item": ("sms", "mail"),
        **{kind: ("sms", "mail") for kind in KINDS if kind.startswith("case_")},
    }
    assert told.days_before == (60, 7)
    assert sorted(opened(told)) == ["mail", "sms"]


def test_news_of_a_case_goes_as_that_of_an_appointment_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    said = 'booked = ["mail"]\ncase_ready = ["sms"]'
    told = written(tmp_path, GOOD.replace("cancelled = []", said))
    assert told.routes["case_ready"] == ("sms",)
    assert told.routes["case_question"] == ("mail",)
    assert told.routes["due_item"] == ("sms", "mail")


def test_without_a_default_every_kind_goes_by_the_channels_in_their_order(tmp_path: Path) -> None:
    assert written(tmp_path, HOOK).routes["booked"] == ("sms",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[channels", "is not TOML"),
        ("driver = 1", "driver: Extra inputs are not permitted"),
        (HOOK.replace("webhook", "pigeon"), "channels.sms"),
        (HOOK.replace("https://a.example", "gateway"), "channels.sms: url must be an address"),
        (HOOK.replace("https:", "http:"), "channels.sms: url must begin with https://"),
        (HOOK.replace(SECRET, "short"), "channels.sms.secret: must have at least 16 characters"),
        (HOOK + "timeout = 0", "channels.sms.timeout: Input should be greater than or equal to 1"),
        (HOOK + "sekret = 1", "channels.sms.sekret: Extra inputs are not permitted"),
        (HOOK + '[send]\nbooked = ["mail"]', "send.booked names 'mail', but there is no [channels.mail]"),
        (HOOK + '[send]\nbirthday = ["sms"]', "send.birthday"),
        (HOOK + "[due]\ndays_before = [-1]", "due.days_before.0: Input should be greater"),
        ('[channels.m]\ndriver = "smtp"\nsender = "a@b"', "channels.m.host: Field required"),
        ('[channels.m]\ndriver = "smtp"\nhost = "h"\nsender = "nobody"', "channels.m.sender"),
        (
            '[channels.m]\ndriver = "smtp"\nhost = "h"\nsender = "a@b"\nsecurity = "none"\nuser = "u"',
            "channels.m: a password is not sent in the clear",
        ),
        (HOOK.replace("sms", "SMS"), "channels.SMS"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_without_the_secret(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        written(tmp_path, content)
    told = str(caught.value)
    assert said in told
    assert "channels.toml" in told
    assert SECRET not in told


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "channels.toml").write_bytes("# 大厅".encode("gb18030"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path)


def test_plain_http_is_for_this_machine_or_on_request(tmp_path: Path) -> None:
    assert written(tmp_path, HOOK.replace("https://a.example", "http://127.0.0.1:9000/x")).channels
    assert written(tmp_path, HOOK.replace("https:", "http:") + "plain = true").channels


def test_an_authority_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = written(tmp_path, HOOK + 'ca_file = "/no/such/file.pem"')
    with pytest.raises(SettingsError, match=r"channels\.sms\.ca_file '/no/such/file\.pem'"):
        opened(told)


def test_a_file_that_others_can_read_is_warned_of_and_no_secret_is_shown_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = written(tmp_path, GOOD)
    (tmp_path / "channels.toml").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert read_settings(tmp_path) == told
    assert "chmod 600" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(told)


def test_the_server_says_so_and_does_not_start(tmp_path: Path) -> None:
    program = str(Path(sys.executable).parent / "liqu-server")
    subprocess.run([program, "init", "--data", tmp_path], check=True, capture_output=True)
    (tmp_path / "channels.toml").write_text(HOOK.replace(SECRET, "short"), encoding="utf-8")
    ended = subprocess.run([program, "run", "--data", tmp_path], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "channels.sms.secret: must have at least 16 characters" in ended.stderr
    assert "Traceback" not in ended.stderr


NOTICES = f'[notices]\nurl = "https://watch.example/liqu"\nsecret = "{SECRET}"\n'


def test_news_of_machines_goes_to_its_own_address_and_customers_channels_hear_none_of_it(
    tmp_path: Path,
) -> None:
    told = written(tmp_path, NOTICES + HOOK)
    assert {kind: told.routes[kind] for kind in OF_MACHINES} == dict.fromkeys(OF_MACHINES, ("notices",))
    assert told.routes["booked"] == ("sms",)
    made = opened(told)
    assert made["notices"].reaches(Address())
    assert not made["sms"].reaches(Address())


def test_without_notices_nobody_is_told_of_machines(tmp_path: Path) -> None:
    assert not set(OF_MACHINES) & set(written(tmp_path, HOOK).routes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HOOK + '[send]\nalarm = ["sms"]\n', "send.alarm: news of machines goes to [notices]"),
        (HOOK.replace("sms", "notices"), "channels.notices: this name is taken"),
        (NOTICES.replace("https", "http"), "url must begin with https://"),
        (NOTICES.replace(SECRET, "short"), "at least 16 characters"),
        (NOTICES + 'driver = "smtp"\n', "notices.driver"),
    ],
)
def test_what_is_wrong_with_notices_is_said(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        written(tmp_path, content)
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)
