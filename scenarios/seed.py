"""The seed of a run as people give it: a number, or the hash of a commit."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from sim.units import shown
from topologies.errors import InputError

LARGEST: Final = 2**64 - 1

_HASH: Final = re.compile(r"[0-9a-fA-F]{7,64}")


def parse_seed(value: object) -> int:
    """Return a seed from 0 to 2**64 - 1: a number as it is, and of a commit's hash its first 16 digits.

    Raises InputError for anything else. A hash is text of 7 to 64 hexadecimal digits.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return int(value)
    if isinstance(value, str) and _HASH.fullmatch(value):
        return int(value[:16], 16)
    expected = f"an integer from 0 to {LARGEST}, or a commit's hash of 7 to 64 hexadecimal digits"
    remedy = "; put a hash in quotes" if isinstance(value, int | float) else ""
    raise InputError(f"found {shown(value)}; expected {expected}{remedy}")


Seed = Annotated[
    int,
    BeforeValidator(parse_seed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LARGEST},
                {"type": "string", "pattern": f"^{_HASH.pattern}$"},
            ]
        }
    ),
]
"""The root of all chance in a run."""
