"""Faults of links: messages are lost, late, doubled, damaged, held, or wait for bandwidth."""
