"""One order for all by a sequencer (Chang and Maxemchuk, ACM TOCS 2(3), 1984, without their token; Defago, Schiper and
Urban, "Total order broadcast and multicast algorithms", ACM Computing Surveys 36(4), 2004, section 4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.order_buffer import OrderBuffer


@dataclass(frozen=True, slots=True)
class Place:
    """A sequencer's word, itself broadcast: the broadcast of that name is the `place`-th of all, from 1 on."""

    place: int
    origin: int
    number: int


class TotalOrder(OrderBuffer):
    """Hands up broadcasts by the places that one sequencer has given them: a place and its broadcast come apart.

    A place that comes again says nothing new. While the sequencer is down, nothing is handed up that has no place.
    """

    def __init__(self, population: int) -> None:
        super().__init__(population)
        self.handed_up = 0
        self._places: dict[int, tuple[int, int]] = {}
        self._placed: set[tuple[int, int]] = set()
        self._casts: dict[tuple[int, int], Cast] = {}

    @property
    def waiting(self) -> int:
        """How many came before one that goes first, or have no place yet."""
        return len(self._casts)

    @property
    def last_place(self) -> int:
        """The highest place that is known to be given."""
        return max(self._places, default=self.handed_up)

    def without_place(self) -> list[tuple[int, int]]:
        """Broadcasts that are here and may be given the next places, as they came: for a sequencer.

        Those of an origin have their places in turn, so that the one order for all keeps to theirs.
        """
        return [
            (origin, number)
            for origin, number in self._casts
            if (origin, number) not in self._placed and (number == 1 or (origin, number - 1) in self._placed)
        ]

    def take(self, cast: Cast) -> list[Cast]:
        """What can be handed up now that this has come: a broadcast, or the place of one."""
        if isinstance(cast.payload, Place):
            self._placed.add(cast.identity)  # a word needs no place of its own
            self._learn(cast.payload)
        else:
            self._casts[cast.identity] = cast
        return self._ready()

    def _learn(self, place: Place) -> None:
        identity = (place.origin, place.number)
        if place.place > self.handed_up and place.place not in self._places and identity not in self._placed:
            self._places[place.place] = identity
            self._placed.add(identity)

    def _ready(self) -> list[Cast]:
        ready = []
        while self._places.get(self.handed_up + 1) in self._casts:
            self.handed_up += 1
            ready.append(self._casts.pop(self._places.pop(self.handed_up)))
        return ready
