"""The kernel beside SimPy: random programs of processes leave the same trace on both."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import pytest
import simpy
from hypothesis import example, given
from hypothesis import strategies as st

from sim.kernel import Kernel

Trace = list[tuple[Any, ...]]
Steps = list[tuple[Any, ...]]
Process = Generator[simpy.Event, Any, Any]

PLACES = 2
"""Stores, resources, containers and events of each kind in a program."""
PROCESSES = 4

delays = st.one_of(st.integers(0, 3), st.sampled_from([10**3, 10**6, 10**6 + 1, 2 * 10**9]))
places = st.integers(0, PLACES - 1)
waits = st.one_of(
    st.tuples(st.just("timeout"), delays),
    st.tuples(st.just("get"), places),
    st.tuples(st.just("wait"), places),
    st.tuples(st.just("join"), st.integers(0, PROCESSES - 1)),
)
steps = st.one_of(
    waits,
    st.tuples(st.just("any"), st.lists(waits, max_size=3)),
    st.tuples(st.just("all"), st.lists(waits, max_size=3)),
    st.tuples(st.just("put"), places, st.integers(0, 9)),
    st.tuples(st.just("find"), places, st.integers(0, 9)),
    st.tuples(st.just("hold"), st.sampled_from(["fifo", "priority", "preemptive"]), places, st.integers(0, 2), delays),
    st.tuples(st.just("pour"), places, st.integers(1, 4)),
    st.tuples(st.just("draw"), places, st.integers(1, 4)),
    st.tuples(st.just("interrupt"), st.integers(0, PROCESSES - 1)),
    st.tuples(st.just("succeed"), places),
    st.tuples(st.just("fail"), places),
    st.tuples(st.just("raise")),
)
programs = st.lists(st.lists(steps, min_size=1, max_size=7), min_size=1, max_size=PROCESSES)
horizons = st.lists(st.sampled_from([1, 2, 3, 10**3, 10**6, 10**6 + 1, 10**9]), max_size=3, unique=True).map(sorted)


class Broken(Exception):
    """What a failing step of a program raises."""


@dataclass
class World:
    """The places of one program in one environment, and the trace that its processes leave."""

    env: simpy.Environment
    trace: Trace = field(default_factory=list)
    processes: list[simpy.Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        env = self.env
        self.stores = [simpy.FilterStore(env, capacity=2 + place) for place in range(PLACES)]
        self.containers = [simpy.Container(env, capacity=5, init=2) for _ in range(PLACES)]
        self.events = [env.event() for _ in range(PLACES)]
        self.resources = {
            "fifo": [simpy.Resource(env, capacity=1 + place) for place in range(PLACES)],
            "priority": [simpy.PriorityResource(env, capacity=1) for _ in range(PLACES)],
            "preemptive": [simpy.PreemptiveResource(env, capacity=1) for _ in range(PLACES)],
        }

    def waiting_for(self, kind: str, argument: int) -> simpy.Event:
        """The event that a step waits for."""
        if kind == "timeout":
            return self.env.timeout(argument, value=argument)
        if kind == "get":
            return self.stores[argument].get()
        if kind == "wait":
            return self.events[argument]
        return self.processes[argument % len(self.processes)]

    def do(self, kind: str, *arguments: Any) -> Process:
        """Carry out one step; gives what it saw."""
        if kind in ("any", "all"):
            condition = self.env.any_of if kind == "any" else self.env.all_of
            seen = yield condition([self.waiting_for(*wait) for wait in arguments[0]])
            return [repr(value) for value in seen.todict().values()]
        if kind == "put":
            yield self.stores[arguments[0]].put(arguments[1])
        elif kind == "find":
            return (yield self.stores[arguments[0]].get(lambda item: item >= arguments[1]))
        elif kind == "hold":
            return (yield from self.hold(*arguments))
        elif kind == "pour":
            yield self.containers[arguments[0]].put(arguments[1])
        elif kind == "draw":
            yield self.containers[arguments[0]].get(arguments[1])
        elif kind in ACTIONS:
            ACTIONS[kind](self, *arguments)
        else:
            return repr((yield self.waiting_for(kind, *arguments)))
        return None

    def hold(self, kind: str, place: int, priority: int, duration: int) -> Process:
        """Ask for a resource, keep it for a while and give it back."""
        resource = self.resources[kind][place]
        with resource.request() if kind == "fifo" else resource.request(priority=priority) as request:
            yield request
            began = self.env.now
            yield self.env.timeout(duration)
            return began

    def live(self, number: int, program: Steps) -> Process:
        """One process: carries out its steps, and survives interrupts and failures of what it waited for."""
        for step in program:
            try:
                seen = yield from self.do(*step)
            except simpy.Interrupt as interrupt:
                seen = f"interrupted by {getattr(interrupt.cause, 'usage_since', interrupt.cause)}"
            except (Broken, RuntimeError) as error:
                if step[0] == "raise":
                    raise
                seen = f"{type(error).__name__}{error.args if isinstance(error, Broken) else ''}"
            self.trace.append((self.env.now, number, step[0], seen))
        return number

    def interrupt(self, victim: int) -> None:
        """Interrupt another process; SimPy refuses where it has ended or is the caller itself."""
        self.processes[victim % len(self.processes)].interrupt(cause=victim)

    def succeed(self, place: int) -> None:
        """Trigger an event; SimPy refuses the second time."""
        self.events[place].succeed(place)

    def fail(self, place: int) -> None:
        """Fail an event; where nobody waits for it, the run itself ends with the error."""
        self.events[place].fail(Broken("event", place))

    def give_up(self) -> None:
        """End the calling process with an error."""
        raise Broken("process")


ACTIONS: dict[str, Callable[..., None]] = {
    "interrupt": World.interrupt,
    "succeed": World.succeed,
    "fail": World.fail,
    "raise": World.give_up,
}


def trace_of(env: simpy.Environment, program: list[Steps], stops: list[int]) -> Trace:
    """What a program does in an environment that is run to each of the stops, and then until nothing is left.

    On SimPy, a run that a failure ends leaves its stop behind, which ends a later run; on the kernel it does not. So
    runs are repeated until they have come to their end, and the next time is told only while nothing has failed.
    """
    world = World(env)
    world.processes = [env.process(world.live(number, steps)) for number, steps in enumerate(program)]
    failures = 0
    for stop in [*stops, None]:
        while env.peek() < simpy.core.Infinity if stop is None else env.now < stop:
            try:
                env.run(until=stop)
            except Broken as error:
                failures += 1
                assert failures <= len(program) + PLACES
                world.trace.append((env.now, "run", error.args))
        next_time = None if failures else env.peek()
        world.trace.append((env.now, "stop", next_time, [process.is_alive for process in world.processes]))
    levels = [container.level for container in world.containers]
    world.trace.append((levels, [list(store.items) for store in world.stores]))
    return world.trace


@given(program=programs, stops=horizons)
@example(program=[[("timeout", 0), ("timeout", 0)], [("timeout", 0), ("interrupt", 0)]], stops=[1])
@example(program=[[("any", [("timeout", 3), ("get", 0)])], [("timeout", 3), ("put", 0, 1)]], stops=[3])
@example(program=[[("hold", "preemptive", 0, 2, 10**6)], [("timeout", 1), ("hold", "preemptive", 0, 0, 1)]], stops=[])
@example(program=[[("fail", 0)], [("wait", 0)], [("raise",)], [("join", 2)]], stops=[])
def test_programs_leave_the_same_trace(program: list[Steps], stops: list[int]) -> None:
    """Whatever the processes do with each other, the kernel runs it as SimPy does, in the same order."""
    assert trace_of(Kernel(), program, stops) == trace_of(simpy.Environment(), program, stops)


@given(program=programs)
def test_stepping_leaves_the_same_trace(program: list[Steps]) -> None:
    """Run one event at a time, with a look at the next time before each, a program does what it does on SimPy."""
    traces = []
    for env in (Kernel(), simpy.Environment()):
        world = World(env)
        world.processes = [env.process(world.live(number, steps)) for number, steps in enumerate(program)]
        while env.peek() < simpy.core.Infinity:
            world.trace.append((env.peek(), env.now))
            try:
                env.step()
            except Broken as error:
                world.trace.append((env.now, "run", error.args))
        traces.append(world.trace)
    assert traces[0] == traces[1]


@given(times=st.lists(delays, min_size=1, max_size=30), later=st.lists(delays, max_size=30), stop=delays.filter(bool))
def test_scheduling_between_runs(times: list[int], later: list[int], stop: int) -> None:
    """What is scheduled after a run has stopped is run in the same order as on SimPy, beside what was waiting."""
    traces = []
    for env in (Kernel(), simpy.Environment()):
        trace: Trace = []

        def log(event: simpy.Event, env: simpy.Environment = env, trace: Trace = trace) -> None:
            trace.append((env.now, event.value))

        for number, time in enumerate(times):
            env.timeout(time, value=number).callbacks.append(log)
        env.run(until=stop)
        for number, time in enumerate(later):
            env.timeout(time, value=-number).callbacks.append(log)
        env.run()
        traces.append(trace)
    assert traces[0] == traces[1]
    assert len(traces[0]) == len(times) + len(later)


@pytest.mark.parametrize("time", [0.5, 1e-9, float("nan"), float("inf"), "1", None])
def test_kernel_names_time_that_it_cannot_keep(time: Any) -> None:
    """A time that is no whole number of nanoseconds is refused, with what was given and what is kept."""
    kernel = Kernel()
    with pytest.raises((TypeError, ValueError), match=f"whole number of nanoseconds, but {time!r}"):
        kernel.call_at(time, print)
    if isinstance(time, float):
        with pytest.raises(ValueError, match=f"whole number of nanoseconds, but {time!r}"):
            kernel.timeout(time)
    if time is not None:
        with pytest.raises((TypeError, ValueError), match=f"whole number of nanoseconds, but {time!r}"):
            kernel.run(until=time)
    assert kernel.peek() == simpy.core.Infinity
