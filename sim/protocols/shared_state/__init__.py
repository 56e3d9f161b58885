"""Threads on the cores of one node that read and update a structure which they share."""
