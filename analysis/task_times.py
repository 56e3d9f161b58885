"""What became of the jobs of a run: when each came, how much work it was, how long it was in the system."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.records import Record


class TaskTimes:
    """Collects the jobs and tasks of a run.

    `work-begun` (planned, batched; counts_from, the end of the warm-up, and of a graph work and critical_path; ns)
    begins it; `finished` (served, sojourn; ns) is one job, `finished-jobs` (arrived, served, sojourn; tuples of ns) are
    many: where there are such, they hold all. `lost-job` is one that a crash took. `work-left` tells at the end of the
    run how many are left and for how long jobs were in the system, all together; `cores-busy` how long each core of a
    node was busy, and what its scheduler counted.
    """

    kinds = frozenset(
        ("work-begun", "finished", "finished-jobs", "lost-job", "resubmitted-job", "work-left", "cores-busy")
    )

    def __init__(self) -> None:
        self.begun: dict[str, Any] | None = None
        self.began_at = 0
        self.left: dict[str, Any] | None = None
        self.busy: dict[int, tuple[int, ...]] = {}
        self.counts: Counter[str] = Counter()
        self.end = 0
        self.lost = self.resubmitted = 0
        self.arrived, self.served, self.sojourn = array("q"), array("q"), array("q")

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; of one of another protocol that is called the same, nothing."""
        kind, fields = record.kind, record.fields
        if kind == "work-begun":
            self.begun, self.began_at = fields, record.time
        elif self.begun is None:
            return
        elif kind == "finished" and not self.begun["batched"]:
            self.arrived.append(record.time - fields["sojourn"])
            self.served.append(fields["served"])
            self.sojourn.append(fields["sojourn"])
        elif kind == "finished-jobs":
            for name in ("arrived", "served", "sojourn"):
                getattr(self, name).extend(fields[name])
        elif kind == "lost-job":
            self.lost += 1
        elif kind == "resubmitted-job":
            self.resubmitted += 1
        elif kind == "work-left":
            self.left = fields
        elif kind == "cores-busy":
            self.busy[fields["target"]] = fields["busy"]
            self.counts.update({name: value for name, value in fields.items() if name not in ("target", "busy")})

    def finish(self, end: int) -> None:
        """Let time pass to the end of the run, in nanoseconds."""
        self.end = end

    def settled(self, values: array[int]) -> NDArray[np.int64]:
        """Those of the values, one a finished job, whose job came after the warm-up."""
        import numpy as np

        since = self.begun["counts_from"] if self.begun else 0
        return np.array(values, np.int64)[np.array(self.arrived, np.int64) >= since]

    @property
    def waits(self) -> NDArray[np.int64]:
        """How long each finished job was in the system beyond what its work takes at full speed, in nanoseconds.

        Jobs that came within the warm-up are left out.
        """
        return self.settled(self.sojourn) - self.settled(self.served)

    @property
    def last_finish(self) -> int | None:
        """When the last job was finished, in nanoseconds; None where none was."""
        import numpy as np

        if not self.sojourn:
            return None
        return int((np.array(self.arrived, np.int64) + np.array(self.sojourn, np.int64)).max())

    @property
    def lasted(self) -> int:
        """Nanoseconds from the begin of the workload to the end of the run."""
        return self.end - self.began_at

    @property
    def cores(self) -> int:
        """How many cores jobs could go to."""
        return sum([len(busy) for busy in self.busy.values()])

    @property
    def maximum_load(self) -> int | None:
        """Most jobs at one place at the end of the run."""
        return len(self.left["places"]) - 1 if self.left else None
