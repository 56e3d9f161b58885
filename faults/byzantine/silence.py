"""Silence: nodes that run and hear, and say nothing, to anyone or to some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.byzantine.byzantine_fault import ByzantineFault, LyingEffect
from faults.target import Target, check_target, choose
from sim.network.effects import Passage
from sim.records import WITHHELD
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.simulation import Simulation


class Silent(ByzantineFault):
    """The nodes send nothing, though they run: what their protocol wants to say is withheld."""

    kind: Literal["silent"] = "silent"

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Withhold everything."""
        return _Withholds(strike, liars, kinds, None, 0.0)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes for a while."""
        return cls.drawn_place(drawing)


class SelectivelySilent(ByzantineFault):
    """The nodes say nothing to some of the others, and all to the rest: to named ones, or to a share that is drawn."""

    kind: Literal["selectively-silent"] = "selectively-silent"
    towards: Target | None = Field(default=None, description="those who are told nothing, as a target names nodes")
    share: Probability = Field(default=0.0, description="share of the others who are told nothing, each drawn once")

    @property
    def is_off(self) -> bool:
        """Whether everyone is told everything."""
        return (self.towards is None and self.share == 0.0) or super().is_off

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node, role or region does not exist."""
        super().check(simulation)
        if self.towards is not None:
            check_target(self.towards, simulation, "towards")

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Withhold from some."""
        shunned = None if self.towards is None else frozenset(choose(self.towards, strike, lambda node: True))
        return _Withholds(strike, liars, kinds, shunned or frozenset(), self.share)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Silence to a share of the others."""
        return {"share": drawing.share(0.2, 0.8), **cls.drawn_place(drawing)}


class _Withholds(LyingEffect):
    def __init__(
        self,
        strike: Strike,
        liars: frozenset[int],
        kinds: frozenset[str] | None,
        shunned: frozenset[int] | None,
        share: float,
    ) -> None:
        super().__init__(strike, liars, kinds)
        self._shunned = shunned
        self._share = share
        self._drawn: dict[tuple[int, int], bool] = {}

    def speak(self, liar: int, passage: Passage) -> None:
        if self._is_shunned(liar, passage.message.destination) and passage.goes_on:
            passage.outcome = WITHHELD
            self.touched += 1

    def _is_shunned(self, source: int, destination: int) -> bool:
        if self._shunned is None or destination in self._shunned:
            return True
        pair = (source, destination)
        if pair not in self._drawn:
            self._drawn[pair] = self.draw(*pair).random() < self._share
        return self._drawn[pair]
