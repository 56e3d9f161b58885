"""Random regular: every node has the same number of neighbours, chosen at random."""

from __future__ import annotations

from random import Random
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from topologies.config import Nodes, TopologyConfig
from topologies.connected_draw import Neighbors, draw
from topologies.errors import InputError
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors

_MOST_SWITCHES: Final = 1_000  # of links tried for one pair of stubs; a quarter or more of them serve in a large graph


class RandomRegularConfig(TopologyConfig):
    """A random graph in which every node has `degree` neighbours; an expander from degree 3 on."""

    kind: Literal["random-regular"] = "random-regular"
    nodes: Nodes
    degree: int = Field(default=8, ge=1, le=MOST_NODES, description="neighbours of each node; nodes x degree is even")
    connected: bool = Field(default=True, description="draw again until the graph is connected")

    @model_validator(mode="after")
    def _exists(self) -> Self:
        demand_regular(self.nodes, self.degree, self.connected)
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes * self.degree // 2

    def build(self, seed: int) -> Topology:
        """Draw the graph; it depends on the seed alone, not on the versions of networkx and Python."""
        return draw(
            self.kind,
            seed,
            lambda random: _regular_neighbors(self.nodes, self.degree, random),
            self.nodes + self.link_count,
            self.connected,
            "raise degree, or set connected: false",
        )


def demand_regular(nodes: int, degree: int, connected: bool) -> None:
    """Raise InputError where no graph of so many nodes has that degree, or none that is connected."""
    if degree >= nodes:
        raise InputError(
            f"found {degree} with {nodes} nodes; a node has at most {nodes - 1} neighbours: "
            "lower degree or raise nodes",
            ("degree",),
        )
    if nodes * degree % 2:
        raise InputError(
            f"found {degree} with {nodes} nodes, both odd, so that half a link would be left "
            "over; make one of them even",
            ("degree",),
        )
    if connected and degree < min(3, nodes - 1):
        raise InputError(
            f"found {degree}; only a ring is connected with degree 2, and no graph of "
            f"{nodes} nodes with degree 1: raise degree to 3, or take kind: ring, or set connected: false",
            ("degree",),
        )


def _regular_neighbors(nodes: int, degree: int, random: Random) -> Neighbors:
    """Draw by pairing; beyond half of all neighbours, draw who is *not* linked, where pairing would jam."""
    fewer = nodes - 1 - degree
    if degree <= fewer:
        return tuples_of_neighbors(nodes, (divmod(code, nodes) for code in _pair(nodes, degree, random)))
    strangers = _regular_neighbors(nodes, fewer, random) if fewer else [()] * nodes
    everyone = range(nodes)
    return tuple(
        tuple(other for other in everyone if other != node and other not in excluded)
        for node, excluded in enumerate(map(frozenset, strangers))
    )


def _pair(nodes: int, degree: int, random: Random) -> set[int]:
    """Return links, each as lower·nodes + higher, by the pairing of Steger and Wormald (1999).

    Every node has `degree` stubs; all are shuffled and paired; pairs that would make a loop or a second link return
    their stubs, which are shuffled and paired again. Asymptotically uniform for degrees up to the cube root of n (Kim
    and Vu 2003). Where no pair of the stubs left over fits (in dense graphs), links are switched to make room.

    networkx.random_regular_graph works the same way but starts over instead of switching, and builds a graph of
    dictionaries: for 100,000 nodes of degree 8 three times the time and 134 MiB against 51. Here the draws rest on
    random() alone, which Python promises to keep, so that a seed means the same graph in each version of either.
    """
    while True:
        links: set[int] = set()
        stubs = list(range(nodes)) * degree
        while stubs:
            _shuffle(stubs, random)
            left: list[int] = []
            for a, b in zip(stubs[::2], stubs[1::2], strict=True):
                code = _code(a, b, nodes)
                if a == b or code in links:
                    left += (a, b)
                else:
                    links.add(code)
            if len(left) == len(stubs) and not _some_pair_fits(left, nodes, links):
                break
            stubs = left
        if _switch(stubs, nodes, links, random):
            return links


def _code(a: int, b: int, nodes: int) -> int:
    return a * nodes + b if a < b else b * nodes + a


def _some_pair_fits(stubs: list[int], nodes: int, links: set[int]) -> bool:
    ends = sorted(set(stubs))
    return any(a * nodes + b not in links for index, a in enumerate(ends) for b in ends[index + 1 :])


def _switch(stubs: list[int], nodes: int, links: set[int], random: Random) -> bool:
    """Place pairs of stubs that fit nowhere: a link (a, b) gives way to (u, a) and (v, b); False where none can."""
    if not stubs:
        return True
    present = sorted(links)
    for u, v in zip(stubs[::2], stubs[1::2], strict=True):
        for _ in range(_MOST_SWITCHES):
            place = int(random.random() * len(present))
            a, b = divmod(present[place], nodes)
            if random.random() < 0.5:
                a, b = b, a
            first, second = _code(u, a, nodes), _code(v, b, nodes)
            if u != a and v != b and first != second and first not in links and second not in links:
                links.remove(present[place])
                links |= {first, second}
                present[place] = first
                present.append(second)
                break
        else:
            return False
    return True


def _shuffle(items: list[int], random: Random) -> None:
    """Shuffle in place (Fisher and Yates)."""
    draw_unit = random.random
    for last in range(len(items) - 1, 0, -1):
        chosen = int(draw_unit() * (last + 1))
        items[last], items[chosen] = items[chosen], items[last]
