"""Under every scheduler each task runs once, and no core is idle for long while a task waits, whatever cores do."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hardware.work_conserved import WorkConserved
from analysis.manifest import RunBalance
from analysis.verdict import RunEnd
from sim.hardware.processor import Processor
from sim.hardware.schedulers.registry import SCHEDULERS
from sim.hardware.task import WAIT, SystemCall, Task, Thread
from sim.kernel import Kernel
from sim.randomness import Stream, derive_seed
from sim.records import Record

MICROSECOND = 1_000
BALANCE = RunBalance(sent=0, duplicated=0, waiting=0, in_flight=0, outcomes={}, sums=True)

TASKS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 60), st.integers(0, 3), st.sampled_from(["task", "fork", "thread"])),
    min_size=1,
    max_size=40,
)
"""When it comes and its work, in microseconds; its priority; what it does."""
FAULTS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 7), st.integers(1, 200), st.sampled_from(["stop", "slow"])),
    max_size=5,
)
"""When, on which core, for how long, what."""
OPTIONS = {
    "fifo": st.just({}),
    "priority": st.fixed_dictionaries({"preemptive": st.booleans()}),
    "processor-sharing": st.just({}),
    "shortest-remaining": st.just({}),
    "work-stealing": st.fixed_dictionaries(
        {
            "capacity": st.sampled_from([1, 2, 5, 256]),
            "order": st.sampled_from(["fifo", "lifo"]),
            "slot": st.booleans(),
            "arrivals": st.sampled_from(["global", "random", "home"]),
            "global_every": st.sampled_from([1, 3, 61]),
            "steal": st.sampled_from(["half", "one"]),
            "priorities": st.booleans(),
            "time_slice": st.sampled_from([0, 20 * MICROSECOND]),
            "costs": st.sampled_from(
                [{}, dict.fromkeys(("dispatch", "attempt", "steal", "park", "wake", "hand_off"), 0)]
            ),
        }
    ),
}
OPTIONS["predictive"] = st.fixed_dictionaries(
    {"choices": st.sampled_from([1, 2, None]), "placement": st.booleans(), "victims": st.booleans()}
)
KINDS = st.sampled_from(sorted(OPTIONS)).flatmap(lambda kind: st.tuples(st.just(kind), OPTIONS[kind]))


class Run:
    """One processor with its work and its faults; what ran is counted, what is traced is judged."""

    def __init__(self, kind: str, options: dict[str, Any], cores: int) -> None:
        self.kernel = Kernel()
        self.processor = Processor(self.kernel, (1.0,) * cores)
        known = SCHEDULERS[kind]
        config = known.config.model_validate({"kind": kind, **options})
        self.processor.scheduler = known.scheduler(self.processor, config, Stream(derive_seed(1, "scheduling")))
        self.judge = WorkConserved()
        self.processor.record = self.record
        self.processor.describe()
        self.ran: dict[Any, int] = {}

    def record(self, kind: str, **fields: Any) -> None:
        """Show a record to the judge."""
        if kind in self.judge.kinds:
            self.judge.observe(Record(self.kernel.now, 0, 0, kind, fields))

    def over(self, name: Any) -> None:
        """A task has run."""
        self.ran[name] = self.ran.get(name, 0) + 1

    def begin(self, what: tuple[int, int, int, int, str]) -> None:
        """A task comes: a plain one, one that makes others on its core, or a thread that waits and is in a call."""
        number, _, work, priority, sort = what
        work *= MICROSECOND
        if sort == "thread":
            threads: list[Thread] = []
            threads.append(Thread(self.processor, self._life(number, work, threads), priority=priority))
            threads[0].start()
        else:
            run = self._fork if sort == "fork" else self.over
            self.processor.ready(Task(run, number, work, priority))

    def _fork(self, number: int) -> None:
        self.over(number)
        for child in range(3):
            self.processor.ready(Task(self.over, (number, child), 5 * MICROSECOND), self.processor.current)

    def _life(self, number: int, work: int, threads: list[Thread]) -> Any:
        yield work
        yield SystemCall(10 * MICROSECOND if number % 2 else 100 * MICROSECOND)
        self.kernel.call_after(7 * MICROSECOND, threads[0].wake)
        yield WAIT
        yield work
        self.over(number)

    def strike(self, fault: tuple[int, int, int, str]) -> None:
        """Stop or slow a core for a while."""
        at, core, length, what = fault
        struck = self.processor.cores[core % len(self.processor.cores)]
        share = () if what == "stop" else (0.3,)
        begin, end = (struck.stop, struck.go) if what == "stop" else (struck.slow, struck.unslow)
        self.kernel.call_at(at * MICROSECOND, begin, *share)
        self.kernel.call_at((at + length) * MICROSECOND, end, *share)


@settings(max_examples=60, deadline=None)
@given(KINDS, st.integers(1, 6), TASKS, FAULTS)
def test_every_task_runs_once_and_work_is_conserved(
    kind: tuple[str, dict[str, Any]], cores: int, tasks: list[Any], faults: list[Any]
) -> None:
    """All that was to run has run once when nothing is left to happen, and the judge of work is content."""
    run = Run(*kind, cores)
    for number, (at, *rest) in enumerate(tasks):
        run.kernel.call_at(at * MICROSECOND, run.begin, (number, at, *rest))
    for fault in faults:
        run.strike(fault)
    run.kernel.run()
    expected = dict.fromkeys(range(len(tasks)), 1)
    expected |= {(number, child): 1 for number, task in enumerate(tasks) if task[3] == "fork" for child in range(3)}
    assert run.ran == expected
    assert run.processor.is_idle
    assert run.processor.scheduler.waiting == 0 == len(run.processor.scheduler.queued())
    run.processor.conclude()
    verdict = run.judge.finish(RunEnd(run.kernel.now, "quiescent", BALANCE))
    assert verdict.verdict == ("unknown" if kind[0] == "processor-sharing" else "holds"), verdict.reason


@settings(max_examples=30, deadline=None)
@given(KINDS, st.integers(1, 6), TASKS, st.integers(0, 300))
def test_a_crash_loses_what_waits_and_runs_and_nothing_else(
    kind: tuple[str, dict[str, Any]], cores: int, tasks: list[Any], at: int
) -> None:
    """After all work was forgotten at some time, nothing of it runs, and what comes later does."""
    run = Run(*kind, cores)
    for number, (comes, *rest) in enumerate(tasks):
        run.kernel.call_at(comes * MICROSECOND, run.begin, (number, comes, *rest))
    seen: list[dict[Any, int]] = []

    def crash() -> None:
        run.processor.clear()
        seen.append(dict(run.ran))

    run.kernel.call_at(at * MICROSECOND, crash)
    run.kernel.call_at(10_000 * MICROSECOND, run.begin, ("later", 0, 5, 0, "task"))
    run.kernel.run()
    before = {number for number, task in enumerate(tasks) if task[0] < at}
    ran = {name if isinstance(name, int) else name[0] for name in run.ran if name not in seen[0] and name != "later"}
    assert not before & ran
    assert run.ran["later"] == 1
    assert run.processor.is_idle
