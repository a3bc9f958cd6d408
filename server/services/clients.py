"""From where and with what somebody signed in, in a line that they recognise: no more than that is kept."""

from __future__ import annotations

import re

from .limits import network

LONGEST = 128
BROWSERS = (
    ("MicroMessenger/", "微信"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What stands in a browser's own name for itself, the most particular first: most claim to be others too."""
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "macOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Linux", "Linux"),
)
PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9.-]{1,31}")


def client_of(address: str, agent: str) -> str:
    """Such as "192.168.1.23 · Firefox · Windows"; parts that are not known are left out."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    program = PROGRAM.match(agent)
    if not browser and program:
        browser = program[0]
    return " · ".join(part for part in (network(address), browser, system) if part)[:LONGEST]
