"""Everything in the server that grows has a bound; whatever is added to the list says which.

What waits is bounded elsewhere as well: connections and their headers (server/patience.py), live links and
their topics (server/live/hub.py), bodies (server/api/edge.py), database connections (server/store/engine.py).
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.services import limits
from server.services.floor import KEYS, Keys
from server.services.refused import Refused

SERVER = Path(__file__).parents[2] / "server"
PARTS = ("api", "certificates", "channels", "live", "services", "web", "seals", "store", "backups")
CONTAINERS = {"dict", "list", "set", "OrderedDict", "deque", "Queue", "PriorityQueue", "LifoQueue", "Counter"}
CONTAINERS |= {"SimpleQueue", "defaultdict", "WeakValueDictionary", "WeakSet"}

A_HALL = "one a hall"
A_GROUP = "of one transaction: GROUP works"
A_CLIENT = "CLIENTS links, TOPICS_A_CLIENT topics each"

BOUNDS = {
    "live/catching_up.py:CatchingUp._heard": A_HALL,
    "live/catching_up.py:CatchingUp._reading": "AT_ONCE",
    "live/hub.py:Client.slots": "one frame a topic of the client: the newest",
    "live/hub.py:_Topic.clients": A_CLIENT,
    "live/hub.py:Hub.clients": "CLIENTS",
    "live/hub.py:Hub.followers": A_CLIENT,
    "live/hub.py:Hub._topics": A_CLIENT,
    "live/hub.py:Hub._by_hall": A_CLIENT,
    "live/hub.py:Hub._by_order": A_CLIENT,
    "live/hub.py:Hub._old_cases": A_CLIENT,
    "live/hub.py:Hub._codes": A_CLIENT,
    "live/hub.py:Hub._dirty": A_HALL,
    "live/hub.py:Hub._tasks": "four",
    "live/notices.py:Notices._pending": A_HALL,
    "services/disclosure.py:Pages._made": "one a hall and kind of screen",
    "services/floor.py:Keys._seen": "KEYS",
    "services/floor.py:FloorWriter._queue": "QUEUE; what comes then is refused as busy",
    "services/floor.py:FloorWriter._codes": "twice the tickets of the floor, and 100",
    "services/floor.py:_Group._lines": A_GROUP,
    "services/floor.py:_Group._answers": A_GROUP,
    "services/floor.py:_Group.changed": A_GROUP,
    "services/floor.py:_Group.cases": A_GROUP,
    "services/halls.py:Halls.shelves": A_HALL,
    "services/halls.py:Halls.machines": A_HALL,
    "services/halls.py:Halls._writers": A_HALL,
    "services/limits.py:Guesses._misses": "REMEMBERED",
    "services/limits.py:Turns._left": "REMEMBERED",
    "services/outbox.py:Sender._sending": "AT_ONCE",
    "services/people.py:People._known": "REMEMBERED",
    "services/people.py:People._proven": "REMEMBERED",
    "services/people.py:People._refuted": "REMEMBERED",
    "services/personal.py:Clearer._done": A_HALL,
    "services/seals.py:Sealer._sealed": A_HALL,
    "services/setup.py:Secrets._made": "SECRETS",
    "services/shelf.py:Shelves._old": A_HALL,
    "services/case_work.py:Told.steps": "of one request",
    "web/book_words.py:Glossary._used": "of one page",
}


def grows() -> set[str]:
    """Every attribute that begins as an empty container, as ``file:Class.attribute``."""
    found = set()
    for part in PARTS:
        for path in (SERVER / part).rglob("*.py"):
            for kind in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(kind, ast.ClassDef):
                    where = f"{path.relative_to(SERVER)}:{kind.name}"
                    found |= {f"{where}.{name}" for name in begun_empty(kind)}
    return found


def begun_empty(kind: ast.ClassDef) -> set[str]:
    names = set()
    for made in kind.body:
        if not isinstance(made, ast.FunctionDef) or made.name != "__init__":
            continue
        for step in ast.walk(made):
            targets = step.targets if isinstance(step, ast.Assign) else [getattr(step, "target", None)]
            value = step.value if isinstance(step, ast.Assign | ast.AnnAssign) else None
            for target in targets:
                if isinstance(target, ast.Attribute) and value is not None and empty(value):
                    names.add(target.attr)
    return names


def empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    if not isinstance(value, ast.Call):
        return False
    called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    return called in CONTAINERS


def test_whatever_grows_in_the_server_is_known_with_its_bound() -> None:
    assert grows() - BOUNDS.keys() == set(), "say in BOUNDS what bounds it"
    assert BOUNDS.keys() - grows() == set(), "it is gone"


def now() -> datetime:
    return datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_guessers_without_number_are_forgotten_the_oldest_first() -> None:
    guesses = limits.Guesses(now, {"user": 2}, "too_many_attempts")
    for n in range(3 * limits.REMEMBERED):
        for _ in range(3):
            guesses.missed(f"user:{n}")
    assert len(guesses._misses) == limits.REMEMBERED
    with pytest.raises(Refused):
        guesses.must_not_wait(f"user:{3 * limits.REMEMBERED - 1}")


def test_askers_without_number_are_forgotten() -> None:
    turns = limits.Turns(now, burst=2, a_minute=6)
    for n in range(3 * limits.REMEMBERED):
        turns.take(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(turns._left) == limits.REMEMBERED


def test_keys_without_number_are_forgotten() -> None:
    keys = Keys()
    keys.add(("kiosk", str(n)) for n in range(3 * KEYS))
    assert len(keys._seen) == KEYS
    assert ("kiosk", str(3 * KEYS - 1)) in keys
