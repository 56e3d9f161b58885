"""How a partition divides the nodes: written out, one alone, in halves, or along regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag

from faults.target import NodeNumber, NodeNumbers, check_region, tuple_of_list
from faults.when import OPTIONS
from sim.units import shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.randomness import Stream
    from topologies.topology import Topology


class Isolate(BaseModel):
    """One node on one side, all others on the other."""

    model_config = OPTIONS
    isolate: NodeNumber = Field(description="the node that is cut off from all others")


class Halves(BaseModel):
    """Two sides of equal size; the second has one node more where their number is odd."""

    model_config = OPTIONS
    halves: Literal[True, "random"] = Field(
        description="true: the lower half of the numbers against the upper; random: halves drawn when it strikes"
    )


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


WAYS: Final[dict[str, type[BaseModel]]] = {"isolate": Isolate, "halves": Halves, "regions": Regions}


def _way(value: Any) -> str:
    """Return how a value divides the nodes, as a tag that no field is called."""
    if isinstance(value, dict):
        return f"#{next(iter(value))}"
    return next((f"#{name}" for name, way in WAYS.items() if isinstance(value, way)), "#lists")


def _of_a_known_way(value: Any) -> Any:
    """Return lists as tuples; raise InputError for what is no way to divide."""
    known = (isinstance(value, dict) and len(value) == 1 and next(iter(value)) in WAYS) or isinstance(
        value, list | tuple | Isolate | Halves | Regions
    )
    if not known or value == []:
        raise InputError(
            f"found {shown(value)}; expected lists of node numbers, such as [[0, 1], [2, 3]], "
            "or one of {isolate: 3}, {halves: true}, {halves: random}, {regions: [us-east]}"
        )
    return tuple_of_list(value)


Groups = Annotated[
    Annotated[tuple[NodeNumbers, ...], AfterValidator(_disjoint), Tag("#lists")]
    | Annotated[Isolate, Tag("#isolate")]
    | Annotated[Halves, Tag("#halves")]
    | Annotated[Regions, Tag("#regions")],
    Discriminator(_way),
    BeforeValidator(_of_a_known_way),
    Field(description="the sides; nodes in none of the lists form one further side"),
]


def divide(
    groups: tuple[tuple[int, ...], ...] | Isolate | Halves | Regions,
    topology: Topology,
    stream: Callable[[], Stream],
) -> tuple[tuple[int, ...], ...]:
    """Return the sides as node numbers, without the side of those that are in no list."""
    if isinstance(groups, Isolate):
        return ((groups.isolate,),)
    if isinstance(groups, Halves):
        nodes = range(topology.nodes)
        half = topology.nodes // 2
        chosen = sorted(stream().sample(nodes, half)) if groups.halves == "random" else nodes[:half]
        return (tuple(chosen),)
    if isinstance(groups, Regions):
        assert topology.regions is not None, "checked when the fault was armed"
        return (tuple(node for node, region in enumerate(topology.regions) if region in groups.regions),)
    return groups


def check_groups(groups: tuple[tuple[int, ...], ...] | Isolate | Halves | Regions, topology: Topology) -> None:
    """Raise InputError, with its path from the fault on, where the sides name what the topology does not have."""
    if isinstance(groups, Regions):
        return _check_regions(groups, topology)
    if isinstance(groups, Halves):
        return None
    named = [(("groups", "isolate"), groups.isolate)] if isinstance(groups, Isolate) else []
    if isinstance(groups, tuple):
        named = [
            (("groups", number, place), node)  # type: ignore[misc]
            for number, group in enumerate(groups)
            for place, node in enumerate(group)
        ]
    for path, node in named:
        if node >= topology.nodes:
            found = f"found node {node} in a topology of {topology.nodes} nodes"
            raise InputError(f"{found}; expected a number from 0 to {topology.nodes - 1}", path)
    return None


def _check_regions(groups: Regions, topology: Topology) -> None:
    if topology.regions is None:
        check_region("", topology, ("groups", "regions"))
    for place, region in enumerate(groups.regions):
        check_region(region, topology, ("groups", "regions", place))
