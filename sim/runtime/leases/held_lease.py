"""A lease as its holder sees it (Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file
cache consistency", SOSP 1989, section 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """For how long a lease is given, in nanoseconds, and what the holder leaves off for clocks.

    The authority's clock may run faster than the holder's by the factor `drift_bound`; `margin` in nanoseconds is left
    off besides (the paper's allowance epsilon).
    """

    term: int
    drift_bound: float = 1.0
    margin: int = 0

    @property
    def use(self) -> int:
        """For how long by its own clock the holder uses it, counted from when it asked: it stops first."""
        return int(self.term / self.drift_bound) - self.margin


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease with its fencing token, used until `until` on the holder's clock that nobody sets."""

    token: int
    until: int

    @classmethod
    def given(cls, token: int, asked_at: int, terms: LeaseTerms) -> HeldLease:
        """What an answer gives whose question was sent at `asked_at`: the authority counts from later on."""
        return cls(token, asked_at + terms.use)

    def renewed(self, asked_at: int, terms: LeaseTerms) -> HeldLease:
        """The same lease for longer; an answer that comes late, after a newer one, shortens nothing."""
        return replace(self, until=max(self.until, asked_at + terms.use))

    def in_force(self, now: int) -> bool:
        """Whether the holder may use it."""
        return now < self.until
