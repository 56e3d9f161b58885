"""Broadcasts: how a message reaches all, and in which order it is handed up."""
