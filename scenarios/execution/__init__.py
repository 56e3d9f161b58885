"""The execution layer: many (scenario, seed) pairs on spawned processes, one row for each run, restartable."""
