"""The built-in studies of what swarms are used for: what stands in their tables, from a single seed of each cell."""

from functools import cache, partial
from math import inf

import pytest

from scenarios.run import run
from scenarios.study.cells import Cell
from scenarios.study.design import design_of
from sim.units import parse_duration


@cache
def cells(name: str) -> list[Cell]:
    """The cells of a built-in study."""
    return list(design_of(name).cells)


def measured(name: str, wanted: dict[str, str], metric: str, duration: str | None = None) -> float:
    """A metric of a run of the cell with these labels, infinite where it is a time that never came."""
    (cell,) = (each for each in cells(name) if wanted.items() <= each.labels.items())
    changed = {"duration": parse_duration(duration)} if duration else {}
    found = run(cell.scenario.model_copy(update=changed)).metrics[metric]
    assert found is None or isinstance(found, int | float)
    return inf if found is None else found


def test_the_studies_have_their_cells() -> None:
    """No cell of the four studies has a contradiction in it, and each way meets each fault."""
    numbers = {"batching": 10, "cron": 21, "connection-pool": 6, "phase-agreement": 30}
    assert {name: len(cells(name)) for name in numbers} == numbers


def test_windows_save_calls_and_synchrony_only_behind_a_gateway() -> None:
    """A swarm calls as often as windows do, until a gateway merges what comes together."""
    calls = {
        way: measured("batching", {"way": way}, "calls_per_second", duration="3s")
        for way in ("windows", "swarm 0.9", "windows, gateway", "swarm 0.9, gateway")
    }
    assert calls["swarm 0.9"] == pytest.approx(calls["windows"], rel=0.1)
    assert calls["windows, gateway"] > 1.4 * calls["swarm 0.9, gateway"]


def test_a_swarm_keeps_jobs_apart_and_repulsion_alone_does_not() -> None:
    """Agents with a place of their own run two jobs at once; those that only repel bunch as random offsets do."""
    jobs = partial(measured, "cron", metric="jobs_running_peak_second_half", duration="10h")
    at_most = {
        way: jobs({"way": way, "fault": "none"}) for way in ("swarm, arc", "swarm, attract", "central scheduler")
    }
    assert at_most["central scheduler"] == 1
    assert at_most["swarm, arc"] == 2
    assert at_most["swarm, attract"] > 3


def test_a_coherence_of_seven_tenths_bunches_attempts() -> None:
    """Clients of a swarm with the coherence that is promised come closer together than at random."""
    most = partial(measured, "connection-pool", metric="load_peak_second_half", duration="1s")
    assert most({"way": "swarm 0.7"}) > 1.3 * most({"way": "offsets drawn once"})


@pytest.mark.parametrize(
    ("system", "fault", "agrees"),
    [
        ("coordinator", "first agent dies", False),
        ("coordinator, failover", "first agent dies", True),
        ("raft", "its region dies", True),
        ("raft", "clocks 50 ms off", False),
        ("swarm", "clocks 50 ms off", True),
        ("swarm", "its region dies", True),
    ],
)
def test_who_agrees_again(system: str, fault: str, agrees: bool) -> None:
    """A coordinator's death ends what only it can tell, and clocks that are off end what is reckoned by them."""
    at = measured("phase-agreement", {"system": system, "fault": fault}, "converged_at", duration="8s")
    assert (at < inf) == agrees
