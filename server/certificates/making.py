"""Making a certificate: set, then signed as PAdES, or marked 样张 where there is no key."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from server.domain.certificates import Made, Sheet

from .keys import Signer
from .typeset import Typesetter, pages_of

FIELD = "LiquSignature"


class _Update(IncrementalPdfFileWriter):
    """What is added to a file when it is signed. It stays of PDF 1.7, which PDF/A-2 is made of, though the
    library would call it 2.0 for an elliptic curve's sake."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]


class KeyEnded(Exception):
    """The signer's certificate has ended; whoever looks after the server must renew it."""


class Maker:
    """Makes certificates in any thread. Without a ``signer`` nothing looks signed."""

    def __init__(self, typesetter: Typesetter, signer: Signer | None) -> None:
        self._typesetter = typesetter
        self._signer = signer

    def make(self, sheet: Sheet) -> Made:
        """The certificate as a file. Raises KeyEnded, and whatever a token that is gone raises."""
        signer = self._signer
        if signer is not None and datetime.now(UTC) > signer.until:
            raise KeyEnded
        bare = self._typesetter.set(sheet, specimen=signer is None)
        pdf = bare if signer is None else sign(bare, sheet, signer)
        return Made(pdf, pages_of(bare), signer is not None)


def sign(pdf: bytes, sheet: Sheet, signer: Signer) -> bytes:
    """``pdf`` with an invisible PAdES signature over every byte of it (baseline B, SHA-256)."""
    said = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=signer.name,
        reason=f"{sheet.number} {sheet.code}",
    )
    made = io.BytesIO()
    with signer.lock:
        signers.PdfSigner(said, signer=signer.take()).sign_pdf(_Update(io.BytesIO(pdf)), output=made)
    return made.getvalue()
