"""What is broadcast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cast:
    """The `number`-th broadcast of node `origin`, from 1 on. `clock` is its vector clock, where order is causal."""

    origin: int
    number: int
    payload: Any
    clock: tuple[int, ...] = ()

    @property
    def identity(self) -> tuple[int, int]:
        """What names it: origin and number."""
        return self.origin, self.number
