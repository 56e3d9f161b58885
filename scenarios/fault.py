"""One fault by its kind, for simulations that are made in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scenarios.document import Document
from scenarios.names import did_you_mean
from scenarios.problems import problems_of, report
from sim.units import shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.fault import Fault


def fault(kind: str, **fields: Any) -> Fault:
    """Return a fault of a kind that `murmur list faults` names, such as `fault("loss", at="5s", probability="10%")`.

    Fields are as in a scenario file: durations as text with a unit, or in whole nanoseconds. Raises InputError with one
    line for each mistake.
    """
    from faults.registry import FAULTS

    if kind not in FAULTS:
        raise InputError(
            f"found no fault called {shown(kind)}{did_you_mean(kind, FAULTS) or '; see murmur list faults'}"
        )
    model = FAULTS[kind].config
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise report(problems_of(error, model, fields), Document(f"fault {kind}", fields)) from None
