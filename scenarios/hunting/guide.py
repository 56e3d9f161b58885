"""Guided hunting: plans that came closest to a violation are changed a little and run again.

Runs come in generations of a fixed number. The first is that of a blind hunt. Of each later one a quarter is drawn as a
blind hunt draws it, and the rest are changed plans of runs that came closest so far (as fuzzers keep inputs that reach
something new: Zalewski's American Fuzzy Lop; with times and targets of faults as in Mallory, Meng et al., CCS 2023). A
run keeps the seed of the one whose plan it changes, so that all other chance is the same. A run that violates a check
is found, and never changed: what is looked for next is something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from faults.budget import LIMITS, overdrafts
from faults.random_plan import RandomPlan
from scenarios.build import build_topology, protocol_of
from scenarios.execution.row import number_of, seed_in
from scenarios.execution.task import Task, seed_of_run
from scenarios.hunting.closeness import closest
from scenarios.hunting.extremes import at_the_ends
from scenarios.hunting.finding import violations_in
from scenarios.hunting.mutation import Faults, Mutator
from scenarios.plan import resolve
from sim.randomness import Stream, derive_seed
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.execution.row import Row
    from scenarios.schema import Scenario
    from topologies.topology import Topology

GENERATION: Final = 64
"""Runs of a generation. Fixed, so that what is run does not depend on the number of workers."""
BLIND: Final = 4
"""Every so many-th run of a later generation is drawn as a blind hunt draws it."""
TRIES: Final = 10
"""How often a change is drawn until the plan is one that the scenario allows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with the seed of its run; `line` is the number of the run with which its line of changes began."""

    seed: int
    faults: Faults
    line: int


class Guide:
    """Chooses what a guided hunt runs next.

    `scenario` has the root seed and a random plan; `data` is what is run of it, as plain data; `keep` is as for `hunt`.
    `plans` holds the changed plans of runs that still matter, by number: those that came closest, violate a check, or
    are at an extreme. Raises InputError where the scenario leaves nothing to change.
    """

    def __init__(self, scenario: Scenario, data: Mapping[str, Any], keep: int) -> None:
        if not isinstance(scenario.faults, RandomPlan):
            message = (
                "found a list of faults; expected a plan to draw, {kind: random}: a guided hunt changes drawn plans"
            )
            raise InputError(message, ("faults",))
        self.scenario = scenario
        self.keep = keep
        self.plans: dict[int, Plan] = {}
        self._random = scenario.faults
        self._limit = LIMITS[scenario.budget]
        self._data = data
        self._elite: list[Row] = []
        self._extreme: list[Row] = []
        self._found: set[int] = set()
        self._known: dict[int, tuple[Topology, str, Faults]] = {}

    def generation(self, first: int, runs: int) -> list[Task]:
        """Return the runs of the generation that begins with a number, where there are so many in all."""
        return [self._task(number) for number in range(first, min(first + GENERATION, runs))]

    def learn(self, rows: Sequence[Row]) -> None:
        """Take in the rows of a generation, by number."""
        self._elite = closest([*self._elite, *rows], self._line)
        self._extreme = at_the_ends([*self._extreme, *rows], self.keep)
        self._found |= {number_of(row) for row in rows if any(violations_in(row))}
        matter = self._found.union(map(number_of, (*self._elite, *self._extreme)))
        self.plans = {number: plan for number, plan in self.plans.items() if number in matter}
        elite = set(map(seed_in, self._elite))
        self._known = {seed: known for seed, known in self._known.items() if seed in elite}

    def changed_scenarios(self) -> dict[int, Scenario]:
        """Return the scenarios of the runs in `plans`, each with its plan written out and its seed."""
        return {
            number: self.scenario.model_copy(update={"seed": plan.seed, "faults": plan.faults})
            for number, plan in self.plans.items()
        }

    def _line(self, row: Row) -> int:
        plan = self.plans.get(number_of(row))
        return number_of(row) if plan is None else plan.line

    def _task(self, number: int) -> Task:
        stream = Stream(derive_seed(self.scenario.seed, f"guided/{number}"))
        if self._elite and number % BLIND:
            parent, other = stream.choice(self._elite), stream.choice(self._elite)
            faults = self._changed(parent, other, stream)
            if faults is not None:
                self.plans[number] = plan = Plan(seed_in(parent), faults, self._line(parent))
                data = {**self._data, "faults": [fault.model_dump(mode="json") for fault in faults]}
                return Task(number, plan.seed, data)
        return Task(number, seed_of_run(self.scenario.seed, number), self._data)

    def _changed(self, parent: Row, other: Row, stream: Stream) -> Faults | None:
        """Return a changed plan that keeps the budget; None where none is found."""
        topology, digest, _ = self._system(seed_in(parent))
        before = self._faults(parent)
        parts = self._faults(other) if self._system(seed_in(other))[1] == digest else None
        limit = self._limit(topology.nodes)
        mutator = self._mutator(topology, limit, stream)
        for _ in range(TRIES):
            faults = mutator.changed(before, parts)
            broken = limit is not None and any(overdrafts(faults, limit, topology.nodes))
            if faults != before and not broken:
                return faults
        return None

    def _mutator(self, topology: Topology, limit: int | None, stream: Stream) -> Mutator:
        scenario = self.scenario
        end = scenario.duration * 3 // 4 if scenario.liveness is None else scenario.liveness.at
        has_cores = scenario.has_cores
        return Mutator.of(self._random, topology, protocol_of(scenario), end, limit, stream, has_cores)

    def _faults(self, row: Row) -> Faults:
        """Return the plan of a run."""
        plan = self.plans.get(number_of(row))
        return self._system(seed_in(row))[2] if plan is None else plan.faults

    def _system(self, seed: int) -> tuple[Topology, str, Faults]:
        """Return the topology that a seed gives, its digest, and the plan that the seed draws."""
        if seed not in self._known:
            seeded = self.scenario.model_copy(update={"seed": seed})
            topology = build_topology(seeded)
            self._known[seed] = (topology, topology.digest(), resolve(seeded, topology).fault_list)
        return self._known[seed]
