"""Workers that restart at once keep a store busy for nothing; spread out, each gets its state."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from topologies.errors import InputError

MILLISECOND = 1_000_000


def herd(delay: dict[str, str], **fields: Any) -> tuple[dict[str, Any], int]:
    """The metrics of a herd whose restarts wait so, and how often the store served a worker."""
    overrides = [f"protocol.runtime.supervision.delay.{name}={value}" for name, value in delay.items()]
    overrides += [f"protocol.{name}={value}" for name, value in fields.items()]
    run = murmur.run(murmur.load("thundering-restart", overrides=[*overrides, "detail=states"]))
    return run.summary["metrics"], sum(record.kind == "load-served" for record in run.records)


def test_all_at_once_most_of_what_the_store_does_is_in_vain() -> None:
    """Work for workers that have given up keeps the store from those that wait; it does not get out of that."""
    metrics, served = herd({})
    assert metrics["converged_at"] is None
    assert metrics["actor_restarts"] > 500
    assert served > 500
    assert metrics["shortfall"] > 0.5


@pytest.mark.parametrize("delay", [{"jitter": "500ms"}, {"stagger": "20ms"}, {"base": "10ms", "jitter": "800ms"}])
def test_restarts_that_are_spread_out_succeed_at_once(delay: dict[str, str]) -> None:
    """Every worker restarts once and is served once, in little more than the time that the store needs."""
    metrics, served = herd(delay)
    assert metrics["converged_at"] < 1_100 * MILLISECOND
    assert metrics["actor_restarts"] == served == 100


def test_a_wait_that_is_the_same_for_all_moves_the_herd() -> None:
    """What all wait alike keeps them together: it takes three times as long, and half is in vain."""
    metrics, served = herd({"base": "300ms"})
    assert metrics["converged_at"] > 3 * 500 * MILLISECOND
    assert served > 200


def test_patience_is_a_remedy_too() -> None:
    """Workers that wait as long as the store needs for all are each served once."""
    metrics, served = herd({}, patience="600ms")
    assert metrics["converged_at"] < 700 * MILLISECOND
    assert served == 100


def test_a_herd_needs_a_node_of_its_own() -> None:
    """One node alone, that of the store, is refused."""
    with pytest.raises(InputError, match="at least one more"):
        murmur.run(murmur.load("thundering-restart", overrides=["topology.nodes=1"]))
