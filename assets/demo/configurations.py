"""Configuration files for a kiosk and a display of a demo hall."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

VOICE = Path(__file__).resolve().parents[1] / "voice"

Settings = Mapping[str, Mapping[str, str | int | float | bool]]


def kiosk_settings(
    *,
    url: str,
    size: tuple[int, int],
    fullscreen: bool,
    printer_port: int,
    control_port: int,
    device: str = "kiosk-1",
    language: str = "zh",
    label_port: int | None = None,
    camera: Path | None = None,
    certificates: str = "",
) -> Settings:
    """``label_port``: of a label printer that speaks ZPL. ``camera``: what it sees (driver camera-file).
    ``certificates``: the address of a printer for them (IPP); empty: none."""
    return {
        "server": {"url": url, "hall": "main", "token_file": "credentials.json", "device": device},
        "screen": {
            "width": size[0],
            "height": size[1],
            "diagonal_inches": 32.0,
            "fullscreen": fullscreen,
            "language": language,
        },
        "printer": {
            "driver": "escpos-network",
            "host": "127.0.0.1",
            "port": printer_port,
            "width_mm": 80,
        },
        **(
            {"labels": {"driver": "zpl-network", "host": "127.0.0.1", "port": label_port}}
            if label_port is not None
            else {}
        ),
        **({"certificates": {"driver": "ipp", "address": certificates}} if certificates else {}),
        **({"scanner": {"driver": "camera-file", "path": str(camera)}} if camera is not None else {}),
        "staff": {"pin": "123456"},
        "state": {"dir": f"{device}-state"},
        "script": {"control_port": control_port},
    }


def display_settings(
    *, url: str, size: tuple[int, int], fullscreen: bool, control_port: int, device: str = "display-1"
) -> Settings:
    return {
        "server": {"url": url, "hall": "main", "token_file": "credentials.json", "device": device},
        "screen": {"width": size[0], "height": size[1], "fullscreen": fullscreen},
        "voice": {"speaker": "voice-pack", "pack": str(VOICE)},
        "script": {"control_port": control_port},
    }


def write(path: Path, settings: Settings) -> Path:
    """``settings`` as a TOML file."""
    lines = ["# Written anew at each start."]
    for part, values in settings.items():
        lines += ["", f"[{part}]"]
        # JSON's texts, numbers and truth values are TOML's too.
        lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
