"""Leases: holders that compete for resources, an authority that gives them for a time, and a storage with a fence."""
