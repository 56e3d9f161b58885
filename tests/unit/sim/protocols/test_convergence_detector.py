"""The local convergence detector: what it believes, when, and that its errors can be measured."""

from __future__ import annotations

from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import SECOND, Requests, gossip, of_kind

PAIR = {"kind": "line", "nodes": 2}


def beliefs(records: list) -> list[tuple[int | None, int, bool]]:
    """Node, round and content of each change of belief."""
    return [(r.node, r.time // SECOND, r.fields["converged"]) for r in of_kind(records, "believes")]


def test_quiet_periods_make_a_node_believe_and_news_makes_it_doubt() -> None:
    """Three periods after the one with news it believes; an update takes the belief back."""
    again = (10 * SECOND + 1, 0, Update("b"))
    simulation, records = gossip(PAIR, Requests((0, 0, Update("a")), again), detector="quiet", detector_periods=3)
    simulation.run(20 * SECOND)
    assert [each for each in beliefs(records) if each[0] == 0] == [(0, 4, True), (0, 10, False), (0, 14, True)]
    assert [each for each in beliefs(records) if each[0] == 1] == [(1, 5, True), (1, 11, False), (1, 15, True)]


def test_who_knows_nothing_believes_nothing() -> None:
    """A node that was never told anything does not claim that all have converged."""
    simulation, records = gossip({"kind": "line", "nodes": 3}, [0], detector="quiet", stop="blind-counter", k=1)
    simulation.kernel.call_at(1, simulation.crash, 1)
    simulation.run(20 * SECOND)
    assert {node for node, _, _ in beliefs(records)} == {0}


def test_equal_digests_make_a_node_believe() -> None:
    """Two digests in a row that are equal to its own state convince a node; before they are equal none does."""
    simulation, records = gossip(
        PAIR, [0], spread="anti-entropy", exchange="push-pull", detector="equal-digests", detector_periods=2
    )
    simulation.run(10 * SECOND)
    assert sorted(beliefs(records)) == [(0, 3, True), (1, 3, True)]


def test_a_hasty_detector_is_wrong_more_often() -> None:
    """On a ring, one quiet period is too early a sign nearly always; more patience is wrong less and later."""
    shares = {}
    for patience in (1, 40):
        simulation, _ = gossip({"kind": "ring", "nodes": 30}, [0], detector="quiet", detector_periods=patience)
        measurements = Measurements.attach(simulation)
        simulation.run(100 * SECOND)
        metrics = metrics_of(measurements.ended(simulation))
        shares[patience] = metrics["believed_too_early"], metrics["believed_too_late"]
    assert shares[1][0] > 5 * shares[40][0]
    assert shares[1][1] < shares[40][1]
