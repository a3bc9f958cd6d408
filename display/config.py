"""The display's configuration: one TOML file; a wrong key or a missing file is named, with what to do.

    [server]
    url = "http://127.0.0.1:8600"
    hall = "main"
    token_file = "credentials.json"   # {"devices": {"display-1": "…"}}, or: token = "…"
    device = "display-1"

    [screen]
    width = 1920
    height = 1080
    fullscreen = false
    counter = ""                      # "3": the small screen above window 3

    [voice]
    speaker = "voice-pack"            # espeak, file, silent; empty: voice-pack, for a window's screen silent
    pack = "/srv/voice"               # the shipped pack if empty
    player = "kivy"                   # or command: the system's playing program
    out = ""                          # for file: the folder to write into

    [script]
    control_port = 0                  # on this machine only; 0: off

Paths count from the configuration file.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.protocol.places import VOICE
from server.protocol.topics import Topic, parse_topic


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file and what to correct in it."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerPart(Part):
    url: Annotated[str, Field(pattern=r"^https?://[^/\s]+")]
    hall: str = "main"
    token: str = ""
    token_file: str = ""
    device: str = "display-1"


class ScreenPart(Part):
    width: Annotated[int, Field(ge=320, le=7680)] = 1920
    height: Annotated[int, Field(ge=320, le=7680)] = 1080
    fullscreen: bool = False
    counter: str = ""


class VoicePart(Part):
    speaker: Literal["voice-pack", "espeak", "file", "silent", ""] = ""
    pack: str = ""
    player: Literal["kivy", "command"] = "kivy"
    out: str = ""


class ScriptPart(Part):
    control_port: Annotated[int, Field(ge=0, le=65535)] = 0


class Config(Part):
    server: ServerPart
    screen: ScreenPart = ScreenPart()
    voice: VoicePart = VoicePart()
    script: ScriptPart = ScriptPart()
    folder: Path = Path()
    """Where the file lies."""

    @property
    def topic(self) -> str:
        if self.screen.counter:
            return str(Topic("counter", self.server.hall, self.screen.counter))
        return str(Topic("board", self.server.hall))

    @property
    def speaker(self) -> str:
        """The speaker's name; the screen above a window keeps silent unless told otherwise."""
        return self.voice.speaker or ("silent" if self.screen.counter else "voice-pack")

    @property
    def pack(self) -> Path:
        return self.path(self.voice.pack) if self.voice.pack else VOICE

    def path(self, name: str) -> Path:
        return (self.folder / name).resolve()

    def token(self) -> str:
        """The device's token, or '' where none is configured; raises ConfigError when it cannot be read."""
        if self.server.token or not self.server.token_file:
            return self.server.token
        file = self.path(self.server.token_file)
        try:
            devices = json.loads(file.read_text(encoding="utf-8"))["devices"]
            return str(devices[self.server.device])
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{file} has no token for the device {self.server.device!r}") from error


def load(file: Path) -> Config:
    """The configuration in ``file``; raises ConfigError."""
    try:
        with file.open("rb") as source:
            config = Config.model_validate({**tomllib.load(source), "folder": file.resolve().parent})
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"{file}: {faults}") from error
    if parse_topic(config.topic) is None:
        raise ConfigError(f"{file}: no such hall or counter can be: {config.topic}")
    return config
