"""What is written down of a server's running: never what opens a door, nor who came.

Two nets. Libraries that tell what they carry (headers, rows, addresses) are heard only when something is
wrong, at any level. And whatever still stands in a line and looks like a token, a cookie, a password or a
visitor's own address is taken out as the line is written, from tracebacks too.
"""

from __future__ import annotations

import logging
import re
from typing import Final

LEVELS: Final = ("debug", "info", "warning")
FORM: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TAKEN_OUT: Final = "…"

TALKATIVE: Final = {
    # They tell addresses and headers, in which a gateway's key or a visitor's code may stand.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "websockets": logging.WARNING,
    "python_multipart": logging.WARNING,
    # It tells the rows that it read.
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    # It warns of each pipeline cut short, as when a key stands in the table already: no news to anybody.
    "psycopg": logging.ERROR,
    "PIL": logging.INFO,
    "fontTools": logging.WARNING,
    "pyhanko": logging.INFO,
    "pyhanko_certvalidator": logging.INFO,
}

SECRETS: Final = re.compile(
    r"""
      (?P<bearer>\b(?:bearer|basic)\s+)[^\s'",;]+
    | (?P<header>\b(?:set-)?cookie:\s*)[^\r\n]+
    | (?P<cookie>\bliqu_(?:session|form)=)[^\s;'",]+
    | (?P<csrf>\bx-csrf-token['"]?:\s*['"]?)[^\s'",]+
    | (?P<device>\bdevice\.[a-z0-9-]{1,32}\.)[A-Za-z0-9_-]{8,}
    | (?P<named>\b(?:password|passwd|secret|token|pin|tail|csrf)['"]?\s*[:=]\s*['"]?)[^\s'",}\])]+
    | (?P<url>://[^\s:/@]+:)[^\s@/]+(?=@)
    | (?P<page>/(?:t|c|v|d|again|check|tickets)/)[A-Za-z0-9_-]{12,}
    | (?P<topic>\b(?:ticket|case)(?::|%3A))[0-9A-Z]{12,}
    | (?P<long>)(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def discreet(text: str) -> str:
    """``text`` without what looks like a secret."""
    return SECRETS.sub(
        lambda found: next(kept for kept in found.groups() if kept is not None) + TAKEN_OUT, text
    )


class Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


def set_up(level: str) -> None:
    """Let the program's log go to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(FORM))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name, least in TALKATIVE.items():
        logging.getLogger(name).setLevel(least)
