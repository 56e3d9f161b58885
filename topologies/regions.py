"""Regions: groups of nodes at real places, with measured times between them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from topologies.config import TopologyConfig
from topologies.errors import InputError
from topologies.region_matrix import BUILT_IN, built_in
from topologies.topology import MOST_NODES, MOST_STORED_MESH_NODES, Topology, complete_neighbors

_NANOSECONDS_ONE_WAY: Final = 500_000  # half a millisecond: one way of a round trip of 1 ms

RegionName = Annotated[str, Field(min_length=1, max_length=100)]
RoundTrip = Annotated[float, Field(ge=0, le=3_600_000)]


class RegionsConfig(TopologyConfig):
    """Nodes in named regions, each linked to every other; half the round-trip time is the delay of a message.

    Nodes are numbered region by region, in the alphabetical order of the regions' names.
    """

    kind: Literal["regions"] = "regions"
    regions: dict[RegionName, Annotated[int, Field(ge=1, le=MOST_NODES)]] | None = Field(
        default=None, min_length=1, description="number of nodes in each region, such as {us-east: 3, eu-gb: 2}"
    )
    nodes: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="number of nodes, spread evenly over all regions of the matrix; instead of regions"
    )
    matrix: Literal["ibm-cloud-2024"] | None = Field(
        default=None, description="built-in round-trip times; ibm-cloud-2024 unless round_trip_ms is given"
    )
    round_trip_ms: dict[RegionName, dict[RegionName, RoundTrip]] | None = Field(
        default=None,
        description="round-trip time in ms from region to region, each pair once, such as {us-east: {eu-gb: 75}}",
    )
    within_ms: RoundTrip | None = Field(
        default=None,
        description="round-trip time in ms between two nodes of one region, where round_trip_ms does not say; 1 unless "
        "given, and in a built-in matrix as measured between its zones",
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.regions is None) == (self.nodes is None):
            found = "neither" if self.nodes is None else "both"
            raise InputError(f"give exactly one of regions, nodes; found {found}", ("regions",))
        if self.matrix is not None and self.round_trip_ms is not None:
            raise InputError("give exactly one of matrix, round_trip_ms; found both", ("round_trip_ms",))
        self._check_names()
        self._check_pairs()
        return self

    def _check_names(self) -> None:
        known = self._known_regions()
        for region in self.regions or ():
            if region not in known:
                near = get_close_matches(region, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                where = "round_trip_ms" if self.round_trip_ms is not None else f"matrix {self._matrix_name()}"
                raise InputError(
                    f"found {region!r:.60}, unknown to {where}; expected one of {', '.join(known)}{hint}",
                    ("regions", region),
                )

    def _check_pairs(self) -> None:
        given = self.round_trip_ms or {}
        for one, row in given.items():
            for other, time in row.items():
                if given.get(other, {}).get(one, time) != time:
                    raise InputError(
                        f"found {time:g} from {one} to {other} and {given[other][one]:g} back; a round "
                        "trip takes the same time from either end: give one of them, or their mean",
                        ("round_trip_ms", one, other),
                    )
        for one, other in combinations_with_replacement(self.names, 2):
            self.round_trip(one, other)

    def _known_regions(self) -> list[str]:
        given = self.round_trip_ms
        if given is None:
            return sorted(built_in(self._matrix_name()).regions)
        named = {*given, *(other for row in given.values() for other in row)}
        if len(named) == 0 and self.regions is not None and len(self.regions) == 1:
            return list(self.regions)
        return sorted(named)

    def _matrix_name(self) -> str:
        return self.matrix or BUILT_IN[0]

    @property
    def names(self) -> list[str]:
        """The regions that have nodes, in the order in which these are numbered."""
        return sorted(self.population)

    @property
    def population(self) -> dict[str, int]:
        """The number of nodes of each region that has any."""
        if self.regions is not None:
            return self.regions
        known, nodes = self._known_regions(), self.nodes or 0
        if not known:
            raise InputError("found no region in it; give the time of each pair", ("round_trip_ms",))
        each, over = divmod(nodes, len(known))
        return {region: each + (place < over) for place, region in enumerate(known) if each or place < over}

    def round_trip(self, one: str, other: str) -> Fraction:
        """Return the round-trip time of two regions in ms; InputError where none is given."""
        given = self.round_trip_ms
        if one == other and (given is None or one not in given.get(one, {})) and self.within_ms is not None:
            return Fraction(str(self.within_ms))
        if given is None:
            return built_in(self._matrix_name()).round_trip_ms[one, other]
        time = given.get(one, {}).get(other, given.get(other, {}).get(one, 1.0 if one == other else None))
        if time is None:
            raise InputError(
                f"nothing found between {one} and {other}; expected a time in ms, such as {{{one}: {{{other}: 80}}}}",
                ("round_trip_ms", one),
            )
        return Fraction(str(time))

    @property
    def node_count(self) -> int:
        return sum(self.population.values())

    @property
    def link_count(self) -> int:
        nodes = self.node_count
        return nodes * (nodes - 1) // 2 if nodes <= MOST_STORED_MESH_NODES else 0

    def build(self, seed: int) -> Topology:
        """Build the complete graph of all nodes, with the delay of each pair; its diameter is 1."""
        names, population = self.names, self.population
        delays = tuple(
            tuple(round(self.round_trip(one, other) * _NANOSECONDS_ONE_WAY) for other in names) for one in names
        )
        place = [index for index, name in enumerate(names) for _ in range(population[name])]
        neighbors, implicit = complete_neighbors(len(place))
        return Topology(
            "regions",
            len(place),
            neighbors,
            stated_diameter=min(len(place) - 1, 1),
            regions=tuple(names[index] for index in place),
            latency_ns=RegionLatency(place, delays),
            implicit=implicit,
        )


class RegionLatency:
    """The one-way delay of two nodes, from the regions in which they are."""

    __slots__ = ("_delays", "_place")

    def __init__(self, place: list[int], delays: tuple[tuple[int, ...], ...]) -> None:
        self._place = place
        self._delays = delays

    def __call__(self, source: int, destination: int, /) -> int:
        """Return the delay in nanoseconds."""
        return self._delays[self._place[source]][self._place[destination]]

    def canonical(self) -> Iterator[str]:
        """Yield the region of each node and the delay of each pair of regions."""
        for index, row in enumerate(self._delays):
            yield f"region {index} nodes {self._place.count(index)} delays {','.join(map(str, row))}"
