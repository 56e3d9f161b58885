"""What the network and its faults make of coupling: how much of it gets through over each link.

Of what is sent over a link that loses messages with probability p a share of 1 - p arrives, so that the link pulls with
a weight of 1 - p; over a link that a partition has cut nothing does. Latency, jitter, copies, the order and the size of
messages mean nothing to coupling, which has a delay of its own for all links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.network.config import IndependentLoss
from sim.network.effects import LinkEffect

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy import bool_, float64
    from numpy.typing import NDArray

    from sim.network.config import NetworkConfig
    from sim.network.network import Network
    from sim.protocols.attractor.integrated.links import Links


def share_that_arrives(config: NetworkConfig) -> float:
    """The share of messages that links neither lose nor damage in the long run."""
    loss = config.loss
    if isinstance(loss, IndependentLoss):
        lost = loss.probability
    else:
        bad = loss.enter_bad / (loss.enter_bad + loss.leave_bad) if loss.enter_bad else 0.0
        lost = bad * loss.loss_bad + (1.0 - bad) * loss.loss_good
    return (1.0 - lost) * (1.0 - config.corruption)


class Passing:
    """Keeps up with the partitions and faults in force. `links` gives the links, made where they are needed."""

    def __init__(self, network: Network, links: Callable[[], Links]) -> None:
        self._network = network
        self._links = links
        self._state: tuple[object, ...] = ()
        self._concerned: dict[object, NDArray[bool_]] = {}

    def has_changed(self, now: int) -> bool:
        """Whether other links are cut or lose otherwise than when this was last asked."""
        network = self._network
        if not (network.disturbed or self._state):
            return False
        effects = [(effect, effect.share(now)) for effect in network.effects]
        state = (*network.separations, *effects)
        changed, self._state = state != self._state, state
        return changed

    def shares(self) -> NDArray[float64] | None:
        """The share that gets through over each link; None where nothing is disturbed."""
        import numpy as np

        if not self._state:
            self._concerned.clear()
            return None
        shares = np.ones(self._links().number)
        for part in self._state:
            cause, share = part if isinstance(part, tuple) else (part, 0.0)
            shares[self._where(cause)] *= share
        return shares

    def _where(self, cause: Any) -> NDArray[bool_]:
        """Which links a partition or fault is about; found out once for each, which then has touched so many."""
        found = self._concerned.get(cause)
        if found is None:
            found = self._links().where(cause.links if isinstance(cause, LinkEffect) else cause.separates)
            self._concerned[cause] = found
            cause.touched += int(found.sum())
        return found
