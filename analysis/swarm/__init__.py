"""Swarms of phase oscillators, measured from their records."""
