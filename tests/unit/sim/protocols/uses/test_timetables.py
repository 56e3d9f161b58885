"""Timetables: when agents tick."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.clock.offset import ClockStep
from faults.node.membership import Join
from sim.units import HOUR, MILLISECOND, MINUTE, SECOND
from tests.unit.sim.protocols.uses.duty_runs import kinds, system, times
from topologies.errors import InputError

JOB = {"kind": "job", "length": 30 * SECOND}
CRON: dict[str, Any] = {"period": HOUR, "heartbeat": MINUTE, "timeout": 3 * MINUTE}


def test_aligned_agents_tick_at_whole_periods() -> None:
    """All tick at minute 0 of each hour, and run their jobs."""
    simulation, rows = system(5, JOB, schedule="aligned", period=HOUR)
    simulation.run(3 * HOUR)
    assert set(times(rows, "tick")) == {0, HOUR, 2 * HOUR}
    assert kinds(rows) == {"tick": 15, "job": 15}
    assert {row.fields["length"] for row in rows if row.kind == "job"} == {30 * SECOND}


def test_offsets_are_drawn_once() -> None:
    """Each agent ticks once a period at a time of its own."""
    simulation, rows = system(20, JOB, schedule="offset", period=HOUR)
    simulation.run(5 * HOUR)
    offsets = set()
    for node in range(20):
        ticks = times(rows, "tick", node)
        assert len(ticks) == 5
        assert {later - earlier for earlier, later in itertools.pairwise(ticks)} == {HOUR}
        offsets.add(ticks[0])
    assert len(offsets) == 20
    assert max(offsets) - min(offsets) > HOUR // 2


def test_jitter_is_drawn_for_each_cycle() -> None:
    """Each agent ticks once in each period, at times that differ from one to the next."""
    simulation, rows = system(20, JOB, schedule="jitter", period=HOUR)
    simulation.run(10 * HOUR)
    for node in range(20):
        ticks = times(rows, "tick", node)
        assert [time // HOUR for time in ticks] == list(range(10))
        assert len({time % HOUR for time in ticks}) == 10


def test_a_scheduler_spaces_agents_evenly() -> None:
    """Ten agents tick six minutes apart, however late they were told."""
    simulation, rows = system(11, JOB, schedule="central", **CRON)
    simulation.run(3 * HOUR)
    slots = sorted(time - 2 * HOUR for time in times(rows, "tick") if time >= 2 * HOUR)
    assert slots == [6 * MINUTE * place for place in range(10)]
    assert not times(rows, "tick", 0)


def test_a_scheduler_spaces_anew_when_agents_crash_and_join() -> None:
    """Slots of crashed agents are closed, joined agents get some, and nobody's job comes twice in half an hour."""
    faults = (murmur.Crash(target=[1, 2, 3, 4, 5], at="150min"), Join(target=[11, 12, 13], at="330min"))
    simulation, rows = system(14, JOB, schedule="central", faults=faults, **CRON)
    simulation.run(8 * HOUR)
    for hour, agents in ((1, 10), (4, 5), (7, 8)):
        slots = sorted(time - hour * HOUR for time in times(rows, "tick") if hour * HOUR <= time < (hour + 1) * HOUR)
        assert slots == [place * HOUR // agents for place in range(agents)], hour
    for node in range(1, 14):
        ticks = times(rows, "tick", node)
        assert all(later - earlier >= HOUR // 2 for earlier, later in itertools.pairwise(ticks))


@settings(max_examples=15)
@given(
    crashes=st.lists(
        st.tuples(st.integers(1, 7), st.integers(1, 200), st.sampled_from([None, 3, 40])),
        max_size=5,
        unique_by=lambda at: at[0],
    ),
    scheduler=st.sampled_from([None, 30, 100]),
    seed=st.integers(0, 1000),
)
def test_slots_are_even_once_it_is_quiet(
    crashes: list[tuple[int, int, int | None]], scheduler: int | None, seed: int
) -> None:
    """Whoever crashes and restarts when, the scheduler too: five minutes later all that are up are spaced evenly."""
    faults = [
        murmur.Crash(target=node, at=at * SECOND, restart_after=None if after is None else after * SECOND)
        for node, at, after in crashes
    ]
    if scheduler is not None:
        faults.append(murmur.Crash(target=0, at=scheduler * SECOND, restart_after=20 * SECOND))
    config: dict[str, Any] = {"period": MINUTE, "heartbeat": 5 * SECOND, "timeout": MINUTE}
    network = {"latency": "5ms", "loss": "10%"}
    simulation, rows = system(8, JOB, schedule="central", faults=tuple(faults), network=network, seed=seed, **config)
    simulation.run(10 * MINUTE - 1)
    up = 7 - sum(after is None for _, _, after in crashes)
    last = sorted(time - 9 * MINUTE for time in times(rows, "tick") if time >= 9 * MINUTE)
    assert last == [place * MINUTE // up for place in range(up)]


def test_slots_arrive_over_lossy_links() -> None:
    """What the scheduler says is said again until it is heard."""
    network = {"latency": "5ms", "loss": "60%"}
    config = CRON | {"timeout": 30 * MINUTE}
    simulation, rows = system(11, JOB, schedule="central", network=network, **config)
    simulation.run(3 * HOUR)
    slots = sorted(time - 2 * HOUR for time in times(rows, "tick") if time >= 2 * HOUR)
    assert slots == [6 * MINUTE * place for place in range(10)]


def test_agents_go_on_without_their_scheduler() -> None:
    """While the scheduler is down its agents keep their slots, one that joins has none; afterwards it gets one."""
    faults = (murmur.Crash(target=0, at="90min", restart_after="4h"), Join(target=4, at="150min"))
    simulation, rows = system(5, JOB, schedule="central", faults=faults, **CRON)
    simulation.run(8 * HOUR)
    ticks = [time for time in times(rows, "tick") if 3 * HOUR <= time < 5 * HOUR]
    assert ticks == [3 * HOUR + place * 20 * MINUTE for place in range(6)]
    joined = times(rows, "tick", 4)
    assert joined
    assert min(joined) > 5 * HOUR
    assert sorted(time % HOUR for time in times(rows, "tick") if time >= 7 * HOUR) == [
        place * 15 * MINUTE for place in range(4)
    ]


def test_clocks_that_are_wrong_are_followed() -> None:
    """An agent whose clock is set forward by ten seconds runs its job ten seconds early."""
    fault = ClockStep(target=1, by="10s", at="90min")
    simulation, rows = system(3, JOB, schedule="aligned", period=HOUR, faults=(fault,))
    simulation.run(4 * HOUR + 1)
    assert times(rows, "tick", 0) == [0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]
    late = times(rows, "tick", 1)
    assert late[:3] == [0, HOUR, 2 * HOUR]  # a timer that runs already is not moved
    assert late[3] == 3 * HOUR - 10 * SECOND


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule": "immediate"}, "at each request"),
        ({"heartbeat": SECOND, "timeout": SECOND}, "not above heartbeat"),
        ({"schedule": "central", "scheduler": 8}, "a topology of 3 nodes"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    """A schedule that the duty does not fit, a timeout too short and a scheduler that is no node are errors."""
    with pytest.raises((InputError, ValueError), match=message):
        system(3, JOB, **options)


def test_ticks_are_those_of_the_seed() -> None:
    """The same seed gives the same run, another one another."""
    digests = []
    for seed in (1, 1, 2):
        simulation, _ = system(5, JOB, schedule="jitter", period=MINUTE, seed=seed)
        simulation.run(10 * MINUTE + MILLISECOND)
        digests.append(simulation.digest())
    assert digests[0] == digests[1] != digests[2]
