"""Runs that several tests of plots draw."""

import pytest

from analysis.plots.run_view import RunView
from tests.unit.analysis.plots.consensus_runs import served_run
from tests.unit.analysis.plots.rumour_runs import FAULTS, rumour_run


@pytest.fixture(scope="session")
def broken() -> RunView:
    """A run of eight nodes in which a node crashes and restarts, one stays down, one pauses, and halves are parted."""
    return rumour_run({"kind": "mesh", "nodes": 8}, faults=FAULTS)


@pytest.fixture(scope="session")
def served() -> RunView:
    """A run of three servers of Raft with clients; the leader crashes and comes back."""
    return served_run()
