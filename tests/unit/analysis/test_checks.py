"""Checks: each holds for a protocol that is right, and catches one that is broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.canonical import canonical_json
from analysis.checks import CHECKS, Checks, check_run, known_check
from analysis.manifest import RunVerdict, describe
from analysis.run_folder import open_run
from analysis.run_writer import RunWriter
from analysis.verdict import plain_record
from sim.message import Message
from sim.network.config import IndependentLoss, NetworkConfig
from sim.network.latency import ConstantLatency
from sim.network.network import Network
from sim.protocol import Protocol
from sim.protocols.averaging import Averaging, AveragingConfig, Offer, Share
from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.entry import Entry
from sim.protocols.gossip.gossip import Gossip
from sim.records import Record
from sim.simulation import Plan, Simulation
from sim.workloads.update import Update
from tests.small_protocols import MILLISECOND, SECOND, At, Flooding, flooding
from topologies.errors import InputError
from topologies.registry import build

LOSSY = NetworkConfig(loss=IndependentLoss(probability=1.0))


def judge(name: str, simulation: Simulation, until: int = SECOND, by: str = "duration") -> RunVerdict:
    """The verdict of one check on a simulation that is run."""
    checks = Checks.attach([name], simulation)
    (verdict,) = checks.ended(simulation.run(until=until), by)
    assert verdict.check == name
    return verdict


# messages-balance


def test_balance_holds_when_messages_are_lost() -> None:
    """A lossy network loses messages, but accounts for them."""
    assert judge("messages-balance", flooding(network=LOSSY)).verdict == "holds"
    assert judge("messages-balance", flooding(nodes=1, kind="mesh")).verdict == "unknown"


def test_balance_catches_a_network_that_forgets_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that drops messages without a word is caught."""

    def forget(*_: Any) -> None:
        """Account for nothing."""

    monkeypatch.setattr(Network, "outcome", forget)
    verdict = judge("messages-balance", flooding(network=LOSSY))
    assert (verdict.verdict, verdict.reason) == (
        "violated",
        "2 sent or copied, 0 concluded, 0 waiting, 0 in flight",
    )


# converged


class Forgetful(Flooding):
    """Broken: node 3 never passes anything on, nor admits that it knows."""

    def learn(self, update: str, hops: int, source: int | None) -> None:
        """Do nothing at node 3."""
        if self.node.id != 3:
            super().learn(update, hops, source)


def test_converged_names_who_is_waited_for() -> None:
    """Flooding converges; with a node that keeps quiet the run is violated or unknown by how it ended, and says who."""
    assert judge("converged", flooding()).reason == "converged at 5ms"
    broken = judge("converged", flooding(protocol=Forgetful), by="quiescent")
    assert broken.verdict == "violated"
    assert "nothing was left to happen at 87.5000%" in broken.reason
    assert "node 3 to have news" in broken.reason
    assert judge("converged", flooding(protocol=Forgetful)).verdict == "unknown"
    assert "something to be announced" in judge("converged", flooding(), until=MILLISECOND // 2).reason


# no-invention


class Inventing(Flooding):
    """Broken: node 5 claims at the start to have heard the update from node 4."""

    def on_start(self) -> None:
        """Make it up."""
        super().on_start()
        if self.node.id == 5:
            self.learn("news", 1, 4)


def test_no_invention_catches_a_receipt_from_nowhere() -> None:
    """A node that claims to have been told by one that knew nothing is caught, with the record that shows it."""
    assert judge("no-invention", flooding()).verdict == "holds"
    assert judge("no-invention", flooding(network=LOSSY)).verdict == "unknown"
    caught = judge("no-invention", flooding(protocol=Inventing))
    assert caught.verdict == "violated"
    assert caught.reason == "node 5 had it from node 4, which did not have it"
    assert caught.evidence[0]["node"] == 5


# no-resurrection


class Resurrecting(Gossip):
    """Broken: takes whatever it is told last, older or not."""

    def learn(self, entry: Entry, source: int | None) -> bool:
        """Forget what is held before looking at what is told, where that is another entry."""
        held = self.known.get(entry.key)
        if held is not None and held.entry is not entry:
            del self.known[entry.key]
            self.hot.pop(entry.key, None)
        return super().learn(entry, source)


@dataclass(frozen=True)
class Ask:
    """A plan that hands updates to nodes: (time in nanoseconds, node, update)."""

    asked: tuple[tuple[int, int, Update], ...]

    def arm(self, simulation: Simulation) -> None:
        """Schedule them."""
        for time, node, update in self.asked:
            simulation.kernel.call_at(time, simulation.request, node, update)


WRITE_AND_DELETE = Ask(((0, 0, Update("key", 1)), (SECOND // 2, 1, Update("key", delete=True))))


def gossip(protocol: type[Protocol], *plans: Plan, **options: Any) -> Simulation:
    """Gossip among ten nodes."""
    config = GossipConfig(period=100 * MILLISECOND, **options)
    return Simulation(build({"kind": "mesh", "nodes": 10}), protocol, config, seed=3, workload=plans)


def test_no_resurrection_catches_a_last_told_wins_store() -> None:
    """A store that takes what it is told last brings deleted values back, and is caught; gossip does not."""
    assert judge("no-resurrection", gossip(Gossip, WRITE_AND_DELETE), 5 * SECOND).verdict == "holds"
    only_write = Ask(WRITE_AND_DELETE.asked[:1])
    assert judge("no-resurrection", gossip(Gossip, only_write), 5 * SECOND).verdict == "unknown"
    caught = judge("no-resurrection", gossip(Resurrecting, WRITE_AND_DELETE), 5 * SECOND)
    assert caught.verdict == "violated"
    assert "took an older write of 'key' after it had learned of its deletion" in caught.reason
    announced, deleted, resurrected = caught.evidence
    assert announced["fields"]["deleted"] is False
    assert deleted["node"] == resurrected["node"]
    assert deleted["time"] <= resurrected["time"]


def test_no_resurrection_catches_tombstones_that_die_too_young() -> None:
    """A replica that was down for the life of a tombstone brings the deleted value back, which is caught."""
    absence = At(((SECOND // 2, "crash", 9), (4 * SECOND, "restart", 9)))
    options = {"spread": "anti-entropy", "exchange": "push-pull", "tombstone_life": SECOND}
    simulation = gossip(Gossip, WRITE_AND_DELETE, absence, **options)
    assert judge("no-resurrection", simulation, 8 * SECOND).verdict == "violated"


# rounds-fit


def test_rounds_fit_catches_latency_beyond_the_period() -> None:
    """Rounds of 100 ms hold messages of 1 ms, but not those of 150 ms."""
    topology = build({"kind": "mesh", "nodes": 10})
    config = GossipConfig(period=100 * MILLISECOND, timing="rounds")
    for latency, expected in ((1, "holds"), (150, "violated")):
        network = NetworkConfig(latency=ConstantLatency(value=latency * MILLISECOND))
        workload = Ask(WRITE_AND_DELETE.asked[:1])
        simulation = Simulation(topology, Gossip, config, network=network, workload=(workload,))
        assert judge("rounds-fit", simulation, 5 * SECOND).verdict == expected
    assert judge("rounds-fit", gossip(Gossip)).verdict == "unknown"


# sum-conserved


class Generous(Averaging):
    """Broken: takes the mean but gives all of its own value away."""

    def on_message(self, message: Message) -> None:
        """Answer an offer with too much."""
        if isinstance(message.payload, Offer):
            self.node.send(message.source, Share(self.value))
        else:
            super().on_message(message)


def averaging(protocol: type[Protocol], network: NetworkConfig | None = None) -> Simulation:
    """Averaging of ten nodes in matchings, whose messages are all there half a second before the next."""
    config = AveragingConfig(pairing="perfect-matching", period=SECOND)
    return Simulation(build({"kind": "mesh", "nodes": 10}), protocol, config, network=network, seed=3)


def test_sum_conserved_catches_what_creates_or_loses_value() -> None:
    """Averaging keeps the sum; a node that gives what it keeps, and a network that loses shares, do not."""
    end = 10 * SECOND
    assert judge("sum-conserved", averaging(Averaging), end).verdict == "holds"
    assert judge("sum-conserved", averaging(Generous), end).verdict == "violated"
    simulation = averaging(Averaging)
    simulation.run(until=lambda: simulation.network.in_flight() > 0)
    under_way = simulation.now + 1
    half_lost = NetworkConfig(loss=IndependentLoss(probability=0.5))
    assert judge("sum-conserved", averaging(Averaging, half_lost), end).verdict == "violated"
    assert judge("sum-conserved", averaging(Averaging), under_way).verdict == "unknown"
    assert judge("sum-conserved", averaging(Averaging), MILLISECOND).verdict == "unknown"


# All checks.


def test_every_check_says_what_it_is() -> None:
    """Each check is known by its name, describes itself, and says whether it is about always or sometimes."""
    assert all(known_check(name).name == name and kind.description for name, kind in CHECKS.items())
    assert {kind.sort for kind in CHECKS.values()} == {"always", "sometimes"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convergd", "did you mean converged"),
        ("sum-conserved", "has no meaning for this protocol"),
        ("x", "known:"),
        ("work-conserved", "which needs a trace of cores; set hardware.trace to true"),
    ],
)
def test_a_check_that_cannot_be_made_is_refused(name: str, message: str) -> None:
    """A name that is none, and a check that has no meaning for the protocol, are refused with their place."""
    with pytest.raises(InputError, match=message) as refused:
        Checks.attach(["messages-balance", name], flooding())
    assert refused.value.path == ("checks", 1)


@pytest.mark.parametrize("protocol", [Flooding, Forgetful, Inventing])
def test_verdicts_from_disk_are_those_made_live(tmp_path: Path, protocol: type[Protocol]) -> None:
    """A run on disk gets the verdicts that it got live, also where rows about messages are among its records."""
    names = ["messages-balance", "converged", "no-invention"]
    simulation = flooding(protocol=protocol, detail="all")
    checks = Checks.attach(names, simulation)
    with RunWriter(tmp_path / "run") as writer:
        simulation.recorder.sink = writer.write
        live = checks.ended(simulation.run(until=SECOND), "quiescent")
        manifest = describe(simulation, {}, ended_by="quiescent", rows=writer.events.rows, verdicts=live)
        run = open_run(writer.finish(manifest, {}))
    assert check_run(run, names, protocol.convergence) == live == run.manifest.verdicts


def test_no_records_give_no_verdict(tmp_path: Path) -> None:
    """A run that kept no records cannot be judged by them afterwards, and says what to do."""
    simulation = flooding(detail="summary")
    with RunWriter(tmp_path / "run") as writer:
        simulation.run(until=SECOND)
        run = open_run(writer.finish(describe(simulation, {}, ended_by="duration", rows=0), {}))
    assert check_run(run, ["messages-balance"], Flooding.convergence)[0].verdict == "holds"
    with pytest.raises(InputError, match="--detail states"):
        check_run(run, ["converged"], Flooding.convergence)


def test_evidence_can_be_written_as_json() -> None:
    """Values that JSON has no numbers for come as text in evidence, so that a manifest can hold them."""
    record = plain_record(Record(0, 0, 1, "value", {"x": float("nan"), "y": (1.5, float("inf"))}))
    assert canonical_json(record["fields"]) == '{"x":"nan","y":[1.5,"inf"]}'
