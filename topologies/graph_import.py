"""A networkx graph as a topology: nodes renumbered in a stated order, links checked, delays and weights read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from topologies.config import shown_count
from topologies.errors import InputError
from topologies.links import LinkLatency, refuse_parts
from topologies.topology import MOST_NODES, MOST_STORED_LINKS, Topology, tuples_of_neighbors

if TYPE_CHECKING:
    import networkx

NANOSECONDS: Final = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "km": 5_000,  # light in fibre, repeaters included: 5 µs per km (ITU-T G.114, annex A)
}
SELF_EXPLAINING: Final = {  # link attributes whose name tells their unit; the first that a graph has is its delay
    **{f"{noun}_{unit}": unit for noun in ("latency", "delay") for unit in ("ns", "us", "ms", "s")},
    **{f"{noun}_km": "km" for noun in ("length", "distance")},
}
_LONGEST_DELAY: Final = 3_600 * 10**9

Link = tuple[int, int]


@dataclass(frozen=True)
class ImportOptions:
    """How a graph is read: the link attribute that holds the delay and its unit, and what is allowed."""

    latency: str | None = None
    latency_unit: str | None = None
    require_connected: bool = True
    merge_duplicates: bool = False


def topology_of(graph: networkx.Graph[Any], kind: str = "graph", options: ImportOptions | None = None) -> Topology:
    """Return the topology of an undirected networkx graph.

    Nodes are numbered in ascending order of their identifiers: by value where all are integers (or their text), by
    text otherwise. `names` keeps their `label` where every node has one of its own, and the identifier otherwise.
    Raises InputError for a directed graph, self-loops, duplicate links, delays or weights that are no numbers or that
    only some links have, and a graph in several parts where `require_connected` is set.
    """
    options = options or ImportOptions()
    _check_size(graph)
    nodes = _in_order(graph)
    number = {node: place for place, node in enumerate(nodes)}
    links = _distinct_links(graph, number, nodes, options.merge_duplicates)
    names = _names(graph, nodes)
    topology = Topology(
        kind,
        len(nodes),
        tuples_of_neighbors(len(nodes), links),
        regions=_regions(graph, nodes),
        latency_ns=_latency(links, options, names),
        names=names,
        weights=_numbers(links, "weight", names),
    )
    if options.require_connected:
        refuse_parts(topology)
    return topology


def _check_size(graph: networkx.Graph[Any]) -> None:
    if graph.is_directed():
        raise InputError("found a directed graph; links carry messages both ways: make it undirected")
    for noun, count, most in (
        ("nodes", graph.number_of_nodes(), MOST_NODES),
        ("links", graph.number_of_edges(), MOST_STORED_LINKS),
    ):
        if count > most:
            raise InputError(f"found {shown_count(count)} {noun}; expected at most {most:,}: take a smaller graph")
    if graph.number_of_nodes() == 0:
        raise InputError("found no nodes; expected at least one")


def _in_order(graph: networkx.Graph[Any]) -> list[Any]:
    texts: dict[str, Any] = {}
    for node in graph:
        if texts.setdefault(str(node), node) != node:
            raise InputError(f"found two nodes called {str(node)!r}, one a number and one a text; rename one")
    if all(_is_integer(text) for text in texts):
        return [texts[text] for text in sorted(texts, key=int)]
    return [texts[text] for text in sorted(texts)]


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and str(int(text)) == text


def _distinct_links(
    graph: networkx.Graph[Any], number: dict[Any, int], nodes: list[Any], merge: bool
) -> dict[Link, dict[str, Any]]:
    """Return the attributes of each link (i, j), i < j, in order; of duplicates, merged, the first in the file."""
    links: dict[Link, dict[str, Any]] = {}
    for one, other, attributes in graph.edges(data=True):
        a, b = sorted((number[one], number[other]))
        if a == b:
            raise InputError(f"found a self-loop: {str(one)!r} is linked to itself; remove that link")
        if (a, b) in links and not merge:
            raise InputError(
                f"found a duplicate link between {str(nodes[a])!r} and {str(nodes[b])!r}; remove it, or set "
                "merge_duplicates: true",
                ("merge_duplicates",),
            )
        links.setdefault((a, b), attributes)
    return dict(sorted(links.items()))


def _names(graph: networkx.Graph[Any], nodes: list[Any]) -> tuple[str, ...]:
    labels = [str(graph.nodes[node].get("label", "")) for node in nodes]
    own = all(labels) and len(set(labels)) == len(labels)
    return tuple(labels) if own else tuple(map(str, nodes))


def _regions(graph: networkx.Graph[Any], nodes: list[Any]) -> tuple[str, ...] | None:
    regions = [graph.nodes[node].get("region") for node in nodes]
    return tuple(map(str, regions)) if all(region is not None for region in regions) else None


def _latency(links: dict[Link, dict[str, Any]], options: ImportOptions, names: tuple[str, ...]) -> LinkLatency | None:
    present = sorted({name for attributes in links.values() for name in attributes})
    attribute = options.latency or next((name for name in SELF_EXPLAINING if name in present), None)
    if attribute is None:
        return None
    if attribute not in present:
        near = get_close_matches(attribute, present, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise InputError(
            f"found no link with {attribute!r}; the links have {', '.join(present) or 'no attributes'}{hint}",
            ("latency",),
        )
    unit = options.latency_unit or SELF_EXPLAINING.get(attribute)
    if unit is None:
        raise InputError(
            f"{attribute!r} does not tell its unit; give one of {', '.join(NANOSECONDS)}",
            ("latency_unit",),
        )
    values = _numbers(links, attribute, names) or {}
    return LinkLatency({link: _delay(value, unit, link, names) for link, value in values.items()})


def _delay(value: float, unit: str, link: Link, names: tuple[str, ...]) -> int:
    delay = value * NANOSECONDS[unit]
    if not 0 <= delay <= _LONGEST_DELAY:
        raise InputError(
            f"found {value:g} {unit} between {names[link[0]]!r} and {names[link[1]]!r}; "
            "expected a delay from 0 to an hour",
            ("latency",),
        )
    return round(delay)


def _numbers(links: dict[Link, dict[str, Any]], attribute: str, names: tuple[str, ...]) -> dict[Link, float] | None:
    """Return one attribute of all links as finite numbers; None where no link has it."""
    if not any(attribute in attributes for attributes in links.values()):
        return None
    numbers = {}
    for link, attributes in links.items():
        found: Any = attributes.get(attribute)
        try:
            numbers[link] = float(found)
        except (TypeError, ValueError, OverflowError):
            numbers[link] = math.nan
        if found is None or isinstance(found, bool) or not math.isfinite(numbers[link]):
            raise InputError(
                f"found {attribute} {found!r:.40} on the link between {names[link[0]]!r} and {names[link[1]]!r}; "
                "expected a finite number on every link that the graph has, or on none"
            )
    return numbers
