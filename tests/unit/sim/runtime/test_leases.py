"""The parts of leases by themselves: the authority's table, its clock, the holder's view, and the fence."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sim.runtime.leases.expiry import Expiry
from sim.runtime.leases.fence import Fence
from sim.runtime.leases.held_lease import HeldLease, LeaseTerms
from sim.runtime.leases.lease_table import LeaseTable
from sim.workloads.operation import Operation

SECOND = 10**9
OPERATIONS = st.builds(
    Operation,
    st.sampled_from(["acquire", "renew", "release", "expire"]),
    st.sampled_from("ab"),
    st.integers(1, 6),
    st.integers(0, 2),
)


@given(st.lists(OPERATIONS, max_size=60))
def test_tokens_only_rise_and_a_lease_is_given_once(operations: list[Operation]) -> None:
    """Whatever is asked, each token is above all before, and nothing is given that is held."""
    table, tokens = LeaseTable(), [0]
    for operation in operations:
        held = table.leases.get(operation.key)
        result = table.apply(operation)
        if operation.function == "acquire" and held is not None:
            assert result == (held.token if held.holder == operation.value else None)
        elif operation.function == "acquire":
            assert result > tokens[-1]
            tokens.append(result)
            assert table.leases[operation.key].holder == operation.value
        elif result:
            assert held is not None
            assert held.token == operation.value


@given(st.lists(OPERATIONS, max_size=30), st.lists(OPERATIONS, max_size=10))
def test_a_snapshot_goes_on_as_the_table_does(before: list[Operation], after: list[Operation]) -> None:
    """A table that is restored from data that went through JSON answers as the one that it is from."""
    table, other = LeaseTable(), LeaseTable()
    for operation in before:
        table.apply(operation)
    other.restore(json.loads(json.dumps(table.snapshot())))
    assert [other.apply(operation) for operation in after] == [table.apply(operation) for operation in after]


def test_a_renewal_in_between_keeps_a_lease_from_expiring() -> None:
    """An expiry that was decided before a renewal, and is carried out after it, ends nothing."""
    table, expiry = LeaseTable(), Expiry(10)
    token = table.apply(Operation("acquire", "a", 1))
    expiry.look(table.leases, 0)
    (decided,) = expiry.due(10)
    assert table.apply(Operation("renew", "a", token))
    assert not table.apply(decided)
    expiry.look(table.leases, 12)
    assert expiry.due(21) == []
    assert expiry.next_at() == 22
    assert table.apply(*expiry.due(22))
    assert table.leases == {}


def test_who_takes_over_waits_for_a_whole_term() -> None:
    """An authority that has just begun knows its leases from then on, however old they are."""
    table = LeaseTable()
    table.apply(Operation("acquire", "a", 1))
    expiry = Expiry(10)
    expiry.look(table.leases, 1000)
    assert expiry.due(1009) == []
    assert len(expiry.due(1010)) == 1
    expiry.look({}, 1010)
    assert expiry.next_at() is None


@given(st.integers(1, 1000), st.integers(0, 200), st.integers(0, 200), st.floats(0, 0.3), st.floats(0, 1))
def test_the_holder_stops_first_where_clocks_keep_their_bound(
    term: int, asked: int, travel: int, drift: float, tilt: float
) -> None:
    """In true time the holder's use ends no later than the authority's term if clocks keep to the bound."""
    fast, slow = 1 + drift * tilt, 1 - drift * tilt
    terms = LeaseTerms(term * SECOND, drift_bound=(1 + drift) / (1 - drift))
    ends = asked + HeldLease.given(1, 0, terms).until / slow
    authority_ends = asked + travel + terms.term / fast
    assert ends <= authority_ends + 1


def test_without_the_bound_the_holder_may_stop_last() -> None:
    """The same with a drift bound of 1 fails: a slow holder goes on after a fast authority has given it away."""
    terms = LeaseTerms(10 * SECOND)
    assert HeldLease.given(1, 0, terms).until / 0.9 > terms.term / 1.1


def test_a_late_answer_shortens_nothing() -> None:
    """A renewal that was asked for earlier than the one that is known leaves the end as it is."""
    terms = LeaseTerms(100, margin=10)
    lease = HeldLease.given(7, 0, terms)
    assert lease == HeldLease(7, 90)
    assert lease.renewed(50, terms).renewed(20, terms) == HeldLease(7, 140)
    assert lease.in_force(89)
    assert not lease.in_force(90)


def test_a_fence_turns_older_tokens_away() -> None:
    """After a newer token an older one is refused, for its own resource alone; the newest may come again."""
    fence = Fence()
    assert fence.admits("a", 3)
    assert fence.admits("a", 5)
    assert not fence.admits("a", 4)
    assert fence.admits("b", 4)
    assert fence.admits("a", 5)
    assert not Fence(fence.seen).admits("a", 3)
