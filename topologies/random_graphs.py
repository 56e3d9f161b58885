"""Random graphs from networkx's generators: Erdős-Rényi, small world, scale free."""

from __future__ import annotations

from math import exp, log, log1p
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from topologies.config import Nodes, TopologyConfig, shown_count
from topologies.connected_draw import Neighbors, draw
from topologies.errors import InputError
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors

MOST_NETWORKX_LINKS: Final = 5_000_000  # networkx takes some 250 bytes for each while it draws

_HOPELESS: Final = 7.0  # isolated nodes to expect; the chance of having none is then e^-7, one in a thousand draws


class _NetworkxConfig(TopologyConfig):
    """A random graph that networkx draws."""

    @model_validator(mode="after")
    def _fits_networkx(self) -> Self:
        links = self.link_count or 0
        if links > MOST_NETWORKX_LINKS:
            raise InputError(
                f"found about {shown_count(links)} links to draw, more than the {MOST_NETWORKX_LINKS:,} allowed; "
                "lower nodes or the number of links per node"
            )
        return self


class ErdosRenyiConfig(_NetworkxConfig):
    """Every pair of nodes is linked with the same probability, independently: G(n, p)."""

    kind: Literal["erdos-renyi"] = "erdos-renyi"
    nodes: Nodes
    probability: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="probability of each link; by default 2 ln(n) / n, twice the connectivity threshold"
    )
    mean_degree: Annotated[float, Field(ge=0, le=MOST_NODES)] | None = Field(
        default=None, description="expected neighbours of a node, instead of probability"
    )
    connected: bool = Field(default=True, description="draw again until the graph is connected")

    @model_validator(mode="after")
    def _has_one_density(self) -> Self:
        if self.probability is not None and self.mean_degree is not None:
            raise InputError("give probability or mean_degree; found both", ("mean_degree",))
        if self.mean_degree is not None and self.mean_degree > self.nodes - 1:
            raise InputError(
                f"found {self.mean_degree:g} with {self.nodes} nodes; expected at most {self.nodes - 1}: "
                "lower mean_degree or raise nodes",
                ("mean_degree",),
            )
        return self

    @model_validator(mode="after")
    def _can_be_connected(self) -> Self:
        if self.connected and self.nodes > 1 and _isolated(self.nodes, self.link_probability) > _HOPELESS:
            field = "probability" if self.mean_degree is None else "mean_degree"
            raise InputError(
                f"found {getattr(self, field):g} with {self.nodes} nodes, of which about "
                f"{_isolated(self.nodes, self.link_probability):.0f} would have no neighbour; {self._remedy()}",
                (field,),
            )
        return self

    def _remedy(self) -> str:
        enough = min(
            1.0, (log(self.nodes) + 3) / self.nodes
        )  # connected with probability exp(-e^-3), 95 % (Erdős-Rényi)
        return (
            f"raise probability to about {enough:.2g} (mean_degree {enough * (self.nodes - 1):.2g}), "
            "or set connected: false"
        )

    @property
    def link_probability(self) -> float:
        """The probability of each link, however it was given."""
        if self.mean_degree is not None:
            return self.mean_degree / max(self.nodes - 1, 1)
        return self.probability if self.probability is not None else min(1.0, 2 * log(self.nodes) / self.nodes)

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return round(self.nodes * (self.nodes - 1) / 2 * self.link_probability)

    def build(self, seed: int) -> Topology:
        """Draw the graph with networkx.fast_gnp_random_graph (Batagelj and Brandes 2005)."""
        return draw(self.kind, seed, self._draw, self.nodes + self.link_count, self.connected, self._remedy())

    def _draw(self, random: Random) -> Neighbors:
        import networkx

        probability = self.link_probability
        if 1.0 - probability == 1.0:  # networkx divides by log(1 - p): 10^12 pairs would still have no link
            probability = 0.0
        graph = networkx.fast_gnp_random_graph(self.nodes, probability, seed=random)
        return tuples_of_neighbors(self.nodes, graph.edges)


class SmallWorldConfig(_NetworkxConfig):
    """A ring of near neighbours, some of whose links are rewired to far nodes (Watts and Strogatz 1998)."""

    kind: Literal["small-world"] = "small-world"
    nodes: Nodes
    nearest: int = Field(default=4, ge=2, le=MOST_NODES, description="neighbours on the ring at first; an even number")
    rewiring: float = Field(default=0.1, ge=0, le=1, description="probability that a link is rewired")
    connected: bool = Field(default=True, description="draw again until the graph is connected")

    @model_validator(mode="after")
    def _ring_exists(self) -> Self:
        if self.nearest % 2:
            raise InputError(
                f"found {self.nearest}; expected an even number, half of it on each side: "
                f"{self.nearest - 1} or {self.nearest + 1}",
                ("nearest",),
            )
        if self.nearest >= self.nodes:
            raise InputError(
                f"found {self.nearest} with {self.nodes} nodes; expected less than nodes: lower nearest or raise nodes",
                ("nearest",),
            )
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes * self.nearest // 2

    def build(self, seed: int) -> Topology:
        """Draw the graph with networkx.watts_strogatz_graph."""
        remedy = "raise nearest, lower rewiring, or set connected: false"
        return draw(self.kind, seed, self._draw, self.nodes + self.link_count, self.connected, remedy)

    def _draw(self, random: Random) -> Neighbors:
        import networkx

        graph = networkx.watts_strogatz_graph(self.nodes, self.nearest, self.rewiring, seed=random)
        return tuples_of_neighbors(self.nodes, graph.edges)


class ScaleFreeConfig(_NetworkxConfig):
    """Nodes join one by one and link to nodes that have many links already (Barabási and Albert 1999).

    The first links form a star, so that the graph is always connected.
    """

    kind: Literal["scale-free"] = "scale-free"
    nodes: Annotated[int, Field(ge=2, le=MOST_NODES, description="number of nodes")]
    links_per_node: int = Field(default=2, ge=1, le=MOST_NODES, description="links that each new node brings")

    @model_validator(mode="after")
    def _first_node_can_link(self) -> Self:
        if self.links_per_node >= self.nodes:
            raise InputError(
                f"found {self.links_per_node} with {self.nodes} nodes; expected less than nodes: "
                "lower links_per_node or raise nodes",
                ("links_per_node",),
            )
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.links_per_node * (self.nodes - self.links_per_node)

    def build(self, seed: int) -> Topology:
        """Draw the graph with networkx.barabasi_albert_graph."""
        return draw(self.kind, seed, self._draw, self.nodes + self.link_count, False, "")

    def _draw(self, random: Random) -> Neighbors:
        import networkx

        graph = networkx.barabasi_albert_graph(self.nodes, self.links_per_node, seed=random)
        return tuples_of_neighbors(self.nodes, graph.edges)


def _isolated(nodes: int, probability: float) -> float:
    """Return the expected number of nodes without a neighbour in G(n, p): n (1 - p)^(n - 1)."""
    return 0.0 if probability == 1 else nodes * exp((nodes - 1) * log1p(-probability))
