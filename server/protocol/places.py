"""Where the shared assets lie: fonts, icons, locales, tokens, voice packs.

Fonts, icons and the voice pack are fetched or made at set-up (``make setup``), never committed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parents[2] / "assets"
FONT_REGULAR = ASSETS / "fonts" / "NotoSansSC-Regular.ttf"
FONT_BOLD = ASSETS / "fonts" / "NotoSansSC-Bold.ttf"
ICONS = ASSETS / "icons"
LOCALES = ASSETS / "locales"
VOICE = ASSETS / "voice"


@cache
def tokens() -> dict[str, Any]:
    """The look's tokens: colours, sizes in px, radii; shared by kiosk, board and pages."""
    loaded: dict[str, Any] = json.loads((ASSETS / "tokens.json").read_text(encoding="utf-8"))
    return loaded
