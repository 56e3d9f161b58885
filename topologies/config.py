"""What every topology's configuration has in common."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from topologies.errors import InputError
from topologies.topology import MOST_NODES, MOST_STORED_LINKS, Topology

Nodes = Annotated[int, Field(ge=1, le=MOST_NODES, description="number of nodes")]


class TopologyConfig(BaseModel):
    """The parameters of one kind of topology, checked without building it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    @property
    def node_count(self) -> int | None:
        """The number of nodes; None where only building tells (a graph in a file)."""
        raise NotImplementedError

    @property
    def link_count(self) -> int | None:
        """The number of links that will be stored, exact or as expected; None where only building tells."""
        raise NotImplementedError

    def build(self, seed: int) -> Topology:
        """Build the topology; `seed` decides what is random in it and nothing else does."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _is_of_a_size_that_fits(self) -> Self:
        nodes, links = self.node_count, self.link_count
        if nodes is not None and nodes > MOST_NODES:
            raise InputError(
                f"found {shown_count(nodes)} nodes, more than the {MOST_NODES:,} allowed; lower the numbers"
            )
        if links is not None and links > MOST_STORED_LINKS:
            raise InputError(
                f"found {shown_count(links)} links to store, more than the {MOST_STORED_LINKS:,} allowed; "
                "lower the number of nodes or of links per node"
            )
        return self


def shown_count(number: int) -> str:
    """Return a count as an error shows it: with separators, or as a power of ten where it is absurd."""
    return (
        f"{number:,}"
        if number < 10**15
        else f"about 10^{len(str(number)) - 1}"
        if number < 10**4000
        else "over 10^4000"
    )


def exactly_one(config: BaseModel, *fields: str) -> str:
    """Return which one of these fields is given; InputError where none or several are."""
    given = [name for name in fields if getattr(config, name) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        raise InputError(
            f"give exactly one of {', '.join(fields)}; found {found}", (given[-1] if given else fields[0],)
        )
    return given[0]
