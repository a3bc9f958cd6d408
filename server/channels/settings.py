"""``channels.toml`` in the data folder: which channels there are, and what goes by which.

    [channels.sms]
    driver = "webhook"
    url = "https://gateway.example/liqu"
    secret = "at least sixteen characters"

    [channels.mail]
    driver = "smtp"
    host = "mail.example"
    sender = "hall@example.org"
    user = "hall"
    password = "…"

    [send]                       # by kind: the first channel that can reach the customer is taken
    default = ["sms", "mail"]
    reminder_eve = ["mail"]
    cancelled = []               # not told

    [due]
    days_before = [30, 7]

    [notices]                    # alarms of the hall's machines, to who looks after them
    url = "https://watch.example/liqu"
    secret = "at least sixteen characters"

Without the file every message waits, and nothing else changes.
"""

from __future__ import annotations

import logging
import stat
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from server.domain.messages import KINDS, OF_MACHINES
from server.protocol.outbox import MessageKind

from .smtp import Post, Security, Smtp
from .webhook import Door, NoticeHook, Webhook

log = logging.getLogger(__name__)

FILE = "channels.toml"
NOTICES = "notices"
"""What the channel of alarms is called."""
DAYS_BEFORE = (30, 7)
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
LOCAL = ("127.0.0.1", "::1", "localhost")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Seconds = Annotated[float, Field(ge=1, le=60)]


class SettingsError(Exception):
    """``channels.toml`` cannot be used; says where and what to do. Never repeats a secret."""


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HookTable(Table):
    url: str
    secret: SecretStr
    timeout: Seconds = 15.0
    ca_file: str = ""
    proxy: str = ""
    plain: bool = False
    """Allow http:// to another machine: phone numbers then cross the network readable."""

    @field_validator("secret")
    @classmethod
    def long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters, such as those of 'openssl rand -hex 32'")
        return secret

    @model_validator(mode="after")
    def safe(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("url must be an address such as https://gateway.example/liqu")
        if parts.scheme == "http" and parts.hostname not in LOCAL and not self.plain:
            raise ValueError("url must begin with https:// (or say plain = true to send in the clear)")
        return self


class WebhookTable(HookTable):
    driver: Literal["webhook"]


class SmtpTable(Table):
    driver: Literal["smtp"]
    host: Annotated[str, Field(min_length=1)]
    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Security = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    timeout: Seconds = 30.0
    ca_file: str = ""

    @model_validator(mode="after")
    def safe(self) -> SmtpTable:
        if self.user and self.security == "none" and self.host not in LOCAL:
            raise ValueError('a password is not sent in the clear: set security to "starttls" or "tls"')
        return self


class DueTable(Table):
    days_before: tuple[Annotated[int, Field(ge=0, le=365)], ...] = DAYS_BEFORE


class File(Table):
    channels: dict[Name, Annotated[WebhookTable | SmtpTable, Field(discriminator="driver")]] = Field(
        default_factory=dict
    )
    send: dict[MessageKind | Literal["default"], tuple[Name, ...]] = Field(default_factory=dict)
    due: DueTable = DueTable()
    notices: HookTable | None = None

    @model_validator(mode="after")
    def known(self) -> File:
        for kind, names in self.send.items():
            for name in names:
                if name not in self.channels:
                    raise ValueError(f"send.{kind} names {name!r}, but there is no [channels.{name}]")
            if kind in OF_MACHINES:
                raise ValueError(f"send.{kind}: news of machines goes to [notices], not to customers")
        if NOTICES in self.channels:
            raise ValueError(f"channels.{NOTICES}: this name is taken; alarms are set in [{NOTICES}]")
        return self


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the file says. ``routes``: kind → channels, the first that can reach is taken."""

    channels: dict[str, WebhookTable | SmtpTable | HookTable] = field(default_factory=dict)
    routes: dict[MessageKind, tuple[str, ...]] = field(default_factory=dict)
    days_before: tuple[int, ...] = DAYS_BEFORE


def read_settings(folder: Path) -> ChannelSettings:
    """What ``channels.toml`` in ``folder`` says; nothing where there is none. Raises SettingsError."""
    path = folder / FILE
    try:
        content = path.read_bytes()
        open_to_all = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    except FileNotFoundError:
        return ChannelSettings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if open_to_all:
        log.warning("%s holds secrets and others can read it: run 'chmod 600 %s'", path, path)
    try:
        told = File.model_validate(tomllib.loads(content.decode("utf-8")))
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8: save it so") from None
    except tomllib.TOMLDecodeError as error:
        # It tells the line and the column, never the text.
        raise SettingsError(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError("\n".join([f"{path} cannot be used:", *_faults(error)])) from None
    default = told.send.get("default", tuple(told.channels))
    # News of a case goes as that of an appointment does, where nothing else is said.
    of_cases = told.send.get("booked", default)
    routes = {
        kind: told.send.get(kind, of_cases if kind.startswith("case_") else default)
        for kind in KINDS
        if kind not in OF_MACHINES
    }
    channels: dict[str, WebhookTable | SmtpTable | HookTable] = dict(told.channels)
    if told.notices is not None:
        channels[NOTICES] = told.notices
        routes |= dict.fromkeys(OF_MACHINES, (NOTICES,))
    return ChannelSettings(channels, routes, tuple(sorted(set(told.due.days_before), reverse=True)))


def opened(settings: ChannelSettings) -> dict[str, Webhook | Smtp]:
    """The channels, by name. Raises SettingsError for a ``ca_file`` that cannot be used."""
    made: dict[str, Webhook | Smtp] = {}
    for name, told in settings.channels.items():
        try:
            made[name] = _open(name, told)
        except OSError as error:
            reason = error.strerror or "no certificate in it"
            place = name if name == NOTICES else f"channels.{name}"
            raise SettingsError(f"{place}.ca_file {told.ca_file!r} cannot be used: {reason}") from None
    return made


def _open(name: str, told: WebhookTable | SmtpTable | HookTable) -> Webhook | Smtp:
    if isinstance(told, HookTable):
        secret = told.secret.get_secret_value().encode()
        door = Door(told.url, secret, told.timeout, told.ca_file, told.proxy)
        return (Webhook if isinstance(told, WebhookTable) else NoticeHook)(name, door, time.time)
    return Smtp(
        name,
        Post(
            host=told.host,
            port=told.port or PORTS[told.security],
            sender=told.sender,
            security=told.security,
            user=told.user,
            password=told.password.get_secret_value(),
            timeout=told.timeout,
            ca_file=told.ca_file,
        ),
    )


def _faults(error: ValidationError) -> list[str]:
    return [
        f"  {'.'.join(str(step) for step in one['loc'] if step not in ('webhook', 'smtp')) or 'file'}: "
        f"{one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_input=False, include_url=False)
    ]
