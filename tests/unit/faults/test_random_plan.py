"""Plans drawn from a seed: the same for the same seed, within the budget and the time, and equal when written out."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.budget import LIMITS, overdrafts
from faults.random_plan import RandomPlan
from faults.registry import FAULTS
from scenarios.plan import resolve
from scenarios.schema import Scenario, scenario_of

BUDGETS = ("unbounded", "none", "minority", "third")


def scenario(seed: int, budget: str = "minority", **plan: object) -> Scenario:
    """Gossip on eight nodes under a plan that this seed draws."""
    return scenario_of(
        {
            "name": "drawn",
            "duration": "20s",
            "seed": seed,
            "topology": {"kind": "mesh", "nodes": 8},
            "handling": "10us",
            "protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull"},
            "workload": {"kind": "rumour", "at": "1s"},
            "faults": {"kind": "random", **plan},
            "budget": budget,
            "liveness": {"at": "12s", "within": "8s"},
            "checks": ["messages-balance", "no-invention"],
        }
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sampled_from(BUDGETS), st.integers(1, 30))
def test_a_drawn_plan_keeps_its_bounds(seed: int, budget: str, most: int) -> None:
    """It has no more faults than asked for, in order of time, all over by the liveness phase, within the budget."""
    plan = resolve(scenario(seed, budget, most=most)).fault_list
    assert len(plan) <= most
    assert [fault.at for fault in plan] == sorted(fault.at for fault in plan)
    assert all(fault.at + (fault.lasting or 0) <= 12_000_000_000 for fault in plan)
    limit = LIMITS[budget](8)
    if limit is not None:
        assert not list(overdrafts(plan, limit, 8))
    assert len({fault.name for fault in plan}) == len(plan)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_plan_written_out_is_the_same_run(seed: int) -> None:
    """The explicit scenario, read back from its own plain data, gives the digest of the one that was drawn."""
    drawn = murmur.run(scenario(seed))
    written = json.loads(json.dumps(drawn.scenario.canonical()))
    assert written["faults"] != {"kind": "random"}
    assert murmur.run(written).digest == drawn.digest


def test_seeds_differ_and_repeat() -> None:
    """The same seed draws the same plan; a hundred seeds draw a hundred plans."""
    plans = [resolve(scenario(seed)).canonical()["faults"] for seed in range(100)]
    assert plans[7] == resolve(scenario(7)).canonical()["faults"]
    assert len({json.dumps(plan) for plan in plans}) == 100


def test_features_are_left_out_entirely() -> None:
    """In the manner of swarm testing each kind is off in about half of the plans.

    Of 200 plans of 40 faults; six standard deviations of a fair coin, and what luck leaves out of a plan that has it.
    """
    kinds = RandomPlan().kinds()
    plans = [
        {fault.kind for fault in resolve(scenario(seed, "unbounded", most=40, fewest=40)).fault_list}
        for seed in range(200)
    ]
    for kind in kinds:
        share = sum(kind in plan for plan in plans) / len(plans)
        assert 0.15 < share < 0.5 + 6 * (0.25 / 200) ** 0.5, kind


@pytest.mark.parametrize(
    "kind",
    sorted(
        RandomPlan(layers=("node", "network", "partition", "clock", "storage", "core", "byzantine", "swarm")).kinds()
    ),
)
def test_each_kind_can_be_drawn_alone(kind: str) -> None:
    """A plan of one kind has faults of that kind only, each of them on, and described."""
    if kind in ("disrupt", "drain"):  # gossip has no state for these
        with pytest.raises(murmur.InputError, match="no kind of fault that this system can have"):
            resolve(scenario(0, "unbounded", only=[kind], most=3))
        return
    seen = []
    for seed in range(6):
        drawn = resolve(scenario(seed, "unbounded", only=[kind], most=3)).fault_list
        assert {fault.kind for fault in drawn} <= {kind}
        assert not any(fault.is_off for fault in drawn)
        assert all(fault.description for fault in drawn)
        seen += drawn
    assert seen, f"no plan has a {kind}"


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"layers": ["nodes"]}, "faults.layers[0]: found 'nodes'; expected one of node, network"),
        ({"only": ["crsh"]}, "faults.only[0]: found 'crsh'; expected one of crash"),
        ({"only": ["restart"]}, "faults.only[0]: found 'restart', which has no random form"),
        ({"fewest": 5, "most": 3}, "faults.most: found 3; expected at least fewest, 5"),
        ({"start": "5s", "until": "5s"}, "faults.until: found an end that is not after the start"),
        ({"only": ["crash"], "without": ["crash"]}, "faults.without: found no kind of fault that is left"),
        ({"kind": "randm"}, "faults.kind: found 'randm'; expected random"),
        ({"longst": "5s"}, "faults.longst: unknown field 'longst'; did you mean 'longest'?"),
    ],
)
def test_a_wrong_plan_is_refused(plan: dict, message: str) -> None:
    """What a plan cannot be is told with its place."""
    with pytest.raises(murmur.InputError) as caught:
        scenario(0, **plan)
    assert message in str(caught.value), str(caught.value)


def test_a_budget_that_a_list_breaks_is_found_before_the_run() -> None:
    """Crashes that together take down more than a minority are refused, with the fault at which it is too much."""
    data = scenario(0).canonical() | {
        "faults": [{"kind": "crash", "target": [number], "at": "2s", "restart_after": "5s"} for number in range(4)]
    }
    with pytest.raises(murmur.InputError) as caught:
        scenario_of(data)
    assert "faults[0]: found 4 nodes of 8 down or lying at once" in str(caught.value)
    data["faults"] = data["faults"][:3]
    scenario_of(data)


def test_every_fault_of_the_registry_has_a_layer() -> None:
    """The layer by which plans choose is one of the known ones."""
    from faults.registry import LAYERS

    assert {kind.config.layer for kind in FAULTS.values()} <= set(LAYERS)
