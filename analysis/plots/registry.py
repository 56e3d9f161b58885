"""Every plot by its name. Nothing of matplotlib is imported before one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from analysis.plots.hardware_plots import (
    draw_cores,
    draw_latency_breakdown,
    draw_mailboxes,
    draw_steals,
    draw_utilisation,
)
from analysis.plots.swarm_plots import (
    draw_animation,
    draw_basins,
    draw_coherence,
    draw_energy,
    draw_load_over_time,
    draw_phase_map,
    draw_phase_raster,
    draw_phases,
)
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.plots.run_view import RunView
    from analysis.run_folder import RunFolder

NARROWEST_MM: Final = 60
WIDEST_MM: Final = 400
STILL: Final = ("png", "svg")
"""Formats of plots that do not move, the usual one first."""


class Draw(Protocol):
    """Draws runs; `width` in millimetres, None for the one that suits the plot.

    Options that a plot may have, None where not given: `around`, the moment that it shows, such as `election:2`;
    `at`, moments, such as `2s,4s`; `interval`, in which events are counted; `frames`, how many
    an animation has; `key`, whose history; `node`, whose cores or actors; `between`, from when to when, such as
    `1s,1.2s`.
    """

    def __call__(
        self, runs: Sequence[RunFolder | RunView], width: float | None = None, **options: str | None
    ) -> Figure:
        """Return the figure."""


@dataclass(frozen=True)
class PlotKind:
    """One plot: its name, what it shows in one line, how it is drawn, whether it takes several runs, and its options.

    The first of its formats is the one that it has unless another is asked for.
    `draw` raises InputError where the runs do not hold what the plot needs.
    """

    name: str
    description: str
    draw: Draw
    several_runs: bool = False
    options: tuple[str, ...] = ()
    formats: tuple[str, ...] = STILL


def _draw_spread(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.run_figures import spread_figure
    from analysis.plots.spread import draw_spread

    return draw_spread(spread_figure(runs), **width)


def _draw_topology(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.run_figures import topology_figure
    from analysis.plots.topology_snapshot import draw_topology

    return draw_topology(topology_figure(runs[0]), **width)


def _draw_load(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.message_load import draw_load
    from analysis.plots.run_figures import load_figure

    return draw_load(load_figure(runs[0]), **width)


def _draw_space_time(runs: Sequence[RunView], around: str | None = None, **width: float) -> Figure:
    from analysis.plots.election_figure import election_figure
    from analysis.plots.run_figures import space_time_figure
    from analysis.plots.space_time import draw_space_time
    from analysis.plots.theme import COLUMN_MM

    if around is None:
        return draw_space_time(space_time_figure(runs[0]), **width)
    return draw_space_time(election_figure(runs[0], around), **({"width": COLUMN_MM} | width))


def _draw_faults(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.fault_timeline import draw_faults
    from analysis.plots.run_figures import faults_figure

    return draw_faults(faults_figure(runs[0]), **width)


def _draw_leaders(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.consensus_figures import leaders_figure
    from analysis.plots.leaders import draw_leaders

    return draw_leaders(leaders_figure(runs[0]), **width)


def _draw_commit_index(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.commit_index import draw_commit_index
    from analysis.plots.consensus_figures import commit_index_figure

    return draw_commit_index(commit_index_figure(runs[0]), **width)


def _draw_latency(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.client_figures import service_figure
    from analysis.plots.client_service import draw_latency

    return draw_latency(service_figure(runs[0], "latency"), **width)


def _draw_availability(runs: Sequence[RunView], **width: float) -> Figure:
    from analysis.plots.client_figures import service_figure
    from analysis.plots.client_service import draw_availability

    return draw_availability(service_figure(runs[0], "availability"), **width)


def _draw_history(runs: Sequence[RunView], key: str | None = None, **width: float) -> Figure:
    from analysis.plots.history_bars import draw_history
    from analysis.plots.history_figure import history_figure

    return draw_history(history_figure(runs[0], key), **width)


def _plot(
    name: str,
    description: str,
    draw: Callable[..., Figure],
    several_runs: bool = False,
    options: tuple[str, ...] = (),
    formats: tuple[str, ...] = STILL,
) -> PlotKind:
    def checked(runs: Sequence[RunFolder | RunView], width: float | None = None, **given_options: str | None) -> Figure:
        from analysis.plots.run_view import RunView, view_of_folder

        given: dict[str, Any] = {**given_options, "width": width}
        chosen = {option: value for option, value in given.items() if value is not None}
        for option in sorted(chosen.keys() - {"width", *options}):
            having = ", ".join(plot.name for plot in PLOTS.values() if option in plot.options)
            raise InputError(f"the plot {name} has no option {option}; found {chosen[option]!r}: it is for {having}")
        if not runs or (len(runs) > 1 and not several_runs):
            wanted = "at least one run" if several_runs else "one run"
            raise InputError(f"the plot {name} takes {wanted}; found {len(runs)}")
        if width is not None and not NARROWEST_MM <= width <= WIDEST_MM:
            raise InputError(f"found a width of {width:g} mm; expected from {NARROWEST_MM} to {WIDEST_MM} mm")
        views = [run if isinstance(run, RunView) else view_of_folder(run) for run in runs]
        return draw(views, **chosen)

    return PlotKind(name, description, checked, several_runs, options, formats)


PLOTS: Final[dict[str, PlotKind]] = {
    plot.name: plot
    for plot in (
        _plot("spread", "how far it has spread over time; of several runs the median and a band", _draw_spread, True),
        _plot("topology", "the topology, each node coloured by when it was first reached", _draw_topology),
        _plot("load", "messages sent and received by each node, hubs named", _draw_load),
        _plot(
            "space-time",
            "an arrow for each message of a small run, or around an election, lost ones marked",
            _draw_space_time,
            options=("around",),
        ),
        _plot("faults", "a row for each fault: when it was on, on whom it struck, what it touched", _draw_faults),
        _plot("leaders", "a band for each server in the colour of its role, elections marked, terms", _draw_leaders),
        _plot("commit-index", "the commit index of each server over time", _draw_commit_index),
        _plot("latency", "latencies of clients' operations over time, with their quantiles", _draw_latency),
        _plot("availability", "clients' operations per second, and when no client could commit", _draw_availability),
        _plot(
            "history",
            "what clients saw of one key, with an order that explains it or the conflict",
            _draw_history,
            options=("key",),
        ),
        _plot(
            "coherence",
            "the coherence of a swarm over time, its goal, and when it was converged; of several runs a band",
            draw_coherence,
            several_runs=True,
        ),
        _plot(
            "phases",
            "agents of a swarm on the circle before, during and after faults, with the mean field as an arrow",
            draw_phases,
            options=("at",),
        ),
        _plot("phase-raster", "the phase of each agent of a swarm over time, a row for each", draw_phase_raster),
        _plot("phase-map", "the phases of a swarm on its topology", draw_phase_map, options=("at",)),
        _plot(
            "basins",
            "of a study or several runs, the share of swarms that end in each state",
            draw_basins,
            several_runs=True,
        ),
        _plot("energy", "the energy of the agents of a swarm beside their coherence", draw_energy),
        _plot(
            "load-over-time",
            "calls, running jobs or attempts to connect over time, and how often there are how many, run beside run",
            draw_load_over_time,
            several_runs=True,
            options=("interval",),
        ),
        _plot(
            "cores",
            "what each core ran over time, steals, and when cores were idle or parked",
            draw_cores,
            options=("node", "between"),
        ),
        _plot(
            "utilisation",
            "how busy cores were over time, and how many tasks waited for one",
            draw_utilisation,
            options=("node", "between"),
        ),
        _plot("steals", "which core stole how many tasks from which", draw_steals, options=("node", "between")),
        _plot(
            "latency-breakdown",
            "what latencies are made of, at each quantile: queues, cores, network",
            draw_latency_breakdown,
            options=("between",),
        ),
        _plot(
            "mailboxes",
            "the depths of actors' mailboxes over time, their watermarks, and when senders were held back",
            draw_mailboxes,
            options=("node", "between"),
        ),
        _plot(
            "animation",
            "a swarm on the circle and on its topology as time passes, as GIF or MP4",
            draw_animation,
            options=("frames",),
            formats=("gif", "mp4", *STILL),
        ),
    )
}
