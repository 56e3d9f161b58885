"""How a protocol says which of its records mean progress; `analysis` measures convergence by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """Done when every item announced by a record of kind `announced` has a `reached` record on every node that is up.

    `item` names the field, in both kinds, that says which item (update, rumour) it is. `replaced`, where given, names
    the field of `reached` records that says which older item the new one stands in for: that one no longer counts.
    `durable`: what a node has reached is in stable storage; else it dies with a crash, and has to be reached again.
    """

    reached: str
    announced: str
    item: str
    replaced: str | None = None
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """Done when the last `kind` record of every node that is up has the same value in `field`, not None.

    With `item`, separately for each value of that field (the keys of a store). `durable` as in Coverage.
    """

    kind: str
    field: str
    item: str | None = None
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Done when the standard deviation over nodes of the last `field` is at most `tolerance` times the initial one.

    `durable` as in Coverage.
    """

    kind: str
    field: str
    tolerance: float
    durable: bool = False


@dataclass(frozen=True, slots=True)
class Extinction:
    """Done when as many nodes have had an `end` record as a `begin` record: no node is active any more."""

    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Completion:
    """Done when as many `end` records were made as `begin` records, by whomever: no work that was begun is left.

    A crash ends no work by itself: whoever gave it out says what became of it.
    """

    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Coherence:
    """Done when the coherence of the nodes that are up has been within `tolerance` of `target` for `dwell` nanoseconds.

    Coherence is the Kuramoto order parameter, |mean of exp(i phase)|, from 0 to 1. A `kind` record of a node has its
    `phase` in radians and its `frequency` in radians per second; from then on its phase moves so until its next one. A
    record of kind `snapshot` has in the field of that name the phases of all nodes in order, None for one that is down;
    they hold until the next. `period` is that of the cycle in nanoseconds, of which each twentieth is looked at.
    `phase` is where the cycle of the goal is at time 0, in radians, None where any phase will do.
    """

    target: float
    tolerance: float
    dwell: int
    period: int
    kind: str = "phase"
    snapshot: str = "phases"
    phase: float | None = None


Convergence = Coverage | Agreement | Spread | Extinction | Completion | Coherence
