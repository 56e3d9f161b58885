"""A run for the tests of plots of servers that agree on a log, and of what clients saw of them."""

from __future__ import annotations

from typing import Final

from analysis.plots.run_view import RunView, view_of_simulation
from faults.node.crash import Crash
from sim.network.config import NetworkConfig
from sim.network.latency import ExponentialLatency
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.raft import Raft
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from sim.workloads.bank import BankWorkload
from sim.workloads.client_workload import ClientWorkload
from sim.workloads.register import Register
from topologies.registry import build

CONSENSUS_PLOTS: Final = frozenset(("leaders", "commit-index", "history", "latency", "availability"))
"""Plots that need such a run; the others can draw a rumour."""
SERVED_FOR: Final = 3 * SECOND
CRASH_AT: Final = 1 * SECOND
RESTART_AFTER: Final = 600 * MILLISECOND


def served_run(clients: ClientWorkload | None = None) -> RunView:
    """Return the view of a run in which the leader crashes, so that clients wait until another is elected."""
    workload = Register(clients=3, rate=40.0, keys=2) if clients is None else clients
    simulation = Simulation(
        build({"kind": "mesh", "nodes": 3}, 1),
        Raft,
        RaftConfig(state_machine="bank" if isinstance(workload, BankWorkload) else "key-value"),
        network=NetworkConfig(latency=ExponentialLatency(mean=3 * MILLISECOND)),
        seed=4,
        workload=(workload,),
        faults=(Crash(at=CRASH_AT, target="leader", restart_after=RESTART_AFTER),),
        detail="messages",
    )
    records = simulation.keep_records()
    simulation.run(SERVED_FOR).conclude()
    return view_of_simulation(simulation, records, "served")
