"""Which kinds of records a schedule may wait for: those that protocol, workload, faults and the nodes' lives make."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from sim.node_life import LIFE_RECORDS
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation

FAULT_RECORDS: Final = ("fault", "liveness")
"""Kinds of records that faults and the liveness phase make, of no node."""


def check_record_kind(kind: str, simulation: Simulation, path: tuple[str | int, ...]) -> None:
    """Raise InputError where a simulation says which records it makes, and this kind is not among them.

    A protocol that does not say which it makes itself, such as one that is derived from another, is taken at any word.
    """
    made = [vars(simulation.protocol).get("records"), *(getattr(plan, "records", None) for plan in simulation.workload)]
    known: list[str] = [*LIFE_RECORDS, *FAULT_RECORDS, *simulation.hardware_records]
    for kinds in made:
        if kinds is None:
            return
        known += kinds
    if kind not in known:
        near = get_close_matches(kind[:80], known, n=1)
        remedy = f"; did you mean {near[0]!r}?" if near else ""
        raise InputError(
            f"found {kind!r:.60}, a kind of record that nothing in this run makes; "
            f"expected one of {', '.join(dict.fromkeys(known))}{remedy}",
            path,
        )
