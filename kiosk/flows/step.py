"""What a rule answers: the state after, and what must be done."""

from __future__ import annotations

from dataclasses import replace

from kiosk import model as m

Step = tuple[m.State, tuple[m.Effect, ...]]
NOTHING: tuple[m.Effect, ...] = ()


def beneath(screen: m.Screen) -> m.Screen:
    """The screen of the person in front: beneath "still there?" and beneath help."""
    while isinstance(screen, m.StillThere | m.Guidance):
        screen = screen.under
    return screen


def put_beneath(screen: m.Screen, under: m.Visiting) -> m.Screen:
    """``screen`` with ``under`` as the screen of the person in front."""
    match screen:
        case m.StillThere():
            inner = put_beneath(screen.under, under)
            assert not isinstance(inner, m.StillThere | m.StaffScreen)  # noqa: S101  # it was none before
            return replace(screen, under=inner)
        case m.Guidance():
            return replace(screen, under=under)
        case _:
            return under
