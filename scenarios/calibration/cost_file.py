"""Files of costs: what `murmur calibrate` writes, and scenarios take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scenarios.document import Document
from scenarios.overrides import flags_of
from scenarios.problems import problems_of, report
from scenarios.yaml_loader import load_file
from sim.hardware.shared.costs import SharedCosts
from sim.hardware.transfer import Transfer
from sim.units import as_written
from topologies.errors import InputError

_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class MachineCosts(BaseModel):
    """The fields of a scenario's `hardware` that a file of costs may set; what it leaves out stays as it is."""

    model_config = _OPTIONS
    shared: SharedCosts = Field(default=SharedCosts(), description="what operations on shared state cost")
    transfer: Transfer = Field(default=Transfer(), description="what moves between cores cost")


class Measured(BaseModel):
    """One number as it was measured: its median, the bounds of a 95 % interval, and how it was made."""

    model_config = _OPTIONS
    median: float
    low: float | None
    high: float | None
    unit: str
    repeats: int
    how: str


class CostFile(BaseModel):
    """A file of costs."""

    model_config = _OPTIONS
    hardware: MachineCosts = Field(description="the costs")
    machine: Mapping[str, str | int] = Field(default={}, description="where they were measured, for people")
    measured: Mapping[str, Measured] = Field(default={}, description="how they were measured, for people")


def read_costs(path: str | Path) -> dict[str, Any]:
    """Return the costs of a file as overrides of a scenario whose nodes have one sort of hardware.

    They are paths with values, such as `hardware.shared.mutex`, for `overrides` of `run` and `load`. Raises InputError
    with one line for each mistake in the file.
    """
    return dict(_leaves(_hardware_of(Path(path)), "hardware"))


def cost_flags(document: Document, path: str | Path) -> tuple[str, ...]:
    """Return the costs of a file as flags for `--set`, one of each for every block of hardware that a scenario has.

    Raises InputError for a mistake in the file, and for a scenario without hardware.
    """
    hardware, blocks = _hardware_of(Path(path)), document.data.get("hardware")
    if not blocks:
        remedy = "say hardware: {cores: 4}, for example, in the scenario, or leave --costs out"
        raise InputError(f"--costs: found a scenario whose nodes have no cores; {remedy}")
    places = ["hardware"] if isinstance(blocks, dict) else [f"hardware[{number}]" for number in range(len(blocks))]
    return flags_of({field: value for place in places for field, value in _leaves(hardware, place)})


def _hardware_of(path: Path) -> Mapping[str, Any]:
    document = load_file(path)
    written = as_written(document.data)
    try:
        CostFile.model_validate(written)
    except ValidationError as error:
        raise report(problems_of(error, CostFile, written), document) from None
    hardware: Mapping[str, Any] = document.data["hardware"]
    return hardware


def _leaves(block: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    """Yield the costs that are written, by their paths; one that is a distribution is one value."""
    for part, costs in block.items():
        for name, cost in costs.items():
            yield f"{place}.{part}.{name}", cost
