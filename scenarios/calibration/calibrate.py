"""Measures what operations on shared state cost on this machine, and writes it as a file that scenarios can take."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from analysis.estimates import Estimate, median_of
from scenarios.calibration.measures import Measure, measures
from scenarios.calibration.native import compiled, usable_cpus
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.calibration.native import Native

REPEATS: Final = 41
QUICK_REPEATS: Final = 7
MOST_REPEATS: Final = 10_000
HEADER: Final = """\
# What operations cost on one machine, measured by `murmur calibrate`. A scenario takes it by
# `murmur run SCENARIO --costs FILE`. Costs are whole nanoseconds of work, at least 1.
"""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number as it was measured: its median with a 95 % interval over the repeats."""

    measure: Measure
    estimate: Estimate
    repeats: int

    @property
    def cost(self) -> int:
        """The median in whole nanoseconds, at least 1."""
        return max(1, round(self.estimate.value))

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        low, high = (None if bound is None else _short(bound) for bound in (self.estimate.low, self.estimate.high))
        told = {"median": _short(self.estimate.value), "low": low, "high": high, "unit": self.measure.unit}
        return {**told, "repeats": self.repeats, "how": self.measure.how}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured, on which machine, and where it was written (None: nowhere)."""

    measurements: tuple[Measurement, ...]
    machine: dict[str, str | int]
    path: Path | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, as the file has it."""
        hardware: dict[str, dict[str, str]] = {}
        for one in self.measurements:
            if one.measure.field is not None:
                part, _, name = one.measure.field.partition(".")
                hardware.setdefault(part, {})[name] = f"{one.cost}ns"
        measured = {one.measure.name: one.plain() for one in self.measurements}
        return {"hardware": hardware, "machine": self.machine, "measured": measured}

    def overrides(self) -> dict[str, Any]:
        """Return the costs as overrides of a scenario whose nodes have one sort of hardware."""
        hardware = self.plain()["hardware"]
        return {f"hardware.{part}.{name}": cost for part, costs in hardware.items() for name, cost in costs.items()}

    def text(self) -> str:
        """Return it as the text of a file."""
        return HEADER + yaml.safe_dump(self.plain(), sort_keys=False, allow_unicode=True, width=120)


def calibrate(
    out: str | Path | None = None,
    *,
    repeats: int | None = None,
    quick: bool = False,
    on_measure: Callable[[str, int, int], None] | None = None,
) -> Calibration:
    """Measure what operations cost on this machine; takes seconds.

    Parameters: `out`, the file to write (None: none; one that is there is replaced if it is of this sort); `repeats` of
    each measurement, 41 unless given, or 7 if `quick`; `on_measure` is told the name of each before it is measured, how
    many were before it, and how many there are. Raises InputError where the file cannot be written, before measuring.
    """
    number = (QUICK_REPEATS if quick else REPEATS) if repeats is None else repeats
    if not 1 <= number <= MOST_REPEATS:
        raise InputError(f"repeats: found {number}; expected 1 to {MOST_REPEATS:,}")
    path = None if out is None else _writable(Path(out))
    with compiled() as native:
        planned = list(measures(native))
        done = tuple(_measured(planned, number, on_measure))
        calibration = Calibration(done, _machine(native), path)
    if path is not None:
        _write(path, calibration.text())
    return calibration


def _measured(
    planned: list[Measure], repeats: int, on_measure: Callable[[str, int, int], None] | None
) -> Iterator[Measurement]:
    for place, measure in enumerate(planned):
        if on_measure is not None:
            on_measure(measure.name, place, len(planned))
        values = [value for value in (measure.once() for _ in range(repeats)) if value is not None]
        estimate = median_of(values)
        if estimate is not None:
            yield Measurement(measure, estimate, len(values))


def _machine(native: Native | None) -> dict[str, str | int]:
    compiler = "none: what Python has was measured instead" if native is None else Path(native.compiler).name
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "processors": len(usable_cpus()),
        "python": platform.python_version(),
        "compiler": compiler,
    }


def _writable(path: Path) -> Path:
    """Return the path, if a file of costs may be put there."""
    from scenarios.calibration.cost_file import read_costs

    if path.is_dir():
        raise InputError(f"{path}: found a folder; expected the name of a file, such as {path / 'costs.yaml'}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: found no folder {path.parent}; make it, or name a file elsewhere")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{path}: found no right to write there; name a file elsewhere")
    if path.exists():
        try:
            read_costs(path)
        except InputError:
            raise InputError(f"{path}: found a file that is none of costs, and kept it; name another") from None
    return path


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _short(value: float) -> float:
    """Return a number with four digits that count."""
    return float(f"{value:.4g}")
