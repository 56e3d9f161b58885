"""Random plans of faults against Raft with all of its features, drawn on or off: `python tests/raft_campaign.py`.

Clusters of 3, 5 and 7 servers take plans from every layer that Raft claims to survive. Nothing must be found: the
number of runs and what it bounds go into docs/raft.md, below its comment. Ends with 1 where anything is found.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import murmur
from scenarios.hunting.rate import rate_of
from sim.randomness import Stream, Streams

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "raft.md"
SCENARIO: Final = "raft-hunt"
PLANS_EACH: Final = 100
"""Plans of faults for each drawn set of features."""
_TABLE: Final = re.compile(r"(<!-- measured: raft campaign -->\n)(?:\|.*\n)*")
CHANGES: Final = "{at: 2s, add: [%d]}, {at: 4s, remove: [0]}, {at: 6s, transfer: anyone}, {at: 8s, add: [0]}"
"""Members that come and go, where %d is the spare node."""


@dataclass(frozen=True)
class Features:
    """A cluster with features on or off: how many servers, words for the table, and what to set in the scenario."""

    servers: int
    on: tuple[str, ...]
    overrides: tuple[str, ...]


def drawn(stream: Stream) -> Features:
    """Draw the size of a cluster, and each feature by a coin."""
    servers = stream.choice((3, 5, 7))
    on: list[str] = []
    overrides: list[str] = []

    def coin(name: str, *settings: str) -> bool:
        if stream.bernoulli(0.5):
            on.append(name)
            overrides.extend(settings)
            return True
        return False

    if not coin("pre-vote"):
        overrides.append("protocol.pre_vote=false")
    if not coin("check quorum"):
        overrides.append("protocol.check_quorum=false")
    coin("stickiness", "protocol.stickiness=true", "protocol.check_quorum=true")
    coin("pipeline", "protocol.pipeline=8")
    coin("one entry at a time", "protocol.batch=1")
    coin("sync time", "protocol.sync={kind: exponential, mean: 2ms}")
    coin("snapshots", "protocol.snapshot_every=20", "protocol.snapshot_chunk=64B")
    coin("joint consensus", "protocol.membership=joint")
    changes = coin("members change", f"workload.administration=[{CHANGES % servers}]")
    spare = servers + changes
    overrides += [f"topology.nodes={spare}", f"protocol.servers={servers}"]
    reads = stream.choice(("read-index", "lease", "log"))
    on.append(f"reads: {reads}")
    overrides.append(f"protocol.reads={reads}")
    if reads == "lease":  # clocks may be off by a tenth either way, and two faults may be in force at once
        overrides += ["protocol.drift_bound=2.0", "protocol.check_quorum=true"]
    if coin("bank", "protocol.state_machine=bank"):
        overrides += [
            "workload={kind: bank, clients: 4, accounts: 4, think: 100ms, until: 15s, administration: []}",
            "checks=[raft-safety, linearizable, progress, conserved-total, messages-balance]",
        ]
        on = [name for name in on if name != "members change"]
        overrides = [each for each in overrides if not each.startswith("workload.administration")]
    else:
        overrides.append("checks=[raft-safety, linearizable, progress, messages-balance]")
    return Features(servers, tuple(on), tuple(overrides))


@dataclass(frozen=True)
class Measured:
    """What a hunt with one set of features found."""

    features: Features
    hunt: murmur.Hunt


def measure(sets: int, root: int, workers: int | None) -> Iterator[Measured]:
    """Hunt with as many sets of features, each under plans of its own."""
    for number in range(sets):
        features = drawn(Streams(root).stream(f"features/{number}"))
        seed = Streams(root).seed(f"plans/{number}")
        hunt = murmur.hunt(SCENARIO, PLANS_EACH, overrides=[*features.overrides, f"seed={seed}"], workers=workers)
        found = "; ".join(f"{finding.check}: {finding.reason}, runs {finding.numbers}" for finding in hunt.findings)
        told = f"{number}: {features.servers} servers, {', '.join(features.on)}: {found or 'nothing'}"
        print(told, file=sys.stderr, flush=True)
        if found:
            print("   ", *features.overrides, f"seed={seed}", sep=" --set ", file=sys.stderr, flush=True)
        yield Measured(features, hunt)


def table(rows: list[Measured]) -> str:
    """How many plans each size and feature took, and what was found."""
    plans: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in rows:
        for name in ("all", f"{row.features.servers} servers", *row.features.on):
            plans[name] += row.hunt.runs
            found[name] += row.hunt.rate.found
    lines = ["| clusters with | plans | found | per 1,000, at 95 % below |\n", "| --- | --- | --- | --- |\n"]
    for name in ("all", *sorted(plans.keys() - {"all"})):
        bound = 1000 * rate_of(found[name], plans[name]).high
        lines.append(f"| {name} | {plans[name]:,} | {found[name]} | {bound:.2g} |\n")
    return "".join(lines)


def main() -> int:
    """Measure, write the table, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python tests/raft_campaign.py", description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=100, help=f"sets of features, {PLANS_EACH} plans each; 100")
    parser.add_argument("--seed", type=int, default=0, help="root seed of sets and plans")
    parser.add_argument("--workers", type=int, help="worker processes; one for each processor by default")
    parser.add_argument("--write", action="store_true", help="write the table into docs/raft.md")
    options = parser.parse_args()
    rows = list(measure(options.sets, options.seed, options.workers))
    measured = table(rows)
    print(measured)
    if options.write:
        text, places = _TABLE.subn(lambda match: match[1] + measured, PAGE.read_text(encoding="utf-8"))
        assert places == 1, "the page has one comment for the table"
        PAGE.write_text(text, encoding="utf-8")
    return 1 if any(row.hunt.findings for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
