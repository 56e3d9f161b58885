"""A whole plan of faults drawn from the seed, in the manner of swarm testing (Groce et al., ISSTA 2012).

A coin decides for each kind of fault whether it is on at all in this plan; the others are fully off, so that rare
kinds are not drowned by common ones and combinations differ from plan to plan. Those that are on get weights, and each
fault its kind by them, then its options, its nodes or links, and its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from faults.budget import overdrafts
from faults.drawing import Drawing
from faults.schedule import OPTIONS
from faults.target import tuple_of_list
from sim.randomness import Stream
from sim.units import Duration, PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.fault import Fault
    from sim.protocol import Protocol, ProtocolConfig
    from topologies.topology import Topology

Names = Annotated[tuple[str, ...], BeforeValidator(tuple_of_list)]

DEFAULT_LAYERS = ("node", "network", "partition", "clock")
TRIES = 20


class RandomPlan(BaseModel):
    """What plans may hold. Times in nanoseconds; `until` None: the liveness phase, or three quarters of the run."""

    model_config = OPTIONS
    kind: Literal["random"] = "random"
    layers: Names = Field(default=DEFAULT_LAYERS, description="the layers of which faults are drawn")
    only: Names = Field(default=(), description="the kinds that are drawn; all of the layers when left out")
    without: Names = Field(default=(), description="kinds that are never drawn")
    fewest: Annotated[int, Field(ge=0)] = Field(default=1, description="fewest faults of a plan")
    most: Annotated[int, Field(ge=1, le=10_000)] = Field(default=8, description="most faults of a plan")
    start: Duration = Field(default=0, description="time from which faults strike")
    until: PositiveDuration | None = Field(
        default=None,
        description="time by which the last has struck and all that heal are healed; when left out, the begin of the "
        "liveness phase, or three quarters of the run",
    )
    longest: PositiveDuration | None = Field(
        default=None, description="longest time that a fault lasts; a quarter of that from start to until when left out"
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        from faults.registry import FAULTS, LAYERS

        for field, known in (("layers", LAYERS), ("only", FAULTS), ("without", FAULTS)):
            for place, name in enumerate(getattr(self, field)):
                if name not in known:
                    raise InputError(f"found {name!r:.60}; expected one of {', '.join(known)}", (field, place))
        for place, name in enumerate(self.only):
            if not _can_be_drawn(FAULTS[name].config):
                raise InputError(f"found {name!r}, which has no random form; write it out in a list", ("only", place))
        if self.most < self.fewest:
            raise InputError(f"found {self.most}; expected at least fewest, {self.fewest}", ("most",))
        if self.until is not None and self.until <= self.start:
            raise InputError("found an end that is not after the start; make it later", ("until",))
        if not self.kinds():
            raise InputError("found no kind of fault that is left to draw; widen layers, or only", ("without",))
        return self

    def kinds(self) -> dict[str, type[Fault]]:
        """The kinds that plans may hold, by name."""
        from faults.registry import FAULTS

        return {
            name: kind.config
            for name, kind in FAULTS.items()
            if _can_be_drawn(kind.config)
            and name not in self.without
            and (name in self.only if self.only else kind.config.layer in self.layers)
        }

    def draw(
        self,
        topology: Topology,
        protocol: type[Protocol],
        end: int,
        limit: int | None,
        stream: Stream,
        has_cores: bool = True,
        config: ProtocolConfig | None = None,
    ) -> tuple[Fault, ...]:
        """A plan for a system: faults in the order of their times, each with a name of its own.

        `end`: the time by which all is over where the plan does not say `until`, in nanoseconds; `limit`: how many
        nodes may be down or lying at once, None for any number; `has_cores`: whether handling takes time, so that
        cores can be slow; `config`: the protocol's options, where known. The same stream gives the same plan.
        """
        until = end if self.until is None else self.until
        if until <= self.start:
            raise InputError("found a start that is after the end of the faults; make it earlier", ("start",))
        most = topology.nodes if limit is None else min(limit, topology.nodes)
        longest = min(self.longest or max(1, (until - self.start) // 4), until - self.start)
        drawing = Drawing(stream, topology, protocol, longest, most, has_cores, config)
        self._check_that_some_can_be_drawn(drawing, limit)
        on = self._switched_on(stream)
        weights = [stream.exponential(1.0) for _ in on]
        size = self.fewest + stream.below(self.most - self.fewest + 1)
        plan: list[Fault] = []
        for _ in range(size):
            fault = self._one(on, weights, drawing, until, plan, limit)
            if fault is not None:
                plan.append(fault)
        return tuple(_named(sorted(plan, key=lambda fault: fault.at or 0)))

    def _check_that_some_can_be_drawn(self, drawing: Drawing, limit: int | None) -> None:
        """Raise InputError where faults are asked for and no kind can be had in this system within its budget."""
        probe = replace(drawing, stream=Stream(0))  # not the plan's own stream, which goes on as if nobody had looked
        kinds = [kind for kind in self.kinds().values() if limit != 0 or not (kind.takes_down or kind.lies)]
        if self.fewest and all(_fields(kind, probe) is None for kind in kinds):
            found = "found no kind of fault that this system can have within its budget"
            raise InputError(f"{found}; widen layers, only or the budget", ("only",) if self.only else ("layers",))

    def _switched_on(self, stream: Stream) -> list[type[Fault]]:
        kinds = list(self.kinds().values())
        return [kind for kind in kinds if stream.random() < 0.5] or [stream.choice(kinds)]

    def _one(
        self,
        on: Sequence[type[Fault]],
        weights: Sequence[float],
        drawing: Drawing,
        until: int,
        plan: Sequence[Fault],
        limit: int | None,
    ) -> Fault | None:
        """One fault that fits into the plan and its budget; None where none is found."""
        for _ in range(TRIES):
            kind = on[_weighted(weights, drawing.stream)]
            if limit == 0 and (kind.takes_down or kind.lies):
                continue
            fault = draw_fault(kind, drawing, self.start, until)
            if fault is None:
                continue
            if limit is None or not any(overdrafts((*plan, fault), limit, drawing.topology.nodes)):
                return fault
        return None


def draw_fault(kind: type[Fault], drawing: Drawing, start: int, until: int) -> Fault | None:
    """One fault of a kind that strikes from start on and, where it heals, is healed by until; None: none can be."""
    fields = _fields(kind, drawing)
    if fields is None:
        return None
    lasting = fields.get(kind.healer, 0) if kind.healer is not None else 0
    last = max(start, until - max(1, lasting or 0))
    return kind(at=_to_a_millisecond(start + drawing.stream.below(last - start + 1)), **fields)


def _fields(kind: type[Fault], drawing: Drawing) -> dict[str, Any] | None:
    """Drawn options of a kind; None where this system cannot have it, or it means nothing to the protocol."""
    known = drawing.protocol.faults
    if known is not None and kind.model_fields["kind"].default not in known:
        return None
    return kind.drawn(drawing)


def _to_a_millisecond(time: int) -> int:
    return time // 1_000_000 * 1_000_000 if time >= 1_000_000 else time


def _can_be_drawn(kind: type[Fault]) -> bool:
    from faults.fault import Fault

    return kind.drawn.__func__ is not Fault.drawn.__func__  # type: ignore[attr-defined]


def _weighted(weights: Sequence[float], stream: Stream) -> int:
    """A place, each as likely as its weight."""
    rest = stream.random() * sum(weights)
    for place, weight in enumerate(weights):
        rest -= weight
        if rest < 0:
            return place
    return len(weights) - 1


def _named(plan: Sequence[Fault]) -> Iterator[Fault]:
    """The faults, each named for its kind and its number among those of the kind."""
    seen: dict[str, int] = {}
    for fault in plan:
        seen[fault.kind] = number = seen.get(fault.kind, 0) + 1
        yield fault.model_copy(update={"name": f"{fault.kind}-{number}"})
