"""What a table of claims came to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from analysis.canonical import readable_json
from analysis.manifest import deciding_versions, murmur_version
from scenarios.claims.outcome import Outcome
from scenarios.claims.schema import Claim, ClaimsFile
from topologies.errors import InputError

CLAIMS: Final = "claims.json"
FORMAT: Final = 1
"""Number of the layout of folders of claims."""
VERDICTS: Final = ("holds", "fails", "depends", "undecided")


@dataclass(frozen=True)
class Judged:
    """A claim, and what each of its setups came to."""

    name: str
    claim: Claim
    setups: tuple[Outcome, ...]

    @property
    def verdict(self) -> str:
        """`holds` or `fails` where it does in all setups that are decided, `depends`, or `undecided` where none is."""
        decided = {outcome.verdict for outcome in self.setups} - {"undecided"}
        return "undecided" if not decided else decided.pop() if len(decided) == 1 else "depends"

    def setups_that(self, verdict: str) -> list[str]:
        """Return the names of the setups with a verdict."""
        return [outcome.name for outcome in self.setups if outcome.verdict == verdict]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        measure = self.claim.measure
        return {
            "id": self.name,
            "text": self.claim.text,
            "source": self.claim.source,
            "measured": measure.words(),
            "unit": measure.unit,
            "claimed": self.claim.claimed.words(),
            "verdict": self.verdict,
            **{verdict: self.setups_that(verdict) for verdict in ("holds", "fails", "undecided")},
            "turns_on": self.claim.turns_on if self.verdict == "depends" else "",
            "unit_of_parts": measure.unit_of_parts,
            "setups": [outcome.plain() for outcome in self.setups],
        }


@dataclass(frozen=True)
class Claims:
    """The claims of a design with their verdicts.

    `folder` is where they are on disk, if they are; `timing` tells of the machine, all else is the same for equal
    tables, numbers of runs and seeds.
    """

    table: ClaimsFile
    usual_runs: int
    claims: tuple[Judged, ...]
    runs: int
    folder: Path | None = None
    timing: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        told = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items() if count)
        return f"<Claims {self.table.name}: {told}; {self.runs:,} runs, {self.folder or 'not kept on disk'}>"

    def __getitem__(self, name: str) -> Judged:
        return next(each for each in self.claims if each.name == name)

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        verdicts = [each.verdict for each in self.claims]
        return {verdict: verdicts.count(verdict) for verdict in VERDICTS}

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, the same for equal claims."""
        return {
            "table": self.table.name,
            "description": self.table.description,
            "seed": self.table.seed,
            "usual_runs": self.usual_runs,
            "runs": self.runs,
            "verdicts": self.counts,
            "claims": [each.plain() for each in self.claims],
        }


def keep(measured: Claims) -> None:
    """Write what claims came to into their folder."""
    assert measured.folder is not None
    about = {"format": FORMAT, "murmur": murmur_version(), "versions": deciding_versions()}
    temporary = measured.folder / f".{CLAIMS}"
    temporary.write_text(readable_json({**about, **measured.plain()}), encoding="utf-8")
    temporary.replace(measured.folder / CLAIMS)


def read_claims(folder: str | Path) -> dict[str, Any]:
    """Return what claims on disk came to, as plain data; raises InputError where there are none."""
    place = Path(folder) / CLAIMS
    try:
        told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{folder}: found no {CLAIMS}; expected the folder of claims that were measured") from None
    except ValueError:
        raise InputError(f"{place} is damaged: it is not JSON; measure the claims again with --resume") from None
    return told
