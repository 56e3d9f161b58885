"""What is to be shrunk: the scenario of a run, of a run folder, or one that is given as itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.run import Run
    from scenarios.schema import Scenario
    from topologies.topology import Topology


def original(
    source: Run | Scenario | Mapping[str, Any] | str | Path,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
) -> Scenario:
    """Return the scenario to shrink; where its topology is a graph file, the graph is written out in it.

    Raises InputError where there is none, and where a run, which has its seed, is given another.
    """
    from scenarios.build import build_topology
    from scenarios.run import Run, given_scenario
    from scenarios.seed import parse_seed

    if isinstance(source, Run) or (isinstance(source, str | Path) and is_run_folder(source)):
        if seed is not None or tuple(overrides):
            raise InputError("found a seed or an override for a run, which has its own; give the scenario instead")
        return _of_run(source, plugins)
    scenario = given_scenario(source, overrides, plugins)
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": parse_seed(seed)})
    return scenario if scenario.topology.node_count is not None else _written_out(scenario, build_topology(scenario))


def is_run_folder(source: str | Path) -> bool:
    """Whether text or a path leads to a run folder, or looks as if it should, rather than to a scenario."""
    from analysis.run_writer import MANIFEST
    from scenarios.library import names

    path = Path(source)
    if (path / MANIFEST).is_file() or path.name in (MANIFEST, "latest"):
        return True
    if str(source) in names() or path.suffix in (".yaml", ".yml"):
        return False
    return path.is_dir() or (len(path.parts) > 1 and not path.is_file())


def _of_run(source: Run | str | Path, plugins: Collection[str]) -> Scenario:
    from analysis.run_folder import open_run
    from scenarios.replay import scenario_in
    from scenarios.run import Run

    if isinstance(source, Run):
        scenario, topology = source.scenario, source.simulation.topology
        return scenario if scenario.topology.node_count is not None else _written_out(scenario, topology)
    recorded = open_run(Path(source))
    scenario = scenario_in(recorded, plugins)
    return scenario if scenario.topology.node_count is not None else _written_out(scenario, recorded.topology())


def _written_out(scenario: Scenario, topology: Topology) -> Scenario:
    """Return the scenario with each link of a topology that was read from a file."""
    from topologies.links import as_links

    return scenario.model_copy(update={"topology": as_links(topology)})
