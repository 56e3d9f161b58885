"""The options of a pipeline."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.hardware.cost import Cost
from sim.network.latency import ConstantLatency
from sim.runtime.actor_protocol import ActorConfig
from sim.runtime.config import MailboxConfig, Safeguard, ablations_of
from sim.runtime.reference import Reference
from sim.units import Duration, Probability, Rate, Size
from topologies.errors import InputError
from topologies.topology import MOST_NODES

Placement = Literal["by-stage", "spread", "together"]
Nodes = Annotated[tuple[Annotated[int, Field(ge=0, lt=MOST_NODES)], ...], Field(strict=False, min_length=1)]
MOST_ACTORS: Final = 100_000


class StageConfig(BaseModel):
    """A stage: what each of its actors does with an item before it sends it on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")] | None = Field(
        default=None, description="what its actors are called after; stage-1, stage-2 and so on when left out"
    )
    actors: int = Field(default=1, ge=1, le=MOST_ACTORS, description="actors, to which items go in turn")
    work: Cost = Field(default=ConstantLatency(value=0), description="work on an item; no time on a node without cores")
    wait: Duration = Field(default=0, description="time that it waits for something else with each item, off its core")
    fails: Probability = Field(default=0.0, description="probability that an actor fails at an item, which is lost")
    mailbox: MailboxConfig | None = Field(default=None, description="of its actors; that of the runtime when left out")
    nodes: Nodes | None = Field(
        default=None, description="the nodes of its actors, in turn; by placement when left out"
    )


class PipelineConfig(ActorConfig):
    """Options of a pipeline; times are nanoseconds."""

    kind: Literal["pipeline"] = "pipeline"
    sources: int = Field(default=1, ge=1, le=MOST_ACTORS, description="actors that offer items")
    items: int = Field(default=1_000, ge=1, le=10**9, description="items that each source offers")
    rate: Annotated[Rate, Field(gt=0, le=1e9)] | None = Field(
        default=None, description="items per second of each source; as fast as they are taken when left out"
    )
    arrivals: Literal["regular", "poisson"] = Field(default="regular", description="how they follow one another")
    size: Size = Field(default=0, description="size of an item")
    stages: tuple[StageConfig, ...] = Field(
        default=(StageConfig(),), strict=False, description="what items go through between sources and sink, in order"
    )
    placement: Placement = Field(
        default="by-stage",
        description="sources on node 0, the first stage on node 1 and so on (`by-stage`), each actor on the next node "
        "(`spread`), or all on node 0 (`together`)",
    )
    source_node: int | None = Field(
        default=None, ge=0, lt=MOST_NODES, description="the node of the sources; by placement when left out"
    )
    sink_node: int | None = Field(
        default=None, ge=0, lt=MOST_NODES, description="the node of the sink; by placement when left out"
    )
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(ablations_of)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = self.names
        for place, name in enumerate(names):
            if name in names[:place] or name in ("source", "sink"):
                raise InputError(
                    f"found {name!r} for two parts; give each stage its own name", ("stages", place, "name")
                )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """What the stages are called."""
        return tuple(stage.name or f"stage-{number}" for number, stage in enumerate(self.stages, start=1))

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where a stage is put on a node that there is not."""
        places: list[tuple[tuple[str | int, ...], int | None]]
        places = [(("source_node",), self.source_node), (("sink_node",), self.sink_node)]
        for place, stage in enumerate(self.stages):
            places += [(("stages", place, "nodes", number), node) for number, node in enumerate(stage.nodes or ())]
        for path, node in places:
            if node is not None and node >= population:
                raise InputError(f"found node {node} of {population}; expected one from 0 to {population - 1}", path)

    def layers(self, population: int) -> list[list[Reference]]:
        """The actors: sources, the stages in order, the sink."""
        parts: list[tuple[str, int, tuple[int, ...] | None]] = [
            ("source", self.sources, None if self.source_node is None else (self.source_node,))
        ]
        parts += [(name, stage.actors, stage.nodes) for name, stage in zip(self.names, self.stages, strict=True)]
        parts.append(("sink", 1, None if self.sink_node is None else (self.sink_node,)))
        layers: list[list[Reference]] = []
        placed = 0
        for layer, (name, actors, nodes) in enumerate(parts):
            places = []
            for number in range(actors):
                node = {"by-stage": layer, "spread": placed, "together": 0}[self.placement] % population
                placed += 1
                if nodes is not None:
                    node = nodes[number % len(nodes)]
                places.append(Reference(node, f"{name}-{number}"))
            layers.append(places)
        return layers
