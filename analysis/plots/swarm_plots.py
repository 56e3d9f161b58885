"""How plots of swarms of oscillators are drawn. Nothing of matplotlib is imported before one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.plots.run_view import RunView


def draw_animation(runs: Sequence[RunView], frames: str | None = None, **width: float) -> Figure:
    """Draw circle, topology and coherence, one moment after another."""
    from analysis.plots.film import draw_film
    from analysis.plots.film_frames import film_of

    return draw_film(film_of(runs[0], frames), **width)


def draw_basins(runs: Sequence[RunView], **width: float) -> Figure:
    """Draw the share of the runs that end in each state."""
    from analysis.plots import basins
    from analysis.plots.swarm_studies import basins_of_runs

    return basins.draw_basins(basins_of_runs(runs), **width)


def draw_coherence(runs: Sequence[RunView], **width: float) -> Figure:
    """Draw the coherence over time."""
    from analysis.plots import coherence
    from analysis.plots.coherence_figure import coherence_figure

    return coherence.draw_coherence(coherence_figure(runs), **width)


def draw_phases(runs: Sequence[RunView], at: str | None = None, **width: float) -> Figure:
    """Draw the agents on the circle at some moments."""
    from analysis.plots import phase_circle
    from analysis.plots.swarm_figures import phases_figure

    return phase_circle.draw_phases(phases_figure(runs[0], at), **width)


def draw_phase_raster(runs: Sequence[RunView], **width: float) -> Figure:
    """Draw the phases of all agents over time."""
    from analysis.plots.phase_raster import draw_raster
    from analysis.plots.swarm_figures import raster_figure

    return draw_raster(raster_figure(runs[0]), **width)


def draw_energy(runs: Sequence[RunView], **width: float) -> Figure:
    """Draw the energy of the agents beside their coherence."""
    from analysis.plots import energy
    from analysis.plots.coherence_figure import energy_figure

    return energy.draw_energy(energy_figure(runs[0]), **width)


def draw_load_over_time(runs: Sequence[RunView], interval: str | None = None, **width: float) -> Figure:
    """Draw what a shared resource had to bear over time."""
    from analysis.plots import load_over_time
    from analysis.plots.load_figure import load_over_time_figure

    return load_over_time.draw_load_over_time(load_over_time_figure(runs, interval), **width)


def draw_phase_map(runs: Sequence[RunView], at: str | None = None, **width: float) -> Figure:
    """Draw the phases on the topology at one moment."""
    from analysis.plots import phase_map
    from analysis.plots.swarm_figures import map_figure

    return phase_map.draw_phase_map(map_figure(runs[0], at), **width)
