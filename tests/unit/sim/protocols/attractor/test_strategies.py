"""Strategies one by one, beside the rule of each, and those of a user's own."""

from __future__ import annotations

import cmath
from math import pi, sin
from typing import Any

import pytest

from sim.protocols.attractor.decision import StrategyError
from sim.protocols.attractor.phase import speed_of_frequency
from sim.protocols.attractor.population import Goal
from sim.protocols.attractor.strategies.adaptive_gain import AdaptiveGain
from sim.protocols.attractor.strategies.arc import place, width_of
from sim.protocols.attractor.strategies.attract import Attract
from sim.protocols.attractor.strategies.consensus_phase import ConsensusPhase
from sim.protocols.attractor.strategies.energy_saving import EnergySaving
from sim.protocols.attractor.strategies.frequency_pull import FrequencyPull
from sim.protocols.attractor.strategies.registry import STRATEGIES
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy
from tests.unit.sim.protocols.attractor.swarms import MESH, SECOND, coherence, of_kind, swarm

OWN = Own(phase=1.0, frequency=10.0, natural=10.0, period=0.2, since=0.02)
GOAL = Goal()


def hearing(*turns: float, frequency: float = 10.0) -> Neighborhood:
    """Neighbours that are so many turns ahead."""
    speed = speed_of_frequency(frequency)
    return Neighborhood({source + 1: (0, speed, 0) for source in range(len(turns))}, list(turns))


def test_attraction_is_kuramotos_step() -> None:
    """K dt times the mean of the sines, and with a lag of the sines of what is left of the differences."""
    heard = hearing(0.1, -0.2, 0.4)
    expected = 3.0 * 0.02 * sum(sin(2 * pi * turns) for turns in heard.turns) / 3
    assert Attract(strength=3.0).decide(OWN, heard, GOAL, None).phase == pytest.approx(expected)
    lagging = 3.0 * 0.02 * sum(sin(2 * pi * turns - 0.7) for turns in heard.turns) / 3
    assert Attract(strength=3.0, lag=0.7).decide(OWN, heard, GOAL, None).phase == pytest.approx(lagging)


def test_neighbours_repel_where_they_are_closer_than_the_goal() -> None:
    """Towards a coherence of 0.5 a neighbour in nearly the same phase is pushed off, one far off is pulled."""
    goal = Goal(coherence=0.5)
    assert Attract().decide(OWN, hearing(0.05), goal, None).phase < 0
    assert Attract().decide(OWN, hearing(0.45), goal, None).phase > 0
    assert Attract().decide(OWN, hearing(1 / 3), goal, None).phase == pytest.approx(0.0, abs=1e-9)


def test_frequency_pull_goes_to_the_pace_of_the_neighbours_and_of_the_goal() -> None:
    """A share of the way to their mean frequency, or half-way between that and the goal's."""
    pulled = FrequencyPull(rate=10.0).decide(OWN, hearing(0.0, 0.0, frequency=14.0), GOAL, None)
    assert pulled.frequency == pytest.approx(0.2 * 4.0)
    goal = Goal(period=SECOND)
    pulled = FrequencyPull(rate=10.0).decide(OWN, hearing(0.0, frequency=14.0), goal, None)
    assert pulled.frequency == pytest.approx(0.2 * ((14.0 + 2 * pi) / 2 - 10.0))


def test_energy_saving_does_nothing_while_all_is_well() -> None:
    """Within the deadband there is no adjustment; beyond it, attraction's."""
    assert EnergySaving(deadband=0.2).decide(OWN, hearing(0.02), GOAL, None) == NOTHING
    far = hearing(0.1)
    assert EnergySaving(deadband=0.2).decide(OWN, far, GOAL, None) == Attract().decide(OWN, far, GOAL, None)


def test_a_minority_of_liars_does_not_carry_the_median_away() -> None:
    """Two of five lie half a turn off: the median stays among the honest, the mean of sines is carried along."""
    heard = hearing(0.01, 0.02, 0.03, 0.45, 0.45)
    step = ConsensusPhase(rate=50.0).decide(OWN, heard, GOAL, None).phase / (2 * pi)
    assert 0.0 <= step <= 0.03


def test_the_gain_grows_with_disorder() -> None:
    """Between neighbours in step it is the least, between opposites the most."""
    strategy = AdaptiveGain(least=1.0, most=9.0)
    near = strategy.decide(OWN, hearing(0.001), GOAL, None).phase / sin(2 * pi * 0.001)
    far = strategy.decide(OWN, hearing(0.499), GOAL, None).phase / sin(2 * pi * 0.499)
    assert near == pytest.approx(0.02 * 1.0, rel=1e-3)
    assert far == pytest.approx(0.02 * 9.0, rel=1e-2)
    with pytest.raises(ValueError, match="less than least"):
        AdaptiveGain(least=2.0, most=1.0)


@pytest.mark.parametrize("kind", ["attract", "frequency-pull", "energy-saving", "consensus-phase", "adaptive-gain"])
def test_every_strategy_of_reports_brings_a_mesh_together(kind: str) -> None:
    """Each comes to a coherence of 0.9 within three seconds, from any phases."""
    assert kind in STRATEGIES
    simulation = swarm(strategy={"kind": kind})
    simulation.run(3 * SECOND)
    assert coherence(simulation) > 0.9


@pytest.mark.parametrize("aim", [0.0, 0.3, 0.7, 0.9])
def test_a_goal_below_one_is_where_the_swarm_stays(aim: float) -> None:
    """From all together and from anywhere alike the swarm comes to the goal's coherence and stays: it is stable."""
    for first in ({"kind": "normal", "spread": 0.1}, {"kind": "uniform"}):
        simulation = swarm(phases=first, goal={"coherence": aim}, topology={"kind": "mesh", "nodes": 30})
        simulation.run(4 * SECOND)
        for further in range(5):
            simulation.run((4 + further) * SECOND)
            assert coherence(simulation) == pytest.approx(aim, abs=0.06)


def test_energy_saving_spends_less() -> None:
    """On the same swarm it makes fewer adjustments than attraction, and comes as near as its deadband lets it."""
    spent = {}
    for kind in ("attract", "energy-saving"):
        simulation = swarm(strategy={"kind": kind}, energy={"capacity": 1000.0, "recovery": "0/s"})
        simulation.run(5 * SECOND)
        spent[kind] = 1000 * 12 - sum(node.protocol.energy.level(node.elapsed) for node in simulation.nodes)
    assert spent["energy-saving"] < spent["attract"] / 3


def test_an_agent_without_energy_does_not_act_but_is_heard() -> None:
    """With nothing left an agent keeps its phase and goes on reporting; with what comes back it acts again."""
    simulation = swarm(energy={"capacity": 5.0, "recovery": "0/s"})
    simulation.run(3 * SECOND)
    tired = simulation.nodes[0].protocol
    assert tired.energy.level(3 * SECOND) == 0.0
    speed, anchor, sent = tired.speed, tired.anchor, simulation.nodes[0].sent
    simulation.run(4 * SECOND)
    assert (tired.speed, tired.anchor) == (speed, anchor)
    assert simulation.nodes[0].sent > sent


def test_preferences_spread_a_swarm_that_still_holds_together() -> None:
    """Agents that would rather be elsewhere stay further apart, the more so the more their own goals weigh."""
    reached = []
    for weight in (0.0, 0.3, 0.6):
        simulation = swarm(preferences={"weight": weight, "spread": 1.0}, topology={"kind": "mesh", "nodes": 30})
        simulation.run(4 * SECOND)
        reached.append(coherence(simulation))
    assert reached[0] > 0.99 > reached[1] > reached[2] > 0.3


def test_the_goals_phase_is_reached() -> None:
    """With a phase in the goal, all agents come to it by their clocks."""
    simulation = swarm(goal={"phase": 1.5}, compensate="stamps")
    simulation.run(20 * SECOND)
    assert simulation.nodes[0].protocol.phase_at(20 * SECOND) % 2**96 / 2**96 * 2 * pi == pytest.approx(1.5, abs=0.05)


class Wrong(Strategy):
    """Does what it is told to."""

    kind: str = "wrong"
    does: Any = None

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Return or raise it."""
        if isinstance(self.does, BaseException):
            raise self.does
        return self.does  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (ValueError("no idea"), "raised ValueError: no idea"),
        (None, "expected an Adjustment"),
        (Adjustment(float("nan")), "expected finite numbers"),
        (Adjustment(float("inf")), "expected finite numbers"),
        (Adjustment(0.0, -1e300), "expected finite numbers"),
        (Adjustment(None), "expected finite numbers"),  # type: ignore[arg-type]
        (Adjustment(0.0, "1"), "expected finite numbers"),  # type: ignore[arg-type]
        (Adjustment(0.0, 0.0, -1.0), "expected a finite one"),
        (Adjustment(0.0, 0.0, "1"), "expected a finite one"),  # type: ignore[arg-type]
        (SystemExit(0), "raised SystemExit: 0"),
    ],
)
def test_a_strategy_that_goes_wrong_is_named(does: Any, told: str) -> None:
    """Whatever it does, the error says which strategy, which agent and when."""
    simulation = swarm(strategy=Wrong(does=does))
    with pytest.raises(StrategyError, match=told) as caught:
        simulation.run(SECOND)
    assert "the strategy wrong" in str(caught.value)
    assert "as agent " in str(caught.value)
    assert "of its clock" in str(caught.value)


class Remembers(Wrong):
    """Has pydantic refuse that it changes."""

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Change."""
        self.does = own
        return Adjustment()


class TakesLess(Wrong):
    """Does not take what a strategy is given."""

    def decide(self, own: Own) -> Adjustment:  # type: ignore[override]
        """Never called."""
        return Adjustment()


@pytest.mark.parametrize("strategy", [Remembers, TakesLess])
def test_the_line_that_is_named_is_one_of_the_strategy(strategy: type[Wrong]) -> None:
    """Not that of a library in which the error came about, nor that which called it."""
    simulation = swarm(strategy=strategy())
    with pytest.raises(StrategyError, match=r"\(.*test_strategies\.py:\d+\), as agent"):
        simulation.run(SECOND)


def test_strategies_given_as_objects_are_used() -> None:
    """A strategy of one's own from Python needs no name; what it asks for is done."""
    simulation = swarm(strategy=Wrong(does=Adjustment(0.0, 1.0)), topology={"kind": "mesh", "nodes": 2})
    rows = simulation.keep_records()
    simulation.run(SECOND)
    told = [row.fields["frequency"] for row in of_kind(rows, "phase") if row.node == 0]
    assert told[:4] == pytest.approx([told[0] + step for step in range(4)])


@pytest.mark.parametrize("aim", [0.0, 0.1, 0.5, 0.7, 0.95])
def test_an_arc_has_the_coherence_of_its_width(aim: float) -> None:
    """A thousand places on the arc for a goal have that coherence, and so have those of the first hundred."""
    for number in (1000, 100):
        turns = [place(agent, width_of(aim)) for agent in range(number)]
        reached = abs(sum(cmath.exp(2j * pi * turn) for turn in turns)) / number
        assert reached == pytest.approx(aim, abs=0.02)


@pytest.mark.parametrize(
    "topology", [MESH, {"kind": "random-regular", "nodes": 60, "degree": 6}, {"kind": "star", "nodes": 20}]
)
def test_an_arc_reaches_the_coherence_of_all_on_any_topology(topology: dict[str, Any]) -> None:
    """Where neighbourhoods are small too, the goal is reached from anywhere and kept."""
    simulation = swarm(topology, strategy={"kind": "arc"}, goal={"coherence": 0.6})
    for seconds in (4, 5, 6):
        simulation.run(seconds * SECOND)
        assert coherence(simulation) == pytest.approx(0.6, abs=0.08)
