"""Sheets as files: CSV and XLSX in and out. What cannot be read is told by its own sentence.

A cell is text. On its way into a CSV a text that a spreadsheet would take for a formula gets an apostrophe
before it, which is taken off again on the way back; in an XLSX text is marked as text.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from server.protocol.offer import MOST_ITEMS
from server.protocol.sheets import Fault

from . import sheets_words as w
from .sheets_words import fault

MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 32 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = MOST_ITEMS
MOST_COLUMNS = 64
MOST_IN_CELL = 8000

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an old Office file begins, and any Office file with a password."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
NO_TEXT = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"<!",
    b"<html",
    b"<?xml",
    b"{\\rtf",
    b"7z\xbc\xaf",
    b"Rar!",
)
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Cell = str | int | float


class Unreadable(Exception):
    """The file is no table that we can read; ``fault`` says why and what to do."""

    def __init__(self, found: Fault) -> None:
        super().__init__(found.wrong.zh)
        self.fault = found


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings, and the rows that have anything in them, by the number that a spreadsheet shows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes, most_rows: int = MOST_ROWS) -> Sheet:
    """The table of a file, whatever of the two it is. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(fault(0, "", w.EMPTY, w.START_OVER))
    if len(content) > MOST_BYTES:
        raise Unreadable(fault(0, "", w.TOO_LARGE, w.SMALLER, most=f"{MOST_BYTES >> 20} MB"))
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise Unreadable(fault(0, "", w.LOCKED, w.UNLOCK))
        raise Unreadable(fault(0, "", w.OLD_XLS, w.SAVE_AS))
    zipped = content.startswith(b"PK")
    return _table(_from_xlsx(content, most_rows) if zipped else _from_csv(content, most_rows), most_rows)


def _table(rows: Iterable[Sequence[str]], most_rows: int) -> Sheet:
    heads: tuple[str, ...] | None = None
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(cell.strip() for cell in row)
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise Unreadable(fault(number, "", w.TOO_MANY_COLUMNS, w.START_OVER))
        if heads is None:
            heads = cells
            continue
        if len(found) == most_rows:
            raise Unreadable(fault(0, "", w.TOO_MANY_ROWS, w.ROWS_LIMIT, most=most_rows))
        for cell in cells:
            if len(cell) > MOST_IN_CELL:
                raise Unreadable(fault(number, "", w.TOO_LONG, w.AT_MOST, most=MOST_IN_CELL))
        found.append((number, cells))
    if heads is None:
        raise Unreadable(fault(0, "", w.EMPTY, w.START_OVER))
    if sum(map(bool, heads)) < 2:
        raise Unreadable(fault(0, "", w.NO_TABLE, w.SAVE_AS))
    if not found:
        raise Unreadable(fault(0, "", w.NO_ROWS, w.ONE_ROW_AN_ITEM))
    return Sheet(heads, tuple(found))


# CSV --------------------------------------------------------------------------------------------


def _from_csv(content: bytes, most_rows: int) -> Iterable[Sequence[str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(fault(0, "", w.ENCODING, w.SAVE_AS))
    if content.lstrip().startswith(NO_TEXT) or b"\x00" in content:
        raise Unreadable(fault(0, "", w.NO_TABLE, w.SAVE_AS))
    text = _decoded(content)
    lines = text.lstrip().splitlines()
    parted = max(",\t;", key=lines[0].count) if lines else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, strict=True)
    rows = []
    try:
        for row in reader:
            rows.append([_unguarded(cell) for cell in row])
            if len(rows) > 2 * most_rows:
                break
    except csv.Error:
        raise Unreadable(fault(len(rows) + 1, "", w.BROKEN_CSV, w.CLOSE_QUOTES)) from None
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x01-\x08\x0e-\x1f\x7f]", text):
            return text
    raise Unreadable(fault(0, "", w.ENCODING, w.SAVE_AS))


def guarded(cell: str) -> str:
    """``cell`` as a spreadsheet takes it for text."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else number(cell)


def number(value: float) -> str:
    """The shortest text that is this number."""
    return str(int(value)) if value == int(value) else repr(value)


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([guarded(_plain(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


# XLSX -------------------------------------------------------------------------------------------


def _from_xlsx(content: bytes, most_rows: int) -> Iterable[Sequence[str]]:
    _sound(content)
    from openpyxl import load_workbook

    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that we do not use
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            for row in sheet.iter_rows(max_row=2 * most_rows, max_col=MOST_COLUMNS + 1, values_only=True):
                rows.append([_text(cell) for cell in row])
        except Exception:  # what a damaged file makes of the reader has no common name
            raise Unreadable(fault(0, "", w.BROKEN, w.SAVE_AS)) from None
    return rows


def _sound(content: bytes) -> None:
    """A workbook that unpacks to a size we can hold. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable(fault(0, "", w.LOCKED, w.UNLOCK))
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise Unreadable(fault(0, "", w.ARCHIVE, w.SAVE_AS))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                most = f"{MOST_UNPACKED >> 20} MB"
                raise Unreadable(fault(0, "", w.TOO_LARGE, w.SMALLER, most=most))
            for part in parts:
                # A size that was told too small ends in a wrong checksum: nothing swells beyond it.
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                    raise Unreadable(fault(0, "", w.BROKEN, w.SAVE_AS))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error):
        raise Unreadable(fault(0, "", w.BROKEN, w.SAVE_AS)) from None


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def write_xlsx(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], wide: Sequence[int]
) -> bytes:
    """A workbook of one sheet: headings that stay in view, columns ``wide`` characters wide."""
    out = io.BytesIO()
    write_xlsx_to(out, title, heads, rows, wide)
    return out.getvalue()


def write_xlsx_to(
    out: IO[bytes], title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], wide: Sequence[int]
) -> None:
    """As ``write_xlsx``, to a file."""
    from openpyxl import Workbook
    from openpyxl.cell import Cell as Written
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    for place, width in enumerate(wide, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    top = Font(bold=True, color="FFFFFF")
    blue = PatternFill("solid", fgColor="0A4F94")
    wrap = Alignment(wrap_text=True, vertical="top")

    def written(value: Cell) -> Written:
        # A workbook keeps fifteen digits of a number: one with more is written out as text.
        exact = not isinstance(value, float) or float(f"{value:.15g}") == value
        clean = NOT_IN_XML.sub("", value) if isinstance(value, str) else value if exact else number(value)
        cell = WriteOnlyCell(sheet, value=clean)
        if isinstance(clean, str):
            cell.data_type = "s"  # never a formula
        cell.alignment = wrap
        return cell

    head = [written(name) for name in heads]
    for cell in head:
        cell.font, cell.fill = top, blue
    sheet.append(head)
    for row in rows:
        sheet.append([written(value) for value in row])
    book.save(out)
