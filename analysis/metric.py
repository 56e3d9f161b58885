"""What a named metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.measurements import Measurements

Value = int | float | str | bool | None | dict[str, int] | dict[str, float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what it says, its unit, and how it comes from the measurements.

    `applies` tells whether it has a meaning for a run; `value` gives a number, None where it is not known (such as the
    time of a convergence that did not come), or a mapping, of which `NAME.KEY` is a number.
    `may_never_come`: None of a run to which it applies is a time that did not come while the run lasted, so that it is
    later than all times that did; otherwise None only says that there is no value. `from_start`: it is a time from the
    beginning of the run, so that where it did not come it is known to be later than the end of the run.
    """

    name: str
    unit: str
    description: str
    applies: Callable[[Measurements], bool]
    value: Callable[[Measurements], Value]
    may_never_come: bool = False
    from_start: bool = False
