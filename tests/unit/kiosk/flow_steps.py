"""One event after another through the kiosk's flow, with time that never goes back."""

from __future__ import annotations

from kiosk import flow
from kiosk import model as m
from kiosk import visit as v


def run(state: m.State, *events: m.Input) -> tuple[m.State, list[m.Effect]]:
    """The state after ``events``, each a second after the last; and the effects of the last one."""
    now = max(1000.0, state.screen_since, state.touched_at)
    asked: list[m.Effect] = []
    for event in events:
        now += 1.0
        state, effects = flow.step(state, event, now)
        asked = list(effects)
    return state, asked


def question(effects: list[m.Effect]) -> m.Said:
    """The one thing asked of the server, beside what is weighed."""
    (effect,) = [
        effect for effect in effects if isinstance(effect, m.Issue) and not isinstance(effect.press, v.Weigh)
    ]
    return effect.press
