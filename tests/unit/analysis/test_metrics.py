"""Metrics: numbers worked out by hand, and the same from disk as live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.beliefs import Beliefs
from analysis.convergence import tracker_of
from analysis.manifest import describe
from analysis.measurements import Measurements
from analysis.metric import Value
from analysis.metrics import METRICS, known_metric, metrics_of
from analysis.receipts import Receipts
from analysis.run_folder import open_run
from analysis.run_writer import RunWriter
from analysis.variance_by_cycle import VarianceByCycle
from sim.convergence import Agreement, Coverage, Extinction, Spread
from sim.network.config import IndependentLoss, NetworkConfig
from sim.records import Detail, Record
from tests.small_protocols import MILLISECOND, SECOND, At, Flooding, flooding
from topologies.errors import InputError

COVERAGE = Coverage("informed", "announced", "update")


def flood(detail: Detail = "states", **options: Any) -> Measurements:
    """Measurements of a run of flooding that has ended."""
    simulation = flooding(detail=detail, **options)
    measurements = Measurements.attach(simulation)
    return measurements.ended(simulation.run(until=SECOND))


def test_flooding_a_ring_of_eight() -> None:
    """Flooding from 1 ms on, 1 ms a hop: 7 receipts in up to 4 hops, two messages sent by each of 8 nodes."""
    found = metrics_of(flood())
    expected: dict[str, Value] = {
        "converged_at": 5 * MILLISECOND,
        "first_converged_at": 5 * MILLISECOND,
        "convergence_losses": 0,
        "longest_standstill": MILLISECOND,
        "shortfall": 0.0,
        "residue": 0.0,
        "mean_receipt_time": pytest.approx(16 / 7 * MILLISECOND),
        "last_receipt_time": 4 * MILLISECOND,
        "mean_receipt_round": pytest.approx(16 / 7),
        "mean_hit_round": pytest.approx(16 / 7),
        "last_receipt_round": 4,
        "messages": 16,
        "messages_per_node": 2.0,
        "messages_per_node_max": 2,
        "received_per_node_max": 2,
        "messages_by_kind": {"Rumor": 16},
        "messages_per_node_by_kind": {"Rumor": 2.0},
        "delivered": 16,
        "lost": 0,
        "dropped": 0,
        "dropped_by_cause": {},
        "in_flight": 0,
        "waiting": 0,
        "duplicated": 0,
    }
    assert found == expected


def test_faults_show_in_the_metrics() -> None:
    """With all links lossy or a node down, what is lost and dropped is counted by cause, and residue follows."""
    lossy = metrics_of(flood(network=NetworkConfig(loss=IndependentLoss(probability=1.0))))
    assert (lossy["lost"], lossy["delivered"], lossy["residue"]) == (2, 0, 7 / 8)
    assert (lossy["converged_at"], lossy["mean_receipt_time"]) == (None, None)
    assert (lossy["shortfall"], lossy["longest_standstill"]) == (7 / 8, SECOND - MILLISECOND)
    crashed = metrics_of(flood(faults=(At(((0, "crash", 1), (0, "crash", 7))),)))
    assert (crashed["dropped"], crashed["dropped_by_cause"], crashed["residue"]) == (2, {"crashed": 2}, 7 / 8)


def test_bytes_are_counted_where_rows_are_kept() -> None:
    """Bytes come from the default size at detail `messages`, where rows reach the sink too, and are else unknown."""
    network = NetworkConfig(message_size=100)
    assert metrics_of(flood("messages", network=network))["traffic_bytes"] == 1600
    assert "traffic_bytes" not in metrics_of(flood(network=network))
    simulation = flooding(detail="messages", network=network)
    rows = simulation.keep_records()
    Measurements.attach(simulation).ended(simulation.run(until=SECOND))
    assert sum(row.kind == "delivered" for row in rows) == 16


def test_from_disk_as_live(tmp_path: Path) -> None:
    """At detail `all` every metric of a run folder is what it was live, faults and losses included."""
    faults = (At(((3 * MILLISECOND, "crash", 3), (6 * MILLISECOND, "restart", 3))),)
    network = NetworkConfig(loss=IndependentLoss(probability=0.2), message_size=10)
    simulation = flooding(nodes=40, detail="all", faults=faults, network=network, kind="mesh")
    with RunWriter(tmp_path / "run") as writer:
        simulation.recorder.sink = writer.write
        live = Measurements.attach(simulation)
        live.ended(simulation.run(until=SECOND))
        manifest = describe(simulation, {}, ended_by="duration", rows=writer.events.rows)
        run = open_run(writer.finish(manifest, {}))
    from_disk = Measurements.of_run(run, Flooding.convergence, message_size=10)
    assert metrics_of(from_disk) == metrics_of(live)
    assert metrics_of(live)["lost"] != 0


def test_coincident_hits_raise_the_printed_average_only() -> None:
    """Two hits in round 3 count twice in the printed average, over the same two receipts, and once in the true one."""
    receipts = Receipts(COVERAGE, 3)
    told: list[tuple[int, int, str, dict[str, Any]]] = [
        (5, 0, "announced", {}),
        (5, 0, "informed", {"round": 1, "source": None}),
        (7, 1, "informed", {"round": 2, "source": 0}),
        (9, 2, "informed", {"round": 4, "source": 0}),
        (9, 2, "coincident", {"round": 4}),
        (11, 1, "informed", {"round": 6, "source": 0}),
    ]
    for number, (time, node, kind, fields) in enumerate(told):
        receipts.observe(Record(time, number, node, kind, {"update": "a", **fields}))
    assert (receipts.mean_round, receipts.mean_hit_round, receipts.last_round) == (2.0, 3.5, 3)
    assert (receipts.mean_time, receipts.last_time) == (3.0, 4)


def test_wrong_beliefs_are_weighed_by_time() -> None:
    """Of two nodes over 10 ns: one believes 2 ns too early, crashes for 2 ns, and both are late in the end."""
    tracker = tracker_of(COVERAGE, 2)
    beliefs = Beliefs(tracker)
    told: list[tuple[int, int, str, dict[str, Any]]] = [
        (0, 0, "announced", {"update": "a"}),
        (0, 0, "informed", {"update": "a"}),
        (1, 0, "believes", {"converged": True}),
        (3, 0, "believes", {"converged": False}),
        (4, 1, "informed", {"update": "a"}),
        (5, 0, "believes", {"converged": True}),
        (6, 0, "crashed", {}),
        (8, 0, "restarted", {}),
    ]
    for number, (time, node, kind, fields) in enumerate(told):
        record = Record(time, number, node, kind, fields)
        if kind in tracker.kinds:
            tracker.observe(record)
        beliefs.observe(record)
    beliefs.finish(10)
    assert (beliefs.claims, beliefs.wrong_claims) == (2, 1)
    assert (beliefs.node_time, beliefs.too_early, beliefs.too_late) == (18, 2, 2 + 1 + 2)


def test_variance_ratio_of_halving() -> None:
    """Where the distance from the mean halves in each cycle, the variance ratio is one quarter."""
    variance = VarianceByCycle(Spread("value", "x", 0.1), 2, 10)
    told = [(cycle * 10 - 5 * (cycle > 0), node, (-1) ** node / 2**cycle) for cycle in range(6) for node in (0, 1)]
    for number, (time, node, value) in enumerate(told):
        variance.observe(Record(time, number, node, "value", {"x": value}))
    variance.finish(50)
    assert variance.variances == pytest.approx([4.0**-cycle for cycle in range(6)])
    assert variance.ratio == pytest.approx(0.25)


def test_epidemics_and_votes() -> None:
    """The final size counts who was ever infected; opinions count the nodes that hold each value at the end."""
    epidemic = Measurements(Extinction("infected", "recovered"), 5)
    vote = Measurements(Agreement("opinion", "opinion"), 3)
    assert epidemic.tracker is not None
    assert vote.tracker is not None
    for node in (0, 1, 0):
        epidemic.tracker.observe(Record(0, 0, node, "infected", {}))
    for node, opinion in ((0, 1), (1, 0), (2, 1), (1, 1)):
        vote.tracker.observe(Record(0, 0, node, "opinion", {"opinion": opinion}))
    assert metrics_of(epidemic, ["final_size"]) == {"final_size": 2}
    assert metrics_of(vote, ["opinions", "opinions.1", "opinions.0"]) == {
        "opinions": {"1": 3},
        "opinions.1": 3,
        "opinions.0": 0,
    }


def test_metrics_are_asked_for_by_name() -> None:
    """Named metrics come alone, parts of mappings by their key, and what does not apply is None."""
    run = flood()
    names = ["messages_per_node", "messages_by_kind.Rumor", "messages_by_kind.Reply", "variance_ratio"]
    assert list(metrics_of(run, names).values()) == [2.0, 16, 0, None]
    with pytest.raises(InputError, match="did you mean converged_at"):
        metrics_of(run, ["convergd_at"])
    with pytest.raises(InputError, match="is a single number"):
        metrics_of(run, ["messages.Rumor"])


def test_every_metric_says_what_it_is() -> None:
    """Each metric is found by its name and has a unit and a description."""
    assert all(known_metric(name).name == name and metric.unit for name, metric in METRICS.items())
    assert all(metric.description for metric in METRICS.values())


def test_measuring_changes_nothing() -> None:
    """A run that is measured has the digest of one that is not."""
    measured = flooding()
    Measurements.attach(measured)
    assert measured.run(until=SECOND).digest() == flooding().run(until=SECOND).digest()
