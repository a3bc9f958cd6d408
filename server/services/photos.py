"""Photos of what was handed in (外观照片): small, without what a phone writes into them, for staff alone."""

from __future__ import annotations

import asyncio
import io
import struct
import uuid
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection

from server.domain.refusal import Refusal
from server.protocol import intake as i
from server.store import files, orders

from .case_view import photo_url
from .halls import Halls
from .people import Who
from .refused import refuse
from .work import Answer, Ledger, Once, Record

LONGEST = 1600
"""Pixels of the longer side that are kept."""
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 24_000_000}
"""A photo of more is none that a phone makes. A JPEG is read smaller at once; a PNG is unpacked whole, though
it may be a thousandth of that as a file."""
AT_ONCE = 2
"""Photos made smaller at once: each takes up to a hundred megabytes for a moment."""
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    struct.error,
    zlib.error,
    LookupError,
    TypeError,
    ArithmeticError,
)
"""What stands against a file that was made to be no picture, in it or in its remarks."""


def shrunk(content: bytes) -> bytes:
    """The picture as a JPEG of at most 1600 pixels, upright, without EXIF or any other remark.

    Raises ValueError when it is no JPEG or PNG that can be read.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as found:
            if found.width * found.height > MOST_PIXELS[found.format or "PNG"]:
                raise ValueError("too many pixels")
            found.draft("RGB", (LONGEST, LONGEST))
            # Made small before anything else: whatever is done with it then is done with little.
            found.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
            flat = _on_white(ImageOps.exif_transpose(found))
    except BROKEN as error:
        raise ValueError("not a picture") from error
    made = io.BytesIO()
    flat.save(made, "JPEG", quality=82, optimize=True)
    return made.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture of the same pixels: nothing but them comes along."""
    flat = Image.new("RGB", picture.size, "white")
    if picture.mode in ("RGBA", "LA", "P"):
        seen = picture.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    return flat


class Photos:
    def __init__(self, halls: Halls) -> None:
        self._halls = halls
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def add(
        self, hall: str, order: str, sample: str, content: bytes, who: Who, once: Once | None
    ) -> Answer:
        """Keep a photo of a piece. Refused: file_bad, file_too_large, sample_unknown."""
        if len(content) > i.MOST_PHOTO * 1024 * 1024:
            raise refuse("file_too_large", most=str(i.MOST_PHOTO))
        async with self._turns:
            try:
                small = await asyncio.to_thread(shrunk, content)
            except ValueError:
                raise refuse("file_bad") from None
        id = uuid.uuid4().hex

        def change(ledger: Ledger) -> str | Refusal:
            piece = orders.find_sample(ledger.connection, hall, code=sample)
            if piece is None or piece.order != order:
                return Refusal("sample_unknown")
            file = files.File(id, hall, "photo", piece.code, "image/jpeg", small, ledger.now, who.id)
            files.add(ledger.connection, file)
            ledger.note("photo.added", piece.code, {"file": id, "sha256": file.sha256})
            ledger.touch(order)
            at = ledger.floor.hall.local(ledger.now)
            return i.PhotoView(id=id, at=at, url=photo_url(hall, order, id)).model_dump_json()

        return await self._halls.writer(hall).perform(Record(who.id, change, 201, once))

    async def photo(self, hall: str, order: str, id: str) -> bytes:
        """The JPEG. Raises Refused: not_found."""

        def look(connection: Connection) -> bytes | None:
            file = files.find(connection, hall, id)
            if file is None or file.kind != "photo":
                return None
            piece = orders.find_sample(connection, hall, code=file.subject)
            return file.content if piece is not None and piece.order == order else None

        found = await asyncio.to_thread(self._halls.read, look)
        if found is None:
            raise refuse("not_found")
        return found
