"""What the author of an actor or of a process may get wrong, and what it says of that."""

from __future__ import annotations

from typing import Any

import pytest

from sim.protocol import Protocol
from sim.raised_in import moment_of
from sim.runtime.actor import Actor
from sim.runtime.reference import Reference
from sim.simulation import Simulation
from tests.unit.sim.runtime.acting import Playing, play
from topologies.registry import build


def forgets_from(actor: Actor) -> Any:
    """Yield an effect in place of its steps."""
    yield actor.sleep(5)


def half_work(actor: Actor) -> Any:
    """Compute for no whole number of nanoseconds."""
    yield from actor.compute(1.5)  # type: ignore[arg-type]


def text(actor: Actor) -> Any:
    """Sleep for a duration as scenarios have it."""
    yield from actor.sleep("5ms")  # type: ignore[arg-type]


def half_patience(actor: Actor) -> Any:
    """Wait for no whole number of nanoseconds."""
    yield from actor.receive(timeout=5e5)  # type: ignore[arg-type]


def no_size(actor: Actor) -> Any:
    """Send less than nothing."""
    yield from actor.send(Reference(0, "other"), None, size=-1)


def an_actor(actor: Actor) -> Any:
    """Spawn an actor in place of its class."""
    yield from actor.spawn(Playing(text))  # type: ignore[arg-type]


def another_restart(actor: Actor) -> Any:
    """Spawn an actor that is to be started again at a time that is none."""
    yield from actor.spawn(Playing, text, restart="always")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (forgets_from, "found a `yield` of what goes on by itself, such as an effect; expected `yield from`"),
        (half_work, "found work of 1.5; expected whole nanoseconds"),
        (text, "a timer with a delay of '5ms'; expected whole nanoseconds"),
        (half_patience, "a timer with a delay of 500000.0; expected whole nanoseconds"),
        (no_size, "found a message of -1 bytes; expected 0 or more"),
        (an_actor, "found an object of the class Playing to spawn; expected a class, then its arguments"),
        (another_restart, "found a restart 'always'; expected one of permanent, transient, temporary"),
    ],
)
@pytest.mark.parametrize("cores", [0, 1])
def test_a_mistake_of_an_actor_is_told_with_the_actor(behaviour: Any, told: str, cores: int) -> None:
    """Where it happens, in the same words with cores and without, and of whom."""
    with pytest.raises((AssertionError, TypeError)) as raised:
        play({"one": behaviour}, cores=cores)
    assert str(raised.value) == told
    assert str(moment_of(raised.value)).endswith(", as node 0 ran its actor one")


@pytest.mark.parametrize("step", [0.5, None, object()])
@pytest.mark.parametrize("cores", [0, 1])
def test_a_step_that_is_no_work_is_refused(step: Any, cores: int) -> None:
    """An actor that yields anything else is told so at its own `yield`, which it may not mistake for an answer."""

    def odd(_: Actor) -> Any:
        yield step

    with pytest.raises(TypeError, match=r"found a `yield` of .*; expected work in whole nanoseconds"):
        play({"one": odd}, cores=cores)


class Miscounts(Protocol):
    """Computes for what it should not, or fails when that is done."""

    work: Any = 7

    def on_start(self) -> None:
        self.node.compute(self.work, self.done, 1)

    def done(self, one: int) -> None:
        """Fail."""
        raise ValueError(one)


@pytest.mark.parametrize(("work", "told"), [(1.5, "expected whole nanoseconds"), (-5, "expected 0 or more")])
def test_work_that_is_no_number_of_nanoseconds_is_refused(work: Any, told: str) -> None:
    """Where it is asked for, and not at some later time within a core."""
    protocol = type("Wrong", (Miscounts,), {"work": work})
    with pytest.raises(AssertionError, match=told):
        Simulation(build({"kind": "line", "nodes": 1}), protocol).run(100)


def test_an_error_after_computing_tells_the_node() -> None:
    """What is called when a core is done is of some node too."""
    from sim.hardware.config import HardwareConfig

    with pytest.raises(ValueError, match="1") as raised:
        Simulation(build({"kind": "line", "nodes": 1}), Miscounts, hardware=[HardwareConfig()]).run(100)
    assert str(moment_of(raised.value)) == "at 7ns, as node 0 was done with what it computed"
