"""Nodes that carry out jobs on their cores."""
