"""The figures of a report on a study: the plots that suit it, of the metrics that it reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import join
from typing import Final

from analysis.metrics import known_metric
from analysis.plots.state_costs import COSTS
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.report.blocks import Figure
from analysis.report.pictures import picture_of, words_in
from analysis.report.run_figures import MOST_BYTES, Drawn, LeftOut, Watch
from analysis.report.words import metric_words
from analysis.study_view import StudyView
from topologies.errors import InputError

OF_EACH_METRIC: Final = ("distribution", "survival", "curves", "heat-map", "scaling")
MOST_LINES: Final = 8
"""Cells beyond which the distributions of further metrics are too many lines to be told apart."""
"""Plots that are drawn of each metric; the others of the first one alone."""
LIKE_OTHERS: Final = frozenset({"violin"})
"""Plots that show the same as another one."""
NEEDS_FACTORS: Final = {"curves": 1, "trade-off": 1, "paired": 1, "heat-map": 2, "small-multiples": 3}
"""Plots that compare cells, and by how many factors these have to differ for that to tell more than others do."""
NEEDS_UNIT: Final = {"throughput": "/s"}
NEEDS_METRIC: Final = {"state-costs": COSTS}
"""Plots that have no meaning for other metrics."""
MOST_METRICS: Final = 8
MOST_FIGURES: Final = 16
_OF_WHAT: Final = re.compile(r"^of a study[^,]*, ")


def study_figures(
    view: StudyView, metrics: Sequence[str], wanted: Sequence[str], watch: Watch
) -> tuple[Drawn, LeftOut]:
    """Return the figures of a study, those of the plots wanted or all that suit, and what is left out, and why.

    Raises InputError where a plot that was asked for cannot be drawn of any metric.
    """
    drawn: Drawn = []
    left_out: LeftOut = []
    room = MOST_BYTES
    for kind, metric in _planned(view, metrics, wanted):
        name = kind if metric is None else f"{kind} of {metric_words(metric).lower()}"
        watch(name)
        try:
            figure = _drawn(view, kind, metric)
        except InputError as error:
            left_out.append((name, error.message))
            continue
        if not wanted and (len(figure.picture.data) > room or len(drawn) >= MOST_FIGURES):
            left_out.append((name, f"there is no more room; draw it by itself: {figure.command}"))
            continue
        room -= len(figure.picture.data)
        drawn.append(figure)
    if wanted and not drawn:
        nothing = f"the study {view.name} reports no metric to draw; name one of its runs by --metric"
        raise InputError(left_out[0][1] if left_out else nothing)
    return _side_by_side(drawn, metrics), left_out


def _side_by_side(drawn: Drawn, metrics: Sequence[str]) -> Drawn:
    """Return the figures metric by metric, those of one column first, so that two of about one height share a row."""
    places = {_anchor(metric): place for place, metric in enumerate(metrics)}

    def order(figure: Figure) -> tuple[int, float, float]:
        metric = next((place for name, place in places.items() if figure.name.endswith(f"-{name}")), 0)
        return metric, round(figure.picture.width), -figure.picture.height

    return sorted(drawn, key=order)


def _planned(view: StudyView, metrics: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield which plots are tried: all of the first metric, then kind by kind, so that each metric has one."""
    kinds = list(wanted or (kind for kind in STUDY_PLOTS if kind not in LIKE_OTHERS))
    for kind in kinds if metrics else ():
        if kind == "basins":  # its metric is not to be chosen
            yield kind, None
        elif wanted or _tells(view, kind, metrics[0]):
            yield kind, metrics[0]
    for kind in kinds:
        for metric in metrics[1:MOST_METRICS]:
            if kind != "basins" and (wanted or (kind in OF_EACH_METRIC and _tells(view, kind, metric))):
                yield kind, metric


def _tells(view: StudyView, kind: str, metric: str) -> bool:
    """Whether a plot tells more than another one that is drawn: times that may never come have curves of their own."""
    never = known_metric(metric).may_never_come and bool(view.whole()[metric].isna().any())
    if kind in ("distribution", "survival"):
        few = metric == view.metrics[0] or view.frame["cell"].nunique() <= MOST_LINES
        return few and (kind == "survival") == never
    if len(view.varied()) < NEEDS_FACTORS.get(kind, 0):
        return False
    fits = kind not in NEEDS_METRIC or metric in NEEDS_METRIC[kind]
    return fits and known_metric(metric).unit.endswith(NEEDS_UNIT.get(kind, ""))


def _drawn(view: StudyView, kind: str, metric: str | None) -> Figure:
    figure = STUDY_PLOTS[kind].draw(view, metric, None)
    description = _OF_WHAT.sub("", STUDY_PLOTS[kind].description)
    caption = (
        f"{description[:1].upper()}{description[1:]}." if metric is None else f"{metric_words(metric)}: {description}."
    )
    anchor = f"figure-{kind}" if metric is None else f"figure-{kind}-{_anchor(metric)}"
    words = ["murmur", "plot", ".", kind, *(() if metric is None else ("--metric", metric))]
    return Figure(anchor, caption, f"{caption} {words_in(figure)}", picture_of(figure), join(words))


def _anchor(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
