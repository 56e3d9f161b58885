"""What services, gateway and upstream send each other when calls are batched."""

from __future__ import annotations

from dataclasses import dataclass

Name = tuple[int, int, int]
"""Of a parcel: the service, a number that it drew when it began to run, the number of the parcel in that life."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The requests that a service passes on at one tick.

    `origin` is the service, `life` tells it from what it was before a crash, `number` counts the parcels of that life
    from 1 on. `oldest` is the lowest number that the service has no answer for. `held` says how long each request has
    waited so far, in nanoseconds; it is empty where the parcel is sent again.
    """

    origin: int
    life: int
    number: int
    oldest: int
    requests: int
    held: tuple[int, ...]

    @property
    def name(self) -> Name:
        """What tells it from all others."""
        return self.origin, self.life, self.number


@dataclass(frozen=True, slots=True)
class Call:
    """One call: a parcel of a service, or those that a gateway has merged."""

    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The upstream has carried out what these parcels ask for."""

    names: tuple[Name, ...]
