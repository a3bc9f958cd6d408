"""The hall's seal as services use it; the key itself is none of their business."""

from __future__ import annotations

from typing import Protocol


class Seal(Protocol):
    @property
    def public(self) -> str:
        """The public key: 32 bytes, hex."""

    def sign(self, content: bytes) -> str:
        """The signature over ``content``: Ed25519, 64 bytes, hex."""
