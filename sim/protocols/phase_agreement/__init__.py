"""Agreement on a phase and a period without a swarm: told by a coordinator, or by a replicated log."""
