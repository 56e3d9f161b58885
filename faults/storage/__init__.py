"""Faults of stable storage: writes are lost, torn, slow or refused, and what is read is wrong."""
