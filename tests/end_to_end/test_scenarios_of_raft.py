"""The built-in scenarios of Raft show what their descriptions say, and not what they say without it."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.run import run
from sim.units import SECOND


def metrics(name: str, *overrides: str) -> dict[str, Any]:
    """The metrics of a built-in scenario with fields changed."""
    return run(name, overrides=list(overrides)).metrics


@pytest.mark.parametrize("name", ["raft-flapping", "raft-bridge"])
def test_pre_vote_keeps_the_peace(name: str) -> None:
    """Who misses the leader deposes it, unless it asks before (9.6)."""
    assert metrics(name)["leaders_elected"] == 1
    assert metrics(name, "protocol.pre_vote=false")["leaders_elected"] > 1


def test_overload_alone_brings_elections_about() -> None:
    """On two slow cores leaders are deposed though nothing is broken, on three the first one stays."""
    three = ("hardware.cores=3", "hardware.speeds=[0.2, 0.2, 0.2]")
    assert metrics("raft-overload")["leaders_elected"] > 1
    assert metrics("raft-overload", *three)["leaders_elected"] == 1


def test_leader_that_hears_nobody_steps_down() -> None:
    """Without check_quorum its heartbeats keep everyone from electing another, as long as it is cut off (6.2)."""
    assert metrics("raft-one-way-partition")["longest_unavailability"] < SECOND
    assert metrics("raft-one-way-partition", "protocol.check_quorum=false")["longest_unavailability"] > 5 * SECOND


def test_reads_cost_what_they_wait_for() -> None:
    """A lease costs nothing, a round of heartbeats a round trip, and the log that and the wait for an entry before."""
    lease, index, log = (
        metrics("raft-lease-reads", f"protocol.reads={reads}")["latency_p50"]
        for reads in ("lease", "read-index", "log")
    )
    assert lease < index <= log


def test_one_slow_follower_costs_nothing_and_four_do() -> None:
    """The leader waits for the faster half of the others."""
    none, one, four = (
        metrics("raft-slow-follower", f"faults[0].chance={first}", f"faults[1].chance={second}")["latency_p90"]
        for first, second in ((0, 0), (1, 0), (0, 1))
    )
    assert one < 1.2 * none
    assert four > 2 * none


def test_nobody_is_served_without_the_hub_or_the_root() -> None:
    """A star without its hub, and a tree without its root, hold no majority; a ring without its leader does."""
    assert metrics("raft-star")["longest_unavailability"] > 5 * SECOND
    assert metrics("raft-hierarchical")["longest_unavailability"] > 3 * SECOND
    assert metrics("raft-ring")["longest_unavailability"] < SECOND


def test_joint_configuration_survives_the_leader_that_began_it() -> None:
    """The next leader has it in its log, and leaves it for the new configuration (4.3)."""
    records = run("raft-joint-consensus").records
    crash = next(record for record in records if record.kind == "crashed")
    configurations = [record for record in records if record.kind == "configuration" and record.fields["index"] > 0]
    before = {record.node for record in configurations if record.time < crash.time and record.fields["old"]}
    after = [record for record in configurations if record.time > crash.time and not record.fields["old"]]
    assert crash.node in before
    assert len(before) > 1
    assert after[0].fields["voters"] == (3, 4, 5, 6, 7)
    assert after[0].node != crash.node


def test_server_that_lost_its_disk_is_silent_until_it_is_added_anew() -> None:
    """It is no member from its restart on, and stores the log again after it was removed and added."""
    records = run("raft-snapshot-catch-up").records
    lost = next(record for record in records if record.kind == "disk-lost")
    own = [record for record in records if record.node == lost.node and record.time > lost.time]
    assert next(record for record in own if record.kind == "role").fields["role"] == "non-member"
    again = [record for record in own if record.kind in ("voted", "appended", "snapshot")]
    assert again
    assert all(record.time >= 20 * SECOND for record in again)
