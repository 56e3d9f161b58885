"""Pools of workers: every agent is updated once a step, the slowest decides, and what is slow is so for a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from scenarios.run import Run
from topologies.errors import InputError

FREE = {"barrier": "0s", "wake": "0s", "signal": "0s", "memory": "0s", "hit": "0s"}
CHUNKS = ("static", "dynamic", "guided", "stealing", "ordered")


def scenario(cores: int = 8, shared: dict[str, str] | None = None, **protocol: Any) -> dict[str, Any]:
    """One node with a pool of as many workers as cores, unless said."""
    transfer = {"same_socket": "0s" if shared is FREE else "40ns"}
    return {
        "name": "pool",
        "duration": "1s",
        "topology": {"kind": "mesh", "nodes": 1},
        "hardware": {"cores": cores, "transfer": transfer, "shared": shared or {}},
        "protocol": {"kind": "worker-pool", "agents": 64, "workers": cores, "steps": 3, **protocol},
        "stop_when": "quiescent",
    }


def run(*arguments: Any, faults: tuple[dict[str, Any], ...] = (), **options: Any) -> Run:
    """Run such a scenario."""
    return murmur.run({**scenario(*arguments, **options), "faults": list(faults)})


def pool_of(done: Run) -> dict[str, Any]:
    """What the pool's last record says."""
    (record,) = (record for record in done.records if record.kind == "pool")
    return dict(record.fields)


@settings(max_examples=12, deadline=None)
@given(
    chunks=st.sampled_from(CHUNKS),
    workers=st.integers(1, 9),
    cores=st.integers(1, 5),
    agents=st.integers(1, 70),
    chunk=st.integers(1, 20),
    lines=st.booleans(),
)
def test_every_agent_is_updated_once_a_step(
    chunks: str, workers: int, cores: int, agents: int, chunk: int, lines: bool
) -> None:
    """However agents are shared out, nobody is left out, nobody is updated twice, and the states are the same."""
    same = {"agents": agents, "neighbors": min(4, agents - 1)}
    done = run(cores, chunks=chunks, workers=workers, chunk=chunk, lines=lines, **same)
    assert [record.fields["updates"] for record in done.records if record.kind == "step"] == [agents] * 3
    assert pool_of(done)["checksum"] == pool_of(run(1, **same))["checksum"]


def test_order_decides_where_updates_show_at_once() -> None:
    """In a fixed order states do not depend on the workers; else they do, where updates go by those just made."""
    ordered = {pool_of(run(cores, apply="at-once", chunks="ordered"))["checksum"] for cores in (1, 3, 8)}
    shared_out = {pool_of(run(cores, apply="at-once"))["checksum"] for cores in (1, 3, 8)}
    assert len(ordered) == 1
    assert len(shared_out) > 1
    assert ordered < shared_out


def test_a_step_takes_what_its_slowest_worker_takes() -> None:
    """With nothing else that takes time, ten agents on four workers take three updates, and one waits for none."""
    done = run(4, FREE, agents=10, update="1us")
    assert [record.fields["took"] for record in done.records if record.kind == "step"] == [3000] * 3
    assert done.metrics["parallel_speed_up"] == pytest.approx(10 / 3)
    assert done.metrics["barrier_wait_share"] == pytest.approx(2 / 12)


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_serial_work_limits_the_speed_up(workers: int) -> None:
    """Amdahl's law holds to the nanosecond where one worker alone has a share of the work."""
    done = run(workers, FREE, agents=80, update="1us", serial="20us")
    assert done.metrics["parallel_speed_up"] == pytest.approx(1 / (0.2 + 0.8 / workers))


@pytest.mark.parametrize(("chunks", "least", "most"), [("static", 3.9, 4.1), ("dynamic", 1, 1.3), ("stealing", 1, 1.4)])
def test_a_straggler_is_worked_around_where_work_can_move(chunks: str, least: float, most: float) -> None:
    """One core of eight at a quarter of its speed makes equal shares take four times as long, others hardly longer."""
    slow = {"kind": "slow-core", "target": 0, "cores": [3], "speed": 0.25, "at": 0}
    options = {"agents": 800, "chunk": 4, "chunks": chunks, "update": "10us"}
    slowed, plain = (run(8, faults=faults, **options).metrics["step_time_mean"] for faults in ((slow,), ()))
    assert least <= slowed / plain <= most


def test_an_update_that_takes_too_long_is_given_up() -> None:
    """It costs its timeout, is counted, and leaves the agent as it was."""
    update = {"kind": "empirical", "samples": ["1us", "100us"]}
    done = run(1, FREE, update=update, timeout="10us", agents=100, steps=1)
    late = done.metrics["updates_timed_out"]
    assert 20 < late < 80
    assert done.metrics["agent_updates"] == 100 - late
    assert pool_of(done)["work"] == late * 10_000 + (100 - late) * 1_000


def test_a_full_listener_loses_events_and_the_pool_does_not_wait() -> None:
    """What a listener has no room for is dropped; all else is heard before the pool is at its end."""
    options = {"events": 0.5, "listeners": 2, "agents": 200, "steps": 20, "flush_every": 1}
    slow = run(4, listen="20us", buffer=1, **options)
    quick = run(6, workers=4, listen="10ns", buffer=50, **options)
    for done in (slow, quick):
        metrics = done.metrics
        assert metrics["events_heard"] + metrics["events_dropped"] == 2 * metrics["events_flushed"]
    assert slow.metrics["events_dropped"] > 0
    assert quick.metrics["events_dropped"] == 0


def test_batches_cost_less_than_single_events() -> None:
    """Passing on the events of a step as one batch takes the pool less time than each by itself."""
    options = {"events": 1.0, "listeners": 4, "agents": 256, "buffer": 1000, "listen": "1ns", "workers": 4}
    single, batched = (run(8, flush_every=every, **options).metrics["step_time_mean"] for every in (0, 3))
    assert batched < single


def test_updates_go_by_one_graph() -> None:
    """While the graph is replaced again and again, no update sees two versions, and each replacement ends."""
    options = {"agents": 400, "steps": 10, "update": "200ns", "chunks": "dynamic", "chunk": 4, "workers": 4}
    done = murmur.run({**scenario(6, rewire_every="5us", **options), "checks": ["no-torn-read"]})
    versions = [record.fields["version"] for record in done.records if record.kind == "rewired"]
    assert len(versions) > 10
    assert versions == list(range(1, len(versions) + 1))
    assert [verdict.verdict for verdict in done.verdicts] == ["holds"]
    assert done.metrics["rewire_time_mean"] >= 1_500


def test_a_shutdown_ends_the_step_and_empties_the_buffers() -> None:
    """Asked in the midst of a step, the pool ends it, its listeners hear what was passed on, and no more begins."""
    done = run(5, FREE, workers=4, agents=400, steps=1000, lasts="250us", events=0.1, listeners=1, listen="3us")
    steps = [record for record in done.records if record.kind == "step"]
    assert len(steps) == 3
    assert done.metrics["events_heard"] == done.metrics["events_flushed"]
    assert done.metrics["shutdown_time"] == pool_of(done)["shutdown"] > 50_000


def test_false_sharing_of_agents_depends_on_who_has_their_neighbours() -> None:
    """Chunks of one agent put agents of one line on different cores; padding, or larger chunks, keep lines in place."""
    options = {"agents": 256, "lines": True, "update": "100ns", "chunks": "dynamic"}
    moves = {
        (chunk, padding): pool_of(run(8, chunk=chunk, layout={"padding": padding}, **options))["moves"]
        for chunk in (1, 32)
        for padding in (False, True)
    }
    assert moves[1, False] > moves[1, True]
    assert moves[32, False] < moves[1, False] / 2


def test_memory_of_agents_is_that_of_their_layout() -> None:
    """8 bytes of state, 10 neighbours: 52 bytes with indices in a pool, 128 with pointers in blocks."""
    pooled, blocks = (
        run(1, neighbors=10, steps=1, layout=layout).metrics["memory_per_agent"]
        for layout in ({}, {"neighbors": "pointer", "pooled": False})
    )
    assert (pooled, blocks) == (52, 128)


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ({"events": 0.1}, "listeners: 1"),
        ({"rewire_every": "1us", "neighbors": 0}, "neighbors: 1"),
        ({"chunks": "stolen"}, "stealing"),
        ({"layout": {"state": 0}}, "layout.state"),
    ],
)
def test_wrong_options_are_refused(protocol: dict[str, Any], words: str) -> None:
    """Events that nobody hears, a graph without links, and names that are none are refused."""
    with pytest.raises(InputError, match=words):
        murmur.run(scenario(**protocol))
