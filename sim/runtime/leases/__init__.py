"""Leases: who may use a resource, and until when."""
