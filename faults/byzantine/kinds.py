"""Every byzantine fault by its name."""

from __future__ import annotations

from typing import Final

from faults.byzantine.amnesia import Amnesia
from faults.byzantine.lying import Equivocation, Lying
from faults.byzantine.repetition import Flooding, Replaying
from faults.byzantine.silence import SelectivelySilent, Silent
from faults.byzantine.twins import Twin
from faults.kind import FaultKind

KINDS: Final[dict[str, FaultKind]] = {
    "silent": FaultKind(Silent, "nodes run and say nothing"),
    "selectively-silent": FaultKind(SelectivelySilent, "nodes say nothing to some of the others"),
    "equivocation": FaultKind(Equivocation, "nodes say different things to different peers"),
    "lying": FaultKind(Lying, "nodes say other things than their protocol does, within the types of its messages"),
    "replaying": FaultKind(Replaying, "nodes say old things again"),
    "flooding": FaultKind(Flooding, "nodes send their latest message over and over"),
    "twins": FaultKind(Twin, "two nodes run under one identity"),
    "amnesia": FaultKind(Amnesia, "nodes come back with an older disk, or an empty one, as if nothing had happened"),
}
