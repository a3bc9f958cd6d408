"""The day's vouchers as the server signed them: believed when the signature is that of the key known here."""

from __future__ import annotations

import logging
import re
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from server.protocol.offline import DayList, SignedDayList

from .memory import write_whole

log = logging.getLogger(__name__)

FILE = "day-list.json"
KEY_FILE = "seal-key"
KEY = re.compile(r"[0-9a-f]{64}")


def digest(code: str) -> str:
    """By which the list knows a voucher."""
    return sha256(code.encode()).hexdigest()


def believed(signed: SignedDayList, key: str, hall: str) -> DayList | None:
    """The list, when it is this hall's and ``key`` (hex) signed it; None: it is not to be used."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signed.signature), signed.body.encode()
        )
        listed = DayList.model_validate_json(signed.body)
    except (InvalidSignature, ValueError, ValidationError):
        return None
    return listed if listed.hall == hall else None


class DayListFile:
    """The newest believed list, in ``folder``. ``key``: the public key from the configuration; without it the
    one that was kept when the kiosk was paired, or else came with the first list, and no other ever after."""

    def __init__(self, folder: Path, *, hall: str, key: str = "") -> None:
        self._path = folder / FILE
        self._key_path = folder / KEY_FILE
        self._hall = hall
        folder.mkdir(parents=True, exist_ok=True)
        self._key = key or pinned(folder)
        self.listed: DayList | None = None
        try:
            kept = SignedDayList.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            log.error("the day's list in %s can't be read and is left out: %s", self._path, error)
            return
        if self._key:
            self.listed = believed(kept, self._key, hall)
        if self.listed is None:
            log.error("the day's list in %s is not signed by the hall and is left out", self._path)

    def keep(self, signed: SignedDayList) -> bool:
        """Use ``signed`` from now on, if it can be believed. Raises OSError where it can't be written."""
        key = self._key
        if not key and KEY.fullmatch(signed.key):
            key = signed.key
        listed = believed(signed, key, self._hall) if key else None
        if listed is None:
            log.error("the day's list that the server gave is not signed with the key known here")
            return False
        if not self._key:
            write_whole(self._key_path, key)
            self._key = key
        write_whole(self._path, signed.model_dump_json())
        self.listed = listed
        return True


def pinned(folder: Path) -> str:
    """The key kept in ``folder``, hex; empty where there is none that is one."""
    try:
        key = (folder / KEY_FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
    return key if KEY.fullmatch(key) else ""
