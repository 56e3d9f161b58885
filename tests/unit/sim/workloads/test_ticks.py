"""Market data: how often prices tick, quiet and in bursts, and whom they are told to."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

import pytest

from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.voter import Voter
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from sim.workloads.ticks import Tick, Ticks
from topologies.errors import InputError
from topologies.registry import build


class TakingConfig(ProtocolConfig):
    """All nodes but the first take ticks."""

    def takers(self, population: int) -> range:
        """The nodes that do."""
        return range(1, population)


class Taking(Protocol):
    """Keeps the ticks that it is told of."""

    Config = TakingConfig
    told: ClassVar[list[tuple[int, Tick]]] = []

    def on_request(self, request: Any) -> None:
        self.told.append((self.node.id, request))


def ticks_of(seconds: int, seed: int = 1, **options: Any) -> list[tuple[int, Tick]]:
    """The ticks of so many seconds, each with the node that it was told to."""
    Taking.told = []
    workload = Ticks.model_validate({"rate": "100/s", **options})
    Simulation(build({"kind": "mesh", "nodes": 4}), Taking, workload=[workload], seed=seed).run(seconds * SECOND)
    return Taking.told


def test_quiet_prices_tick_at_their_rate() -> None:
    """A Poisson process: as many as there should be, exponential times between, prices a random walk."""
    ticks = [tick for _, tick in ticks_of(50)]
    assert len(ticks) == pytest.approx(5000, rel=0.05)
    gaps = [after.at - before.at for before, after in pairwise(ticks)]
    assert sum(gap > 20 * MILLISECOND for gap in gaps) / len(gaps) == pytest.approx(0.135, abs=0.02)
    assert [tick.number for tick in ticks] == list(range(1, len(ticks) + 1))
    assert all(90 < tick.price < 110 for tick in ticks)


def test_bursts_bring_many_ticks_with_a_trend() -> None:
    """A tenth of the time has nearly all ticks, and prices go far in it."""
    ticks = [tick for _, tick in ticks_of(20, burst_rate="5000/s", quiet="450ms", burst="50ms", drift=0.01)]
    per_interval: dict[int, int] = {}
    for tick in ticks:
        per_interval[tick.at // (10 * MILLISECOND)] = per_interval.get(tick.at // (10 * MILLISECOND), 0) + 1
    busy = {interval for interval, count in per_interval.items() if count > 10}
    assert 0.03 < len(busy) / 2000 < 0.25
    assert sum(per_interval[interval] for interval in busy) > 0.8 * len(ticks)
    assert any(abs(tick.price / 100 - 1) > 0.2 for tick in ticks)


def test_an_instrument_has_one_taker() -> None:
    """Of three that take any, instrument i is told to the one of number i modulo three."""
    told = ticks_of(2, instruments=7)
    assert {(node, tick.instrument % 3 + 1) for node, tick in told} == {(1, 1), (2, 2), (3, 3)}
    assert {tick.instrument for _, tick in told} == set(range(7))


def test_prices_tick_only_in_their_time() -> None:
    """From `at` until `until`; the same seed gives the same ticks."""
    told = ticks_of(5, at="1s", until="2s")
    assert all(SECOND <= tick.at < 2 * SECOND for _, tick in told)
    assert told == ticks_of(5, at="1s", until="2s")
    assert told != ticks_of(5, at="1s", until="2s", seed=2)


def test_ticks_that_nobody_takes_are_refused() -> None:
    """A protocol that takes none, and a time that ends before it begins."""
    with pytest.raises(InputError, match="voter takes none"):
        Simulation(build({"kind": "mesh", "nodes": 3}), Voter, workload=[Ticks(rate=5.0)])
    with pytest.raises(Exception, match="not after at"):
        Ticks(rate=5.0, at=SECOND, until=SECOND)
