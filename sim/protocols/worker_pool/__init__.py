"""Agents that workers update in steps, on the cores of one node."""
