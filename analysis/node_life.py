"""Which nodes are up, as records of crashes, restarts, pauses and resumptions tell."""

from __future__ import annotations

from typing import Final

from sim.records import OUTCOMES, Record

LIFE: Final = ("crashed", "restarted", "paused", "resumed")
"""Kinds of the state records of a node's life."""
UP, PAUSED, DOWN = range(3)

_MESSAGE_ROW: Final = frozenset(("source", "destination", "message", "sent_at", "size"))
_ROWS: Final = dict.fromkeys(OUTCOMES, _MESSAGE_ROW) | {
    "sent": frozenset(("destination", "message", "size")),
    "timer": frozenset(("timer",)),
}


def is_state(record: Record) -> bool:
    """Whether a record is a state record, not a row about a message or a timer that the level of detail added."""
    fields = _ROWS.get(record.kind)
    return fields is None or fields != record.fields.keys()
