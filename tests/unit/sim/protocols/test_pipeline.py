"""Pipelines: items go through, back-pressure goes up, and options that make no sense are refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import pytest
from pydantic import ValidationError

import murmur
from sim.protocols.pipeline.config import PipelineConfig, StageConfig
from sim.runtime.config import Safeguard
from sim.runtime.reference import Reference
from topologies.errors import InputError

MILLISECOND = 1_000_000


def piped(duration: str = "2s", nodes: int = 4, **fields: Any) -> murmur.Run:
    """A run of a pipeline with these options, on a mesh with links of 1 ms."""
    protocol = fields.pop("protocol", {})
    scenario = {
        "name": "piped",
        "duration": duration,
        "topology": {"kind": "mesh", "nodes": nodes},
        "network": {"latency": "1ms"},
        "protocol": {"kind": "pipeline", **protocol},
        "checks": ["mailbox-bounded", "nothing-lost"],
    }
    return murmur.run({**scenario, **fields})


def test_items_pass_all_stages_in_time() -> None:
    """An item that meets nobody takes the waits of the stages and a millisecond for each hop."""
    stages = [{"wait": "5ms"}, {"wait": "3ms"}]
    run = piped(protocol={"items": 10, "rate": "20/s", "stages": stages})
    metrics = run.summary["metrics"]
    assert metrics["items_delivered"] == 10
    assert metrics["item_ran_mean"] == 8 * MILLISECOND
    assert metrics["item_queued_mean"] == 0
    assert metrics["item_latency_p50"] == 11 * MILLISECOND


def test_the_slowest_stage_sets_the_pace() -> None:
    """Sources that could go faster offer no more than the slowest stage takes, but for what mailboxes hold."""
    stages = [{"wait": "1ms"}, {"wait": "10ms"}, {"wait": "1ms"}]
    mailbox = {"capacity": 10}
    options = {"items": 10_000, "stages": stages, "runtime": {"mailbox": mailbox, "transport": {"window": 4}}}
    metrics = piped(nodes=5, protocol=options).summary["metrics"]
    assert metrics["item_throughput"] == pytest.approx(100, rel=0.02)
    assert metrics["items_offered"] - metrics["items_delivered"] < 3 * 10 + 4 * 4
    assert metrics["time_blocked"] > 1_500 * MILLISECOND
    assert metrics["mailbox_peak"] <= 10


def test_more_actors_in_a_stage_take_more() -> None:
    """Three actors in the slowest stage deliver three times as many items."""
    rates = []
    for actors in (1, 3):
        options = {"items": 10_000, "stages": [{"wait": "9ms", "actors": actors}]}
        rates.append(piped(protocol=options).summary["metrics"]["item_throughput"])
    assert rates[1] == pytest.approx(3 * rates[0], rel=0.03)


def test_stages_compete_for_cores() -> None:
    """Two stages of equal work on one core deliver half of what they do on two."""
    rates = []
    for cores in (1, 2):
        options = {"items": 2_000, "placement": "together", "stages": [{"work": "100us"}, {"work": "100us"}]}
        run = piped("100ms", protocol=options, hardware={"cores": cores})
        rates.append(run.summary["metrics"]["item_throughput"])
    assert rates[1] == pytest.approx(2 * rates[0], rel=0.1)


def test_an_actor_that_fails_loses_the_item_and_goes_on() -> None:
    """Items at which a stage fails are dropped on record, and all others are delivered."""
    stages = [{"wait": "1ms", "fails": 0.1}]
    options = {"items": 200, "stages": stages, "runtime": {"supervision": {"intensity": 1_000}}}
    run = piped(protocol=options)
    metrics = run.summary["metrics"]
    assert metrics["actor_failures"] == metrics["actor_restarts"] == metrics["messages_given_up"] > 5
    assert metrics["items_delivered"] + metrics["messages_given_up"] == 200
    assert run.exit_code == 0


def test_items_on_record_are_not_lost() -> None:
    """Where mailboxes drop the newest or the oldest, the balance holds with what they dropped."""
    for overflow in ("drop-newest", "drop-oldest", "reject"):
        mailbox = {"capacity": 5, "overflow": overflow}
        run = piped(protocol={"items": 300, "stages": [{"wait": "5ms"}], "runtime": {"mailbox": mailbox}})
        assert run.exit_code == 0
        assert run.summary["metrics"]["messages_given_up"] > 100


def test_sources_go_on_where_they_were() -> None:
    """A source whose node restarts offers no item twice; one that lost its disk offers others."""
    crash = {"kind": "crash", "target": 0, "at": "500ms", "restart_after": "100ms"}
    for fault, offered in ((crash, 200), ({**crash, "lose_disk": True}, 250)):
        run = piped("3s", protocol={"items": 200, "rate": "100/s"}, faults=[fault])
        metrics = run.summary["metrics"]
        assert metrics["items_offered"] == pytest.approx(offered, abs=2)
        assert run.exit_code == 0


def violated(seeds: Iterable[int], *overrides: str) -> set[str]:
    """The checks that runs of the scenario for hunts violate, with the plans of faults of these seeds."""
    scenario = murmur.load("pipeline-hunt", overrides=overrides)
    runs = [murmur.run(scenario, seed=seed) for seed in seeds]
    return {verdict.check for run in runs for verdict in run.verdicts if verdict.verdict == "violated"}


@pytest.mark.parametrize("ablation", get_args(Safeguard))
def test_plans_of_faults_show_what_a_safeguard_is_for(ablation: str) -> None:
    """Three plans are enough to find each ablation by its check."""
    check = "mailbox-bounded" if ablation == "mailbox-bound" else "nothing-lost"
    assert check in violated(range(3), f"protocol.ablate=[{ablation}]")


def test_plans_of_faults_break_nothing_of_the_whole() -> None:
    """With all safeguards ten plans break no promise."""
    assert not violated(range(10))


def test_actors_are_placed_by_rule() -> None:
    """By stage each layer has its node, spread each actor its own, together all have one; nodes of a stage go first."""
    stages = (StageConfig(actors=2), StageConfig(actors=2, nodes=(3, 1)))
    places = {
        placement: [[actor.node for actor in layer] for layer in options.layers(4)]
        for placement in ("by-stage", "spread", "together")
        if (options := PipelineConfig(stages=stages, placement=placement))
    }
    assert places["by-stage"] == [[0], [1, 1], [3, 1], [3]]
    assert places["spread"] == [[0], [1, 2], [3, 1], [1]]
    assert places["together"] == [[0], [0, 0], [3, 1], [0]]
    named = PipelineConfig(sink_node=2).layers(4)
    assert named[-1] == [Reference(2, "sink-0")]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"stages": ({"name": "a"}, {"name": "a"})}, "give each stage its own name"),
        ({"stages": ({"name": "sink"},)}, "give each stage its own name"),
        ({"stages": ({"name": "A"},)}, "match pattern"),
        ({"items": 0}, "greater than or equal to 1"),
        ({"rate": "0/s"}, "greater than 0"),
        ({"ablate": ["retransmission", "retransmission"]}, "a second time"),
        ({"runtime": {"mailbox": {"high": 0.1}}}, "not below high"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], remedy: str) -> None:
    """Each has an error that says what to do."""
    with pytest.raises(ValidationError, match=remedy):
        PipelineConfig(**options)


def test_nodes_that_are_not_there_are_refused() -> None:
    """A stage on a node beyond the topology is named."""
    with pytest.raises(InputError, match="found node 7 of 4") as error:
        piped(protocol={"stages": [{"nodes": [1, 7]}]})
    assert error.value.path[-4:] == ("stages", 0, "nodes", 1)
