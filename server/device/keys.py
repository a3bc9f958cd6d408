"""As whom this device speaks: its token, which the server may have changed, kept over a restart.

A new token is written down before it is used, beside the one before; that is forgotten once the new one has
worked. So neither a power cut nor a lost answer leaves a device that nobody knows.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from .files import write_whole
from .settings import ConfigError, user
from .where import ServerPart

log = logging.getLogger(__name__)

FILE = "device.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose this device is, and its name there."""

    hall: str
    name: str
    token: str
    seal_key: str = ""
    """The public key of the hall's day lists and seals, hex; empty where it was never paired."""
    old_token: str = ""
    """The token before, until the new one has worked."""
    instead_of: str = ""
    """The digest of the settings' token that this one came after; empty: it was paired without any."""


class DeviceFile:
    """``device.json`` in the device's state folder, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> Identity | None:
        """What is known from before; None when there is nothing. Raises ConfigError."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            names = {field.name for field in fields(Identity)}
            known = {name: value for name, value in told.items() if name in names}
            if not all(isinstance(value, str) for value in known.values()):
                raise TypeError("texts only")
            return Identity(**known)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise ConfigError(
                f"{self.path} may not be read by the user {user()}: run this as the device's own user"
            ) from error
        except OSError as error:
            raise ConfigError(f"can't read {self.path}: {error.strerror}") from error
        except (ValueError, TypeError, AttributeError) as error:
            log.error("%s can't be read and is left out: this device has to be paired anew", self.path)
            log.debug("because: %s", type(error).__name__)
            return None

    def write(self, identity: Identity) -> None:
        """Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, json.dumps(asdict(identity), ensure_ascii=False, indent=1) + "\n")


def identity_of(part: ServerPart, file: DeviceFile) -> Identity | None:
    """Who this device is: as its settings say, unless their token was followed by another; else as it was
    paired. None: it must be paired first. Raises ConfigError."""
    known = file.read()
    if part.unpaired:
        return known
    if known is not None and part.token and known.instead_of == digest(part.token):
        return known
    return Identity(part.hall, part.device, part.token, instead_of=digest(part.token))


def employed(part: ServerPart, identity: Identity) -> ServerPart:
    """``part`` with what is known of this device."""
    return replace(part, hall=identity.hall, token=identity.token, device=identity.name)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


class Keys:
    """The token in use. From any thread. ``revoked``: the server knows none of this device's tokens."""

    def __init__(self, identity: Identity, file: DeviceFile | None = None) -> None:
        self._identity = identity
        self._file = file
        self._lock = threading.Lock()
        self.revoked = False
        self.on_revoked: Callable[[], None] = lambda: None
        """Called once, from any thread, when the server turns out to know none of them."""

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def token(self) -> str:
        return self._identity.token

    def renewed(self, token: str) -> bool:
        """From now on ``token``, if it could be written down; else the one before goes on."""
        with self._lock:
            after = replace(self._identity, token=token, old_token=self._identity.token)
            if not self._written(after):
                return False
            self._identity = after
            log.info("this device has a new token")
            return True

    def worked(self, token: str) -> None:
        """The server knew ``token``."""
        with self._lock:
            self.revoked = False
            if token == self._identity.token and self._identity.old_token:
                after = replace(self._identity, old_token="")
                if self._written(after):
                    self._identity = after

    def unknown(self, token: str) -> bool:
        """The server does not know ``token``; whether there is another to try."""
        with self._lock:
            if token != self._identity.token:
                return True
            old = self._identity.old_token
            if old:
                log.warning("the server does not know the new token: the one before is used again")
                after = replace(self._identity, token=old, old_token="")
                self._written(after)
                self._identity = after
                return True
            first, self.revoked = not self.revoked, True
        if first:
            log.error("the server does not know this device's token: it was revoked, or replaced elsewhere")
            self.on_revoked()
        return False

    def _written(self, identity: Identity) -> bool:
        if self._file is None:
            return True
        try:
            self._file.write(identity)
        except OSError as error:
            log.error("can't write %s: %s", self._file.path, error.strerror)
            return False
        return True


def fixed(part: ServerPart) -> Keys:
    """The settings' token, as it stands."""
    return Keys(Identity(part.hall, part.device, part.token))
