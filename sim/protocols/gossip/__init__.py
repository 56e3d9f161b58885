"""Gossip: rumour mongering and anti-entropy over versioned key-value state."""
