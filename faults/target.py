"""Which nodes a fault strikes: given by number, all of them, or drawn at the moment it strikes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag

from faults.fault import OPTIONS
from sim.units import shown
from topologies.errors import InputError
from topologies.topology import MOST_NODES

if TYPE_CHECKING:
    from sim.node import Node
    from sim.randomness import Stream

NodeNumber = Annotated[int, Field(ge=0, lt=MOST_NODES)]


def tuple_of_list(value: Any) -> Any:
    """Return a list of a file as the tuple that a frozen model holds, anything else as it is."""
    return tuple(tuple_of_list(item) for item in value) if isinstance(value, list) else value


def _some_all_different(nodes: tuple[int, ...]) -> tuple[int, ...]:
    if not nodes:
        raise InputError("found an empty list; expected at least one node's number")
    seen: set[int] = set()
    for place, node in enumerate(nodes):
        if node in seen:
            raise InputError(f"found node {node} a second time; name each node once", (place,))
        seen.add(node)
    return nodes


NodeNumbers = Annotated[tuple[NodeNumber, ...], AfterValidator(_some_all_different)]


class RandomNodes(BaseModel):
    """So many nodes, drawn when the fault strikes among those that it can change then."""

    model_config = OPTIONS
    random: int = Field(ge=1, le=MOST_NODES, description="how many nodes to draw, each as likely")


def _form(value: Any) -> str:
    """Return which form a target has, as a tag that no field is called."""
    if isinstance(value, dict | RandomNodes):
        return "#random"
    if isinstance(value, tuple):
        return "#numbers"
    return "#all" if isinstance(value, str) else "#number"


def _of_a_known_form(value: Any) -> Any:
    """Return lists as tuples; raise InputError for what is no target at all."""
    number = isinstance(value, int) and not isinstance(value, bool)
    if value == "all" or number or isinstance(value, list | tuple | dict | RandomNodes):
        return tuple_of_list(value)
    raise InputError(f"found {shown(value)}; expected a node's number, a list of numbers, {{random: how many}}, or all")


Target = Annotated[
    Annotated[NodeNumber, Tag("#number")]
    | Annotated[NodeNumbers, Tag("#numbers")]
    | Annotated[RandomNodes, Tag("#random")]
    | Annotated[Literal["all"], Tag("#all")],
    Discriminator(_form),
    BeforeValidator(_of_a_known_form),
    Field(description="the nodes: a number, a list of numbers, {random: how many}, or all"),
]


def choose(
    target: int | tuple[int, ...] | RandomNodes | str,
    nodes: Sequence[Node],
    changeable: Callable[[Node], bool],
    stream: Callable[[], Stream],
) -> tuple[int, ...]:
    """Return the numbers of the nodes that a target means now, ascending where they are drawn.

    A draw is among the nodes that are `changeable` now: all of these where they are fewer than asked for.
    """
    if isinstance(target, int):
        return (target,)
    if isinstance(target, tuple):
        return target
    if not isinstance(target, RandomNodes):
        return tuple(range(len(nodes)))
    candidates = [node.id for node in nodes if changeable(node)]
    return tuple(sorted(stream().sample(candidates, min(target.random, len(candidates)))))


def check_target(target: int | tuple[int, ...] | RandomNodes | str, population: int) -> None:
    """Raise InputError, with its path from the fault on, where a target names nodes that do not exist."""
    if isinstance(target, RandomNodes):
        if target.random > population:
            raise InputError(
                f"found {target.random} nodes to draw; expected at most {population}, the nodes of the topology",
                ("target", "random"),
            )
        return
    named = {("target",): target} if isinstance(target, int) else {}
    if isinstance(target, tuple):
        named = {("target", place): node for place, node in enumerate(target)}  # type: ignore[misc]
    for path, node in named.items():
        if node >= population:
            found = f"found node {node} in a topology of {population} nodes"
            raise InputError(f"{found}; expected a number from 0 to {population - 1}", path)


def shown_target(target: int | tuple[int, ...] | RandomNodes | str) -> str:
    """Return a target as people say it."""
    if isinstance(target, int):
        return f"node {target}"
    if isinstance(target, tuple):
        return f"nodes {', '.join(map(str, target))}"
    if isinstance(target, RandomNodes):
        return f"{target.random} random node{'s' if target.random > 1 else ''}"
    return "all nodes"
