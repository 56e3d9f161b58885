"""What is to be run: one scenario under one seed, with its number among all that are to be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.randomness import Streams

LARGEST_NUMBER: Final = 2**48
"""Numbers of runs are below it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run: its number, its seed, and its scenario as plain data, whose own seed does not count.

    Tasks that share one scenario should share the same object, so that it crosses to a worker once for all of them.
    """

    number: int
    seed: int
    scenario: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Curves:
    """Time series that rows keep: their names, at 0 and so many times every `every` nanoseconds."""

    names: tuple[str, ...]
    every: int
    points: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What the tasks of one execution have in common beside their scenarios.

    `plugins` are the modules whose protocols may run; `graph_folder` is where relative paths of graph files count from;
    `censors` says whether a run that reaches its limit on events ends there, instead of in an error;
    `curves` are the time series that rows keep, if any.
    """

    plugins: tuple[str, ...] = ()
    graph_folder: Path | None = None
    censors: bool = False
    curves: Curves | None = None


def seed_of_run(root: int, number: int) -> int:
    """Return the seed of a run: the upper 64 bits of what the root seed gives to the name `run/NUMBER`.

    Runs are so independent of each other, and of the streams within the run of the root seed itself; the same number
    has the same seed however many runs there are.
    """
    return Streams(root).seed(f"run/{number}")
