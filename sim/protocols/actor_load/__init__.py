"""Actors that do one thing again and again, to see what it costs."""
