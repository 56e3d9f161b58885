"""From the way in which a partition divides the nodes to its sides, and to who cannot reach whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faults.network.links import side_of_smallest_cut
from faults.partition.groups import Bridge, GroupsValue, Halves, Isolate, Minority, RandomGroups, Regions
from faults.target import choose, number_of, shown_target, size_of_side
from sim.network.separation import GroupSeparation, Passing, RingSeparation

if TYPE_CHECKING:
    from faults.strike import Strike

Side = tuple[int, ...]


def divide(
    groups: GroupsValue, strike: Strike, name: str, passing: Passing | None
) -> tuple[tuple[Side, ...], GroupSeparation | RingSeparation]:
    """Return the sides, as they are recorded, and the separation between them.

    Nodes in no side form one further. The two sides of a bridge both hold it; a ring is recorded as one side, in the
    order of the ring.
    """
    population = strike.simulation.topology.nodes
    if groups == "majorities-ring":
        order = list(range(population))
        strike.stream().shuffle(order)
        return (tuple(order),), RingSeparation(name, order, -(-(size_of_side("majority", population) - 1) // 2))
    if isinstance(groups, Bridge):
        shared = choose(groups.bridge, strike, lambda node: True)
        sides = _dealt([node for node in range(population) if node not in shared], 2, strike)
        held = tuple(tuple(sorted((*side, *shared))) for side in sides)
        return held, GroupSeparation(name, sides, frozenset(shared), passing)
    sides = tuple(side for side in _sides(groups, strike) if side)
    return sides, GroupSeparation(name, sides, passing=passing)


def _sides(groups: GroupsValue, strike: Strike) -> tuple[Side, ...]:
    topology = strike.simulation.topology
    population = topology.nodes
    if isinstance(groups, tuple):
        return groups
    if isinstance(groups, Isolate):
        return (choose(groups.isolate, strike, lambda node: True),)
    if isinstance(groups, Halves):
        if groups.halves == "random":
            return (_drawn(population // 2, strike),)
        return (tuple(range(population // 2)),)
    if isinstance(groups, RandomGroups):
        return _dealt(list(range(population)), groups.random_groups, strike)
    if isinstance(groups, Regions):
        assert topology.regions is not None, "checked when the fault was armed"
        return (tuple(node for node, region in enumerate(topology.regions) if region in groups.regions),)
    if groups == "majority-minority" or isinstance(groups, Minority):
        return (_minority(groups, strike),)
    return (side_of_smallest_cut(topology),)


def _minority(groups: GroupsValue, strike: Strike) -> Side:
    population = strike.simulation.topology.nodes
    size = size_of_side("minority", population)
    if isinstance(groups, Minority):
        asked = groups.minority
        size = 1 + strike.stream().below(size) if isinstance(asked, str) else number_of(asked, population)
    return _drawn(size, strike)


def _drawn(size: int, strike: Strike) -> Side:
    return tuple(sorted(strike.stream().sample(range(strike.simulation.topology.nodes), size)))


def _dealt(nodes: list[int], sides: int, strike: Strike) -> tuple[Side, ...]:
    """Nodes dealt out to so many sides in turn, in an order that is drawn."""
    strike.stream().shuffle(nodes)
    return tuple(tuple(sorted(nodes[number::sides])) for number in range(sides))


def shown_groups(groups: GroupsValue) -> str:
    """Return how the nodes are divided, as people say it."""
    if isinstance(groups, tuple):
        return "of " + " | ".join(",".join(map(str, side)) for side in groups)
    if isinstance(groups, Isolate):
        return f"that isolates {shown_target(groups.isolate)}"
    if isinstance(groups, Halves):
        return "into random halves" if groups.halves == "random" else "into halves"
    if isinstance(groups, Minority):
        return f"that cuts off a random minority{'' if isinstance(groups.minority, str) else f' of {groups.minority}'}"
    if isinstance(groups, RandomGroups):
        return f"into {groups.random_groups} random groups"
    if isinstance(groups, Bridge):
        return f"with {shown_target(groups.bridge)} as a bridge"
    if isinstance(groups, Regions):
        return f"that cuts off {', '.join(groups.regions)}"
    words = {"majority-minority": "into a majority and a minority", "majorities-ring": "into a ring of majorities"}
    return words[groups] if isinstance(groups, str) else "at a smallest cut"
