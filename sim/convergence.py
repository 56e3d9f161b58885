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


Convergence = Coverage | Agreement | Spread | Extinction
