"""Pairs of runs that share their chance: the same seed under each level of a factor, and by how much they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan
from numbers import Number
from typing import TYPE_CHECKING, Any, Final

from analysis.metrics import known_metric
from analysis.plots.study_values import runs_of
from analysis.plots.sweep import LEAST_RUNS
from analysis.study_view import StudyView, chosen_factor, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS: Final = 6
MOST_GROUPS: Final = 6
COLUMNS: Final = ("group", "level", "place", "seed", "value", "came")


def paired_frame(study: StudyView, metric: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Return the value of a metric for each seed under each level of a factor, a row for each run.

    Columns: `group`, the levels of the other factors in words; `level` and its `place` along the axis; `seed`; `value`
    (times in nanoseconds), NaN where a time never came, and `came`, whether it did. Only seeds that ran under at least
    two levels of their group are in it. `by` is the factor, by default the first with two to six levels. Raises
    InputError where there is none, or where no two cells share their seeds.
    """
    rows, chosen = runs_of(study), chosen_metric(study, metric)
    factor = _factor(study, by)
    others = [name for name in study.varied() if name != factor]
    if not known_metric(chosen).may_never_come:
        rows = rows[rows[chosen].notna()]
    levels = {str(level): place for place, level in enumerate(study.frame[factor].drop_duplicates())}
    frame = rows[["seed"]].assign(
        group=[_told(others, each) for each in rows[others].itertuples(index=False)] if others else "",
        level=rows[factor].map(str),
        place=rows[factor].map(lambda level: levels[str(level)]),
        value=rows[chosen].astype(float),
        came=rows[chosen].notna(),
    )[list(COLUMNS)]
    paired = frame.groupby(["group", "seed"])["level"].transform("nunique") > 1
    if not paired.any():
        raise InputError(_no_pairs(study, factor, others))
    frame = frame[paired].reset_index(drop=True)
    if frame["group"].nunique() > MOST_GROUPS:
        raise InputError(
            f"found {frame['group'].nunique()} sets of cells that differ in {factor} alone; the plot paired has at "
            f"most {MOST_GROUPS}: name another factor by --by (of {', '.join(study.varied())}), or have fewer "
            "values of the others"
        )
    return frame


def _no_pairs(study: StudyView, factor: str, others: Sequence[str]) -> str:
    """Return why no runs are pairs, and what would make some: cells that differ in one factor, or seeds in common."""
    if "point" in study.frame and (study.frame.groupby("point")[factor].nunique() < 2).all():
        return (
            f"no two points of the design of the study {study.name} differ in {factor} alone; the plot paired compares "
            f"cells that do: sweep {factor} in a study without a design, or draw the plot sensitivity of this one"
        )
    where = f" with the same {' and '.join(others)}" if others else ""
    return (
        f"no seed ran under two levels of {factor}{where} in the study {study.name}; the plot paired compares runs of "
        "one seed: have the study file say `chance: common`, sweep {factor}, and give it seeds that do not fail"
    )


def _told(factors: Sequence[str], levels: Sequence[Any]) -> str:
    """Return levels in words, numbers with the name of their factor."""
    pairs = zip(factors, levels, strict=True)
    return ", ".join(
        f"{factor.rpartition('.')[2]} {level}" if isinstance(level, Number) else str(level) for factor, level in pairs
    )


def _factor(study: StudyView, by: str | None) -> str:
    """Return the factor whose levels are compared; raises InputError where it has not two to six of them."""
    varied = study.varied()
    fitting = [name for name in varied if study.frame[name].nunique() <= MOST_LEVELS]
    if by is None:
        if not fitting:
            found = f"{' and '.join(varied)} of the study {study.name} has more than {MOST_LEVELS} levels"
            nothing = f"no factor of the study {study.name} varies"
            wanted = "the plot paired compares 2 to 6 levels of one: sweep some"
            raise InputError(f"{found if varied else nothing}; {wanted}")
        return fitting[0]
    chosen = chosen_factor(study, by)
    if chosen not in fitting:
        levels = study.frame[chosen].nunique()
        named = f"; by {' or '.join(fitting)} it can" if fitting else ""
        raise InputError(f"{chosen} has {levels} level{'s' * (levels != 1)}; the plot paired compares 2 to 6{named}")
    return chosen


def paired_differences(frame: pd.DataFrame) -> pd.DataFrame:
    """Return by how much each level is more than the first of its group, in the mean over seeds.

    Takes what `paired_frame` gives. Columns: `group`, `level`, `place`, `against` (the first level), `pairs` that have
    both values, `unfinished` pairs of which one or both never came and that the mean leaves out, `value`, and `low` and
    `high`, the 95 % interval (BCa bootstrap of pairs), NaN for fewer than six pairs.
    """
    import pandas as pd

    return pd.DataFrame(list(_differences(frame)), columns=list(_DIFFERENCE))


_DIFFERENCE: Final = ("group", "level", "place", "against", "pairs", "unfinished", "value", "low", "high")


def _differences(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    from analysis.statistics.differences import paired_difference

    for group, rows in frame.groupby("group", sort=False):
        values = rows.pivot(index="seed", columns="place", values="value")
        names = dict(zip(rows["place"], rows["level"], strict=True))
        ran = rows.assign(ran=True).pivot(index="seed", columns="place", values="ran").notna()
        first, *later = sorted(names)
        for place in later:
            both = values[[first, place]].dropna()
            begun = int((ran[first] & ran[place]).sum())
            found = paired_difference(both[first].tolist(), both[place].tolist(), "mean") if len(both) else None
            bounds = _bounds(None if found is None else found.value)
            if len(both) < LEAST_RUNS:
                bounds |= {"low": nan, "high": nan}
            names_of = {"group": group, "level": names[place], "place": place, "against": names[first]}
            yield {**names_of, "pairs": len(both), "unfinished": begun - len(both), **bounds}


def _bounds(found: Any) -> dict[str, float]:
    """Return an estimate and its interval, NaN for what is not known."""
    parts: Sequence[str] = ("value", "low", "high")
    numbers = {part: None if found is None else getattr(found, part) for part in parts}
    return {part: nan if number is None else float(number) for part, number in numbers.items()}
