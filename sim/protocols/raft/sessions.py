"""The table of client sessions: each command is carried out once, however often it is in the log (section 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.workloads.request import ClientRequest

UNKNOWN: Final = object()
"""Stands for the result of a command that was not carried out."""
EXPIRED: Final = object()
"""Stands for the result of a command that is forgotten: it may have been carried out."""
OLDEST: Final = 0
"""The place in a session, below all sequence numbers, of the lowest number whose result is still kept."""


class Sessions:
    """For each client the results that it may still ask for, by sequence number; part of the replicated state.

    `limit`: sessions that are kept, None: all. The one forgotten is that whose last command is oldest in the log, the
    same on each server. Its client is told so from then on, and begins another under a new number: numbers are never
    used again, so that to remember those that expired stands for the dissertation's numbers by place in the log.
    """

    __slots__ = ("_expired", "_limit", "_results")

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._results: dict[int, dict[int, Any]] = {}
        self._expired: dict[int, None] = {}

    def result(self, request: ClientRequest) -> Any:
        """What the command came to when it was carried out; UNKNOWN where it was not, EXPIRED where nobody knows."""
        session = self._results.get(request.client)
        if session is None:
            return EXPIRED if request.client in self._expired else UNKNOWN
        if request.sequence < session[OLDEST]:
            return EXPIRED
        return session.get(request.sequence, UNKNOWN)

    def keep(self, request: ClientRequest, result: Any) -> None:
        """Keep the result of a command, and forget those that the client has been told."""
        results = self._results
        session = results.get(request.client)
        if session is None:
            session = results[request.client] = {OLDEST: 0}
            if self._limit is not None and len(results) > self._limit:
                forgotten = next(iter(results))
                del results[forgotten]
                self._expired[forgotten] = None
        elif self._limit is not None:
            results[request.client] = results.pop(request.client)
        session[request.sequence] = result
        oldest = request.oldest
        if oldest > session[OLDEST]:
            session[OLDEST] = oldest
            for sequence in [sequence for sequence in session if 0 < sequence < oldest]:
                del session[sequence]

    def snapshot(self) -> list[Any]:
        """The table as data for a snapshot: sessions that expired, then the others, oldest first."""
        expired: list[Any] = [[client, None] for client in self._expired]
        return expired + [[client, list(session.items())] for client, session in self._results.items()]

    def restore(self, data: list[Any]) -> None:
        """Take over the table of a snapshot."""
        self._expired = {client: None for client, items in data if items is None}
        self._results = {
            client: {sequence: _plain(result) for sequence, result in items}
            for client, items in data
            if items is not None
        }


def _plain(value: Any) -> Any:
    """A value of a snapshot as it was before: there lists stand for tuples."""
    return tuple(value) if isinstance(value, list) else value
