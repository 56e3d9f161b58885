"""Protocols that come with Murmur, each beside its paper."""
