"""Gossip without a safeguard: each ablation breaks just what it says, and the whole protocol is what it was."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sim.network.separation import GroupSeparation
from sim.protocols.gossip.ablations import WITHOUT
from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.gossip import Gossip
from sim.records import Record
from sim.simulation import Simulation
from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import MILLISECOND, SECOND, Requests, gossip, holdings, of_kind

MESH = {"kind": "mesh", "nodes": 4}
STORE = {"spread": "anti-entropy", "exchange": "push-pull", "timing": "poisson"}


def parted(requests: Requests, cut: tuple[int, int], **options: object) -> tuple[Simulation, list[Record]]:
    """Four replicas, nodes 0 and 1 cut off from the others between two times, after a minute."""
    simulation, records = gossip(MESH, requests, **{**STORE, **options})
    halves = GroupSeparation("cut", [[0, 1]])
    simulation.kernel.call_at(cut[0], simulation.separate, halves)
    simulation.kernel.call_at(cut[1], simulation.reunite, halves)
    simulation.run(60 * SECOND)
    return simulation, records


def test_sides_never_meet_again_without_anti_entropy_after_a_partition() -> None:
    """After a long partition sides that have struck each other off stay apart; after a short one they do not."""
    writes = Requests((0, 0, Update("a", 1)), (10 * SECOND, 0, Update("a", 2)))
    ablate = ("anti-entropy-after-partition",)
    whole, records = parted(writes, (5 * SECOND, 40 * SECOND))
    assert holdings(whole) == [{"a": 2}] * 4
    assert not of_kind(records, "struck-off")
    broken, records = parted(writes, (5 * SECOND, 40 * SECOND), ablate=ablate)
    assert holdings(broken) == [{"a": 2}] * 2 + [{"a": 1}] * 2
    struck = {(record.node, record.fields["partner"]) for record in of_kind(records, "struck-off")}
    assert struck == {(one, other) for one in range(4) for other in range(4) if (one < 2) != (other < 2)}
    short, records = parted(writes, (5 * SECOND, 5 * SECOND + MILLISECOND), ablate=ablate)
    assert holdings(short) == [{"a": 2}] * 4
    assert not of_kind(records, "struck-off")


def test_a_restarted_node_knows_nothing_of_whom_it_had_struck_off() -> None:
    """The list of the dead is in memory: after a crash a node calls everyone again."""
    simulation, _ = gossip(MESH, Requests(), ablate=("anti-entropy-after-partition",), **STORE)
    simulation.kernel.call_at(SECOND, simulation.separate, GroupSeparation("cut", [[0]]))
    simulation.run(30 * SECOND)
    assert simulation.nodes[0].protocol.partners() == []
    assert simulation.nodes[0].protocol.one_partner() is None
    simulation.crash(0)
    simulation.restart(0)
    assert len(simulation.nodes[0].protocol.partners()) == 1


def test_a_backup_strikes_silent_partners_off_too() -> None:
    """Where anti-entropy only backs up rumours, its partners are struck off, and rumours still go to all."""
    options = {"timing": "poisson", "stop": "blind-counter", "backup": 2 * SECOND}
    cut = GroupSeparation("cut", [[0]])
    simulation, records = gossip(MESH, Requests(), ablate=("anti-entropy-after-partition",), **options)
    simulation.kernel.call_at(0, simulation.separate, cut)
    simulation.run(60 * SECOND)
    assert {r.fields["partner"] for r in of_kind(records, "struck-off") if r.node == 0} == {1, 2, 3}
    assert len(simulation.nodes[0].protocol.partners()) == 1


def test_deleted_keys_come_back_without_tombstones() -> None:
    """A replica that missed the deletion gives the key back to all; one that is there deletes it."""
    requests = Requests((0, 0, Update("a", 1)), (20 * SECOND, 0, Update("a", delete=True)))
    whole, _ = parted(requests, (10 * SECOND, 30 * SECOND))
    assert holdings(whole) == [{"a": None}] * 4
    broken, records = parted(requests, (10 * SECOND, 30 * SECOND), ablate=("tombstones",))
    assert holdings(broken) == [{"a": 1}] * 4
    assert {record.node for record in of_kind(records, "expired")} == {0, 1}
    calm, _ = parted(requests, (40 * SECOND, 50 * SECOND), ablate=("tombstones",))
    assert holdings(calm) == [{}] * 4


def test_stores_with_one_newest_stamp_pass_for_equal_without_comparing_digests() -> None:
    """What one side wrote early is never told to one that holds the newest write of all."""
    early, late = Update("a", "early", version=(SECOND, 0)), Update("b", "late", version=(2 * SECOND, 1))
    old = [Update(key, "old", version=(1, 0)) for key in "ab"]
    requests = Requests(*((0, node, update) for node in range(4) for update in old), (SECOND, 0, early))
    both = Requests(*requests.requests, *((SECOND, node, late) for node in range(4)))
    whole, _ = gossip(MESH, both, **STORE)
    whole.run(60 * SECOND)
    assert holdings(whole) == [{"a": "early", "b": "late"}] * 4
    broken, _ = gossip(MESH, both, ablate=("digest-comparison",), **STORE)
    broken.run(60 * SECOND)
    assert holdings(broken) == [{"a": "early", "b": "late"}] + [{"a": "old", "b": "late"}] * 3


def test_a_later_write_loses_without_a_hybrid_clock() -> None:
    """A node whose clock is behind what it knows of a key writes in vain, and says that it has written."""
    ahead = (0, 0, Update("a", "from the future", version=(90 * SECOND, 1)))
    requests = Requests(ahead, (20 * SECOND, 0, Update("a", "next")))
    whole, _ = gossip(MESH, requests, **STORE)
    whole.run(60 * SECOND)
    assert holdings(whole) == [{"a": "next"}] * 4
    broken, records = gossip(MESH, requests, ablate=("hybrid-clock",), **STORE)
    broken.run(60 * SECOND)
    assert holdings(broken) == [{"a": "from the future"}] * 4
    assert [record.fields["version"] for record in of_kind(records, "announced")] == [20 * SECOND]


def test_ablations_add_up() -> None:
    """A node may lack several safeguards, in any order, and two orders give the same class."""
    names = tuple(WITHOUT)
    simulation, _ = gossip(MESH, Requests(), ablate=names, **STORE)
    assert all(isinstance(simulation.nodes[0].protocol, broken) for broken in WITHOUT.values())
    simulation.run(5 * SECOND)
    backwards, _ = gossip(MESH, Requests(), ablate=names[::-1], **STORE)
    assert type(backwards.nodes[0].protocol).__mro__[1:] == type(simulation.nodes[0].protocol).__mro__[1:]


def test_nothing_ablated_is_gossip_itself() -> None:
    """Where nothing is ablated the node runs the very class, also one that a user derives."""
    simulation, _ = gossip(MESH, Requests())
    assert type(simulation.nodes[0].protocol) is Gossip

    class Mine(Gossip):
        """A protocol of a user."""

    node = simulation.nodes[0]
    assert type(Mine.on(node, GossipConfig())) is Mine
    ablated = Mine.on(node, GossipConfig(ablate=("tombstones",)))
    assert isinstance(ablated, Mine)
    assert isinstance(ablated, WITHOUT["tombstones"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ablate": ["tombstone"]}, "tombstones"),
        ({"ablate": "tombstones"}, "valid tuple"),
        ({"ablate": ["tombstones", "tombstones"]}, "a second time"),
        ({"ablate": ["tombstones"], "tombstone_life": SECOND}, "leave tombstone_life out"),
        ({"ablate": ["digest-comparison"]}, "set backup, or spread: anti-entropy"),
        ({"ablate": ["anti-entropy-after-partition"]}, "set backup, or spread: anti-entropy"),
    ],
)
def test_ablations_that_make_no_sense_are_refused(options: dict, message: str) -> None:
    """A name that is none, one given twice, and one of a safeguard that is not there, are refused with the remedy."""
    with pytest.raises(ValidationError, match=message):
        GossipConfig(**options)
