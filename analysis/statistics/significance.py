"""What a test of significance came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Test:
    """A test by its name, its statistic, and p.

    p is the chance of a statistic as far out as this where there is no difference, on the test's own assumptions.
    """

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own
    name: str
    statistic: float
    p: float

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"test": self.name, "statistic": self.statistic, "p": self.p}
