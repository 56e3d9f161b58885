"""Draws several plots of the same runs, or of the same study, in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from scenarios.plot import plot
from scenarios.plot_study import Format
from scenarios.run import Run
from scenarios.study.result import Study, is_study, open_study
from topologies.errors import InputError

ALL: Final = "all"
"""The word for all kinds that suit, where one names kinds."""
_OF_SOME_KINDS: Final = ("series.", "check.", "never.")
"""What stands before names of metrics that only some kinds know, which look at them themselves."""


def plot_all(
    runs: Run | Study | str | Path | Iterable[Run | str | Path],
    kinds: Sequence[str] = (),
    out: str | Path | None = None,
    *,
    format: Format | None = None,  # noqa: A002  the name that matplotlib gives it too
    left_out: Callable[[str, str], None] | None = None,
    **options: Any,
) -> list[Path]:
    """Draw several kinds of plots, and return the paths of the pictures, each called by its kind.

    Parameters: `kinds`, those to draw; none: all that suit the runs or the study, and `left_out` is told the kind and
    the reason of each of the others; `out`, the folder of the pictures, which is made where it is missing, by default
    that of the run or study; the others are those of `plot`. Raises InputError where a kind that is named cannot be
    drawn, or none can.
    """
    given = _opened([runs] if isinstance(runs, Run | Study | str | Path) else list(runs))
    if not kinds:
        _refuse_unknown_names(given, **options)
    place = _folder(out)
    drawn: list[Path] = []
    first: InputError | None = None
    for kind in dict.fromkeys(kinds or _kinds(given)):
        path = None if place is None else place / f"{kind}.{format or 'png'}"
        try:
            drawn.append(plot(given, kind, path, format=format or "png", **options))
        except InputError as error:
            if kinds:
                raise
            first = first or error
            if left_out is not None:
                left_out(kind, error.message)
    if first is not None and not drawn:
        raise first
    return drawn


def _opened(given: list[Any]) -> list[Any]:
    """Read each study once."""
    return [open_study(each) if isinstance(each, str | Path) and is_study(Path(each)) else each for each in given]


def _refuse_unknown_names(given: list[Any], **options: Any) -> None:
    """Raise InputError where a metric or a factor is none of the study's, which would leave out the kinds it is for."""
    from analysis.study_view import chosen_factor, chosen_metric

    for study in given:
        if isinstance(study, Study):
            view = study.view()
            for metric in ("metric", "against"):
                named = options.get(metric)
                if named is not None and not named.startswith(_OF_SOME_KINDS):
                    chosen_metric(view, named)
            for factor in ("x", "by"):
                if options.get(factor) is not None:
                    chosen_factor(view, options[factor])


def _folder(out: str | Path | None) -> Path | None:
    if out is None:
        return None
    place = Path(out)
    if place.suffix.lower() in (".png", ".svg", ".gif", ".mp4") or (place.exists() and not place.is_dir()):
        raise InputError(f"{place}: found a file for several pictures; name a folder by out")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{place}: cannot be made: {error.strerror or error}; name a folder of yours") from error
    return place


def _kinds(given: list[Any]) -> list[str]:
    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS

    return list(STUDY_PLOTS if any(isinstance(each, Study) for each in given) else PLOTS)
