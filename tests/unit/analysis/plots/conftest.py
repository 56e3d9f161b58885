"""Runs that several tests of plots draw."""

from collections.abc import Callable

import pytest

from analysis.plots.run_view import RunView
from tests.unit.analysis.plots.consensus_runs import CONSENSUS_PLOTS, served_run
from tests.unit.analysis.plots.hardware_runs import CORE_PLOTS, MAILBOX_PLOTS, pressed_run, traced_run
from tests.unit.analysis.plots.rumour_runs import FAULTS, rumour_run
from tests.unit.analysis.plots.swarm_runs import SWARM_PLOTS, swarm_run


@pytest.fixture(scope="session")
def broken() -> RunView:
    """A run of eight nodes in which a node crashes and restarts, one stays down, one pauses, and halves are parted."""
    return rumour_run({"kind": "mesh", "nodes": 8}, faults=FAULTS)


@pytest.fixture(scope="session")
def served() -> RunView:
    """A run of three servers of Raft with clients; the leader crashes and comes back."""
    return served_run()


@pytest.fixture(scope="session")
def swarm() -> RunView:
    """A run of ten oscillators on a ring, cut in halves for a while; two crash, and one of them stays down."""
    return swarm_run()


@pytest.fixture(scope="session")
def traced() -> RunView:
    """A run of four cores that steal tasks from one another, one of which is slowed for a while."""
    return traced_run()


@pytest.fixture(scope="session")
def drawable(broken: RunView, served: RunView, swarm: RunView, traced: RunView) -> Callable[[str], RunView]:
    """The run that a plot can draw."""
    by_plot = dict.fromkeys(CONSENSUS_PLOTS, served) | dict.fromkeys(SWARM_PLOTS, swarm)
    by_plot |= dict.fromkeys(CORE_PLOTS, traced) | dict.fromkeys(MAILBOX_PLOTS, pressed_run())
    return lambda name: by_plot.get(name, broken)
