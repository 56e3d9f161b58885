"""Attractor swarms: phase oscillators that pull one another into a common state, by messages alone.

An agent has a phase that moves on at its frequency, and learns of others only by what reaches it over links. Every
`report` it lets its strategy decide, from what it has heard, how far to move its phase and its frequency, and then
tells its neighbours where it is (Report); strategies that go by pulses decide at each pulse that is heard, and agents
then send one when they pass phase zero (Pulse). Between reports an agent takes it that its neighbours have gone on as
they were. So loss, delay, partitions, crashed and lying neighbours matter by themselves: a neighbour that is not heard
of for `forget` no longer counts.

The equation that `attract` steps through is Kuramoto's on a graph; the protocol `kuramoto` integrates it. The two agree
in the limit of frequent reports without delay.

A phase is a whole number of units (`sim.protocols.attractor.phase`), linear in the time of the agent's own clock that
is never set, so that it is exact at every moment between two adjustments. Decisions are made with sines that are the
same on every platform (`sim.protocols.attractor.sine`); records round to 9 decimals.

Records: `phase` (phase, frequency in true time, and energy where it is modelled) at the start, at each adjustment, and
else once a period; `tick` each time phase zero is passed, where that matters; `believes` (converged) when an agent's
own judgement changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sim.clock import BILLION
from sim.convergence import Coherence, Convergence
from sim.energy import EnergyStore
from sim.protocol import Lie, Protocol, ProtocolConfig
from sim.protocols.attractor.belief import Belief
from sim.protocols.attractor.config import AttractorConfig
from sim.protocols.attractor.decision import decide
from sim.protocols.attractor.duties import registry
from sim.protocols.attractor.lies import LIES
from sim.protocols.attractor.messages import Pulse, Report
from sim.protocols.attractor.phase import (
    DECIMALS,
    HALF,
    MASK,
    TURN,
    TURNS_A_UNIT,
    between,
    frequency_of,
    radians_of,
    speed_of_frequency,
    speed_of_period,
    units_of,
)
from sim.protocols.attractor.sine import sine
from sim.protocols.attractor.strategies.attract import PER_PERIOD
from sim.protocols.attractor.strategy import Adjustment, Neighborhood, Own
from sim.units import SECOND

if TYPE_CHECKING:
    from sim.message import Message
    from sim.protocols.attractor.duties.duty import Work
    from sim.randomness import Stream

REPORT: Final = "report"
TICK: Final = "tick"
SNAP: Final = TURN >> 40
"""An agent that is so near to phase zero is there: what a jump to it leaves by rounding."""


class Attractor(Protocol):
    """An agent: `anchor` is its phase in units, turns that it has made included, at `since` on its clock."""

    Config: ClassVar[type[ProtocolConfig]] = AttractorConfig
    payloads = (Report, Pulse, *registry.PAYLOADS)
    records: ClassVar[tuple[str, ...] | None] = ("phase", "tick", "believes", *registry.RECORDS)
    lies: ClassVar[Mapping[str, Lie]] = LIES

    @classmethod
    def converges(cls, config: AttractorConfig) -> Convergence:
        """The coherence that the goal names, held for its dwell."""
        goal = config.goal
        return Coherence(
            goal.coherence, goal.tolerance, goal.dwell or config.period, goal.period or config.period, phase=goal.phase
        )

    energy: EnergyStore | None = None
    belief: Belief | None = None
    work: Work | None = None
    preference: float = 0.0
    anchor: int = 0
    since: int = 0
    speed: int = 0
    natural: int = 0

    def __init__(self) -> None:
        config: AttractorConfig = self.config
        node = self.node
        self.serves = node.id in config.servers
        self.peers: Sequence[int] = node.neighbors
        if config.servers:
            self.peers = tuple(other for other in node.neighbors if other not in config.servers)
        self.interval = config.interval
        self.remembered = config.remembered
        self.heard: dict[int, tuple[int, int, int]] = {}
        self.earliest = node.elapsed
        self.fresh = config.compensate == "nothing"
        self.decided = self.recorded = 0
        self.turns = 0
        self.ticked: int | None = None
        self.pulsed: int | None = None
        self.pulses = 0
        self.before: int | None = None

    # Life.

    def on_start(self) -> None:
        config: AttractorConfig = self.config
        node = self.node
        if config.duty is not None:
            self.work = config.duty.begin(node)
        if self.serves:
            return
        now = node.elapsed
        if config.energy is not None:
            self.energy = EnergyStore(config.energy, now)
        if config.detector is not None:
            self.belief = Belief(config)
        self.natural = self.speed = speed_of_period(config.period) + speed_of_frequency(self._natural_offset())
        self._begin_at(config.phases.turns(node.id, node.population, node.random), now)
        if config.preferences is not None:
            spread = config.preferences.spread
            self.preference = self._kept("preference", lambda: node.random.normal(0.0, spread))
        self.decided = now
        if not config.by_pulses:
            node.set_timer(REPORT, self._until_next(first=True))

    def _natural_offset(self) -> float:
        """What the agent's natural frequency differs by; drawn once, and the same after a restart with the disk."""
        config, node = self.config, self.node
        if config.frequencies.kind == "fixed" or config.frequencies.draw == "quantiles":
            return float(config.frequencies.offset(node.id, node.population, node.random))
        return self._kept("frequency", lambda: config.frequencies.offset(node.id, node.population, node.random))

    def _kept(self, name: str, draw: Callable[[], float]) -> float:
        """What is on the disk under a name, drawn where there is nothing yet."""
        storage = self.node.storage
        if name not in storage:
            storage[name] = draw()
        return float(storage[name])

    def _begin_at(self, turns: float, now: int) -> None:
        self.anchor, self.since = int(turns % 1.0 * 2.0**53) << 43, now
        self.turns = self.anchor // TURN if self.speed >= 0 else -(-self.anchor // TURN)
        self._record(now)
        self._arm_tick(now)

    def _until_next(self, first: bool = False) -> int:
        if self.config.updates == "synchronous":
            return int(self.interval - self.node.now % self.interval)
        return 1 + self.node.random.below(self.interval) if first else self.interval

    # Phase.

    def phase_at(self, now: int) -> int:
        """The phase in units, turns included, at a time of the agent's clock that is not before `since`."""
        return self.anchor + self.speed * (now - self.since)

    def _record(self, now: int) -> None:
        self.recorded = now
        phase = round(radians_of(self.phase_at(now)), DECIMALS)
        clock = self.node.clock
        rate = (
            1.0 if clock is None else clock.rate / BILLION
        )  # of its own time, which no agent knows, but a record does
        frequency = round(frequency_of(self.speed) * rate, DECIMALS)
        if self.energy is None:
            self.node.record("phase", phase=phase, frequency=frequency)
        else:
            energy = round(self.energy.level(now), 6)
            self.node.record("phase", phase=phase, frequency=frequency, energy=energy)

    def _record_where_due(self, now: int) -> None:
        """Say where the agent is, once a period if nothing else has it do so."""
        if now - self.recorded >= self.config.period:
            self._record(now)

    def _adjust(self, adjustment: Adjustment, now: int) -> None:
        """Move, pay, and say so."""
        moved, changed = adjustment.phase, adjustment.frequency
        if moved == 0.0 and changed == 0.0:
            if self.energy is not None and adjustment.cost:
                self.energy.spend(adjustment.cost)
            self._record_where_due(now)
            return
        self.anchor, self.since = self.phase_at(now) + units_of(moved), now
        if changed:
            self.speed += speed_of_frequency(changed)
        if self.energy is not None:
            cost = adjustment.cost
            self.energy.spend(self.energy.options.cost if cost is None else cost)
        self._record(now)
        self._arm_tick(now)

    # Deciding.

    def neighborhood(self, now: int) -> Neighborhood:
        """What was heard and is not too old, brought up to now."""
        own, heard = self.phase_at(now), self.heard
        if self.earliest < now - self.remembered:
            self._forget(now - self.remembered)
        differences = [(phase + speed * (now - at) - own) & MASK for phase, speed, at in heard.values()]
        turns = [(ahead - TURN if ahead > HALF else ahead) * TURNS_A_UNIT for ahead in differences]
        return Neighborhood(heard, turns)

    def _forget(self, oldest: int) -> None:
        """Let go what was heard before a time; `earliest` is no later than what is left."""
        for source in [source for source, (_, _, at) in self.heard.items() if at < oldest]:
            del self.heard[source]
        self.earliest = min([at for _, _, at in self.heard.values()], default=oldest)

    def _act(self, now: int) -> None:
        """Decide by the reports that were heard."""
        since = min(now - self.decided, 2 * self.interval) / SECOND
        self.decided = now
        heard = self.neighborhood(now)
        if self.belief is not None:
            self.belief.look(self.node, now, heard)
        if self.energy is not None and not self.energy.suffices(now):
            self._record_where_due(now)
            return
        self._adjust(self._decision(heard, since, now), now)

    def _decision(self, heard: Neighborhood, since: float, now: int) -> Adjustment:
        config: AttractorConfig = self.config
        ticked = None if self.ticked is None else (now - self.ticked) / SECOND
        period = config.period / SECOND
        phase, frequency, natural = radians_of(self.phase_at(now)), frequency_of(self.speed), frequency_of(self.natural)
        own = Own(phase, frequency, natural, period, since, ticked, self.node.id)
        energy = None if self.energy is None else self.energy.level(now)
        decided = decide(config.strategy, own, heard, config.goal, energy, self.node)
        if config.preferences is not None and heard.turns:
            weight = config.preferences.weight
            wish = PER_PERIOD / period * since * heard.lagging(-self.preference)
            decided = Adjustment((1.0 - weight) * decided.phase + weight * wish, decided.frequency, decided.cost)
        if config.goal.phase is not None:
            strength = PER_PERIOD / period if config.goal.pull is None else config.goal.pull
            pull = strength * since * sine(between(self._goal_phase(), self.phase_at(now)))
            decided = Adjustment(decided.phase + pull, decided.frequency, decided.cost)
        return decided

    def _goal_phase(self) -> int:
        """Where the goal's phase is by the agent's clock."""
        config: AttractorConfig = self.config
        goal = config.goal
        assert goal.phase is not None
        return units_of(goal.phase) + TURN * self.node.now // (goal.period or config.period)

    # Ticks.

    def _arm_tick(self, now: int) -> None:
        """Pass phase zero now, if that is where the agent is, or when it will be there; forwards or backwards.

        It passes it a turn after it has passed it last, so that one who is moved back over it does not do so again.
        """
        if not self.config.ticking:
            return
        phase, speed = self.phase_at(now), self.speed
        left, back = (self.turns + 1) * TURN - phase, phase - (self.turns - 1) * TURN
        if left <= SNAP:
            if left > 0:
                self.anchor, self.since = phase + left, now
            self.turns = (phase + SNAP) // TURN
            self._tick(now)
        elif back <= 0:
            self.turns = -(-phase // TURN)
            self._tick(now)
        elif speed:
            self.node.set_timer(TICK, -(-left // speed) if speed > 0 else -(back // speed))
        else:
            self.node.cancel_timer(TICK)

    def _tick(self, now: int) -> None:
        pulsed = self.pulsed
        self.before = None if pulsed is None or now - pulsed > self.remembered else now - pulsed
        self.ticked, self.pulses = now, 0
        node = self.node
        node.record("tick")
        if self.config.by_pulses:
            if self.belief is not None:
                self.belief.look(node, now, self.neighborhood(now))
            self._record_where_due(now)
            pulse = Pulse(node.now)
            for peer in self.peers:
                node.send(peer, pulse)
        if self.work is not None:
            self.work.on_tick()
        self._arm_tick(now)

    # What happens to the agent.

    def on_timer(self, name: Hashable) -> None:
        now = self.node.elapsed
        if name == REPORT:
            self._act(now)
            node = self.node
            report = Report(self.phase_at(now) & MASK, self.speed, node.now)
            for peer in self.peers:
                node.send(peer, report)
            node.set_timer(REPORT, self._until_next())
        elif name == TICK:
            self._arm_tick(now)
        elif self.work is not None:
            self.work.on_timer(name)

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if payload.__class__ is Report:
            at = self.node.elapsed if self.fresh else self._time_of(payload)
            self.heard[message.source] = (payload.phase, payload.speed, at)
        elif payload.__class__ is Pulse:
            self._hear_pulse(message.source, payload)
        elif self.work is not None:
            self.work.on_message(message)

    def on_request(self, request: Any) -> None:
        if self.work is not None:
            self.work.on_request(request)

    def _time_of(self, payload: Report | Pulse) -> int:
        """When, on the agent's clock that is never set, a message is taken to have been sent."""
        node, config = self.node, self.config
        if self.fresh:
            return node.elapsed
        age = config.delay if config.compensate == "expected" else max(0, node.now - payload.stamp)
        at = node.elapsed - int(age)
        self.earliest = min(self.earliest, at)
        return at

    def _hear_pulse(self, source: int, pulse: Pulse) -> None:
        if self.serves:
            return
        now = self.node.elapsed
        if abs(self.phase_at(now) - self.turns * TURN) >= TURN:  # its own is due at this very instant, and comes first
            self._arm_tick(now)
        at = self._time_of(pulse)
        if now - at > self.remembered:
            return
        self.heard[source] = (0, self.natural, at)
        ticked, pulses = self.ticked, 0
        if ticked is not None and at < ticked:
            self.before = ticked - at
        else:
            self.pulses += 1
            pulses, self.pulsed = self.pulses, at
        if self.energy is not None and not self.energy.suffices(now):
            return
        before = None if self.before is None else self.before / SECOND
        after = None if ticked is None or not pulses else (at - ticked) / SECOND
        since, self.decided = min(now - self.decided, 2 * self.interval) / SECOND, now
        heard = Neighborhood({}, (), source, pulses, before, after)
        self._adjust(self._decision(heard, since, now), now)

    # Faults.

    def disrupt(self, stream: Stream) -> bool:
        """Be at another phase, anywhere in the cycle."""
        if self.serves:
            return False
        now = self.node.elapsed
        turn = self.turns if self.speed >= 0 else self.turns - 1
        self.anchor, self.since = turn * TURN + (int(stream.random() * 2.0**53) << 43), now
        self._record(now)
        self._arm_tick(now)
        return True

    def drain(self, share: float) -> bool:
        """Lose this share of the energy that is left; whether there was any."""
        if self.energy is None:
            return False
        now = self.node.elapsed
        drained = self.energy.drain(share, now)
        self._record(now)
        return drained
