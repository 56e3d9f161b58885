"""Links one by one: a small graph written out in the scenario, or one read from a file and embedded in a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import Nodes, TopologyConfig
from topologies.errors import InputError
from topologies.topology import MOST_STORED_LINKS, Topology, tuples_of_neighbors

Listed = Field(strict=False, max_length=MOST_STORED_LINKS)  # a list, as files give it, becomes a tuple
Pair = Annotated[tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], Field(strict=False)]


class LinksConfig(TopologyConfig):
    """Nodes 0 .. nodes-1 and each of their links, with delays, weights, names and regions where they are known."""

    kind: Literal["links"] = "links"
    nodes: Nodes
    links: Annotated[tuple[Pair, ...], Listed] = Field(description="pairs of nodes, such as [[0, 1], [1, 2]]")
    latency_ns: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**63)], ...], Listed] | None = Field(
        default=None, description="one-way delay of each link in ns, in the order of links"
    )
    weights: Annotated[tuple[float, ...], Listed] | None = Field(
        default=None, description="weight of each link, in the order of links"
    )
    names: Annotated[tuple[str, ...], Listed] | None = Field(default=None, description="name of each node")
    regions: Annotated[tuple[str, ...], Listed] | None = Field(default=None, description="region of each node")
    require_connected: bool = Field(default=True, description="whether a graph in several parts is an error")

    @model_validator(mode="after")
    def _links_are_distinct(self) -> Self:
        first: dict[tuple[int, int], int] = {}
        for place, (a, b) in enumerate(self.links):
            if a == b or max(a, b) >= self.nodes:
                wrong = "a node linked to itself" if a == b else f"node {max(a, b)}"
                raise InputError(
                    f"found {wrong}; expected two different nodes from 0 to {self.nodes - 1}",
                    ("links", place),
                )
            before = first.setdefault((min(a, b), max(a, b)), place)
            if before != place:
                raise InputError(
                    f"found the link of {a} and {b} again, which is links[{before}]; remove one",
                    ("links", place),
                )
        return self

    @model_validator(mode="after")
    def _lists_are_as_long(self) -> Self:
        for name, expected in (
            *((name, len(self.links)) for name in ("latency_ns", "weights")),
            *((name, self.nodes) for name in ("names", "regions")),
        ):
            values = getattr(self, name)
            if values is not None and len(values) != expected:
                of = "link" if name in ("latency_ns", "weights") else "node"
                raise InputError(f"found {len(values)} values; expected {expected}, one for each {of}", (name,))
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return len(self.links)

    def build(self, seed: int) -> Topology:
        """Build the graph; InputError where it is in several parts and require_connected is set."""
        pairs = [(min(link), max(link)) for link in self.links]
        topology = Topology(
            "links",
            self.nodes,
            tuples_of_neighbors(self.nodes, pairs),
            regions=self.regions,
            latency_ns=LinkLatency(dict(zip(pairs, self.latency_ns, strict=True))) if self.latency_ns else None,
            names=self.names,
            weights=dict(zip(pairs, self.weights, strict=True)) if self.weights else None,
        )
        if self.require_connected:
            refuse_parts(topology)
        return topology


class LinkLatency:
    """The one-way delay of two linked nodes."""

    __slots__ = ("_delays",)

    def __init__(self, delays: Mapping[tuple[int, int], int]) -> None:
        self._delays = delays

    def __call__(self, source: int, destination: int, /) -> int:
        """Return the delay in nanoseconds of two nodes, which must be linked."""
        return self._delays[(source, destination) if source < destination else (destination, source)]

    def canonical(self) -> Iterator[str]:
        """Yield the delay of each link."""
        for (a, b), delay in sorted(self._delays.items()):
            yield f"{a} {b} {delay}"


def refuse_parts(topology: Topology) -> None:
    """Raise InputError for a topology in several parts, which names a node that node 0 cannot reach."""
    if topology.is_connected:
        return
    lonely = topology.unreachable_from(0)
    names = topology.names or tuple(map(str, range(topology.nodes)))
    raise InputError(
        f"the graph is in several parts; {len(lonely)} of {topology.nodes} nodes, "
        f"{names[lonely[0]]!r} among them, cannot be reached from {names[0]!r}: link them, or set "
        "require_connected: false",
        ("require_connected",),
    )


def as_links(topology: Topology) -> LinksConfig:
    """Return the configuration that holds a topology in itself, so that it can be built again from no other file.

    Raises InputError for a complete graph whose links are not stored.
    """
    if topology.implicit:
        raise InputError(f"a {topology.kind} of {topology.nodes:,} nodes has too many links to write out")
    edges = tuple(topology.edges())
    latency, weights = topology.latency_ns, topology.weights
    return LinksConfig(
        nodes=topology.nodes,
        links=edges,
        latency_ns=tuple(latency(*edge) for edge in edges) if latency is not None else None,
        weights=tuple(weights[edge] for edge in edges) if weights is not None else None,
        names=topology.names,
        regions=topology.regions,
        require_connected=False,
    )
