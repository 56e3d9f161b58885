"""The runs of a study as its plots take them: one value for each seed at each place of a factor and in each group.

Statistics count seeds: where a plot puts cells together that differ in a factor it does not show, each seed gives one
value, the median of its runs there, so that no interval comes out too narrow because a seed was counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import inf, isfinite
from numbers import Number
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import Estimate, median_of
from analysis.metrics import known_metric
from analysis.study_view import StudyView, times_of
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

CHECK: Final = "check."
"""What stands before the name of a check in the frame of a study."""
OVER_TIME: Final = "series."
"""What stands before the name of a time series there."""
TIME: Final = "time"
"""What is looked along of a time series, in place of a factor; in nanoseconds."""
PANELS: Final = ("row", "column")


def values_frame(
    study: StudyView,
    metric: str,
    x: str | None = None,
    by: Sequence[str] | None = None,
    panels: Sequence[str | None] = (),
) -> pd.DataFrame:
    """Return a row for each replicate of each group at each value of `x`; runs that failed are left out.

    Columns: `group`, the values of the factors `by` (None: all that vary, save the others) in words, and its `number`
    in the order of the study, numbers of one factor in ascending order; `x`, the value of that factor, and its `place`;
    with `panels`, two factors (or None),
    `row` and `column`, their values, with `row_place` and `column_place`; `replicate`; `value`, times in nanoseconds;
    `came`, False where a time never came, whose value then is when it was censored. Runs without a value that is no
    time to come are left out. Of a time series, `series.NAME`, there is a row for each time, which is `x` then.
    `attrs` say which factors these are (`x`, `by`), which were put together (`over`), what all groups are called in
    their order (`order`), and in words what was left out (`left_out`).
    """
    import pandas as pd

    factors = [name for name in study.varied() if name != x and name not in panels] if by is None else list(by)
    rows, times, came = _measured(study, metric)
    if not len(rows):
        raise _nothing(study, "all failed" if not len(study.whole()) else f"none has a value of {metric}")
    every = list(dict.fromkeys(_levels(study.frame, factors)))
    if len(factors) == 1:
        every = [(level,) for level in factor_levels(study, factors[0])]
    numbers = {levels: number for number, levels in enumerate(every)}
    columns: dict[str, Any] = {
        "group": [told_levels(factors, levels) for levels in _levels(rows, factors)],
        "number": [numbers[levels] for levels in _levels(rows, factors)],
        **_placed(study, rows, x, "x", "place"),
        "replicate": _replicates(rows),
        "value": times,
        "came": came,
    }
    for name, factor in zip(PANELS, panels, strict=False):
        columns |= _placed(study, rows, factor, name, f"{name}_place")
    keys = [f"{name}_place" for name in PANELS[: len(panels)]] + ["number", "place", "replicate"]
    frame = _one_per_replicate(pd.DataFrame(columns), keys)
    frame.attrs = {
        "x": x,
        "by": factors,
        "over": [name for name in study.varied() if name not in (x, *factors, *panels)],
        "order": [told_levels(factors, levels) for levels in every],
        "left_out": _left_out(study, len(study.whole()) - _runs_in(rows, metric)),
    }
    return frame


def _placed(study: StudyView, rows: pd.DataFrame, factor: str | None, name: str, place: str) -> dict[str, Any]:
    """Return the values of a factor, and the place of each in their order; one empty value without a factor."""
    if factor is None:
        return {name: [""] * len(rows), place: [0] * len(rows)}
    levels = sorted(rows[TIME].unique()) if factor == TIME else factor_levels(study, factor)
    places = {level: number for number, level in enumerate(levels)}
    return {name: rows[factor].tolist(), place: [places[level] for level in rows[factor]]}


def _left_out(study: StudyView, missing: int) -> list[str]:
    """Return in words how many runs are not drawn, and why, or are drawn shorter than they were meant to be."""
    failed = len(study.frame) - len(study.whole())
    cut = int(study.whole()["censored"].notna().sum()) if "censored" in study.frame else 0
    counts = ((failed, "failed and left out"), (missing, "without a value left out"), (cut, "cut short"))
    return [f"{count} run{'s' * (count != 1)} {what}" for count, what in counts if count]


def _measured(study: StudyView, metric: str) -> tuple[pd.DataFrame, list[float], list[bool]]:
    """Return the runs that have a value, the values, and whether each came; of a check 1 where it is violated."""
    rows = study.whole()
    if metric.startswith(CHECK):
        return rows, (rows[metric] == "violated").astype(float).tolist(), [True] * len(rows)
    if metric.startswith(OVER_TIME):
        levels = study.frame.drop_duplicates("cell").set_index("cell")[list(study.factors)]
        rows = study.curves(metric.removeprefix(OVER_TIME)).join(levels, on="cell")
        return rows, rows["value"].tolist(), [True] * len(rows)
    if known_metric(metric).may_never_come:
        return rows, *times_of(rows, metric)
    rows = rows[rows[metric].notna()]
    return rows, rows[metric].astype(float).tolist(), [True] * len(rows)


def _runs_in(rows: pd.DataFrame, metric: str) -> int:
    return len(rows.drop_duplicates(["cell", "replicate"])) if metric.startswith(OVER_TIME) else len(rows)


def _levels(rows: pd.DataFrame, factors: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return rows[factors].itertuples(index=False, name=None) if factors else iter([()] * len(rows))


def runs_of(study: StudyView) -> pd.DataFrame:
    """Return the rows of the runs that did not fail; raises InputError where all did."""
    rows = study.whole()
    if not len(rows):
        raise _nothing(study, "all failed")
    return rows


def _nothing(study: StudyView, why: str) -> InputError:
    return InputError(f"found no run to draw in the study {study.name}: {why}; `murmur study` says why")


def factor_levels(study: StudyView, factor: str) -> list[Any]:
    """Return the different values of a factor: numbers in ascending order, others in that of the study."""
    values = list(dict.fromkeys(study.frame[factor]))
    numbers = all(isinstance(value, Number) and not isinstance(value, bool) for value in values)
    return sorted(values) if numbers else values


def _replicates(rows: pd.DataFrame) -> Any:
    for name in ("replicate", "seed"):
        if name in rows:
            return rows[name].to_numpy()
    return rows.groupby("cell").cumcount().to_numpy()


def _one_per_replicate(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put the runs of one replicate in one group at one place together, as their median.

    Where that is a time that did not come, it is later than the median of the times and the ends of runs.
    """
    if not frame.duplicated(keys).any():
        return frame.sort_values(keys, kind="stable").reset_index(drop=True)
    with_never = frame.assign(known=frame["value"].where(frame["came"], inf))
    medians = ("value", "known")
    how: dict[str, Any] = {
        name: (name, "median" if name in medians else "first")
        for name in map(str, with_never.columns)
        if name not in (*keys, "came")
    }
    found: pd.DataFrame = with_never.groupby(keys, sort=True).agg(**how).reset_index()
    found = found.assign(came=found["known"].map(isfinite))
    return found[list(frame.columns)]


def told_levels(factors: Sequence[str], levels: Sequence[Any]) -> str:
    """Return levels in words, numbers with the name of their factor."""
    return ", ".join(
        f"{factor.rpartition('.')[2]} {level}" if isinstance(level, Number) else str(level)
        for factor, level in zip(factors, levels, strict=True)
    )


@cache
def _drawn() -> frozenset[int]:
    """Return the letters that the font of plots has, as numbers."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def shortened(words: object, letters: int) -> str:
    """Return words on one line, cut in the middle to so many letters where they are longer, and never as a formula."""
    line = " ".join(str(words).split())
    line = "".join(letter if ord(letter) in _drawn() else "\N{WHITE SQUARE}" for letter in line)
    if len(line) > letters:
        ahead = (letters - 1) * 3 // 5
        line = f"{line[:ahead].rstrip()}…{line[len(line) - (letters - 1 - ahead) :].lstrip()}"
    return line.replace("$", r"\$")


def told_groups(frame: pd.DataFrame, letters: int = 38) -> dict[int, str]:
    """Return what each group is called in a legend, by its number, no two alike; nothing for one without a name."""
    told: dict[int, str] = {}
    for number, group in zip(frame["number"], frame["group"], strict=True):
        if number not in told:
            words = shortened(group, letters)
            words = f" {words}" if words.startswith("_") else words  # which would keep it out of a legend
            same = sum(words == other for other in told.values())
            told[number] = f"{words} ({same + 1})" if same else words
    return told


def median_with_interval(values: Sequence[float], came: Sequence[bool]) -> Estimate | None:
    """Return the median with its 95 % interval, infinite where the time did not come; None of nothing.

    Between two order statistics where what never came is known to be later than all that did; of Kaplan and Meier's
    curve where some runs ended before, so that their times may be among the others.
    """
    from analysis.statistics.survival import survival_of

    known = [value for value, whether in zip(values, came, strict=True) if whether]
    ends = [value for value, whether in zip(values, came, strict=True) if not whether]
    if not ends or not known or min(ends) >= max(known):
        return median_of(known, never=len(ends))
    found = survival_of(values, came)
    return None if found is None else found.median


def most_of(frame: pd.DataFrame, plot: str, most: int, what: str = "lines") -> None:
    """Raise InputError where there are more groups than a plot can show, or none."""
    if not len(frame):
        raise InputError(f"found no run in the frame; the plot {plot} needs some: filter less of it")
    found = frame["number"].nunique()
    if found > most:
        by = frame.attrs.get("by") or []
        name_one = f"tell them apart by one factor alone, with --by ({', '.join(by)}), or " if len(by) > 1 else ""
        apart = "draw small-multiples, " if len(by) > 1 and plot != "small-multiples" else ""
        raise InputError(
            f"found {found} {what}; the plot {plot} has at most {most}: {name_one}{apart}sweep fewer values"
        )


def facts_of(frame: pd.DataFrame, *words: str) -> str:
    """Return in words how many seeds there are, what else is to be said, and what was put together and left out."""
    sizes = frame["runs"] if "runs" in frame else frame.groupby(["number", "place"]).size()
    least, most = (int(sizes.min()), int(sizes.max())) if len(sizes) else (0, 0)
    counted = f"{least} run{'s' * (least != 1)}" if least == most else f"{least} to {most} runs"
    each = " each" if len(sizes) > 1 else ""
    over = frame.attrs.get("over") or []
    together = (
        [f"each the median over {' and '.join(shortened(name.rpartition('.')[2], 30) for name in over)}"]
        if over
        else []
    )
    return "; ".join(
        [f"{counted}{each}", *together, *(word for word in words if word), *frame.attrs.get("left_out", [])]
    )
