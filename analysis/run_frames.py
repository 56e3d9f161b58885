"""A run as pandas frames."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.frames import Source
    from analysis.samples_file import Sample


@dataclass(frozen=True, slots=True)
class RunFrames:
    """The frames of one run, each made when it is asked for; `analysis.frames` says which columns they have."""

    source: Source
    series: list[Sample]
    detail: str

    def __repr__(self) -> str:
        return f"<RunFrames: records(kinds), messages(), samples(); detail {self.detail}>"

    def records(self, kinds: Collection[str] | None = None) -> pd.DataFrame:
        """Return the state records, one row each; only of `kinds`, or of one kind, where given."""
        from analysis.frames import records

        return records(self.source, kinds)

    def messages(self) -> pd.DataFrame:
        """Return the messages, one row each; raises InputError unless the run's detail is messages or all."""
        from analysis.frames import messages, refuse_without_messages

        refuse_without_messages(self.detail, "the run")
        return messages(self.source)

    def samples(self) -> pd.DataFrame:
        """Return the time series in long form."""
        from analysis.frames import samples

        return samples(self.series)
