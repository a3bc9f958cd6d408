"""The English catalogues: ``update`` collects sentences from the code, ``check`` and ``compile`` use them.

A domain is a part of the code with its own catalogue ``assets/locales/en/LC_MESSAGES/DOMAIN.po``.
Chinese source sentences are marked ``_("…")``, ``gettext("…")`` or ``both("domain", "…")`` in Python, and
``_("…")`` in templates. An update keeps translations, drops what the code no longer says, and leaves new
sentences empty to be filled.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "assets" / "locales" / "en" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "both": (2,)}
METHODS = {".py": "python", ".html": "jinja2", ".txt": "jinja2"}
PLACE = re.compile(r"\{(\w*)\}|%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Domain:
    """A catalogue's name and the folders that speak through it, less those inside that have their own."""

    name: str
    folder: str
    without: tuple[str, ...] = ()

    @property
    def po(self) -> Path:
        return CATALOGUES / f"{self.name}.po"


DOMAINS = (
    Domain("server", "server", without=("server/web",)),
    Domain("web", "server/web"),
    Domain("kiosk", "kiosk", without=("kiosk/printouts",)),
    Domain("ticket", "kiosk/printouts"),
    Domain("display", "display"),
)


def sentences(domain: Domain) -> Catalog:
    """Every sentence that the code of ``domain`` marks, with the files that say it."""
    found = Catalog()
    for path in _files(domain):
        said_in = path.relative_to(ROOT).as_posix()
        for _line, message, comments, context in extract_from_file(
            METHODS[path.suffix], path, keywords=KEYWORDS
        ):
            if str(message).strip():
                # No line numbers: they would change the catalogue at every edit.
                place = (said_in, None)
                found.add(message, None, [place], auto_comments=comments, context=context)  # type: ignore[list-item]
    return found


def _files(domain: Domain) -> Iterator[Path]:
    without = [ROOT / folder for folder in domain.without]
    for path in sorted((ROOT / domain.folder).rglob("*")):
        if path.suffix in METHODS and not any(path.is_relative_to(folder) for folder in without):
            yield path


def read(domain: Domain) -> Catalog:
    """The English catalogue of ``domain`` as it stands; an empty one where there is none yet."""
    if not domain.po.exists():
        return Catalog(locale="en", domain=domain.name)
    with domain.po.open("rb") as file:
        return read_po(file, locale="en", domain=domain.name, abort_invalid=True)


def faults(domain: Domain) -> list[str]:
    """What is wrong with the catalogue: sentences without English, doubtful ones, other named places."""
    known = read(domain)
    found: list[str] = []
    for message in sentences(domain):
        if not message.id:
            continue
        entry = known.get(message.id)
        if entry is None or not entry.string:
            found.append(f"{domain.name}: no English for {message.id!r}")
        elif entry.fuzzy:
            found.append(f"{domain.name}: marked doubtful (fuzzy): {message.id!r}")
        elif _places(message.id) != _places(entry.string):
            found.append(f"{domain.name}: other places in {entry.string!r} than in {message.id!r}")
    return found


def _places(sentence: object) -> set[str]:
    return {place.group() for place in PLACE.finditer(str(sentence))}


def update() -> None:
    for domain in DOMAINS:
        fresh = sentences(domain)
        if not len(fresh) and not domain.po.exists():
            continue
        known = read(domain)
        # The date stays: a catalogue without a new sentence is the same file.
        known.update(fresh, no_fuzzy_matching=True, update_creation_date=False)
        known.obsolete.clear()
        domain.po.parent.mkdir(parents=True, exist_ok=True)
        with domain.po.open("wb") as file:
            write_po(file, known, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
        empty = sum(1 for message in known if message.id and not message.string)
        print(f"{domain.name}: {len(known)} sentences, {empty} without English")


def compile_all() -> None:
    for po in sorted(CATALOGUES.glob("*.po")):
        with po.open("rb") as source:
            catalogue = read_po(source, locale="en", domain=po.stem, abort_invalid=True)
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            update()
            compile_all()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = [fault for domain in DOMAINS for fault in faults(domain)]
            print("\n".join(found) or "every sentence has its English")
            return bool(found)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
