"""Options of the integrated equations that cannot be are refused with what would do."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.units import parse_duration
from tests.unit.sim.protocols.attractor.kuramoto_runs import RING, snapshots, swarm
from topologies.errors import InputError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"noise": 0.1}, "found 0.1, but 'rk4' takes none: give method: euler"),
        ({"delay": "5ms"}, "found 5ms, less than a step of 10ms"),
        ({"snapshot": "25ms"}, "no whole number of steps of 10ms; the nearest is 20ms"),
        ({"learning": {"rate": 500.0}}, "found 500/s with steps of 10ms; expected at most 1 in a step"),
        ({"strength": "strong"}, "valid number"),
        ({"strength": float("nan")}, "finite number"),
        ({"normalization": "neighbours"}, "'degree', 'population' or 'none'"),
        ({"step": "0s"}, "found 0; expected a duration longer than 0"),
        ({"method": "heun"}, "'rk4' or 'euler'"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict, words: str) -> None:
    """The message says what was found and what would do."""
    with pytest.raises((ValidationError, InputError)) as refused:
        Kuramoto.Config.model_validate(options)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("topology", "options", "words"),
    [
        (RING, {"strength": 200.0}, "coupling may move an agent by 0.318 turns; expected less than a quarter"),
        (RING, {"method": "euler", "noise": 100.0}, "noise may move an agent by 0.39 turns"),
        (RING, {"step": "1us", "delay": "100s"}, "found a delay of 100,000,000 steps for 12 agents"),
        ({"kind": "mesh", "nodes": 6000}, {"learning": {}}, "a complete graph of 6,000 agents whose links differ"),
    ],
)
def test_options_that_do_not_fit_a_topology_are_refused(topology: dict, options: dict, words: str) -> None:
    """Before anything runs."""
    with pytest.raises(InputError) as refused:
        swarm(topology, **options)
    assert words in str(refused.value)


def test_weights_too_large_for_exact_sums_are_refused(tmp_path: Path) -> None:
    """They can be scaled down, with more strength."""
    file = tmp_path / "pair.edgelist"
    file.write_text("0 1 1e12\n")
    with pytest.raises(InputError, match=r"weigh 1e\+12 together; expected at most 8.59e\+09: scale the weights down"):
        swarm({"kind": "file", "path": str(file)}, strength=1e-12)


def test_snapshots_come_about_every_second_by_default() -> None:
    """In whole steps, at most a second apart, or each step where that is longer."""
    for step, every in (("10ms", "1s"), ("300ms", "900ms"), ("3s", "3s")):
        simulation = swarm(RING, step=step, strength=0.1)
        rows = simulation.keep_records()
        simulation.run(parse_duration("9s") + 1)
        times = [row.time for row in rows]
        assert set(np.diff(times).tolist()) == {parse_duration(every)}


def test_two_agents_that_turn_more_than_once_a_step_still_hear_each_other_late() -> None:
    """With periods far below the step the phases that are heard between steps are right: those of a steady turn."""
    pair = {"kind": "links", "nodes": 2, "links": [[0, 1]]}
    options = {"phases": {"kind": "aligned"}, "snapshot": "100ms", "step": "100ms"}
    for period, delay in (("30ms", "150ms"), ("40ms", "125ms")):
        quick = snapshots(swarm(pair, period=period, delay=delay, **options), "2s")
        turns = parse_duration(delay) / parse_duration(period)
        natural = 2 * np.pi * parse_duration("100ms") / parse_duration(period)
        moved = np.angle(np.exp(1j * (quick[1, 0] - quick[0, 0] - natural)))
        assert moved == pytest.approx(-0.1 * np.sin(2 * np.pi * turns), abs=0.005)
