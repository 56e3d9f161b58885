"""The memory of a node: a pool of regions that its agents take from."""
