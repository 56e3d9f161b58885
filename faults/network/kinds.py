"""Every fault of links by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.network.loss import Loss

KINDS: Final[dict[str, FaultKind]] = {
    "loss": FaultKind(Loss, "messages are lost, each by itself with the same probability"),
}
