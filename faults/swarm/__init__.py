"""Faults of swarms: the state of many agents is disturbed, or their energy is gone."""
