"""Clocks corrected by averaging: the bound, what is left out of the mean, and what survives a crash."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis.clock_skew import ClockSkew
from sim.message import Message
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.clock_averaging import ClockAveraging, ClockAveragingConfig, Reading
from sim.simulation import ClockSpread, Simulation
from topologies.registry import build

MILLISECOND, SECOND = 10**6, 10**9
LONGEST, UNCERTAINTY = 100 * MILLISECOND, 10 * MILLISECOND
EXACT = NetworkConfig(latency=ConstantLatency(value=LONGEST - UNCERTAINTY // 2))


class Bench:
    """As much of a node as the protocol asks for: its clock is ahead of true time by `offset`."""

    def __init__(self, number: int, population: int, offset: int) -> None:
        self.neighbors = [other for other in range(population) if other != number]
        self.now, self.storage = offset, {}

    def cancel_timer(self, name: str) -> None:
        """None is ever due."""

    def record(self, kind: str, **fields: object) -> None:
        """Nobody looks at it."""


@given(data=st.data(), population=st.integers(2, 6))
def test_no_delays_within_the_bounds_leave_clocks_farther_apart_than_proved(
    data: st.DataObject, population: int
) -> None:
    """Whatever the offsets, and whatever each message takes, corrected clocks are apart by u (1 - 1/n) at most."""
    offsets = data.draw(st.lists(st.integers(-SECOND, SECOND), min_size=population, max_size=population))
    nodes = [ClockAveraging.on(Bench(number, population, offset)) for number, offset in enumerate(offsets)]
    for source, destination in product(range(population), repeat=2):
        if source != destination:
            delay = data.draw(st.integers(LONGEST - UNCERTAINTY, LONGEST))
            bench = nodes[destination].node
            bench.now = offsets[destination] + delay
            nodes[destination].on_message(Message(source, destination, Reading(offsets[source]), 0, 0, 0))
    assert all(node.corrected for node in nodes)
    corrected = [offset + node.correction for offset, node in zip(offsets, nodes, strict=True)]
    assert max(corrected) - min(corrected) <= UNCERTAINTY * (1 - 1 / population) + 1


def run(
    nodes: int = 5, network: NetworkConfig = EXACT, crash: int | None = None, **options: int
) -> tuple[Simulation, list]:
    """Clocks up to a second off are corrected; the simulation at 20 s, and its records."""
    simulation = Simulation(
        build({"kind": "mesh", "nodes": nodes}, 0),
        ClockAveraging,
        ClockAveragingConfig(**options),
        network=network,
        clocks=ClockSpread(offset=SECOND),
        seed=3,
    )
    records = simulation.keep_records()
    if crash is not None:
        simulation.kernel.call_at(0, simulation.crash, crash)
        simulation.kernel.call_at(15 * SECOND, simulation.restart, crash)
    return simulation.run(20 * SECOND), records


def skew(records: list) -> int | None:
    """What the metric says of these records."""
    measured = ClockSkew()
    for record in records:
        if record.kind in measured.kinds:
            measured.observe(record)
    return measured.skew


def test_delays_as_assumed_leave_no_skew() -> None:
    """Where every message takes the middle of the bounds clocks agree to the nanosecond, seen from outside."""
    _, records = run()
    first = [record for record in records if record.fields["corrected"] is None]
    assert skew(first) > 100 * MILLISECOND
    assert skew(records) <= 1


def test_who_is_not_heard_is_left_out() -> None:
    """A node that is down is missing from the means, which wait for it as long as `patience`; it does not count."""
    _, records = run(crash=4, patience=3 * SECOND)
    corrections = [record for record in records if record.kind == "clock" and record.fields["corrected"]]
    assert {record.node for record in corrections if record.time < 15 * SECOND} == {0, 1, 2, 3}
    assert {record.time for record in corrections if record.time < 15 * SECOND} == {3 * SECOND}
    assert skew([record for record in records if record.time < 15 * SECOND]) <= 1


def test_a_correction_survives_a_crash() -> None:
    """It is on the disk; the clock ran on."""
    simulation, _ = run()
    records = simulation.keep_records()
    kept = simulation.nodes[2].protocol.correction
    simulation.crash(2)
    simulation.run(25 * SECOND)
    simulation.restart(2)
    simulation.run(26 * SECOND)
    assert simulation.nodes[2].protocol.correction == kept
    assert [record.fields["corrected"] for record in records if record.kind == "clock"] == [True]


def test_a_message_that_takes_less_than_no_time_is_refused() -> None:
    """The uncertainty is part of the longest time."""
    with pytest.raises(ValidationError, match="at most longest"):
        ClockAveragingConfig(longest=MILLISECOND, uncertainty=2 * MILLISECOND)
