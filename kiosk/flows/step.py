"""What a rule answers: the state after, and what must be done."""

from __future__ import annotations

from kiosk import model as m

Step = tuple[m.State, tuple[m.Effect, ...]]
NOTHING: tuple[m.Effect, ...] = ()


def beneath(screen: m.Screen) -> m.Screen:
    """The screen of the person in front: beneath "still there?" and beneath help."""
    while isinstance(screen, m.StillThere | m.Guidance):
        screen = screen.under
    return screen
