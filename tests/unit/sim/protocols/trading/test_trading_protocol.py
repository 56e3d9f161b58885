"""The trading swarm in runs: who is the risk manager, what it remembers, and that each safeguard is needed."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.records import Record
from topologies.errors import InputError

BUSY: dict[str, Any] = {
    "name": "busy",
    "duration": "2s",
    "topology": {"kind": "mesh", "nodes": 5},
    "network": {"latency": {"kind": "lognormal", "median": "1ms", "sigma": 0.5}},
    "protocol": {"kind": "trading", "limit": 50, "gross_limit": 120, "heartbeat": "20ms", "takeover": "80ms"},
    "workload": {
        "kind": "ticks",
        "rate": "200/s",
        "burst_rate": "5000/s",
        "quiet": "150ms",
        "burst": "20ms",
        "until": "1800ms",
    },
    "checks": ["risk-limit"],
}
STANDBY = {"protocol.standby": True}
CRASH = {"kind": "crash", "target": {"role": "manager"}, "at": "500ms", "restart_after": "700ms"}


def traded(**changes: Any) -> tuple[murmur.Run, list[Record]]:
    """A run with changes, two underscores for a dot, and its records."""
    rows: list[list[Record]] = []
    overrides = {name.replace("__", "."): value for name, value in changes.items()}
    run = murmur.run(BUSY, overrides=overrides, observers=[lambda simulation: rows.append(simulation.keep_records())])
    return run, rows[0]


def roles(rows: list[Record]) -> list[tuple[int | None, str, int, str]]:
    """Who became what, in which epoch, and why."""
    fields = ((row.node, row.fields) for row in rows if row.kind == "role")
    return [(node, given["role"], given["epoch"], given["cause"]) for node, given in fields]


def actors(run: murmur.Run, name: str) -> list[Any]:
    """The actors of this name."""
    cells = [node.protocol.runtime.cells.get(name) for node in run.simulation.nodes]
    return [cell.actor for cell in cells if cell is not None]


def test_a_standby_takes_over_and_the_other_stands_by() -> None:
    """The new manager's orders are of its epoch, and all that were executed are of the latest epoch of their time."""
    run, rows = traded(protocol__standby=True, faults=[CRASH])
    assert [verdict.verdict for verdict in run.verdicts] == ["holds"]
    assert roles(rows) == [
        (0, "manager", 0, "start"),
        (1, "standby", 0, "start"),
        (1, "manager", 1, "takeover"),
        (0, "standby", 0, "start"),
        (0, "standby", 1, "outdated"),
    ]
    epochs = [row.fields["epoch"] for row in rows if row.kind == "executed"]
    assert epochs == sorted(epochs)
    assert set(epochs) == {0, 1}


def test_without_a_standby_the_manager_goes_on_by_its_disk() -> None:
    """Also when it crashed with orders under way: at the end it knows every position as the engine does."""
    crashes = {"kind": "crash", "target": 0, "restart_after": "50ms", "when": {"every": "170ms", "until": "1500ms"}}
    run, rows = traded(faults=[crashes], protocol__venue_rejects=0.2)
    assert [verdict.verdict for verdict in run.verdicts] == ["holds"]
    assert {role[1:] for role in roles(rows)} == {("manager", 0, "start")}
    assert len(roles(rows)) > 5
    (manager,), (engine,) = actors(run, "risk-manager"), actors(run, "execution-engine")
    assert not manager.exposure.outstanding
    assert {name: held for name, held in manager.exposure.positions.items() if held} == {
        name: held for name, held in engine.book.positions.items() if held
    }
    assert run.metrics["orders_rejected"]["venue"] > 0


def test_the_limit_is_reached_and_never_passed() -> None:
    """In bursts more is proposed than may be ordered: the judge sees every lot of the limit used, and none beyond."""
    run, rows = traded(workload__drift=0.004)
    assert run.metrics["limit_used"] == 1
    assert run.metrics["orders_declined"]["limit"] > run.metrics["orders_executed"] > 20
    executed = [row for row in rows if row.kind == "executed"]
    waits = [row.time - row.fields["ticked_at"] for row in executed]
    assert run.metrics["tick_to_order_max"] == max(waits)
    assert min(waits) > 500_000


def test_what_is_late_is_not_traded() -> None:
    """Where messages take longer than a tick is worth anything, nothing is executed; the judge has nothing to say."""
    run, _ = traded(network__latency="30ms")
    assert (run.metrics["orders_executed"], run.verdicts[0].verdict) == (0, "unknown")
    assert run.metrics["orders_rejected"]["late"] > 0
    slow, _ = traded(network__latency="60ms")
    assert slow.metrics["orders_declined"] == {"late": sum(slow.metrics["orders_declined"].values())}


def test_analysers_on_slow_cores_delay_orders() -> None:
    """Work in a burst waits for a core: the tail of the latency grows, the limit holds."""
    fast, _ = traded(hardware={"cores": 2})
    slow, _ = traded(hardware={"cores": 1}, protocol__analysis="3ms")
    assert slow.metrics["tick_to_order_p99"] > 3 * fast.metrics["tick_to_order_p99"]
    assert slow.verdicts[0].verdict == fast.verdicts[0].verdict == "holds"


BRIDGE = {"kind": "partition", "groups": {"bridge": 2}, "at": "20ms"}
TRYING: dict[str, dict[str, Any]] = {
    "reservation": {},
    "fencing": {**STANDBY, "faults": [BRIDGE], "protocol.gross_limit": 60},
    "order-identity": {"protocol.resend": "1ms"},
}
"""What tries each safeguard most: bursts, managers that reach the engine alone, orders that are sent again at once."""


@pytest.mark.parametrize("ablation", TRYING)
def test_each_safeguard_is_needed(ablation: str) -> None:
    """Without it a position passes its limit in one of a few seeds, and with it in none."""
    whole, lacking = set(), set()
    for seed in range(5):
        changes = {**TRYING[ablation], "seed": seed, "workload.drift": 0.004}
        whole.add(murmur.run(BUSY, overrides=changes).verdicts[0].verdict)
        run = murmur.run(BUSY, overrides={**changes, "protocol.ablate": [ablation]})
        lacking.add(run.verdicts[0].verdict)
        if "violated" in lacking:
            break
    assert whole == {"holds"}
    assert "violated" in lacking


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topology.nodes": 2}, "found 2 nodes; trading takes 3 or more"),
        ({"topology.nodes": 3, **STANDBY}, "found 3 nodes; trading takes 4 or more"),
        ({"protocol.slow": 3}, "found 3, not above fast, 4"),
        ({"protocol.takeover": "20ms"}, "no more than a heartbeat"),
        ({"protocol.ablate": ["fencing", "fencing"]}, "a second time"),
        ({"protocol": {"kind": "raft"}}, "raft takes none"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    """The error says what was found, and what to do."""
    with pytest.raises(InputError, match=message):
        murmur.run({**BUSY, "checks": []}, overrides=changes)
