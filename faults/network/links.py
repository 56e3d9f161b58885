"""Which links a fault strikes: all, pairs, those of nodes, one way, or drawn; resolved when it strikes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag

from faults.schedule import OPTIONS
from faults.target import CountOrShare, NodeNumber, Target, check_target, choose, number_of, shown_target, tuple_of_list
from sim.units import shown
from topologies.complete_neighbors import CompleteLinks
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.simulation import Simulation
    from topologies.topology import Topology

Pair = tuple[int, int]


def _pair(value: Any) -> Any:
    """Return a list of a file as a tuple; raise InputError where it has not two items."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        found = list(value) if isinstance(value, tuple) else value
        raise InputError(f"found {shown(found)}; expected a link as two nodes, such as [0, 1]")
    return tuple(value)


def _pairs(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    if not pairs:
        raise InputError("found an empty list; expected at least one link as two nodes, such as [0, 1]")
    for place, (one, other) in enumerate(pairs):
        if one == other:
            raise InputError(f"found a link from node {one} to itself; expected two nodes", (place,))
    return pairs


Pairs = Annotated[
    tuple[Annotated[tuple[NodeNumber, NodeNumber], BeforeValidator(_pair)], ...],
    AfterValidator(_pairs),
]


class LinksOf(BaseModel):
    """The links of some nodes, in one direction or both."""

    model_config = OPTIONS
    of: Target
    direction: Literal["both", "in", "out"] = Field(
        default="both", description="messages to them (in), from them (out), or both"
    )


class LinksBetween(BaseModel):
    """One way only: from some nodes to others."""

    model_config = OPTIONS
    source: Target
    destination: Target


class RandomLinks(BaseModel):
    """Links drawn when the fault strikes."""

    model_config = OPTIONS
    random: CountOrShare = Field(description="how many links to draw: a number, or a share such as 10%")
    one_way: bool = Field(default=False, description="one direction of each link, drawn too")


class OneWay(BaseModel):
    """Pairs of nodes, each from the first to the second only."""

    model_config = OPTIONS
    one_way: Annotated[Pairs, BeforeValidator(tuple_of_list)] = Field(description="pairs [from, to]")


class CutSet(BaseModel):
    """A smallest set of links without which the topology falls apart."""

    model_config = OPTIONS
    cut_set: Literal[True] = Field(description="true: a smallest set of links that holds the topology together")


FORMS: Final[dict[str, type[BaseModel]]] = {
    "of": LinksOf,
    "source": LinksBetween,
    "random": RandomLinks,
    "one_way": OneWay,
    "cut_set": CutSet,
}

LinksValue = str | tuple[Pair, ...] | LinksOf | LinksBetween | RandomLinks | OneWay | CutSet


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return next(f"#{name}" for name in FORMS if name in value)
    return next(
        (f"#{name}" for name, form in FORMS.items() if isinstance(value, form)),
        "#pairs" if not isinstance(value, str) else "#all",
    )


def _of_a_known_form(value: Any) -> Any:
    if value == "all" or isinstance(value, tuple(FORMS.values())):
        return value
    if isinstance(value, dict) and any(name in value for name in FORMS):
        return value
    if isinstance(value, list | tuple):
        return tuple_of_list(value)
    raise InputError(
        f"found {shown(value)}; expected all, a list of pairs such as [[0, 1]], {{of: nodes, direction: out}}, "
        "{source: nodes, destination: nodes}, {random: 3}, {one_way: [[0, 1]]}, or {cut_set: true}"
    )


Links = Annotated[
    Annotated[Literal["all"], Tag("#all")]
    | Annotated[Pairs, Tag("#pairs")]
    | Annotated[LinksOf, Tag("#of")]
    | Annotated[LinksBetween, Tag("#source")]
    | Annotated[RandomLinks, Tag("#random")]
    | Annotated[OneWay, Tag("#one_way")]
    | Annotated[CutSet, Tag("#cut_set")],
    Discriminator(_form),
    BeforeValidator(_of_a_known_form),
    Field(
        description="the links: all, pairs of nodes, {of: nodes, direction: out}, "
        "{source: nodes, destination: nodes}, {random: 3}, {one_way: pairs}, {cut_set: true}"
    ),
]


@dataclass(frozen=True, slots=True)
class LinkSet:
    """Directed links: those from `sources` to `destinations` (None: all), or in `pairs` where these are given.

    `either`: also those from `destinations` to `sources`. Called with two nodes, it tells whether their link is one.
    """

    sources: frozenset[int] | None = None
    destinations: frozenset[int] | None = None
    either: bool = False
    pairs: frozenset[Pair] | None = None

    def __call__(self, source: int, destination: int) -> bool:
        if self.pairs is not None:
            return (source, destination) in self.pairs
        return self._one_way(source, destination) or (self.either and self._one_way(destination, source))

    def _one_way(self, source: int, destination: int) -> bool:
        return (self.sources is None or source in self.sources) and (
            self.destinations is None or destination in self.destinations
        )

    def within(self, nodes: frozenset[int]) -> bool:
        """Whether any of its links is between two of these nodes."""
        if self.pairs is not None:
            return any(source in nodes and destination in nodes for source, destination in self.pairs)
        sources, destinations = (nodes if ends is None else nodes & ends for ends in (self.sources, self.destinations))
        return bool(sources and destinations) and len(sources | destinations) > 1

    def shown(self) -> tuple[Any, ...]:
        """What records say of it: pairs of nodes, or the nodes at its ends; empty for all links."""
        if self.pairs is not None:
            return tuple(sorted(self.pairs))
        ends = self.sources or frozenset(), self.destinations or frozenset()
        return () if self.sources is None and self.destinations is None else tuple(tuple(sorted(end)) for end in ends)

    def nodes(self, population: int) -> frozenset[int]:
        """The nodes at the ends of its links."""
        if self.pairs is not None:
            return frozenset(node for pair in self.pairs for node in pair)
        everyone = frozenset(range(population))
        return (everyone if self.sources is None else self.sources) | (
            everyone if self.destinations is None else self.destinations
        )


ALL_LINKS: Final = LinkSet()


def choose_links(links: LinksValue, strike: Strike) -> LinkSet:
    """Return the links that a description means now."""
    if isinstance(links, str):
        return ALL_LINKS
    if isinstance(links, tuple):
        return LinkSet(pairs=_both_ways(links))
    if isinstance(links, OneWay):
        return LinkSet(pairs=frozenset(links.one_way))
    if isinstance(links, LinksOf):
        nodes = frozenset(_nodes(links.of, strike))
        if links.direction == "in":
            return LinkSet(destinations=nodes)
        return LinkSet(sources=nodes, either=links.direction == "both")
    if isinstance(links, LinksBetween):
        return LinkSet(
            sources=frozenset(_nodes(links.source, strike)), destinations=frozenset(_nodes(links.destination, strike))
        )
    if isinstance(links, CutSet):
        return LinkSet(pairs=_both_ways(smallest_cut(strike.simulation.topology)))
    return LinkSet(pairs=_drawn(links, strike))


def _nodes(target: Any, strike: Strike) -> tuple[int, ...]:
    return choose(target, strike, lambda node: node.life != "crashed")


def _both_ways(pairs: Iterable[Pair]) -> frozenset[Pair]:
    return frozenset(way for one, other in pairs for way in ((one, other), (other, one)))


def _drawn(links: RandomLinks, strike: Strike) -> frozenset[Pair]:
    topology, stream = strike.simulation.topology, strike.stream()
    known = links_of(topology)
    chosen = stream.sample(known, min(number_of(links.random, len(known)), len(known)))
    if not links.one_way:
        return _both_ways(chosen)
    return frozenset(pair if stream.random() < 0.5 else pair[::-1] for pair in chosen)


def links_of(topology: Topology) -> Sequence[Pair]:
    """Every link of a topology once, from its lower end, in ascending order; computed where they are not stored."""
    return CompleteLinks(topology.nodes) if topology.implicit else list(topology.edges())


def smallest_cut(topology: Topology) -> list[Pair]:
    """A smallest set of links that holds a topology together (Stoer and Wagner, J. ACM 44, 1997), ascending."""
    inside = frozenset(side_of_smallest_cut(topology))
    across = {(one, other) for one in inside for other in topology.neighbors[one] if other not in inside}
    return sorted((min(pair), max(pair)) for pair in across)


@lru_cache(maxsize=8)  # a topology never changes, and a fault may strike it again and again
def side_of_smallest_cut(topology: Topology) -> tuple[int, ...]:
    """The smaller side of a smallest set of links that holds a topology together, ascending."""
    import networkx

    if topology.implicit:  # a mesh: any node alone
        return (0,)
    _, sides = networkx.stoer_wagner(topology.graph, weight="of equal weight")
    return min((tuple(sorted(side)) for side in sides), key=lambda side: (len(side), side))


def check_links(links: LinksValue, simulation: Simulation) -> None:
    """Raise InputError, with its path from the fault on, where a link or node does not exist."""
    topology = simulation.topology
    if isinstance(links, LinksOf):
        _check_nodes(links.of, simulation, ("links", "of"))
    elif isinstance(links, LinksBetween):
        _check_nodes(links.source, simulation, ("links", "source"))
        _check_nodes(links.destination, simulation, ("links", "destination"))
    elif isinstance(links, RandomLinks) and isinstance(links.random, int) and links.random > topology.links:
        found = f"found {links.random} links to draw; expected at most {topology.links}, the links of the topology"
        raise InputError(found, ("links", "random"))
    elif isinstance(links, CutSet) and (topology.diameter is None or topology.nodes < 2):
        raise InputError("found a cut set of a topology that is in parts already; name the links", ("links", "cut_set"))
    pairs, field = (links.one_way, ("links", "one_way")) if isinstance(links, OneWay) else (links, ("links",))
    if isinstance(pairs, tuple):
        for place, pair in enumerate(pairs):
            _check_pair(pair, topology, (*field, place))


def _check_nodes(target: Any, simulation: Simulation, path: tuple[str, ...]) -> None:
    try:
        check_target(target, simulation)
    except InputError as error:
        raise InputError(error.message, (*path, *error.path[1:])) from None


def _check_pair(pair: Pair, topology: Topology, path: tuple[str | int, ...]) -> None:
    for place, node in enumerate(pair):
        if node >= topology.nodes:
            found = f"found node {node} in a topology of {topology.nodes} nodes"
            raise InputError(f"{found}; expected a number from 0 to {topology.nodes - 1}", (*path, place))
    if pair[1] not in topology.neighbors[pair[0]]:
        raise InputError(f"found {list(pair)}, but nodes {pair[0]} and {pair[1]} have no link", path)


def shown_links(links: LinksValue) -> str:
    """Return links as people say them."""
    if isinstance(links, str):
        return "all links"
    if isinstance(links, LinksOf):
        way = {"both": "links of", "in": "links to", "out": "links from"}[links.direction]
        return f"{way} {shown_target(links.of)}"
    if isinstance(links, LinksBetween):
        return f"links from {shown_target(links.source)} to {shown_target(links.destination)}"
    if isinstance(links, RandomLinks):
        return f"{links.random:.3g} random links"
    if isinstance(links, CutSet):
        return "a smallest cut"
    if isinstance(links, OneWay):
        return "links " + ", ".join(f"{one}→{other}" for one, other in links.one_way)
    return "links " + ", ".join(f"{one}–{other}" for one, other in links)
