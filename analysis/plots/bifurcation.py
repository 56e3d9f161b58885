"""The coherence of swarms against the strength of their coupling, with the theory of the onset of synchrony."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.plots.spread import LINE_STYLES
from analysis.plots.theme import BLACK, COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from analysis.estimates import Estimate

_POINTS: Final = 200
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")


@dataclass(frozen=True)
class Theory:
    """A population of infinitely many oscillators, each coupled to all others, with natural frequencies of a `kind`.

    `width` (rad/s) is half the width at half of the maximum of a Lorentzian, and the standard deviation of a Gaussian.
    """

    kind: str
    width: float

    @property
    def onset(self) -> float:
        """Return the least strength with coherence, 2 / (π g(0)), where g is the density around its middle.

        Kuramoto, "Chemical Oscillations, Waves, and Turbulence", 1984; Strogatz, "From Kuramoto to Crawford", Physica
        D 143, 2000, equation 4.6. For a Lorentzian it is twice the width.
        """
        return 2 * self.width if self.kind == "lorentzian" else self.width * sqrt(8 / pi)

    def coherence(self, strength: float) -> float:
        """Return the coherence at a strength: sqrt(1 - onset / strength) for a Lorentzian, which is exact.

        For others the solution r of 1 = K ∫ cos²θ g(K r sin θ) dθ over |θ| ≤ π/2 (Strogatz 2000, equation 4.5).
        """
        if strength <= self.onset:
            return 0.0
        if self.kind == "lorentzian":
            return sqrt(1 - self.onset / strength)
        from scipy.integrate import quad
        from scipy.optimize import brentq
        from scipy.stats import norm

        def gap(coherence: float) -> float:
            density = norm(scale=self.width).pdf
            return float(
                strength
                * quad(
                    lambda angle: np.cos(angle) ** 2 * density(strength * coherence * np.sin(angle)), -pi / 2, pi / 2
                )[0]
                - 1
            )

        return float(brentq(gap, 1e-6, 1.0))


THEORIES: Final = ("lorentzian", "gaussian")
"""Distributions of which the theory is known here."""


@dataclass(frozen=True)
class BifurcationSeries:
    """One line: its words, the estimate of the coherence at each strength, and the theory where it applies."""

    label: str
    coherence: Mapping[float, Estimate]
    theory: Theory | None = None


@dataclass(frozen=True)
class BifurcationFigure:
    """A whole plot: its series, and its words."""

    series: Sequence[BifurcationSeries]
    name: str
    facts: str
    quantity: str = "Coherence R"


def draw_bifurcation(plot: BifurcationFigure, width: float = COLUMN_MM) -> Figure:
    """Draw points with their intervals, and theory as lines, `width` in millimetres."""
    strengths = [strength for series in plot.series for strength in series.coherence]
    with theme():
        figure, axes = new_figure(width, min(0.62 * width, 85))
        theories = list(dict.fromkeys(series.theory for series in plot.series if series.theory is not None))
        for number, theory in enumerate(theories):
            _draw_theory(axes, theory, number, np.linspace(min(strengths), max(strengths), _POINTS))
        for number, series in enumerate(plot.series):
            _draw_points(axes, series, number)
        axes.set_ylim(min(0.0, axes.get_ylim()[0]), 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_xlabel("Strength K of the coupling (rad/s)")
        axes.set_ylabel(plot.quantity)
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_theory(axes: Axes, theory: Theory, number: int, strengths: NDArray[np.float64]) -> None:
    at = np.unique(np.append(strengths, np.clip(theory.onset, strengths[0], strengths[-1])))
    values = [theory.coherence(strength) for strength in at]
    style: Any = LINE_STYLES[number % len(LINE_STYLES)]
    label = f"theory, {theory.kind} of width {theory.width:g}: onset at {theory.onset:.3g}"
    axes.plot(at, values, color=BLACK, linewidth=0.9, linestyle=style, label=label, zorder=2)


def _draw_points(axes: Axes, series: BifurcationSeries, number: int) -> None:
    strengths = sorted(series.coherence)
    found = [series.coherence[strength] for strength in strengths]
    values = np.array([each.value for each in found])
    low = values - [each.value if each.low is None else each.low for each in found]
    high = [each.value if each.high is None else each.high for each in found] - values
    look: dict[str, Any] = {"fmt": MARKERS[number % len(MARKERS)], "markersize": 3.2, "elinewidth": 0.9, "capsize": 1.5}
    color = SERIES[number % len(SERIES)]
    around = np.clip([low, high], 0, None)
    axes.errorbar(strengths, values, around, color=color, label=series.label or "mean of the runs", zorder=3, **look)
