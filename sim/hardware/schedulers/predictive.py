"""Work stealing by forecast: profiles of tasks say how much work a core has before it, and who is worth robbing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from sim.hardware.scheduler import SchedulerConfig
from sim.hardware.schedulers.profiles import Profiles
from sim.hardware.schedulers.work_stealing import WorkStealing
from sim.hardware.schedulers.work_stealing_config import StealingOptions
from sim.hardware.task import Thread
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.schedulers.worker import Worker
    from sim.hardware.task import Task
    from sim.randomness import Stream


class PredictiveConfig(StealingOptions):
    """Work stealing whose placement and victims go by what is known of tasks from before."""

    kind: Literal["predictive"] = "predictive"
    weight: float = Field(default=0.1, gt=0, le=1, description="weight of the newest value in moving averages")
    horizon: PositiveDuration = Field(
        default=1_000_000, description="how far ahead the return of threads that wait is reckoned with"
    )
    choices: Annotated[int, Field(ge=1)] | None = Field(
        default=2, description="cores, drawn at random, whose forecasts are compared; null: all"
    )
    placement: bool = Field(
        default=True, description="whether what comes from outside goes to the core with the least before it"
    )
    victims: bool = Field(
        default=True, description="whether thieves go to a core with much before it; at random otherwise"
    )


class Predictive(WorkStealing):
    """Work stealing with forecasts.

    The forecast of a core is the time that it needs, at its speed of the moment, for what is left of what it runs, for
    what waits at it, and for threads of its own that are away and come back within the horizon, by their profiles. With
    two choices that is Mitzenmacher's "power of two choices" (IEEE TPDS 12, 2001), by work instead of by length. A
    thread goes elsewhere than home only for a gain of more than it computes by itself, since much data of what computes
    much is in the caches there.
    """

    Config: ClassVar[type[SchedulerConfig]] = PredictiveConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        assert isinstance(config, PredictiveConfig)
        self._plans = config
        super().__init__(processor, config, stream)
        self.profiles = Profiles(config.weight)
        self._running: list[tuple[Task, int] | None] = [None] * len(self.workers)
        self._away: list[dict[Thread, tuple[int, int]]] = [{} for _ in self.workers]

    # What is learnt.

    def ready(self, task: Task, maker: Core | None) -> None:
        """Note how often it comes, and how long a thread was away, and put it where it is to wait."""
        now = self._kernel._now
        profile = self.profiles.of(task)
        profile.came(now)
        if isinstance(task, Thread) and task.home is not None:
            stint = self._away[task.home.number].pop(task, None)
            if stint is not None:
                profile.waited(stint[0], now - stint[1])
        super().ready(task, maker)

    def _run(self, worker: Worker, task: Task, overhead: int = 0) -> None:
        self._running[worker.core.number] = (task, self._kernel._now)
        super()._run(worker, task, overhead)

    def next(self, core: Core) -> Task | None:
        """Note how long the last task ran, and begin with the next."""
        stint = self._running[core.number]
        if stint is not None and core.task is None:
            self._running[core.number] = None
            task, since = stint
            now = self._kernel._now
            self.profiles.of(task).ran(now - since)
            if isinstance(task, Thread) and not task.over and task.waits:
                self._away[core.number][task] = (now - since, now)
        return super().next(core)

    # What is forecast.

    def expected(self, task: Task) -> float:
        """Nanoseconds that a task is expected to run."""
        return self.profiles.of(task).run_time

    def forecast(self, worker: Worker) -> float:
        """Nanoseconds that a core is expected to need for what it has before it."""
        number, core = worker.core.number, worker.core
        work = sum([self.expected(task) for task in worker.queue])
        if worker.slot is not None:
            work += self.expected(worker.slot)
        stint = self._running[number]
        if stint is not None and core.task is not None:
            work += max(0.0, self.expected(stint[0]) - (self._kernel._now - stint[1]))
        for thread in self._away[number]:
            profile = self.profiles.of(thread)
            work += profile.run_time * min(1.0, self._plans.horizon / max(1.0, profile.interval))
        return work / core.speed if not core.is_stopped else float("inf")

    def _is_for_all(self, task: Task) -> bool:
        return not self._plans.placement and super()._is_for_all(task)

    def _place_of(self, task: Task) -> Worker:
        """The worker with the least before it, of those that are drawn; one that sleeps is as good as any."""
        if not self._plans.placement:
            return super()._place_of(task)
        if self._parked:
            return self._parked[-1]
        drawn = self._drawn(self.workers)
        best = min(drawn, key=self.forecast)
        if isinstance(task, Thread) and task.home is not None:
            home = self.workers[task.home.number]
            profile = self.profiles.of(task)
            if self.forecast(home) - self.forecast(best) <= profile.run_time * profile.intensity:
                return home
        return best

    def _victim(self, worker: Worker) -> Worker | None:
        """Of the workers that have something to steal, the one with the most before it, of those that are drawn."""
        if not self._plans.victims:
            return super()._victim(worker)
        victim = max(self._drawn(self._loaded.workers), key=self.forecast)
        return None if self._kernel._now < victim.locked_until else victim

    def _drawn(self, workers: Sequence[Worker]) -> Sequence[Worker]:
        """Those of the workers whose forecasts are compared."""
        choices = self._plans.choices
        return workers if choices is None or choices >= len(workers) else self._stream.sample(workers, choices)

    def clear(self) -> None:
        """Forget the tasks, and keep what was learnt."""
        super().clear()
        self._running = [None] * len(self.workers)
        for away in self._away:
            away.clear()
