"""Random pipelines while nodes that hold none of their items crash: `python tests/pipeline_campaign.py`.

Sources, stages and sink are on some nodes of a random topology; messages go over the others, which crash and restart
again and again, while links lose, double and reorder. Whatever happens, delivered + dropped + in memory must be what
was offered, nothing may be dropped under back-pressure, and no item may be delivered twice. What came of so many runs
goes into docs/actors.md, below its comment. Ends with 1 where a run does not balance.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import murmur
from sim.randomness import Stream, derive_seed

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "actors.md"
RUNS: Final = 1_000
_TABLE: Final = re.compile(r"(<!-- measured: pipeline campaign -->\n)(?:\|.*\n)*")
OVERFLOWS: Final = ("back-pressure", "back-pressure", "back-pressure", "drop-newest", "drop-oldest", "reject")


@dataclass(frozen=True, slots=True)
class Account:
    """Where the items of runs went, how often spare nodes crashed, and how many messages that cost."""

    offered: int = 0
    delivered: int = 0
    dropped: int = 0
    in_memory: int = 0
    twice: int = 0
    crashes: int = 0
    messages_lost: int = 0
    unbalanced: int = 0

    def __add__(self, other: Account) -> Account:
        return Account(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def drawn(number: int) -> dict[str, Any]:
    """The scenario of this number: a pipeline on some nodes, crashes of the others."""
    stream = Stream(derive_seed(number, "pipeline campaign"))
    nodes = 5 + stream.below(8)
    owners = sorted(stream.sample(range(nodes), 2 + stream.below(3)))
    stages = [_stage(stream, owners) for _ in range(1 + stream.below(3))]
    capacity = 1 + stream.below(30)
    return {
        "name": f"pipeline-{number}",
        "seed": number,
        "duration": f"{300 + stream.below(2_000)}ms",
        "topology": stream.choice(({"kind": "ring"}, {"kind": "star"}, {"kind": "random-regular", "degree": 4}))
        | {"nodes": nodes},
        "network": {
            "latency": {"kind": "exponential", "mean": f"{1 + stream.below(5)}ms"},
            "loss": round(0.1 * stream.random(), 3),
            "duplication": round(0.1 * stream.random(), 3),
        },
        "protocol": {
            "kind": "pipeline",
            "items": 40 + stream.below(150),
            "source_node": owners[0],
            "sink_node": owners[-1],
            "stages": stages,
            "runtime": {
                "mailbox": {"capacity": capacity, "overflow": stream.choice(OVERFLOWS)},
                "transport": {"window": 1 + stream.below(64), "first_timeout": "30ms", "longest_timeout": "200ms"},
            },
        }
        | ({"rate": f"{100 + stream.below(900)}/s", "arrivals": "poisson"} if stream.bernoulli(0.5) else {}),
        "faults": [_crashes(stream, spare) for spare in range(nodes) if spare not in owners],
        "checks": ["mailbox-bounded", "nothing-lost"],
    }


def _stage(stream: Stream, owners: list[int]) -> dict[str, Any]:
    return {
        "actors": 1 + stream.below(3),
        "nodes": [stream.choice(owners) for _ in range(1 + stream.below(2))],
        "wait": f"{stream.below(8)}ms",
    }


def _crashes(stream: Stream, node: int) -> dict[str, Any]:
    when = {
        "mean_time_between_failures": f"{50 + stream.below(300)}ms",
        "mean_time_to_repair": f"{5 + stream.below(60)}ms",
    }
    return {"kind": "crash", "target": node, "when": when}


def account(number: int) -> Account:
    """Run the scenario of this number, and count from its records where every item went."""
    scenario = drawn(number)
    run = murmur.run({**scenario, "detail": "states"})
    offered: set[int] = set()
    delivered: list[int] = []
    dropped: set[int] = set()
    held: set[int] = set()
    crashes = 0
    for record in run.records:
        if record.kind == "item-offered":
            offered.add(record.fields["item"])
        elif record.kind == "item-delivered":
            delivered.append(record.fields["item"])
        elif record.kind == "dropped-message":
            dropped.add(record.fields["message"])
        elif record.kind == "held" and not record.fields["lost"]:
            held.update(record.fields["messages"])
        crashes += record.kind == "crashed"
    there = set(delivered)
    dropped -= there
    held -= there | dropped
    balances = there | dropped | held == offered and run.exit_code != 1
    if scenario["protocol"]["runtime"]["mailbox"]["overflow"] == "back-pressure":
        balances = balances and not dropped
    return Account(
        len(offered),
        len(there),
        len(dropped),
        len(held),
        len(delivered) - len(there),
        crashes,
        run.summary["metrics"]["lost"] + run.summary["metrics"]["dropped"],
        int(not balances),
    )


def campaign(numbers: Iterable[int]) -> Iterator[tuple[int, Account]]:
    """Yield the number of each run and its account."""
    for number in numbers:
        yield number, account(number)


def table(runs: int, total: Account) -> str:
    """The table of the page."""
    heads = ("runs", "items offered", "delivered", "dropped on record", "in memory at the end", "delivered twice")
    heads += ("crashes of nodes between", "messages lost by crashes and links", "runs that do not balance")
    values = (runs, *(getattr(total, each.name) for each in fields(total)))
    lines = (heads, ("---",) * len(heads), tuple(f"{value:,}" for value in values))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> int:
    """Run the campaign, and print the table or write it into its page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--write", action="store_true", help="write the table into docs/actors.md")
    options = parser.parse_args()
    total = Account()
    for number, one in campaign(range(options.runs)):
        total += one
        if one.unbalanced:
            print(f"run {number} does not balance: {one}", file=sys.stderr)
    text = table(options.runs, total)
    print(text, end="")
    if options.write:
        PAGE.write_text(_TABLE.sub(lambda match: match[1] + text, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return int(total.unbalanced > 0)


if __name__ == "__main__":
    sys.exit(main())
