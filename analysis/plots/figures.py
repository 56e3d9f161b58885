"""Figures of studies for notebooks, as `murmur.plots`: from a study to a tidy frame, and from a frame to a figure.

Of each plot there are two functions: `NAME_frame` takes `Study.view()`, `draw_NAME` such a frame, and returns a
matplotlib figure. Frames can be filtered and joined before they are drawn, figures changed before `save` writes them.
"""

from analysis.plots.boxes import box_frame, draw_box, draw_violin, violin_frame
from analysis.plots.curves import curves_frame, curves_medians, draw_curves
from analysis.plots.distribution import distribution_frame, draw_distribution
from analysis.plots.heat_map import draw_heat_map, heat_map_frame
from analysis.plots.paired import paired_differences, paired_frame
from analysis.plots.paired_slopes import draw_paired
from analysis.plots.save import save
from analysis.plots.scaling import laws_of, scaling_frame, scaling_points
from analysis.plots.scaling_laws import draw_scaling
from analysis.plots.sensitivity import sensitivity_frame
from analysis.plots.sensitivity_bars import draw_sensitivity
from analysis.plots.small_multiples import draw_small_multiples, small_multiples_frame
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.survival import draw_survival, survival_frame
from analysis.plots.theme import COLUMN_MM, PAGE_MM, SERIES, theme
from analysis.plots.trade_off import front_of, trade_off_frame
from analysis.plots.trade_off_points import draw_trade_off

__all__ = [
    "COLUMN_MM",
    "PAGE_MM",
    "SERIES",
    "STUDY_PLOTS",
    "box_frame",
    "curves_frame",
    "curves_medians",
    "distribution_frame",
    "draw_box",
    "draw_curves",
    "draw_distribution",
    "draw_heat_map",
    "draw_paired",
    "draw_scaling",
    "draw_sensitivity",
    "draw_small_multiples",
    "draw_survival",
    "draw_trade_off",
    "draw_violin",
    "front_of",
    "heat_map_frame",
    "laws_of",
    "paired_differences",
    "paired_frame",
    "save",
    "scaling_frame",
    "scaling_points",
    "sensitivity_frame",
    "small_multiples_frame",
    "survival_frame",
    "theme",
    "trade_off_frame",
    "violin_frame",
]
