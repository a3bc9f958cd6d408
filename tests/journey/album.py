"""The journey's pictures, in order, with a page to look through them."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

STYLE = """
  body { margin: 0; padding: 32px;
    background: #F4F6F9; color: #12263A; font: 18px/1.5 "Noto Sans SC", sans-serif }
  h1 { font-size: 32px; margin: 0 0 8px } h2 { font-size: 24px; margin: 48px 0 16px }
  .row { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start }
  figure { margin: 0; padding: 16px; background: #FFFFFF; border-radius: 16px; max-width: 100% }
  img { display: block; max-width: 100%; height: 440px; border: 1px solid #D5DCE5; border-radius: 8px }
  figcaption { margin-top: 12px; max-width: 70ch }
"""


@dataclass(slots=True)
class Chapter:
    title: str
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """File name and what it shows."""


class Album:
    """Pictures in ``folder``. ``index.html`` is written anew with each: a broken journey has one too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._chapters: list[Chapter] = []
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def chapter(self, title: str) -> None:
        self._chapters.append(Chapter(title))

    def add(self, picture: Image.Image | Path | bytes, name: str, shows: str) -> Path:
        """Keep ``picture`` (an image, a PNG file, or a PNG's bytes) under a numbered name; its path."""
        self._count += 1
        path = self.folder / f"{self._count:02d}-{name}.png"
        match picture:
            case Image.Image():
                picture.save(path)
            case Path():
                path.write_bytes(picture.read_bytes())
            case bytes():
                path.write_bytes(picture)
        self._chapters[-1].pictures.append((path.name, shows))
        self._write()
        return path

    def _write(self) -> None:
        chapters = "\n".join(
            f"<h2>{html.escape(chapter.title)}</h2>\n"
            f"<div class=row>{''.join(map(_figure, chapter.pictures))}</div>"
            for chapter in self._chapters
        )
        (self.folder / "index.html").write_text(
            '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>The journey</title>'
            f"<style>{STYLE}</style>\n<h1>The journey</h1>\n"
            f"<p>From the first touch to the announcement, through the real programs.</p>\n{chapters}\n"
            "</html>\n",
            encoding="utf-8",
        )


def _figure(picture: tuple[str, str]) -> str:
    name, shows = picture
    return (
        f'<figure><a href="{name}"><img src="{name}" alt="" loading="lazy"></a>'
        f"<figcaption>{html.escape(shows)}</figcaption></figure>"
    )
