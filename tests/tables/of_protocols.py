"""Tables of the options of protocols."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from tests.tables.form import cells_of, fields_of, grid, kinds_of, models_of
from tests.tables.of_shared_state import THREADS

COMPARED: Final = ("coordinator", "primary-backup")
"""Protocols that have their options on the page of the comparison."""
SWARMS: Final = ("attractor", "kuramoto")
"""Protocols that have their options on the page of swarms."""
POPULATION: Final = ("natural frequencies", "first phases", "goal", "preferences", "energy", "detector")
"""Blocks of their options."""
OF_PHASES: Final = ("phase-coordinator", "phase-raft")
"""Protocols that agree on a phase without a swarm, with their options on the page of uses."""
RUNTIME: Final = (
    "actor-load",
    "broadcast",
    "lease",
    "pipeline",
    "restart-herd",
    "sharded-store",
    "quorum",
    "fan-out",
    "trading",
)
"""Protocols that each have a table on a page of their own."""
ELSEWHERE: Final = ("gossip", "raft", "timetable", "cache", *COMPARED, *SWARMS, *OF_PHASES, *THREADS, *RUNTIME)
"""Protocols that have a table of their own, or share one; all others are in the table `other protocols`."""


def _protocol(name: str) -> str:
    return fields_of(dict(models_of("protocols"))[name])


def _compared_protocols() -> str:
    return kinds_of(pair for pair in models_of("protocols") if pair[0] in COMPARED)


def _other_protocols() -> str:
    return kinds_of(pair for pair in models_of("protocols") if pair[0] not in ELSEWHERE)


def _strategies() -> str:
    from sim.protocols.attractor.strategies.registry import STRATEGIES

    return kinds_of(STRATEGIES.items())


def _learning() -> str:
    from sim.protocols.attractor.integrated.config import Learning

    return fields_of(Learning)


def _population(name: str) -> str:
    from sim.energy import Energy
    from sim.protocols.attractor import population

    models = {"energy": Energy, "natural frequencies": population.Frequencies, "first phases": population.InitialPhases}
    models |= {"goal": population.Goal, "preferences": population.Preferences, "detector": population.Detector}
    return fields_of(models[name])


def _phase_agreement() -> str:
    """The options of protocols that agree on a phase, but for those of Raft."""
    of_raft = {f"`{name}`" for name in dict(models_of("protocols"))["raft"].model_fields}
    rows = (
        [f"`{kind}`", *cells]
        for kind, model in models_of("protocols")
        if kind in OF_PHASES
        for cells in cells_of(model)
    )
    kept = (row for row in rows if row[0] != "`phase-raft`" or row[1] not in of_raft)
    return grid(("kind", "field", "type", "default", "meaning"), kept)


def _duties() -> str:
    from sim.protocols.attractor.duties.registry import DUTIES

    return kinds_of(DUTIES.items())


def _retries() -> str:
    from sim.runtime.retry_policy import RetryPolicy

    return fields_of(RetryPolicy)


TABLES_OF_PROTOCOLS: Final[dict[str, Callable[[], str]]] = {
    "gossip": lambda: _protocol("gossip"),
    "raft": lambda: _protocol("raft"),
    **{name: partial(_protocol, name) for name in RUNTIME},
    "retries": _retries,
    "timetable": lambda: _protocol("timetable"),
    "duties": _duties,
    "phase agreement": _phase_agreement,
    "compared protocols": _compared_protocols,
    "other protocols": _other_protocols,
    "attractor": lambda: _protocol("attractor"),
    "kuramoto": lambda: _protocol("kuramoto"),
    "learning": _learning,
    "strategies": _strategies,
    **{name: partial(_population, name) for name in POPULATION},
}
