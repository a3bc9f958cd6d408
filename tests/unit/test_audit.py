"""What we build on: no known vulnerability passes unseen, and every licence lets a hall use it."""

from __future__ import annotations

import http.server
import importlib.metadata as metadata
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from tests.unit.test_repository import ROOT, loaded

audit = loaded("audit.py")


@contextmanager
def source(bad: str = "", status: int = 200) -> Iterator[str]:
    """A source of vulnerabilities that knows of one, in the package ``bad``."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            hit = {"vulns": [{"id": "TEST-1", "modified": "2026-01-01T00:00:00Z"}]}
            self.say({"results": [hit if one["package"]["name"] == bad else {} for one in asked]})

        def do_GET(self) -> None:
            self.say({"id": "TEST-1", "modified": "2026-01-01T00:00:00Z", "summary": "bad", "affected": []})

        def say(self, what: Any) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


def run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> int:
    need(audit.uv() is not None, "uv is not installed")
    monkeypatch.setenv("LIQU_AUDIT_URL", url)
    status: int = audit.main(arguments)
    return status


def test_a_known_vulnerability_fails_the_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with source(bad="jinja2") as url:
        assert run(monkeypatch, url) == audit.FOUND
    said = capsys.readouterr().err
    assert "TEST-1" in said
    assert "jinja2" in said


def test_one_that_was_looked_at_and_does_not_touch_us_passes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ignored.json").write_text('{"TEST-1": "not ours"}')
    monkeypatch.setattr(audit, "IGNORED", tmp_path / "ignored.json")
    with source(bad="jinja2") as url:
        assert run(monkeypatch, url) == 0


def test_a_lock_without_any_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with source() as url:
        assert run(monkeypatch, url, "--must") == 0
    assert "no known vulnerabilities" in capsys.readouterr().out


def test_a_source_that_cannot_be_asked_is_no_all_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "http://127.0.0.1:1") == 0
    said = capsys.readouterr()
    assert "NOT AUDITED" in said.err
    assert said.out == ""
    assert run(monkeypatch, "http://127.0.0.1:1", "--must") == audit.UNREACHABLE
    with source(status=404) as url:
        assert run(monkeypatch, url, "--must") == audit.UNREACHABLE


def test_what_is_ignored_says_why() -> None:
    ignored = json.loads(audit.IGNORED.read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"[A-Z]+-[\w-]+", name) and len(why) > 20 for name, why in ignored.items())


# Licences --------------------------------------------------------------------------------------

PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC\b|PSF|Python Software Foundation|HPND|Zlib|Unlicense|0BSD|CC0|MPL|Mozilla Public|"
    r"Historical Permission",
    re.I,
)
"""Of MPL-2.0 only changes to its own files are to be given on; the rest ask for their notice alone."""
LIBRARIES = {
    "psycopg": "LGPL-3.0: of the postgres extra, unchanged, loaded when it runs, and exchangeable",
    "psycopg-binary": "LGPL-3.0: as psycopg",
}
"""Packages whose licence asks more of who changes them, and why we may use them as they are."""


def licence(of: metadata.Distribution) -> str:
    told = of.metadata
    classified = [
        one.rpartition("::")[2] for one in told.get_all("Classifier") or [] if one.startswith("License")
    ]
    return " ".join(
        [told.get("License-Expression") or "", *classified, (told.get("License") or "")[:200]]
    ).strip()


def needed() -> set[str]:
    """What a hall's machines install: the lock without what only developers use."""
    import tomllib

    packages = {one["name"]: one for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    ours = packages["liqu"]
    waiting = [
        *ours.get("dependencies", []),
        *(one for extra in ours["optional-dependencies"].values() for one in extra),
    ]
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one["name"] not in found:
            found.add(one["name"])
            more = packages[one["name"]]
            waiting += more.get("dependencies", [])
            for extra in one.get("extra", []):
                waiting += more.get("optional-dependencies", {}).get(extra, [])
    return found


def test_every_package_a_hall_installs_may_be_used_by_it() -> None:
    installed = {re.sub(r"[-_.]+", "-", one.name).lower(): one for one in metadata.distributions()}
    names = needed()
    assert len(names) > 40
    there = {name: licence(installed[name]) for name in names if name in installed}
    assert len(there) > 40
    assert {
        name: told for name, told in there.items() if not PERMISSIVE.search(told) and name not in LIBRARIES
    } == {}
    assert set(LIBRARIES) <= names
