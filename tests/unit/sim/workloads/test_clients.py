"""Clients ask what, when and where their workload says, and the history of it is in the records."""

import itertools
from collections import Counter, defaultdict
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from faults.node.crash import Crash
from sim.protocols.voter import Voter
from sim.randomness import Stream
from sim.simulation import Simulation
from sim.workloads.bank import BankWorkload
from sim.workloads.client_workload import ClientWorkload
from sim.workloads.popularity import Uniform, Zipf
from sim.workloads.register import Register
from tests.unit.sim.workloads.stores import MILLISECOND, SECOND, Run
from topologies.errors import InputError
from topologies.registry import build

LONE = {"kind": "mesh", "nodes": 2}


# When they ask.


def test_a_closed_loop_has_one_operation_outstanding_for_each_client() -> None:
    """A client asks anew at the time of its answer, later where it thinks; its process is its own all along."""
    for think in (0, 7 * MILLISECOND):
        run = Run(Register(clients=3, think=think, at=5 * MILLISECOND))
        by_client = defaultdict(list)
        for row in run.rows:
            if row.kind in ("invoked", "completed"):
                by_client[row.fields["process"]].append(row)
        assert by_client.keys() == {0, 1, 2}
        for rows in by_client.values():
            assert rows[0].time == 5 * MILLISECOND
            assert [row.kind for row in rows] == (["invoked", "completed"] * len(rows))[: len(rows)]
            ends = zip(rows[1::2], rows[2::2], strict=False)
            assert {later.time - earlier.time for earlier, later in ends} == {think}


def test_an_open_loop_asks_at_its_rate_whether_answered_or_not() -> None:
    """Poisson arrivals have the mean and the spread of exponential gaps; nobody answers, and they come all the same."""
    run = Run(Register(clients=7, rate=500.0), until=8 * SECOND, faults=tuple(Crash(target=n, at=0) for n in range(3)))
    times = [row.time for row in run.of("invoked")]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(times) == pytest.approx(4_000, rel=0.06)
    assert mean(gap > 2 * MILLISECOND for gap in gaps) == pytest.approx(0.3679, abs=0.03)
    assert Counter(run.column("invoked", "client")).keys() == set(range(7))


def test_fixed_arrivals_are_equally_far_apart() -> None:
    """With `arrivals: fixed` one operation comes every 1 / rate."""
    run = Run(Register(rate=250.0, arrivals="fixed", at=100 * MILLISECOND))
    times = [row.time for row in run.of("invoked")]
    assert times == [(100 + 4 * k) * MILLISECOND for k in range(1, 225)]


@pytest.mark.parametrize("rate", [None, 900.0])
def test_nothing_new_is_asked_after_the_end(rate: float | None) -> None:
    """No operation begins at `until` or later, nor after as many as `operations`; what is outstanding is answered."""
    run = Run(Register(rate=rate, at=100 * MILLISECOND, until=400 * MILLISECOND))
    times = [row.time for row in run.of("invoked")]
    assert 100 * MILLISECOND <= times[0] < 115 * MILLISECOND
    assert 385 * MILLISECOND < times[-1] < 400 * MILLISECOND
    limited = Run(Register(rate=rate, operations=17))
    assert len(limited.of("invoked")) == len(limited.of("completed")) == 17


def test_an_open_loop_has_a_process_for_each_operation_outstanding() -> None:
    """No process has two operations outstanding, a session may have many; `oldest` is the first of them unanswered."""
    run = Run(
        Register(clients=2, rate=2_000.0, operations=400), topology=LONE, delays=tuple(range(1, 60_000_000, 400_000))
    )
    busy: set[int] = set()
    unanswered: dict[int, list[int]] = defaultdict(list)
    oldest, begun, most = {}, Counter(), 0
    sequences: dict[int, tuple[int, int]] = {}
    for row in run.rows:
        fields = row.fields
        if row.kind == "invoked":
            client, process = fields["client"], fields["process"]
            assert process not in busy
            busy.add(process)
            begun[client] += 1
            sequences[process] = (client, begun[client])
            unanswered[client].append(begun[client])
            oldest[client, begun[client]] = unanswered[client][0]
            most = max(most, len(unanswered[client]))
        elif row.kind == "completed":
            client, sequence = sequences[fields["process"]]
            busy.remove(fields["process"])
            unanswered[client].remove(sequence)
    assert most > 10
    asked = {(row.fields["client"], row.fields["sequence"]): row.fields["oldest"] for row in run.of("asked")}
    assert asked == oldest


# What is in the history.


def test_the_history_tells_what_was_asked_and_what_came_of_it() -> None:
    """Each function is recorded with its arguments and its result, and a lone client can foretell each result."""
    weights = {"put": 1.0, "append": 1.0, "cas": 1.0, "delete": 1.0}
    run = Run(Register(clients=1, keys=3, operations=600, reads=0.3, writes=weights), until=3 * SECOND)
    held: dict[str, str] = {}
    seen: dict[str, str | None] = {}
    swaps = []
    for invoked, completed in zip(run.of("invoked"), run.of("completed"), strict=True):
        function, key, value = (invoked.fields[name] for name in ("function", "key", "value"))
        result = held.get(key) if function == "get" else None
        if function == "cas":
            result = held.get(key) == value[0]
            swaps.append(result)
            assert value[0] == seen.get(key), "it expects what it last saw"
        if function == "put" or (function == "cas" and result):
            held[key] = value if function == "put" else value[1]
        elif function == "append":
            held[key] = f"{held[key]},{value}" if key in held else value
        elif function == "delete":
            held.pop(key, None)
        if function != "append" and not (function == "cas" and not result):
            seen[key] = held.get(key)
        assert (completed.fields["outcome"], completed.fields["value"]) == ("ok", result)
        assert completed.fields["latency"] == completed.time - invoked.time
    assert Counter(run.column("invoked", "function")).keys() == {"get", *weights}
    assert {True, False} == set(swaps)


def test_each_value_is_written_once() -> None:
    """No two writes of a run, of whatever client, write the same text."""
    run = Run(Register(clients=5, reads=0.0, rate=3_000.0))
    values = run.column("invoked", "value")
    assert len(values) > 2_000
    assert len(set(values)) == len(values)


def test_shares_of_functions_are_those_asked_for() -> None:
    """The share of reads and the weights of writes are met."""
    run = Run(Register(reads=0.25, writes={"put": 2.0, "append": 1.0}, rate=4_000.0), until=2 * SECOND)
    functions = Counter(run.column("invoked", "function"))
    total = functions.total()
    assert functions["get"] / total == pytest.approx(0.25, abs=0.03)
    assert functions["put"] / total == pytest.approx(0.5, abs=0.03)
    assert functions["append"] / total == pytest.approx(0.25, abs=0.03)


def test_a_bank_keeps_its_total() -> None:
    """Transfers of whole amounts between two accounts, some of more than is held; all balances sum to the same."""
    run = Run(BankWorkload(accounts=5, most=80, reads=0.3, clients=4))
    results: dict[str, list] = {"transfer": [], "balances": []}
    pending = {}
    for row in run.rows:
        if row.kind == "invoked":
            pending[row.fields["process"]] = row.fields
        elif row.kind == "completed":
            asked = pending[row.fields["process"]]
            results[asked["function"]].append(row.fields["value"])
            if asked["function"] == "transfer":
                credited, amount = asked["value"]
                assert credited != asked["key"]
                assert 1 <= amount <= 80
    assert set(results["transfer"]) == {True, False}
    assert {sum(balances) for balances in results["balances"]} == {500}
    assert len(set(results["balances"])) > 10


# Which keys.


@pytest.mark.parametrize("exponent", [0.5, 0.99, 2.0])
def test_zipf_makes_the_first_keys_popular(exponent: float) -> None:
    """The k-th key is drawn in proportion to 1 / k to the power of the exponent."""
    draw, stream = Zipf(exponent=exponent).drawer(50), Stream(5)
    counts = Counter(draw(stream) for _ in range(40_000))
    total = sum(rank**-exponent for rank in range(1, 51))
    for key in (0, 1, 9):
        assert counts[key] / 40_000 == pytest.approx((key + 1) ** -exponent / total, abs=0.01)
    assert all(0 <= key < 50 for key in counts)


@given(st.integers(1, 20), st.integers(0, 2**32))
def test_every_popularity_draws_keys_that_there_are(keys: int, seed: int) -> None:
    """Whatever the number of keys, the drawn one is among them."""
    stream = Stream(seed)
    assert all(0 <= popularity.drawer(keys)(stream) < keys for popularity in (Uniform(), Zipf(exponent=1.2)))


# Chance.


def operations_of(run: Run, client: int) -> list:
    """What a client asked, in order."""
    rows = [row.fields for row in run.of("invoked") if row.fields["client"] == client]
    return [(fields["function"], fields["key"], fields["value"]) for fields in rows]


def test_other_clients_and_faults_change_nothing_that_a_client_draws() -> None:
    """The k-th operation of a client is the same with more clients, other servers and a crash of the leader."""
    plain = Run(Register(clients=2))
    crash = Crash(target=0, at=100 * MILLISECOND, restart_after=200 * MILLISECOND)
    for other in (Run(Register(clients=6)), Run(Register(clients=2), faults=(crash,)), Run(Register(), leader=1)):
        for client in (0, 1):
            one, two = operations_of(plain, client), operations_of(other, client)
            common = min(len(one), len(two))
            assert common > 20
            assert one[:common] == two[:common]


def test_arrivals_do_not_depend_on_what_the_clients_do() -> None:
    """Times of operations of an open loop are the same whether servers answer or not."""
    times = [
        [row.time for row in Run(Register(rate=300.0), faults=faults).of("invoked")]
        for faults in ((), (Crash(target=0, at=0),))
    ]
    assert times[0] == times[1]


def test_equal_seeds_give_equal_runs_and_others_do_not() -> None:
    """The digest of a run with clients follows from the seed."""
    digests = [Run(Register(rate=200.0), seed=seed).simulation.digest() for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


@settings(max_examples=40, deadline=None)
@given(
    rate=st.none() | st.sampled_from([20.0, 400.0]),
    crashes=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 900), st.integers(1, 600)), max_size=3),
    replies=st.integers(1, 2),
    refusals=st.integers(0, 5),
    seed=st.integers(0, 2**32),
)
def test_histories_are_well_formed_whatever_happens(rate, crashes, replies, refusals, seed) -> None:
    """Every completion ends the one open operation of its process; one that stays unknown is its process's last."""
    faults = tuple(
        Crash(target=node, at=at * MILLISECOND, restart_after=length * MILLISECOND) for node, at, length in crashes
    )
    workload = Register(clients=3, rate=rate, timeout=400 * MILLISECOND, retry_after=90 * MILLISECOND)
    run = Run(workload, faults=faults, replies=replies, refusals=refusals, seed=seed, until=1500 * MILLISECOND)
    open_since: dict[int, int] = {}
    spent: set[int] = set()
    for row in run.rows:
        if row.kind == "invoked":
            process = row.fields["process"]
            assert process not in open_since
            assert process not in spent
            open_since[process] = row.time
        elif row.kind == "completed":
            process = row.fields["process"]
            assert row.fields["latency"] == row.time - open_since.pop(process) <= 400 * MILLISECOND
            if row.fields["outcome"] == "unknown":
                spent.add(process)
    assert all(run.simulation.now - since <= 400 * MILLISECOND for since in open_since.values())


# Administration.


def test_an_administrator_asks_until_the_cluster_has_agreed() -> None:
    """Each action goes to the leader at its time, however long that is down, and is recorded when it is done."""
    workload = Register(
        clients=1,
        timeout=SECOND,
        administration=[
            {"at": "100ms", "add": [1, 2]},
            {"at": "200ms", "transfer": 2},
            {"at": "300ms", "transfer": "anyone"},
            {"at": "400ms", "remove": [0], "learners": [1]},
        ],
    )
    crash = Crash(target=0, at=150 * MILLISECOND, restart_after=5 * SECOND)
    run = Run(workload, faults=(crash,), until=8 * SECOND)
    done = run.of("administered")
    assert {row.fields["change"] for row in done} == {
        "add 1 2",
        "transfer to 2",
        "transfer to anyone",
        "remove 0, learners 1",
    }
    assert done[0].time < 150 * MILLISECOND
    assert all(row.time > 5 * SECOND for row in done[1:])
    assert {row.fields["outcome"] for row in done} == {"ok"}
    assert done[1].fields["attempts"] > 1
    assert (1, 2) in run.column("asked", "add")
    assert {row.fields["client"] for row in run.of("invoked")} == {0}


def test_an_administrator_gives_up_what_is_always_refused() -> None:
    """At its time-out an action has failed; where an attempt was not answered, nobody knows."""
    actions = [{"at": "100ms", "transfer": 1, "timeout": "300ms"}]
    workload = Register(clients=1, latency=0, operations=1, administration=actions)
    refused = Run(workload, refusals=10**6, until=400 * MILLISECOND + 1)
    ((time, fields),) = [(row.time, row.fields) for row in refused.of("administered")]
    assert (time, fields["outcome"], fields["latency"]) == (400 * MILLISECOND, "fail", 300 * MILLISECOND)
    assert fields["attempts"] > 10
    assert [row.time for row in Run(workload, refusals=10**6, until=9 * SECOND).of("administered")] == [time]
    crash = Crash(target=[0, 1, 2], at=50 * MILLISECOND)
    unheard = Run(workload, faults=(crash,), until=2 * SECOND)
    ((time, fields),) = [(row.time, row.fields) for row in unheard.of("administered")]
    assert (time, fields["outcome"]) == (400 * MILLISECOND, "unknown")


# What is refused.


@pytest.mark.parametrize(
    ("fields", "fragment"),
    [
        ({"clients": 0}, "greater than or equal to 1"),
        ({"rate": 0.0}, "greater than 0"),
        ({"rate": "10/s", "think": "1ms"}, "leave think or rate out"),
        ({"at": "2s", "until": "2s"}, "not after at"),
        ({"operations": 0}, "greater than or equal to 1"),
        ({"retry_after": 0}, "0"),
        ({"placement": "near"}, "'anywhere' or 'beside'"),
        ({"writes": {"put": 0.0}}, "no weight above 0"),
        ({"writes": {"put": -1.0}}, "greater than or equal to 0"),
        ({"popularity": {"kind": "zipf", "exponent": 0.0}}, "greater than 0"),
        ({"popularity": {"kind": "pareto"}}, "'uniform', 'zipf'"),
        ({"administration": [{"at": "1s"}]}, "nothing to do"),
        ({"administration": [{"at": "1s", "add": [1], "transfer": 2}]}, "both a change of members and a transfer"),
        ({"administration": [{"at": "1s", "add": [1], "remove": [1]}]}, "a node twice"),
        ({"administration": [{"at": "1s", "add": [-1]}]}, "greater than or equal to 0"),
        ({"administration": [{"at": "1s", "transfer": "someone"}]}, "anyone"),
    ],
    ids=str,
)
def test_wrong_options_are_refused(fields: dict, fragment: str) -> None:
    """An option out of bounds, or two that contradict each other, are refused with what was expected."""
    with pytest.raises(ValidationError, match=fragment):
        Register(**fields)


@pytest.mark.parametrize(
    ("workload", "options", "fragment"),
    [
        (Register(), {"state_machine": "bank"}, "set protocol.state_machine: key-value"),
        (BankWorkload(), {"state_machine": "key-value"}, "set protocol.state_machine: bank"),
        (Register(administration=[{"at": "1s", "add": [3]}]), {}, "node 3 in a topology of 3 nodes"),
        (Register(administration=[{"at": "1s", "transfer": 7}]), {}, "node 7 in a topology of 3 nodes"),
    ],
    ids=["other machine", "other machine of a bank", "node", "successor"],
)
def test_clients_that_cannot_be_served_are_refused(workload: ClientWorkload, options: dict, fragment: str) -> None:
    """Before the run begins it is said that the protocol has another state machine, or the topology no such node."""
    with pytest.raises(InputError, match=fragment):
        Run(workload, **options)


def test_a_protocol_without_clients_is_refused() -> None:
    """A workload of clients needs a protocol that has a state machine."""
    with pytest.raises(InputError, match="voter serves no clients; expected a protocol with a state_machine"):
        Simulation(build(LONE), Voter, workload=[Register()])
