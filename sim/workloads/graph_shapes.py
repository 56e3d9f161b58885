"""Shapes of graphs of tasks: which task waits for which."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.units import Probability
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.randomness import Stream

MOST_TASKS = 2_000_000

TaskNumber = Annotated[int, Field(ge=0, lt=MOST_TASKS)]
Edge = tuple[TaskNumber, TaskNumber]


class TaskGraph(NamedTuple):
    """Tasks by number: `children[i]` wait for task i, `order` has each task behind all that it waits for."""

    children: Sequence[Sequence[int]]
    order: Sequence[int]

    def parents(self) -> list[int]:
        """How many tasks each waits for."""
        waits = [0] * len(self.children)
        for children in self.children:
            for child in children:
                waits[child] += 1
        return waits

    def critical_path(self, works: Sequence[int]) -> int:
        """The most work along any path: no number of cores at full speed is done sooner."""
        path = list(works)
        for task in reversed(self.order):
            path[task] += max([path[child] for child in self.children[task]], default=0)
        return max(path)


class Shape(BaseModel):
    """Base of the shapes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    @property
    def tasks(self) -> int:
        """How many tasks it has."""
        raise NotImplementedError  # pragma: no cover

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.tasks > MOST_TASKS:
            raise InputError(f"found a graph of {self.tasks:,} tasks; expected at most {MOST_TASKS:,}")
        return self

    def graph(self, stream: Stream) -> TaskGraph:
        """Make the graph; only a random one draws from the stream."""
        raise NotImplementedError  # pragma: no cover


class OutTree(Shape):
    """A tree that branches out: each task but those of the last level makes as many ready when it is finished."""

    kind: Literal["out-tree"] = "out-tree"
    depth: int = Field(ge=0, le=64, description="levels below the first task")
    branching: int = Field(default=2, ge=1, le=1_000, description="tasks that wait for each")

    @property
    def tasks(self) -> int:
        """The sum of the levels, each `branching` times as wide as the one before."""
        return sum(self.branching**level for level in range(self.depth + 1))

    def graph(self, stream: Stream) -> TaskGraph:
        """Task i has the children b i + 1 to b i + b."""
        total, branching = self.tasks, self.branching
        inner = (total - 1) // branching
        children: list[Sequence[int]] = [range(branching * i + 1, branching * (i + 1) + 1) for i in range(inner)]
        children += [()] * (total - inner)
        return TaskGraph(children, range(total))


class Chain(Shape):
    """Tasks one after the other: nothing is parallel."""

    kind: Literal["chain"] = "chain"
    length: int = Field(ge=1, le=MOST_TASKS, description="tasks")

    @property
    def tasks(self) -> int:
        """Its length."""
        return self.length

    def graph(self, stream: Stream) -> TaskGraph:
        """Each waits for the one before."""
        return TaskGraph([*((i + 1,) for i in range(self.length - 1)), ()], range(self.length))


class ForkJoin(Shape):
    """A task forks into many, which a task joins, as often as there are stages."""

    kind: Literal["fork-join"] = "fork-join"
    width: int = Field(ge=1, le=MOST_TASKS, description="tasks that run side by side")
    stages: int = Field(default=1, ge=1, le=100_000, description="times that it forks and joins")

    @property
    def tasks(self) -> int:
        """One that forks first, and in each stage those side by side and the one that joins them and forks anew."""
        return 1 + self.stages * (self.width + 1)

    def graph(self, stream: Stream) -> TaskGraph:
        """A stage's tasks are numbered from left to right, behind the task that forks them."""
        children: list[Sequence[int]] = []
        for stage in range(self.stages):
            join = (stage + 1) * (self.width + 1)
            children.append(range(join - self.width, join))
            children += [(join,)] * self.width
        return TaskGraph([*children, ()], range(self.tasks))


class Layered(Shape):
    """Layers of tasks, each of which waits for some of the layer before, drawn at random, and for one at least."""

    kind: Literal["layered"] = "layered"
    layers: int = Field(ge=1, le=100_000, description="layers")
    width: int = Field(ge=1, le=10_000, description="tasks in a layer")
    probability: Probability = Field(
        default=0.1, description="probability that a task waits for any one task of the layer before, besides the one"
    )

    @property
    def tasks(self) -> int:
        """All layers together."""
        return self.layers * self.width

    def graph(self, stream: Stream) -> TaskGraph:
        """Each pair of neighbouring layers is drawn in order."""
        children: list[list[int]] = [[] for _ in range(self.tasks)]
        for task in range(self.width, self.tasks):
            before = (task // self.width - 1) * self.width
            sure = stream.below(self.width)
            for place in range(self.width):
                if place == sure or stream.random() < self.probability:
                    children[before + place].append(task)
        return TaskGraph(children, range(self.tasks))


class Edges(Shape):
    """A graph that is written out: pairs of tasks, of which the second waits for the first."""

    kind: Literal["edges"] = "edges"
    pairs: tuple[Annotated[Edge, Field(strict=False)], ...] = Field(
        min_length=1, max_length=100_000, strict=False, description="pairs [first, then] of numbers of tasks, from 0"
    )

    @property
    def tasks(self) -> int:
        """One more than the highest number."""
        return max(max(edge) for edge in self.pairs) + 1

    @model_validator(mode="after")
    def _acyclic(self) -> Self:
        try:
            self._order()
        except CycleError as error:
            circle = " -> ".join(map(str, error.args[1]))
            raise InputError(
                f"found tasks that wait for one another: {circle}; leave an edge out", ("pairs",)
            ) from None
        return self

    def _order(self) -> list[int]:
        sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(self.tasks), ()))
        for first, then in self.pairs:
            sorter.add(then, first)
        return list(sorter.static_order())

    def graph(self, stream: Stream) -> TaskGraph:
        """Children in the order of the edges; one that is named twice counts once."""
        children: list[list[int]] = [[] for _ in range(self.tasks)]
        for first, then in dict.fromkeys(self.pairs):
            children[first].append(then)
        return TaskGraph(children, self._order())


def roots(waits: Iterable[int]) -> list[int]:
    """The tasks that wait for none."""
    return [task for task, parents in enumerate(waits) if not parents]


ShapeKinds = Annotated[OutTree | Chain | ForkJoin | Layered | Edges, Field(discriminator="kind")]
