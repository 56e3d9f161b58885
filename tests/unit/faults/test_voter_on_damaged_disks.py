"""A voter whose disk has made its opinion what is none restarts with one, and answers."""

from faults.node.crash import Crash
from faults.storage.silent_corruption import SilentCorruption
from sim.protocols.voter import Voter
from sim.simulation import Simulation
from topologies.registry import build

SECOND = 1_000_000_000


def test_a_voter_restarts_with_an_opinion_whatever_its_disk_says() -> None:
    """Under reads that are always wrong, nodes crash and restart again and again, and hold 0 or 1 throughout."""
    wrong = SilentCorruption(target="all", probability=1.0, at=0)
    crashes = Crash(target={"random": 2}, when={"every": "2s"}, restart_after="1s")
    simulation = Simulation(build({"kind": "mesh", "nodes": 6}), Voter, faults=[wrong, crashes], seed=1)
    rows = simulation.keep_records()
    simulation.run(60 * SECOND)
    assert sum(row.kind == "restarted" for row in rows) > 40
    assert {row.fields["opinion"] for row in rows if row.kind == "opinion"} <= {0, 1}
