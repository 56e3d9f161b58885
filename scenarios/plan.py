"""From a scenario whose plan of faults is to be drawn to one that writes it out, so that it can be read and edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.schema import Scenario
from sim.randomness import Streams
from topologies.errors import InputError

if TYPE_CHECKING:
    from topologies.topology import Topology


def resolve(scenario: Scenario, topology: Topology | None = None) -> Scenario:
    """Return the scenario with its faults as a list: drawn from its seed where they are a plan, else as they are.

    What faults read from files is written out too. `topology`: the scenario's, where it has been built already. The
    same seed gives the same list. Raises InputError where the plan has no room in the run, or a file is wrong.
    """
    from faults.budget import LIMITS
    from faults.random_plan import RandomPlan
    from scenarios.build import build_topology, protocol_of

    plan = scenario.faults
    if not isinstance(plan, RandomPlan) and not any(fault.reads_a_file for fault in plan):
        return scenario
    built = build_topology(scenario) if topology is None else topology
    if not isinstance(plan, RandomPlan):
        return _with_files_read(scenario, built.nodes)
    end = scenario.duration * 3 // 4 if scenario.liveness is None else scenario.liveness.at
    stream = Streams(scenario.seed).stream("faults/plan")
    try:
        limit, has_cores = LIMITS[scenario.budget](built.nodes), scenario.has_cores
        drawn = plan.draw(built, protocol_of(scenario), end, limit, stream, has_cores, scenario.protocol)
    except InputError as error:
        raise InputError(error.message, ("faults", *error.path)) from None
    return scenario.model_copy(update={"faults": drawn})


def _with_files_read(scenario: Scenario, population: int) -> Scenario:
    faults = []
    for index, fault in enumerate(scenario.fault_list):
        try:
            faults.append(fault.with_files_read(scenario.fault_folders.get(index), population))
        except InputError as error:
            raise InputError(error.message, ("faults", index, *error.path)) from None
    resolved = scenario.model_copy(update={"faults": tuple(faults)})
    resolved.forget_fault_folders()
    return resolved
