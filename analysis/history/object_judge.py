"""Whether the operations on one object have an order that explains them, judged while they come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from analysis.history.models import IMPOSSIBLE, STEPS, may_matter, only_observes
from analysis.history.needs import is_determined
from analysis.history.operations import Operation
from analysis.history.search import Budget, OutOfBudget, Reached, all_explanations, explanations, fewest

STEPS_OF_AN_OBJECT: Final = 500_000
"""Steps that the search may take for one object, beside `STEPS_OF_AN_OPERATION` for each, before it gives up."""
STEPS_OF_THE_BANK: Final = 250_000
"""The same for the bank, whose steps take longer."""
STEPS_OF_AN_OPERATION: Final = 20
STEPS_TO_SETTLE: Final = 1_000
"""Steps in which every explanation of a window has to be found, beside those of its operations."""
MOST_HELD: Final = 100_000
"""Operations that are kept to find other explanations for."""
LONGEST_WAIT: Final = 500
"""Operations that a window may have before it ends though no operation tells the state."""
MOST_STARTS: Final = 256
"""States that are carried over a quiet point."""


Closed = tuple[Sequence[Operation], bool]
"""Operations between two quiet points, and whether the last of them tells the state after them."""


class _Window:
    """A window, how it is explained after the one before it, and the state now taken."""

    __slots__ = ("closed", "explanations", "reached")

    def __init__(self, closed: Closed, explained: Iterator[Reached], reached: Reached) -> None:
        self.closed = closed
        self.explanations = explained
        self.reached = reached


class ObjectJudge:
    """Judges one object, a window at a time. A window ends at a quiet point, where no operation is outstanding.

    `starts` are all states in which the object can be at the last quiet point that is settled, each with the uncertain
    operations that may still take effect. Where a window has too many explanations to find them all, they are found
    one by one: where a later window cannot be explained, the search goes back for another. `conflict` holds operations
    that no order explains, and `before` those that led to the states they start from.
    """

    __slots__ = (
        "_budget",
        "_held",
        "_is_whole",
        "_next_to_settle",
        "_waited",
        "_window",
        "_windows",
        "certain",
        "conflict",
        "exhausted",
        "outstanding",
        "starts",
    )

    def __init__(self, state: Any, steps: int = STEPS_OF_AN_OBJECT) -> None:
        self.starts = [Reached(state, ())]
        self.outstanding = 0
        self.certain = 0
        self.exhausted = False
        self.conflict: list[Operation] = []
        self._is_whole = True
        self._window: list[Operation] = []
        self._waited = 0
        self._windows: list[_Window] = []
        self._held = 0
        self._next_to_settle = 1
        self._budget = Budget(steps)

    @property
    def before(self) -> list[Operation]:
        """The last changes before the conflict, one for each state that it may start from."""
        return [start.last for start in self.starts if start.last is not None]

    def began(self, operation: Operation) -> None:
        """An operation has begun."""
        self.outstanding += 1

    def ended(self, operation: Operation) -> None:
        """An operation has ended, known or not."""
        self.outstanding -= 1
        if operation.is_certain or (operation.outcome != "fail" and not only_observes(operation)):
            self._window.append(operation)
            self.certain += operation.is_certain
        if not self.outstanding and self._window:
            self._quiet()

    def finish(self) -> None:
        """Nothing comes after this."""
        if self._window:
            self._close(True)

    def _quiet(self) -> None:
        """No operation is outstanding: explain the window, unless what comes next makes that easier.

        Uncertain operations have much less to explain once an operation alone tells what the state is.
        """
        window = self._window
        if self.exhausted or self.conflict or (len(window) == 1 and not self._windows and self._follow(window[0])):
            window.clear()
        elif any(start.unused for start in self.starts) or not all(each.is_certain for each in window):
            alone = len(window) == self._waited + 1 and is_determined(window[-1])
            self._waited = len(window)
            if alone or len(window) >= LONGEST_WAIT:
                self._close(alone)
        else:
            self._close(False)

    def _close(self, determined: bool) -> None:
        """Explain the operations since the last quiet point that was taken for the end of a window."""
        window, self._window, self._waited = self._window, [], 0
        self._budget.steps += STEPS_OF_AN_OPERATION * len(window)
        closed = (window, determined)
        try:
            if self._windows or not self._settle([closed]):
                self._explain(closed)
        except OutOfBudget:
            self._give_up()

    def _give_up(self) -> None:
        self.exhausted = True
        self._windows.clear()
        self.starts.clear()

    def _follow(self, operation: Operation) -> bool:
        """Follow an operation that was alone, from each start; False where uncertain operations may come in between."""
        if not operation.is_certain:
            self.starts = [Reached(each.state, (*each.unused, operation), (), each.last) for each in self.starts]
            return True
        step, observes = STEPS[operation.function], only_observes(operation)
        followed = []
        for start in self.starts:
            state = step(start.state, operation)
            is_legal = state is not IMPOSSIBLE
            if not (is_legal and (observes or operation.function in ("put", "delete"))) and any(
                may_matter(unused, (operation,), start.unused) for unused in start.unused
            ):
                return False
            if is_legal:
                followed.append(Reached(state, start.unused, (), start.last if observes else operation))
        if followed:
            self.starts = fewest(followed)
        else:
            self._found([operation])
        return True

    def _settle(self, windows: Iterable[Closed]) -> bool:
        """Find all states that explain some windows after the starts; False where that takes too long."""
        starts = self.starts
        for window, determined in windows:
            try:
                budget = Budget(STEPS_TO_SETTLE + STEPS_OF_AN_OPERATION * len(window))
                reached = all_explanations(window, starts, budget, determined)
            except OutOfBudget:
                return False
            if len(reached) > MOST_STARTS:
                return False
            if not reached:
                self.starts = starts
                self._found(window)
                return True
            starts = reached
        self.starts = starts
        return True

    def _explain(self, window: Closed) -> None:
        """Find one explanation of all windows since the starts, this one included."""
        following = [window]
        while following:
            closed = following[-1]
            starts = [self._windows[-1].reached] if self._windows else self.starts
            explained = self._explained(closed, starts)
            reached = next(explained, None)
            if reached is not None:
                self._windows.append(_Window(closed, explained, reached))
                following.pop()
            elif not self._go_back(following):
                self._found([operation for operations, _ in reversed(following) for operation in operations])
                return
        self._held += len(window[0])
        if len(self._windows) >= self._next_to_settle:
            self._settle_windows()

    def _explained(self, closed: Closed, starts: Sequence[Reached]) -> Iterator[Reached]:
        operations, determined = closed
        for start in starts:
            yield from explanations(operations, start, self._budget, determined)

    def _go_back(self, following: list[Closed]) -> bool:
        """Take another explanation of an earlier window; those after it are to be explained again."""
        while self._windows:
            before = self._windows[-1]
            other = next(before.explanations, None)
            if other is not None:
                before.reached = other
                return True
            following.append(self._windows.pop().closed)
        return False

    def _settle_windows(self) -> None:
        """Settle the windows that are held, or let go of other explanations where there are too many."""
        if self._settle([each.closed for each in self._windows]):
            settled = True
        else:
            settled = self._held > MOST_HELD
            if settled:
                self.starts, self._is_whole = [self._windows[-1].reached], False
        if settled:
            self._windows.clear()
            self._held, self._next_to_settle = 0, 1
        else:
            self._next_to_settle = 2 * len(self._windows)

    def _found(self, operations: Sequence[Operation]) -> None:
        """No order explains some operations after the starts, if these are all that there are."""
        self._windows.clear()
        if self._is_whole:
            self.conflict = list(operations)
        else:
            self._give_up()
