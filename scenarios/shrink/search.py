"""The search for a smaller scenario: what has been tried, what is the best so far, and how many runs are left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from analysis.canonical import data_checksum
from scenarios.shrink.trial import Setting, Trial, try_out
from topologies.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

    from scenarios.shrink.plain_data import Data

NOT_RUN = frozenset({"name", "description", "detail"})
"""Fields of a scenario that change nothing of its run."""


MOST_CONTROLLED = 4
"""Faults up to which each one's need is looked at by itself."""

Candidate = tuple[int, str, "Data"]
"""A scenario to try: its place among those that were given, what it is known by, its plain data."""


class OutOfRuns(Exception):
    """As many runs as are allowed have been made."""


@dataclass
class Search:
    """Smaller and smaller scenarios that still show what is wanted; `best`, as plain data, is the smallest so far.

    `controlled`: each fault must remain needed, so that without any one of them what is wanted is not there; else a
    shrunk run could slip into showing the same by another cause, or by none, such as too little time. `limit`: most
    runs. `ran`: runs made so far, which do not depend on `workers`: these only run ahead. `watch` is called after each
    run. `step` says in words what is being tried. `tally` is that of the faults of `best`, in their order.
    """

    setting: Setting
    best: Data
    limit: int
    workers: int = 1
    watch: Callable[[Search], None] = lambda search: None
    ran: int = 0
    step: str = "the run itself"
    controlled: bool = False
    tally: tuple[dict[str, object], ...] = ()
    _known: dict[str, Trial] = field(default_factory=dict)
    _ahead: dict[str, Future[Trial]] = field(default_factory=dict)
    _pool: ProcessPoolExecutor | None = None

    def accepts(self, data: Data) -> bool:
        """Whether a scenario is one and still shows what is wanted; then it is the best so far."""
        return self.first([data]) is not None

    def first(self, candidates: Sequence[Data]) -> int | None:
        """Return the place of the first candidate that shows what is wanted, which is the best from now on.

        Candidates that are no scenarios are passed over, and none is run twice. Raises OutOfRuns.
        """
        valid = list(self._valid(candidates))
        for number, (place, key, data) in enumerate(valid):
            trial = self._trial(key, data, valid[number + 1 : number + self.workers])
            if trial.shows and self._needs_its_faults(data):
                self.best, self.tally = data, trial.faults
                return place
        return None

    def _trial(self, key: str, data: Data, next_ones: Sequence[Candidate] = ()) -> Trial:
        """What came of a scenario, which is run unless it has been before."""
        trial = self._known.get(key)
        if trial is None:
            if self.ran >= self.limit:
                raise OutOfRuns
            trial = self._known[key] = self._try(key, data, next_ones)
            self.ran += 1
            self.watch(self)
        return trial

    def _needs_its_faults(self, data: Data) -> bool:
        """Whether a scenario no longer shows what is wanted without any one of its faults, where that matters.

        Where they are many, it is asked once, without all of them.
        """
        faults = data["faults"]
        if not self.controlled or not faults:
            return True
        fewer: list[list[Data]] = [[]]
        if len(faults) <= MOST_CONTROLLED:
            fewer = [faults[:place] + faults[place + 1 :] for place in range(len(faults))]
        controls = self._valid([{**data, "faults": rest} for rest in fewer])
        return not any(self._trial(key, control).shows for _, key, control in controls)

    def _valid(self, candidates: Sequence[Data]) -> Iterator[Candidate]:
        """Yield candidates that are scenarios, with their places and what makes them equal to others."""
        for place, data in enumerate(candidates):
            try:
                scenario = self.setting.scenario(data)
            except InputError:
                continue
            yield place, self._key(scenario.canonical()), data

    @staticmethod
    def _key(canonical: Data) -> str:
        return data_checksum({name: value for name, value in canonical.items() if name not in NOT_RUN})

    def _try(self, key: str, data: Data, next_ones: Sequence[Candidate]) -> Trial:
        """Run a scenario; workers meanwhile run those that come next if it shows nothing."""
        if self.workers == 1:
            return try_out(self.setting, data)
        for _, other, ahead in [(0, key, data), *next_ones]:
            if other not in self._known and other not in self._ahead:
                self._ahead[other] = self._submit(ahead)
        return self._ahead.pop(key).result()

    def _submit(self, data: Data) -> Future[Trial]:
        if self._pool is None:
            from scenarios.execution.workers import WorkerContext, begin_worker

            self._pool = ProcessPoolExecutor(self.workers, WorkerContext(), begin_worker)
        return self._pool.submit(try_out, self.setting, data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
