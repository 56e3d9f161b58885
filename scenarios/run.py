"""Runs a scenario: builds it, watches it, and keeps what it came to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scenarios.build import build, build_topology
from scenarios.document import dotted
from scenarios.execute import Ending, run_to_end
from scenarios.library import load
from scenarios.overrides import apply_overrides, flags_of
from scenarios.plan import resolve
from scenarios.plugins import blamed_on
from scenarios.schema import Scenario, scenario_of
from scenarios.seed import parse_seed
from scenarios.watch import Watch
from sim.simulation import Balance, Simulation
from sim.units import format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict
    from analysis.metric import Value
    from analysis.run_frames import RunFrames
    from analysis.run_writer import RunWriter
    from analysis.samples_file import Sample
    from sim.records import Record
    from topologies.topology import Topology

Observer = Callable[[Simulation], None]
"""Is handed a simulation before it runs, to watch it."""


@dataclass(frozen=True)
class Run:
    """What a scenario came to. `ended` is simulated time in nanoseconds.

    `scenario` is what ran: a plan of faults that the seed drew is written out in it. `faults` tells of each fault what
    it did: `id`, `fault`, `strikes`, `healed`, `touched` and more.

    `folder` is where the run is on disk, if it is; where not, `records` holds the rows that its level of detail keeps.
    `timing` tells of the machine: seconds of wall time and events per second. All else is the same in each run of the
    same scenario.
    """

    scenario: Scenario
    simulation: Simulation = field(repr=False)
    digest: str
    balance: Balance
    metrics: dict[str, Value]
    samples: list[Sample] = field(repr=False)
    verdicts: tuple[RunVerdict, ...]
    faults: list[dict[str, Any]]
    ended: int
    ended_by: Ending
    timing: dict[str, float]
    records: list[Record] = field(repr=False)
    folder: Path | None = None

    def __repr__(self) -> str:
        """What it came to in a line, for people; `summary` has all of it."""
        parts = [f"seed {self.scenario.seed}, ended at {format_duration(self.ended)} ({self.ended_by})"]
        if "converged_at" in self.metrics:
            at = self.metrics["converged_at"]
            parts.append(f"converged at {format_duration(at)}" if isinstance(at, int) else "not converged")
        parts += [f"{verdict.check} {verdict.verdict}" for verdict in self.verdicts]
        where = [] if self.folder is None else [str(self.folder)]
        return f"<Run {self.scenario.name}: {'; '.join([*parts, f'digest {self.digest[:12]}', *where])}>"

    @property
    def summary(self) -> dict[str, Any]:
        """What it came to as plain data, the same for equal runs."""
        from analysis.manifest import balance_of

        topology = self.simulation.topology
        return {
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "topology": topology.kind,
            "nodes": topology.nodes,
            "protocol": self.scenario.protocol.kind or self.simulation.protocol.name(),
            "ended_ns": self.ended,
            "ended_by": self.ended_by,
            "digest": self.digest,
            "metrics": self.metrics,
            "faults": self.faults,
            "balance": balance_of(self.balance).model_dump(mode="json"),
            "verdicts": [verdict.model_dump(mode="json") for verdict in self.verdicts],
        }

    def frames(self) -> RunFrames:
        """Return its records, messages and samples as pandas frames, from where they are kept."""
        from analysis.run_frames import RunFrames

        if self.folder is None:
            return RunFrames(self.records, self.samples, self.scenario.detail)
        from analysis.run_folder import open_run

        return RunFrames(open_run(self.folder), self.samples, self.scenario.detail)

    @property
    def exit_code(self) -> int:
        """0: all checks hold; 1: one is violated; 3: none is, but one is unknown."""
        found = {verdict.verdict for verdict in self.verdicts}
        return 1 if "violated" in found else 3 if "unknown" in found else 0


def run(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    out: str | Path | None = None,
    *,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
    observers: Iterable[Observer] = (),
) -> Run:
    """Run a scenario: a built-in's name, a file, plain data, or one that was loaded; gives what it came to.

    Parameters: `out`, the folder to keep the run in (None: in memory); `seed` instead of the scenario's;
    `overrides`, flags such as `topology.nodes=64` or a mapping from such paths to values; `plugins`, modules whose
    protocols may run; `observers`, each handed the simulation before it starts. Raises InputError where the input is
    wrong.
    """
    scenario = given_scenario(scenario, overrides, plugins)
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": parse_seed(seed)})
    try:
        return run_loaded(scenario, out, observers)
    except InputError as error:
        raise placed(error) from None


def placed(error: InputError) -> InputError:
    """Return an error of a scenario with the field that it is about in its message."""
    field = f"{dotted(error.path)}: " if error.path else ""
    return InputError(field + error.message, error.path)


def run_loaded(
    scenario: Scenario,
    out: str | Path | None,
    observers: Iterable[Observer] = (),
    topology: Topology | None = None,
    *,
    censors: bool = False,
) -> Run:
    """Run a scenario as it is, on its own topology or on the one that was built for it before.

    A run that reaches its limit on events is an error; with `censors` it ends there, by `event limit`.
    """
    if out is None:
        return _run(scenario, observers, topology, None, censors)
    from analysis.run_writer import RunWriter

    with RunWriter(Path(out)) as writer:
        return _run(scenario, observers, topology, writer, censors)


def given_scenario(
    scenario: Scenario | Mapping[str, Any] | str | Path, overrides: Iterable[str], plugins: Collection[str]
) -> Scenario:
    """Return the scenario that was given in any of the ways that `run` takes; raises InputError where it is wrong."""
    if isinstance(scenario, str | Path):
        return load(scenario, overrides, plugins)
    if isinstance(scenario, Scenario):
        if tuple(overrides):
            raise InputError("overrides are for a scenario that is not loaded yet; hand them to murmur.load")
        return scenario
    flags = flags_of(overrides)
    return scenario_of(apply_overrides(scenario, flags) if flags else scenario, plugins)


def _run(
    scenario: Scenario,
    observers: Iterable[Observer],
    topology: Topology | None,
    writer: RunWriter | None,
    censors: bool,
) -> Run:
    with blamed_on(scenario.protocol.kind):
        topology = build_topology(scenario) if topology is None else topology
        scenario = resolve(scenario, topology)
        simulation = build(scenario, topology)
        records: list[Record] = []
        simulation.recorder.sink = records.extend if writer is None else writer.write
        watch = Watch.attach(simulation, scenario)
        for observe in observers:
            observe(simulation)
        began = perf_counter()
        ended_by = run_to_end(simulation, scenario, watch.measurements.tracker, censors=censors)
        simulation.conclude()
        seconds = perf_counter() - began
    run = replace(_ended(scenario, simulation, watch, ended_by, seconds), records=records)
    return run if writer is None else replace(run, folder=_keep(run, writer))


def _ended(scenario: Scenario, simulation: Simulation, watch: Watch, ended_by: Ending, seconds: float) -> Run:
    watch.finish(simulation, ended_by)
    return Run(
        scenario=scenario,
        simulation=simulation,
        digest=simulation.digest(),
        balance=simulation.balance(),
        metrics=watch.metrics,
        samples=watch.samples,
        verdicts=watch.verdicts,
        faults=watch.faults.told(),
        ended=simulation.now,
        ended_by=ended_by,
        records=[],
        timing={"seconds": seconds, "events_per_second": simulation.kernel.events_processed / max(seconds, 1e-9)},
    )


def _keep(run: Run, writer: RunWriter) -> Path:
    """Write what the run came to, and put its folder in place."""
    from analysis.manifest import FROM_A_FILE, describe

    manifest = describe(
        run.simulation, run.scenario.canonical(), ended_by=run.ended_by, rows=writer.events.rows, verdicts=run.verdicts
    )
    writer.samples = run.samples
    if manifest.topology.kind == FROM_A_FILE:
        writer.topology = run.simulation.topology
    return writer.finish(manifest, run.summary, run.timing)
