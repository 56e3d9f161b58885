"""Partitions: who cannot reach whom."""
