"""A topology: which nodes there are, who is linked to whom, and how far apart they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from hashlib import blake2b
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING, Any, Final, Protocol

from topologies.errors import InputError

if TYPE_CHECKING:
    import networkx

MOST_NODES: Final = 1_000_000
MOST_STORED_LINKS: Final = 20_000_000
MOST_STORED_MESH_NODES: Final = 256
MOST_IMPLICIT_GRAPH_NODES: Final = 5_000
MOST_EXACT_DIAMETER_NODES: Final = 2_000

_DIGEST_BYTES: Final = 32
_BATCH: Final = 8_192


class PairLatency(Protocol):
    """The measured one-way propagation delay of a pair of nodes, in nanoseconds, the same in both directions."""

    def __call__(self, source: int, destination: int, /) -> int:
        """Return the delay from one node to another, in nanoseconds."""

    def canonical(self) -> Iterable[str]:
        """Yield what decides every delay, as text in a fixed order: for the digest where links are not stored."""


@dataclass(frozen=True, eq=False)
class Topology:
    """Nodes 0 .. nodes-1 and the undirected links between them, without self-loops or parallel links.

    `neighbors[i]`: the nodes linked to node i, ascending; tuples, or, where `implicit`, sequences that are computed.
    `stated_diameter`: the diameter in hops where a formula gives it.
    `regions`: the region of each node. `names`: the name of each node in its file or family.
    `latency_ns(i, j)`: the one-way propagation delay of a pair from measured data, in ns.
    `weights`: the weight of each link (i, j), i < j, where a file states weights.
    `coordinator`: the node that coordinates the others, in a centralized topology.
    `source_digest`: the BLAKE2b hash of the file that the topology was read from.
    `implicit`: a complete graph too large to store its links.
    """

    kind: str
    nodes: int
    neighbors: Sequence[Sequence[int]]
    stated_diameter: int | None = None
    regions: tuple[str, ...] | None = None
    latency_ns: PairLatency | None = None
    implicit: bool = False
    names: tuple[str, ...] | None = None
    weights: Mapping[tuple[int, int], float] | None = field(default=None, repr=False)
    coordinator: int | None = None
    source_digest: str | None = None

    def __post_init__(self) -> None:
        assert 1 <= self.nodes == len(self.neighbors)
        assert self.regions is None or len(self.regions) == self.nodes
        assert self.names is None or len(self.names) == self.nodes

    def __repr__(self) -> str:
        return f"Topology(kind={self.kind!r}, nodes={self.nodes}, links={self.links})"

    @cached_property
    def links(self) -> int:
        """Number of undirected links."""
        if self.implicit:
            return self.nodes * (self.nodes - 1) // 2
        return sum(map(len, self.neighbors)) // 2

    def edges(self) -> Iterator[tuple[int, int]]:
        """Yield each link once as (i, j) with i < j, in ascending order."""
        for node, others in enumerate(self.neighbors):
            for other in others:
                if other > node:
                    yield node, other

    @cached_property
    def is_connected(self) -> bool:
        """Whether every node can reach every other over links."""
        return self.stated_diameter is not None or self.implicit or not self.unreachable_from(0)

    def unreachable_from(self, node: int) -> list[int]:
        """Return the nodes that no path of links joins to a node, ascending."""
        return sorted(set(range(self.nodes)).difference(*_layers(self.neighbors, node)))

    @cached_property
    def diameter(self) -> int | None:
        """The longest of the shortest paths in hops, exact; None where the topology is disconnected.

        By formula in the regular families. Otherwise computed at the first use: up to 2,000 nodes in milliseconds (a
        second for a graph as long as a line), but at 100,000 in minutes or more. Building never computes it, and
        `describe` never starts a long computation.
        """
        if self.stated_diameter is not None:
            return self.stated_diameter
        if not self.is_connected:
            return None
        if self.nodes <= MOST_EXACT_DIAMETER_NODES:
            return _diameter_by_flooding(self.neighbors)
        import networkx

        return int(networkx.diameter(self.graph, usebounds=True))

    @cached_property
    def graph(self) -> networkx.Graph[int]:
        """A networkx graph: integer nodes in ascending order, links sorted.

        Nodes carry `region` and `name`, links `latency_ns` and `weight`, where known. Raises InputError for a complete
        graph of more than 5,000 nodes, whose links would fill gigabytes.
        """
        if self.implicit and self.nodes > MOST_IMPLICIT_GRAPH_NODES:
            raise InputError(
                f"a {self.kind} of {self.nodes:,} nodes has {self.links:,} links, too many for a graph in memory; "
                f"use neighbors, which are computed, or at most {MOST_IMPLICIT_GRAPH_NODES:,} nodes"
            )
        import networkx

        graph: networkx.Graph[int] = networkx.Graph()
        graph.add_nodes_from((node, self._node_attributes(node)) for node in range(self.nodes))
        graph.add_edges_from((*edge, self._edge_attributes(edge)) for edge in self.edges())
        return graph

    def _node_attributes(self, node: int) -> dict[str, Any]:
        return {
            name: values[node]
            for name, values in (("region", self.regions), ("name", self.names))
            if values is not None
        }

    def _edge_attributes(self, edge: tuple[int, int]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        if self.latency_ns is not None:
            attributes["latency_ns"] = self.latency_ns(*edge)
        if self.weights is not None:
            attributes["weight"] = self.weights[edge]
        return attributes

    def digest(self) -> str:
        """Return the BLAKE2b hash, in hexadecimal, of what the topology is: nodes, sorted links, latencies, weights.

        How it came about (its kind, names, regions) does not count: a ring and a file that holds the same ring are
        equal. A complete graph counts as such, whether its links are stored or not.
        """
        state = blake2b(digest_size=_DIGEST_BYTES, person=b"murmur-topology1")
        lines = self._canonical()
        while batch := list(islice(lines, _BATCH)):
            state.update("".join(f"{line}\n" for line in batch).encode())
        return state.hexdigest()

    def _canonical(self) -> Iterator[str]:
        yield f"nodes {self.nodes}"
        complete = self.links == self.nodes * (self.nodes - 1) // 2
        if complete:
            yield "complete"
        if self.implicit:
            if self.latency_ns is not None:
                yield from self.latency_ns.canonical()
        elif not complete or self.latency_ns is not None or self.weights is not None:
            for edge in self.edges():
                values = [f" {name} {value!r}" for name, value in self._edge_attributes(edge).items()]
                yield f"{edge[0]} {edge[1]}{''.join(values)}"

    def describe(self) -> dict[str, Any]:
        """Return the topology in figures: nodes, links, degrees, whether it is connected, diameter.

        `diameter` is None where the topology is disconnected, and where it is not known by formula and more than 2,000
        nodes make it long to compute; then `diameter_at_least` and `diameter_at_most` bound it (two sweeps of a
        breadth-first search).
        """
        degrees = [self.nodes - 1] if self.implicit else sorted(map(len, self.neighbors))
        description = {
            "kind": self.kind,
            "nodes": self.nodes,
            "links": self.links,
            "degree_min": degrees[0],
            "degree_mean": 2 * self.links / self.nodes,
            "degree_max": degrees[-1],
            "connected": self.is_connected,
        }
        if self.regions is not None:
            description["regions"] = dict(sorted(Counter(self.regions).items()))
        quick = self.stated_diameter is not None or self.nodes <= MOST_EXACT_DIAMETER_NODES or "diameter" in vars(self)
        description["diameter"] = self.diameter if quick else None
        if self.is_connected and not quick:
            low, high = self._diameter_bounds()
            description |= {"diameter_at_least": low, "diameter_at_most": high}
        return description

    def _diameter_bounds(self) -> tuple[int, int]:
        """Bounds from two sweeps: the farthest node from node 0, then the farthest from that one.

        The second eccentricity is a lower bound, and twice the first an upper one (Magnien, Latapy, Habib 2009).
        """
        first = _layers(self.neighbors, 0)
        second = _layers(self.neighbors, min(first[-1]))
        return len(second) - 1, min(2 * (len(first) - 1), 2 * (len(second) - 1))


def _layers(neighbors: Sequence[Sequence[int]], source: int) -> list[list[int]]:
    """Return the nodes by their distance from `source`: item d holds those at d hops.

    Written out because networkx would first need its graph: five times the memory, and the import.
    """
    seen = bytearray(len(neighbors))
    seen[source] = 1
    layers = [[source]]
    while layers[-1]:
        following = []
        for node in layers[-1]:
            for other in neighbors[node]:
                if not seen[other]:
                    seen[other] = 1
                    following.append(other)
        layers.append(following)
    return layers[:-1]


def _diameter_by_flooding(neighbors: Sequence[Sequence[int]]) -> int:
    """Return the diameter of a connected graph: the rounds until each node has heard from all, one bit for each.

    All breadth-first searches at once, bits packed into whole numbers: 70 to 140 times as
    fast as networkx on random graphs of 2,000 nodes.
    """
    everyone = (1 << len(neighbors)) - 1
    heard = [1 << node for node in range(len(neighbors))]
    rounds = 0
    while any(known != everyone for known in heard):
        before, rounds = heard, rounds + 1
        heard = [reduce(or_, map(before.__getitem__, others), before[node]) for node, others in enumerate(neighbors)]
    return rounds


def tuples_of_neighbors(nodes: int, edges: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Return each node's neighbours, ascending, from links given once each, in any order and direction."""
    adjacency: list[list[int]] = [[] for _ in range(nodes)]
    own = list(range(nodes))  # one int object per node, shared by all tuples, instead of two per link
    for a, b in edges:
        adjacency[a].append(own[b])
        adjacency[b].append(own[a])
    for node, others in enumerate(adjacency):
        others.sort()
        adjacency[node] = tuple(others)  # type: ignore[call-overload]
    return tuple(adjacency)  # type: ignore[arg-type]


def complete_neighbors(nodes: int) -> tuple[Sequence[Sequence[int]], bool]:
    """Return the neighbours of a complete graph, and whether they are computed: beyond 256 nodes they are."""
    from topologies.complete_neighbors import CompleteNeighbors

    implicit = nodes > MOST_STORED_MESH_NODES
    computed = CompleteNeighbors(nodes)
    return (computed if implicit else tuple(map(tuple, computed))), implicit
