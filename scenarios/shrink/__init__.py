"""Shrinking: the smallest scenario that still does what a run did."""
