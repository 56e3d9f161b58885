"""From a scenario to the simulation that it describes, ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.plan import resolve
from scenarios.schema import Clocks, Scenario
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.simulation import ClockSpread, Simulation
from topologies.errors import InputError
from topologies.topology import Topology

if TYPE_CHECKING:
    from sim.simulation import Plan

PARTS_PER_BILLION = 1_000
"""In one part per million."""


class _Placed:
    """A plan whose errors name its place in the scenario."""

    def __init__(self, plan: Any, path: tuple[str | int, ...]) -> None:
        self.plan = plan
        self.path = path
        self.records: tuple[str, ...] | None = getattr(plan, "records", None)

    def arm(self, simulation: Simulation) -> None:
        try:
            self.plan.arm(simulation)
        except InputError as error:
            raise InputError(error.message, (*self.path, *error.path)) from None


def build(scenario: Scenario, topology: Topology | None = None) -> Simulation:
    """Return the simulation of a scenario, nothing of it run yet.

    A plan of faults that is to be drawn is drawn. The topology's own chance comes from the seed `topology` of the
    scenario's root seed; `topology` is one that was built before, as a run folder may hold it. Raises InputError, with
    the path of the field, where the scenario asks for what cannot be built.
    """
    built = build_topology(scenario) if topology is None else topology
    scenario = resolve(scenario, built)
    _demand_nodes(scenario, built.nodes)
    workload: list[Plan] = [_Placed(scenario.workload, ("workload",))] if scenario.workload is not None else []
    return Simulation(
        built,
        protocol_of(scenario),
        scenario.protocol,
        network=scenario.network,
        seed=scenario.seed,
        workload=workload,
        faults=_faults(scenario),
        detail=scenario.detail,
        clocks=_spread(scenario.clocks),
        handling=scenario.handling,
        hardware=scenario.hardware,
        tie_break=scenario.tie_break,
        event_limit=scenario.limits.events,
    )


def _demand_nodes(scenario: Scenario, population: int) -> None:
    try:
        scenario.protocol.demand_nodes(population)
    except InputError as error:
        raise InputError(error.message, ("protocol", *error.path)) from None


def _faults(scenario: Scenario) -> list[Plan]:
    """What breaks: the budget first, for it holds for all that follow."""
    from faults.budget import BudgetLimit

    plans: list[Plan] = [BudgetLimit(scenario.budget)] if scenario.budget != "unbounded" else []
    plans += [_Placed(fault, ("faults", index)) for index, fault in enumerate(scenario.fault_list)]
    if scenario.liveness is not None:
        plans.append(_Placed(scenario.liveness, ("liveness",)))
    return plans


def build_topology(scenario: Scenario) -> Topology:
    """Return the topology of a scenario, the same for the same seed."""
    from topologies.graph_file import FileConfig

    config = scenario.topology
    if isinstance(config, FileConfig) and scenario.graph_folder is not None:
        config = config.below(scenario.graph_folder)
    try:
        return config.build(Streams(scenario.seed).seed("topology"))
    except InputError as error:
        raise InputError(error.message, ("topology", *error.path)) from None


def protocol_of(scenario: Scenario) -> type[Protocol]:
    """Return the protocol class of a scenario: a built-in one, or a user's that was allowed when it was read."""
    from sim.protocols.registry import PROTOCOLS

    kind = scenario.protocol.kind
    if kind in PROTOCOLS:
        return PROTOCOLS[kind].protocol
    from scenarios.plugins import load_protocol

    return load_protocol(kind, (kind.partition(":")[0],))


def _spread(clocks: Clocks | None) -> ClockSpread | None:
    if clocks is None:
        return None
    return ClockSpread(offset=clocks.offset, drift=round(clocks.drift_ppm * PARTS_PER_BILLION))
