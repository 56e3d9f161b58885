"""A fault that ends others is right only where an earlier one begins them."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.schema import scenario_of
from topologies.errors import InputError


@pytest.mark.parametrize(
    "earlier",
    [
        {"kind": "crash-loop", "target": 1, "down_for": "1s", "up_for": "1s"},
        {"kind": "rolling-restart", "target": "all", "down_for": "1s"},
        {"kind": "churn", "session": "1s", "absence": "1s", "keep_disk": True},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_restart_may_end_whatever_crashes_nodes(earlier: dict[str, Any]) -> None:
    """A scenario with a restart is right where an earlier fault crashes nodes, and wrong where none does."""
    plain = {"name": "x", "duration": "9s", "topology": {"kind": "mesh", "nodes": 3}, "protocol": {"kind": "gossip"}}
    restart = {"kind": "restart", "target": "all", "at": "5s"}
    assert scenario_of({**plain, "faults": [{**earlier, "at": "1s"}, restart]})
    with pytest.raises(InputError, match="with no earlier 'crash'"):
        scenario_of({**plain, "faults": [{**earlier, "at": "6s"}, restart]})
