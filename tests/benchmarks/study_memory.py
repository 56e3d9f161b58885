"""Peak memory of the process that keeps a study, by its runs: `python tests/benchmarks/study_memory.py 50000`.

The runs themselves are left out: workers hand back the row of one real run with other numbers in it, so that what is
measured is keeping rows, putting them together and answering, for as many as wanted in seconds.
"""

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

STUDY: dict[str, Any] = {
    "name": "memory",
    "scenario": "gossip-mesh",
    "set": {"topology.nodes": 8},
    "sweep": {"network.loss": [0, 0.01, 0.02, 0.05]},
    "metrics": ["converged_at", "messages_per_node", "messages_by_kind.Rumour"],
}


class Copies:
    """Carries out what it is handed by changing the row of one run."""

    number = 2

    def __init__(self, setting: Any) -> None:
        self.setting = setting
        self.row: dict[str, Any] = {}

    def carry_out(self, schedule: Any) -> Iterator[list[tuple[dict[str, Any], float]]]:
        """Yield rows of all batches."""
        from scenarios.execution.row import rows_of

        while (batch := schedule.next()) is not None:
            if not self.row:
                ((self.row, _),) = rows_of(self.setting, batch.tasks[:1])
            schedule.took(len(batch.tasks), 0.005 * len(batch.tasks))
            yield [(self._copy(task.number, task.seed), 0.005) for task in batch.tasks]

    def _copy(self, number: int, seed: int) -> dict[str, Any]:
        said = {"number": number, "seed": seed, "digest": f"{seed:032x}"}
        return self.row | said | {"metric.converged_at": 1_000_000_000 + seed % 1_000_000_007}


def main(runs: int) -> None:
    """Keep a study of so many runs, and say what that took."""
    from scenarios.study.design import design_of
    from scenarios.study.study import run_design

    design = design_of(STUDY, seeds=runs // len(STUDY["sweep"]["network.loss"]))
    with TemporaryDirectory() as place:
        began = time.perf_counter()
        kept: Any = run_design(design, workers=Copies(design.setting), out=Path(place) / "study")  # type: ignore[arg-type]
        seconds = time.perf_counter() - began
        size = (Path(place) / "study" / "results.parquet").stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{kept.stored.count:,} runs: peak {peak:,.0f} MB, {seconds:.1f} s, results.parquet {size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(int(sys.argv[1]))
