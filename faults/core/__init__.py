"""Faults of cores: they are slow, stall, or pause to collect garbage."""
