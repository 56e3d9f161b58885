"""Compares two studies that are on disk, or were just run: what changed beyond noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.study.result import Study, open_study
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.statistics.differences import StatisticName
    from analysis.study_comparison.comparison import StudyComparison
    from analysis.study_view import StudyView


def compare(
    first: Study | str | Path,
    second: Study | str | Path,
    *,
    metrics: Sequence[str] = (),
    pairs: Mapping[str, str] | None = None,
    cells: Sequence[str] = (),
    worse_by: float | None = None,
    statistic: StatisticName = "mean",
) -> StudyComparison:
    """Return what changed from one study to another: two versions, two protocols, or two cells of the same one.

    Cells belong together that have the same labels, and runs of them that have the same seed. Parameters: `metrics`,
    those to compare, by default those that both report; `pairs`, labels or numbers of cells of the first study with
    those of the second; `cells`, a choice of those of the first; `worse_by`, by how much anything may get worse, 0.05
    for 5 %; `statistic`, mean or median. Raises InputError where there is nothing to compare.
    """
    from analysis.metrics import known_metric
    from analysis.study_comparison.comparison import compare_studies

    for name in metrics:
        known_metric(name)
    one, other = (each if isinstance(each, Study) else open_study(each) for each in (first, second))
    return compare_studies(
        _view(one, metrics),
        _view(other, metrics),
        metrics=metrics,
        pairs=pairs,
        cells=cells,
        worse_by=worse_by,
        statistic=statistic,
    )


def _view(study: Study, metrics: Sequence[str]) -> StudyView:
    """Return what is seen of a study, by the name of its folder where it has one."""
    reported = replace(study, file=study.file.model_copy(update={"metrics": tuple(metrics)})) if metrics else study
    return replace(reported.view(), name=study.name if study.folder is None else str(study.folder))


def tolerance_of(text: str) -> float:
    """Return a bound such as `5%` or `0.05`; raises InputError for another."""
    number, percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        value = float(number) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InputError(f"found the bound {text[:40]!r}; expected a part such as 5%")
    return value


def named_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Return which cells belong together by texts such as `ring=star`; raises InputError for others."""
    found: dict[str, Any] = {}
    for text in pairs:
        one, equals, other = text.partition("=")
        if not (one.strip() and equals and other.strip()):
            raise InputError(f"found the pair {text[:80]!r}; expected a cell of either study, such as ring=star")
        found[one.strip()] = other.strip()
    return found
