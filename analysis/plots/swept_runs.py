"""Several runs as plots of studies see them: what their scenarios differ in are the factors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from analysis.metrics import METRICS
from analysis.plots.run_figures import fields_of
from analysis.plots.study_plots import StudyView
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView

_NOT_FACTORS: Final = ("name", "description")


def study_of_runs(runs: Sequence[RunView], plot: str) -> StudyView:
    """Return runs as a study; raises InputError where their scenarios are all the same, or one has no metrics."""
    import pandas as pd

    scenarios = {json.dumps(run.scenario, sort_keys=True): run.scenario for run in runs}
    cells = {text: cell for cell, text in enumerate(scenarios)}
    fields = [dict(fields_of(scenario)) for scenario in scenarios.values()]
    paths = sorted({path for found in fields for path in found if path not in _NOT_FACTORS})
    factors = [path for path in paths if len({found.get(path) for found in fields}) > 1]
    if not factors:
        raise InputError(
            f"found {len(runs)} runs of one scenario; the plot {plot} needs runs that differ in a number, such as "
            "protocol.threads, or a study that sweeps it"
        )
    rows = []
    for run in runs:
        cell = cells[json.dumps(run.scenario, sort_keys=True)]
        values = {name: value for name, value in run.metrics().items() if name in METRICS and _is_number(value)}
        rows.append(
            {factor: fields[cell].get(factor, "–") for factor in factors} | {"cell": cell, "error": None} | values
        )
    name = ", ".join(dict.fromkeys(run.name for run in runs))
    return StudyView(name, pd.DataFrame(rows), factors, (), tuple(scenarios.values()))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
