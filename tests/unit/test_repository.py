"""What the repository promises about itself."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import server
from tests.conftest import need

ROOT = Path(__file__).resolve().parents[2]

# In pieces, so that this file does not name them either.
REGISTRIES = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("npmmirror", "com"),
        ("debian", "org"),
        ("archive", "ubuntu", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
        ("mirrors", "aliyun", "com"),
    )
)


def committed() -> list[Path]:
    """Every file that git knows of; where there is no git, every file that is not made here."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
    made = {"var", ".venv", "node_modules", "__pycache__", "fonts", "voice"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.parts)]


def loaded(script: str) -> ModuleType:
    """A script of the set-up as a module."""
    path = ROOT / "assets" / "setup" / script
    spec = importlib.util.spec_from_file_location(f"setup_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_no_file_names_the_host_of_a_registry() -> None:
    for path in committed():
        text = path.read_bytes().decode("utf-8", "ignore").lower()
        named = [host for host in REGISTRIES if host in text]
        assert not named, f"{path.relative_to(ROOT)} names {named}"


def test_the_locks_hold_hashes_for_everything_and_no_address() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for package in lock["package"]:
        if "editable" in package["source"] or "virtual" in package["source"]:
            continue
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        assert all(file["hash"].startswith("sha256:") and "url" not in file for file in files), package[
            "name"
        ]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)
    assert not any("resolved" in entry for entry in packages.values())


def test_nothing_of_others_is_committed() -> None:
    for path in committed():
        name = path.relative_to(ROOT).as_posix()
        assert path.suffix not in {".ttf", ".otf", ".ttc", ".woff", ".woff2", ".whl", ".so", ".jar"}, name
        assert not name.endswith((".min.js", ".min.css", ".bundle.js")), f"{name}: fetch it at set-up instead"
        if path.suffix in {".js", ".css"}:
            longest = max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0)
            assert longest < 400, f"{name} looks minified: a line of {longest} signs"


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == server.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(server.__version__)}\]", changes, re.M)


def test_every_dependency_is_locked() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"] for package in lock["package"]}
    asked = [
        *pyproject["project"]["dependencies"],
        *(name for extra in pyproject["project"]["optional-dependencies"].values() for name in extra),
        *pyproject["dependency-groups"]["dev"],
        *pyproject["build-system"]["requires"],
    ]
    names = {re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-") for requirement in asked}
    assert names <= locked, f"run 'make lock': {names - locked}"


@pytest.mark.parametrize(
    "script", sorted(path.relative_to(ROOT).as_posix() for path in committed() if path.suffix == ".sh")
)
def test_every_shell_script_is_well_formed(script: str) -> None:
    need(shutil.which("bash"), "bash")
    checked = subprocess.run(["bash", "-n", script], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert (ROOT / script).read_text(encoding="utf-8").startswith(("#!/usr/bin/env bash\n", "# shellcheck"))


def test_ci_runs_what_people_run() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_icon_exists_and_is_drawn() -> None:
    names = json.loads((ROOT / "assets" / "icons" / "icons.json").read_text(encoding="utf-8"))
    icons = loaded("icons.py")
    need(icons.SOURCES.exists(), "node_modules (make setup)")
    assert [theirs for theirs in names.values() if not icons.source_of(theirs).exists()] == []
    drawn = {path.stem for path in icons.ICONS.glob("*.png")}
    assert set(names) <= drawn, "run 'make setup'"


@pytest.mark.parametrize("domain", ["server", "web", "kiosk", "ticket", "display"])
def test_every_sentence_has_its_english(domain: str) -> None:
    catalogues = loaded("catalogues.py")
    [wanted] = [known for known in catalogues.DOMAINS if known.name == domain]
    assert len(catalogues.sentences(wanted)) > 0, "nothing collected: are the sentences marked?"
    assert catalogues.faults(wanted) == []


def test_a_sentence_without_english_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogues = loaded("catalogues.py")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "one.py").write_text(
        '_("请到{counter}号窗口")\nboth("app", "等候")\n', encoding="utf-8"
    )
    (tmp_path / "app" / "page.html").write_text('<p>{{ _("取号") }}</p>', encoding="utf-8")
    (tmp_path / "app.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "请到{counter}号窗口"\nmsgstr "Window {window}"\n\nmsgid "取号"\nmsgstr "Take a number"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    found = catalogues.faults(catalogues.Domain("app", "app"))
    assert found == [
        "app: other places in 'Window {window}' than in '请到{counter}号窗口'",
        "app: no English for '等候'",
    ]
