"""Workloads: what is asked of the nodes from outside."""
