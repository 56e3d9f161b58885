"""Which nodes a fault strikes: by number, by role, by place in the topology, or drawn; resolved when it strikes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Discriminator, Field, Tag, model_validator

from faults.schedule import OPTIONS
from sim.units import parse_probability, shown
from topologies.errors import InputError
from topologies.topology import MOST_NODES

if TYPE_CHECKING:
    from faults.fault import Fault
    from faults.strike import Strike
    from sim.node import Node
    from sim.simulation import Simulation
    from topologies.topology import Topology

NodeNumber = Annotated[int, Field(ge=0, lt=MOST_NODES)]

WORDS: Final = ("all", "leader", "non-leader", "minority", "majority")


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


def _count_or_share(value: Any) -> Any:
    """Return text in per cent as a share; a whole number is a count."""
    return parse_probability(value) if isinstance(value, str) else value


def _in_range(value: int | float) -> int | float:
    if isinstance(value, int) and not 1 <= value <= MOST_NODES:
        raise InputError(f"found {value}; expected a number of at least 1, or a share such as 30%")
    if isinstance(value, float) and not 0.0 < value <= 1.0:
        raise InputError(f"found {value:g}; expected a share above 0 and at most 1, such as 30%, or a whole number")
    return value


CountOrShare = Annotated[
    int | float,
    BeforeValidator(_count_or_share, json_schema_input_type=int | float | str),
    AfterValidator(_in_range),
]
"""A whole number, or a share of what there is: `3`, `30%`, `0.3`."""


class NodeChoice(BaseModel):
    """Nodes by what they are: each field narrows the choice; `random` draws among those that are left."""

    model_config = OPTIONS
    random: CountOrShare | None = Field(
        default=None, description="how many to draw, each as likely: a number, or a share such as 30%"
    )
    role: str | None = Field(default=None, description="those that have this role when it strikes, as records name it")
    region: str | None = Field(default=None, description="those of this region of the topology")
    highest_degree: CountOrShare | None = Field(default=None, description="those with the most neighbours, so many")
    highest_betweenness: CountOrShare | None = Field(
        default=None, description="those on the largest share of shortest paths, so many"
    )

    @model_validator(mode="after")
    def _chooses(self) -> Self:
        if all(value is None for _, value in self):
            raise InputError(f"found no way to choose; expected at least one of {', '.join(type(self).model_fields)}")
        return self


TargetValue = int | tuple[int, ...] | NodeChoice | str


def _form(value: Any) -> str:
    """Return which form a target has, as a tag that no field is called."""
    if isinstance(value, dict | NodeChoice):
        return "#choice"
    if isinstance(value, tuple):
        return "#numbers"
    return "#word" if isinstance(value, str) else "#number"


def _of_a_known_form(value: Any) -> Any:
    """Return lists as tuples; raise InputError for what is no target at all."""
    number = isinstance(value, int) and not isinstance(value, bool)
    if value in WORDS or number or isinstance(value, list | tuple | dict | NodeChoice):
        return tuple_of_list(value)
    raise InputError(
        f"found {shown(value)}; expected a node's number, a list of numbers, {{random: how many}}, {{role: name}}, "
        f"another of {', '.join(type_name for type_name in NodeChoice.model_fields)}, or one of {', '.join(WORDS)}"
    )


Target = Annotated[
    Annotated[NodeNumber, Tag("#number")]
    | Annotated[NodeNumbers, Tag("#numbers")]
    | Annotated[NodeChoice, Tag("#choice")]
    | Annotated[Literal["all", "leader", "non-leader", "minority", "majority"], Tag("#word")],
    Discriminator(_form),
    BeforeValidator(_of_a_known_form),
    Field(
        description="the nodes: a number, a list, {random: 2}, {role: follower}, leader, minority, or another choice"
    ),
]


def choose(target: TargetValue, strike: Strike, changeable: Callable[[Node], bool]) -> tuple[int, ...]:
    """Return the numbers of the nodes that a target means now, ascending but for a list that was written out.

    A draw is among the nodes that are `changeable` now: all of these where they are fewer than asked for.
    """
    simulation = strike.simulation
    if strike.node is not None:
        return (strike.node,)
    if isinstance(target, int):
        return (target,)
    if isinstance(target, tuple):
        return target
    nodes = simulation.nodes
    if isinstance(target, str):
        return _of_a_word(target, strike, changeable)
    chosen = among(target, strike)
    if target.random is None:
        return chosen
    candidates = [node for node in chosen if changeable(nodes[node])]
    size = min(number_of(target.random, len(chosen)), len(candidates))
    return tuple(sorted(strike.stream().sample(candidates, size)))


def _of_a_word(word: str, strike: Strike, changeable: Callable[[Node], bool]) -> tuple[int, ...]:
    nodes = strike.simulation.nodes
    if word == "all":
        return tuple(range(len(nodes)))
    if word in ("leader", "non-leader"):
        leader = strike.injector.roles.latest("leader")
        return leader if word == "leader" else tuple(node.id for node in nodes if node.id not in leader)
    candidates = [node.id for node in nodes if changeable(node)]
    size = min(size_of_side(word, len(nodes)), len(candidates))
    return tuple(sorted(strike.stream().sample(candidates, size)))


def size_of_side(word: str, population: int) -> int:
    """How many nodes the largest minority or the smallest majority has."""
    return (population - 1) // 2 if word == "minority" else population // 2 + 1


def number_of(asked: int | float, among: int) -> int:
    """Return a count as it is, a share as the nearest number of those there are, at least one."""
    return asked if isinstance(asked, int) else max(1, round(asked * among))


def among(choice: NodeChoice, strike: Strike) -> tuple[int, ...]:
    """Return the nodes that a choice leaves before anything is drawn, ascending."""
    simulation = strike.simulation
    topology = simulation.topology
    chosen: Sequence[int] = range(topology.nodes)
    if choice.role is not None:
        chosen = strike.injector.roles.having(choice.role)
    if choice.region is not None:
        assert topology.regions is not None, "checked when the fault was armed"
        chosen = [node for node in chosen if topology.regions[node] == choice.region]
    if choice.highest_degree is not None:
        size = number_of(choice.highest_degree, len(chosen))
        chosen = sorted(chosen, key=lambda node: (-len(topology.neighbors[node]), node))[:size]
    if choice.highest_betweenness is not None:
        central = betweenness(topology)
        size = number_of(choice.highest_betweenness, len(chosen))
        chosen = sorted(chosen, key=lambda node: (-central[node], node))[:size]
    return tuple(sorted(chosen))


def betweenness(topology: Topology) -> dict[int, float]:
    """The share of shortest paths that each node lies on (Freeman, Sociometry 40, 1977), to nine decimals."""
    import networkx

    return {node: round(value, 9) for node, value in networkx.betweenness_centrality(topology.graph).items()}


def check_target(target: TargetValue, simulation: Simulation, field: str = "target") -> None:
    """Raise InputError, with its path from the fault on, where a target asks for what does not exist."""
    population = simulation.topology.nodes
    if isinstance(target, str):
        if target in ("leader", "non-leader"):
            check_role("leader", simulation, (field,))
        elif target == "minority" and size_of_side(target, population) == 0:
            raise InputError(f"found a minority of {population} nodes, which is nobody; name the nodes", (field,))
    elif isinstance(target, NodeChoice):
        _check_choice(target, simulation, field)
    else:
        named = {(field,): target} if isinstance(target, int) else {}
        if isinstance(target, tuple):
            named = {(field, place): node for place, node in enumerate(target)}  # type: ignore[misc]
        for path, node in named.items():
            if node >= population:
                found = f"found node {node} in a topology of {population} nodes"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", path)


def _check_choice(choice: NodeChoice, simulation: Simulation, field: str) -> None:
    topology = simulation.topology
    for name in ("random", "highest_degree", "highest_betweenness"):
        asked = getattr(choice, name)
        if isinstance(asked, int) and asked > topology.nodes:
            what = "nodes to draw" if name == "random" else "nodes"
            raise InputError(
                f"found {asked} {what}; expected at most {topology.nodes}, the nodes of the topology", (field, name)
            )
    if choice.role is not None:
        check_role(choice.role, simulation, (field, "role"))
    if choice.region is not None:
        check_region(choice.region, topology, (field, "region"))


def check_role(role: str, simulation: Simulation, path: tuple[str, ...]) -> None:
    """Raise InputError where the protocol's records know no such role; from now on the roles are followed."""
    from faults.injector import Injector

    declared, name = simulation.protocol.roles, simulation.protocol.name()
    if declared is None:
        raise InputError(f"found the role {role!r}, but the protocol {name} has no roles; name the nodes", path)
    if role not in declared.known:
        raise InputError(
            f"found {role!r:.60}, a role that the protocol {name} does not have; "
            f"expected one of {', '.join(declared.known)}",
            path,
        )
    _ = Injector.of(simulation).roles


def check_region(region: str, topology: Topology, path: tuple[str | int, ...]) -> None:
    """Raise InputError where the topology has no such region."""
    if topology.regions is None:
        raise InputError(
            f"found regions, which a topology of kind {topology.kind} does not have; "
            "give lists of node numbers, or a topology of kind regions",
            path,
        )
    known = sorted(set(topology.regions))
    if region not in known:
        raise InputError(f"found {region!r:.60}, where no node is; expected one of {', '.join(known)}", path)


def named_nodes(fault: Fault, simulation: Simulation) -> Sequence[int]:
    """The nodes that a fault's target names at all times; raises InputError where that depends on the moment."""
    target = getattr(fault, "target", None)
    if target == "all":
        return range(simulation.topology.nodes)
    if isinstance(target, int):
        return (target,)
    if isinstance(target, tuple):
        return target
    raise InputError(
        "found per_node with a target that is known only when it strikes; expected node numbers or all",
        ("when", "per_node"),
    )


def size_of(target: TargetValue, population: int) -> int | None:
    """How many nodes a target means at most, known beforehand; None where it depends on the run or the topology."""
    if isinstance(target, int):
        return 1
    if isinstance(target, tuple):
        return len(target)
    if isinstance(target, str):
        return {"all": population, "leader": 1, "non-leader": population}.get(target) or size_of_side(
            target, population
        )
    sizes = (target.random, target.highest_degree, target.highest_betweenness)
    known = [number_of(size, population) for size in sizes if size is not None]
    return min(known) if known else None


def shown_target(target: TargetValue) -> str:
    """Return a target as people say it."""
    if isinstance(target, int):
        return f"node {target}"
    if isinstance(target, tuple):
        return f"node{'s' if len(target) > 1 else ''} {', '.join(map(str, target))}"
    if isinstance(target, str):
        return {"all": "all nodes", "leader": "the leader", "non-leader": "all but the leader"}.get(
            target, f"a {target}"
        )
    return _shown_choice(target)


def _shown_choice(choice: NodeChoice) -> str:
    words = []
    if choice.random is not None:
        share = isinstance(choice.random, float)
        words.append(f"{100 * choice.random:.3g} % of the" if share else f"{choice.random} random")
    if choice.role is not None:
        words.append(choice.role)
    words.append("node" if choice.random == 1 else "nodes")
    if choice.region is not None:
        words.append(f"of {choice.region}")
    highest = [(name, getattr(choice, name)) for name in ("highest_degree", "highest_betweenness")]
    words += [f"with the {asked:g} {name.replace('_', ' ')}" for name, asked in highest if asked is not None]
    return " ".join(words)
