"""Swarms of phase oscillators that pull one another into a common state, by messages or integrated together."""
