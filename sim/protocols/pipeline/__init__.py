"""A pipeline of actors."""
