"""The part of a run that is looked at."""

from __future__ import annotations

from sim.units import parse_duration
from topologies.errors import InputError


def window_between(name: str, end: int, between: str | None) -> tuple[int, int]:
    """Return from when to when a run that ended at `end` is looked at, in ns; without `between`, all of it.

    Raises InputError where `between` is not two moments of the run, which messages call `name`.
    """
    if between is None:
        return 0, end
    try:
        begin, until = (parse_duration(part.strip()) for part in between.split(","))
    except ValueError:
        raise InputError(f"{name}: found the times {between[:40]!r}; expected two moments such as 1s,1.2s") from None
    if not 0 <= begin < until or begin >= end:
        raise InputError(
            f"{name}: found the times {between[:40]!r}; expected two moments of the run, the earlier one first"
        )
    return begin, min(until, end)
