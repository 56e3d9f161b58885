"""Clients of a key-value store, each key of which is a register."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.randomness import Stream
from sim.units import Probability
from sim.workloads.client_workload import ClientWorkload
from sim.workloads.operation import Operation
from sim.workloads.popularity import Popularity, Uniform
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation
    from sim.workloads.client_workload import Draw


class Writes(BaseModel):
    """What share of the writes is of which function, by weight."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    put: float = Field(default=0.0, ge=0, description="weight of writing a value over whatever there is")
    append: float = Field(default=0.0, ge=0, description="weight of adding to what there is")
    cas: float = Field(default=0.0, ge=0, description="weight of writing where the client's last view still holds")
    delete: float = Field(default=0.0, ge=0, description="weight of deleting")

    @model_validator(mode="after")
    def _any(self) -> Self:
        if not any(weight for _, weight in self):
            raise InputError("found no weight above 0; give one of put, append, cas, delete", ())
        return self


class Register(ClientWorkload):
    """Reads and writes of keys; each value that is written is written once in a run."""

    kind: Literal["register"] = "register"
    state_machine: ClassVar[str] = "key-value"
    keys: int = Field(default=10, ge=1, le=10_000_000, description="number of keys")
    popularity: Popularity = Field(default=Uniform(), description="which keys are asked for how often")
    reads: Probability = Field(default=0.5, description="share of the operations that read")
    writes: Writes = Field(default=Writes(put=1.0), description="weights of the functions that write")

    @property
    def learns(self) -> bool:
        """Only who compares and swaps needs to know what it last saw."""
        return self.writes.cas > 0

    def arm(self, simulation: Simulation) -> None:
        """Have the clients ask; raises InputError where the protocol does not carry out what they would write."""
        served = getattr(simulation.config, "functions", None)
        for name, weight in self.writes:
            if weight and served is not None and name not in served:
                found = f"found {name}, which {simulation.protocol.name()} cannot carry out"
                raise InputError(
                    f"{found}; leave it out, or choose a protocol with a log, such as raft", ("writes", name)
                )
        super().arm(simulation)

    def learn(self, seen: dict[str, Any], operation: Operation, value: Any) -> None:
        """What a client read, wrote, swapped or deleted is what it now takes the key to hold."""
        function = operation.function
        if function == "get":
            seen[operation.key] = value
        elif function == "put" or (function == "cas" and value):
            seen[operation.key] = operation.value
        elif function == "delete":
            seen.pop(operation.key, None)

    def drawer(self) -> Draw:
        """Draws whether to read, the key, and what to write."""
        functions = [name for name, weight in self.writes if weight]
        sums = list(accumulate(weight for _, weight in self.writes if weight))
        pick, reads, last = self.popularity.drawer(self.keys), self.reads, len(functions) - 1

        def draw(stream: Stream, seen: dict[str, Any], text: str) -> Operation:
            key = f"k{pick(stream)}"
            if stream.random() < reads:
                return Operation("get", key)
            function = functions[min(bisect_right(sums, stream.random() * sums[-1]), last) if last else 0]
            if function == "delete":
                return Operation("delete", key)
            return Operation(function, key, text, seen.get(key) if function == "cas" else None)

        return draw
