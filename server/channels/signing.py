"""The signature on a webhook: proof that a message comes from this server, was not changed, and is not old.

    Liqu-Timestamp: 1795248000
    Liqu-Signature: v1=HEX

HEX is HMAC-SHA256 with the shared secret over the timestamp's digits, a full stop, and the body's bytes as
they came. A receiver refuses what is not signed so, and what is older or newer than ``WINDOW`` seconds;
within the window a repetition shows by its ``Idempotency-Key``.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

WINDOW: Final = 300
"""Seconds by which the timestamp may differ from the receiver's clock."""
TIMESTAMP: Final = "Liqu-Timestamp"
SIGNATURE: Final = "Liqu-Signature"


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """What stands in ``Liqu-Signature``."""
    return "v1=" + hmac.new(secret, b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def verified(secret: bytes, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether a receiver may trust what came; the two headers as they stood there."""
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    return hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode())
