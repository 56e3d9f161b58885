"""Regions: who is where, and the delay between two places."""

import json
from importlib.resources import files

import pytest

from topologies.region_matrix import BUILT_IN, built_in
from topologies.registry import build, configure


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_matrix_names_its_source(name: str) -> None:
    """Every built-in matrix cites what was published where, and has a positive time for every pair of its regions."""
    matrix = built_in(name)
    assert "http" in matrix.source
    assert set(matrix.round_trip_ms) == {(a, b) for a in matrix.regions for b in matrix.regions}
    assert all(time > 0 for time in matrix.round_trip_ms.values())
    assert all(matrix.round_trip_ms[a, b] == matrix.round_trip_ms[b, a] for a, b in matrix.round_trip_ms)


@pytest.mark.parametrize("name", BUILT_IN)
def test_both_directions_were_measured_alike(name: str) -> None:
    """A slip of the pen in the table would show: no pair differs by more than 4 ms between its two directions."""
    table = json.loads(files("topologies").joinpath("data", f"{name}.json").read_text("utf-8"))["round_trip_ms"]
    size = range(len(table))
    assert max(abs(table[a][b] - table[b][a]) for a in size for b in size if a != b) <= 4


def test_nearby_regions_are_nearer_than_far_ones() -> None:
    """Within a region it is quicker than to any other, and London is nearer to Frankfurt than to Sydney."""
    times = built_in("ibm-cloud-2024").round_trip_ms
    for one, other in times:
        if one != other:
            assert times[one, one] < times[one, other]
    assert times["eu-gb", "eu-de"] == 12
    assert times["eu-gb", "au-syd"] == (272 + 271) / 2


def test_a_message_takes_half_of_the_round_trip() -> None:
    """The delay is one way, in whole nanoseconds, the same in both directions, from the regions of the two nodes."""
    topology = build({"kind": "regions", "regions": {"b": 2, "a": 1}, "round_trip_ms": {"b": {"a": 80.5, "b": 0.5}}})
    assert topology.regions == ("a", "b", "b")
    assert topology.latency_ns is not None
    assert [topology.latency_ns(*pair) for pair in ((0, 1), (1, 0), (0, 2), (1, 2))] == [40_250_000] * 3 + [250_000]


def test_time_within_a_region_has_an_order_of_precedence() -> None:
    """What the matrix says of a region counts first, then within_ms, then 1 ms; a built-in yields to within_ms."""
    given = {"a": {"a": 3.0, "b": 9.0}}
    config = {"kind": "regions", "regions": {"a": 2, "b": 2}, "round_trip_ms": given}
    delays = [build({**config, **within}).latency_ns for within in ({}, {"within_ms": 5})]
    assert [delay(0, 1) for delay in delays if delay] == [1_500_000, 1_500_000]
    assert [delay(2, 3) for delay in delays if delay] == [500_000, 2_500_000]
    named = build({"kind": "regions", "regions": {"eu-de": 2}, "within_ms": 5}).latency_ns
    measured = build({"kind": "regions", "regions": {"eu-de": 2}}).latency_ns
    assert named is not None
    assert measured is not None
    assert (named(0, 1), measured(0, 1)) == (2_500_000, 416_667)


def test_the_order_of_the_file_does_not_matter() -> None:
    """Regions are numbered by name, so that a manifest with sorted keys builds the same topology."""
    one = build({"kind": "regions", "regions": {"eu-gb": 2, "au-syd": 1}})
    other = build({"kind": "regions", "regions": {"au-syd": 1, "eu-gb": 2}})
    assert (one.regions, one.digest()) == (other.regions, other.digest())


def test_nodes_are_spread_evenly_over_all_regions() -> None:
    """Thirteen nodes over ten regions: three regions have two."""
    described = build({"kind": "regions", "nodes": 13}).describe()["regions"]
    assert sorted(described.values()) == [1] * 7 + [2] * 3
    assert configure({"kind": "regions", "nodes": 3}).node_count == 3


def test_a_large_one_is_computed_and_its_delays_count() -> None:
    """Beyond 256 nodes the links are implicit, and the digest still tells other delays apart."""
    config = {"kind": "regions", "regions": {"a": 200, "b": 100}}
    one = build({**config, "round_trip_ms": {"a": {"b": 10}}})
    other = build({**config, "round_trip_ms": {"a": {"b": 11}}})
    assert one.implicit
    assert one.latency_ns is not None
    assert one.latency_ns(199, 200) == 5_000_000
    assert one.digest() != other.digest()
    assert one.digest() != build({"kind": "mesh", "nodes": 300}).digest()
