"""Figures of reading codes, beside pyzbar, zxing-cpp and OpenCV alone on the same frames.

The photos are those of a public decoder's test suite, each also turned by 90, 180 and 270 degrees. They lie
beside the repository, or where ``LIQU_BARCODES`` says; ``manifest.json`` has each one's exact text, null
where nothing may be read.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy
import zxingcpp
from pyzbar import pyzbar

from hardware.scanners.decode import Frame, Reader, read_codes

from .figures import Figure, ms, percentile

PHOTOS = Path(os.environ.get("LIQU_BARCODES", "../shared/data/barcodes"))
ROUNDS = 3
FRAME = (1280, 720)
FAMILIES = {"qrcode": "QR", "code128": "Code 128", "datamatrix": "DataMatrix"}
OURS = "read_codes"

_ZXING: Any = zxingcpp
_WANTED = (_ZXING.BarcodeFormat.QRCode, _ZXING.BarcodeFormat.Code128, _ZXING.BarcodeFormat.DataMatrix)


def _ours(grey: Frame) -> list[str]:
    return [code.text for code in read_codes(grey)]


def _zxing(grey: Frame) -> list[str]:
    found = _ZXING.read_barcodes(grey, formats=_WANTED, text_mode=_ZXING.TextMode.Plain)
    return [one.text for one in found]


def _pyzbar(grey: Frame) -> list[str]:
    kinds = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128]
    return [one.data.decode("utf-8", "replace") for one in pyzbar.decode(grey, symbols=kinds)]


def _opencv(grey: Frame) -> list[str]:
    _, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(grey)
    return [text for text in texts if text]


READERS: dict[str, Callable[[Frame], list[str]]] = {
    OURS: _ours,
    "zxing-cpp": _zxing,
    "pyzbar": _pyzbar,
    "OpenCV": _opencv,
}


@dataclass(frozen=True)
class Photo:
    family: str
    text: str | None
    grey: Frame


@dataclass
class Score:
    """What one reader made of the photos. ``wrong``: photo and text, which is not the photo's."""

    exact: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    false: int = 0


def _photos() -> list[Photo]:
    photos = []
    for entry in json.loads((PHOTOS / "manifest.json").read_text(encoding="utf-8")):
        picture = cv2.imread(str(PHOTOS / entry["file"]), cv2.IMREAD_UNCHANGED)
        assert picture is not None, entry["file"]
        grey = _grey(picture)
        for quarters in range(4):
            turned = numpy.ascontiguousarray(numpy.rot90(grey, quarters))
            photos.append(Photo(entry["file"].split("-")[0], entry["text"], turned))
    return photos


def _grey(picture: Frame) -> Frame:
    """All readers get the same grey frame; what is transparent lies on white."""
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 4:
        share = picture[..., 3:].astype(numpy.float32) / 255
        picture = (picture[..., :3] * share + 255 * (1 - share)).astype(numpy.uint8)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _score(read: Callable[[Frame], list[str]], photos: Sequence[Photo]) -> Score:
    score = Score()
    for index, photo in enumerate(photos):
        try:
            texts = read(photo.grey)
        except Exception:  # a library that breaks on a photo has not read it
            texts = []
        if photo.text is None:
            score.false += len(texts)
            continue
        score.exact[photo.family] += photo.text in texts
        score.wrong[photo.family] |= {(index, text) for text in texts if text != photo.text}
    return score


def _reads(photos: Sequence[Photo]) -> list[Figure]:
    scores = {name: _score(read, photos) for name, read in READERS.items()}
    ours = scores.pop(OURS)
    figures = []
    for family, name in FAMILIES.items():
        total = sum(photo.family == family and photo.text is not None for photo in photos)
        best = max(score.exact[family] for score in scores.values())
        beside = ", ".join(f"{other} {score.exact[family]}" for other, score in scores.items())
        read = ours.exact[family]
        figures.append(
            Figure(f"codes: {name}, exact texts", f"{read} of {total}", beside, read / best, at_least=1)
        )
    wrong = set().union(*ours.wrong.values())
    alone = wrong - set().union(*scores["zxing-cpp"].wrong.values())
    beside = ", ".join(
        f"{name} {sum(len(one) for one in score.wrong.values())}" for name, score in scores.items()
    )
    figures.append(Figure("codes: wrong texts", str(len(wrong)), beside))
    figures.append(
        Figure("codes: wrong texts that zxing-cpp does not read", str(len(alone)), "", len(alone), at_most=0)
    )
    nothing = sum(photo.text is None for photo in photos)
    beside = ", ".join(f"{name} {score.false}" for name, score in scores.items())
    figures.append(
        Figure(f"codes: false positives, {nothing} photos", str(ours.false), beside, ours.false, at_most=0)
    )
    return figures


def _empty_frames(photos: Sequence[Photo]) -> list[Frame]:
    """Carpets, walls and pages that fill a 720p frame."""
    return [
        cv2.resize(photo.grey, FRAME, interpolation=cv2.INTER_CUBIC)
        for photo in photos[::4]
        if photo.text is None
    ]


def _frames_with_a_code(photos: Sequence[Photo]) -> list[Frame]:
    """Every third photo of a code, held before a 720p camera."""
    frames = []
    for photo in [one for one in photos[::4] if one.text is not None][::3]:
        high, wide = photo.grey.shape
        if high > FRAME[1] or wide > FRAME[0]:
            continue
        frame = numpy.full(FRAME[::-1], 150, numpy.uint8)
        top, left = (FRAME[1] - high) // 2, (FRAME[0] - wide) // 2
        frame[top : top + high, left : left + wide] = photo.grey
        frames.append(frame)
    return frames


def _times(name: str, frames: Sequence[Frame], at_most: float | None) -> list[Figure]:
    """All readers take each frame in turn, so that each finds the machine as busy as the others."""
    reader = Reader()
    timed: dict[str, Callable[[Frame], object]] = {**READERS, "Reader": reader.read}
    took: dict[str, list[float]] = {one: [] for one in timed}
    for round_ in range(ROUNDS):
        for frame in frames:
            for one, read in timed.items():
                if one in ("pyzbar", "OpenCV") and round_:
                    continue  # slow, and only to compare
                since = time.perf_counter()
                read(frame)
                took[one].append(time.perf_counter() - since)
    yardsticks = {one: values for one, values in took.items() if one not in (OURS, "Reader")}
    figures = []
    for one, bound in ((OURS, at_most), ("Reader", None)):
        for share, label in ((0.5, "median"), (0.95, "p95")):
            ours, theirs = percentile(took[one], share), percentile(took["zxing-cpp"], share)
            beside = ", ".join(f"{other} {ms(percentile(v, share))}" for other, v in yardsticks.items())
            figures.append(
                Figure(
                    f"codes: 720p frame {name}, {one}, {label}",
                    ms(ours),
                    beside,
                    ours / theirs,
                    at_most=bound if share == 0.5 else None,
                )
            )
    return figures


def run() -> Sequence[Figure]:
    if not (PHOTOS / "manifest.json").is_file():
        return [Figure("codes", "skipped: the photos are not here")]
    photos = _photos()
    return [
        *_reads(photos),
        *_times("without a code", _empty_frames(photos), at_most=0.6),
        *_times("with a code", _frames_with_a_code(photos), at_most=None),
    ]
