"""Plots of runs. matplotlib and seaborn are imported only here, and by `registry` only when a plot is drawn."""
