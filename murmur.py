"""Murmur: what does this protocol do, on this network, when this breaks?

The public surface, in one place. Every name is loaded when it is first used, so that the command starts at once.

    import murmur

    run = murmur.run("gossip-mesh", seed=7)
    print(run.summary["metrics"])
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analysis import frames, statistics
    from analysis.plots import figures as plots
    from analysis.run_folder import open_run
    from faults.heal import Heal
    from faults.node.crash import Crash, Restart
    from faults.node.pause import Pause
    from faults.partition.partition import Partition
    from scenarios.build import build
    from scenarios.calibration.calibrate import Calibration, calibrate
    from scenarios.calibration.cost_file import read_costs
    from scenarios.claims.claims import claims
    from scenarios.claims.result import Claims
    from scenarios.compare import compare
    from scenarios.explain.explain import explain
    from scenarios.explain.explanation import Explanation
    from scenarios.export import export
    from scenarios.fault import fault
    from scenarios.hunting.hunt import hunt
    from scenarios.hunting.result import Hunt
    from scenarios.library import load
    from scenarios.plot import plot
    from scenarios.plot_all import plot_all
    from scenarios.query import query
    from scenarios.replay import diff, replay
    from scenarios.report import report
    from scenarios.run import Run, run
    from scenarios.schema import Scenario
    from scenarios.shrink.shrink import shrink
    from scenarios.shrink.shrunk import Shrunk
    from scenarios.study.result import Study, open_study
    from scenarios.study.study import study
    from sim.convergence import Agreement, Coherence, Completion, Coverage, Extinction, Spread
    from sim.hardware.config import HardwareConfig
    from sim.message import Message
    from sim.network.config import NetworkConfig
    from sim.node import Node
    from sim.protocol import Protocol, ProtocolConfig
    from sim.protocols.gossip.gossip import Gossip
    from sim.protocols.raft.raft import Raft
    from sim.records import Record
    from sim.simulation import ClockSpread, Simulation
    from sim.state_machines.key_value import KeyValueStore
    from sim.workloads.bank import BankWorkload
    from sim.workloads.operation import Operation
    from sim.workloads.register import Register
    from sim.workloads.request import ClientRequest, Reply
    from sim.workloads.rumour import Rumour
    from sim.workloads.update import Update
    from sim.workloads.updates import Updates
    from topologies.errors import InputError
    from topologies.topology import Topology

_HOMES: Final = {
    "Actor": "sim.runtime.actor",
    "ActorConfig": "sim.runtime.actor_protocol",
    "ActorFailure": "sim.runtime.failure",
    "ActorProtocol": "sim.runtime.actor_protocol",
    "Adjustment": "sim.protocols.attractor.strategy",
    "Agreement": "sim.convergence",
    "Bandwidth": "sim.units",
    "BankWorkload": "sim.workloads.bank",
    "Calibration": "scenarios.calibration.calibrate",
    "Claims": "scenarios.claims.result",
    "ClientRequest": "sim.workloads.request",
    "ClockSpread": "sim.simulation",
    "Coherence": "sim.convergence",
    "Completion": "sim.convergence",
    "Coverage": "sim.convergence",
    "Crash": "faults.node.crash",
    "Down": "sim.runtime.failure",
    "Duration": "sim.units",
    "Effect": "sim.runtime.actor",
    "Exit": "sim.runtime.failure",
    "Explanation": "scenarios.explain.explanation",
    "Extinction": "sim.convergence",
    "Goal": "sim.protocols.attractor.population",
    "Gossip": "sim.protocols.gossip.gossip",
    "HardwareConfig": "sim.hardware.config",
    "Heal": "faults.heal",
    "Hunt": "scenarios.hunting.result",
    "InputError": "topologies.errors",
    "KeyValueStore": "sim.state_machines.key_value",
    "Message": "sim.message",
    "Neighborhood": "sim.protocols.attractor.strategy",
    "NetworkConfig": "sim.network.config",
    "Node": "sim.node",
    "Operation": "sim.workloads.operation",
    "Own": "sim.protocols.attractor.strategy",
    "Partition": "faults.partition.partition",
    "Pause": "faults.node.pause",
    "PositiveDuration": "sim.units",
    "Probability": "sim.units",
    "Protocol": "sim.protocol",
    "ProtocolConfig": "sim.protocol",
    "Raft": "sim.protocols.raft.raft",
    "Rate": "sim.units",
    "Record": "sim.records",
    "Reference": "sim.runtime.reference",
    "Register": "sim.workloads.register",
    "Rejected": "sim.runtime.failure",
    "Reply": "sim.workloads.request",
    "Restart": "faults.node.crash",
    "Rumour": "sim.workloads.rumour",
    "Run": "scenarios.run",
    "Scenario": "scenarios.schema",
    "Shrunk": "scenarios.shrink.shrunk",
    "Simulation": "sim.simulation",
    "Size": "sim.units",
    "Spread": "sim.convergence",
    "Strategy": "sim.protocols.attractor.strategy",
    "Study": "scenarios.study.result",
    "Topology": "topologies.topology",
    "Update": "sim.workloads.update",
    "Updates": "sim.workloads.updates",
    "build": "scenarios.build",
    "calibrate": "scenarios.calibration.calibrate",
    "claims": "scenarios.claims.claims",
    "compare": "scenarios.compare",
    "diff": "scenarios.replay",
    "explain": "scenarios.explain.explain",
    "export": "scenarios.export",
    "fault": "scenarios.fault",
    "hunt": "scenarios.hunting.hunt",
    "load": "scenarios.library",
    "open_run": "analysis.run_folder",
    "open_study": "scenarios.study.result",
    "plot": "scenarios.plot",
    "plot_all": "scenarios.plot_all",
    "query": "scenarios.query",
    "read_costs": "scenarios.calibration.cost_file",
    "replay": "scenarios.replay",
    "report": "scenarios.report",
    "run": "scenarios.run",
    "shrink": "scenarios.shrink.shrink",
    "study": "scenarios.study.study",
}
"""The module in which each public name lives."""

_MODULES: Final = {
    "frames": "analysis.frames",
    "plots": "analysis.plots.figures",
    "statistics": "analysis.statistics",
}
"""Public names that are modules themselves."""

_PACKAGES: Final = ("topologies", "sim", "faults", "analysis", "scenarios")

__all__ = [
    "Agreement",
    "BankWorkload",
    "Calibration",
    "Claims",
    "ClientRequest",
    "ClockSpread",
    "Coherence",
    "Completion",
    "Coverage",
    "Crash",
    "Explanation",
    "Extinction",
    "Gossip",
    "HardwareConfig",
    "Heal",
    "Hunt",
    "InputError",
    "KeyValueStore",
    "Message",
    "NetworkConfig",
    "Node",
    "Operation",
    "Partition",
    "Pause",
    "Protocol",
    "ProtocolConfig",
    "Raft",
    "Record",
    "Register",
    "Reply",
    "Restart",
    "Rumour",
    "Run",
    "Scenario",
    "Shrunk",
    "Simulation",
    "Spread",
    "Study",
    "Topology",
    "Update",
    "Updates",
    "build",
    "calibrate",
    "claims",
    "compare",
    "diff",
    "explain",
    "export",
    "fault",
    "frames",
    "hunt",
    "load",
    "main",
    "open_run",
    "open_study",
    "plot",
    "plot_all",
    "plots",
    "query",
    "read_costs",
    "replay",
    "report",
    "run",
    "shrink",
    "statistics",
    "study",
    "topology",
]


def main() -> None:
    """Run the command `murmur` with the arguments of this process, and exit with its code."""
    problem = _foreign_package()
    if problem:
        print(f"murmur: error: {problem}", file=sys.stderr)
        sys.exit(2)
    from scenarios.command_line.main import main as command

    sys.exit(command())


def topology(kind: str, seed: int = 0, **parameters: Any) -> Topology:
    """Build a topology of a kind that `murmur list topologies` names, such as `topology("ring", nodes=10)`.

    `seed` decides what is random in it. Raises InputError where the parameters are wrong.
    """
    from topologies.registry import build as build_topology

    return build_topology({"kind": kind, **parameters}, seed)


def _foreign_package() -> str:
    """Return what is wrong where one of the five packages is not Murmur's own; otherwise nothing."""
    home = Path(__file__).resolve().parent
    for name in _PACKAGES:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec is not None and spec.origin else None
        if origin is None or origin != home / name / "__init__.py":
            found = f"is the one at {origin.parent}" if origin else "cannot be found"
            return (
                f"the package {name!r} {found}, expected Murmur's own at {home / name}; something else installs or "
                "shadows that name: run from another folder, or install Murmur into an environment of its own"
            )
    return ""


def __getattr__(name: str) -> Any:
    """Load a public name at its first use; raises ImportError where Murmur's packages are hidden by others'."""
    if name not in _HOMES and name not in _MODULES:
        raise AttributeError(f"module 'murmur' has no attribute {name!r}")
    problem = _foreign_package()
    if problem:
        raise ImportError(problem)
    home = import_module(_MODULES.get(name) or _HOMES[name])
    value = globals()[name] = home if name in _MODULES else getattr(home, name)
    return value


def __dir__() -> list[str]:
    """Return the public names, for completion in notebooks."""
    return sorted({*__all__, *_HOMES})


if __name__ == "__main__":
    main()
