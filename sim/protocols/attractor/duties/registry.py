"""Every kind of duty by its name."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from sim.protocols.attractor.duties.batch import BatchDuty
from sim.protocols.attractor.duties.connect import ConnectDuty
from sim.protocols.attractor.duties.duty import Duty
from sim.protocols.attractor.duties.job import JobDuty

DUTIES: Final[dict[str, type[Duty]]] = {"batch": BatchDuty, "job": JobDuty, "connect": ConnectDuty}

AnyDuty = Annotated[BatchDuty | JobDuty | ConnectDuty, Field(discriminator="kind")]
"""For a field that holds a duty."""

RECORDS: Final = tuple(sorted({kind for duty in DUTIES.values() for kind in duty.records}))
"""The kinds of records that duties make."""
PAYLOADS: Final = tuple(payload for duty in DUTIES.values() for payload in duty.payloads)
"""The classes of what their nodes send each other."""
