"""An error that comes out of a simulation tells when it came about, and what which node was handling."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pytest

from sim.message import Message
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocol import Protocol
from sim.raised_in import moment_of
from sim.simulation import Simulation
from topologies.registry import build

SECOND = 1_000_000_000


@dataclass(frozen=True)
class Ping:
    """A message."""


class Quiet(Protocol):
    """Sends a Ping from node 0 to node 1 after a second."""

    def on_start(self) -> None:
        if self.node.id == 0:
            self.node.set_timer(("ping", 1), SECOND)

    def on_timer(self, name: Hashable) -> None:
        self.node.send(1, Ping())


class OnMessage(Quiet):
    """Raises as it is told something."""

    def on_message(self, message: Message) -> None:
        raise KeyError("message") from ValueError("cause")


class OnTimer(Quiet):
    """Raises in a timer, within what the node does for it."""

    def on_timer(self, name: Hashable) -> None:
        self.node.send(99, Ping())


class OnRequest(Quiet):
    """Raises as it is asked something."""

    def on_request(self, request: Any) -> None:
        raise RuntimeError


class OnStart(Quiet):
    """Raises as it starts."""

    def on_start(self) -> None:
        assert self.node.id < 2


class OnRestart(Quiet):
    """Raises as it restarts."""

    def on_restart(self) -> None:
        raise RuntimeError


class InProcess(Protocol):
    """Raises as it goes on with its process."""

    def run(self) -> Any:
        """Wait and raise."""
        yield self.node.sleep(SECOND * (3 - self.node.id))
        raise RuntimeError


def simulation(protocol: type[Protocol], **options: Any) -> Simulation:
    """Three nodes a second apart; node 1 crashes at 5 s and restarts at 6, and is asked at 7."""
    network = NetworkConfig(latency=ConstantLatency(value=SECOND))
    made = Simulation(build({"kind": "mesh", "nodes": 3}, 0), protocol, network=network, **options)
    made.kernel.call_at(5 * SECOND, made.crash, 1)
    made.kernel.call_at(6 * SECOND, made.restart, 1)
    made.kernel.call_at(7 * SECOND, made.request, 1, Ping())
    return made


@pytest.mark.parametrize(
    ("protocol", "plain", "with_a_core"),
    [
        (OnMessage, "at 2s, as node 1 handled Ping from node 0", "at 3s, as node 1 handled Ping from node 0"),
        (OnTimer, "at 1s, as node 0 handled its timer ('ping', 1)", "at 1.5s, as node 0 handled its timer ('ping', 1)"),
        (OnRequest, "at 7s, as node 1 handled a Ping", "at 7.5s, as node 1 handled a Ping"),
        (OnStart, "at 0, as node 2 started", "at 0, as node 2 started"),
        (OnRestart, "at 6s, as node 1 restarted", "at 6s, as node 1 restarted"),
        (InProcess, "at 1s, as node 2 ran its process", "at 1.5s, as node 2 ran its process"),
    ],
)
@pytest.mark.parametrize("detail", ["summary", "all"])
def test_an_error_tells_time_node_and_what_was_handled(
    protocol: type[Protocol], plain: str, with_a_core: str, detail: Any
) -> None:
    """In each handler, with and without a core and rows about messages."""
    for handling, told in ((None, plain), (ConstantLatency(value=SECOND // 2), with_a_core)):
        with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever the protocol raises
            simulation(protocol, handling=handling, detail=detail).run(10 * SECOND)
        assert str(moment_of(raised.value)) == told


def test_an_error_of_no_node_tells_the_time() -> None:
    """What a call of the kernel itself raises has a time, and nothing that was handled."""
    made = simulation(Quiet)
    made.kernel.call_at(4 * SECOND, lambda nothing: 1 // nothing, 0)
    with pytest.raises(ZeroDivisionError) as raised:
        made.run(10 * SECOND)
    assert str(moment_of(raised.value)) == "at 4s"


def test_an_error_from_elsewhere_tells_nothing() -> None:
    """An error that did not come out of a simulation has no such moment."""
    with pytest.raises(ZeroDivisionError) as raised:
        1 // 0  # noqa: B018
    assert moment_of(raised.value) is None
