"""From studies and sets of runs of swarms to what the plots of their states and of the onset of synchrony draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.estimates import mean_of
from analysis.metrics_of_swarms import RINGS
from analysis.plots.basins import OTHER, BasinFigure, BasinSeries, State, counted, draw_basins, ring_state, state_of
from analysis.plots.bifurcation import THEORIES, BifurcationFigure, BifurcationSeries, Theory, draw_bifurcation
from analysis.plots.run_figures import by_scenario, facts, labels_of
from analysis.plots.swarm_course import swarm_course
from analysis.swarm.order import coherence, winding
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from analysis.plots.run_view import RunView
    from analysis.study_view import StudyView

MOST_SETS: Final = 4
MOST_LINES: Final = 8
COHERENCE: Final = "coherence_mean"


def basins_figure(study: StudyView, metric: str | None, **width: float) -> Figure:
    """Draw where the runs of a study end; there is no metric to choose."""
    if metric is not None:
        raise InputError(f"found the metric {metric[:40]!r}; the plot basins draws the states of swarms: leave it out")
    return draw_basins(basins_of_study(study), **width)


def bifurcation_figure(study: StudyView, metric: str | None, **width: float) -> Figure:
    """Draw a metric of a study, the mean coherence unless said, against the strength of the coupling."""
    return draw_bifurcation(bifurcation_of_study(study, metric), **width)


def basins_of_runs(runs: Sequence[RunView]) -> BasinFigure:
    """Return how many runs end in each state, those of one scenario as one set."""
    groups = by_scenario(runs)
    _refuse_many(len(groups), MOST_SETS, "basins", "sets of runs")
    labels = labels_of([group[0].scenario for group in groups])
    series = [BasinSeries(label, counted(map(_end_state, group))) for label, group in zip(labels, groups, strict=True)]
    told = f"{facts(runs)}; {_runs_told([each.runs for each in series])}, intervals of 95 %"
    return BasinFigure(series, ", ".join(dict.fromkeys(run.name for run in runs)), told)


def _end_state(run: RunView) -> State:
    phases = swarm_course(run, "basins").phases_at(run.end)
    known = phases[np.isfinite(phases)]
    if not len(known):
        return OTHER
    if run.topology().kind in RINGS:
        if len(known) < len(phases):
            return OTHER
        found = winding(phases)
        return ring_state(found.number, found.twisted)
    return state_of(coherence(known), coherence(known, 2))


def basins_of_study(study: StudyView) -> BasinFigure:
    """Return how many runs of each cell end in each state, by the metrics of its runs."""
    groups = list(_cells(study))
    _refuse_many(len(groups), MOST_SETS, "basins", "cells")
    series = [BasinSeries(label, counted(_states(study, cell))) for label, _, cell in groups]
    of_each = " in each cell" if len(series) > 1 else ""
    told = f"{_runs_told([each.runs for each in series])}{of_each}, intervals of 95 %"
    return BasinFigure(series, study.name, told)


def _states(study: StudyView, runs: pd.DataFrame) -> Iterator[State]:
    on_ring = "winding" in runs and runs["winding"].notna().any()
    needed = ("winding", "twisted") if on_ring else ("coherence", "coherence_r2")
    if not all(name in runs and runs[name].notna().any() for name in needed):
        raise InputError(
            f"the study {study.name} has no {' and '.join(needed)}, which the plot basins needs; draw a study of swarms"
        )
    for one, other in zip(*(runs[name].astype(float) for name in needed), strict=True):
        if np.isnan(one) or np.isnan(other):
            yield OTHER
        else:
            yield ring_state(round(one), bool(other)) if on_ring else state_of(one, other)


def _runs_told(runs: Sequence[int]) -> str:
    least, most = min(runs), max(runs)
    told = f"{most} runs" if least == most else f"{least} to {most} runs"
    return told.replace("1 runs", "1 run") if most == 1 else told


def _refuse_many(found: int, most: int, plot: str, what: str) -> None:
    if found > most:
        raise InputError(f"found {found} {what}; the plot {plot} has at most {most}: draw fewer")


def _cells(study: StudyView, without: str = "") -> Iterator[tuple[str, int, pd.DataFrame]]:
    """Yield words, number and whole runs of each cell; words are of the factors that vary, save one."""
    varied = [name for name in study.factors if study.frame[name].nunique() > 1 and name != without]
    for number, runs in study.frame.groupby("cell"):
        whole = runs[runs["error"].isna()]
        if len(whole):
            yield ", ".join(f"{name} {whole[name].iloc[0]}" for name in varied), int(str(number)), whole


def bifurcation_of_study(study: StudyView, metric: str | None) -> BifurcationFigure:
    """Return the mean of a metric, the mean coherence unless said, at each strength of the coupling.

    Raises InputError where the study does not sweep the strength of swarms.
    """
    chosen = metric or COHERENCE
    if chosen not in study.frame or not study.frame[chosen].notna().any():
        raise InputError(f"no run of the study {study.name} has a value of {chosen}; draw a study of swarms")
    strengths = [_strength(scenario) for scenario in study.scenarios]
    if len({strength for strength in strengths if strength is not None}) < 2:
        raise InputError(
            f"the study {study.name} has one strength of the coupling; the plot bifurcation needs one that sweeps it, "
            "such as protocol.strength of kuramoto"
        )
    found: dict[str, dict[float, Any]] = {}
    theories: dict[str, Theory | None] = {}
    for label, cell, runs in _cells(study, _factor_of(study, strengths)):
        strength, estimate = strengths[cell], mean_of(runs[chosen].dropna().astype(float).tolist())
        if strength is None or estimate is None:
            continue
        found.setdefault(label, {})[strength] = estimate
        theories[label] = theory_of(study.scenarios[cell]) if chosen in (COHERENCE, "coherence") else None
    _refuse_many(len(found), MOST_LINES, "bifurcation", "sets of points")
    series = [BifurcationSeries(label, found[label], theories[label]) for label in found]
    runs_each = sorted(study.frame.groupby("cell").size().unique().tolist())
    sure = any(estimate.low is not None for line in found.values() for estimate in line.values())
    told = f"{_runs_told(runs_each)} at each point; mean{' with an interval of 95 %' if sure else ''}"
    quantity = "Mean coherence R" if chosen == COHERENCE else chosen.replace("_", " ").capitalize()
    return BifurcationFigure(series, study.name, told, quantity)


def _strength(scenario: Mapping[str, Any]) -> float | None:
    """Return the strength of the coupling of a scenario (rad/s), where it states one."""
    protocol = scenario.get("protocol", {})
    found = protocol.get("strength", (protocol.get("strategy") or {}).get("strength"))
    return None if found is None else float(found)


def _factor_of(study: StudyView, strengths: Sequence[float | None]) -> str:
    """Return the factor that is the strength itself, so that it need not be in words."""
    for name in study.factors:
        values = study.frame.groupby("cell")[name].first()
        if all(_is_number(value, strengths[int(str(cell))]) for cell, value in values.items()):
            return name
    return ""


def _is_number(value: Any, number: float | None) -> bool:
    try:
        return number is not None and float(value) == number
    except (TypeError, ValueError):
        return False


def theory_of(scenario: Mapping[str, Any]) -> Theory | None:
    """Return the theory that a scenario is an example of; None where there is none for it.

    It holds for a complete graph whose coupling is divided by the number of agents, with neither lag, delay nor noise.
    """
    protocol, topology = scenario.get("protocol", {}), scenario.get("topology", {})
    frequencies = protocol.get("frequencies") or {}
    off = ("lag", "delay", "noise")
    if topology.get("kind") != "mesh" or frequencies.get("kind") not in THEORIES or not frequencies.get("width"):
        return None
    if protocol.get("normalization") == "none" or protocol.get("learning"):
        return None
    if protocol.get("kind") != "kuramoto" or any(protocol.get(name) not in (None, 0, 0.0, "0") for name in off):
        return None
    return Theory(frequencies["kind"], float(frequencies["width"]))
