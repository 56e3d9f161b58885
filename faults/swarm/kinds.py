"""Every fault of this layer by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind

KINDS: Final[dict[str, FaultKind]] = {}
