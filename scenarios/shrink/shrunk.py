"""What shrinking comes to: the scenario that is left, its run, and what was made smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from scenarios.yaml_writer import one_line, set_fields
from sim.units import format_duration

if TYPE_CHECKING:
    from faults.fault import Fault
    from scenarios.run import Run
    from scenarios.schema import Scenario
    from sim.records import Record

GONE: Final = "left out"
Row = tuple[str, str, str]
"""What it is, before, after."""


@dataclass(frozen=True)
class Shrunk:
    """The smallest scenario that was found, and how it came about.

    `wanted`: what it still shows, in words. `before` and `scenario`: what was given, with its faults written out, and
    what is left of it. `run`: the last run, of just what is left; None where it ends in an `error`. `runs`: how many
    were made in all; `complete` is False where as many as were allowed were made before nothing got smaller any more.
    `file`: where the scenario is on disk, None where it is not. `records`: what the faults of the last run did.
    """

    wanted: str
    before: Scenario
    scenario: Scenario
    run: Run | None = field(repr=False)
    runs: int
    complete: bool
    records: tuple[Record, ...] = field(repr=False)
    file: Path | None = None
    error: str | None = None

    def __repr__(self) -> str:
        """What it came to in a line, for people; `summary` has all of it."""
        smaller = [f"{before} to {after} {what}" for what, before, after in self.table if what in ("faults", "nodes")]
        smaller.append(f"{format_duration(self.before.duration)} to {format_duration(self.scenario.duration)}")
        runs = f"{self.runs} runs" + ("" if self.complete else ", as many as were allowed")
        parts = (
            f"seed {self.scenario.seed}",
            self.wanted,
            ", ".join(smaller),
            runs,
            str(self.file or "not kept on disk"),
        )
        return f"<Shrunk {self.before.name}: {'; '.join(parts)}>"

    @property
    def folder(self) -> Path | None:
        """The folder of the last run; None where it is not kept."""
        return None if self.run is None else self.run.folder

    @property
    def evidence(self) -> tuple[dict[str, Any], ...]:
        """The records by which checks of the last run show that they are violated."""
        verdicts = () if self.run is None else self.run.verdicts
        return tuple(record for each in verdicts if each.verdict == "violated" for record in each.evidence)

    @property
    def table(self) -> tuple[Row, ...]:
        """What was made smaller: its name, what it was, what it is."""
        return tuple(_rows(self.before, self.scenario))

    @property
    def summary(self) -> dict[str, Any]:
        """All of it as plain data."""
        from analysis.verdict import plain_record

        ran: dict[str, Any] = {} if self.run is None else self.run.summary
        return {
            "shows": self.wanted,
            "runs": self.runs,
            "complete": self.complete,
            "reduced": [dict(zip(("what", "before", "after"), row, strict=True)) for row in self.table],
            "scenario": set_fields(self.scenario),
            "file": None if self.file is None else str(self.file),
            "folder": None if self.folder is None else str(self.folder),
            "error": self.error,
            "digest": ran.get("digest"),
            "metrics": ran.get("metrics", {}),
            "verdicts": ran.get("verdicts", []),
            "faults": ran.get("faults", []),
            "fault_records": [plain_record(record) for record in self.records],
        }


def _rows(before: Scenario, after: Scenario) -> Iterator[Row]:
    was_broken, breaks = _faults(before), _faults(after)
    yield "faults", str(len(was_broken)), str(len(breaks))
    yield "targets", str(sum(map(_targets, was_broken))), str(sum(map(_targets, breaks)))
    if before.seed != after.seed:
        yield "seed", str(before.seed), str(after.seed)
    yield "nodes", str(before.topology.node_count), str(after.topology.node_count)
    yield "duration", format_duration(before.duration), format_duration(after.duration)
    if before.liveness is not None and after.liveness is not None:
        yield "liveness", format_duration(before.liveness.at), format_duration(after.liveness.at)
    for name in ("workload", "network", "clocks"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield name, _shown(was), _shown(now)
    given = {(fault.kind, fault.name): fault for fault in was_broken}
    for fault in breaks:
        earlier = given.get((fault.kind, fault.name))
        if earlier is not None and earlier != fault:
            yield fault.name or fault.kind, earlier.description, fault.description


def _faults(scenario: Scenario) -> tuple[Fault, ...]:
    assert isinstance(scenario.faults, tuple), "a plan is drawn before it runs"
    return scenario.faults


def _targets(fault: Fault) -> int:
    """How many nodes, links and other items the lists of a fault name."""
    return _listed(fault.model_dump(mode="json"))


def _listed(plain: Any) -> int:
    if isinstance(plain, dict):
        return sum(map(_listed, plain.values()))
    if not isinstance(plain, list):
        return 0
    return sum(_listed(item) if isinstance(item, list | dict) else 1 for item in plain)


def _shown(block: BaseModel | None) -> str:
    if block is None:
        return GONE
    return one_line(set_fields(block))[1:-1] or "as by default"
