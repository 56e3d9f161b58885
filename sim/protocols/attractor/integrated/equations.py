"""The equations of a swarm, made of its options and its topology."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sim.protocols.attractor.integrated.adaptation import Adaptation
from sim.protocols.attractor.integrated.circle import EXACT, Circle, digits_for
from sim.protocols.attractor.integrated.coupling import Coupling, MeanField, Sparse, Weighted
from sim.protocols.attractor.integrated.history import History
from sim.protocols.attractor.integrated.links import Links
from sim.protocols.attractor.integrated.motion import UNITS, UNITS_A_RADIAN, Motion
from sim.protocols.attractor.integrated.noise import size_of_noise
from sim.protocols.attractor.integrated.passing import share_that_arrives
from sim.units import SECOND, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.network.config import NetworkConfig
    from sim.protocols.attractor.integrated.config import KuramotoConfig
    from topologies.topology import Topology

MOST_IN_A_STEP: Final = UNITS / 4
"""By how much coupling or noise may move an agent in a step; more is no integration of anything."""
FEWEST_DIGITS: Final = 20
"""Binary digits after the point that sines have at least: enough for a million agents in a mean field, and more."""
MOST_REMEMBERED: Final = 50_000_000
"""Phases that a delay may have remembered: 17 bytes each."""


class Equations:
    """What moves the agents of a topology.

    Raises InputError, with its path in the scenario, where a step is too long, or a delay has too much remembered.
    """

    def __init__(self, config: KuramotoConfig, topology: Topology, network: NetworkConfig) -> None:
        import numpy as np

        self._config, self._topology = config, topology
        size = topology.nodes
        degrees = np.array([len(neighbors) for neighbors in topology.neighbors], dtype=float)
        norm = {"degree": np.maximum(degrees, 1.0), "population": float(size), "none": 1.0}[config.normalization]
        reach = degrees if self._stated is None else self.links.matrix_of_places() @ abs(self._stated)
        strength = config.strength * share_that_arrives(network)
        self._scale = strength * UNITS_A_RADIAN * config.step / SECOND / norm
        self._check_step(float(np.max(np.abs(self._scale) * reach)), "coupling", "step")
        self._check_step(size_of_noise(config.noise, config.step), "noise", "noise")
        self._check_delay()
        most = 2.0 * float(reach.max()) if config.learning is not None else float(reach.max())
        self._digits = digits_for(max(float(size) if self._is_complete else 1.0, most))
        self._check_weights(most)

    @cached_property
    def links(self) -> Links:
        """The directed links, made when they are first needed: a mean field does without."""
        return Links(self._topology)

    @cached_property
    def _stated(self) -> Any:
        """The weights that the topology states, where they count; None: all links are alike."""
        return self.links.weights() if self._config.weighted and self._topology.weights is not None else None

    @cached_property
    def _adaptation(self) -> Adaptation | None:
        learning = self._config.learning
        if learning is None:
            return None
        return Adaptation(self.links, learning.initial, learning.rate * self._config.step / SECOND)

    @property
    def _is_complete(self) -> bool:
        size = self._topology.nodes
        return self._topology.links == size * (size - 1) // 2

    def _check_step(self, most: float, what: str, field: str) -> None:
        if most >= MOST_IN_A_STEP:
            found = f"found steps of {format_duration(self._config.step)}, in which {what} may move an agent by"
            turns = f"{most / UNITS:.3g} turns"
            raise InputError(f"{found} {turns}; expected less than a quarter: shorten the step", ("protocol", field))

    def _check_weights(self, most: float) -> None:
        if self._digits < FEWEST_DIGITS:
            found = f"found links of which those of one agent weigh {most:.3g} together"
            raise InputError(f"{found}; expected at most {2.0 ** (EXACT - FEWEST_DIGITS):.3g}: scale the weights down")

    def _check_delay(self) -> None:
        steps, agents = self._config.delay // self._config.step, self._topology.nodes
        if steps * agents > MOST_REMEMBERED:
            found = f"found a delay of {steps:,} steps for {agents:,} agents"
            most = f"expected at most {MOST_REMEMBERED:,} phases to remember: lengthen the step"
            raise InputError(f"{found}; {most}", ("protocol", "delay"))

    def motion(self) -> Motion:
        """What moves all phases, before any agent has begun."""
        config, size = self._config, self._topology.nodes
        motion = Motion(size, Circle(self._digits), self.coupling(None), self._scale, config.lag)
        motion.adaptation = self._adaptation
        if config.delay:
            motion.hear_late(History(size, config.delay, config.step, config.method == "rk4"))
        return motion

    def coupling(self, shares: Any) -> Coupling:
        """How agents pull one another where these shares get through over their links; None: all."""
        import numpy as np

        if self._adaptation is not None or self._stated is not None:
            weights = np.ones(self.links.number) if self._stated is None else self._stated
            weights = weights if shares is None else weights * shares
            return Weighted(self.links, weights, self._digits, self._adaptation)
        if shares is None:
            return MeanField() if self._is_complete else Sparse(self.links, np.ones(self.links.number))
        if np.isin(shares, (0.0, 1.0)).all():
            return Sparse(self.links, shares)
        return Weighted(self.links, shares, self._digits)
