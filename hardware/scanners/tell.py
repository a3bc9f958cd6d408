"""Telling a listener without being harmed by it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)
_News = TypeVar("_News")


def safely(listener: Callable[[_News], None], news: _News) -> None:
    """Call ``listener``; what it raises is logged, without the news: a scanned code stays out of the log."""
    try:
        listener(news)
    except Exception:
        log.exception("a listener to a scanner failed")
