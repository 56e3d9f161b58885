"""The judge of linearizability on legal histories of an atomic store, record by record as a run tells them."""

import sys
import time
from pathlib import Path
from random import Random

from contender import Measurement

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def judge_side(operations: int, keys: int, clients: int, unknown: float = 0.0) -> Measurement:
    """Judge a history whose clients always have an operation outstanding, a share `unknown` of them without answer."""
    from analysis.history.linearizability import Linearizable
    from analysis.verdict import Subject
    from tests.agreement import END
    from tests.histories import legal_history

    records = legal_history(Random(1), operations, clients, keys, unknown)
    check = Linearizable(Subject(None, 0, "key-value"))
    start = time.process_time()
    for record in records:
        check.observe(record)
    verdict = check.finish(END)
    seconds = time.process_time() - start
    assert verdict.verdict == "holds", verdict
    return Measurement(seconds, operations, {}, notes={"all of it": f"{seconds:.1f} s"})
