"""A trading swarm: market analysers, a risk manager with a standby, an execution engine."""
