"""Replicated registers, read and written by quorums."""
