"""What a picture of the kiosk depends on."""

from __future__ import annotations

from . import appointing as b
from . import collecting as c
from . import flow
from . import model as m
from . import visit as v


def picture_of(state: m.State) -> tuple[object, ...]:
    """What the picture depends on; equal pictures are not drawn twice. The first part names the screen."""
    at = flow.shown(state)
    changing: object = at
    if isinstance(at, m.Holding):
        changing = (at.ticket, at.paper)
    elif isinstance(at, m.Issuing):
        changing = (at.press, at.patience)
    elif isinstance(at, v.Labelling):
        changing = (at.order, at.left, at.paper, at.ends)
    elif isinstance(at, c.Printing):
        changing = (at.left, at.stage, at.pages, at.ends, at.why)
    elif isinstance(at, b.Appointed):
        changing = (at.view, at.paper)
    return (
        type(at),
        changing,
        state.language,
        state.large,
        state.voice,
        state.home,
        flow.stale(state),
        state.link,
        state.link_fault,
        state.printer,
        state.label_printer,
        state.scanner,
        state.documents,
        state.catalogue,
        state.alone,
        state.pin_wrong,
        state.pin_locked_until,
    )
