"""What the registry knows of one kind of fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faults.fault import Fault


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind: the model that describes and arms it, and what it does in one line."""

    config: type[Fault]
    description: str
