"""Whatever comes in from outside, nothing breaks: a short turn of each; ``make fuzz`` goes on for longer."""

from __future__ import annotations

import logging
import os
import resource
from pathlib import Path
from random import Random

import pytest

from .mutate import mutated
from .targets import PARTS, Target, targets

TURNS = {"zpl": 150, "simulator": 8, "table": 120}
OTHERS = 1000
ROOM = 300
"""MiB that a turn may make the process grow by."""

TARGETS = list(targets())


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    for part in PARTS:
        caplog.set_level(logging.CRITICAL, part)


def memory() -> int:
    """What this process holds now, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_anything_is_taken_or_refused(target: Target) -> None:
    # In CI the same inputs each time, elsewhere new ones: a failure names its input.
    dice = Random(1 if os.environ.get("CI") == "true" else None)
    before = memory()
    for seed in target.seeds:
        target.feed(seed)
    for _ in range(TURNS.get(target.name, OTHERS)):
        data = mutated(target.seeds, dice)
        try:
            target.feed(data)
        except Exception as error:
            raise AssertionError(f"{target.name} broke on {data[:2000]!r}") from error
    assert memory() - before < ROOM


def test_a_frame_nested_a_hundred_thousand_deep_is_one_that_is_left_out() -> None:
    frame = next(target for target in TARGETS if target.name == "frame")
    for deep in (
        b"[" * 100_000,
        b'{"topic":' * 100_000,
        b'{"topic":"board:main","at":"","view":' + b"[" * 9999,
    ):
        frame.feed(deep)


def test_the_mutations_do_change_what_they_are_given() -> None:
    """Else nothing would be tried."""
    dice = Random(7)
    for target in TARGETS:
        made = {mutated(target.seeds, dice) for _ in range(50)}
        assert len(made - set(target.seeds)) > 25, target.name
