"""Clients find the server that answers, try again without harm, and give up in time."""

import itertools

import pytest

from faults.node.crash import Crash
from faults.node.pause import Pause
from sim.workloads.register import Register
from tests.unit.sim.workloads.stores import MILLISECOND, SECOND, Run

ONE = {"clients": 1, "operations": 1, "reads": 0.0}


def first_with_server(server: int, workload: Register, **options) -> Run:
    """The run of the first seed whose only client asks this server first."""
    for seed in range(100):
        run = Run(workload, seed=seed, **options)
        if run.of("asked")[0].node == server:
            return run
    raise AssertionError("no seed")


@pytest.mark.parametrize("server", [0, 1, 2])
def test_a_client_follows_the_leader_that_a_server_names(server: int) -> None:
    """Whoever is asked first, the operation is answered after at most one redirect, with no rest between."""
    run = first_with_server(server, Register(**ONE), leader=1)
    (completed,) = run.of("completed")
    ways = 1 if server == 1 else 2
    assert completed.fields["attempts"] == ways
    assert completed.fields["latency"] == 2 * ways * MILLISECOND
    assert completed.fields["server"] == 1


def test_a_client_remembers_who_answered() -> None:
    """After its first answer all further operations of a client go to the leader alone."""
    run = Run(Register(clients=4, operations=200), leader=2)
    later = [row.fields["attempts"] for row in run.of("completed") if row.time > 5 * MILLISECOND]
    assert later == [1] * len(later)
    assert run.column("completed", "outcome") == ["ok"] * 200


def test_a_client_that_is_told_of_no_leader_rests_and_asks_another() -> None:
    """Where servers know no leader, a client goes on to others after a rest within bounds, and finds the right one."""
    run = first_with_server(0, Register(**ONE), leader=2, hints=(None, None, None))
    times = [row.time for row in run.of("asked")]
    rests = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert rests
    assert all(12 * MILLISECOND <= rest <= 22 * MILLISECOND for rest in rests)
    assert run.column("completed", "outcome") == ["ok"]


def test_servers_that_name_each_other_do_not_hold_up_time() -> None:
    """Where redirects go around without delay, a client rests after one round of all servers, and fails in time."""
    run = Run(Register(**ONE, latency=0, timeout=SECOND // 2), leader=3, hints=(1, 2, 0))
    (completed,) = run.of("completed")
    assert (completed.time, completed.fields["outcome"]) == (SECOND // 2, "fail")
    rounds = 4
    assert 25 * rounds <= completed.fields["attempts"] <= 51 * rounds


def test_a_server_that_is_down_gives_no_answer_and_another_is_asked() -> None:
    """A request to a crashed server is lost: after `retry_after` the client asks another, and is answered."""
    run = next(
        run
        for seed in range(50)
        if (run := Run(Register(**ONE, at=MILLISECOND), faults=(Crash(target=0, at=0),), leader=2, seed=seed)).column(
            "completed", "latency"
        )
        > [500 * MILLISECOND]
    )
    assert run.of("asked")[0].time >= 501 * MILLISECOND
    (completed,) = run.of("completed")
    assert (completed.fields["outcome"], completed.fields["server"]) == ("ok", 2)


def test_a_retry_has_the_number_of_the_first_attempt_and_is_carried_out_once() -> None:
    """A late answer makes the client try again; the store sees the same number, and the text is appended once."""
    workload = Register(
        clients=1, operations=2, keys=1, reads=0.0, writes={"append": 1.0}, retry_after=100 * MILLISECOND
    )
    run = Run(workload, topology={"kind": "mesh", "nodes": 2}, delays=(350 * MILLISECOND,), until=2 * SECOND)
    leader = [row for row in run.of("asked") if row.node == 0]
    assert [row.fields["sequence"] for row in leader].count(1) >= 2
    assert run.column("completed", "outcome") == ["ok", "ok"]
    assert run.simulation.nodes[0].protocol.machine.snapshot() == {"k0": "0.1,0.2"}


def test_an_answer_to_an_earlier_attempt_ends_the_operation() -> None:
    """The answer of the first attempt counts even while a second one is under way, and the second's is not heard."""
    workload = Register(**ONE, retry_after=100 * MILLISECOND)
    run = first_with_server(0, workload, delays=(150 * MILLISECOND,), topology={"kind": "mesh", "nodes": 2})
    (completed,) = run.of("completed")
    assert completed.fields["attempts"] == 2 + (len(run.of("asked")) - 2)
    assert completed.fields["latency"] <= 152 * MILLISECOND
    assert completed.fields["server"] == 0


def test_a_client_goes_back_to_a_server_that_answered_late() -> None:
    """Who answered is asked next, although another was asked meanwhile."""
    workload = Register(clients=1, operations=2, retry_after=100 * MILLISECOND)
    run = first_with_server(0, workload, delays=(150 * MILLISECOND,), hints=(None, None, None))
    first, second = run.column("completed", "attempts")
    assert first > 1
    assert second == 1


def test_a_late_refusal_says_nothing_about_the_attempt_under_way() -> None:
    """A server that refuses after another was asked is not heard: the client waits for that other."""
    workload = Register(**ONE, retry_after=100 * MILLISECOND, latency=40 * MILLISECOND)
    run = first_with_server(0, workload, delays=(30 * MILLISECOND,), refusals=1, hints=(None, None, None))
    first, second, third = [row.time // MILLISECOND for row in run.of("asked")][:3]
    assert (first, second) == (40, 140)
    assert third >= 140 + 40 + 10 + 40


@pytest.mark.parametrize("rate", [None, 200.0])
def test_answers_that_come_twice_are_heard_once(rate: float | None) -> None:
    """Each operation is completed once however often a server answers."""
    run = Run(Register(clients=3, operations=50, rate=rate), replies=3)
    assert len(run.of("completed")) == len(run.of("invoked")) == 50


def test_an_operation_that_nobody_answers_is_unknown_at_its_time_out() -> None:
    """After `timeout`, not a moment later, it may or may not have been carried out, and another process goes on."""
    faults = tuple(Pause(target=node, at=0) for node in range(3))
    run = Run(Register(clients=2, timeout=1_700 * MILLISECOND), faults=faults, until=6 * SECOND)
    first, second, third = ([row for row in run.of("completed") if row.fields["client"] == 0])[:3]
    assert [row.time for row in (first, second, third)] == [1_700 * MILLISECOND * k for k in (1, 2, 3)]
    assert {row.fields["outcome"] for row in run.of("completed")} == {"unknown"}
    assert {row.fields["attempts"] for row in run.of("completed")} == {4}
    processes = run.column("invoked", "process")
    assert len(set(processes)) == len(processes) == 8


def test_an_operation_that_was_only_turned_away_has_failed() -> None:
    """When every attempt was refused, it certainly was not carried out, and its process goes on."""
    run = Run(Register(clients=1, latency=0, timeout=300 * MILLISECOND), refusals=1_000_000)
    assert set(run.column("completed", "outcome")) == {"fail"}
    assert set(run.column("invoked", "process")) == {0}
    assert {row.fields["latency"] for row in run.of("completed")} == {300 * MILLISECOND}


def test_a_refusal_leaves_open_what_an_attempt_before_it_did() -> None:
    """An operation one attempt of which had no answer stays unknown, although all others were refused."""
    run = next(
        run
        for seed in range(50)
        if (run := Run(Register(**ONE), faults=(Crash(target=0, at=0),), leader=9, hints=(None,) * 3, seed=seed)).of(
            "asked"
        )
        and run.of("asked")[0].time > 500 * MILLISECOND
    )
    late = Run(
        Register(**ONE, timeout=SECOND),
        faults=(Crash(target=0, at=0),),
        leader=9,
        hints=(None,) * 3,
        seed=run.simulation.seed,
        until=2 * SECOND,
    )
    assert late.column("completed", "outcome") == ["unknown"]


@pytest.mark.parametrize("refusal", ["timed-out", "session-expired"])
def test_what_a_server_does_not_know_the_client_does_not(refusal: str) -> None:
    """A server that gave up waiting, or has forgotten the session, leaves the operation unknown."""
    run = Run(
        Register(**ONE, timeout=300 * MILLISECOND), topology={"kind": "mesh", "nodes": 2}, refusals=99, refusal=refusal
    )
    assert run.column("completed", "outcome") == ["unknown"]


@pytest.mark.parametrize("rate", [None, 1_000.0])
def test_a_client_that_was_forgotten_begins_another_session(rate: float | None) -> None:
    """It goes on under a number that no client had before; only what it asked under the old one stays unknown."""
    run = Run(
        Register(clients=1, operations=20, reads=0.0, rate=rate),
        topology={"kind": "mesh", "nodes": 2},
        refusals=1,
        refusal="session-expired",
    )
    assert run.column("completed", "outcome") == ["unknown"] + ["ok"] * 19
    numbers = run.column("invoked", "client")
    assert numbers == [0] * numbers.count(0) + [1] * numbers.count(1)
    assert numbers.count(1) > 10
    assert run.column("completed", "client") == numbers


def test_a_timed_out_attempt_is_tried_again() -> None:
    """After `timed-out` the same number is asked for again, and the answer to that counts."""
    run = Run(Register(**ONE), topology={"kind": "mesh", "nodes": 2}, refusals=1, refusal="timed-out")
    assert run.column("completed", "outcome") == ["ok"]
    assert set(run.column("asked", "sequence")) == {1}


def test_a_server_that_comes_back_answers() -> None:
    """Clients of a lone server wait until it is there again; nothing is lost on the way but time."""
    run = Run(
        Register(clients=2, reads=0.0),
        topology={"kind": "mesh", "nodes": 2},
        faults=(Crash(target=0, at=100 * MILLISECOND, restart_after=800 * MILLISECOND),),
        until=3 * SECOND,
    )
    gaps = [row.time for row in run.of("completed")]
    assert max(later - earlier for earlier, later in itertools.pairwise(gaps)) > 700 * MILLISECOND
    assert set(run.column("completed", "outcome")) == {"ok"}
