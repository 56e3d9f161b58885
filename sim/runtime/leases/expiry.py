"""When an authority may end a lease, by its own clock."""

from __future__ import annotations

from collections.abc import Iterable

from sim.runtime.leases.lease_table import Lease
from sim.workloads.operation import Operation


class Expiry:
    """Since when each lease is known here, in nanoseconds of a clock that nobody sets.

    A lease counts anew with each renewal, from when that was carried out here: later than its holder asked for it. A
    server that begins again, or that takes over, knows none of its leases for longer than it has been there: it waits
    for a whole term, and needs no word of when the others carried anything out.
    """

    __slots__ = ("_since", "term")

    def __init__(self, term: int) -> None:
        assert term > 0
        self.term = term
        self._since: dict[str, tuple[Lease, int]] = {}

    def look(self, leases: dict[str, Lease], now: int) -> None:
        """See which leases there are; those that are new or were renewed since the last look count from now on."""
        since = self._since
        self._since = {
            resource: since[resource] if resource in since and since[resource][0] == lease else (lease, now)
            for resource, lease in leases.items()
        }

    def due(self, now: int) -> list[Operation]:
        """What ends the leases whose term is over."""
        return [
            Operation("expire", resource, lease.token, lease.renewals)
            for resource, (lease, since) in self._since.items()
            if now - since >= self.term
        ]

    def next_at(self) -> int | None:
        """When the next lease will be over, unless it is renewed; None where there is none."""
        times: Iterable[int] = (since for _, since in self._since.values())
        first = min(times, default=None)
        return None if first is None else first + self.term
