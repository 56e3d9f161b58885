"""Rhythms without a swarm: by the clock, by chance, or by a central scheduler."""
