"""Which operations of a history come before which: an order of each process, and further edges between them.

Sets of what came before are vector clocks (Mattern 1988), one count a process, as each process is a sequence.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.history.operations import Operation


class Precedence:
    """A partial order of operations, which are numbered by their begins; `clocks` holds how much each has before it.

    `clocks[a][p]` is the number of operations of process line p that come before a or are a.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        lines: dict[int, int] = {}
        self.lines: list[list[int]] = []
        self.line_of: list[int] = []
        self.place_of: list[int] = []
        for number, operation in enumerate(operations):
            line = lines.setdefault(operation.process, len(lines))
            if line == len(self.lines):
                self.lines.append([])
            self.line_of.append(line)
            self.place_of.append(len(self.lines[line]))
            self.lines[line].append(number)
        self.edges: list[list[int]] = [[] for _ in operations]
        self.clocks: list[list[int]] = []

    def add(self, before: int, after: int) -> None:
        """Have one operation come before another; `order` has to be called again."""
        self.edges[before].append(after)

    def before(self, first: int, second: int) -> bool:
        """Whether one operation comes before another, or is it."""
        return self.clocks[second][self.line_of[first]] > self.place_of[first]

    def order(self) -> list[int]:
        """Work out what comes before what; returns operations that come before themselves, if any."""
        total = len(self.operations)
        waits = [0 if place == 0 else 1 for place in self.place_of]
        for edges in self.edges:
            for after in edges:
                waits[after] += 1
        clocks = [[0] * len(self.lines) for _ in range(total)]
        ready = [number for number in range(total) if not waits[number]]
        done = 0
        while ready:
            number = ready.pop()
            done += 1
            clock, line, place = clocks[number], self.line_of[number], self.place_of[number]
            clock[line] = place + 1
            following = self.lines[line][place + 1 : place + 2]
            for after in (*following, *self.edges[number]):
                clocks[after] = [max(pair) for pair in zip(clocks[after], clock, strict=True)]
                waits[after] -= 1
                if not waits[after]:
                    ready.append(after)
        self.clocks = clocks
        return [] if done == total else self._cycle([number for number in range(total) if waits[number]])

    def _cycle(self, stuck: Sequence[int]) -> list[int]:
        """A cycle among operations that each wait for another of them."""
        among = set(stuck)
        preceding: dict[int, int] = {}
        for number in stuck:
            line, place = self.line_of[number], self.place_of[number]
            for after in (*self.lines[line][place + 1 : place + 2], *self.edges[number]):
                if after in among:
                    preceding[after] = number
        number = stuck[0]
        path: dict[int, None] = {}
        while number not in path:
            path[number] = None
            number = preceding[number]
        walked = list(path)
        return walked[walked.index(number) :]
