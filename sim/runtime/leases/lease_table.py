"""The state of an authority on leases, as a machine that the same operations bring to the same state everywhere.

It knows no time: that a lease is over is an operation like the others (`expire`), which an authority carries out when
its own clock says so. So the table can be replicated by a log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sim.workloads.operation import Operation


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a resource, by which token, and how often the lease was renewed."""

    holder: int
    token: int
    renewals: int = 0


class LeaseTable:
    """At most one lease for each resource; each lease that is new has a token above all before it (a fencing token)."""

    __slots__ = ("_leases", "_token")

    def __init__(self) -> None:
        self._leases: dict[str, Lease] = {}
        self._token = 0

    @property
    def leases(self) -> dict[str, Lease]:
        """The leases that are in force, by resource."""
        return dict(self._leases)

    def apply(self, operation: Operation) -> Any:
        """Carry out an operation on the resource `key`.

        `acquire` (`value`: the holder) gives a new token, or None where another holds it; who holds it already, and has
        not heard so or has forgotten, is given its token again, and with it a renewal. `renew`, `release` (`value`: the
        token) say whether that lease was in force. `expire` (`value`: the token, `expected`: how often it was renewed)
        ends a lease that was not renewed meanwhile; it says whether.
        """
        held = self._leases.get(operation.key)
        if operation.function == "acquire":
            return self._acquire(operation.key, operation.value, held)
        if held is None or held.token != operation.value:
            return False
        if operation.function == "renew":
            self._renew(operation.key, held)
            return True
        assert operation.function in ("release", "expire")
        if operation.function == "expire" and held.renewals != operation.expected:
            return False
        del self._leases[operation.key]
        return True

    def _renew(self, resource: str, held: Lease) -> None:
        self._leases[resource] = replace(held, renewals=held.renewals + 1)

    def _acquire(self, resource: str, holder: int, held: Lease | None) -> int | None:
        if held is not None:
            if held.holder != holder:
                return None
            self._renew(resource, held)
            return held.token
        self._token += 1
        self._leases[resource] = Lease(holder, self._token)
        return self._token

    def snapshot(self) -> Any:
        """The whole state as data that JSON can hold."""
        rows = [[resource, held.holder, held.token, held.renewals] for resource, held in self._leases.items()]
        return [self._token, rows]

    def restore(self, data: Any) -> None:
        """Take over the state of a snapshot."""
        self._token = data[0]
        self._leases = {resource: Lease(*rest) for resource, *rest in data[1]}
