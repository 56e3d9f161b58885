"""The options of work stealing, with the costs of what a scheduler does itself."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.hardware.scheduler import SchedulerConfig
from sim.units import Duration
from topologies.errors import InputError

Safeguard = Literal["owner-check", "park-check"]
"""What can be left out on purpose: a thief's check that what it takes is still there, and a core's look for work that
came while it went to sleep."""

ROUNDS: Final = 4
"""Victims that a search tries, times the other cores: Go's `stealWork` makes four passes over all processors."""


class StealingCosts(BaseModel):
    """Time that a scheduler takes for itself, whatever the speed of the core.

    Defaults are round figures of the usual size on a server of 3 GHz: a switch between tasks in user space costs a
    few hundred cycles, a look at another core's queue one line of cache from there, putting a thread of the operating
    system to sleep or waking it microseconds (futex). Measure your own and put them in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    dispatch: Duration = Field(default=100, description="to begin a task: work added to its first slice")
    attempt: Duration = Field(default=50, description="to look whether a victim has anything to steal")
    steal: Duration = Field(default=100, description="to take it, once it was seen: others may be faster meanwhile")
    park: Duration = Field(default=2_000, description="to put a core to sleep that found nothing")
    wake: Duration = Field(default=5_000, description="from the call that wakes a core to its first look for work")
    hand_off: Duration = Field(
        default=5_000, description="to give a processor whose thread is in a system call to another thread"
    )


NO_COSTS: Final = StealingCosts(dispatch=0, attempt=0, steal=0, park=0, wake=0, hand_off=0)


class StealingOptions(SchedulerConfig):
    """What all schedulers by which cores steal from one another have in common.

    The defaults are those of Go's scheduler (Vyukov, "Scalable Go scheduler design doc", 2012; `runtime/proc.go`).
    """

    capacity: Annotated[int, Field(ge=1)] | None = Field(
        default=256,
        description="tasks in a local queue; when it is full, half of them go to the global one; null: no bound",
    )
    order: Literal["fifo", "lifo"] = Field(
        default="fifo", description="which of its own tasks a core runs first; thieves take the oldest in any case"
    )
    slot: bool = Field(
        default=True, description="whether the task made ready last goes first, in a slot beside the local queue"
    )
    slot_turns: int = Field(
        default=3, ge=1, description="tasks in a row from the slot, after which the local queue comes first (Tokio)"
    )
    slot_patience: Duration = Field(
        default=3_000, description="how long a task is in the slot before thieves may take it"
    )
    arrivals: Literal["global", "random", "home"] = Field(
        default="global",
        description="where what comes from outside waits: the global queue, a random core's, or that of the core that "
        "ran the task last (a random one at first)",
    )
    global_every: int = Field(
        default=61, ge=1, description="a core takes each so manieth task from the global queue, if there is one"
    )
    steal: Literal["half", "one"] = Field(
        default="half", description="what a thief takes: half of the victim's queue, rounded up, or one task"
    )
    least: int = Field(default=1, ge=1, description="tasks that must wait in a queue for thieves to take any")
    attempts: Annotated[int, Field(ge=1)] | Literal["endless"] | None = Field(
        default=None,
        description=f"random victims, with replacement, that a search tries; null: {ROUNDS} for each other core; "
        "endless: it never parks",
    )
    last_look: bool = Field(
        default=True, description="whether a search that failed looks at every queue once more before it parks"
    )
    searchers: float = Field(
        default=0.5, gt=0, le=1, description="share of the cores that are not parked that may search at once"
    )
    wakes: Literal["any", "owner"] = Field(
        default="any",
        description="who is woken for new work: any parked core, or only the one in whose queue it is put, if it has "
        "one",
    )
    hold: Duration = Field(
        default=0, description="time for which a queue that was stolen from refuses other thieves; 0: it never does"
    )
    priorities: bool = Field(
        default=False, description="whether queues go by the priorities of tasks, the smallest number first"
    )
    hand_off_after: Duration = Field(
        default=20_000,
        description="how long the processor of a thread in a system call waits for it before another thread takes it",
    )
    time_slice: Duration = Field(
        default=10_000_000,
        description="how long a task may run while others wait before it goes to the end of the global queue; it is "
        "looked at once in such a time; 0: as long as it likes",
    )
    costs: StealingCosts = Field(default=StealingCosts(), description="what the scheduler's own acts take")
    ablate: tuple[Safeguard, ...] = Field(
        default=(), strict=False, description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.attempts == "endless" and not self.costs.attempt:
            raise InputError(
                "found an endless search whose attempts take no time; expected costs.attempt of at least 1ns",
                ("attempts",),
            )
        if "owner-check" in self.ablate and not self.costs.steal:
            raise InputError(
                "found no owner's check in a steal that takes no time, where nothing can come in between; expected "
                "costs.steal of at least 1ns",
                ("ablate",),
            )
        if "park-check" in self.ablate and not self.costs.park:
            raise InputError(
                "found no check of a core that goes to sleep in no time, when nothing can come in between; expected "
                "costs.park of at least 1ns",
                ("ablate",),
            )
        return self

    def attempts_of(self, cores: int) -> int | None:
        """How many victims a search tries, None: no end."""
        if self.attempts == "endless":
            return None
        return ROUNDS * max(1, cores - 1) if self.attempts is None else self.attempts

    def grace(self, cores: int) -> int | None:
        """Nanoseconds for which a core may be idle while a task waits, None: nothing is promised.

        One core wakes the next, so that a burst reaches the last of them after as many times what it takes to wake and
        to find work; what was left out on purpose is still promised.
        """
        attempts = self.attempts_of(cores)
        promises = self.last_look and self.wakes == "any" and self.least == 1 and self.hold == 0
        if not promises or attempts is None:
            return None
        costs = self.costs
        search = attempts * costs.attempt + self.slot_patience * self.slot
        once = costs.park + costs.wake + search + 2 * costs.steal + costs.dispatch
        return cores * once + self.hand_off_after + costs.hand_off


class WorkStealingConfig(StealingOptions):
    """A queue for each core; a core that runs out of work steals from others."""

    kind: Literal["work-stealing"] = "work-stealing"
