"""Checks of replicas: each holds for gossip, catches it without a safeguard, and says when it cannot know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.checks import Checks, check_run
from analysis.holdings import Holdings
from analysis.manifest import RunBalance, RunVerdict
from analysis.run_folder import open_run
from analysis.verdict import RunEnd, Subject
from scenarios.run import run
from sim.convergence import Coverage
from sim.protocols.gossip.entry import Entry
from sim.protocols.gossip.gossip import Gossip
from sim.records import Record
from sim.simulation import Simulation
from tests.small_protocols import SECOND

COVERAGE = Coverage("informed", "announced", "update", "replaces", durable=True)
VOLATILE = Coverage("informed", "announced", "update", "replaces")
NAMES = ("no-lost-write", "replicas-agree", "no-resurrection")


@dataclass
class Story:
    """Records of a run of a few nodes, told one after the other, a second apart."""

    records: list[Record]
    nodes: int = 3

    def wrote(self, node: int, item: str, deleted: bool = False, taken: bool = True) -> Story:
        """A node writes, and holds what it wrote unless it is not `taken`; the key is the letter of the item."""
        version = len(self.records)
        self._add(node, "announced", update=item, key=item[0], version=version, writer=node, deleted=deleted)
        return self.heard(node, item, None) if taken else self

    def heard(self, node: int, item: str, source: int | None) -> Story:
        """A node takes an item from another."""
        return self._add(node, "informed", update=item, source=source)

    def lived(self, node: int, kind: str) -> Story:
        """Something happens to a node."""
        return self._add(node, kind)

    def healed(self, within: int, core: Iterable[int] = (0, 1)) -> Story:
        """The liveness phase begins, with so many seconds for the nodes of the core."""
        return self._add(None, "liveness", core=tuple(core), within=within * SECOND)

    def _add(self, node: int | None, kind: str, **fields: Any) -> Story:
        number = len(self.records)
        self.records.append(Record(number * SECOND, number, node, kind, fields))
        return self

    def judged(self, name: str, declared: Coverage = COVERAGE, after: int = 0, by: str = "duration") -> RunVerdict:
        """The verdict of a check, so many seconds after the last record."""
        (check,) = Checks([name], Subject(declared, self.nodes)).checks
        for record in self.records:
            if record.kind in check.kinds:
                check.observe(record)
        end = (len(self.records) - 1 + after) * SECOND
        return check.finish(
            RunEnd(end, by, RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True))
        )


def story() -> Story:
    """A story in which nothing has happened yet."""
    return Story([])


# no-lost-write


def test_going_back_to_what_was_overwritten_is_caught() -> None:
    """A node that holds a write takes one of its past; also where it never held that one before."""
    over = story().wrote(0, "a1").heard(1, "a1", 0).wrote(1, "a2").heard(2, "a2", 1)
    assert over.judged("no-lost-write").verdict == "holds"
    caught = over.heard(2, "a1", 0).judged("no-lost-write")
    assert caught.verdict == "violated"
    assert "node 2 went back to a1" in caught.reason
    assert [shown["kind"] for shown in caught.evidence] == ["announced", "announced", "informed", "informed"]


def test_the_past_goes_over_several_nodes() -> None:
    """What a writer knew through the writes of others is in its past too."""
    chain = story().wrote(0, "a1").heard(1, "a1", 0).wrote(1, "a2").heard(2, "a2", 1).wrote(2, "a3")
    assert chain.judged("no-lost-write").verdict == "holds"
    assert chain.heard(2, "a1", 0).judged("no-lost-write").verdict == "violated"


def test_of_concurrent_writes_any_may_win() -> None:
    """Neither writer knew the other's write: whichever stays, nothing is lost to what was known."""
    split = story().wrote(0, "a1").wrote(1, "a2").heard(0, "a2", 1).heard(1, "a1", 0)
    assert split.judged("no-lost-write").verdict == "unknown"
    assert split.wrote(2, "b1").wrote(2, "b2").judged("no-lost-write").verdict == "holds"


def test_a_write_that_not_even_its_writer_holds_is_lost() -> None:
    """Once the writer has gone on, a write that nobody ever held gave way to what it had known."""
    vain = story().wrote(0, "a1").wrote(0, "a2", taken=False)
    assert vain.judged("no-lost-write").verdict == "violated", "only a1 is left at the end"
    concurrent = story().wrote(0, "a1").wrote(0, "a2", taken=False).wrote(1, "a3").heard(0, "b0", 1).heard(0, "a3", 1)
    caught = concurrent.judged("no-lost-write")
    assert caught.verdict == "violated"
    assert "a2 gave way to a1" in caught.reason


def test_a_write_that_is_gone_at_the_end_is_lost() -> None:
    """All that is left of a key is of the past of a write; a lost disk of its writer excuses that."""
    forgot = story().wrote(0, "a1").heard(1, "a1", 0).wrote(0, "a2").lived(0, "crashed")
    assert forgot.judged("no-lost-write").verdict == "holds"
    assert forgot.judged("no-lost-write", VOLATILE).verdict == "holds", "what was volatile is lost with its writer"
    assert forgot.lived(0, "disk-lost").judged("no-lost-write").verdict == "holds"
    passed_on = story().wrote(0, "a1").heard(1, "a1", 0).wrote(0, "a2").heard(2, "a2", 0).lived(2, "disk-lost")
    assert passed_on.heard(2, "a1", 1).judged("no-lost-write").verdict == "holds", "a new disk, and node 0 holds it"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=30))
def test_a_store_by_version_vectors_never_loses_a_write(steps: list[tuple[int, int, bool]]) -> None:
    """A store that takes a write only if it was made in knowledge of what it holds is never accused."""
    told = story()
    held: list[tuple[str, ...]] = [(), (), ()]
    for number, (node, other, writes) in enumerate(steps):
        if writes:
            held[node] = (*held[node], f"a{number}")
            told.wrote(node, f"a{number}")
        elif len(held[other]) > len(held[node]) and held[other][: len(held[node])] == held[node]:
            held[node] = held[other]
            told.heard(node, held[node][-1], other)
    assert told.judged("no-lost-write").verdict in ("holds", "unknown")


# replicas-agree


def test_replicas_that_differ_at_the_deadline_are_caught() -> None:
    """Nodes of the core differ when their time is over, whatever comes afterwards."""
    differ = story().wrote(0, "a1").heard(1, "a1", 0).wrote(0, "a2").healed(3)
    assert differ.judged("replicas-agree", after=3).verdict == "violated"
    assert differ.judged("replicas-agree", after=2).verdict == "unknown"
    assert differ.judged("replicas-agree", after=2, by="quiescent").verdict == "violated"
    caught = differ.judged("replicas-agree", after=5)
    assert caught.reason == "nodes differ on 1 of 1 keys"
    kinds = [shown["kind"] for shown in caught.evidence]
    assert kinds == ["announced", "informed", "announced", "informed", "liveness"]
    in_time = story().wrote(0, "a1").heard(1, "a1", 0).wrote(0, "a2").healed(3).heard(1, "a2", 0)
    assert in_time.judged("replicas-agree", after=5).verdict == "holds"
    late = story().wrote(0, "a1").heard(1, "a1", 0).wrote(0, "a2").healed(1).heard(2, "a2", 0).heard(1, "a2", 0)
    assert late.judged("replicas-agree", after=5).verdict == "violated"


def test_many_differences_are_shown_like_few() -> None:
    """However many values replicas hold, two of them and the phase are shown, so that equal violations look equal."""
    told = Story([], nodes=7).wrote(6, "a9").heard(0, "a9", 6)
    for node in range(7):
        told.wrote(node, f"a{node}")
    caught = told.healed(1, core=range(7)).judged("replicas-agree", after=1)
    assert caught.verdict == "violated"
    kinds = [shown["kind"] for shown in caught.evidence]
    assert kinds == ["announced", "informed", "announced", "informed", "liveness"]


def test_only_the_core_and_what_was_written_before_count() -> None:
    """Node 2 is outside the core, and key b is written in the phase itself."""
    told = story().wrote(0, "a1").heard(1, "a1", 0).healed(2).wrote(0, "b1")
    assert told.judged("replicas-agree", after=5).verdict == "holds"
    assert story().healed(2).wrote(0, "b1").heard(1, "b1", 0).judged("replicas-agree", after=5).verdict == "unknown"


def test_a_deleted_key_is_like_one_never_heard_of() -> None:
    """A reader sees nothing in both cases; a value that came back is a difference."""
    deleted = story().wrote(0, "a1").heard(2, "a1", 0).wrote(0, "a2", deleted=True).healed(2)
    assert deleted.judged("replicas-agree", after=2).verdict == "holds"
    assert deleted.heard(1, "a1", 2).judged("replicas-agree", after=2).verdict == "violated"


def test_without_a_liveness_phase_only_rest_shows_a_difference() -> None:
    """Replicas that agree at the end hold; those that differ do, until nothing is left to happen, perhaps not yet."""
    differ = story().wrote(0, "a1").heard(1, "a1", 0)
    assert differ.judged("replicas-agree").verdict == "unknown"
    assert differ.judged("replicas-agree", by="quiescent").verdict == "violated"
    assert differ.heard(2, "a1", 1).judged("replicas-agree").verdict == "holds"
    assert differ.lived(2, "disk-lost").lived(2, "crashed").judged("replicas-agree").verdict == "holds", (
        "only two are up"
    )
    assert differ.lived(2, "restarted").judged("replicas-agree", by="quiescent").verdict == "violated"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_could_be_wrong_is_unknown(name: str) -> None:
    """Where nobody wrote, or nobody told another, no check of replicas claims to have seen anything."""
    assert story().judged(name).verdict == "unknown"
    assert story().wrote(0, "a1").judged(name).verdict == "unknown"
    bare = story()
    bare._add(0, "announced", update="rumour")
    assert bare.heard(1, "rumour", 0).judged(name).verdict == "unknown", "a rumour without a key is no write"


# Whole runs.


class LastToldWins(Gossip):
    """Takes whatever it is told, newer or not."""

    def learn(self, entry: Entry, source: int | None) -> bool:
        """Forget what is held of the key first, where that is another entry."""
        held = self.known.get(entry.key)
        if held is not None and held.entry is not entry:
            del self.known[entry.key]
        return super().learn(entry, source)


PARTED = "faults=[{kind: partition, groups: {halves: true}, at: 3s, heal_after: 12s}]"
BEHIND = "faults=[{kind: clock-offset, target: 0, at: 2s, offset: -5s}]"


@pytest.mark.parametrize(
    ("ablation", "faults", "caught"),
    [
        ("anti-entropy-after-partition", PARTED, {"replicas-agree"}),
        ("tombstones", PARTED, {"no-resurrection", "no-lost-write"}),
        ("digest-comparison", PARTED, {"replicas-agree"}),
        ("hybrid-clock", BEHIND, {"no-lost-write"}),
    ],
)
def test_each_safeguard_is_missed_by_its_checks(ablation: str, faults: str, caught: set[str], tmp_path: Path) -> None:
    """The whole protocol holds under the same faults and seed; verdicts from disk are those made live."""
    common = [faults, f"checks=[{', '.join(NAMES)}]", "workload.rate=4/s", "workload.keys=12"]
    whole = run("gossip-hunt", seed=1, overrides=common)
    assert {verdict.verdict for verdict in whole.verdicts} == {"holds"}
    broken = run("gossip-hunt", tmp_path / "run", seed=1, overrides=[*common, f"protocol.ablate=[{ablation}]"])
    violated = {verdict.check for verdict in broken.verdicts if verdict.verdict == "violated"} - {"liveness"}
    assert violated == caught
    kept = open_run(tmp_path / "run")
    assert check_run(kept, NAMES, Gossip.convergence) == tuple(v for v in broken.verdicts if v.check in NAMES)


def test_a_store_in_which_the_last_told_wins_is_caught() -> None:
    """It goes back to overwritten values, which no reader of one replica alone could tell."""
    from scenarios.build import build
    from scenarios.library import load

    scenario = load("gossip-hunt", overrides=["faults=[]", "protocol={kind: gossip, period: 300ms}"])
    made = build(scenario)
    simulation = Simulation(
        made.topology, LastToldWins, made.config, network=scenario.network, seed=3, workload=[scenario.workload]
    )
    checks = Checks.attach(["no-lost-write"], simulation)
    simulation.run(until=10 * SECOND)
    (verdict,) = checks.ended(simulation, "duration")
    assert verdict.verdict == "violated"
    assert "went back to" in verdict.reason


def test_holdings_die_with_the_disk_or_with_memory() -> None:
    """A durable store survives a crash and no lost disk; a volatile one no crash."""
    for declared, kind, left in ((COVERAGE, "crashed", 1), (COVERAGE, "disk-lost", 0), (VOLATILE, "crashed", 0)):
        holdings = Holdings(declared, 3)
        for record in story().wrote(0, "a1").records:
            (holdings.announced if record.kind == "announced" else holdings.reached)(record)
        assert holdings.lived(Record(9, 9, 0, kind, {})) is (not left)
        assert len(holdings.held[0]) == left
