"""An app that ends to begin anew: the same program, the same process, everything read afresh."""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn

log = logging.getLogger(__name__)

AGAIN = 75
"""The program's exit code when it could not begin anew by itself: systemd starts it then."""
STOPPED = "LIQU_DEVICE_STOPPED"
"""In the environment of a program that began anew because the server no longer knows its token."""


def begin_anew(*, stopped: bool = False) -> NoReturn:
    """Replace this program by a fresh one of the same command; whatever it held must have been let go of."""
    os.environ.pop(STOPPED, None)
    if stopped:
        os.environ[STOPPED] = "1"
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # our own command
    except OSError as error:
        log.error("can't begin anew: %s", error.strerror)
        raise SystemExit(AGAIN) from error


def was_stopped() -> bool:
    """Whether the server had forgotten this device when the program began."""
    return os.environ.get(STOPPED) == "1"
