"""Faults of local clocks: they are off, drift, jump."""
