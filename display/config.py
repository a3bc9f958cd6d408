"""The display's configuration: one TOML file, read once, every mistake told in a sentence.

    [server] url alone: this display pairs itself; or with hall, and token or (token_file and device);
             with hall and no token it shows what is public, and nobody hears how it is;
             ca_file: PEM of the hall's own authority, for a url that begins with https
    [screen] width, height (px), fullscreen, counter: "3" for the small screen above window 3
    [voice]  speaker (voice-pack, espeak, file, silent; empty: voice-pack, for a window's screen silent),
             pack: the shipped pack if empty; player: kivy, or command for the system's playing program;
             out: the folder that the speaker "file" writes into
    [state]  dir: where it keeps who it is
    [script] control_port: on this machine only; off without it

Paths are taken from the folder of the configuration file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.device.settings import ConfigError as ConfigError
from server.device.settings import Part, check_parts, read_toml
from server.device.where import ServerPart, server_part
from server.protocol.places import VOICE
from server.protocol.topics import COUNTER, Topic

SPEAKERS = ("voice-pack", "espeak", "file", "silent", "")
PLAYERS = ("kivy", "command")
PARTS = ("server", "screen", "voice", "state", "script")


@dataclass(frozen=True, slots=True)
class ScreenPart:
    width: int
    height: int
    fullscreen: bool
    counter: str


@dataclass(frozen=True, slots=True)
class VoicePart:
    speaker: str
    pack: Path
    player: str
    out: Path | None


@dataclass(frozen=True, slots=True)
class Config:
    server: ServerPart
    screen: ScreenPart
    voice: VoicePart
    state_dir: Path
    control_port: int | None

    @property
    def speaker(self) -> str:
        """The speaker's name; the screen above a window keeps silent unless told otherwise."""
        return self.voice.speaker or ("silent" if self.screen.counter else "voice-pack")

    def topic(self, hall: str) -> str:
        """What it follows in ``hall``."""
        if self.screen.counter:
            return str(Topic("counter", hall, self.screen.counter))
        return str(Topic("board", hall))


def load(path: Path) -> Config:
    """The configuration in ``path``. Raises ConfigError, whose message names the file."""
    parts = read_toml(path)
    try:
        return parse(parts, path.resolve().parent)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def parse(parts: Mapping[str, Any], folder: Path) -> Config:
    """The configuration in ``parts``, a parsed TOML file that lies in ``folder``. Raises ConfigError."""
    check_parts(parts, PARTS)
    if "server" not in parts:
        raise ConfigError('[server] is missing: write it, and below it url = "http://192.168.1.10:8600"')
    server = server_part(Part("server", parts, folder), "display", open_to_all=True)
    screen, voice, state, script = (Part(name, parts, folder) for name in PARTS[1:])
    # Two displays of one machine that were given their names keep their states apart by themselves.
    state_dir = state.path("dir", None) or folder / f"{server.device or 'display'}-state"
    config = Config(
        server=server,
        screen=ScreenPart(
            width=screen.whole("width", 1920, 320, 7680),
            height=screen.whole("height", 1080, 320, 7680),
            fullscreen=screen.flag("fullscreen", False),
            counter=_counter(screen),
        ),
        voice=VoicePart(
            speaker=voice.one_of("speaker", SPEAKERS, ""),
            pack=voice.path("pack", VOICE) or VOICE,
            player=voice.one_of("player", PLAYERS, "kivy"),
            out=voice.path("out", None),
        ),
        state_dir=state_dir,
        control_port=script.whole("control_port", 0, 0, 65535) or None,
    )
    if config.speaker == "file" and config.voice.out is None:
        raise ConfigError('[voice] out is missing: the speaker "file" needs the folder that it writes into')
    for part in (screen, voice, state, script):
        part.done()
    return config


def _counter(part: Part) -> str:
    counter = part.text("counter", "")
    if counter and not COUNTER.fullmatch(counter):
        raise ConfigError(f'[screen] counter is the number of a window such as "3", not {counter!r}')
    return counter
