"""What hunts find in protocols that lack a safeguard, and what shrinking leaves of it: `python tests/ablations.py`.

For each ablation and for the whole protocol many plans of faults are drawn and run, and as many runs are made without
any fault. The first run that violates a check is shrunk. The table goes into docs/ablations.md, below its comment. Ends
with 1 where an ablation is not found, where more faults are left of one than `MOST_LEFT`, or where anything is found in
the whole protocol.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import murmur
from sim.hardware.schedulers.work_stealing_config import Safeguard as StealingSafeguard
from sim.protocols.broadcast.config import Safeguard as BroadcastSafeguard
from sim.protocols.gossip.config import Safeguard
from sim.protocols.lease.config import Safeguard as LeaseSafeguard
from sim.protocols.quorum.config import Safeguard as QuorumSafeguard
from sim.protocols.trading.config import Safeguard as TradingSafeguard
from sim.runtime.config import Safeguard as ActorSafeguard

if TYPE_CHECKING:
    from faults.fault import Fault
    from scenarios.hunting.rate import Rate

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "ablations.md"
MOST_LEFT: Final = 6
"""Faults that shrinking may leave at most."""
WHOLE: Final = ""
"""Stands for the ablation where nothing is ablated."""
ABLATIONS: Final[dict[str, tuple[str, ...]]] = {
    "gossip-hunt": get_args(Safeguard),
    "broadcast-hunt": get_args(BroadcastSafeguard),
    "lease-hunt": get_args(LeaseSafeguard),
    "quorum-hunt": get_args(QuorumSafeguard),
    "trading-hunt": get_args(TradingSafeguard),
    "raft-hunt": ("pre-vote", "session-table"),
    "raft-hunt-elections": ("log-up-to-date",),
    "raft-hunt-commits": ("commit-rule",),
    "raft-hunt-votes": ("vote-persistence",),
    "raft-hunt-members": ("leader-no-op",),
    "raft-hunt-leases": ("lease-drift-bound",),
    "pipeline-hunt": get_args(ActorSafeguard),
    "shared-state-hunt": ("grace-period",),
    "work-stealing-hunt": get_args(StealingSafeguard),
}
"""The ablations of each protocol, by the built-in scenario in which they are hunted."""
ABLATE: Final = {"work-stealing-hunt": "hardware.scheduler.ablate"}
"""The option that leaves a safeguard out, where it is not the protocol's."""
PLANS: Final = dict.fromkeys(ABLATIONS, 500) | {
    "gossip-hunt": 2000,
    "raft-hunt-elections": 2000,
    "work-stealing-hunt": 300,
    "quorum-hunt": 30,
    "trading-hunt": 30,
}
"""Plans of faults for each ablation; more where one is rare, fewer where all are frequent."""
HEADS: Final = (
    "scenario",
    "ablated",
    "plans",
    "runs until found",
    "its seed",
    "found per 1,000",
    "the same without faults",
    "caught by",
    "faults drawn",
    "left by shrinking",
)
_TABLE: Final = re.compile(r"(<!-- measured: ablations -->\n)(?:\|.*\n)*")


@dataclass(frozen=True)
class Measured:
    """What came of one ablation: hunted with plans of faults and without any, and the first that was found shrunk."""

    scenario: str
    ablation: str
    hunt: murmur.Hunt
    without_faults: Rate
    shrunk: murmur.Shrunk | None

    @property
    def as_it_should_be(self) -> bool:
        """Whether the ablation was found and shrunk to few faults; whether the whole protocol has shown nothing."""
        if self.ablation == WHOLE:
            return not self.hunt.findings and not self.without_faults.found
        return self.shrunk is not None and len(faults_of(self.shrunk.scenario)) <= MOST_LEFT

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        caught = ", ".join(f"`{check}`" for check in dict.fromkeys(finding.check for finding in self.hunt.findings))
        return (
            f"`{self.scenario}`",
            f"`{self.ablation}`" if self.ablation else "nothing",
            f"{self.hunt.runs:,}",
            "never" if self.hunt.first is None else str(self.hunt.first),
            "–" if self.shrunk is None else f"`{self.shrunk.before.seed}`",
            in_words(self.hunt.rate),
            in_words(self.without_faults),
            caught or "–",
            "–" if self.shrunk is None else str(len(faults_of(self.shrunk.before))),
            "–" if self.shrunk is None else _left(self.shrunk),
        )


def faults_of(scenario: murmur.Scenario) -> tuple[Fault, ...]:
    """The faults of a scenario, written out."""
    assert isinstance(scenario.faults, tuple)
    return scenario.faults


def _left(shrunk: murmur.Shrunk) -> str:
    faults = faults_of(shrunk.scenario)
    return f"{len(faults)}: " + "; ".join(fault.description for fault in faults) if faults else "0"


def in_words(rate: Rate) -> str:
    """A rate per 1,000, with its interval; the upper bound alone where nothing was found."""
    if not rate.found:
        return f"0 (below {1000 * rate.high:.1f})"
    return f"{1000 * rate.share:.1f} ({1000 * rate.low:.1f} to {1000 * rate.high:.1f})"


def measure(scenario: str, ablation: str, runs: int, workers: int | None = None) -> Measured:
    """Hunt in a built-in scenario with one ablation, and shrink the first run that violates a check."""
    ablate = [f"{ABLATE.get(scenario, 'protocol.ablate')}=[{ablation}]"]
    hunt = murmur.hunt(scenario, runs, overrides=ablate, workers=workers)
    calm = murmur.hunt(scenario, runs, overrides=[*ablate, "faults=[]"], workers=workers)
    shrunk = None
    if hunt.findings:
        first = min(finding.numbers[0] for finding in hunt.findings)
        shrunk = murmur.shrink(hunt.scenario_of(first))
    return Measured(scenario, ablation, hunt, calm.rate, shrunk)


def table(rows: Iterable[Measured], kept: Iterable[str] = ()) -> str:
    """The table of the page: lines that are kept as they are, and the rows."""
    lines = [f"| {' | '.join(row.cells)} |\n" for row in rows]
    head = "".join(f"| {' | '.join(cells)} |\n" for cells in (HEADS, ("---",) * len(HEADS)))
    places = {f"| `{scenario}` |": place for place, scenario in enumerate(ABLATIONS)}
    return head + "".join(sorted([*kept, *lines], key=lambda line: places.get(line[: line.index("|", 2) + 1], 0)))


def rows_in(text: str) -> list[str]:
    """The rows of the table that a page holds now."""
    found = _TABLE.search(text)
    assert found is not None
    return found[0].splitlines(keepends=True)[3:]


def with_table(text: str, measured: str) -> str:
    """The text of a page with this table below its comment."""
    found, places = _TABLE.subn(lambda match: match[1] + measured, text)
    assert places == 1, "the page has one comment for the table"
    return found


def measure_all(scenarios: Iterable[str], runs: int | None, workers: int | None) -> Iterator[Measured]:
    """Measure protocols in these scenarios, whole and with each of its ablations."""
    for scenario in scenarios:
        for ablation in (WHOLE, *ABLATIONS[scenario]):
            measured = measure(scenario, ablation, runs or PLANS[scenario], workers)
            print(*measured.cells, sep=" | ", file=sys.stderr, flush=True)
            yield measured


def main() -> int:
    """Measure, write the table, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python tests/ablations.py", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, help="plans of faults for each ablation; 30 to 2000 by default")
    parser.add_argument("--workers", type=int, help="worker processes; one for each processor by default")
    parser.add_argument("scenario", nargs="*", choices=[*ABLATIONS, []], help="scenarios to measure; all by default")
    options = parser.parse_args()
    rows = list(measure_all(options.scenario or ABLATIONS, options.runs, options.workers))
    text = PAGE.read_text(encoding="utf-8")
    kept = [line for line in rows_in(text) if not any(line.startswith(f"| `{row.scenario}` |") for row in rows)]
    PAGE.write_text(with_table(text, table(rows, kept)), encoding="utf-8")
    wrong = [row.ablation or "the whole protocol" for row in rows if not row.as_it_should_be]
    print(f"not as it should be: {', '.join(wrong)}" if wrong else "all as it should be", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
