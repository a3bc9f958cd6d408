"""Draws the icons: white on transparent, 256 px square, from the fetched SVGs; the apps tint them.

``assets/icons/icons.json`` maps our name to the file's name in lucide-static. What is no longer listed is
removed, so that an icon that works here works on a fresh machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import resvg_py

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "assets" / "icons"
SOURCES = ROOT / "node_modules" / "lucide-static" / "icons"
PIXELS = 256


def draw(source: Path) -> bytes:
    """The PNG of one icon."""
    svg = source.read_text(encoding="utf-8").replace("currentColor", "#FFFFFF")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PIXELS, height=PIXELS, skip_system_fonts=True))


def main() -> int:
    names: dict[str, str] = json.loads((ICONS / "icons.json").read_text(encoding="utf-8"))
    missing = sorted(f"{ours} ({theirs})" for ours, theirs in names.items() if not source_of(theirs).exists())
    if missing:
        print(f"lucide-static has no such icon: {', '.join(missing)}", file=sys.stderr)
        return 1
    for ours, theirs in names.items():
        (ICONS / f"{ours}.png").write_bytes(draw(source_of(theirs)))
    for left_over in ICONS.glob("*.png"):
        if left_over.stem not in names:
            left_over.unlink()
    return 0


def source_of(name: str) -> Path:
    return SOURCES / f"{name}.svg"


if __name__ == "__main__":
    raise SystemExit(main())
