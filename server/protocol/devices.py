"""Devices of a hall: how they are, what is wrong, what was done about it, and how one becomes its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import StringConstraints

from .commands import Body, Line, Name, PartWord, Remark
from .views import Text, Wire
from .words import Role

Part: TypeAlias = Literal[
    "link", "numbers", "printer", "labels", "certificates", "scanner", "sound", "screen"
]
"""Of a device. ``link``: whether it is heard of at all; ``numbers``: what it gave while it was cut off."""
PartState: TypeAlias = PartWord
Trouble: TypeAlias = Literal["paper_low", "out_of_paper", "cover_open", "offline", "error", "refused"]
"""``refused``: numbers that do not fit; whoever holds one is in no queue."""
PARTS: tuple[Part, ...] = get_args(Part)

ErrandKind: TypeAlias = Literal["restart", "reprint", "screenshot", "test_print"]
"""What a manager may ask of a device. ``reprint``: the ticket whose number is the subject."""
ErrandState: TypeAlias = Literal["asked", "taken", "done", "failed", "over"]
"""``over``: the device did not take it in time."""

UpkeepKind: TypeAlias = Literal["check", "cleaning", "paper", "repair", "exchange", "other"]
"""巡检 · 清洁 · 换纸 · 维修 · 更换 · 其他"""
PairingState: TypeAlias = Literal["waiting", "paired", "over"]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
PairingCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


class Errand(Wire):
    """What a device is asked to do, as the device hears it."""

    id: str
    kind: ErrandKind
    subject: str
    at: datetime


class DeviceTasks(Wire):
    """The answer to a device's own report, and the view of its topic ``device:NAME``: what it is to do."""

    errands: tuple[Errand, ...] = ()
    renew_token: bool = False
    """Its token is old: it is to fetch a new one."""


class ErrandAsked(Body):
    kind: ErrandKind
    subject: Annotated[str, StringConstraints(max_length=16, pattern=r"^[0-9A-Za-z-]*$")] = ""


class ErrandEnded(Body):
    """Told by the device. A restart is told ``done`` by the app that came up after it."""

    outcome: Literal["done", "failed"]
    remark: Remark = ""


class ErrandView(Wire):
    """As a manager sees it."""

    id: str
    device: str
    kind: ErrandKind
    subject: str
    by: str
    at: datetime
    state: ErrandState
    ended_at: datetime | None
    remark: str
    picture: str | None = None
    """Address of the screenshot, while it is kept."""


class PartView(Wire):
    part: Part
    state: PartState
    detail: str = ""
    since: datetime | None = None


class AlarmView(Wire):
    """``text``: what is wrong (``what``) and what to do (``advice``), for who looks after the hall."""

    id: str
    device: str
    part: Part
    kind: Trouble
    since: datetime
    until: datetime | None
    seen_by: str | None
    text: Text
    what: Text
    advice: Text


class DeviceHealth(Wire):
    name: str
    label: Text
    """How people call it: 1号自助机."""
    kind: Role
    active: bool
    online: bool
    seen_at: datetime | None
    version: str
    outdated: bool
    """Its program is not of the server's version."""
    parts: tuple[PartView, ...]
    alarms: tuple[AlarmView, ...]
    token_at: datetime | None
    handed_in: int = 0
    """Numbers it gave while cut off, today."""
    leased: int = 0
    """Numbers it may still give while cut off, today."""


class ServerHealth(Wire):
    version: str
    database: Literal["sqlite", "postgresql"]
    database_bytes: int | None
    disk_free: int | None
    disk_low: bool
    backup_at: datetime | None
    """When the last good backup was made; None: never, or not known here."""
    sealed_until: str | None
    """The last day whose journal is sealed."""
    clock_off: float | None
    """Seconds by which the machine's clock jumped since the start, where it did."""
    certificate_until: datetime | None = None
    """When the certificate ends by which this server is reached over https, where it serves one itself."""


class HealthView(Wire):
    """The hall's machines at a glance: what needs somebody first."""

    at: datetime
    server: ServerHealth
    devices: tuple[DeviceHealth, ...]
    alarms: tuple[AlarmView, ...]
    """Open ones, the gravest first."""


class UpkeepDone(Body):
    """A line for the maintenance log."""

    device: Name
    kind: UpkeepKind
    remark: Line
    alarm: Id | None = None
    """The alarm that it answered."""


class UpkeepLine(Wire):
    id: str
    device: str
    kind: UpkeepKind
    remark: str
    by: str
    at: datetime
    alarm: str | None


class PairingAsked(Body):
    """A device that has no token asks to become a hall's own."""

    kind: Literal["kiosk", "display"]
    version: Annotated[str, StringConstraints(max_length=32, pattern=r"^[^\x00-\x1f]*$")] = ""


class PairingView(Wire):
    """``code`` is shown on the device's screen; ``secret`` never leaves the device."""

    id: str
    code: str
    secret: str
    ends_at: datetime


class PairingShown(Body):
    secret: Annotated[str, StringConstraints(min_length=20, max_length=64)]


class PairingAnswer(Wire):
    """``paired`` carries the token: once, and never again."""

    state: PairingState
    hall: str = ""
    name: str = ""
    token: str = ""
    seal_key: str = ""
    """The public key with which the hall's day lists and seals are signed, hex."""


class PairingTaken(Body):
    """A manager types what stands on the device's screen and gives it a name. A name that is there already:
    the machine was exchanged; the old token ends."""

    code: PairingCode
    name: Name


class TokenRenewed(Wire):
    """A new token; the old one is good until the new one is first used."""

    token: str


class PasswordChange(Body):
    """One's own password, by who knows the old one."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    new: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class SessionLine(Wire):
    """A sign-in that is open. ``name`` ends it."""

    name: str
    user: str
    begun_at: datetime
    seen_at: datetime | None
    ends_at: datetime
    client: str
    own: bool
