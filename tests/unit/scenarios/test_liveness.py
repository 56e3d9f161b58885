"""The liveness phase: a core is healed for good, the rest stays as it is, and progress must come in time."""

import pytest

import murmur

SPLIT = {"kind": "partition", "groups": [[0, 1, 2]], "at": "500ms"}
DOWN = {"kind": "crash", "target": [6, 7], "at": "500ms"}


def run(*faults: dict, **changes: object) -> murmur.Run:
    """Gossip on eight nodes: a rumour from node 0 after a second, faults, and a liveness phase from 10 s on."""
    scenario = {
        "name": "last-phase",
        "duration": "30s",
        "topology": {"kind": "mesh", "nodes": 8},
        "protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull"},
        "workload": {"kind": "rumour", "at": "1s", "nodes": [0]},
        "faults": list(faults),
        "liveness": {"at": "10s", "within": "15s"},
    }
    return murmur.run(scenario | changes)


def verdict(done: murmur.Run) -> tuple[str, str]:
    """What the check `liveness` says, and why."""
    (found,) = [each for each in done.verdicts if each.check == "liveness"]
    return found.verdict, found.reason


def test_a_core_of_all_is_healed_and_converges() -> None:
    """Partition and crashes that nothing else would end are over at the phase, and the rumour reaches everyone."""
    done = run(SPLIT, DOWN)
    assert verdict(done)[0] == "holds"
    assert {node.life for node in done.simulation.nodes} == {"up"}
    assert done.metrics["converged_at"] > 10_000_000_000
    assert {each["id"]: (each["healed"], each["last_healed_ns"]) for each in done.faults} == {
        "partition@500ms": (1, 10_000_000_000),
        "crash@500ms": (1, 10_000_000_000),
    }


def test_what_is_done_before_the_phase_is_said_to_be() -> None:
    """A run that is converged when its phase begins took no time for it."""
    assert verdict(run()) == ("holds", "converged already when the core was healed")


def test_nothing_strikes_in_the_phase() -> None:
    """A fault that strikes every second stops at the phase; its later opportunities are passed over."""
    (fault,) = run({"kind": "crash", "target": 3, "when": {"every": "1s"}, "restart_after": "100ms"}).faults
    assert fault["strikes"] in (9, 10)
    assert fault["strikes"] + fault["passed_over"] == 29


def test_what_is_outside_the_core_stays_broken() -> None:
    """Those that are down outside the core stay down, and are not waited for."""
    done = run(DOWN, liveness={"at": "10s", "within": "15s", "core": [0, 1, 2, 3, 4, 5]})
    assert verdict(done)[0] == "holds"
    assert [node.life for node in done.simulation.nodes[6:]] == ["crashed", "crashed"]


def test_a_partition_between_core_and_rest_stays() -> None:
    """A partition along the edge of the core is not healed: the core converges without the others."""
    done = run(SPLIT, liveness={"at": "10s", "within": "15s", "core": [0, 1, 2]})
    assert verdict(done)[0] == "holds"
    (fault,) = done.faults
    assert fault["still_on"] == 1


def test_a_partition_inside_the_core_is_healed() -> None:
    """A partition that separates two nodes of the core ends."""
    (fault,) = run(SPLIT, liveness={"at": "10s", "within": "15s", "core": [0, 1, 2, 3]}).faults
    assert (fault["still_on"], fault["healed"]) == (0, 1)


def test_a_core_that_cannot_converge_says_what_it_waited_for() -> None:
    """Without time to spread after the heal, the check is violated, and names what is missing where."""
    done = run(SPLIT, liveness={"at": "10s", "within": "1ms"})
    told, why = verdict(done)
    assert told == "violated"
    assert "not converged within 1ms of healing the core" in why
    assert "it waited for" in why
    assert done.exit_code == 1


def test_a_run_that_stops_when_converged_waits_for_the_phase() -> None:
    """`stop_when: converged` ends the run in its liveness phase, not before the faults are over."""
    done = run({"kind": "crash", "target": 5, "at": "9s"}, stop_when="converged")
    assert done.ended >= 10_000_000_000
    assert done.ended_by == "converged"


def test_a_majority_core_is_drawn_by_the_seed() -> None:
    """A core by a word is drawn when the phase begins, and recorded; the same seed draws the same."""
    cores = []
    for _ in range(2):
        done = run(DOWN, liveness={"at": "10s", "within": "15s", "core": "majority"})
        (record,) = [row for row in done.records if row.kind == "liveness"]
        cores.append(record.fields["core"])
    assert len(cores[0]) == 5
    assert cores[0] == cores[1]


@pytest.mark.parametrize(
    ("liveness", "message"),
    [
        ({"at": "20s", "within": "15s"}, "liveness.within: found a liveness phase until 35s"),
        ({"at": "10s"}, "liveness.within"),
        ({"at": "10s", "within": "1s", "core": 8}, "liveness.core: found node 8 in a topology of 8 nodes"),
        ({"at": "10s", "within": "1s", "core": "leader"}, "liveness.core: found 'leader'"),
    ],
)
def test_a_wrong_phase_is_refused(liveness: dict, message: str) -> None:
    """A phase beyond the run, without a budget, or with a core that cannot be, is told with its place."""
    with pytest.raises(murmur.InputError) as caught:
        run(liveness=liveness)
    assert message in ": ".join((".".join(map(str, caught.value.path)), str(caught.value)))
