"""Make, take or renew the certificate with which the server is reached over https.

Without any option: what is there, and until when. With --name: a certificate by an authority of this
installation's own, whose ca.pem kiosks, screens and browsers are told to trust. With --certificate and --key:
one that an authority known to everybody made. A running server takes the new one within a minute, and at once
with 'systemctl reload' (SIGHUP).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server.services.clock import utc_now
from server.tls import folder
from server.tls.folder import AUTHORITY, AUTHORITY_KEY, FOLDER

from .telling import tell

HELP = "make, take or renew the certificate for https"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", action="append", default=[], help="a host's name or IP address; repeatable")
    parser.add_argument("--renew", action="store_true", help="a new certificate for the same names")
    parser.add_argument("--new-authority", action="store_true", help="with --name: a new authority as well")
    parser.add_argument("--certificate", type=Path, help="a given certificate, followed by its chain (PEM)")
    parser.add_argument("--key", type=Path, help="its private key (PEM, without password)")


def do(asked: argparse.Namespace) -> int:
    """Exit code 0: done, or what is there is well; 1: it ends soon or has ended."""
    data, now = asked.data, utc_now()
    ways = [bool(asked.name), asked.renew, bool(asked.certificate or asked.key)]
    if sum(ways) > 1:
        return tell("--name, --renew and --certificate are three different ways: choose one")
    if (asked.certificate is None) != (asked.key is None):
        return tell("--certificate and --key go together")
    if asked.new_authority and not asked.name:
        return tell("--new-authority goes with --name")
    if asked.renew:
        served = folder.renew(data, now)
    elif asked.certificate is not None:
        served = folder.give(data, asked.certificate, asked.key, now)
    elif asked.name:
        served = folder.make(data, asked.name, now, anew=asked.new_authority)
    elif folder.is_there(data):
        served = folder.look(data)
    else:
        return tell("there is no certificate yet: say --name HOST, or --certificate FILE --key FILE")
    left = served.days_left(now)
    place = data / FOLDER
    sys.stdout.write(f"{', '.join(served.names.said())}: until {served.until:%Y-%m-%d}, {left} days\n")
    if served.own:
        sys.stdout.write(
            f"kiosks, screens and browsers are told to trust {place / AUTHORITY}\n"
            f"keep {place / AUTHORITY_KEY} away from this machine between renewals, if you can\n"
        )
    return 1 if left < folder.WARNED_DAYS and not any(ways) else 0
