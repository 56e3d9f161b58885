"""Causal consistency of what clients saw, by the patterns that contradict it.

Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency", POPL 2017: where every value is written once, a
history is causally consistent unless it has one of four patterns in the order that processes and reads give (their CC:
CyclicCO, WriteCOInitRead, ThinAirRead, WriteCORead). Here they are asked of lists of appended texts too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from analysis.history.operations import KINDS, Operation, Outstanding, as_record, told
from analysis.history.precedence import Precedence
from analysis.history.sources import Sources, sources_of
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

MOST_WORK: Final = 20_000_000
"""Operations times processes that are judged."""
MOST_OPERATIONS: Final = 200_000
"""Operations that are kept to be judged."""

Pattern = tuple[str, tuple[int, ...]]
"""What contradicts causal consistency, in words, and the operations that show it."""


def seen_before(precedence: Precedence, sources: Sources) -> list[int]:
    """Put each write before its readers; returns operations that come before themselves."""
    for reader, seen in sources.seen.items():
        for write in seen:
            if write != reader:
                precedence.add(write, reader)
    return precedence.order()


def patterns(operations: Sequence[Operation], sources: Sources) -> Iterator[Pattern]:
    """Yield what contradicts causal consistency, where every text is written once."""
    for reader in sources.strange:
        yield "a value is read that no writes lead to", (reader,)
    precedence = Precedence(operations)
    cycle = seen_before(precedence, sources)
    if cycle:
        yield "operations come before themselves", tuple(cycle)
        return
    writes = writes_by_line(precedence, sources)
    for reader, seen in sources.seen.items():
        if _is_inverted(precedence, seen):
            yield "texts are read in another order than they were written in", (*seen, reader)
        for missed in _missed(precedence, writes[operations[reader].key], reader, seen):
            if not seen:
                yield "nothing is read, though a write is known to come before", (missed, reader)
            elif operations[seen[0]].function == "append":
                yield "a write that comes before is not in what is read", (missed, reader)
            elif any(precedence.before(each, missed) for each in seen):
                yield "a value is read that is known to be overwritten", (seen[0], missed, reader)


def writes_by_line(precedence: Precedence, sources: Sources) -> dict[str, dict[int, list[int]]]:
    """Of each key, the writes of each process in their order."""
    operations = precedence.operations
    found: dict[str, dict[int, list[int]]] = {operations[reader].key: {} for reader in sources.seen}
    for key, writes in sources.writes.items():
        lines: dict[int, list[int]] = {}
        for write in writes:
            lines.setdefault(precedence.line_of[write], []).append(write)
        found[key] = lines
    return found


def _missed(precedence: Precedence, writes: dict[int, list[int]], reader: int, seen: Sequence[int]) -> Iterator[int]:
    """Of each process, the last write before a reader that it has not seen."""
    clock, known = precedence.clocks[reader], {*seen, reader}
    for line, own in writes.items():
        reached = clock[line]
        last = next((each for each in reversed(own) if precedence.place_of[each] < reached and each not in known), None)
        if last is not None:
            yield last


def _is_inverted(precedence: Precedence, seen: Sequence[int]) -> bool:
    """Whether a write stands behind one that it comes before."""
    if len(seen) < 2:
        return False
    earlier = list(precedence.clocks[seen[0]])
    for write in seen[1:]:
        if earlier[precedence.line_of[write]] > precedence.place_of[write]:
            return True
        earlier = [max(pair) for pair in zip(earlier, precedence.clocks[write], strict=True)]
    return False


class KeptHistory(Check):
    """Base of checks that look at a history as a whole, at its end."""

    kinds = KINDS

    def __init__(self, _: Subject) -> None:
        self._outstanding = Outstanding()
        self.history: list[Operation] = []
        self.too_long = False

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        operation = self._outstanding.observe(record)
        if record.kind == "invoked" and not self.too_long:
            self.history.append(operation)
            if len(self.history) > MOST_OPERATIONS:
                self.too_long = True
                self.history.clear()

    def operations(self) -> list[Operation]:
        """Return the operations that may have had an effect or have been answered, by their begins."""
        return [
            each
            for each in self.history
            if each.is_certain or (each.outcome != "fail" and each.function not in ("get", "balances"))
        ]

    def reason_not_to_judge(self, operations: Sequence[Operation]) -> str:
        """Why a history cannot be judged as a whole; empty where it can."""
        if self.too_long:
            return f"there are more than {MOST_OPERATIONS:,} operations"
        if not any(each.is_certain for each in operations):
            return "no operation of a client was completed"
        if len(operations) * len({each.process for each in operations}) > MOST_WORK:
            return f"{len(operations):,} operations are too many for that many processes"
        return ""

    def shown(self, reason: str, operations: Sequence[Operation]) -> RunVerdict:
        """Make the verdict that some operations violate it."""
        named = sorted(operations, key=lambda each: each.begin)
        words = "; ".join(map(told, named[:4])) + ("; ..." if len(named) > 4 else "")
        return self.verdict("violated", f"{reason}: {words}", tuple(map(as_record, named)))


class CausallyConsistent(KeptHistory):
    """What each client sees respects what came before: what it and those whose writes it saw had seen and done."""

    name = "causally-consistent"

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        operations = self.operations()
        reason = self.reason_not_to_judge(operations)
        if reason:
            return self.verdict("unknown", reason)
        sources = sources_of(operations)
        if sources.unclear:
            return self.verdict("unknown", sources.unclear)
        found = next(patterns(operations, sources), None)
        if found is not None:
            return self.shown(found[0], [operations[number] for number in found[1]])
        passed = f"; {sources.passed_over} cas that found another value are not judged" if sources.passed_over else ""
        return self.verdict("holds", f"{len(sources.seen)} reads saw nothing against what came before them{passed}")
