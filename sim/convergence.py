"""How a protocol says which of its records mean progress; `analysis` measures convergence by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """Done when every item announced by a record of kind `announced` has a `reached` record on every node that is up.

    `item` names the field, in both kinds, that says which item (update, rumour) it is.
    """

    reached: str
    announced: str
    item: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Done when the last `kind` record of every node that is up has the same value in `field`.

    With `item`, separately for each value of that field (the keys of a store).
    """

    kind: str
    field: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Done when the standard deviation over nodes of the last `field` is at most `tolerance` times the initial one."""

    kind: str
    field: str
    tolerance: float


@dataclass(frozen=True, slots=True)
class Extinction:
    """Done when as many nodes have had an `end` record as a `begin` record: no node is active any more."""

    begin: str
    end: str


Convergence = Coverage | Agreement | Spread | Extinction
