"""Heals: the end of faults that last, by their kind and name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from faults.fault import Fault

if TYPE_CHECKING:
    from faults.strike import Strike


class Heal(Fault):
    """End what is broken: partitions, or faults of another kind; those of a name, or all."""

    layer: ClassVar[str] = "network"
    phase: ClassVar[str] = "end"

    kind: Literal["heal"] = "heal"
    fault: Annotated[str, Field(min_length=1)] = Field(
        default="partition", description="the kind of fault that it ends; all for every kind"
    )

    def may_end(self, other: Fault) -> bool:
        """Whether it means another fault."""
        return self.fault in ("all", other.kind) and self.name in (None, other.name)

    def begin(self, strike: Strike) -> None:
        """End each strike that is meant."""
        meant = [other for other in strike.injector.strikes if self.may_end(other.armed.fault)]
        for other in meant:
            other.armed.end(other)
        strike.targets, strike.effect = tuple(other.id for other in meant), len(meant)

    @property
    def words(self) -> str:
        """What it heals, in a few words, for people."""
        what = "all faults" if self.fault == "all" else f"all {self.fault}s"
        return f"heal of {f'{self.fault} {self.name}' if self.name else what}"
