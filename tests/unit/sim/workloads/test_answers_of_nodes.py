"""A node's answer reaches its client when the node may speak, and in the node's name."""

from faults.node.crash import Crash
from faults.storage.slow_disk import SlowDisk
from sim.simulation import Simulation
from sim.workloads.register import Register
from sim.workloads.request import Reply
from tests.unit.sim.workloads.stores import MILLISECOND, Run, Store
from topologies.registry import build

LONE = {"kind": "mesh", "nodes": 2}
SLOW = SlowDisk(target=0, write=30 * MILLISECOND, at=0)


def test_without_clients_answers_go_nowhere() -> None:
    """A server that answers where no workload has clients does no harm."""
    simulation = Simulation(build(LONE), Store)
    simulation.run(MILLISECOND)
    simulation.nodes[0].reply(0, Reply(0, 1, "ok"))
    assert simulation.network.clients is None


def test_an_answer_waits_for_the_write_before_it() -> None:
    """A server that writes before it answers does so as much later as its disk takes."""
    workload = Register(clients=1, at=MILLISECOND)
    latencies = [
        set(Run(workload, faults=faults, topology=LONE, writes=True).column("completed", "latency")[1:])
        for faults in ((), (SLOW,))
    ]
    assert latencies == [{2 * MILLISECOND}, {32 * MILLISECOND}]


def test_a_crash_in_a_write_takes_the_answer_back() -> None:
    """A server that crashes while it writes never answers; the operation stays unknown where nobody else can."""
    crash = Crash(target=0, at=20 * MILLISECOND)
    workload = Register(clients=3, operations=3, at=MILLISECOND, timeout=100 * MILLISECOND)
    run = Run(workload, faults=(SLOW, crash), topology=LONE, writes=True)
    assert run.simulation.nodes[0].storage.medium["requests"] > 0
    assert run.column("completed", "outcome") == ["unknown"] * 3


def test_a_node_that_is_down_answers_nobody() -> None:
    """An answer in a crash is not heard."""
    heard = []
    simulation = Simulation(build(LONE), Store)
    simulation.network.clients = lambda server, reply: heard.append((server, reply.sequence))
    simulation.run(MILLISECOND)
    node = simulation.nodes[1]
    node.reply(0, Reply(0, 1, "ok"))
    simulation.crash(1)
    node.reply(0, Reply(0, 2, "ok"))
    simulation.restart(1)
    node.reply(0, Reply(0, 3, "ok"))
    assert heard == [(1, 1), (1, 3)]


def test_a_twin_answers_as_the_node_whose_name_it_has() -> None:
    """Both nodes of one identity answer in its name."""
    heard = []
    simulation = Simulation(build(LONE), Store)
    simulation.network.clients = lambda server, reply: heard.append((server, reply.sequence))
    simulation.run(MILLISECOND)
    assert simulation.add_twin(1)
    simulation.twins[1].second.reply(0, Reply(0, 1, "ok"))
    simulation.nodes[1].reply(0, Reply(0, 2, "ok"))
    assert heard == [(1, 1), (1, 2)]
