"""The life of a node: crash, restart, pause and resume, timers, clocks, and protocols that run as a process."""

from sim.clock import Clock
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.simulation import ClockSpread, Simulation
from topologies.registry import TOPOLOGIES, build

MILLISECOND = 1_000_000


class Tick:
    """A payload without content."""


class Counting(Protocol):
    """Counts its own ticks in memory and on disk, and tells its neighbour."""

    def on_start(self) -> None:
        self.count = 0
        self.node.set_timer("tick", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.count += 1
        self.node.storage["count"] = self.node.storage.get("count", 0) + 1
        self.node.record("tick", memory=self.count, disk=self.node.storage["count"])
        self.node.send(self.node.neighbors[0], Tick())
        self.node.set_timer("tick", 10 * MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source)


def pair(protocol=Counting, **options):
    topology = build(TOPOLOGIES["line"].config(kind="line", nodes=2), 0)
    simulation = Simulation(topology, protocol, **options)
    return simulation, simulation.keep_records()


def test_a_crash_loses_memory_and_timers_and_keeps_the_disk() -> None:
    """After a restart the count in memory begins again and the count on disk goes on; in between nothing ticks."""
    simulation, rows = pair()
    simulation.kernel.call_at(35 * MILLISECOND, simulation.crash, 1)
    simulation.kernel.call_at(60 * MILLISECOND, simulation.restart, 1)
    simulation.run(100 * MILLISECOND)
    ticks = [
        (row.time // MILLISECOND, row.fields["memory"], row.fields["disk"])
        for row in rows
        if row.node == 1 and row.kind == "tick"
    ]
    assert ticks == [(10, 1, 1), (20, 2, 2), (30, 3, 3), (70, 1, 4), (80, 2, 5), (90, 3, 6)]


def test_messages_to_a_crashed_node_are_dropped() -> None:
    """What arrives while a node is down is never heard, not even after its restart."""
    simulation, rows = pair(network=NetworkConfig(latency="1ms"))
    simulation.kernel.call_at(5 * MILLISECOND, simulation.crash, 1)
    simulation.kernel.call_at(45 * MILLISECOND, simulation.restart, 1)
    simulation.run(62 * MILLISECOND)
    heard = [row.time // MILLISECOND for row in rows if row.node == 1 and row.kind == "heard"]
    assert heard == [51, 61]
    assert simulation.balance().outcomes["crashed"] == 4


def test_a_pause_delays_timers_and_messages_and_loses_none() -> None:
    """What came due in a pause happens at its end: timers first, then messages in the order of their arrival."""
    simulation, rows = pair(network=NetworkConfig(latency="1ms"))
    simulation.kernel.call_at(15 * MILLISECOND, simulation.pause, 1)
    simulation.kernel.call_at(45 * MILLISECOND, simulation.resume, 1)
    simulation.run(50 * MILLISECOND)
    during = [(row.time // MILLISECOND, row.kind) for row in rows if row.node == 1 and row.time > 14 * MILLISECOND]
    assert during == [(15, "paused"), (45, "resumed"), (45, "tick"), (45, "heard"), (45, "heard"), (45, "heard")]
    assert simulation.balance().sums


def test_a_crash_during_a_pause_drops_what_waited() -> None:
    """Messages that wait at a paused node die with it."""
    simulation, _ = pair(network=NetworkConfig(latency="1ms"))
    simulation.kernel.call_at(15 * MILLISECOND, simulation.pause, 1)
    simulation.run(45 * MILLISECOND)
    assert simulation.balance().waiting == 3
    simulation.crash(1)
    assert simulation.balance().waiting == 0
    assert simulation.balance().outcomes["crashed"] == 3


def test_operations_without_effect_say_so() -> None:
    """Crashing twice, restarting what runs, resuming what was not paused: each tells False and changes nothing."""
    simulation, _ = pair()
    simulation.run(1)
    assert [simulation.restart(0), simulation.resume(0), simulation.crash(0), simulation.crash(0)] == [
        False,
        False,
        True,
        False,
    ]
    assert [simulation.pause(0), simulation.restart(0), simulation.pause(0), simulation.pause(0)] == [
        False,
        True,
        True,
        False,
    ]


def test_setting_a_timer_again_replaces_it_and_cancelling_takes_it_back() -> None:
    """Only the last setting of a name fires, and none after it was cancelled."""

    class Resetting(Protocol):
        def on_start(self) -> None:
            self.node.set_timer("a", 10)
            self.node.set_timer("a", 20)
            self.node.set_timer("b", 10)
            self.node.cancel_timer("b")

        def on_timer(self, name: object) -> None:
            self.node.record("fired", name=str(name))

    simulation, rows = pair(Resetting)
    simulation.run()
    assert [(row.time, row.node, row.fields["name"]) for row in rows] == [(20, 0, "a"), (20, 1, "a")]


def test_a_clock_that_gains_fires_timers_early_in_true_time() -> None:
    """At 1,000 ppm gain, a second on the local clock takes 999.001 ms of true time, rounded up to the nanosecond."""
    clock = Clock(offset=500, drift=1_000_000)
    delay = clock.true_delay(1_000_000_000)
    assert clock.read(0) == 500
    assert clock.read(delay) - 500 >= 1_000_000_000 > clock.read(delay - 1) - 500
    assert abs(delay - 999_000_999) <= 1


def test_stepping_or_slewing_a_clock_never_makes_its_reading_jump_otherwise() -> None:
    """A step moves the reading by its size; a new rate does not move it at all."""
    clock = Clock()
    clock.set_drift(1_000, -500_000_000)
    assert clock.read(1_000) == 1_000
    assert clock.read(3_000) == 2_000
    clock.step(3_000, -1_500)
    assert clock.read(3_000) == 500


def test_local_clocks_differ_within_their_bounds_and_records_keep_true_time() -> None:
    """Nodes read their own clocks; records carry the time of the simulation."""

    class Reading(Protocol):
        def on_start(self) -> None:
            self.node.record("read", local=self.node.now)

    simulation, rows = pair(Reading, clocks=ClockSpread(offset=1_000_000, drift=0))
    simulation.run()
    readings = [row.fields["local"] for row in rows]
    assert all(-1_000_000 <= reading <= 1_000_000 for reading in readings)
    assert len(set(readings)) == 2
    assert {row.time for row in rows} == {0}


class Waiting(Protocol):
    """A process: waits up to 5 ms for a message, and records what came."""

    def run(self):
        if self.node.id == 0:
            yield self.node.sleep(7 * MILLISECOND)
            self.node.send(1, Tick())
        while True:
            message = yield self.node.receive(timeout=5 * MILLISECOND)
            self.node.record("came", source=None if message is None else message.source)


def test_a_protocol_can_run_as_a_process() -> None:
    """`receive` gives the message that came, or None after its timeout."""
    simulation, rows = pair(Waiting, network=NetworkConfig(latency="1ms"))
    simulation.run(14 * MILLISECOND)
    came = [(row.time // MILLISECOND, row.fields["source"]) for row in rows if row.node == 1]
    assert came == [(5, None), (8, 0), (13, None)]


def test_a_process_dies_with_its_node_and_begins_anew() -> None:
    """A crashed node's process records nothing more; after the restart `run` begins from the top."""
    simulation, rows = pair(Waiting, network=NetworkConfig(latency="1ms"))
    simulation.kernel.call_at(6 * MILLISECOND, simulation.crash, 1)
    simulation.kernel.call_at(20 * MILLISECOND, simulation.restart, 1)
    simulation.run(27 * MILLISECOND)
    came = [(row.time // MILLISECOND, row.fields["source"]) for row in rows if row.node == 1 and row.kind == "came"]
    assert came == [(5, None), (25, None)]


def test_a_mailbox_keeps_messages_until_the_process_asks() -> None:
    """Messages that come while the process sleeps are received afterwards, in order."""

    class Sleepy(Protocol):
        def run(self):
            if self.node.id == 0:
                for _ in range(3):
                    self.node.send(1, Tick())
            yield self.node.sleep(10 * MILLISECOND)
            while True:
                message = yield self.node.receive(timeout=MILLISECOND)
                self.node.record("came", source=None if message is None else message.source)

    simulation, rows = pair(Sleepy, network=NetworkConfig(latency="1ms"))
    simulation.run(11 * MILLISECOND + 1)
    assert [row.fields["source"] for row in rows if row.node == 1] == [0, 0, 0, None]
