"""Shrinking: the cause is found among many faults, what is left still fails the same way, and budgets are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import murmur
from scenarios.shrink.search import Search
from scenarios.violation import violations
from tests.unit.scenarios.shrink.keepers import MODULE, cause, decoys, plan, scenario

FAULTS = 40


def shrink(data: Any, **options: Any) -> murmur.Shrunk:
    """Shrink a scenario of the test protocol."""
    return murmur.shrink(data, plugins=[MODULE], **options)


@pytest.mark.parametrize("seed", range(8))
def test_two_causes_among_forty_faults_are_found_in_200_runs(seed: int) -> None:
    """A plan of forty faults, two of which together lose the data, ends at these two alone within the budget."""
    ran: list[int] = []
    done = shrink(scenario(plan(seed, FAULTS)), watch=lambda search: ran.append(search.ran))
    assert len(done.before.faults) == FAULTS
    assert sorted(fault.name or "" for fault in done.scenario.faults) == ["cause-1", "cause-2"]
    assert ran == list(range(2, done.runs))
    assert done.complete
    assert done.runs <= 200


def test_all_that_can_be_smaller_is_smaller() -> None:
    """Targets, durations, times, nodes and the length of the run shrink with the faults; the table tells of each."""
    done = shrink(scenario(plan(1)))
    assert sorted(fault.target for fault in done.scenario.faults) == [(0,), (1,)]
    assert done.scenario.topology.node_count == 2
    assert done.scenario.duration < done.before.duration
    table = {what: (before, after) for what, before, after in done.table}
    assert table["faults"] == ("40", "2")
    assert table["nodes"] == ("12", "2")
    assert {"targets", "duration", "liveness", "cause-1", "cause-2"} <= table.keys()


def test_each_fault_that_is_left_is_needed_for_the_same_violation() -> None:
    """The shrunk run has the signature of the first one; without either fault, nothing is violated."""
    data = scenario(plan(2))
    before = murmur.run(data, plugins=[MODULE])
    done = shrink(before)
    assert violations(done.run.verdicts) == violations(before.verdicts)
    assert done.evidence
    assert {record.fields["id"] for record in done.records} == {"cause-1", "cause-2"}
    for left_out in range(2):
        faults = tuple(fault for place, fault in enumerate(done.scenario.faults) if place != left_out)
        rest = murmur.run(done.scenario.model_copy(update={"faults": faults}))
        assert not violations(rest.verdicts)


def test_what_is_kept_is_loaded_and_violates_again(tmp_path: Path) -> None:
    """shrunk.yaml and its run folder stand beside each other, and running the file gives that very run."""
    done = shrink(scenario(plan(3)), out=tmp_path / "found")
    assert done.file == tmp_path / "found" / "shrunk.yaml"
    again = murmur.run(done.file, plugins=[MODULE])
    assert again.digest == done.run.digest
    assert again.exit_code == 1
    assert done.folder is not None
    assert murmur.open_run(done.folder).manifest.digest == again.digest
    assert murmur.replay(done.folder, plugins=[MODULE]).same


def test_workers_change_nothing() -> None:
    """Two processes that run ahead lead to the same scenario by the same number of runs."""
    data = scenario(plan(4, 20))
    one, two = shrink(data), shrink(data, workers=2)
    assert one.scenario == two.scenario
    assert one.runs == two.runs


@pytest.mark.parametrize("budget", [3, 10, 25, 60])
def test_the_budget_is_kept_and_the_best_so_far_comes_back(budget: int) -> None:
    """Whatever the number of runs, it is not exceeded, and what is left still violates the check."""
    done = shrink(scenario(plan(5)), runs=budget)
    assert not done.complete
    assert done.runs == budget
    assert done.run.exit_code == 1
    assert len(done.scenario.faults) <= FAULTS


def test_no_scenario_is_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run that is counted is of a scenario that was not run before."""
    from scenarios.shrink import search as module

    seen: list[str] = []
    real = module.try_out

    def remember(setting: Any, data: Any) -> Any:
        """Note what is run."""
        canonical = setting.scenario(data).canonical()
        seen.append(repr({name: canonical[name] for name in canonical if name not in module.NOT_RUN}))
        return real(setting, data)

    monkeypatch.setattr(module, "try_out", remember)
    done = shrink(scenario(plan(6)))
    assert len(seen) == done.runs - 2  # all but the first and the last
    assert len(set(seen)) == len(seen)


def test_unnamed_faults_get_names_and_drop_out_with_their_heals() -> None:
    """Faults without names are told apart in the table; a heal goes with the partition that it ends."""
    faults = [{name: value for name, value in fault.items() if name != "name"} for fault in plan(7, 12)]
    split = [
        {"kind": "partition", "name": "split", "groups": [[4, 5]], "at": "1s"},
        {"kind": "heal", "name": "split", "at": "2s"},
    ]
    done = shrink(scenario([*split, *faults]))
    assert {fault.kind for fault in done.scenario.faults} == {"crash"}
    assert all(fault.name for fault in done.scenario.faults)


def test_a_threshold_is_kept_instead_of_a_check() -> None:
    """Faults that make a run converge late shrink to one that still does, though every check holds."""
    late = {"kind": "partition", "name": "late", "groups": [[3, 4, 5]], "at": "19500ms", "heal_after": "7300ms"}
    faults = [*decoys_before(18), late]
    done = shrink(scenario(faults), when="first_converged_at > 25s")
    assert [fault.name for fault in done.scenario.faults] == ["late"]
    assert done.run.exit_code == 0
    converged = done.run.metrics["first_converged_at"]
    assert isinstance(converged, int)
    assert converged > 25_000_000_000


def decoys_before(seconds: int) -> list[dict[str, Any]]:
    """Faults that are over before a time."""
    from random import Random

    early = decoys(20, Random(1))
    return [{**fault, "at": f"{place * seconds * 1000 // 24}ms"} for place, fault in enumerate(early)]


def test_a_plan_that_the_seed_draws_is_written_out() -> None:
    """The faults of a random plan are those of the run, and what is left of them is a list."""
    data = {**scenario([]), "faults": {"kind": "random", "only": ["crash"], "fewest": 30, "most": 40, "until": "18s"}}
    seed = next(seed for seed in range(50) if murmur.run(data, seed=seed, plugins=[MODULE]).exit_code == 1)
    done = shrink(data, seed=seed)
    assert len(done.before.faults) >= 30
    assert 1 <= len(done.scenario.faults) <= 2
    assert done.scenario.seed == seed


def test_progress_is_told_after_each_run() -> None:
    """Whoever watches sees each run once, with what is tried and what is left."""
    steps: list[tuple[str, int]] = []

    def watch(search: Search) -> None:
        """Take a look."""
        steps.append((search.step, len(search.best["faults"])))

    shrink(scenario(plan(0)), watch=watch)
    assert steps[0][0] == "faults"
    assert {"faults", "targets", "times", "durations", "nodes", "length of the run"} <= {step for step, _ in steps}
    assert [left for _, left in steps] == sorted((left for _, left in steps), reverse=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 2}, "found 2 runs; expected at least 3"),
        ({"workers": 0}, "found 0 workers; expected at least 1"),
        ({"check": "liveness", "when": "messages > 3"}, "found a check and a condition; expected one of them"),
        ({"check": "livenes"}, "did you mean 'liveness'?"),
        ({"check": "messages-balance"}, "found no violated check in keepers with seed 0: messages-balance holds"),
        ({"when": "messages < 3"}, "messages < 3 is not so in keepers with seed 0, where messages is"),
    ],
)
def test_wrong_parameters_are_refused(options: dict[str, Any], message: str) -> None:
    """What cannot be kept, or not by so few runs, is told before anything is shrunk."""
    with pytest.raises(murmur.InputError) as refused:
        shrink(scenario(plan(0)), **options)
    assert message in str(refused.value)


def test_a_run_without_violation_or_checks_is_refused() -> None:
    """A run in which all holds, and one in which nothing is checked, say what to do instead."""
    from random import Random

    with pytest.raises(murmur.InputError, match=r"found no violated check in keepers .* look for a seed"):
        shrink(scenario(cause(Random(0))[:1]))
    bare = {**scenario([]), "checks": [], "liveness": None}
    with pytest.raises(murmur.InputError, match="keepers has no checks"):
        shrink(bare)


def test_members_that_the_options_of_raft_name_go_with_the_nodes() -> None:
    """Seven nodes, of which five vote at first, two learn and node 1 leads, come down to two: it leads, both vote."""
    members = {"servers": 5, "learners": [5, 6], "initial_leader": 1}
    data = {
        "name": "members",
        "duration": "2s",
        "topology": {"kind": "mesh", "nodes": 7},
        "protocol": {"kind": "raft", **members},
        "faults": [{"kind": "crash", "target": 1, "at": "1s"}],
    }
    done = murmur.shrink(data, when="largest_term >= 1", runs=60)
    assert done.scenario.topology.node_count <= 2
    left = done.scenario.protocol
    assert (left.servers or 0) <= done.scenario.topology.node_count
    assert left.learners == ()


def test_a_fault_without_a_name_is_told_by_its_kind() -> None:
    """Where a fault could not be given a name without another outcome, its row is called by its kind."""
    done = shrink(scenario(cause(Random(1))), runs=40)
    smaller, *_ = done.scenario.faults
    before = done.before.model_copy(update={"faults": (smaller.model_copy(update={"name": None, "at": 1}),)})
    after = done.scenario.model_copy(update={"faults": (smaller.model_copy(update={"name": None}),)})
    assert [row[0] for row in replace(done, before=before, scenario=after).table][-1] == "crash"
