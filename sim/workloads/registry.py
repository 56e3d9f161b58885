"""Every kind of workload by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.workloads.bank import BankWorkload
from sim.workloads.jobs import Jobs
from sim.workloads.register import Register
from sim.workloads.requests import Requests
from sim.workloads.rumour import Rumour
from sim.workloads.task_graph import TaskGraphWorkload
from sim.workloads.ticks import Ticks
from sim.workloads.updates import Updates
from sim.workloads.workload import Workload


@dataclass(frozen=True, slots=True)
class WorkloadKind:
    """One kind: the model that describes and arms it, and what it asks in one line."""

    config: type[Workload]
    description: str


WORKLOADS: Final[dict[str, WorkloadKind]] = {
    "rumour": WorkloadKind(Rumour, "some nodes learn one update at the same time"),
    "updates": WorkloadKind(Updates, "writes and deletes of random keys at random nodes, at a rate"),
    "requests": WorkloadKind(Requests, "each agent is asked again and again, at random times, at a rate"),
    "register": WorkloadKind(Register, "clients read and write keys of a store, in sessions, with retries"),
    "ticks": WorkloadKind(Ticks, "prices of instruments tick, in bursts, at the nodes that analyse them"),
    "bank": WorkloadKind(BankWorkload, "clients transfer money between accounts and read all balances"),
    "jobs": WorkloadKind(Jobs, "pieces of work come to the cores of nodes, at a rate or all at once"),
    "task-graph": WorkloadKind(TaskGraphWorkload, "tasks that wait for one another, on the cores of a node"),
}
