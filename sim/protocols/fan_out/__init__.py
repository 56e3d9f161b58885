"""Calls that ask many at once and need the answers of enough of them."""
