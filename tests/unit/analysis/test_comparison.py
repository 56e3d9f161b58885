"""Comparison of runs: the first difference is found wherever it is, and what follows is told node by node."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import compare_records, compare_runs
from analysis.manifest import describe
from analysis.run_folder import RunFolder, open_run
from analysis.run_writer import RunWriter
from sim.network.config import NetworkConfig
from sim.network.latency import ExponentialLatency
from sim.records import Detail, Record
from sim.simulation import Plan
from tests.small_protocols import MILLISECOND, SECOND, At, flooding

SLOW = NetworkConfig(latency=ExponentialLatency(mean=MILLISECOND))


def keep(folder: Path, detail: Detail, seed: int = 7, faults: tuple[Plan, ...] = ()) -> RunFolder:
    """A run of flooding on disk."""
    simulation = flooding(seed=seed, detail=detail, faults=faults, network=SLOW)
    with RunWriter(folder) as writer:
        simulation.recorder.sink = writer.write
        simulation.run(until=SECOND)
        manifest = describe(simulation, {"seed": seed}, ended_by="duration", rows=writer.events.rows)
        return open_run(writer.finish(manifest, {}))


@pytest.mark.parametrize("detail", ["summary", "states", "messages", "all"])
def test_equal_runs_are_the_same(tmp_path: Path, detail: Detail) -> None:
    """Two runs with the same digest are the same, also where they were kept at different detail."""
    found = compare_runs(keep(tmp_path / "a", detail), keep(tmp_path / "b", "states"))
    assert found.same
    assert "the runs are the same" in found.text


@pytest.mark.parametrize(("detail", "other"), [("states", "all"), ("messages", "messages"), ("all", "messages")])
def test_first_difference_is_the_fault_that_one_run_had(tmp_path: Path, detail: Detail, other: Detail) -> None:
    """Where one run has a crash and the other has none, that crash is the first difference, at its time."""
    crash = (At(((2 * MILLISECOND, "crash", 3),)),)
    found = compare_runs(keep(tmp_path / "a", detail), keep(tmp_path / "b", other, faults=crash))
    assert not found.same
    assert found.second is not None
    assert (found.second.kind, found.second.node, found.second.time) == ("crashed", 3, 2 * MILLISECOND)
    assert 3 in {difference.node for difference in found.nodes}
    assert "node 3 crashed at 2ms" in found.text
    assert ("--detail messages" in found.text) == (detail == "states")


def test_other_seeds_are_named_first(tmp_path: Path) -> None:
    """Runs of different seeds say so before anything else."""
    found = compare_runs(keep(tmp_path / "a", "states"), keep(tmp_path / "b", "states", seed=8))
    assert found.text.splitlines()[0] == "seed: 7 in the first run, 8 in the second"
    assert not found.same


def test_long_settings_are_told_by_how_they_begin(tmp_path: Path) -> None:
    """Two descriptions do not fill the screen before the first difference is named."""
    kept = keep(tmp_path / "a", "states")
    about = {**kept.manifest.scenario, "description": "x" * 500}
    other = replace(kept, manifest=kept.manifest.model_copy(update={"scenario": about, "digest": "0"}))
    line = next(line for line in compare_runs(kept, other).settings if line.startswith("description"))
    assert line.endswith(f"{'x' * 60}... in the second")


def test_low_detail_says_what_to_run_again_with(tmp_path: Path) -> None:
    """Where no records were kept, the comparison says which detail would show the difference."""
    found = compare_runs(keep(tmp_path / "a", "summary"), keep(tmp_path / "b", "summary", seed=8))
    assert found.position is None
    assert "no records were kept; run both again with --detail messages" in found.text


def test_a_digest_that_differs_is_never_the_same(tmp_path: Path) -> None:
    """Where all records are equal but the digests are not, messages under way at the end are named as what is left."""
    first = keep(tmp_path / "a", "messages")
    other = replace(first, manifest=first.manifest.model_copy(update={"digest": "0"}))
    found = compare_runs(first, other)
    assert not found.same
    assert "under way when they ended" in found.text


def test_a_shift_of_place_alone_is_explained() -> None:
    """State records that differ in their sequence number only point to messages that are not among the records."""
    first, second = [Record(5, 3, 1, "informed", {})], [Record(5, 4, 1, "informed", {})]
    found = compare_records(first, second, "states")
    assert found.position == 0
    assert not found.nodes
    assert "other messages came to an outcome before it" in found.text


records = st.builds(
    Record, st.integers(0, 9), st.just(0), st.none() | st.integers(0, 3), st.sampled_from("ab"), st.just({})
)


@given(st.lists(records, max_size=12), st.lists(records, max_size=12))
def test_nodes_that_differ_are_those_whose_records_differ(first: list[Record], second: list[Record]) -> None:
    """The nodes named are exactly those whose own records differ after the first difference, with the right counts."""
    found = compare_records(first, second)
    assert found.same == (first == second)
    if found.position is None:
        return
    rests = first[found.position :], second[found.position :]
    for node in (None, 0, 1, 2, 3):
        own = [[record for record in rest if record.node == node] for rest in rests]
        named = [difference for difference in found.nodes if difference.node == node]
        assert bool(named) == (own[0] != own[1])
        if named:
            equal = next((i for i, pair in enumerate(zip(*own, strict=False)) if pair[0] != pair[1]), None)
            start = min(map(len, own)) if equal is None else equal
            assert named[0].records == [len(own[0]) - start, len(own[1]) - start]
