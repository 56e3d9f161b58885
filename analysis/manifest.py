"""manifest.json: what a run was, what it came to, and the checksums of its files. It is all that a replay needs.

Nothing in it tells of the machine's clock, so that equal runs have equal manifests, byte for byte.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from analysis.canonical import data_checksum

if TYPE_CHECKING:
    from sim.simulation import Balance, Simulation

FORMAT: Final = 1
"""Number of the layout of run folders."""
DECIDING: Final = ("simpy", "networkx", "numpy", "pydantic")
"""Packages whose version may decide results."""

FROM_A_FILE: Final = "file"
"""Kind of the topologies that a scenario alone does not tell."""

_OPTIONS: Final = ConfigDict(frozen=True, extra="ignore")


class RunTopology(BaseModel):
    """The topology that was built: its digest tells whether a replay builds the same.

    `source_digest` is the BLAKE2b hash of the graph file that it was read from, if it was.
    """

    model_config = _OPTIONS
    kind: str
    nodes: int
    digest: str
    source_digest: str | None = None


class RunCounts(BaseModel):
    """State records and message outcomes of the run, and rows in events.parquet, which depend on the detail."""

    model_config = _OPTIONS
    states: int
    messages: int
    rows: int


class RunBalance(BaseModel):
    """Where every message sent has gone, as `sim.simulation.Balance` has it."""

    model_config = _OPTIONS
    sent: int
    duplicated: int
    outcomes: dict[str, int]
    waiting: int
    in_flight: int
    sums: bool


class RunVerdict(BaseModel):
    """What a check came to; `evidence` are the records that show it, as plain data."""

    model_config = _OPTIONS
    check: str
    verdict: Literal["holds", "violated", "unknown"]
    reason: str
    evidence: tuple[dict[str, Any], ...] = ()


class Manifest(BaseModel):
    """What is known of a run without its records.

    `scenario` is plain data with every default filled in; `ended` is the simulated time of the end in nanoseconds and
    `ended_by` says why; `versions` are those of Python and of the packages that decide results; `files` maps each data
    file to its BLAKE2b checksum; `checksum` is that of all the rest of the manifest.
    """

    model_config = _OPTIONS
    format: int = FORMAT
    murmur: str
    versions: dict[str, str]
    scenario: dict[str, Any]
    seed: int
    topology: RunTopology
    detail: str
    digest: str
    ended: int
    ended_by: str
    counts: RunCounts
    balance: RunBalance
    verdicts: tuple[RunVerdict, ...] = ()
    files: dict[str, str] = {}
    checksum: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, its own checksum filled in."""
        data = self.model_dump(mode="json", exclude={"checksum"})
        return data | {"checksum": content_checksum(data)}


def content_checksum(data: Mapping[str, Any]) -> str:
    """Return the checksum of a manifest's content, which is all but the field that holds it."""
    return data_checksum({name: value for name, value in data.items() if name != "checksum"})


def balance_of(balance: Balance) -> RunBalance:
    """Return the balance of a simulation as manifests hold it."""
    return RunBalance(
        sent=balance.sent,
        duplicated=balance.duplicated,
        outcomes=balance.outcomes,
        waiting=balance.waiting,
        in_flight=balance.in_flight,
        sums=balance.sums,
    )


def murmur_version() -> str:
    """Return the version of Murmur that runs; `unknown` where it runs without being installed."""
    return _version("murmur-sim")


def deciding_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that may decide results."""
    return {"python": platform.python_version()} | {name: _version(name) for name in DECIDING}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"


def describe(
    simulation: Simulation,
    scenario: Mapping[str, Any],
    *,
    ended_by: str,
    rows: int,
    verdicts: Iterable[RunVerdict] = (),
) -> Manifest:
    """Return the manifest of a simulation that has ended; the checksums of its files are still to be filled in.

    `scenario` is plain data with every default filled in; `rows` is the number of rows in events.parquet.
    """
    balance, topology, recorder = simulation.balance(), simulation.topology, simulation.recorder
    return Manifest(
        murmur=murmur_version(),
        versions=deciding_versions(),
        scenario=dict(scenario),
        seed=simulation.seed,
        topology=RunTopology(
            kind=topology.kind,
            nodes=topology.nodes,
            digest=topology.digest(),
            source_digest=topology.source_digest,
        ),
        detail=recorder.detail,
        digest=simulation.digest(),
        ended=simulation.now,
        ended_by=ended_by,
        counts=RunCounts(states=recorder.states, messages=sum(balance.outcomes.values()), rows=rows),
        balance=balance_of(balance),
        verdicts=tuple(verdicts),
    )
