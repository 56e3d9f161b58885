"""What a liar among the agents may report in place of its phase, to break the swarm or to steer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sim.protocols.attractor.messages import Report
from sim.protocols.attractor.phase import HALF, MASK, TURN

if TYPE_CHECKING:
    from sim.protocol import Lie
    from sim.randomness import Stream

AHEAD: Final = TURN // 8


def opposite(payload: Any, stream: Stream) -> Any | None:
    """The phase half a turn away: pushes neighbours apart."""
    return replace(payload, phase=(payload.phase + HALF) & MASK) if isinstance(payload, Report) else None


def scattered(payload: Any, stream: Stream) -> Any | None:
    """Any phase, another one to each neighbour and each time."""
    return replace(payload, phase=int(stream.random() * 2.0**53) << 43) if isinstance(payload, Report) else None


def ahead(payload: Any, stream: Stream) -> Any | None:
    """An eighth of a turn ahead of where it is: drags the swarm forward, faster than any agent would go."""
    return replace(payload, phase=(payload.phase + AHEAD) & MASK) if isinstance(payload, Report) else None


def stuck(payload: Any, stream: Stream) -> Any | None:
    """Always at phase zero, without moving: holds the swarm back."""
    return replace(payload, phase=0, speed=0) if isinstance(payload, Report) else None


LIES: Final[Mapping[str, Lie]] = MappingProxyType(
    {"opposite": opposite, "scattered": scattered, "ahead": ahead, "stuck": stuck}
)
