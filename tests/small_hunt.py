"""A hunt in this process, for tests: `murmur.hunt` shares its runs out over processes, which cost more than a few."""

from __future__ import annotations

import murmur


def first_violated(scenario: str, overrides: list[str], runs: int) -> set[str]:
    """The checks that the first of so many runs violates in which any is; none where all hold."""
    for seed in range(runs):
        verdicts = murmur.run(scenario, seed=seed, overrides=overrides).verdicts
        violated = {verdict.check for verdict in verdicts if verdict.verdict == "violated"}
        if violated:
            return violated
    return set()
