"""An update: what a workload asks a node to write or delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Update:
    """A write of `value` under `key`, or its deletion; an important one should spread at once.

    `version` is None for a new write of the node that is asked, which then numbers it. Where several nodes know the
    same update from the start, it says which one: the time of the write in nanoseconds and the node that made it.
    """

    key: str
    value: Any = None
    delete: bool = False
    important: bool = False
    version: tuple[int, int] | None = None
