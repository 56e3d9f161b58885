"""Which nodes are up, as the records of their lives tell."""

from __future__ import annotations

from typing import Final

from sim.records import OUTCOMES, Record

UP, PAUSED, DOWN = range(3)
AFTER: Final = {
    "crashed": DOWN,
    "restarted": UP,
    "paused": PAUSED,
    "resumed": UP,
    "left": DOWN,
    "joined": UP,
    "disk-lost": DOWN,
}
"""What a node is after each kind of state record of its life."""
LIFE: Final = tuple(AFTER)
"""Kinds of the state records of a node's life."""
LOSING_DISK: Final = frozenset(("left", "disk-lost"))
"""Kinds of those after which nothing is left in a node's stable storage."""

_MESSAGE_ROW: Final = frozenset(("source", "destination", "message", "sent_at", "size"))
_ROWS: Final = dict.fromkeys(OUTCOMES, _MESSAGE_ROW) | {
    "sent": frozenset(("destination", "message", "size")),
    "timer": frozenset(("timer",)),
}


def is_state(record: Record) -> bool:
    """Whether a record is a state record, not a row about a message or a timer that the level of detail added."""
    fields = _ROWS.get(record.kind)
    return fields is None or fields != record.fields.keys()
