"""``make demo-pictures``: what the running demo's virtual screens show, as PNGs."""

from __future__ import annotations

import argparse
from pathlib import Path

from .run import ROOT
from .screens import picture_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo-pictures")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo")
    screens = parser.parse_args().folder / "screens"
    memories = sorted(screens.glob("*/Xvfb_screen0"))
    if not memories:
        print("no demo runs on virtual screens: start 'make demo' first")
        return 1
    for memory in memories:
        picture = screens / f"{memory.parent.name}.png"
        picture_of(memory.parent).save(picture)
        print(picture)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
