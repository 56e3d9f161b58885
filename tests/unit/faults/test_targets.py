"""Every way to say whom a fault strikes: found when it strikes, recorded, and refused where nobody can be meant."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from faults.fault import Fault
from faults.node.crash import Crash
from faults.node.membership import Leave
from faults.node.pause import Pause
from faults.target import Target, named_nodes, shown_target, size_of
from scenarios.command_line.main import main
from tests.unit.faults.fault_runs import Idle, of_faults, under
from topologies.errors import InputError

TARGET: TypeAdapter[Any] = TypeAdapter(Target)
FALSE_ALARM = 1e-6
REGIONS = {
    "kind": "regions",
    "nodes": None,
    "regions": {"a": 2, "b": 3},
    "round_trip_ms": {"a": {"b": 1}},
    "within_ms": 0,
}


def struck(target: Any, *earlier: Fault, at: str = "120ms", **options: Any) -> tuple[int, ...]:
    """The nodes that the record of a crash of this target names, all of which are down then."""
    simulation, rows = under(*earlier, Crash(target=target, at=at, name="it"), **options)
    ((_, _, targets, name),) = [row for row in of_faults(rows, "targets", "name") if row[3] == "it"]
    assert name == "it"
    assert all(simulation.nodes[node].life == "crashed" for node in targets)
    return tuple(targets)


@pytest.mark.parametrize(
    ("target", "nodes"),
    [
        (3, (3,)),
        ([4, 0, 2], (4, 0, 2)),
        ("all", (0, 1, 2, 3, 4, 5)),
        ("leader", (2,)),
        ("non-leader", (0, 1, 3, 4, 5)),
        ({"role": "leader"}, (0, 1, 2)),
        ({"role": "follower"}, (3, 4, 5)),
        ({"role": "follower", "random": 3}, (3, 4, 5)),
        ({"random": 1.0}, (0, 1, 2, 3, 4, 5)),
    ],
    ids=str,
)
def test_a_target_is_whom_it_names(target: Any, nodes: tuple[int, ...]) -> None:
    """At 120 ms nodes 0, 1 and 2 have taken the lead, node 2 last; each form of a target names its nodes."""
    assert struck(target) == nodes


def test_a_role_is_that_of_the_moment() -> None:
    """The same target at another time is another node; before anyone leads it is nobody, and the record says so."""
    assert struck("leader", at="60ms") == (1,)
    assert struck({"role": "follower"}, at="60ms") == (2, 3, 4, 5)
    _, rows = under(Crash(target="leader", at="60ms"), protocol=_leaderless())
    assert of_faults(rows, "targets", "effect") == [(60, "begin", (), 0)]
    _, rows = under(Crash(target="non-leader", at="60ms"), protocol=_leaderless())
    assert of_faults(rows, "targets") == [(60, "begin", (0, 1, 2, 3, 4, 5))]


def _leaderless() -> Any:
    """A protocol in which nodes could lead, but none does."""
    from tests.unit.faults.fault_runs import Electing

    class Leaderless(Electing):
        def on_timer(self, name: object) -> None:
            """Nobody takes the lead."""

    return Leaderless


def test_a_role_ends_with_a_crash_and_is_taken_again_after_a_restart() -> None:
    """The last leader is down: the one before it is the leader; it leads again when it has recorded so."""
    crash = Crash(target=2, at="105ms", restart_after="30ms")
    assert struck("leader", crash) == (1,)
    assert struck({"role": "leader"}, crash) == (0, 1)
    assert struck({"role": "follower"}, crash, at="140ms") == (2, 3, 4, 5)
    assert struck("leader", Leave(target=2, at="105ms")) == (1,)
    assert struck("leader", Pause(target=2, at="105ms")) == (1,)


def test_a_count_is_drawn_evenly_among_those_that_can_be_struck() -> None:
    """Two of the four that are up: each of the six pairs as often, over 600 seeds (chi-squared)."""
    pairs: Counter[tuple[int, ...]] = Counter()
    for seed in range(600):
        down = Crash(target=(0, 3), at=0)
        pairs[struck({"random": 2}, down, at="1us", until=10_000, seed=seed, protocol=Idle)] += 1
    assert sorted(pairs) == [(1, 2), (1, 4), (1, 5), (2, 4), (2, 5), (4, 5)]
    assert stats.chisquare(list(pairs.values())).pvalue > FALSE_ALARM


@pytest.mark.parametrize(
    ("share", "nodes", "size"), [("50%", 6, 3), ("30%", 6, 2), (0.01, 6, 1), ("100%", 5, 5), ("50%", 5, 2)]
)
def test_a_share_is_the_nearest_number_of_nodes_and_at_least_one(share: Any, nodes: int, size: int) -> None:
    """A share counts the nodes that the other fields leave; half of five is the even one of the two nearest."""
    assert len(struck({"random": share}, nodes=nodes)) == size


@pytest.mark.parametrize(
    ("nodes", "minority", "majority"), [(3, 1, 2), (4, 1, 3), (5, 2, 3), (6, 2, 4), (7, 3, 4), (9, 4, 5)]
)
def test_minority_and_majority_are_as_near_to_half_as_can_be(nodes: int, minority: int, majority: int) -> None:
    """A minority is the largest that leaves a majority, a majority the smallest there is."""
    assert len(struck("minority", nodes=nodes)) == minority
    assert len(struck("majority", nodes=nodes)) == majority


def test_a_share_counts_the_nodes_of_the_role() -> None:
    """A third of the three followers is one of them."""
    (node,) = struck({"role": "follower", "random": "33%"})
    assert node in (3, 4, 5)


def test_regions_and_centrality_narrow_the_choice() -> None:
    """A region's nodes, the best linked, and those in the middle of the most shortest paths, ties by number."""
    assert struck({"region": "b"}, **REGIONS) == (2, 3, 4)
    assert set(struck({"region": "b", "random": 2}, **REGIONS)) < {2, 3, 4}
    assert struck({"highest_degree": 1}, kind="star") == (0,)
    assert struck({"highest_degree": 2}, kind="star") == (0, 1)
    assert struck({"highest_betweenness": 1}, kind="line", nodes=5) == (2,)
    assert struck({"highest_betweenness": "60%"}, kind="line", nodes=5) == (1, 2, 3)
    assert struck({"highest_degree": "50%"}, kind="line", nodes=6) == (1, 2, 3)
    assert struck({"role": "follower", "highest_betweenness": 1}, kind="line", nodes=6) == (3,)


def test_a_drawn_target_is_drawn_anew_at_each_strike() -> None:
    """A schedule strikes other nodes at other times, each recorded."""
    _, rows = under(Pause(target={"random": 1}, resume_after="1ms", when={"every": "5ms"}))
    assert {targets for _, phase, targets in of_faults(rows, "targets") if phase == "begin"} == {
        (node,) for node in range(6)
    }


def test_sizes_that_are_known_beforehand() -> None:
    """What a target strikes at most, where that depends neither on the run nor on the topology."""
    sizes = {
        3: 1,
        (1, 2): 2,
        "all": 9,
        "leader": 1,
        "non-leader": 9,
        "minority": 4,
        "majority": 5,
    }
    assert {target: size_of(target, 9) for target in sizes} == sizes
    for value, size in (({"random": 2}, 2), ({"random": "50%"}, 4), ({"role": "x"}, None), ({"highest_degree": 1}, 1)):
        assert size_of(TARGET.validate_python(value), 9) == size


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (3, "node 3"),
        ([1, 2], "nodes 1, 2"),
        ("all", "all nodes"),
        ("leader", "the leader"),
        ("non-leader", "all but the leader"),
        ("minority", "a minority"),
        ({"random": 2}, "2 random nodes"),
        ({"random": 1}, "1 random node"),
        ({"random": 0.3}, "30 % of the nodes"),
        ({"role": "infective", "random": 0.5}, "50 % of the infective nodes"),
        ({"region": "us-east"}, "nodes of us-east"),
        ({"highest_degree": 3}, "nodes with the 3 highest degree"),
    ],
    ids=str,
)
def test_a_target_is_said_in_words(target: Any, words: str) -> None:
    """People read whom a fault is aimed at."""
    assert shown_target(TARGET.validate_python(target)) == words


@pytest.mark.parametrize(
    "target",
    [
        *(
            -1,
            True,
            1.5,
            None,
            "somebody",
            "",
            [],
            [1, 1],
            [-1],
            ["a"],
            [[1]],
            {},
            {"degree": 1},
            {"highest_degree": 0},
        ),
        *({"random": number} for number in (0, -1, 1.5, "0%", "many", True)),
    ],
    ids=str,
)
def test_what_is_no_target_is_refused(target: Any) -> None:
    """Nobody, a negative number, one node twice, shares outside of 0 to 1, unknown words and fields."""
    with pytest.raises(ValidationError):
        Crash(target=target, at=0)


WRONG: list[tuple[Any, dict[str, Any], tuple[str | int, ...], str]] = [
    (6, {}, ("target",), "found node 6 in a topology of 6 nodes"),
    ([0, 6], {}, ("target", 1), "found node 6"),
    ({"random": 7}, {}, ("target", "random"), "found 7 nodes to draw; expected at most 6"),
    ({"highest_degree": 7}, {}, ("target", "highest_degree"), "found 7 nodes; expected at most 6"),
    (
        {"role": "king"},
        {},
        ("target", "role"),
        "'king', a role that the protocol electing does not have",
    ),
    ({"region": "a"}, {}, ("target", "region"), "a topology of kind mesh does not have"),
    ({"region": "c"}, REGIONS, ("target", "region"), "where no node is; expected one of a, b"),
    ("leader", {"protocol": Idle}, ("target",), "the protocol idle has no roles"),
    ("non-leader", {"protocol": Idle}, ("target",), "the protocol idle has no roles"),
    ("minority", {"nodes": 2}, ("target",), "found a minority of 2 nodes, which is nobody"),
]


@pytest.mark.parametrize(("target", "options", "path", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_a_target_that_cannot_be_is_refused_before_anything_runs(
    target: Any, options: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    """Each is one InputError with its place and what there is instead."""
    with pytest.raises(InputError, match=message.replace("(", r"\(")) as caught:
        struck(target, **options)
    assert caught.value.path == path


SCENARIO = """\
name: wrong
duration: 10s
topology: {kind: mesh, nodes: 5}
protocol: {kind: gossip}
faults:
  - %s
"""


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("{kind: crash, target: 5, at: 1s}", ":6: faults[0].target: found node 5"),
        ("{kind: crash, target: {role: king}, at: 1s}", ":6: faults[0].target.role: found 'king'"),
        ("{kind: crash, target: leader, at: 1s}", ":6: faults[0].target: found 'leader'"),
        ("{kind: pause, target: {region: eu}, at: 1s}", ":6: faults[0].target.region: found regions"),
        ("{kind: pause, target: {random: 9}, at: 1s}", ":6: faults[0].target.random: found 9"),
        (
            "{kind: partition, groups: {isolate: {role: king}}, at: 1s}",
            ":6: faults[0].groups.isolate.role: found 'king'",
        ),
        ("{kind: partition, target: majority, at: 1s}", ":6: faults[0].target: found 'majority'"),
        ("{kind: partition, groups: {bridge: 7}, at: 1s}", ":6: faults[0].groups.bridge: found node 7"),
        ("{kind: churn, target: 7, session: 1s, absence: 1s, at: 1s}", ":6: faults[0].target: found node 7"),
        ("{kind: crash, target: 1, when: {trace: none.csv}}", ":6: faults[0].when.trace: cannot read"),
        ("{kind: loss, probability: 1%, links: {of: 7}, at: 1s}", ":6: faults[0].links.of: found node 7"),
    ],
)
def test_murmur_check_finds_a_wrong_target(fault: str, found: str, tmp_path: Any, capsys: Any) -> None:
    """The command ends with 2 and one line that names file, line and field, before anything runs."""
    path = tmp_path / "wrong.yaml"
    path.write_text(SCENARIO % fault)
    assert main(["check", str(path)]) == 2
    assert f"{path}{found}" in capsys.readouterr().err


def test_nodes_that_are_known_at_all_times() -> None:
    """A schedule by node needs nodes that are named: a number, a list, or all."""
    simulation, _ = under()
    assert list(named_nodes(Crash(target="all", at=0), simulation)) == [0, 1, 2, 3, 4, 5]
    assert list(named_nodes(Crash(target=(4, 1), at=0), simulation)) == [4, 1]
    with pytest.raises(InputError, match="expected node numbers or all"):
        named_nodes(Crash(target={"random": 1}, at=0), simulation)
