"""Where a job goes: to which of several nodes, or to the queue of which core.

`least-loaded` with few choices is the "power of two choices" (M. Mitzenmacher, IEEE TPDS 12(10), 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.randomness import Stream

Choose = Callable[[], int]
"""Gives the number of the place that the next job goes to."""


class Placement(BaseModel):
    """Base of the ways to place jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    def chooser(self, loads: Sequence[int], stream: Stream) -> Choose:
        """A function that chooses a place for each job; `loads`, the jobs at each place now, is kept up to date."""
        raise NotImplementedError  # pragma: no cover

    def demand_places(self, number: int) -> None:
        """Raise InputError where it asks for other places than there are."""


class RandomPlacement(Placement):
    """Each place as likely."""

    kind: Literal["random"] = "random"

    def chooser(self, loads: Sequence[int], stream: Stream) -> Choose:
        """One draw a job; none where there is one place."""
        places, below = len(loads), stream.below
        return (lambda: 0) if places == 1 else (lambda: below(places))


class RoundRobin(Placement):
    """One place after the other, in a circle."""

    kind: Literal["round-robin"] = "round-robin"

    def chooser(self, loads: Sequence[int], stream: Stream) -> Choose:
        """Draws nothing."""
        return circle(range(len(loads)))


class GivenPlaces(Placement):
    """The places of a list, by number, in a circle: the same one each time where it is alone."""

    kind: Literal["given"] = "given"
    places: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        min_length=1,
        max_length=100_000,
        strict=False,
        description="places of the jobs in the order in which they come, counted from 0; then the list begins again",
    )

    def demand_places(self, number: int) -> None:
        """Raise InputError where a place does not exist."""
        if max(self.places) >= number:
            found = f"found place {max(self.places)}; there are {number}, numbered from 0"
            raise InputError(found, ("placement", "places"))

    def chooser(self, loads: Sequence[int], stream: Stream) -> Choose:
        """Draws nothing."""
        return circle(self.places)


class LeastLoaded(Placement):
    """The place with the fewest jobs, waiting or running, of all or of a few that are drawn; ties are broken at random.

    How many jobs a place has is known exactly and at once: those that were sent there and are not over.
    """

    kind: Literal["least-loaded"] = "least-loaded"
    choices: int | None = Field(default=None, ge=1, description="places that are drawn for each job; all when left out")
    replacement: bool = Field(default=False, description="whether the same place may be drawn twice for a job")

    @model_validator(mode="after")
    def _draws(self) -> Self:
        if self.replacement and self.choices is None:
            raise InputError("found replacement, but no choices are drawn; give choices", ("replacement",))
        return self

    def demand_places(self, number: int) -> None:
        """Raise InputError where more are to be drawn than there are."""
        if self.choices is not None and self.choices > number and not self.replacement:
            raise InputError(f"found {self.choices} choices of {number} places", ("placement", "choices"))

    def chooser(self, loads: Sequence[int], stream: Stream) -> Choose:
        """Draws come in random order, so that the first of equals is each as likely: ties need no draw."""
        if self.choices is None:
            return all_compared(loads, stream)
        if self.replacement:
            return drawn_with_replacement(loads, stream, self.choices)
        if self.choices == 2:
            return two_drawn(loads, stream)
        places, choices, sample, load = range(len(loads)), self.choices, stream.sample, loads.__getitem__
        return lambda: min(sample(places, choices), key=load)


def circle(places: Sequence[int]) -> Choose:
    """Choose the places in order, again and again."""
    from itertools import cycle

    return cycle(places).__next__


def all_compared(loads: Sequence[int], stream: Stream) -> Choose:
    """Choose among all places that have the fewest jobs."""

    def choose() -> int:
        least = min(loads)
        return stream.choice([place for place, load in enumerate(loads) if load == least])

    return choose


def two_drawn(loads: Sequence[int], stream: Stream) -> Choose:
    """Choose between two different places: the quick form of the commonest case."""
    places, below = len(loads), stream.below

    def choose() -> int:
        first, second = below(places), below(places - 1)
        if second >= first:
            second += 1
        return second if loads[second] < loads[first] else first

    return choose


def drawn_with_replacement(loads: Sequence[int], stream: Stream, choices: int) -> Choose:
    """Choose among places that are drawn independently."""
    places, below, load = len(loads), stream.below, loads.__getitem__
    return lambda: min([below(places) for _ in range(choices)], key=load)


PlacementKinds = Annotated[RandomPlacement | RoundRobin | LeastLoaded | GivenPlaces, Field(discriminator="kind")]
