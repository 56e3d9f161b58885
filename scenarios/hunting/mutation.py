"""Small changes to a plan of faults: another time, duration or target, a fault more or less, parts of another plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from faults.drawing import Drawing
from faults.random_plan import RandomPlan, draw_fault
from sim.units import MILLISECOND, format_duration

if TYPE_CHECKING:
    from faults.fault import Fault
    from sim.protocol import Protocol
    from sim.randomness import Stream
    from topologies.topology import Topology

Faults = tuple["Fault", ...]

NUDGE: Final = 0.1
"""Standard deviation of a small change of time, as a share of the time in which faults strike."""
MORE: Final = 0.5
"""Probability that no further change follows a change."""


@dataclass(frozen=True)
class Mutator:
    """Changes plans that `random` describes, for one system; times in nanoseconds.

    Faults strike from `start` on and are healed by `until`; none lasts longer than `longest`.
    """

    random: RandomPlan
    start: int
    until: int
    longest: int
    drawing: Drawing

    @classmethod
    def of(
        cls,
        random: RandomPlan,
        topology: Topology,
        protocol: type[Protocol],
        end: int,
        limit: int | None,
        stream: Stream,
        has_cores: bool,
    ) -> Mutator:
        """Return the one that stays within the bounds of a random plan; parameters are those of `RandomPlan.draw`."""
        most = topology.nodes if limit is None else min(limit, topology.nodes)
        until = end if random.until is None else random.until
        longest = min(random.longest or max(1, (until - random.start) // 4), until - random.start)
        return cls(random, random.start, until, longest, Drawing(stream, topology, protocol, longest, most, has_cores))

    @property
    def stream(self) -> Stream:
        """What decides."""
        return self.drawing.stream

    def changed(self, faults: Faults, other: Faults | None) -> Faults:
        """Return a plan with one change, or a few; `other` is one whose parts may be taken over, if there is one."""
        for _ in range(self.stream.geometric(MORE)):
            change = self.stream.choice(CHANGES)
            faults = change(self, faults, other)
        return tuple(sorted(faults, key=lambda fault: fault.at or 0))

    def _placed(self, faults: Faults, place: int, fault: Fault) -> Faults:
        return (*faults[:place], fault, *faults[place + 1 :])

    def _latest(self, fault: Fault) -> int:
        """The latest time at which a fault may strike and be healed in time."""
        return max(self.start, self.until - (fault.lasting or 1))

    def move(self, faults: Faults, _: Faults | None) -> Faults:
        """Another time for one fault: near its own, or anywhere."""
        if not faults:
            return faults
        place = self.stream.below(len(faults))
        fault = faults[place]
        latest = self._latest(fault)
        if self.stream.random() < 0.5:
            at = (fault.at or 0) + int(self.stream.normal(0.0, NUDGE * (self.until - self.start)))
        else:
            at = self.start + self.stream.below(latest - self.start + 1)
        return self._placed(faults, place, _with(fault, "at", _whole(min(max(at, self.start), latest))))

    def stretch(self, faults: Faults, _: Faults | None) -> Faults:
        """Another duration for one fault that lasts: up to nearly three times as long, or as short."""
        lasting = [place for place, fault in enumerate(faults) if fault.healer is not None and fault.lasting]
        if not lasting:
            return faults
        place = self.stream.choice(lasting)
        fault = faults[place]
        most = min(self.longest, self.until - (fault.at or 0))
        length = int((fault.lasting or 1) * exp(self.stream.uniform(-1.0, 1.0)))
        assert fault.healer is not None
        return self._placed(faults, place, _with(fault, fault.healer, max(1, _whole(min(length, most)))))

    def retarget(self, faults: Faults, _: Faults | None) -> Faults:
        """Other options and targets for one fault, at the same time."""
        if not faults:
            return faults
        place = self.stream.below(len(faults))
        fault = faults[place]
        drawn = draw_fault(type(fault), self.drawing, self.start, self.until)
        if drawn is None:
            return faults
        at = min(fault.at or 0, self._latest(drawn))
        return self._placed(faults, place, drawn.model_copy(update={"at": at, "name": fault.name}))

    def drop(self, faults: Faults, _: Faults | None) -> Faults:
        """One fault less, where the plan may have fewer."""
        if len(faults) <= max(1, self.random.fewest):
            return faults
        place = self.stream.below(len(faults))
        return (*faults[:place], *faults[place + 1 :])

    def add(self, faults: Faults, _: Faults | None) -> Faults:
        """One fault more of any kind, where the plan may have more."""
        kinds = list(self.random.kinds().values())
        if len(faults) >= self.random.most:
            return faults
        drawn = draw_fault(self.stream.choice(kinds), self.drawing, self.start, self.until)
        return faults if drawn is None else (*faults, _named(drawn, faults))

    def repeat(self, faults: Faults, _: Faults | None) -> Faults:
        """One of the faults once more, at another time."""
        if not faults or len(faults) >= self.random.most:
            return faults
        fault = self.stream.choice(faults)
        at = _whole(self.start + self.stream.below(self._latest(fault) - self.start + 1))
        return (*faults, _named(fault.model_copy(update={"at": at}), faults))

    def splice(self, faults: Faults, other: Faults | None) -> Faults:
        """What strikes before some moment, and of another plan what strikes from then on."""
        if not other:
            return faults
        moment = self.start + self.stream.below(self.until - self.start)
        spliced: Faults = tuple(fault for fault in faults if (fault.at or 0) < moment)
        for fault in other:
            if (fault.at or 0) >= moment and len(spliced) < self.random.most:
                spliced = (*spliced, _named(fault, spliced))
        return spliced if len(spliced) >= max(1, self.random.fewest) else faults


CHANGES: Final[tuple[Callable[[Mutator, Faults, Faults | None], Faults], ...]] = (
    Mutator.move,
    Mutator.stretch,
    Mutator.retarget,
    Mutator.drop,
    Mutator.add,
    Mutator.repeat,
    Mutator.splice,
)
"""Each as likely."""


def _whole(time: int) -> int:
    """A time in whole milliseconds, where it is one at least."""
    return time // MILLISECOND * MILLISECOND if time >= MILLISECOND else time


def _with(fault: Fault, field: str, time: int) -> Fault:
    """The fault with another time in a field; as it is where that would contradict another of its fields."""
    data = {**fault.model_dump(mode="json"), field: format_duration(time)}
    try:
        return type(fault).model_validate(data)
    except ValidationError:
        return fault


def _named(fault: Fault, faults: Sequence[Fault]) -> Fault:
    """The fault under a name that none of the others has: by its name its chance is drawn, and theirs stays theirs."""
    taken = {other.name for other in faults}
    if fault.name is not None and fault.name not in taken:
        return fault
    number = next(number for number in range(1, len(faults) + 2) if f"{fault.kind}-{number}" not in taken)
    return fault.model_copy(update={"name": f"{fault.kind}-{number}"})
