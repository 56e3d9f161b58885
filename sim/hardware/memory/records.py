"""The records that the memory of a node makes."""

from typing import Final

MEMORY_RECORDS: Final = ("memory", "evicted", "collected", "out-of-memory")
"""Their kinds: `memory` at a new peak, `evicted` and `collected` as it happens, `out-of-memory` at each refusal."""
