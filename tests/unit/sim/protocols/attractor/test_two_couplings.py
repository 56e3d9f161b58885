"""Coupling by messages and coupling by integration are the same swarm, to the extent that reports are frequent."""

from __future__ import annotations

from typing import Any

import murmur
from sim.records import Record

SWARM: dict[str, Any] = {
    "name": "swarm",
    "seed": 12,
    "topology": {"kind": "random-regular", "nodes": 24, "degree": 6},
    "network": {"latency": "0s"},
}
STRENGTH = 3.0


def records(protocol: dict[str, Any], duration: str = "8s") -> list[Record]:
    """The records of a swarm with Gaussian frequencies."""
    common = {"period": "1s", "frequencies": {"kind": "gaussian", "width": 0.3}}
    return murmur.run({**SWARM, "duration": duration, "protocol": common | protocol}).records


def test_one_seed_gives_the_same_swarm_to_both() -> None:
    """First phases and natural frequencies are those of the other, node by node."""
    told = [record for record in records({"kind": "attractor"}, "1ms") if record.kind == "phase"]
    start, end = (
        record.fields["phases"]
        for record in records({"kind": "kuramoto", "strength": 0.0, "step": "10ms", "snapshot": "1s"}, "1100ms")
        if record.kind == "phases"
    )
    turn = 6.283185307179586
    assert [record.fields["phase"] for record in told] == list(start)
    for record, first, last in zip(told, start, end, strict=True):
        moved = (last - first - record.fields["frequency"]) % turn
        assert min(moved, turn - moved) < 1e-8
