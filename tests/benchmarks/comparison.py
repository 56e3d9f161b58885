"""Comparisons: sides that do the same work, each in processes of its own, in rounds; the first side is the measure."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from statistics import median
from typing import Any

from contender import Measurement

CONTENDER = Path(__file__).with_name("contender.py")
LEFT_OUT = 3
"""Exit code of a side that cannot run here; it says why on standard error."""


@dataclass(frozen=True)
class Side:
    """One side: a label, the function that measures it (`module:function`) and its options."""

    label: str
    function: str
    options: dict[str, Any] = field(default_factory=dict)
    accelerator: bool = True


@dataclass(frozen=True)
class Comparison:
    """Sides whose checks must agree within `tolerance` (a share); None where their work differs by intent."""

    title: str
    operation: str
    sides: tuple[Side, ...]
    tolerance: float | None = 0.01


@dataclass(frozen=True)
class Result:
    """What the rounds gave for one side: its measurements, and per round the first side's cost over its own."""

    side: Side
    measurements: tuple[Measurement, ...]
    ratios: tuple[float, ...]
    left_out: str = ""

    @property
    def nanoseconds(self) -> float:
        """Median cost of one operation."""
        return median(measurement.nanoseconds for measurement in self.measurements)


class SideFailed(RuntimeError):
    """A side ended with an error, or did other work than the first."""


def run_side(side: Side) -> Measurement | str:
    """Measure a side once, in a process of its own; gives the reason when it cannot run here."""
    task = {"function": side.function, "options": side.options, "accelerator": side.accelerator}
    command = [sys.executable, str(CONTENDER), json.dumps(task)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == LEFT_OUT:
        return run.stderr.strip()
    if run.returncode:
        raise SideFailed(f"{side.label}: {run.stderr.strip()}")
    return Measurement(**json.loads(run.stdout))


def compare(comparison: Comparison, rounds: int, report: Callable[[str], None]) -> list[Result]:
    """Run all sides in turn, round by round, so that what slows the machine for a while slows them all."""
    taken: list[list[Measurement]] = [[] for _ in comparison.sides]
    left_out: dict[int, str] = {}
    for number in range(rounds):
        for index in _order(len(comparison.sides), number):
            if index in left_out:
                continue
            report(f"{comparison.title}, round {number + 1} of {rounds}: {comparison.sides[index].label}")
            measured = run_side(comparison.sides[index])
            if isinstance(measured, str):
                left_out[index] = measured
            else:
                taken[index].append(measured)
    for side, measurements in zip(comparison.sides, taken, strict=True):
        _agree(comparison, side, measurements, taken[0][0])
    return [
        Result(side, tuple(own), _ratios(taken[0], own), left_out.get(index, ""))
        for index, (side, own) in enumerate(zip(comparison.sides, taken, strict=True))
    ]


def _order(sides: int, number: int) -> Sequence[int]:
    """Every other round goes backwards, so that no side always follows the same one."""
    return range(sides) if number % 2 == 0 else range(sides - 1, -1, -1)


def _ratios(first: Sequence[Measurement], own: Sequence[Measurement]) -> tuple[float, ...]:
    return tuple(a.nanoseconds / b.nanoseconds for a, b in zip(first, own, strict=False))


def _agree(comparison: Comparison, side: Side, measurements: Sequence[Measurement], first: Measurement) -> None:
    if comparison.tolerance is None:
        return
    for measurement in measurements:
        for name, value in measurement.checks.items():
            expected = first.checks[name]
            if not isclose(value, expected, rel_tol=comparison.tolerance):
                raise SideFailed(f"{comparison.title}: {side.label} has {name} {value}, the first side {expected}")
