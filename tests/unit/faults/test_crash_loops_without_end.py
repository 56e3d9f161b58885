"""Crash loops whose backoff is a power beyond all numbers, and faults whose names look like the numbers of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.injector import Injector
from faults.network.loss import Loss
from faults.node.crash_loop import CrashLoop
from sim.simulation import Simulation
from tests.unit.faults.fault_runs import MILLISECOND, SECOND, Idle, life, total, under
from topologies.registry import build

DURATIONS = st.integers(1, 3600 * SECOND)


def test_a_backoff_that_overflows_stays_at_the_longest_time_down() -> None:
    """A node that crashes 500 times, each time a hundred times as long but for the bound, is down 1 ms each time."""
    loop = CrashLoop(target=1, at=0, down_for="1ms", up_for="1ms", backoff=100.0, longest_down="1ms", name="loop")
    _, rows = under(loop, until=SECOND, protocol=Idle)
    assert len(life(rows, "restarted")) == 500
    assert total(rows, "loop")["effect"] == 500


@given(DURATIONS, DURATIONS, st.floats(1.0, 100.0), st.integers(1, 10_000))
def test_time_down_grows_up_to_its_bound(first: int, bound: int, backoff: float, crashes: int) -> None:
    """Whatever the options, it begins at down_for, never shrinks, and never exceeds longest_down."""
    longest = max(first, bound)
    loop = CrashLoop(target=0, at=0, down_for=first, up_for="1ms", backoff=backoff, longest_down=longest)
    assert loop.down_after(1) == first
    assert first <= loop.down_after(crashes) <= loop.down_after(crashes + 1) <= longest


@pytest.mark.parametrize("names", [("a", "a", "a#2"), ("a#2", "a", "a"), ("a", "a#2", "a"), ("a", "a", "a")])
def test_no_two_faults_are_called_the_same_or_draw_from_the_same_stream(names: tuple[str, ...]) -> None:
    """A name that is given twice is numbered, past the names that look like such a number."""
    faults = [Loss(probability=0.5, at=MILLISECOND, name=name) for name in names]
    simulation = Simulation(build({"kind": "line", "nodes": 2}), Idle, faults=faults)
    armed = Injector.of(simulation).armed
    assert len({one.id for one in armed}) == 3
    assert len({one.key for one in armed}) == 3
