"""An update: what a workload asks a node to write or delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Update:
    """A write of `value` under `key`, or its deletion; an important one should spread at once."""

    key: str
    value: Any = None
    delete: bool = False
    important: bool = False
