"""Where a key lies: 64-bit positions by BLAKE2b, the same on every platform and in every process."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

BITS: Final = 64
SPACE: Final = 1 << BITS
"""Positions that there are, from 0 on."""


def position_of(text: str, salt: int = 0) -> int:
    """The position of a text; another salt gives positions that have nothing to do with these."""
    return int.from_bytes(blake2b(f"{salt}/{text}".encode(), digest_size=BITS // 8).digest(), "big")
