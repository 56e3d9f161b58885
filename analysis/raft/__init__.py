"""Judges of Raft, who know only its records."""
