"""Where a device's server is, and as whom it speaks to it: the part ``[server]`` of its settings.

[server] url, ca_file                       it pairs itself: a code on its screen, a manager approves
         url, ca_file, hall, token          or it was given a token
         url, ca_file, hall, token_file, device
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from server.protocol.topics import NAME

from .secure import CaFileError, context_of
from .settings import ConfigError, Part, token_in


@dataclass(frozen=True, slots=True)
class ServerPart:
    url: str
    """Without a slash at the end."""
    hall: str
    """Empty: this device pairs itself."""
    token: str
    device: str
    ca_file: Path | None = None
    """PEM of the hall's own authority; None: those that the machine trusts."""
    seal_key: str = ""
    """The public key with which the hall signs day lists, hex; empty: it is learnt."""

    @property
    def unpaired(self) -> bool:
        return not self.hall


def server_part(part: Part, kind: str, *, open_to_all: bool = False) -> ServerPart:
    """``kind``: kiosk or display. ``open_to_all``: what it shows is public, so that a hall without any token
    is enough. Raises ConfigError."""
    url = part.text("url", example='url = "http://192.168.1.10:8600"').rstrip("/")
    if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
        raise ConfigError(f'[server] url must look like "http://192.168.1.10:8600", not {url!r}')
    hall = part.text("hall", "")
    device = part.text("device", "")
    token = part.text("token", "")
    file = part.path("token_file", None)
    ca_file = part.path("ca_file", None)
    seal_key = part.text("seal_key", "").lower()
    part.done()
    if seal_key and not re.fullmatch(r"[0-9a-f]{64}", seal_key):
        raise ConfigError("[server] seal_key is the hall's public key: 64 digits and letters a to f")
    _check_ca(url, ca_file)
    if token and file is not None:
        raise ConfigError("[server] write either token, or token_file together with device, not both")
    given = bool(token) or file is not None
    if hall and not NAME.fullmatch(hall):
        raise ConfigError(f'[server] hall is a short name such as "main", not {hall!r}')
    if given and not hall:
        raise ConfigError('[server] hall is missing: write hall = "main", or whatever the hall is called')
    if hall and not given and not open_to_all:
        raise ConfigError(
            "[server] hall stands without a token: write token, or token_file and device; or take hall away, "
            f"and this {kind} shows a pairing code"
        )
    if device and not given and not hall:
        raise ConfigError("[server] device is given by the manager who pairs it: take it away")
    if file is not None:
        if not device:
            raise ConfigError(f'[server] token_file needs device, such as device = "{kind}-1"')
        token = token_in(file, device)
    if not token.isascii() or any(sign.isspace() for sign in token):
        raise ConfigError("[server] token has signs that no token has: copy it again")
    name = device or _named_in(token) or (kind if hall else "")
    return ServerPart(url, hall, token, name, ca_file, seal_key)


def _named_in(token: str) -> str:
    """The device whose token it is, as the server wrote it in there; empty where it says none."""
    found = re.fullmatch(r"device\.([^.]*)\..*", token)
    return found[1] if found and NAME.fullmatch(found[1]) else ""


def _check_ca(url: str, ca_file: Path | None) -> None:
    if ca_file is None:
        return
    if not url.startswith("https://"):
        raise ConfigError('[server] ca_file goes with a url that begins with "https://"')
    try:
        context_of(url, ca_file)
    except CaFileError as error:
        raise ConfigError(f"[server] {error}") from error
