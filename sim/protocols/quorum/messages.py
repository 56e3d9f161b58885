"""What coordinators ask of replicas, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.protocols.quorum.versioned_store import Version


@dataclass(frozen=True, slots=True)
class Read:
    """Asks what a replica holds of a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Asks the same before a write, and marks that this attempt at the write of a client begins."""

    key: str
    client: int
    sequence: int
    attempt: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """What a replica holds; `begun_before`: another attempt at the write was marked here."""

    version: Version
    value: Any
    begun_before: bool = False


@dataclass(frozen=True, slots=True)
class Store:
    """Asks a replica to keep a value unless it holds a later one."""

    key: str
    version: Version
    value: Any


@dataclass(frozen=True, slots=True)
class Stored:
    """It holds that version or a later one."""
