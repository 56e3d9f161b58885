"""Clients that live beside servers share the distances and the partitions of those; others reach every server."""

import pytest

from faults.partition.partition import Partition
from sim.workloads.register import Register
from tests.unit.sim.workloads.stores import MILLISECOND, SECOND, Run

LONE = {"kind": "mesh", "nodes": 2}
REGIONS = {"kind": "regions", "regions": {"us-east": 1, "eu-de": 1, "au-syd": 1}}


def test_a_client_beside_a_server_is_cut_off_with_it() -> None:
    """In a partition only the clients on the leader's side are answered; when it heals the others are again."""
    fault = Partition(groups=((0, 1), (2,)), at=200 * MILLISECOND, heal_after=2 * SECOND)
    run = Run(Register(clients=6, placement="beside"), faults=(fault,), until=4 * SECOND)
    within = [row for row in run.of("completed") if 210 * MILLISECOND < row.time < 2_200 * MILLISECOND]
    assert {row.fields["client"] for row in within} == {0, 1, 3, 4}
    after = [row for row in run.of("completed") if row.time > 2_800 * MILLISECOND]
    assert {row.fields["client"] for row in after} == set(range(6))
    anywhere = Run(Register(clients=6), faults=(fault,), until=SECOND)
    assert {row.fields["client"] for row in anywhere.of("completed") if row.time > SECOND // 2} == set(range(6))


@pytest.mark.parametrize(("one_way", "carried_out"), [("out", False), ("in", True)])
def test_a_one_way_partition_lets_requests_or_answers_through(one_way: str, carried_out: bool) -> None:
    """Where only answers pass nothing is carried out, where only requests pass all is, and neither client hears."""
    groups = ((0,), (1,)) if one_way == "out" else ((1,), (0,))
    fault = Partition(groups=groups, one_way="out", at=0)
    workload = Register(clients=2, placement="beside", reads=0.0, at=MILLISECOND, until=2 * MILLISECOND)
    run = Run(workload, faults=(fault,), topology=LONE, until=8 * SECOND)
    assert {row.fields["client"] for row in run.of("completed") if row.fields["outcome"] == "ok"} == {0}
    assert ((1, 1) in run.simulation.nodes[0].protocol.results) == carried_out


@pytest.mark.parametrize(
    ("from_server", "begin", "end", "carried_out", "answered"),
    [
        (1, 0, 50, False, False),
        (1, 50, 150, False, False),
        (1, 40, 60, True, True),
        (1, 140, 160, True, True),
        (1, 200, 300, True, True),
        (0, 0, 120, True, True),
        (0, 140, 160, True, False),
        (0, 200, 300, True, False),
        (0, 160, 200, True, True),
    ],
)
def test_a_request_or_answer_is_cut_where_it_sets_out_or_arrives(
    from_server: int, begin: int, end: int, carried_out: bool, answered: bool
) -> None:
    """What keeps messages from one server to the other cuts those of a client that are sent or arrive meanwhile.

    Sent to the leader at 250 ms, it arrives at 350, is answered at 400, which is heard at 500. Times are
    from 250 ms on, before which the client's own server has sent it on.
    """
    fault = Partition(
        groups=((1 - from_server,), (from_server,)),
        one_way="out",
        at=(250 + begin) * MILLISECOND,
        heal_after=(end - begin) * MILLISECOND,
    )
    workload = Register(
        clients=2,
        operations=2,
        placement="beside",
        reads=0.0,
        at=1_000,
        latency=100 * MILLISECOND,
        retry_after=2 * SECOND,
    )
    run = Run(workload, faults=(fault,), topology=LONE, delays=(50 * MILLISECOND,) * 2)
    results = run.simulation.nodes[0].protocol.results
    assert ((1, 1) in results, 1 in run.column("completed", "client")) == (carried_out, answered)
    assert 0 in run.column("completed", "client")


def test_a_client_beside_a_server_is_as_far_from_the_others_as_that_one() -> None:
    """The time to the leader is that of the measured link, both ways, on top of the client's own."""
    run = Run(Register(clients=3, placement="beside"), topology=REGIONS, until=3 * SECOND)
    latency = run.simulation.topology.latency_ns
    assert latency is not None
    last = {row.fields["client"]: row.fields["latency"] for row in run.of("completed")}
    assert last[0] == 2 * MILLISECOND
    for client in (1, 2):
        assert last[client] == 2 * MILLISECOND + latency(client, 0) + latency(0, client) > 10 * MILLISECOND


def test_a_client_beside_a_server_is_as_far_from_one_that_is_no_neighbour_as_the_way_there() -> None:
    """Where links have delays and the leader is two hops away, its distance is the sum of both."""
    line = {"kind": "links", "nodes": 3, "links": [[0, 1], [1, 2]], "latency_ns": [3 * MILLISECOND, 5 * MILLISECOND]}
    run = Run(Register(clients=3, placement="beside"), topology=line)
    last = {row.fields["client"]: row.fields["latency"] for row in run.of("completed")}
    assert last == {0: 2 * MILLISECOND, 1: 8 * MILLISECOND, 2: 18 * MILLISECOND}


def test_an_administrator_reaches_every_server() -> None:
    """Where clients live beside servers, a partition does not keep an administrator from the leader."""
    workload = Register(clients=1, placement="beside", administration=[{"at": "10ms", "transfer": 1}])
    run = Run(workload, faults=(Partition(groups=((0,), (1, 2)), at=0),))
    assert len(run.of("administered")) == 1
