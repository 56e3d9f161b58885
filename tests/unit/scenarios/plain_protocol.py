"""A protocol that does not say what convergence is."""

from __future__ import annotations

from sim.protocol import Protocol


class Plain(Protocol):
    """Sends a beat to all its neighbours every second."""

    def on_start(self) -> None:
        self.node.set_timer("beat", 1_000_000_000)

    def on_timer(self, name: object) -> None:
        self.node.broadcast("beat")
        self.node.set_timer("beat", 1_000_000_000)
