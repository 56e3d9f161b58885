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

    `topology`: the scenario's, where it has been built already. The same seed gives the same list. Raises InputError
    where the plan has no room in the run.
    """
    from faults.budget import LIMITS
    from faults.random_plan import RandomPlan
    from scenarios.build import build_topology, protocol_of

    plan = scenario.faults
    if not isinstance(plan, RandomPlan):
        return scenario
    built = build_topology(scenario) if topology is None else topology
    end = scenario.duration * 3 // 4 if scenario.liveness is None else scenario.liveness.at
    stream = Streams(scenario.seed).stream("faults/plan")
    try:
        drawn = plan.draw(built, protocol_of(scenario), end, LIMITS[scenario.budget](built.nodes), stream)
    except InputError as error:
        raise InputError(error.message, ("faults", *error.path)) from None
    return scenario.model_copy(update={"faults": drawn})
