"""An agent of a swarm: its phase between events, what it hears, what it forgets, what a crash leaves."""

from __future__ import annotations

import cmath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.message import Message
from sim.protocols.attractor.attractor import REPORT, TICK, Attractor
from sim.protocols.attractor.config import AttractorConfig
from sim.protocols.attractor.messages import Pulse, Report
from sim.protocols.attractor.phase import TURN, radians_of, speed_of_frequency, speed_of_period
from sim.protocols.attractor.population import Frequencies, InitialPhases
from sim.protocols.attractor.strategy import Adjustment
from sim.randomness import Stream
from sim.simulation import ClockSpread
from tests.unit.sim.protocols.attractor.swarms import MILLISECOND, PERIOD, SECOND, coherence, of_kind, phases, swarm
from tests.unit.sim.protocols.raft.raft_server import Bench
from topologies.errors import InputError


def agent(**options: Any) -> tuple[Attractor, Bench]:
    """An agent that has started at phase zero, on a bench."""
    bench = Bench()
    config = AttractorConfig.model_validate({"period": PERIOD, "phases": {"kind": "aligned"}, **options})
    protocol = Attractor.on(bench, config)  # type: ignore[arg-type]
    protocol.on_start()
    return protocol, bench


def tell(protocol: Attractor, source: int, turns: float, **fields: Any) -> None:
    """A report that the agent hears, of a phase in turns."""
    report = Report(int(turns * TURN), fields.get("speed", protocol.speed), fields.get("stamp", protocol.node.now))
    protocol.on_message(Message(source, protocol.node.id, report, 0, 0, 0))


@given(st.lists(st.integers(0, 10**10), max_size=20), st.sampled_from([PERIOD, 7 * SECOND + 1, 3600 * SECOND]))
def test_a_phase_is_the_same_however_often_it_is_asked_for(moments: list[int], period: int) -> None:
    """What an agent's phase is depends on time alone, not on how often it was looked at."""
    protocol, _ = agent(period=period)
    asked = [protocol.phase_at(moment) for moment in sorted(moments)]
    assert asked == [speed_of_period(period) * moment for moment in sorted(moments)]


def test_an_agent_moves_by_the_euler_step_of_its_equation() -> None:
    """One neighbour a quarter of a turn ahead pulls by K dt, one behind by minus that, both by nothing."""
    for ahead, expected in (((0.25,), 0.1), ((0.75,), -0.1), ((0.25, 0.75), 0.0), ((0.5,), 0.0)):
        protocol, bench = agent(strategy={"kind": "attract", "strength": 5.0}, report=20 * MILLISECOND)
        bench.elapsed = 20 * MILLISECOND
        for source, turns in enumerate(ahead):
            tell(protocol, source + 1, protocol.phase_at(bench.elapsed) / TURN + turns)
        before = protocol.phase_at(bench.elapsed)
        protocol.on_timer(REPORT)
        assert radians_of(protocol.phase_at(bench.elapsed) - before + TURN // 2) - 3.141592653589793 == pytest.approx(
            expected, abs=1e-9
        )


def test_neighbours_are_taken_to_go_on_as_they_were() -> None:
    """A report of one who goes twice as fast is brought up to now; one who stands still falls behind."""
    protocol, bench = agent(report=PERIOD)
    tell(protocol, 1, 0.0, speed=2 * protocol.speed)
    tell(protocol, 2, 0.0, speed=0)
    bench.elapsed = PERIOD // 4
    assert protocol.neighborhood(bench.elapsed).turns == pytest.approx([0.25, -0.25], abs=1e-12)


@pytest.mark.parametrize(("way", "age"), [("nothing", 0), ("stamps", 30 * MILLISECOND), ("expected", 10 * MILLISECOND)])
def test_the_age_of_a_report_is_reckoned_as_the_options_say(way: str, age: int) -> None:
    """A report from 30 ms ago counts as new, as that old, or as old as is expected."""
    protocol, bench = agent(compensate=way, delay=10 * MILLISECOND)
    bench.elapsed = 50 * MILLISECOND
    tell(protocol, 1, 0.0, stamp=20 * MILLISECOND)
    assert protocol.neighborhood(bench.elapsed).turns == pytest.approx([age / PERIOD - 0.25], abs=1e-12)


def test_one_who_is_not_heard_of_is_forgotten() -> None:
    """A neighbour whose last report is older than five intervals counts no longer, and is let go."""
    protocol, bench = agent(report=20 * MILLISECOND)
    tell(protocol, 1, 0.1)
    bench.elapsed = 100 * MILLISECOND
    assert len(protocol.neighborhood(bench.elapsed)) == 1
    bench.elapsed += 1
    assert len(protocol.neighborhood(bench.elapsed)) == 0
    assert not protocol.heard


def test_ticks_come_once_a_turn_and_not_again_after_a_step_back() -> None:
    """An agent that was moved back over phase zero does not pass it twice in one turn."""
    protocol, bench = agent(ticks=True)
    bench.elapsed = bench.timers[TICK]
    protocol.on_timer(TICK)
    protocol.anchor -= TURN // 4
    bench.elapsed += PERIOD // 4
    protocol.on_timer(TICK)
    assert sum(kind == "tick" for kind, _ in bench.records) == 1
    assert bench.timers[TICK] >= bench.elapsed + PERIOD - 1


def pass_time(protocol: Attractor, bench: Bench, until: int) -> None:
    """Let ticks that are due come, up to a time."""
    while bench.timers.get(TICK, until + 1) <= until:
        bench.elapsed = bench.timers.pop(TICK)
        protocol.on_timer(TICK)
    bench.elapsed = until


def ticks_in(bench: Bench, since: int = 0) -> int:
    """How many ticks there are among the records, from one of them on."""
    return [kind for kind, _ in bench.records[since:]].count("tick")


MOVES = st.tuples(
    st.integers(0, 3 * PERIOD),
    st.one_of(st.just(0.0), st.floats(-20.0, 20.0), st.floats(-0.5, 0.5)),
    st.one_of(st.just(0.0), st.floats(-100.0, 100.0)),
)


@given(st.floats(-100.0, 100.0), st.lists(MOVES, max_size=12))
def test_no_tick_is_lost_and_none_comes_twice_in_a_turn(offset: float, moves: list[tuple[int, float, float]]) -> None:
    """However its phase and frequency are changed, backwards too, an agent ticks when it is a turn from its last."""
    protocol, bench = agent(ticks=True)
    protocol.speed += speed_of_frequency(offset)
    protocol._begin_at(0.25, 0)
    for wait, phase, frequency in moves:
        earlier, ticked = protocol.turns, len(bench.records)
        pass_time(protocol, bench, bench.elapsed + wait)
        assert ticks_in(bench, ticked) == abs(protocol.turns - earlier)
        earlier, ticked = protocol.turns, len(bench.records)
        protocol._adjust(Adjustment(phase, frequency), bench.elapsed)
        assert ticks_in(bench, ticked) == (protocol.turns != earlier)
        assert abs(protocol.phase_at(bench.elapsed) - protocol.turns * TURN) < TURN


def test_one_who_goes_backwards_ticks_once_a_turn() -> None:
    """An agent whose natural frequency is below zero passes phase zero as often as one that goes forwards."""
    protocol, bench = agent(ticks=True)
    protocol.speed = -protocol.speed
    protocol._begin_at(0.25, 0)
    pass_time(protocol, bench, 10 * PERIOD)
    assert ticks_in(bench) == 10


def test_one_who_is_put_elsewhere_ticks_when_it_passes_zero_from_there() -> None:
    """An agent that was moved back over phase zero, and is then disrupted, passes it at the end of that turn."""
    protocol, bench = agent(ticks=True)
    pass_time(protocol, bench, PERIOD)
    protocol._adjust(Adjustment(-0.1), PERIOD)
    assert protocol.disrupt(Stream(1))
    pass_time(protocol, bench, 2 * PERIOD)
    assert ticks_in(bench) == 2


def test_an_agent_keeps_its_natural_frequency_and_draws_its_phase_anew() -> None:
    """After a crash the frequency is the same, from the disk; the phase is another."""
    simulation = swarm(frequencies={"kind": "gaussian", "width": 1.0})
    simulation.run(SECOND)
    before = simulation.nodes[3].protocol
    simulation.crash(3)
    simulation.restart(3)
    simulation.run(SECOND + 1)
    after = simulation.nodes[3].protocol
    assert after is not before
    assert after.natural == before.natural
    assert after.phase_at(SECOND) != before.phase_at(SECOND)


def test_the_frequency_is_drawn_before_the_phase_from_the_node_alone() -> None:
    """Both come from the stream of the node, so that another swarm with the same seed can begin alike."""
    simulation = swarm(frequencies={"kind": "uniform", "width": 2.0}, seed=9)
    rows = simulation.keep_records()
    simulation.run(0)
    simulation.run(1)
    for row in of_kind(rows, "phase")[:12]:
        assert row.node is not None
        stream = simulation.streams.stream(f"attractor/{row.node}")
        twin = Stream(stream.state)
        offset = Frequencies(kind="uniform", width=2.0).offset(row.node, 12, twin)
        assert row.fields["frequency"] == pytest.approx(31.41592653589793 + offset, abs=1e-8)
        assert row.fields["phase"] == pytest.approx(InitialPhases().turns(row.node, 12, twin) * 6.283185307, abs=1e-6)


def test_a_disrupted_agent_says_where_it_is() -> None:
    """Scrambled phases are in the records, so that whoever reads them sees the swarm fall apart."""
    simulation = swarm()
    rows = simulation.keep_records()
    simulation.run(2 * SECOND)
    assert coherence(simulation) > 0.99
    count = len(rows)
    for node in range(12):
        assert simulation.nodes[node].protocol.disrupt(simulation.streams.stream(f"test/{node}"))
    simulation.run(2 * SECOND + 1)
    told = of_kind(rows[count:], "phase")[:12]
    assert [row.fields["phase"] for row in told] == pytest.approx(phases(simulation), abs=1e-6)


def test_clocks_that_drift_are_held_together() -> None:
    """Agents whose clocks run up to 1 % apart stay in step, and their phases follow their own clocks."""
    simulation = swarm(clocks=ClockSpread(offset=SECOND, drift=10_000_000))
    simulation.run(5 * SECOND)
    assert coherence(simulation) > 0.99
    assert len({node.elapsed for node in simulation.nodes}) == 12


def test_records_tell_of_phases_as_they_are_in_true_time() -> None:
    """Also where clocks run 10 % apart, a phase goes on from its record at the frequency that the record names."""
    simulation = swarm(clocks=ClockSpread(drift=100_000_000), strategy={"kind": "energy-saving", "deadband": 0.2})
    rows = simulation.keep_records()
    simulation.run(777 * MILLISECOND)
    last = {row.node: row for row in of_kind(rows, "phase")}
    for node, phase in enumerate(phases(simulation)):
        told, later = last[node].fields, simulation.now - last[node].time
        assert cmath.exp(1j * (told["phase"] + told["frequency"] * later / SECOND - phase)) == pytest.approx(
            1, abs=1e-7
        )


def test_all_decide_together_in_synchronous_updates() -> None:
    """With synchronous updates every adjustment is at a multiple of the interval; otherwise they are spread out."""
    simulation = swarm(updates="synchronous", report=20 * MILLISECOND)
    rows = simulation.keep_records()
    simulation.run(SECOND)
    assert {row.time % (20 * MILLISECOND) for row in of_kind(rows, "phase")} == {0}
    simulation = swarm(report=20 * MILLISECOND)
    rows = simulation.keep_records()
    simulation.run(SECOND)
    assert len({row.time % (20 * MILLISECOND) for row in of_kind(rows, "phase")}) > 10


def test_a_server_is_no_agent() -> None:
    """A node that serves has no phase, sends no reports, and gets none."""
    simulation = swarm(duty={"kind": "batch", "server": 0})
    rows = simulation.keep_records()
    simulation.run(SECOND)
    assert simulation.nodes[0].sent == 0
    assert {row.node for row in of_kind(rows, "phase")} == set(range(1, 12))
    assert 0 not in simulation.nodes[1].protocol.heard
    with pytest.raises(InputError, match="12"):
        swarm(duty={"kind": "batch", "server": 12})


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.sampled_from(["asynchronous", "synchronous"]), st.sampled_from([0.0, 0.3]))
def test_a_mesh_comes_together_whatever_is_lost(seed: int, updates: str, loss: float) -> None:
    """Identical agents that hear all others end in phase, also where a third of the reports is lost."""
    simulation = swarm(seed=seed, updates=updates, loss=loss)
    simulation.run(4 * SECOND)
    assert coherence(simulation) > 0.999


def test_one_who_has_no_energy_left_still_says_where_it_is() -> None:
    """Once a period there is a record of its phase and its energy, also while it does not act."""
    protocol, bench = agent(report=20 * MILLISECOND, energy={"capacity": 10.0, "recovery": "0.01/s"})
    assert protocol.drain(1.0)
    told = len(bench.records)
    for moment in range(20 * MILLISECOND, SECOND + 1, 20 * MILLISECOND):
        bench.elapsed = moment
        protocol.on_timer(REPORT)
    assert [kind for kind, _ in bench.records[told:]] == ["phase"] * 5
    assert bench.records[-1][1]["energy"] == pytest.approx(0.01)


def test_local_goals_leave_the_beginning_as_it_is() -> None:
    """Agents with preferences begin where agents without them do, so that the two can be compared seed by seed."""
    spread = {"kind": "gaussian", "width": 1.0}
    begun = [phases(swarm(preferences=local, frequencies=spread).run(1)) for local in (None, {})]
    assert begun[0] == begun[1]
    assert len(set(begun[0])) == 12


def test_local_goals_are_kept_over_a_crash() -> None:
    """What an agent prefers is on its disk, as its natural frequency is."""
    protocol, bench = agent(preferences={"spread": 1.0})
    again = Attractor.on(bench, protocol.config)  # type: ignore[arg-type]
    again.on_restart()
    assert again.preference == protocol.preference
    bench.storage.clear()
    again.on_restart()
    assert again.preference != protocol.preference


def hear_pulse(protocol: Attractor, bench: Bench, at: int, stamp: int | None = None) -> int:
    """Let time pass, have neighbour 1 heard, and give by how many units the agent moves."""
    pass_time(protocol, bench, at)
    before = protocol.phase_at(at)
    pulse = Pulse(at if stamp is None else stamp)
    protocol.on_message(Message(1, protocol.node.id, pulse, 0, 0, 0))
    return protocol.phase_at(at) - before


def test_pulses_of_long_ago_count_no_longer() -> None:
    """An agent that has heard nobody for a hundred turns does not take that for the gap before its own pulse."""
    protocol, bench = agent(strategy={"kind": "desync"})
    assert hear_pulse(protocol, bench, PERIOD // 10) == 0
    assert hear_pulse(protocol, bench, 100 * PERIOD + PERIOD // 5) == 0
    assert protocol.before is None
    assert hear_pulse(protocol, bench, 101 * PERIOD + PERIOD // 10) == pytest.approx(0.95 * 0.35 * TURN, rel=1e-9)


def test_a_pulse_that_is_too_old_on_arrival_does_not_count() -> None:
    """By its stamp it was sent an hour ago, or the sender's clock is that wrong: the agent stays where it is."""
    protocol, bench = agent(strategy={"kind": "desync"}, compensate="stamps")
    assert hear_pulse(protocol, bench, PERIOD // 2) == 0
    assert hear_pulse(protocol, bench, PERIOD + PERIOD // 5, stamp=-3600 * SECOND) == 0
    assert hear_pulse(protocol, bench, PERIOD + PERIOD // 4) == pytest.approx(0.95 * 0.125 * TURN, rel=1e-9)


def test_the_pull_of_the_goal_is_that_of_two_intervals_at_most() -> None:
    """An agent that decides rarely, as it hears few pulses, is not pulled past the goal's phase."""
    protocol, bench = agent(strategy={"kind": "pulse", "strength": 1e-9}, goal={"phase": 1.0})
    moved = hear_pulse(protocol, bench, 50 * PERIOD + PERIOD // 2)
    assert 0 < moved / TURN * 2 * 3.141592653589793 <= 1.0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"compensate": "expected", "delay": PERIOD}, "no report would ever count"),
        ({"strategy": {"kind": "pulse"}, "preferences": {}}, "which goes by pulses"),
        ({"energy": {"capacity": 10.0, "cost": 11.0}}, "no agent would ever act"),
        ({"frequencies": {"width": 1.0}}, "name their distribution by kind"),
    ],
)
def test_options_that_undo_each_other_are_refused(options: dict[str, Any], told: str) -> None:
    """Reports forgotten before they come, actions dearer than the store, a width of nothing: each is told as such."""
    with pytest.raises(ValidationError, match=told):
        agent(**options)
