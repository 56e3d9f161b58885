"""What cores do that have run out of work: search, steal, park, and be woken."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from sim.hardware.scheduler import SchedulerConfig
from sim.hardware.schedulers.run_queues import RunQueues
from sim.hardware.schedulers.search import Search
from sim.hardware.schedulers.worker import (
    LOOKING,
    NOWHERE,
    PARKED,
    PARKING,
    RUNNING,
    SEARCHING,
    STEALING,
    WAKING,
    Worker,
)
from sim.hardware.task import Thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.event_queue import Entry
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.randomness import Stream


class Thieves(RunQueues):
    """Cores that look for work.

    `steals`, thefts that came off, of `stolen` tasks; `conflicts`, those where another had been there since the thief
    looked; `attempts`, victims that were looked at; `parks` and `wakes` of cores.
    """

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        assert stream is not None
        self._stream = stream
        self._limit = self.options.attempts_of(len(processor.cores))
        self._checks = "owner-check" not in self.options.ablate
        self._parked = list(reversed(self.workers))
        self._active = 0
        self._stopped = 0
        attempt = self.options.costs.attempt
        self._search = (
            Search(self._kernel, stream, attempt, self._tried, self._limit, self._gave_up) if attempt else None
        )
        self.attempts = self.steals = self.stolen = self.conflicts = self.parks = self.wakes = 0
        self._begin_to_search()

    def _begin_to_search(self) -> None:
        """Have cores that search without end begin before there is anything to find, as many as may."""
        if self._limit is None:
            for worker in self.workers[: max(1, round(self.options.searchers * len(self.workers)))]:
                if worker.state == PARKED:
                    self._parked.remove(worker)
                    self._seek(worker)

    def counts(self) -> dict[str, int]:
        """Attempts of searches that go on included."""
        names = ("steals", "stolen", "conflicts", "parks", "wakes")
        under_way = 0 if self._search is None else self._search.made
        return {"attempts": self.attempts + under_way, **{name: getattr(self, name) for name in names}}

    # What a core does next.

    def _find(self, worker: Worker, overhead: int = 0) -> None:
        """Begin with what is at hand, else search, as one of not too many, else park."""
        searches = worker.state >= WAKING
        task = self._at_hand(worker)
        if task is not None:
            self._run(worker, task, overhead)
        elif len(self.workers) > 1 and (searches or self._may_search()):
            self._seek(worker)
        else:
            self._park(worker)

    def _may_search(self) -> bool:
        going = len(self.workers) - len(self._parked) - self._stopped
        return self._active < self.options.searchers * going

    def _run(self, worker: Worker, task: Task, overhead: int = 0) -> None:
        """Run a task; where the last that searched has found work, another is woken for what else there is."""
        searched = worker.state >= WAKING
        self._become(worker, RUNNING)
        worker.core.start(task, self.options.costs.dispatch + overhead)
        if searched:
            self._notify()

    def _become(self, worker: Worker, state: int) -> None:
        self._active += (state >= WAKING) - (worker.state >= WAKING)
        worker.state = state

    def _withdraw(self, worker: Worker, state: int = PARKING) -> None:
        """Call off what a worker does when it runs nothing."""
        if worker.entry is not None:
            self._kernel.cancel(worker.entry)
            worker.entry = None
        if worker.state == SEARCHING:
            assert self._search is not None
            self.attempts += self._search.leave(worker.place)
        elif worker.state == PARKED:
            self._parked.remove(worker)
        self._become(worker, state)

    def _after(self, delay: int, function: Callable[[Any], object], argument: Any) -> Entry:
        entry = (self._kernel._now + delay, next(self._kernel.keys), function, argument)
        self._kernel.push(entry)
        return entry

    # The search.

    def _chance_changed(self) -> None:
        if self._search is not None and self._search.places:
            self._search.set_chance(self._chance())

    def _chance(self) -> float:
        """The probability that an attempt finds something: each looks at the global queue and at a random victim."""
        return 1.0 if self._shared else min(1.0, len(self._loaded.workers) / max(1, len(self.workers) - 1))

    def _seek(self, worker: Worker) -> None:
        """Look for a victim."""
        if self._search is None:
            self._seek_at_once(worker)
            return
        self._become(worker, SEARCHING)
        if not self._search.places:
            self._search.set_chance(self._chance())
        worker.place = self._search.join(worker)

    def _seek_at_once(self, worker: Worker) -> None:
        """Make all attempts in no time."""
        if not self.options.last_look:
            for _ in range(self._limit or 1):
                self.attempts += 1
                victim = self._victim(worker) if self._stream.random() < self._chance() else None
                if victim is not None:
                    self._steal(worker, victim)
                    return
        self._last_look(worker)

    def _tried(self, worker: Worker) -> None:
        """An attempt of a search has found something."""
        if self._shared:
            self._withdraw(worker, SEARCHING)
            self._run(worker, self._take_batch(worker))
            return
        victim = self._victim(worker)
        if victim is not None:
            self._withdraw(worker, SEARCHING)
            self._steal(worker, victim)

    def _victim(self, worker: Worker) -> Worker | None:
        """One of the workers that have something to steal, at random; None where it refuses."""
        loaded = self._loaded.workers
        victim = loaded[self._stream.below(len(loaded))]
        return None if self._kernel._now < victim.locked_until else victim

    def _gave_up(self, worker: Worker) -> None:
        """All attempts of a search have failed."""
        self._withdraw(worker, SEARCHING)
        self._last_look(worker)

    def _last_look(self, worker: Worker) -> None:
        """Look at every queue once more, and wait for a slot that thieves may not touch yet; else park."""
        worker.entry = None
        if self.options.last_look:
            if self._shared:
                self._run(worker, self._take_batch(worker))
                return
            victim = self._victim(worker) if self._loaded.workers else None
            if victim is not None:
                self._steal(worker, victim)
                return
            if self._slotted.workers:
                self._steal_slot(worker)
                return
        self._park(worker)

    def _steal_slot(self, thief: Worker) -> None:
        """Take what is in a slot for long enough, or look again when it is."""
        slotted = self._slotted.workers
        victim = slotted[self._stream.below(len(slotted))]
        due = victim.slot_at + self.options.slot_patience
        if due > self._kernel._now:
            self._become(thief, LOOKING)
            thief.entry = self._after(due - self._kernel._now, self._last_look, thief)
            return
        self._stole(thief, victim, 1)
        self._run(thief, self._take_slot(victim), self.options.costs.steal)

    # Stealing.

    def _steal(self, thief: Worker, victim: Worker) -> None:
        """Take tasks from the head of a victim's queue, which takes time in which others may be faster."""
        cost = self.options.costs.steal
        if not cost:
            self._take(thief, victim)
            return
        self._become(thief, STEALING)
        reach = [] if self._checks else _first(victim, self._amount(victim))
        seen = [(task, task.rest, task.home) for task in reach]
        thief.entry = self._after(cost, self._reach, (thief, victim, victim.taken, seen))

    def _amount(self, victim: Worker) -> int:
        return (len(victim.queue) + 1) // 2 if self.options.steal == "half" else 1

    def _reach(self, theft: tuple[Worker, Worker, int, list[Any]]) -> None:
        """A thief takes what it has seen, if it is still there."""
        thief, victim, taken, seen = theft
        thief.entry = None
        if victim.taken == taken and victim.where_loaded != NOWHERE:
            self._take(thief, victim)
            return
        self.conflicts += 1
        if not self._checks:
            self._take_unchecked(thief, victim, seen)
        elif victim.where_loaded != NOWHERE:
            self._steal(thief, victim)
        else:
            self._find(thief)

    def _take(self, thief: Worker, victim: Worker) -> None:
        amount = self._amount(victim)
        victim.locked_until = self._kernel._now + self.options.hold
        tasks = [self._take_oldest(victim) for _ in range(amount)]
        self._begin_with(thief, victim, tasks)

    def _begin_with(self, thief: Worker, victim: Worker, tasks: list[Task]) -> None:
        self._stole(thief, victim, len(tasks))
        for task in tasks[1:]:
            self._push(thief, task)
        self._run(thief, tasks[0])

    def _take_unchecked(self, thief: Worker, victim: Worker, seen: list[Any]) -> None:
        """Take what was seen, though others may have it by now: it is run again. A thread cannot be in two places."""
        waiting = set(victim.queue)
        tasks = []
        for task, rest, home in seen:
            if task in waiting:
                victim.queue.remove(task)
                victim.taken += 1
                self._left(victim)
                tasks.append(task)
            elif not isinstance(task, Thread):
                double = copy(task)
                double.rest, double.home = rest, home
                tasks.append(double)
        if tasks:
            self._begin_with(thief, victim, tasks)
        else:
            self._find(thief)

    def _stole(self, thief: Worker, victim: Worker, amount: int) -> None:
        self.steals += 1
        self.stolen += amount
        if self.processor.record is not None:
            self.processor.record("stole", core=thief.core.number, victim=victim.core.number, tasks=amount)

    # Parking and waking.

    def _notify(self, for_all: bool = False) -> None:
        """Wake a core for work that there is, unless one is looking for some; all that may, if they look for ever.

        `for_all`: it has no owner, who alone would be woken where the options say so.
        """
        if not self._parked or (self.options.wakes == "owner" and not for_all):
            return
        while self._parked and self._visible() and (not self._active or (self._limit is None and self._may_search())):
            self._wake(self._parked.pop())

    def _park(self, worker: Worker) -> None:
        """Go to sleep; what comes meanwhile is seen before it sleeps."""
        self._become(worker, PARKING)
        if self.options.costs.park:
            worker.entry = self._after(self.options.costs.park, self._asleep, worker)
        else:
            self._sleep(worker)

    def _asleep(self, worker: Worker) -> None:
        worker.entry = None
        looks = self.options.last_look and "park-check" not in self.options.ablate
        if (looks and self._visible()) or worker.queue or worker.slot is not None:
            self._find(worker)
        else:
            self._sleep(worker)

    def _sleep(self, worker: Worker) -> None:
        self._become(worker, PARKED)
        self._parked.append(worker)
        self.parks += 1
        if self.processor.record is not None:
            self.processor.record("parked", core=worker.core.number)

    def _wake(self, worker: Worker) -> None:
        """Wake a worker that was taken off the list of those that sleep."""
        self.wakes += 1
        if self.processor.record is not None:
            self.processor.record("woke", core=worker.core.number)
        self._become(worker, WAKING)
        if self.options.costs.wake:
            worker.entry = self._after(self.options.costs.wake, self._awake, worker)
        else:
            self._awake(worker)

    def _awake(self, worker: Worker) -> None:
        worker.entry = None
        if worker.core.task is None:  # else a handler that costs nothing runs on it, and it will ask for the next
            self._find(worker)


def _first(victim: Worker, amount: int) -> list[Task]:
    return [task for task, _ in zip(victim.queue, range(amount), strict=False)]
