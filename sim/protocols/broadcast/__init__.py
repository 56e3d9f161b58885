"""Broadcasts with a choice of how they spread, whether they are repaired, and in which order they are handed up."""
