"""Duties under a swarm: the ticks are where its phases pass zero, and servers take no part in its rhythm."""

import itertools
from typing import Any

import pytest

import murmur
from faults.node.membership import Join
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.messages import Pulse, Report
from sim.records import Record
from sim.simulation import Simulation
from sim.units import MILLISECOND, MINUTE, SECOND
from sim.workloads.requests import Requests
from tests.unit.sim.protocols.uses.duty_runs import kinds, system, times, total

PERIOD = 200 * MILLISECOND
GATEWAY = {"kind": "batch", "gateway": 1, "merge": 10 * MILLISECOND}


def swarm(
    nodes: int,
    duty: dict[str, Any],
    *faults: Any,
    rate: float = 0.0,
    period: int = PERIOD,
    detail: Any = "states",
    **options: Any,
) -> tuple[Simulation, list[Record]]:
    """Agents that all hear one another, and the list that will hold their records."""
    simulation = Simulation(
        murmur.topology("mesh", nodes=nodes),
        Attractor,
        Attractor.Config(duty=duty, period=period, **options),
        network=murmur.NetworkConfig(latency="1ms"),  # type: ignore[arg-type]
        workload=[Requests(rate=rate, until=3 * SECOND)] if rate else [],
        faults=faults,
        seed=3,
        detail=detail,
    )
    return simulation, simulation.keep_records()


def test_a_swarm_in_step_makes_a_gateway_call_once_a_period() -> None:
    """Six services that have come together call within 10 ms of one another, so that one call serves them all."""
    simulation, rows = swarm(8, GATEWAY, rate=50.0)
    simulation.run(4 * SECOND)
    late = [time for time in times(rows, "call") if SECOND <= time < 3 * SECOND]
    assert 9 <= len(late) <= 11
    plain, others = system(8, GATEWAY, rate=50.0, until="3s", seed=3, schedule="immediate")
    plain.run(4 * SECOND)
    assert total(rows, "served", "requests") == total(others, "served", "requests") > 500


def test_servers_take_no_part_in_the_rhythm() -> None:
    """Upstream and gateway have no phase and no ticks, and are sent no reports."""
    simulation, rows = swarm(6, GATEWAY, rate=20.0, detail="messages")
    simulation.run(SECOND)
    assert {row.node for row in rows if row.kind in ("phase", "tick")} == {2, 3, 4, 5}
    arrived = [row for row in rows if row.kind == "delivered"]
    assert {row.node for row in arrived if row.fields["message"] in (Report.__name__, Pulse.__name__)} == {2, 3, 4, 5}
    assert {row.node for row in arrived if row.fields["message"] == "Call"} == {0, 1}


def test_each_tick_runs_one_job() -> None:
    """Jobs start at ticks and only there, one a period."""
    simulation, rows = swarm(10, {"kind": "job", "length": SECOND}, period=MINUTE, goal={"coherence": 0.0})
    simulation.run(10 * MINUTE)
    assert times(rows, "job") == times(rows, "tick")
    for node in range(10):
        assert 9 <= len(times(rows, "job", node)) <= 11


@pytest.mark.parametrize("strategy", ["arc", "desync"])
def test_a_swarm_that_spreads_out_makes_room_for_those_who_join(strategy: str) -> None:
    """Jobs of ten agents soon run one at a time, and so do those of the twelve after crashes and joins."""
    faults = (murmur.Crash(target=[0, 1, 2], at=10 * MINUTE), Join(target=[10, 11, 12, 13, 14], at=20 * MINUTE))
    options = {"report": 12 * SECOND, "goal": {"coherence": 0.0}, "strategy": {"kind": strategy}}
    simulation, rows = swarm(15, {"kind": "job", "length": SECOND}, *faults, period=MINUTE, **options)
    simulation.run(45 * MINUTE)
    for begin, agents in ((5, 10), (15, 7), (40, 12)):
        starts = [time for time in times(rows, "job") if begin * MINUTE <= time < (begin + 5) * MINUTE]
        assert abs(len(starts) - 5 * agents) <= agents
        gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
        assert min(gaps) > SECOND, (begin, agents)


def test_a_crashed_service_loses_what_it_holds_and_comes_back() -> None:
    """The others go on; the service that restarts finds its way back into step."""
    simulation, rows = swarm(8, GATEWAY, murmur.Crash(target=5, at="1500ms", restart_after="200ms"), rate=50.0)
    simulation.run(4 * SECOND)
    assert kinds(rows)["refused"] > 0
    assert 4 <= len([time for time in times(rows, "call") if 2200 * MILLISECOND <= time < 3 * SECOND]) <= 5
    assert total(rows, "answered", "requests") == total(rows, "served", "requests")
