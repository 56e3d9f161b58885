"""Blind beside guided hunting, on the same budget of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.results import INDEX
from scenarios.hunting.hunt import hunt
from scenarios.hunting.rate import Rate, rate_of
from scenarios.run import given_scenario
from scenarios.seed import parse_seed
from sim.randomness import Streams
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.hunting.hunt import OnRows
    from scenarios.hunting.result import Hunt
    from scenarios.schema import Scenario

MODES: Final = {"blind": False, "guided": True}
"""Names of the two ways to hunt, and whether they are guided."""
MOST_REPETITIONS: Final = 1000


@dataclass(frozen=True)
class Side:
    """The hunts of one mode, one for each root seed."""

    mode: str
    hunts: tuple[Hunt, ...]

    @property
    def rate(self) -> Rate:
        """In how many of all runs something was found."""
        return rate_of(sum(each.rate.found for each in self.hunts), sum(each.rate.runs for each in self.hunts))

    @property
    def until_found(self) -> list[int | None]:
        """For each hunt, how many runs it took until something was found; None where nothing was."""
        return [each.first for each in self.hunts]

    @property
    def median_until_found(self) -> float | None:
        """The median of these; None where half of the hunts or more found nothing."""
        largest = max(each.rate.runs for each in self.hunts) + 1
        middle = median(largest if first is None else first for first in self.until_found)
        return None if middle >= largest else middle

    @property
    def kinds(self) -> int:
        """How many kinds of violations were found in all."""
        return len({finding.signature for each in self.hunts for finding in each.findings})

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "mode": self.mode,
            "seeds": [each.scenario.seed for each in self.hunts],
            "runs": self.rate.runs,
            "found": self.rate.found,
            "per_1000": 1000 * self.rate.share,
            "per_1000_interval": [1000 * self.rate.low, 1000 * self.rate.high],
            "runs_until_found": self.until_found,
            "median_runs_until_found": self.median_until_found,
            "kinds": self.kinds,
        }


def compare(
    scenario: Scenario | Mapping[str, Any] | str | Path,
    runs: int = 1000,
    repetitions: int = 1,
    *,
    seed: int | str | None = None,
    plugins: Sequence[str] = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_rows: Callable[[], OnRows] | None = None,
    **options: Any,
) -> tuple[Side, Side]:
    """Hunt blindly and guided with the same number of runs, under so many root seeds; gives both sides.

    The first root seed is `seed`, or that of the scenario; the others come from it. `on_rows` is called for
    each hunt, and gives what is handed its rows. Other options are as for `hunt`. Raises InputError as that does.
    """
    if not 1 <= repetitions <= MOST_REPETITIONS:
        raise InputError(f"repetitions: found {repetitions}; expected an integer from 1 to {MOST_REPETITIONS}")
    if out is not None:
        _refuse_what_stays(Path(out), repetitions)
    loaded = given_scenario(scenario, overrides, plugins)
    first = loaded.seed if seed is None else parse_seed(seed)
    roots = [first, *(Streams(first).seed(f"repetition/{number}") for number in range(1, repetitions))]

    def hunts(mode: str) -> Iterator[Hunt]:
        for number, root in enumerate(roots, 1):
            yield hunt(
                loaded,
                runs,
                seed=root,
                plugins=plugins,
                out=None if out is None else Path(out) / f"{mode}-{number}",
                guided=MODES[mode],
                on_rows=None if on_rows is None else on_rows(),
                **options,
            )

    blind, guided = (Side(mode, tuple(hunts(mode))) for mode in MODES)
    return blind, guided


def _refuse_what_stays(out: Path, repetitions: int) -> None:
    """Raise InputError where a folder holds what would stay beside a comparison: a hunt by itself, more repetitions."""
    if (out / INDEX).exists():
        raise InputError(f"{out} holds a hunt by itself; give another folder for the comparison")
    further = out / f"{next(iter(MODES))}-{repetitions + 1}"
    if further.exists():
        raise InputError(
            f"{out} holds more than {repetitions} repetition{'s' * (repetitions > 1)} already; "
            "ask for as many, or give another folder"
        )
