"""Metrics of swarms: of states made by hand and of real runs, and the same from disk as live."""

from __future__ import annotations

from itertools import count
from math import exp, pi, sin, tau
from pathlib import Path
from typing import Any

import pytest

from analysis.coherence_tracker import CoherenceTracker
from analysis.manifest import RunBalance, describe
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from analysis.probes import SWARM_SERIES, Probes
from analysis.run_folder import open_run
from analysis.run_writer import RunWriter
from analysis.swarm.looks import Looks
from analysis.swarm.strikes import Strikes
from analysis.verdict import subject_of
from sim.convergence import Coherence
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.protocols.attractor.population import Goal, InitialPhases
from sim.records import Record
from sim.simulation import Simulation
from tests.small_protocols import MILLISECOND, SECOND, At
from topologies.registry import build

PERIOD = 200 * MILLISECOND
TURN = tau / 0.2
"""Radians per second of one turn a period."""
AIM = Coherence(target=1.0, tolerance=0.05, dwell=PERIOD, period=PERIOD, phase=0.0)


def told(measured: Measurements, *records: tuple[int, int | None, str, dict[str, Any]], end: int) -> Measurements:
    """Measurements that were told of these records, of a run that has ended."""
    numbers = count()
    for time, node, kind, fields in records:
        for kinds, observer in measured.observers:
            if kind in kinds:
                observer(Record(time, next(numbers), node, kind, fields))
    return measured._finish(end, RunBalance(sent=0, outcomes={}, in_flight=0, waiting=0, duplicated=0, sums=True))


def phase(
    time: int, node: int, angle: float, frequency: float = TURN, **fields: float
) -> tuple[int, int, str, dict[str, Any]]:
    """What an agent says of its phase."""
    return time, node, "phase", {"phase": angle, "frequency": frequency, **fields}


def strike(time: int, fault: str = "disrupt", phase: str = "begin") -> tuple[int, None, str, dict[str, Any]]:
    """A fault that strikes."""
    return time, None, "fault", {"fault": fault, "phase": phase, "id": "1"}


def test_a_swarm_that_is_disrupted_and_comes_back() -> None:
    """One of four agents is thrown to the other side for a second: all that follows from it, by hand."""
    measured = told(
        Measurements(AIM, 4),
        *(phase(0, node, 0.25, energy=10.0) for node in range(4)),
        strike(2 * SECOND),
        phase(2 * SECOND, 3, 0.25 + pi, energy=10.0),
        strike(2 * SECOND + MILLISECOND, phase="end"),
        phase(3 * SECOND, 3, 0.25, energy=7.5),
        end=4 * SECOND,
    )
    found = metrics_of(measured)
    look, seen = PERIOD // 20, 1.0 * SECOND
    assert (found["coherence"], found["lowest_coherence_after_strike"]) == (1.0, 0.5)
    assert (found["first_converged_at"], found["converged_at"]) == (look, 3 * SECOND + look)
    assert found["coherence_mean"] == pytest.approx((0.5 * seen + 1.0 * (2 * SECOND - seen)) / (2 * SECOND), abs=1e-2)
    assert found["coherence_sd"] == pytest.approx(0.25, abs=1e-2)
    assert found["time_within_tolerance"] == pytest.approx(0.75, abs=1e-2)
    assert found["swarm_recovery_by_fault"] == {"disrupt": SECOND + look}
    assert found["swarm_recovery_median"] == found["swarm_recovery_max"] == SECOND + look
    assert (found["swarm_unrecovered_strikes"], found["energy_spent"]) == (0, 2.5)
    assert found["goal_phase_distance"] == pytest.approx(0.25)
    assert found["coherence_r2"] == pytest.approx(1)
    assert found["gap_ratio"] == pytest.approx(4)


@pytest.mark.parametrize(
    ("strikes", "held", "took"),
    [
        ([10], [(0, None)], [0]),
        ([10], [(0, 15), (40, None)], [30]),
        ([10, 20], [(0, 25), (40, None)], [0, 20]),
        ([10, 20], [(0, 15), (40, None)], [30, 20]),
        ([10, 10], [(0, 15), (40, None)], [30, 30]),
        ([10], [(0, 15)], [None]),
        ([10], [(30, None)], [20]),
        ([10], [], [None]),
        ([50], [(0, 15), (40, None)], [0]),
    ],
)
def test_recovery_is_from_each_strike_to_the_next_time_it_holds(
    strikes: list[int], held: list[tuple[int, int | None]], took: list[int | None]
) -> None:
    """It takes no time where nothing is lost before the next strike, and none is known where it never comes back."""
    strikes_of_run = Strikes()
    for time in strikes:
        strikes_of_run.observe(Record(time, 0, None, "fault", strike(time)[3]))
    assert [one.took for one in strikes_of_run.recovered(held)] == took


def test_a_recovery_that_never_comes_is_the_longest() -> None:
    """With one of three strikes never recovered from there is a median and no maximum, with two neither."""
    records = [*(phase(0, node, 0.0) for node in range(2)), strike(SECOND), strike(2 * SECOND), strike(3 * SECOND)]
    once = metrics_of(told(Measurements(AIM, 2), *records, phase(3 * SECOND, 1, pi), end=5 * SECOND))
    assert (once["swarm_recovery_median"], once["swarm_recovery_max"], once["swarm_unrecovered_strikes"]) == (
        0,
        None,
        1,
    )
    twice = metrics_of(told(Measurements(AIM, 2), *records[:-1], phase(2 * SECOND, 1, pi), records[-1], end=5 * SECOND))
    assert (twice["swarm_recovery_median"], twice["swarm_recovery_max"], twice["swarm_unrecovered_strikes"]) == (
        None,
        None,
        2,
    )


def test_the_period_is_that_of_the_mean_phase() -> None:
    """Agents that say they turn once in 200 ms, and are put back 1 % of a turn each time, turn once in 202 ms."""
    jumps = [phase(cycle * PERIOD, node, (-tau * 0.01 * cycle) % tau) for cycle in range(50) for node in range(3)]
    found = metrics_of(told(Measurements(AIM, 3), *jumps, end=10 * SECOND))
    assert found["goal_period_distance"] == pytest.approx(PERIOD / 0.99 - PERIOD, rel=0.02)


def test_the_decay_of_the_slowest_mode_is_found() -> None:
    """Phases that come together as a slow and a faster exponential do so at the slow rate."""
    looks = [time * PERIOD // 20 for time in range(1200)]
    offsets = [0.3 * exp(-2e-9 * time) + 0.4 * exp(-7e-9 * time) for time in looks]
    jumps = [
        phase(time, node, (side * by) % tau, 0.0)
        for time, by in zip(looks, offsets, strict=True)
        for node, side in ((0, 1), (1, -1))
    ]
    found = metrics_of(told(Measurements(AIM, 2), *jumps, end=12 * SECOND))
    assert found["decay_rate"] == pytest.approx(2, rel=0.002)


def test_nobody_there_gives_no_numbers() -> None:
    """A swarm of which all are down has no coherence, nor has one that never said a phase."""
    silent = metrics_of(told(Measurements(AIM, 2), end=SECOND))
    down = metrics_of(told(Measurements(AIM, 2), phase(0, 0, 1.0), (1, 0, "crashed", {}), end=SECOND))
    for found in (silent, down):
        assert [
            found[name] for name in ("coherence", "coherence_mean", "coherence_r2", "phase_entropy", "gap_ratio")
        ] == [None] * 5
        assert (found["converged_at"], found["decay_rate"], found["goal_period_distance"]) == (None,) * 3


def swarm(kind: str = "ring", detail: Any = "states", **options: Any) -> Simulation:
    """A swarm of ten that talk by messages; two crash, one comes back."""
    config = Attractor.Config(period=PERIOD, **options)
    faults = (At(((SECOND, "crash", 3), (SECOND, "crash", 9), (2 * SECOND, "restart", 3))),)
    return Simulation(build({"kind": kind, "nodes": 10}), Attractor, config, seed=3, detail=detail, faults=faults)


def test_a_real_swarm_from_disk_as_live(tmp_path: Path) -> None:
    """Every metric of a run folder is, to the last bit, what it was live with samples taken in between."""
    simulation = swarm("mesh", detail="all")
    with RunWriter(tmp_path / "run") as writer:
        simulation.recorder.sink = writer.write
        live = Measurements.attach(simulation)
        Probes(simulation, 37 * MILLISECOND, 4 * SECOND, live.tracker)
        live.ended(simulation.run(until=4 * SECOND))
        scenario = {"topology": {"kind": "mesh", "nodes": 10}}
        manifest = describe(simulation, scenario, ended_by="duration", rows=writer.events.rows)
        run = open_run(writer.finish(manifest, {}))
    subject = subject_of(Attractor, simulation.config, 10)
    assert metrics_of(Measurements.of_run(run, subject)) == metrics_of(live)
    assert metrics_of(live)["coherence"] == pytest.approx(1, abs=0.01)
    assert isinstance(live.tracker, CoherenceTracker)
    period = Looks(live.tracker, live.end, 3 * SECOND).period
    assert period is not None
    assert PERIOD < period < 1.1 * PERIOD  # reports are late and nobody compensates, so that all wait for all a little


def test_samples_of_a_swarm_end_with_its_metrics() -> None:
    """The series of a swarm are those of its order, and their last values are its metrics at the end."""
    simulation = swarm(goal=Goal(coherence=1.0, tolerance=0.05))
    live = Measurements.attach(simulation)
    probes = Probes(simulation, 100 * MILLISECOND, 3 * SECOND, live.tracker)
    found = metrics_of(live.ended(simulation.run(until=3 * SECOND)))
    last = {sample.metric: sample.value for sample in probes.finish(simulation) if sample.time == 3 * SECOND}
    names = {"coherence": "coherence", "second_order": "coherence_r2", "entropy": "phase_entropy"}
    names["local_coherence"] = "local_coherence"
    assert {name: last[name] for name in names} == {
        name: pytest.approx(found[metric], abs=1e-9) for name, metric in names.items()
    }
    assert names.keys() == SWARM_SERIES.keys()
    assert sum(sample.metric == "coherence" for sample in probes.samples) == 31


def test_snapshots_are_compared_with_the_goal_of_their_own_time() -> None:
    """In the last snapshot all are at the goal's phase, though the run ends later; the period is not seen in so few."""
    at = 5 * SECOND + PERIOD // 4
    snapshots = [(at - SECOND, None, "phases", {"phases": (0.0, 0.0)}), (at, None, "phases", {"phases": (pi / 2,) * 2})]
    found = metrics_of(told(Measurements(AIM, 2), *snapshots, end=5 * SECOND + PERIOD // 2))
    assert found["goal_phase_distance"] == pytest.approx(0, abs=1e-9)
    assert found["goal_period_distance"] is None
    often = [
        (cycle * PERIOD // 10, None, "phases", {"phases": (tau * cycle / 10 % tau,) * 2}) for cycle in range(1, 101)
    ]
    found = metrics_of(told(Measurements(AIM, 2), *often, end=10 * PERIOD))
    assert found["goal_period_distance"] == pytest.approx(0, abs=0.02 * PERIOD)


@pytest.mark.parametrize(
    ("topology", "rate"),
    [
        ({"kind": "ring", "nodes": 16}, 4 * sin(pi / 16) ** 2),
        ({"kind": "star", "nodes": 16}, 1.0),
        ({"kind": "line", "nodes": 8}, 4 * sin(pi / 16) ** 2),
    ],
)
def test_relaxation_of_the_kuramoto_equations(topology: dict[str, Any], rate: float) -> None:
    """Near the synchronised state phases decay at the Laplacian's second eigenvalue, times K (Arenas et al. 2006)."""
    phases, step = InitialPhases(kind="normal", spread=0.01), 50 * MILLISECOND
    config = Kuramoto.Config(strength=1.0, normalization="none", phases=phases, step=step, snapshot=4 * step)
    simulation = Simulation(build(topology), Kuramoto, config, seed=2)
    found = metrics_of(Measurements.attach(simulation).ended(simulation.run(until=80 * SECOND)))
    assert found["decay_rate"] == pytest.approx(rate, rel=0.015)
