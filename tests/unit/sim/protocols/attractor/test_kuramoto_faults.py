"""What faults of nodes, links and clocks do to agents that are moved together."""

from math import pi, sin

import numpy as np
import pytest

from faults.registry import FAULTS
from sim.network.config import NetworkConfig
from sim.node_life import LIFE_RECORDS
from sim.protocols.attractor.integrated.kuramoto import FAULTS as KNOWN
from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.simulation import Simulation
from tests.unit.sim.protocols.attractor.kuramoto_runs import ALIKE, RING, apart, coherence, snapshots, swarm
from topologies.errors import InputError
from topologies.registry import build

MESH = {"kind": "mesh", "nodes": 12}
NEAR = {**ALIKE, "period": "3s", "phases": {"kind": "normal", "spread": 0.5}}
PAIR = {"kind": "links", "nodes": 2, "links": [[0, 1]]}


def fault(kind: str, **options: object) -> object:
    """A fault as a scenario gives it."""
    return FAULTS[kind].config.model_validate({"kind": kind, **options})


def test_a_crashed_agent_pulls_nobody_and_is_recorded_as_down() -> None:
    """While the middle of a star is down the others run at their natural frequencies, and then are pulled again."""
    star = {"kind": "star", "nodes": 6}
    crash = fault("crash", target=0, at="1s", restart_after="1s")
    measured = snapshots(swarm(star, (crash,), **NEAR), "3s")
    down = np.isnan(measured[:, 0])
    assert down.tolist() == [11 <= number <= 20 for number in range(len(measured))]
    free = np.diff(np.unwrap(measured[11:21, 1:], axis=0), axis=0)
    assert free == pytest.approx(np.full(free.shape, 2 * pi / 30), abs=1e-8)
    coupled = np.diff(np.unwrap(measured[:10, 1:], axis=0), axis=0)
    assert np.abs(coupled - 2 * pi / 30).max() > 1e-3
    assert np.abs(np.diff(np.unwrap(measured[21:, 1:], axis=0), axis=0) - 2 * pi / 30).max() > 1e-3


def test_a_paused_agent_is_uncoupled_and_its_clock_goes_on() -> None:
    """It and the other one move at their natural frequencies, as if they were alone, until it is pulled again."""
    pause = fault("pause", target=0, at="500ms", resume_after="1s")
    measured = snapshots(swarm(PAIR, (pause,), **NEAR), "2s")
    free = np.diff(np.unwrap(measured[5:16], axis=0), axis=0)
    assert free == pytest.approx(np.full((10, 2), 2 * pi / 30), abs=1e-8)
    assert np.abs(np.diff(np.unwrap(measured[15:18, 0])) - 2 * pi / 30).min() > 1e-3


def test_pauses_and_restarts_within_steps_leave_phases_where_clocks_take_them() -> None:
    """Without coupling, all that was not crashed is in phase at any time, whenever in a step it was paused or put."""
    faults = (
        fault("pause", target=1, at="103ms", resume_after="104ms"),
        fault("pause", target=2, at="101ms", resume_after="1ms"),
        fault("crash", target=3, at="100ms", restart_after="103ms"),
        fault("pause", target=3, at="205ms", resume_after="2ms"),
        fault("crash", target=4, at="100ms", restart_after="103ms"),
        fault("pause", target=4, at="205ms", resume_after="50ms"),
    )
    options = {**NEAR, "strength": 0.0, "phases": {"kind": "aligned"}}
    last = snapshots(swarm(RING, faults, **options), "1s")[-1]
    assert last[[1, 2]] == pytest.approx(np.full(2, last[0]), abs=1e-8)
    assert last[[3, 4]] == pytest.approx(np.full(2, last[0] - 2 * pi / 3 * 0.203), abs=1e-8)


def test_a_node_that_leaves_and_joins_is_a_new_agent() -> None:
    """It is recorded as down meanwhile, and begins at a phase and a frequency that are drawn anew."""
    leave = fault("leave", target=3, at="1s", rejoin_after="550ms")
    simulation = swarm(RING, (leave,), frequencies={"kind": "gaussian", "width": 1.0}, **NEAR)
    measured = snapshots(simulation, "2s")
    assert np.isnan(measured[11:16, 3]).all()
    assert not np.isnan(measured[16:, 3]).any()


def test_what_begins_within_a_step_has_moved_by_itself_at_its_end() -> None:
    """An agent that restarts between two steps is where its own frequency takes it from the moment of its draw."""
    crash = fault("crash", target=0, at="100ms", restart_after="107ms")
    options = {**NEAR, "strength": 0.0, "phases": {"kind": "aligned"}}
    measured = snapshots(swarm(RING, (crash,), **options), "1s")
    assert measured[3, 0] == pytest.approx(2 * pi / 3 * 0.093, abs=1e-8)


def test_a_disrupted_agent_is_elsewhere_and_the_others_go_on() -> None:
    """Only the phases of those that were hit jump; the swarm comes together again."""
    disrupt = fault("disrupt", target=[2, 5], at="10s")
    measured = snapshots(swarm(MESH, (disrupt,), strength=0.5, **NEAR), "20s")
    r = coherence(measured)
    assert r[99] > 0.9999
    jumps = np.abs(apart(measured[101], measured[100]) - 2 * pi / 30)
    assert set(np.argsort(jumps)[-2:]) == {2, 5}
    assert r[101] < 0.999
    assert r[-1] > 0.9999


def test_a_partition_cuts_coupling_in_the_directions_that_it_cuts_messages() -> None:
    """Both ways: two halves at two common phases. One way: those who still hear come to the phase of the others."""
    halves = [list(range(6)), list(range(6, 12))]
    both = fault("partition", groups=halves, at="0s", heal_after="20s")
    measured = snapshots(swarm(MESH, (both,), frequencies={"kind": "fixed"}, **NEAR), "20s")
    one, other = coherence(measured[-1, :6]), coherence(measured[-1, 6:])
    assert min(one, other) > 0.999999
    assert coherence(measured[-1]) < 0.9999
    start, end = measured[0], measured[-1]
    assert (
        abs(apart(np.angle(np.exp(1j * start[:6]).sum()), np.angle(np.exp(1j * (end[:6] - 2 * pi * 20 / 3)).sum())))
        < 0.1
    )

    links = [[0, 1]]
    deaf = fault("loss", links={"one_way": links}, probability=1.0, at="0s")
    pair = snapshots(swarm(PAIR, (deaf,), **NEAR), "8s")
    alone = np.unwrap(pair[:, 1])
    assert np.diff(alone) == pytest.approx(np.full(80, 2 * pi / 30), abs=1e-8)
    assert abs(apart(pair[-1, 0], pair[-1, 1])) < 0.01 < abs(apart(pair[0, 0], pair[0, 1]))


def test_partitions_heal_and_the_swarm_is_one_again() -> None:
    """After the heal the mean field is that of all; the fault's record counts the directed links that it has cut."""
    cut = fault("partition", groups=[list(range(6)), list(range(6, 12))], at="1s", heal_after="2s")
    simulation = swarm(MESH, (cut,), **NEAR)
    rows = simulation.keep_records()
    simulation.run(12 * 10**9 + 1).conclude()
    assert coherence(np.array([row.fields["phases"] for row in rows if row.kind == "phases"]))[-1] > 0.999999
    assert [row.fields.get("touched") for row in rows if row.kind == "fault"][1:] == [72, 72]


@pytest.mark.parametrize(
    ("network", "faults", "share"),
    [
        ({"loss": 0.25}, (), 0.75),
        ({"corruption": 0.5}, (), 0.5),
        ({}, ({"kind": "loss", "probability": 0.6, "at": "0s"},), 0.4),
        ({}, ({"kind": "burst-loss", "enter_bad": 0.1, "leave_bad": 0.3, "at": "0s"},), 0.75),
        ({}, ({"kind": "clog", "at": "0s"},), 0.0),
        ({}, ({"kind": "flapping", "down": "20ms", "up": "60ms", "at": "0s"},), 0.75),
        ({"loss": 0.5}, ({"kind": "loss", "probability": 0.5, "at": "0s"},) * 2, 0.125),
    ],
)
def test_a_link_pulls_with_the_share_of_messages_that_it_lets_through(
    network: dict, faults: tuple[dict, ...], share: float
) -> None:
    """Two close agents approach at the rate 2 K times that share."""
    config = Kuramoto.Config.model_validate({**NEAR, "phases": {"kind": "normal", "spread": 0.01}})
    simulation = Simulation(
        build(PAIR, 1),
        Kuramoto,
        config,
        network=NetworkConfig.model_validate(network),
        faults=[fault(**{**one, "name": f"{number}"}) for number, one in enumerate(faults)],
    )
    measured = snapshots(simulation, "1s")
    gaps = np.abs(apart(measured[:, 0], measured[:, 1]))
    assert np.log(gaps[0] / gaps[-1]) == pytest.approx(2.0 * share, rel=0.05, abs=1e-3)


def test_a_clock_that_drifts_carries_the_natural_frequency_with_it() -> None:
    """An agent whose clock gains a tenth turns a tenth faster while it does, and coupled ones settle apart for it."""
    drift = fault("clock-drift", target=0, drift_ppm=100_000.0, at="1s", heal_after="1s")
    measured = snapshots(swarm(PAIR, (drift,), strength=0.0, **NEAR), "3s")
    moved = np.diff(np.unwrap(measured, axis=0), axis=0)
    assert moved[12:19, 0] == pytest.approx(np.full(7, 2.2 * pi / 30), abs=1e-7)
    assert moved[:9] == pytest.approx(np.full((9, 2), 2 * pi / 30), abs=1e-7)
    assert moved[22:] == pytest.approx(np.full((8, 2), 2 * pi / 30), abs=1e-7)

    lasting = fault("clock-drift", target=0, drift_ppm=100_000.0, at="0s")
    coupled = snapshots(swarm(PAIR, (lasting,), **NEAR), "15s")
    assert 2 * sin(apart(coupled[-1, 0], coupled[-1, 1])) == pytest.approx(0.1 * 2 * pi / 3, abs=1e-4)


def test_with_a_delay_the_last_words_of_an_agent_are_still_heard() -> None:
    """A crash is felt only after the delay, and so is a restart."""
    crash = fault("crash", target=0, at="1s", restart_after="1s")
    measured = snapshots(swarm(PAIR, (crash,), delay="300ms", **NEAR), "3s")
    pulled = np.abs(np.diff(np.unwrap(measured[:, 1])) - 2 * pi / 30) > 1e-8
    assert pulled[3:22].tolist() == [number < 13 for number in range(3, 22)]
    assert pulled[23:].all()


@pytest.mark.parametrize("kind", sorted(set(FAULTS) - KNOWN))
def test_faults_that_mean_nothing_here_are_refused(kind: str) -> None:
    """The error names the kind and those that there are."""
    config = FAULTS[kind].config
    required = {name: [0] for name, field in config.model_fields.items() if field.is_required() and name == "target"}
    with pytest.raises(InputError, match=f"{kind}.*means nothing to the protocol kuramoto.*partition"):
        swarm(RING, (config.model_construct(kind=kind, at=0, when=None, name=None, **required),))


def test_random_plans_hold_only_what_means_something() -> None:
    """Of many plans over all layers each can be armed."""
    from faults.random_plan import RandomPlan
    from sim.randomness import Stream

    plan = RandomPlan(layers=("node", "network", "partition", "clock", "core", "byzantine", "swarm"), most=20)
    kinds = set()
    for seed in range(20):
        drawn = plan.draw(build(RING, 1), Kuramoto, 10**10, None, Stream(seed), config=Kuramoto.Config())
        kinds |= {one.kind for one in drawn}
    assert kinds <= KNOWN
    assert len(kinds) > 6


@pytest.mark.parametrize("options", [{}, {"delay": "70ms", "lag": 0.2}, {"learning": {"rate": 1.0}}])
def test_under_random_plans_agents_move_unless_their_nodes_are_down(options: dict) -> None:
    """Whatever befalls them: in a step in which a node's life does not change its agent moves, or does not."""
    from faults.random_plan import RandomPlan
    from sim.randomness import Stream

    plan = RandomPlan(layers=("node", "network", "partition", "clock", "swarm"), most=12, fewest=6)
    steps, still = 0, 0
    for seed in range(6):
        faults = plan.draw(build(RING, 1), Kuramoto, 3 * 10**9, None, Stream(seed), config=Kuramoto.Config())
        simulation = swarm(RING, faults, seed, **{**ALIKE, **options})
        changed: set[int | None] = set()
        simulation.recorder.observe(LIFE_RECORDS, lambda record, changed=changed: changed.add(record.node))
        for end in range(10**8 + 1, 3 * 10**9, 10**8):
            simulation.run(end)
            before = simulation.collective.phases.copy()
            lives = [node.life for node in simulation.nodes]
            changed.clear()
            simulation.run(end + 2 * 10**7)
            for node in set(range(12)) - changed:
                moved = simulation.collective.phases[node] != before[node]
                assert moved == (lives[node] in ("up", "paused"))
                steps, still = steps + 1, still + (not moved)
    assert steps > 1000
    assert still > 30
