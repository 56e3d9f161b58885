"""Each schedule has its fault strike when it says, as often as it says, and never when it should not."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, stdev
from typing import Any

import pytest
from pydantic import ValidationError
from scipy import stats

from faults.fault import Fault
from faults.network.loss import Loss
from faults.node.crash import Crash, Restart
from faults.node.pause import Pause
from faults.partition.partition import Partition
from tests.unit.faults.fault_runs import MILLISECOND, SECOND, Idle, life, of_faults, total, under
from topologies.errors import InputError

FALSE_ALARM = 1e-6
HOUR = 3600 * SECOND


def begins(fault: Fault, **options: Any) -> list[int]:
    """The times in ms at which a fault strikes."""
    return [time for time, phase, _ in of_faults(under(fault, **options)[1], "strike") if phase != "end"]


def test_every_strikes_one_interval_after_the_start_and_so_on() -> None:
    """Strikes are a whole number of intervals after the start, before `until`, and at most `times` of them."""
    every = {"every": "30ms"}
    crash = {"target": 1, "restart_after": "5ms"}
    assert begins(Crash(when=every, **crash)) == [30, 60, 90, 120, 150, 180]
    assert begins(Crash(when={**every, "start": "10ms"}, **crash)) == [40, 70, 100, 130, 160, 190]
    assert begins(Crash(when={**every, "until": "90ms"}, **crash)) == [30, 60]
    assert begins(Crash(when={**every, "times": 2}, **crash)) == [30, 60]


def test_listed_strikes_come_at_their_times_on_their_nodes_for_their_durations() -> None:
    """Each item has its own time; a duration and a node of its own where it gives them, else the fault's."""
    strikes = [{"at": "90ms"}, {"at": "20ms", "lasting": "15ms"}, {"at": "20ms", "lasting": "40ms", "node": 4}]
    _, rows = under(Crash(target=1, restart_after="10ms", when={"strikes": strikes}))
    assert life(rows, "crashed", "restarted") == [
        (20, "crashed", 1),
        (20, "crashed", 4),
        (35, "restarted", 1),
        (60, "restarted", 4),
        (90, "crashed", 1),
        (100, "restarted", 1),
    ]


@pytest.mark.parametrize(
    ("after", "times"),
    [
        ({"after": "role"}, [0]),
        ({"after": "role", "node": 2}, [100]),
        ({"after": "role", "count": 3, "delay": "7ms"}, [107]),
        ({"after": "role", "count": 2, "repeat": True}, [50, 150]),
        ({"after": "role", "fields": {"role": "leader"}, "repeat": True}, [0, 50, 100, 150]),
        ({"after": "role", "fields": {"role": "follower"}}, []),
        ({"after": "role", "fields": {"term": 1}}, []),
        ({"after": "elected"}, []),
    ],
)
def test_after_waits_for_a_record(after: dict[str, Any], times: list[int]) -> None:
    """It strikes after the record of that number that matches in kind, node and fields, once or again and again."""
    assert begins(Pause(target=0, resume_after="1ms", when=after)) == times


def test_during_strikes_once_and_heals_when_the_condition_ends() -> None:
    """While a node is down further crashes change nothing; the first restart heals what struck with the first crash."""
    condition = Loss(probability=1.0, name="condition", when={"during": "crashed", "ended_by": "restarted"})
    first, second = Crash(target=1, at=20 * MILLISECOND, restart_after="30ms"), Crash(target=2, at=30 * MILLISECOND)
    third = Crash(target=1, at=80 * MILLISECOND, restart_after="10ms")
    _, rows = under(first, second, third, condition)
    mine = [(time, phase) for time, phase, name in of_faults(rows, "name") if name == "condition"]
    assert mine == [(20, "begin"), (50, "end"), (80, "begin"), (90, "end")]


def test_during_listens_to_the_node_that_it_names() -> None:
    """With a node, the records of others neither begin nor end it."""
    condition = Loss(probability=1.0, name="x", when={"during": "crashed", "ended_by": "restarted", "node": 2})
    one, two = (Crash(target=node, at=node * 20 * MILLISECOND, restart_after="50ms") for node in (1, 2))
    _, rows = under(one, two, condition)
    assert [(time, phase) for time, phase, name in of_faults(rows, "name") if name == "x"] == [
        (40, "begin"),
        (90, "end"),
    ]


def test_alternating_times_are_within_their_bounds() -> None:
    """Over a thousand strikes each time broken and each time whole is within its bounds, and uniform there."""
    when = {"broken": ["2s", "6s"], "whole": ["1s", "9s"]}
    _, rows = under(Partition(groups={"halves": True}, when=when), until=3 * HOUR, protocol=Idle)
    times = [row.time for row in rows if row.kind == "fault" and row.fields["phase"] != "total"]
    whole = [after - before for before, after in pairwise([0, *times])][::2]
    broken = [after - before for before, after in pairwise(times)][::2]
    assert len(broken) > 1000
    assert stats.kstest(broken, stats.uniform(2 * SECOND, 4 * SECOND).cdf).pvalue > FALSE_ALARM
    assert stats.kstest(whole, stats.uniform(1 * SECOND, 8 * SECOND).cdf).pvalue > FALSE_ALARM
    assert min(broken) >= 2 * SECOND
    assert max(whole) <= 9 * SECOND


def test_poisson_failures_and_repairs_have_their_means() -> None:
    """Times to failure and to repair are exponential with the stated means: n > 800, one false alarm in a million."""
    when = {"mean_time_between_failures": "10s", "mean_time_to_repair": "3s"}
    _, rows = under(Crash(target=2, when=when), until=3 * HOUR, protocol=Idle)
    changes = [row.time for row in rows if row.kind in ("crashed", "restarted")]
    up = [after - before for before, after in pairwise([0, *changes])][::2]
    down = [after - before for before, after in pairwise(changes)][::2]
    assert len(up) > 800
    for times, mean in ((up, 10 * SECOND), (down, 3 * SECOND)):
        assert stats.kstest(times, stats.expon(scale=mean).cdf).pvalue > FALSE_ALARM
        assert abs(fmean(times) - mean) < 5 * stdev(times) / len(times) ** 0.5


def test_poisson_by_node_has_each_node_fail_by_itself() -> None:
    """Each of three nodes has its own process: as many failures each as its cycle allows, and not at the same times."""
    when = {"mean_time_between_failures": "10s", "mean_time_to_repair": "10s", "per_node": True}
    _, rows = under(Crash(target=(1, 3, 4), when=when), until=HOUR, protocol=Idle)
    crashes = {node: [row.time for row in rows if row.kind == "crashed" and row.node == node] for node in range(6)}
    assert [node for node, times in crashes.items() if times] == [1, 3, 4]
    for node in (1, 3, 4):  # 180 cycles expected, with a standard deviation of sqrt(180 / 2): within five of them
        assert abs(len(crashes[node]) - 180) < 5 * 90**0.5
    assert not {*crashes[1]} & {*crashes[3]} & {*crashes[4]}


def test_poisson_by_node_draws_for_a_node_what_it_draws_without_the_others() -> None:
    """To leave another node out of the target changes no failure of a node that stays."""
    when = {"mean_time_between_failures": "10s", "mean_time_to_repair": "1s", "per_node": True}

    def of_node_one(*target: int) -> list[int]:
        _, rows = under(Crash(target=target, when=when, name="x"), until=HOUR // 10, protocol=Idle)
        return [row.time for row in rows if row.kind in ("crashed", "restarted") and row.node == 1]

    assert of_node_one(1) == of_node_one(1, 2)


def test_a_poisson_fault_strikes_between_its_start_and_its_end() -> None:
    """No strike comes before `start` or from `until` on."""
    when = {"mean_time_between_failures": "1s", "start": "100s", "until": "200s"}
    times = begins(Pause(target=0, resume_after="1ms", when=when), until=400 * SECOND, protocol=Idle)
    assert 60 < len(times) < 140
    assert 100_000 <= min(times) <= max(times) < 200_000


def test_chance_lets_it_pass_over_opportunities() -> None:
    """Of 9,999 opportunities a tenth are taken, within five standard deviations; the others are counted."""
    fault = Pause(target=0, resume_after="1us", chance=0.1, when={"every": "1ms"}, name="x")
    _, rows = under(fault, until=10 * SECOND, protocol=Idle)
    told = total(rows, "x")
    assert told["strike"] + told["passed_over"] == 9_999
    assert abs(told["strike"] - 1000) < 5 * (10_000 * 0.1 * 0.9) ** 0.5


def test_a_fault_of_no_chance_is_off() -> None:
    """With a chance of 0 it is never even begun, and takes no draw."""
    simulation, rows = under(Crash(target={"random": 1}, chance=0.0, when={"every": "10ms"}))
    assert not of_faults(rows)
    assert not [name for name in simulation.streams._streams if name.startswith("faults/")]


def test_stability_is_the_least_time_whole() -> None:
    """With opportunities every 10 ms, the next strike comes no earlier than 40 ms after a heal, and never while on."""
    fault = Partition(groups={"isolate": 0}, heal_after="15ms", stability="40ms", when={"every": "10ms"})
    _, rows = under(fault)
    assert [row[:2] for row in of_faults(rows)] == [
        (10, "begin"),
        (25, "end"),
        (70, "begin"),
        (85, "end"),
        (130, "begin"),
        (145, "end"),
        (190, "begin"),
    ]


def test_what_does_not_last_is_stable_too() -> None:
    """Stability counts from a strike that does not last, for there is no end to count from."""
    _, rows = under(Restart(target="all", stability="25ms", when={"every": "10ms", "until": "100ms"}))
    assert [row[0] for row in of_faults(rows)] == [10, 40, 70]


def test_heal_after_is_the_time_broken() -> None:
    """Each strike of an interval schedule lasts as long as the fault says."""
    _, rows = under(Partition(groups={"isolate": 0}, heal_after="7ms", when={"every": "50ms"}))
    times = [row[0] for row in of_faults(rows)]
    assert [after - before for before, after in pairwise(times)][::2] == [7, 7, 7]


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (Pause(target=0, when={"after": "role", "node": 6}), ("when", "node")),
        (Pause(target=0, when={"during": "role", "ended_by": "role", "node": 9}), ("when", "node")),
        (Pause(target=0, when={"strikes": [{"at": "1s"}, {"at": "2s", "node": 6}]}), ("when", "strikes", 1, "node")),
        (Loss(probability=0.5, when={"strikes": [{"at": "1s", "node": 1}]}), ("when", "strikes", 0, "node")),
        (
            Partition(groups={"halves": True}, when={"strikes": [{"at": "1s", "node": 1}]}),
            ("when", "strikes", 0, "node"),
        ),
        (Pause(target="leader", when={"mean_time_between_failures": "1s", "per_node": True}), ("when", "per_node")),
        (Pause(target=0, when={"trace": "outages.csv"}), ("when", "trace")),
    ],
    ids=lambda value: value.description if isinstance(value, Fault) else None,
)
def test_a_schedule_of_what_is_not_there_is_refused(fault: Fault, path: tuple[str | int, ...]) -> None:
    """A node that does not exist, or that the fault cannot be had on, is one InputError with its place."""
    with pytest.raises(InputError) as caught:
        under(fault)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "when",
    [
        {"every": "0s"},
        {"every": "1s", "times": 0},
        {"every": "1s", "after": "role"},
        {"mean_time_between_failures": "-1s"},
        {"broken": ["1s", "2s"]},
        {"broken": ["2s", "1s"], "whole": ["1s", "1s"]},
        {"broken": ["0s", "1s"], "whole": ["1s", "1s"]},
        {"after": ""},
        {"during": "crashed"},
        {"strikes": []},
        {"strikes": [{"lasting": "1s"}]},
        {"sometimes": True},
        {},
        "5s",
    ],
)
def test_an_impossible_schedule_is_refused(when: Any) -> None:
    """What is no schedule, or one with times that cannot be, is a validation error."""
    with pytest.raises(ValidationError):
        Crash(target=1, when=when)
