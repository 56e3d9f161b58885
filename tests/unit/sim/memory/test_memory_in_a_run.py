"""Memory in a simulation: caches by scenario, pauses that stop cores, crashes that empty it."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

import murmur
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from analysis.probes import MEMORY_SERIES, Probes
from sim.hardware.config import HardwareConfig
from sim.protocol import Protocol
from sim.simulation import Simulation
from sim.units import MILLISECOND
from topologies.registry import build

PAIR = {"kind": "mesh", "nodes": 2}


def cached(**memory: Any) -> dict[str, Any]:
    """A scenario of a cache of one agent."""
    return {
        "name": "cached",
        "duration": "2s",
        "seed": 5,
        "topology": PAIR,
        "protocol": {"kind": "cache", "keys": 100, "rate": "2000/s", "fetch": "0", "lookup": "1us"},
        "hardware": {"memory": {"pool": "20KiB", "region": "1KiB", **memory}},
    }


def test_a_cache_hits_as_often_as_theory_says() -> None:
    """With room for twenty of a hundred keys LRU hits by the characteristic time, whatever the agents' cores do."""
    ratio = murmur.run(cached(eviction={"kind": "lru"})).metrics["hit_ratio"]
    weights = [rank**-0.99 for rank in range(1, 101)]
    popularity = [weight / sum(weights) for weight in weights]
    low, high = 0.0, 1e6
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(1 - exp(-p * middle) for p in popularity) < 20 else (low, middle)
    assert ratio == pytest.approx(sum(p * (1 - exp(-p * low)) for p in popularity), abs=0.02)


def test_values_that_expire_hit_as_often_as_theory_says() -> None:
    """With room for all, a key asked for at a rate is there rate T of 1 + rate T times (Fofack et al. 2012)."""
    ratio = murmur.run(cached(pool="1MiB", eviction={"kind": "ttl", "after": "20ms"})).metrics["hit_ratio"]
    weights = [rank**-0.99 for rank in range(1, 101)]
    asked = [2000 * 0.020 * weight / sum(weights) for weight in weights]
    assert ratio == pytest.approx(sum(each * each / (1 + each) for each in asked) / sum(asked), abs=0.02)


def test_without_eviction_a_full_pool_refuses() -> None:
    """What came first stays, and every later fetch is a refusal that is counted."""
    metrics = murmur.run(cached()).metrics
    assert metrics["evictions"] == 0
    assert metrics["memory_refusals_by_reason"] == {"full": metrics["memory_refusals"]}
    assert metrics["memory_refusals"] > 0
    assert metrics["memory_peak"] == 20 * 1024


def test_a_cache_needs_memory() -> None:
    """A scenario without any is refused before it runs, with what to say."""
    scenario = {**cached(), "hardware": {"cores": 2}}
    with pytest.raises(murmur.InputError, match=r"hardware: found nodes without memory.*\{memory: \{\}\}"):
        murmur.run(scenario)


class Hoarder(Protocol):
    """Places and releases a block of a region every millisecond, on node 0 by its core, and says when that was done."""

    def on_start(self) -> None:
        self.node.set_timer("place", MILLISECOND)

    def on_timer(self, name: Any) -> None:
        memory = self.node.memory
        assert memory is not None
        self.node.set_timer("place", MILLISECOND)
        block = memory.place("hoarder", 1024)
        assert block is not None
        if self.node.id == 0:
            memory.release(block)
        self.node.compute(100_000, self._done, None)

    def _done(self, _: None) -> None:
        self.node.record("done")


def hoarding(**memory: Any) -> tuple[Simulation, list[Any]]:
    """Two hoarders with a heap of four blocks between collections, which take 5 ms."""
    collection = {"minimum": 4096, "base": "5ms", "per_live": 0.0, "per_byte": 0.0, "growth": 1e9}
    hardware = {"memory": {"pool": 65536, "region": 1024, "collection": collection, **memory}}
    simulation = Simulation(build(PAIR), Hoarder, hardware=[HardwareConfig.model_validate(hardware)])
    return simulation, simulation.keep_records()


def test_a_collection_stops_the_cores() -> None:
    """What is being computed when garbage is collected is over later by the length of the pause; nothing is lost."""
    simulation, records = hoarding()
    simulation.run(13 * MILLISECOND)
    (collected,) = [row for row in records if row.kind == "collected" and row.node == 0][:1]
    assert (collected.time, collected.fields["pause"], collected.fields["freed"]) == (5_000_000, 5_000_000, 4096)
    done = [row.time for row in records if row.kind == "done" and row.node == 0]
    assert done[:4] == [1_100_000, 2_100_000, 3_100_000, 4_100_000]
    assert min(time for time in done if time > 4_100_000) >= 10_000_000


def test_a_crash_empties_memory() -> None:
    """After a restart nothing is held, and what is placed then is all that is."""
    simulation, _ = hoarding(collection=None)
    simulation.run(4 * MILLISECOND + 1)
    memory = simulation.nodes[1].memory
    assert memory is not None
    assert memory.use.reserved == 4096
    simulation.nodes[1].crash()
    simulation.nodes[1].restart()
    simulation.run(6 * MILLISECOND + 2)
    memory = simulation.nodes[1].memory
    assert memory is not None
    assert (memory.use.reserved, memory.held("hoarder")) == (2048, 2048)


def test_samples_and_metrics_tell_what_was_taken() -> None:
    """The series of memory are those of the pools, garbage is told apart, and metrics count collections and pauses."""
    simulation, _ = hoarding()
    measurements = Measurements.attach(simulation)
    probes = Probes(simulation, 4 * MILLISECOND + 500_000, 20 * MILLISECOND, measurements.tracker)
    simulation.run(5 * MILLISECOND - 1)
    samples = {sample.metric: sample.value for sample in probes.samples if sample.time > 0}
    assert samples.keys() >= MEMORY_SERIES.keys()
    assert (samples["memory_taken"], samples["memory_garbage"]) == (8192, 4096)
    simulation.run(6 * MILLISECOND)
    found = metrics_of(measurements.ended(simulation))
    assert (found["collections"], found["collection_pause_max"]) == (2, 5 * MILLISECOND)
