"""A refusal: the rule against a command, as a code and facts; the sentence is made at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.protocol.errors import RefusalCode
from server.protocol.views import Text


@dataclass(frozen=True, slots=True)
class Refusal:
    code: RefusalCode
    places: Mapping[str, str | Text] = field(default_factory=dict)
    """What fills the sentence's places, such as ``{"number": "A012"}``; a name in both languages where it
    has one in each."""
