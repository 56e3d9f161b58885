"""Supervised workers that are started again all at once."""
