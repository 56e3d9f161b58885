"""Small systems of agents with a duty, for the tests beside this file."""

from collections import Counter
from typing import Any

import murmur
from sim.protocols.timetable.timetable import Timetable
from sim.records import Record
from sim.simulation import Simulation
from sim.units import parse_duration


def system(
    nodes: int,
    duty: dict[str, Any],
    *,
    rate: float = 0.0,
    network: dict[str, Any] | None = None,
    faults: tuple[Any, ...] = (),
    seed: int = 1,
    until: str | None = None,
    **options: Any,
) -> tuple[Simulation, list[Record]]:
    """A mesh of agents under a timetable, and the list that will hold its records."""
    from sim.workloads.requests import Requests

    asked = {"until": parse_duration(until)} if until else {}
    simulation = Simulation(
        murmur.topology("mesh", nodes=nodes),
        Timetable,
        Timetable.Config(duty=duty, **options),  # type: ignore[arg-type]
        network=murmur.NetworkConfig(**(network or {"latency": "5ms"})),
        workload=[Requests(rate=rate, **asked)] if rate else [],  # type: ignore[arg-type]
        faults=faults,
        seed=seed,
    )
    return simulation, simulation.keep_records()


def times(rows: list[Record], kind: str, node: int | None = None) -> list[int]:
    """When there was a record of a kind, of a node or of any."""
    return [row.time for row in rows if row.kind == kind and node in (None, row.node)]


def total(rows: list[Record], kind: str, field: str) -> int:
    """The sum of a field over the records of a kind."""
    return sum(row.fields[field] for row in rows if row.kind == kind)


def kinds(rows: list[Record]) -> Counter[str]:
    """How many records there are of each kind."""
    return Counter(row.kind for row in rows)
