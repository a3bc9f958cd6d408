"""The steps of a case out of the journal: who did what and when, to which piece, with the photos."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from server.domain.hall import Hall
from server.protocol import intake as i
from server.protocol.views import Text
from server.store import journal, orders

from . import intake_sentences as s
from .offering import both_with
from .staff_names import Names

MOST_PIECES = 200
"""Pieces whose own steps are shown; of a fleet's the order's steps are enough."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the journal, or one that the same transaction will add."""

    at: datetime
    actor: str
    kind: str
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def steps_of(
    connection: Connection,
    hall: Hall,
    called: Names,
    order: orders.Order,
    samples: Sequence[orders.Sample],
    just_now: Sequence[Step] = (),
) -> tuple[tuple[i.CaseStep, ...], list[Step]]:
    """The steps of a case as they are shown, and the lines that they come from; the oldest first."""
    places = {one.code: one.position for one in samples[:MOST_PIECES]}
    subjects = [order.id, *([order.appointment] if order.appointment else []), *places]
    lines = [
        Step(row.at, row.actor, row.kind, row.subject, json.loads(row.payload))
        for row in journal.of_subjects(connection, hall.id, subjects)
    ]
    lines += just_now
    groups: list[list[Step]] = []
    for line in lines:
        if line.kind not in s.STEPS:
            continue
        last = groups[-1] if groups else None
        if last and _together(last[-1], line):
            last.append(line)
        else:
            groups.append([line])
    return tuple(_step(hall, called, order, places, group) for group in groups), lines


def piece_changes_unprinted(lines: Sequence[Step], just_now: Sequence[Step]) -> bool:
    """Whether pieces were added or removed since labels were last printed, where any were."""
    printed = changed = -1
    for number, line in enumerate(lines):
        if line.kind in ("labels.printed", "labels.reprinted"):
            printed = number
        elif line.kind in ("case.pieces_added", "case.pieces_removed"):
            changed = number
    return changed > printed


def _together(before: Step, line: Step) -> bool:
    """The same was done to several pieces at once; a photo stands for itself."""
    return (
        before.kind == line.kind
        and before.actor == line.actor
        and before.subject != line.subject
        and before.payload.get("to") == line.payload.get("to")
        and line.kind != "photo.added"
        and (line.at - before.at).total_seconds() < 1
    )


def _step(
    hall: Hall, called: Names, order: orders.Order, places: Mapping[str, int], group: Sequence[Step]
) -> i.CaseStep:
    line = group[-1]
    payload = line.payload
    told: dict[str, Text | str | int] = {"reason": str(payload.get("reason", ""))}
    if line.kind == "custody.moved":
        told |= {side: called.holder(str(payload.get(side, ""))).name for side in ("from", "to")}
    text = both_with(s.STEPS[line.kind], **told)
    of = places.get(line.subject, 0)
    if len(group) > 1:
        of = 0
        text = both_with(s.TOGETHER, step=text, count=len(group))
    photo = str(payload.get("file", "")) if line.kind == "photo.added" else ""
    return i.CaseStep(
        at=hall.local(line.at),
        who=called.who(line.actor),
        kind=line.kind,
        text=text,
        piece=of,
        photo=f"/api/v1/halls/{hall.id}/cases/{order.id}/photos/{photo}" if photo else "",
    )
