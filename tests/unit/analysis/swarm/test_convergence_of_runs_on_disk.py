"""What a run on disk was to converge to: told from the options of its protocol, also with parts of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.manifest import describe
from analysis.plots.run_view import view_of_folder
from analysis.run_folder import open_run
from analysis.run_writer import RunWriter
from sim.convergence import Coherence, Convergence
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.population import Goal
from sim.protocols.attractor.strategy import Adjustment, Strategy
from sim.simulation import Simulation
from tests.small_protocols import MILLISECOND
from topologies.registry import build


class Stay(Strategy):
    """Never moves."""

    kind: str = f"{__name__}:Stay"

    def decide(self, *_: Any) -> Adjustment:
        """Stay where one is."""
        return Adjustment()


def convergence(folder: Path, config: Any, **others: str) -> Convergence | None:
    """What a run with these options, of which others are written to disk, is seen to converge to."""
    simulation = Simulation(build({"kind": "ring", "nodes": 4}), Attractor, config)
    with RunWriter(folder) as writer:
        simulation.recorder.sink = writer.write
        simulation.run(until=MILLISECOND)
        options = config.model_dump(mode="json") | others
        scenario = {"protocol": options, "topology": {"kind": "ring", "nodes": 4}}
        manifest = describe(simulation, scenario, ended_by="duration", rows=writer.events.rows)
        return view_of_folder(open_run(writer.finish(manifest, {}))).convergence


def test_the_options_of_a_run_say_what_it_converges_to(tmp_path: Path) -> None:
    """The goal of a swarm is read from its folder, with a strategy of the user's own that is loaded as without."""
    goal, period = Goal(coherence=0.7, tolerance=0.1, phase=1.0), 100 * MILLISECOND
    expected = Coherence(0.7, 0.1, period, period, phase=1.0)
    assert convergence(tmp_path / "built-in", Attractor.Config(period=period, goal=goal)) == expected
    own = Attractor.Config(period=period, goal=goal, strategy=Stay())
    assert convergence(tmp_path / "own", own) == expected


def test_options_that_are_not_understood_say_nothing(tmp_path: Path) -> None:
    """A strategy of a module that is not loaded leaves open what the run was to converge to."""
    own = Attractor.Config(strategy=Stay())
    gone = own.model_dump(mode="json")["strategy"] | {"kind": "gone:Stay"}
    assert convergence(tmp_path / "run", own, strategy=gone) is None
