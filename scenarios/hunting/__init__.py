"""The search for what breaks a protocol: many seeds, what they violate, how often, and which runs show it."""
