"""Every fault of swarms by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.swarm.disrupt import Disrupt, Drain

KINDS: Final[dict[str, FaultKind]] = {
    "disrupt": FaultKind(Disrupt, "the state of agents is scrambled, as the protocol says what that is"),
    "drain": FaultKind(Drain, "agents lose a share of their energy"),
}
