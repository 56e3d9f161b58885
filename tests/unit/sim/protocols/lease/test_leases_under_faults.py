"""Leases under faults: what they claim holds, and what they do not claim can be broken."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.protocols.lease.lease import Lease
from tests.small_hunt import first_violated

SECOND = 10**9
NAMES = ("lease-exclusive", "fencing", "messages-balance")


def scenario(authorities: int = 1, **changes: Any) -> dict[str, Any]:
    """Three holders of one lease, for 12 s, with their authorities and a storage."""
    protocol = {"kind": "lease", "authorities": authorities, "rest": "100ms", **changes.pop("protocol", {})}
    return {
        "name": "leased",
        "duration": "12s",
        "topology": {"kind": "mesh", "nodes": authorities + 4},
        "network": {"latency": {"kind": "exponential", "mean": "5ms"}, "loss": "5%", "duplication": "5%"},
        "protocol": protocol,
        "checks": list(NAMES),
        **changes,
    }


OFTEN = {"mean_time_between_failures": "1500ms", "until": "10s"}
FAULTS = [
    {"kind": "crash", "target": {"random": 1}, "restart_after": "700ms", "when": OFTEN},
    {"kind": "pause", "target": {"random": 1}, "resume_after": "1300ms", "when": OFTEN},
    {"kind": "clock-drift", "target": {"random": 2}, "drift_ppm": -50_000, "at": "3s", "heal_after": "4s"},
    {"kind": "partition", "groups": {"isolate": {"random": 1}}, "at": "5s", "heal_after": "2s"},
]


@pytest.mark.parametrize("authorities", [1, 3])
@pytest.mark.parametrize("renewal", ["ahead", "on-use"])
def test_no_two_hold_a_lease_whatever_breaks(authorities: int, renewal: str) -> None:
    """Crashes, pauses, drift within the bound, a partition, loss and second copies: one holder at a time."""
    options = {"renewal": renewal, "drift_bound": 1.2, "hold": "2s"}
    system = scenario(authorities, protocol=options, clocks={"drift_ppm": 40_000}, faults=FAULTS)
    for seed in range(3):
        done = murmur.run(system, seed=seed)
        assert [verdict.verdict for verdict in done.verdicts] == ["holds"] * 3, seed
        held = done.frames().records(["leased"])
        assert renewal == "on-use" or held["node"].nunique() > 1
        assert done.metrics["lease_changes"] == held["token"].nunique()


@pytest.mark.parametrize("authorities", [1, 3])
def test_beyond_the_drift_bound_two_may_hold_a_lease(authorities: int) -> None:
    """A holder whose clock loses a third goes on after the authority has given its lease to another."""
    slow = {"kind": "clock-drift", "target": authorities + 1, "drift_ppm": -350_000, "at": "0s"}
    options = {"drift_bound": 1.02, "renewal": "on-use", "retry": "50ms", "uses": "40/s"}
    done = murmur.run(scenario(authorities, protocol=options, faults=[slow]), seed=3)
    assert next(verdict.verdict for verdict in done.verdicts if verdict.check == "lease-exclusive") == "violated"
    wide = murmur.run(scenario(authorities, protocol=options | {"drift_bound": 1.6}, faults=[slow]), seed=3)
    assert wide.verdicts[0].verdict == "holds"


def test_a_crashed_holder_blocks_its_resource_for_a_term_at_most() -> None:
    """When the holder is gone another has the lease a term after its last renewal, and not before."""
    crash = {"kind": "crash", "target": {"random": 1}, "at": "1h", "restart_after": "1s"}
    system = scenario(protocol={"hold": None, "renew_after": "300ms"}, network={"latency": "5ms"})
    calm = murmur.run(system, seed=1).frames().records(["leased"])
    holder = int(calm["node"].iloc[0])
    assert set(calm["node"]) == {holder}, "it is renewed all the time"
    crash |= {"target": holder, "at": "4s", "restart_after": "5s"}
    held = murmur.run(system | {"faults": [crash]}, seed=1).frames().records(["leased"])
    last = held[held["node"] == holder]["time"][held["time"] < 4 * SECOND].max()
    following = held[(held["node"] != holder)]["time"].min()
    assert SECOND - 20_000_000 <= following - last <= SECOND + 300_000_000


def test_a_holder_whose_core_is_stalled_finds_out_late_and_never_uses_it() -> None:
    """Its lease passes on meanwhile; when its core goes on, it lets go of what was over long ago."""
    stalls = [
        {"kind": "stalled-core", "target": node, "at": f"{at}ms", "heal_after": "1500ms"}
        for node, at in ((2, 1400), (3, 3300), (4, 5600), (2, 7400), (3, 9700))
    ]
    system = scenario(protocol={"renewal": "on-use", "uses": "40/s", "retry": "50ms"}, faults=stalls, handling="20us")
    done = murmur.run(system, seed=7)
    assert done.verdicts[0].verdict == "holds"
    assert done.frames().records(["let-go"])["late"].max() > 100_000_000
    assert done.metrics["lease_changes"] > 1


def test_tokens_rise_over_leaders_of_a_group() -> None:
    """When a leader is gone the next one goes on with its leases, and each that is new has a higher token."""
    system = scenario(3, protocol={"hold": "500ms"}, network={"latency": "2ms"})
    crashes = {"kind": "crash", "target": "leader", "when": {"every": "3s", "until": "9s"}, "restart_after": "1s"}
    done = murmur.run(system | {"faults": [crashes]}, seed=5)
    assert done.frames().records(["authority"]).query("role == 'leader'")["node"].nunique() > 1
    fresh = done.frames().records(["leased"]).query("renewed == False")
    assert fresh["token"].is_monotonic_increasing
    assert fresh["time"].max() > 9 * SECOND
    assert done.verdicts[0].verdict == "holds"


def test_a_late_write_is_turned_away_and_tells_its_sender() -> None:
    """Writes that are delayed past a change of the holder meet the fence."""
    delay = {
        "kind": "delay",
        "links": {"source": 3, "destination": 1},
        "extra": "700ms",
        "at": "1s",
        "heal_after": "9s",
    }
    system = scenario(protocol={"hold": "300ms", "rest": "50ms", "uses": "40/s"}, faults=[delay])
    done = murmur.run(system, seed=1)
    assert done.metrics["writes_turned_away"] > 0
    assert done.verdicts[1].verdict == "holds"
    unfenced = murmur.run(system | {"protocol": system["protocol"] | {"ablate": ["fencing-token"]}}, seed=1)
    assert unfenced.metrics["writes_turned_away"] == 0
    assert unfenced.verdicts[1].verdict == "violated"


RUNS = {"fencing-token": 40, "drift-bound": 8}
"""Plans of each small hunt, in which each ablation is found."""
CAUGHT = {"fencing-token": "fencing", "drift-bound": "lease-exclusive"}


@pytest.mark.parametrize("ablation", CAUGHT)
def test_a_hunt_finds_what_lacks_a_safeguard(ablation: str) -> None:
    """Without fencing tokens, or with a drift bound of nothing, a small hunt violates a check."""
    asked = [f"protocol.ablate=[{ablation}]"]
    assert first_violated("lease-hunt", asked, RUNS[ablation]) == {CAUGHT[ablation]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": "1s"}, "leaves nothing of the term"),
        ({"renew_after": "1s"}, "not before the lease ends for its holder, after"),
        ({"authorities": 9}, "found 9 authorities in a topology of 5 nodes; leave 2 for the storage and a holder"),
        ({"ablate": ["drift-bound", "drift-bound"]}, "a second time"),
        ({"election_timeout": ["300ms", "100ms"]}, "expected the least first"),
        ({"heartbeat": "1s"}, "and the heartbeat below"),
    ],
    ids=str,
)
def test_contradictions_are_told(options: dict[str, Any], message: str) -> None:
    """Options that leave nothing to hold are refused, with the place."""
    system = scenario()
    system["protocol"] |= options
    with pytest.raises(murmur.InputError, match=message):
        murmur.run(system)


def test_roles_and_parts_are_by_number() -> None:
    """The first nodes give leases, the next stores, and the others hold; what is recorded is what is declared."""
    done = murmur.run(scenario(3), seed=2)
    by = done.frames().records().groupby("kind")["node"].unique()
    assert set(by["authority"]) == {0, 1, 2}
    assert set(by["accepted"]) == {3}
    assert set(by["leased"]) <= {4, 5, 6}
    assert set(by.index) <= set(Lease.records or ())
