"""One operation of a client, coordinated by an actor of its own: two rounds of quorums.

A write asks a quorum for the latest version and stores a later one at a quorum; a read asks a quorum, and stores what
it is about to return where it does not know a quorum to hold it (Attiya, Bar-Noy and Dolev, "Sharing memory robustly in
message-passing systems", JACM 1995; with several writers, Lynch and Shvartsman, FTCS 1997).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.protocols.quorum.messages import Begin, Held, Read, Store
from sim.protocols.quorum.replica import NAME
from sim.runtime.actor import Actor, Effect
from sim.runtime.quorum import Gathered, gather
from sim.runtime.reference import Reference
from sim.workloads.request import Reply

if TYPE_CHECKING:
    from sim.protocols.quorum.config import QuorumConfig
    from sim.workloads.request import ClientRequest


class Operation(Actor):
    """Carries out a request of a client and answers it.

    An operation for which no quorum answers in time was `refused`, unless it is a write that may be held by some.
    """

    config: QuorumConfig

    def __init__(self, request: ClientRequest) -> None:
        node = self.runtime.node
        self.asked = request
        self.replicas = [Reference((node.id + step) % node.population, NAME) for step in range(node.population)]
        self.reads, self.writes = self.config.quorums(node.population)

    def run(self) -> Effect[Any]:
        """Read or write, and answer."""
        operation = self.asked.operation
        carry_out = self._read if operation.reads else self._write
        outcome, value = yield from carry_out(operation.key)
        self.runtime.node.reply(self.asked.client, Reply(self.asked.client, self.asked.sequence, outcome, value))

    def _read(self, key: str) -> Effect[tuple[str, Any]]:
        gathered = yield from self._gather("read", Read(key), self.reads)
        if not gathered.complete:
            return "refused", None
        latest = _latest(gathered)
        sure = sum(held.version == latest.version for held in gathered.answers.values()) >= self.writes
        if not sure and "write-back" not in self.config.ablate:
            kept = yield from self._gather("write-back", Store(key, latest.version, latest.value), self.writes)
            if not kept.complete:
                return "refused", None
        return "ok", latest.value

    def _write(self, key: str) -> Effect[tuple[str, Any]]:
        client, sequence = self.asked.client, self.asked.sequence
        begin = Begin(key, client, sequence, (self.me.node, self.elapsed))
        gathered = yield from self._gather("begin", begin, self._to_begin)
        if not gathered.complete:
            return "refused", None
        if "attempt-marks" not in self.config.ablate and any(held.begun_before for held in gathered.answers.values()):
            return "session-expired", None
        version = (_latest(gathered).version[0] + 1, client, sequence)
        value = None if self.asked.operation.function == "delete" else self.asked.operation.value
        stored = yield from self._gather("write", Store(key, version, value), self.writes)
        return ("ok", None) if stored.complete else ("session-expired", None)

    @property
    def _to_begin(self) -> int:
        """Replicas that tell a write the latest version: a majority at least, so that marks of two attempts meet."""
        if "quorum-intersection" in self.config.ablate:
            return self.reads
        return max(self.reads, len(self.replicas) // 2 + 1)

    def _gather(self, step: str, payload: Any, threshold: int) -> Effect[Gathered]:
        config = self.config
        gathered = yield from gather(
            self,
            self.replicas,
            payload,
            threshold=threshold,
            timeout=config.timeout,
            hedge_after=config.hedge_after,
            late=lambda member: self.record("late-answer", member=member.node),
        )
        self.record(
            "gathered",
            step=step,
            complete=gathered.complete,
            took=gathered.took,
            requests=gathered.requests,
            attempts=1,
            hedges=gathered.hedges,
            answers=len(gathered.answers),
            who=tuple(member.node for member in gathered.answers),
        )
        return gathered


def _latest(gathered: Gathered) -> Held:
    """The answer with the latest version."""
    held: Held = max(gathered.answers.values(), key=lambda answer: answer.version)
    return held
