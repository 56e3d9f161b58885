"""Whether the judge of linearizability agrees with trying every order: `python tests/agreement.py [HISTORIES]`.

Histories are small: five operations of up to three clients on one key, a third of them as an atomic store made them,
the others with one result changed; a fifth of the operations have no answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.history.linearizability import Linearizable
from analysis.history.operations import history_of
from analysis.manifest import RunBalance
from analysis.verdict import RunEnd, Subject
from tests.histories import damaged, has_an_order, legal_history

END = RunEnd(0, "duration", RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True))


def verdicts(seed: int) -> tuple[str, str]:
    """The verdict on a history, and the one that trying every order leads to."""
    chance = Random(seed)
    records = legal_history(chance, 5, unknown=0.2)
    if seed % 3:
        records = damaged(chance, records)
    check = Linearizable(Subject(None, 0, "key-value"))
    for record in records:
        check.observe(record)
    operations = history_of(records)
    if not any(each.is_certain for each in operations):
        expected = "unknown"
    else:
        expected = "holds" if has_an_order(operations) else "violated"
    return check.finish(END).verdict, expected


def compare(histories: int) -> int:
    """Judge that many histories, print how many of which kind there were, and return how many are judged wrongly."""
    found = [verdicts(seed) for seed in range(histories)]
    wrong = [seed for seed, (verdict, expected) in enumerate(found) if verdict != expected]
    kinds = {kind: sum(expected == kind for _, expected in found) for kind in ("holds", "violated", "unknown")}
    told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items())
    print(f"{histories:,} histories ({told}): {len(wrong)} judged otherwise{f', seeds {wrong[:10]}' if wrong else ''}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000) > 0)
