"""Threads on cores for tests of what they share."""

from __future__ import annotations

from sim.hardware.processor import Processor
from sim.hardware.shared.body import Body, thread_of
from sim.hardware.shared.costs import SharedCosts
from sim.hardware.task import Thread
from sim.hardware.transfer import Transfer
from sim.kernel import Kernel
from sim.network.latency import ConstantLatency
from sim.randomness import Stream


def costs(**nanoseconds: int) -> SharedCosts:
    """Costs that are all zero but for those that are named."""
    free = dict.fromkeys(SharedCosts.model_fields, 0) | nanoseconds
    return SharedCosts(**{name: ConstantLatency(value=value) for name, value in free.items()})


def stream() -> Stream:
    """A stream of the tests."""
    return Stream(7)


def machine(cores: int, sockets: int = 1, same_socket: int = 0, other_socket: int = 0) -> Processor:
    """Cores at full speed, with distances in nanoseconds."""
    processor = Processor(Kernel(), (1.0,) * cores, sockets)
    processor.transfers = Transfer(same_socket=same_socket, other_socket=other_socket)
    return processor


def start(processor: Processor, *bodies: Body) -> list[Thread]:
    """Start a thread for each body, in order."""
    return [thread_of(processor, body).start() for body in bodies]


def run(processor: Processor, *bodies: Body) -> int:
    """Run threads to their end; gives the time at which nothing was left, in nanoseconds."""
    threads = start(processor, *bodies)
    processor.kernel.run()
    assert all(thread.over for thread in threads)
    return processor.kernel.now
