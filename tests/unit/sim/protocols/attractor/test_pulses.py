"""Strategies that go by pulses: fireflies that come to flash as one, and agents that spread out evenly."""

from __future__ import annotations

from itertools import pairwise
from math import log, pi
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.kernel import TieBreak
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.config import AttractorConfig
from sim.protocols.attractor.population import Goal
from sim.protocols.attractor.strategies.desync import Desync
from sim.protocols.attractor.strategies.pulse import PulseCoupling
from sim.protocols.attractor.strategy import NOTHING, Neighborhood, Own, Strategy
from sim.records import Record
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND, SECOND, TURN = 10**6, 10**9, 2 * pi
GOAL = Goal()


def agent(turns: float, since_tick: float | None = 0.5) -> Own:
    """An agent of a period of one second, at a phase in turns."""
    return Own(turns * TURN, TURN, TURN, 1.0, 0.1, since_tick)


def heard(pulses: int = 1, before: float | None = None, after: float | None = None) -> Neighborhood:
    """A pulse of neighbour 1, so many after the agent's own; `before` and `after`, seconds around that."""
    return Neighborhood({}, (), 1, pulses, before, after)


def run(
    strategy: Strategy,
    nodes: int,
    seconds: float,
    *,
    seed: int = 1,
    latency: int = 0,
    tie_break: TieBreak = "fifo",
    crash: float | None = None,
    **options: Any,
) -> list[Record]:
    """The records of a swarm that hears itself entirely; node 0 crashes at so many seconds."""
    simulation = Simulation(
        build({"kind": "mesh", "nodes": nodes}, 0),
        Attractor,
        AttractorConfig(strategy=strategy, **options),
        network=NetworkConfig(latency=ConstantLatency(value=latency)),
        seed=seed,
        tie_break=tie_break,
    )
    records = simulation.keep_records()
    if crash is not None:
        simulation.kernel.call_at(int(crash * SECOND), simulation.crash, 0)
    simulation.run(int(seconds * SECOND))
    return records


def ticks(records: list[Record], after: float) -> dict[int, set[int]]:
    """Who passed phase zero at each instant later than so many seconds."""
    found: dict[int, set[int]] = {}
    for record in records:
        if record.kind == "tick" and record.time > after * SECOND:
            found.setdefault(record.time, set()).add(record.node)
    return found


def state(turns: float, drive: float) -> float:
    """x at a phase, solved from x' = S0 - gamma x with x = 0 at 0 and x = 1 at 1."""
    rate = -log(1 - 1 / drive)
    return drive * (1 - pow(2.718281828459045, -rate * turns))


@given(turns=st.floats(0, 0.999), strength=st.floats(0.001, 1), drive=st.floats(1.01, 100))
def test_a_pulse_raises_the_state_by_its_strength(turns: float, strength: float, drive: float) -> None:
    """The jump in phase is that which adds `strength` to the state, and goes to the threshold at most."""
    before = state(turns, drive)
    assume(abs(before + strength - 1) > 1e-9)
    moved = PulseCoupling(strength=strength, drive=drive).decide(agent(turns), heard(), GOAL, None).phase / TURN
    if before + strength > 1:
        assert turns + moved == pytest.approx(1, abs=1e-15)
    else:
        assert state(turns + moved, drive) == pytest.approx(before + strength, abs=1e-7)


def test_who_has_just_sent_a_pulse_feels_none() -> None:
    """Not at the instant of its own, nor while it is refractory; afterwards it does."""
    for refractory, deaf, hears in ((0, 0.0, 1e-9), (200 * MILLISECOND, 0.2, 0.200000001)):
        strategy = PulseCoupling(refractory=refractory)
        assert strategy.decide(agent(deaf, deaf), heard(), GOAL, None) is NOTHING
        assert strategy.decide(agent(hears, hears), heard(), GOAL, None).phase > 0
    assert PulseCoupling().decide(agent(0.3, None), heard(), GOAL, None).phase > 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), nodes=st.integers(2, 8), tie_break=st.sampled_from(("fifo", "shuffled")))
def test_fireflies_come_to_flash_as_one(seed: int, nodes: int, tie_break: TieBreak) -> None:
    """From random phases all pass phase zero at the same instants in the end, whatever the order within one."""
    records = run(PulseCoupling(strength=0.2), nodes, 100, seed=seed, tie_break=tie_break)
    last = ticks(records, 90)
    assert len(last) >= 9
    assert all(len(who) == nodes for who in last.values())


def test_a_pulse_that_brings_others_to_the_threshold_starts_an_avalanche() -> None:
    """With the strongest pulses the first to flash takes all along at once, each of whom flashes once."""
    records = run(PulseCoupling(strength=1.0), 6, 1)
    first = min(ticks(records, 0))
    assert ticks(records, 0) == {first: set(range(6))}
    assert [record.node for record in records if record.kind == "tick" and record.time == first].count(0) == 1


def test_a_refractory_time_keeps_delayed_pulses_from_chasing_each_other() -> None:
    """With 20 ms on the way and refractory for 100 ms agents stay within a round of each other, each flashing once a
    period."""
    records = run(PulseCoupling(strength=0.2, refractory=100 * MILLISECOND), 5, 60, latency=20 * MILLISECOND)
    times = sorted(record.time for record in records if record.kind == "tick" and record.time > 50 * SECOND)
    bursts = [time for earlier, time in pairwise(times) if time - earlier > 300 * MILLISECOND]
    assert len(times) / 5 - 1 <= len(bursts) + 1 <= len(times) / 5 + 1


@given(before=st.floats(0, 1), after=st.floats(0, 1), alpha=st.floats(0.01, 1))
def test_a_jump_goes_a_share_of_the_way_to_the_middle(before: float, after: float, alpha: float) -> None:
    """Pulses `before` and `after` its own have the agent be where it would have been with its own so much later."""
    moved = Desync(alpha=alpha).decide(agent(after), heard(1, before, after), GOAL, None).phase / TURN
    own, middle = 0.0, (after - before) / 2
    assert after + moved == pytest.approx(after - ((1 - alpha) * own + alpha * middle), abs=1e-12)


def test_only_the_first_pulse_after_the_own_one_counts() -> None:
    """Later ones do not, nor any before the agent knows both of its neighbours in phase."""
    desync = Desync()
    assert desync.decide(agent(0.4), heard(1, 0.1, 0.4), GOAL, None).phase < 0
    for unknown in (heard(2, 0.1, 0.4), heard(0, 0.1, None), heard(1, None, 0.4), heard(1, 0.1, None)):
        assert desync.decide(agent(0.4), unknown, GOAL, None) is NOTHING


@pytest.mark.parametrize("latency", [0, 7 * MILLISECOND])
@pytest.mark.parametrize("crash", [None, 50])
def test_agents_spread_out_evenly_and_do_so_again_when_one_is_gone(latency: int, crash: float | None) -> None:
    """The pulses of those who are up come at equal intervals, also where the time on the way is reckoned with."""
    records = run(Desync(alpha=0.8), 5, 120, latency=latency, crash=crash, compensate="expected", delay=latency)
    up = 5 if crash is None else 4
    times = sorted(ticks(records, 110))
    gaps = {later - time for time, later in pairwise(times)}
    assert len(times) in (10 * up - 1, 10 * up, 10 * up + 1)
    assert all(abs(gap - SECOND / up) < 1e-6 * SECOND for gap in gaps)


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        (PulseCoupling, {"strength": 0.0}),
        (PulseCoupling, {"drive": 1.0}),
        (Desync, {"alpha": 0.0}),
        (Desync, {"alpha": 1.1}),
    ],
)
def test_options_without_a_meaning_are_refused(strategy: type[Strategy], options: dict[str, float]) -> None:
    """No pulse of no strength, no state that never reaches the threshold, no jump beyond the middle."""
    with pytest.raises(ValidationError, match=r"greater than|less than"):
        strategy(**options)
