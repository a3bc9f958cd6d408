"""Which files of the data folder belong to a backup: settings, keys, and what they name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMED = ("channels.toml", "certificates.toml")
"""Settings that may name files: keys, passwords, certificates of authorities."""
ALONE = ("seal-key.pem", "settings.toml")
FOLDERS = ("tls",)
LARGEST = 4 * 1024 * 1024
"""Bytes of a settings file or key; what is larger is none."""


def settings_in(data: Path) -> dict[str, Path]:
    """Path within the data folder → file."""
    found = {name: data / name for name in (*NAMED, *ALONE)}
    for name in NAMED:
        found |= {str(path.relative_to(data)): path for path in _named(data, data / name)}
    for folder in FOLDERS:
        found |= {str(path.relative_to(data)): path for path in sorted((data / folder).rglob("*"))}
    return {name: path for name, path in sorted(found.items()) if _small(path)}


def _small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= LARGEST


def _named(data: Path, settings: Path) -> Iterator[Path]:
    """The files in the data folder that ``settings`` names."""
    try:
        said = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    inside = data.resolve()
    for text in _texts(said):
        if not text or "\0" in text or len(text) > 255:
            continue
        path = data / text
        if path.is_file() and path.resolve().is_relative_to(inside):
            yield data / path.resolve().relative_to(inside)


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for one in said.values():
            yield from _texts(one)
    elif isinstance(said, list):
        for one in said:
            yield from _texts(one)
