"""Faults of nodes: they stop, lose what they hold, leave, or become slow."""
