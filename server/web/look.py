"""What pages load: styles made from the shared tokens, scripts, fonts, icons, voice clips.

A file asked for with its version (``?v=``) is kept by browsers for a year; without one it is asked for anew.
``board.css`` is served with every token written out: television browsers know no CSS variables.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.protocol.places import ASSETS, ICONS, VOICE, tokens

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
LUCIDE = ASSETS.parent / "node_modules" / "lucide-static" / "icons"
FOR_EVER = "public, max-age=31536000, immutable"
A_MONTH = "public, max-age=2592000"
ASK_AGAIN = "no-cache"


def token_values() -> dict[str, str]:
    """Every token as the name and the value of a CSS variable: ``colour-accent`` → ``#0A4F94``."""
    look = tokens()
    values = {f"colour-{name}": str(value) for name, value in look["colour"].items()}
    values |= {f"size-{name}": f"{value}px" for name, value in look["size"].items()}
    values |= {"radius": f"{look['radius']}px", "grid": f"{look['grid']}px"}
    return values


def tokens_css() -> str:
    """The tokens as CSS variables of the root element."""
    lines = "".join(f"  --{name}: {value};\n" for name, value in token_values().items())
    return f":root {{\n{lines}}}\n"


def written_out(css: str) -> str:
    """``css`` with each ``var(--token)`` replaced by its value. Raises KeyError for an unknown token."""
    values = token_values()
    return re.sub(r"var\(--([a-z-]+)\)", lambda found: values[found[1]], css)


@cache
def made(name: str) -> str | None:
    """The text of a style sheet that is made, not read; None for any other name."""
    if name == "tokens.css":
        return tokens_css()
    if name in ("board.css", "counter.css"):
        return written_out((STATIC / name).read_text(encoding="utf-8"))
    return None


@cache
def asset(name: str) -> str:
    """The address of a static file with its version. Raises FileNotFoundError for an unknown one."""
    text = made(name)
    content = (STATIC / name).read_bytes() if text is None else text.encode()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG, hidden from screen readers; nothing when set-up has not fetched it."""
    lucide = json.loads((ICONS / "icons.json").read_text(encoding="utf-8")).get(name, name)
    for place in (ICONS / f"{name}.svg", LUCIDE / f"{lucide}.svg"):
        if place.is_file():
            drawing = re.sub(r"<!--.*?-->|\s+class=\"[^\"]*\"", "", place.read_text(encoding="utf-8"))
            drawing = re.sub(r"\s+", " ", drawing).strip()
            return Markup(  # noqa: S704 - a file of ours, fetched by version and hash
                drawing.replace("<svg", '<svg class="icon" aria-hidden="true" focusable="false"', 1)
            )
    log.warning("icon is missing: run 'make setup'", extra={"icon": name})
    return Markup("")


class Kept(StaticFiles):
    """Files with a word to browsers about how long they keep."""

    def __init__(self, directory: Path, keep: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.keep = keep

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = FOR_EVER if versioned else self.keep
        return response


async def _sheet(request: Request) -> Response:
    text = made(request.url.path.rsplit("/", 1)[-1])
    keep = FOR_EVER if "v" in request.query_params else ASK_AGAIN
    return Response(text, media_type="text/css", headers={"Cache-Control": keep})


def static_files() -> Router:
    """The app to mount at ``/static``."""
    return Router(
        [
            Route("/tokens.css", _sheet),
            Route("/board.css", _sheet),
            Route("/counter.css", _sheet),
            Mount("/fonts", Kept(ASSETS / "fonts", A_MONTH)),
            Mount("/voice", Kept(VOICE, A_MONTH)),
            Mount("/", Kept(STATIC, ASK_AGAIN)),
        ]
    )
