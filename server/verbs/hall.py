"""Make a new hall with its first administrator, whose password is said this once."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.exc import IntegrityError

from server.protocol.topics import NAME
from server.protocol.views import Text
from server.services.clock import utc_now
from server.services.opening import NewHall, NotDone, open_hall
from server.store.engine import migrate, open_engine

from .telling import database, tell

HELP = "make a new hall and its first administrator"
USER = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", required=True, help="its short name in addresses, such as main")
    parser.add_argument("--name", required=True, help="its name, as screens show it")
    parser.add_argument("--english", default="", help="its English name")
    parser.add_argument("--zone", default="Asia/Shanghai")
    parser.add_argument("--admin", required=True, help="the first administrator's user name")
    parser.add_argument("--admin-name", default="", help="how that person is called")


def do(asked: argparse.Namespace) -> int:
    if not NAME.fullmatch(asked.id):
        return tell(f"--id {asked.id!r}: 1 to 32 small letters, digits and dashes, no dash first")
    if not USER.fullmatch(asked.admin):
        return tell(f"--admin {asked.admin!r}: 1 to 32 small letters, digits, dots, dashes and underscores")
    if not asked.name.strip() or len(asked.name) > 32:
        return tell("--name: 1 to 32 signs")
    try:
        ZoneInfo(asked.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return tell(f"--zone {asked.zone!r} is unknown: for example Asia/Shanghai")
    url = database(asked)
    migrate(url)
    engine = open_engine(url)
    name = Text(zh=asked.name.strip(), en=asked.english.strip() or asked.name.strip())
    new = NewHall(asked.id, name, asked.zone, asked.admin, asked.admin_name or asked.admin)
    try:
        password = asyncio.run(open_hall(engine, utc_now, new))
    except IntegrityError:
        return tell(f"there is a hall {asked.id} already")
    except NotDone as error:
        return tell(str(error))
    finally:
        engine.dispose()
    sys.stdout.write(
        f"hall {asked.id} is made, shut until its manager opens it\n"
        f"sign in at /manage as {asked.admin} with {password} - it is said this once: change it at /account\n"
    )
    return 0
