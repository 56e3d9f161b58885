"""What becomes of actors when their node is paused, crashes in their middle of things, leaves, or has a twin."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.runtime.actor import Actor, Effect
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from sim.storage import StorageError
from tests.actor_systems import MILLISECOND, SECOND, system, told

CORES = pytest.mark.parametrize("cores", [0, 2])


class Ticker(Actor):
    """Says every 10 ms that it is there, and works a little."""

    def run(self) -> Effect[None]:
        while True:
            self.record("tick", at=self.now)
            yield from self.compute(1_000)
            yield from self.sleep(10 * MILLISECOND)


@CORES
def test_actors_of_a_paused_node_stand_still(cores: int) -> None:
    """Nothing happens in a pause, and everything goes on after it."""
    simulation, records = system(lambda runtime: runtime.spawn(Ticker), cores=cores)
    simulation.kernel.call_at(95 * MILLISECOND, simulation.pause, 0)
    simulation.kernel.call_at(205 * MILLISECOND, simulation.resume, 0)
    simulation.run(300 * MILLISECOND)
    times = told(records, "tick", "at")
    assert not [time for time in times if 95 * MILLISECOND < time < 205 * MILLISECOND]
    assert len(times) == pytest.approx(20, abs=1)


@CORES
def test_actors_die_with_their_node_and_begin_with_it(cores: int) -> None:
    """A crash ends all actors at once; after the restart new ones begin, in their first life."""
    lives: list[int] = []

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Ticker, name="ticker")
        lives.append(runtime.cells["ticker"].lives)

    simulation, records = system(begin, cores=cores)
    simulation.kernel.call_at(95 * MILLISECOND, simulation.crash, 0)
    simulation.kernel.call_at(195 * MILLISECOND, simulation.restart, 0)
    simulation.run(300 * MILLISECOND)
    times = told(records, "tick", "at")
    assert not [time for time in times if 95 * MILLISECOND < time < 195 * MILLISECOND]
    assert times[10] == 195 * MILLISECOND
    assert lives == [1, 1]


@CORES
def test_an_actor_whose_node_crashes_while_it_acts_does_no_more(cores: int) -> None:
    """What it still sends or records within its turn is lost, and it is not heard of again."""

    class Victim(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(MILLISECOND)
            self.record("last-words")
            simulation.crash(0)
            self.record("beyond")
            yield from self.send(self.me, "beyond")
            yield from self.compute(1)
            self.record("beyond")

    simulation, records = system(lambda runtime: runtime.spawn(Victim), cores=cores)
    simulation.run(SECOND)
    kinds = [record.kind for record in records]
    assert "last-words" in kinds
    assert "beyond" not in kinds


@CORES
def test_a_disk_that_fails_an_actor_stops_its_node(cores: int) -> None:
    """An error of the disk that an actor does not catch is the end of its node, as for any protocol."""

    class Writer(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(MILLISECOND)
            raise StorageError("write", "x", "full")

    simulation, records = system(lambda runtime: runtime.spawn(Writer), cores=cores)
    simulation.run(SECOND)
    assert [record.kind for record in records][-2:] == ["storage-failed", "crashed"]


@CORES
def test_a_node_that_leaves_and_joins_is_another(cores: int) -> None:
    """Senders go on to send to a node that has joined anew, under the same name."""

    class Source(Actor):
        def run(self) -> Effect[None]:
            for number in range(50):
                yield from self.sleep(10 * MILLISECOND)
                yield from self.send(Reference(1, "sink"), number)

    class Sink(Actor):
        def run(self) -> Effect[None]:
            while True:
                envelope = yield from self.receive()
                assert envelope is not None
                self.record("got", number=envelope.payload)

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Source) if runtime.node.id == 0 else runtime.spawn(Sink, name="sink")

    simulation, records = system(begin, 2, cores=cores)
    simulation.kernel.call_at(105 * MILLISECOND, simulation.leave, 1)
    simulation.kernel.call_at(255 * MILLISECOND, simulation.join, 1)
    simulation.run(3 * SECOND)
    got = told(records, "got", "number")
    assert got == sorted(set(got))
    assert got[-1] == 49
    assert len(got) + len(told(records, "dropped-message", "reason")) >= 50


def test_a_crash_that_waits_for_a_record_of_an_actor_strikes() -> None:
    """A fault may wait for what an actor records, and the balance holds."""
    fault: dict[str, Any] = {"kind": "crash", "target": 3, "restart_after": "50ms"}
    fault["when"] = {"after": "item-delivered"}
    faults = [fault, {**fault, "target": 2, "when": {"after": "mailbox"}}]
    run = murmur.run(murmur.load("pipeline-hunt", overrides=["checks=[mailbox-bounded, nothing-lost]"]), seed=1)
    assert run.exit_code == 0
    scenario = {**run.scenario.canonical(), "faults": faults}
    again = murmur.run(scenario)
    assert again.exit_code == 0
    assert sum(record.kind == "crashed" for record in again.records) >= 1


@pytest.mark.parametrize("hear", ["both", "divided"])
def test_twins_take_one_anothers_place(hear: str) -> None:
    """Two nodes with one identity break nothing, and when one is gone, all goes on with the other."""
    twins = {"kind": "twins", "target": 2, "at": "100ms", "heal_after": "400ms", "hear": hear}
    scenario = murmur.load("pipeline-hunt", overrides=["checks=[mailbox-bounded, messages-balance]"])
    run = murmur.run({**scenario.canonical(), "faults": [twins], "budget": "unbounded"})
    assert run.exit_code == 0
    assert run.summary["metrics"]["items_delivered"] > 20
