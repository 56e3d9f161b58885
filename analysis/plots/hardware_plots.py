"""How plots of cores and of actors are drawn. Nothing of matplotlib is imported before one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.plots.run_view import RunView


def draw_cores(runs: Sequence[RunView], node: str | None = None, between: str | None = None, **width: Any) -> Figure:
    """Draw what each core ran over time."""
    from analysis.plots import core_gantt
    from analysis.plots.hardware_figures import cores_figure

    return core_gantt.draw_cores(cores_figure(runs[0], node, between), **width)


def draw_utilisation(
    runs: Sequence[RunView], node: str | None = None, between: str | None = None, **width: Any
) -> Figure:
    """Draw how busy cores were, and what waited for them."""
    from analysis.plots import utilisation
    from analysis.plots.core_load import utilisation_figure

    return utilisation.draw_utilisation(utilisation_figure(runs[0], node, between), **width)


def draw_steals(runs: Sequence[RunView], node: str | None = None, between: str | None = None, **width: Any) -> Figure:
    """Draw which core stole how many tasks from which."""
    from analysis.plots import steal_graph
    from analysis.plots.hardware_figures import steals_figure

    return steal_graph.draw_steals(steals_figure(runs[0], node, between), **width)


def draw_latency_breakdown(runs: Sequence[RunView], between: str | None = None, **width: Any) -> Figure:
    """Draw what latencies are made of."""
    from analysis.plots.hardware_figures import breakdown_figure
    from analysis.plots.latency_breakdown import draw_breakdown

    return draw_breakdown(breakdown_figure(runs[0], between), **width)


def draw_mailboxes(
    runs: Sequence[RunView], node: str | None = None, between: str | None = None, **width: Any
) -> Figure:
    """Draw the depths of actors' mailboxes over time."""
    from analysis.plots import mailbox_depths
    from analysis.plots.mailbox_figure import mailboxes_figure

    return mailbox_depths.draw_mailboxes(mailboxes_figure(runs[0], node, between), **width)
