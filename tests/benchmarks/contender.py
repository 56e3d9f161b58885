"""Measures one side of a benchmark in this process, which is a fresh one, and prints what came out as JSON."""

import json
import resource
import sys
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """What one side did: seconds of processor time for so many operations, and values that show what work it was.

    `peak_memory` in bytes is of the whole process; `notes` are what else is worth to know, by what it is about.
    """

    seconds: float
    operations: int
    checks: dict[str, float]
    peak_memory: int = 0
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def nanoseconds(self) -> float:
        """Cost of one operation."""
        return self.seconds / self.operations * 1e9


def measure(task: dict[str, Any]) -> Measurement:
    """Run the named function of a benchmark module with its options."""
    if not task["accelerator"]:
        sys.modules["sim._accelerator"] = sys.modules["sim._event_queue"] = None  # type: ignore[assignment]
    module, function = task["function"].split(":")
    measurement: Measurement = getattr(import_module(module), function)(**task["options"])
    unit = 1 if sys.platform == "darwin" else 1024
    return replace(measurement, peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(json.loads(sys.argv[1])))))
