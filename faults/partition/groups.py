"""How a partition may divide the nodes: what a scenario says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag

from faults.network.links import CutSet
from faults.schedule import OPTIONS
from faults.target import (
    CountOrShare,
    NodeNumbers,
    Target,
    check_region,
    check_target,
    number_of,
    size_of,
    size_of_side,
    tuple_of_list,
)
from sim.units import shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation
    from topologies.topology import Topology

Word = Literal["majority-minority", "majorities-ring"]
FEWEST_ON_A_RING: Final = 4
"""Nodes from which on each can reach a majority that is not everybody."""


class Isolate(BaseModel):
    """Some nodes, mostly one, on one side, all others on the other."""

    model_config = OPTIONS
    isolate: Target


class Halves(BaseModel):
    """Two sides of equal size; the second has one node more where their number is odd."""

    model_config = OPTIONS
    halves: Literal[True, "random"] = Field(
        description="true: the lower half of the numbers against the upper; random: halves drawn when it strikes"
    )


class Minority(BaseModel):
    """A minority that is drawn, against all others."""

    model_config = OPTIONS
    minority: CountOrShare | Literal["random"] = Field(
        union_mode="left_to_right",
        description="how many are cut off from the majority: a number, a share, or random for any number below half",
    )


class RandomGroups(BaseModel):
    """Sides that are drawn, of equal sizes as far as the number of nodes can be divided so."""

    model_config = OPTIONS
    random_groups: Annotated[int, Field(ge=2)] = Field(description="how many sides")


class Bridge(BaseModel):
    """Two halves, drawn, that cannot reach each other, and nodes between them that both can reach."""

    model_config = OPTIONS
    bridge: Target


class Regions(BaseModel):
    """The nodes of some regions on one side, all others on the other."""

    model_config = OPTIONS
    regions: Annotated[tuple[str, ...], BeforeValidator(tuple_of_list), Field(min_length=1)] = Field(
        description="names of the regions that are cut off together from all others"
    )


def _disjoint(groups: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    seen: dict[int, int] = {}
    for number, group in enumerate(groups):
        for place, node in enumerate(group):
            if node in seen:
                found = f"found node {node}, which is in groups[{seen[node]}] already"
                raise InputError(f"{found}; put each node into one group", (number, place))
            seen[node] = number
    return groups


WAYS: Final[dict[str, type[BaseModel]]] = {
    "isolate": Isolate,
    "halves": Halves,
    "minority": Minority,
    "random_groups": RandomGroups,
    "bridge": Bridge,
    "regions": Regions,
    "cut_set": CutSet,
}
"""Ways to divide the nodes, by the field that tells them from each other."""

GroupsValue = tuple[tuple[int, ...], ...] | str | Isolate | Halves | Minority | RandomGroups | Bridge | Regions | CutSet


def _way(value: Any) -> str:
    """Return how a value divides the nodes, as a tag that no field is called."""
    if isinstance(value, dict):
        return f"#{next(iter(value))}"
    if isinstance(value, str):
        return "#word"
    return next((f"#{name}" for name, way in WAYS.items() if isinstance(value, way)), "#lists")


def _of_a_known_way(value: Any) -> Any:
    """Return lists as tuples; raise InputError for what is no way to divide."""
    known = (
        (isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WAYS)
        or isinstance(value, (list, tuple, *WAYS.values()))
        or value in get_args(Word)
    )
    if not known or value == []:
        raise InputError(
            f"found {shown(value)}; expected lists of node numbers, such as [[0, 1], [2, 3]], majority-minority, "
            "majorities-ring, or one of {isolate: 3}, {isolate: leader}, {halves: true}, {halves: random}, "
            "{minority: random}, {random_groups: 3}, {bridge: 3}, {regions: [us-east]}, {cut_set: true}"
        )
    return tuple_of_list(value)


Groups = Annotated[
    Annotated[tuple[NodeNumbers, ...], AfterValidator(_disjoint), Tag("#lists")]
    | Annotated[Word, Tag("#word")]
    | Annotated[Isolate, Tag("#isolate")]
    | Annotated[Halves, Tag("#halves")]
    | Annotated[Minority, Tag("#minority")]
    | Annotated[RandomGroups, Tag("#random_groups")]
    | Annotated[Bridge, Tag("#bridge")]
    | Annotated[Regions, Tag("#regions")]
    | Annotated[CutSet, Tag("#cut_set")],
    Discriminator(_way),
    BeforeValidator(_of_a_known_way),
]


def check_groups(groups: GroupsValue, simulation: Simulation) -> None:
    """Raise InputError, with its path from the sides on, where they name what the topology does not have."""
    topology = simulation.topology
    population = topology.nodes
    if isinstance(groups, Isolate):
        check_target(groups.isolate, simulation, "isolate")
    elif isinstance(groups, Bridge):
        check_target(groups.bridge, simulation, "bridge")
        if (size_of(groups.bridge, population) or 1) > population - 2:
            found = f"found a bridge in a topology of {population} nodes; expected two nodes at least beside it"
            raise InputError(found, ("bridge",))
    elif isinstance(groups, Regions):
        _check_regions(groups, topology)
    elif isinstance(groups, Minority):
        _check_minority(groups, population)
    elif isinstance(groups, RandomGroups) and groups.random_groups > population:
        found = f"found {groups.random_groups} sides; expected at most {population}, the nodes of the topology"
        raise InputError(found, ("random_groups",))
    elif isinstance(groups, CutSet) and (topology.diameter is None or population < 2):
        raise InputError("found a cut set of a topology that is in parts already; list the nodes", ("cut_set",))
    elif groups == "majorities-ring" and population < FEWEST_ON_A_RING:
        raise InputError(f"found {population} nodes; expected at least {FEWEST_ON_A_RING} for majorities that differ")
    elif groups == "majority-minority" and size_of_side("minority", population) == 0:
        raise InputError(f"found a minority of {population} nodes, which is nobody; expected at least 3 nodes")
    elif isinstance(groups, tuple):
        _check_lists(groups, population)


def _check_lists(groups: tuple[tuple[int, ...], ...], population: int) -> None:
    for number, group in enumerate(groups):
        for place, node in enumerate(group):
            if node >= population:
                found = f"found node {node} in a topology of {population} nodes"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", (number, place))


def _check_minority(groups: Minority, population: int) -> None:
    most = size_of_side("minority", population)
    size = 1 if isinstance(groups.minority, str) else number_of(groups.minority, population)
    if size > most:
        found = f"found a minority of {size} of {population} nodes"
        expected = f"at most {most}" if most else "at least 3 nodes"
        raise InputError(f"{found}; expected {expected}, so that the others are a majority", ("minority",))


def _check_regions(groups: Regions, topology: Topology) -> None:
    if topology.regions is None:
        check_region("", topology, ("regions",))
    for place, region in enumerate(groups.regions):
        check_region(region, topology, ("regions", place))
