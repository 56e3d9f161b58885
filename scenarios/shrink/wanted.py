"""What a shrunk run must still show: the same violation of a check, the same error, or a metric beyond a threshold."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from scenarios.names import did_you_mean, listed
from scenarios.violation import Signature, masked, signature_of
from sim.units import format_duration, parse_duration, parse_probability, shown
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.run import Run
    from sim.protocol import ProtocolError

Number = int | float

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_CONDITION: Final = re.compile(r"\s*(?P<name>.*?[^\s<>=!])\s*(?P<sign>>=|<=|!=|>|<|=)\s*(?P<value>[^\s<>=!][^<>=!]*)")
_NEVER: Final = "never"
_FAULTS: Final = "faults."
_OF_A_FAULT: Final = {
    "strikes": "",
    "healed": "",
    "still_on": "",
    "passed_over": "",
    "effect": "",
    "touched": "",
    "first_ns": "ns",
    "last_healed_ns": "ns",
}
"""What a condition may ask of a fault, with its unit."""


class Wanted(Protocol):
    """What is to be kept while a scenario is shrunk."""

    @property
    def check(self) -> str | None:
        """The one check that has to be judged; None where it is no check that decides."""

    @property
    def words(self) -> str:
        """What it is, in a few words."""

    def judge(self, run: Run) -> None:
        """Raise InputError where it has no meaning for a run."""

    def shown_by(self, run: Run) -> bool:
        """Whether a run shows it."""

    def found(self, run: Run) -> str:
        """What a run has instead, or shows, in words."""


@dataclass(frozen=True, slots=True)
class SameViolation:
    """A check is violated with the same kinds of evidence and the same reason, but for numbers."""

    signature: Signature

    @property
    def check(self) -> str | None:
        """The check."""
        return self.signature.check

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        return f"violates {self.check}"

    def judge(self, run: Run) -> None:
        """It has a meaning for every run."""

    def shown_by(self, run: Run) -> bool:
        """Whether a run has the same violation."""
        return any(
            verdict.verdict == "violated" and signature_of(verdict) == self.signature for verdict in run.verdicts
        )

    def found(self, run: Run) -> str:
        """What the check says of a run."""
        return next(
            (f"{each.check} is {each.verdict}: {each.reason}" for each in run.verdicts if each.check == self.check),
            f"{self.check} was not asked for",
        )

    def __str__(self) -> str:
        return str(self.signature)


@dataclass(frozen=True, slots=True)
class SameError:
    """The protocol raises the same error, but for numbers, over the same sort of thing; there is no run to judge."""

    error: str

    @classmethod
    def of(cls, error: ProtocolError) -> SameError:
        """What a run that ended in this error shows."""
        return cls(masked(error.message))

    @property
    def check(self) -> str | None:
        """No check decides."""
        return None

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        return "ends in an error"

    def judge(self, run: Run) -> None:
        """It has a meaning for every run."""

    def shown_by(self, run: Run) -> bool:
        """A run that comes to its end does not show it."""
        return False

    def found(self, run: Run) -> str:
        """What there is instead."""
        return "it came to its end"

    def __str__(self) -> str:
        return f"error: {self.error}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A metric of the run, or a number of a fault's tally, stands in a relation to a value; None: is not there.

    Where the number is not there, such as the time of a convergence that did not come, it is `never`, and no
    threshold is passed.
    """

    name: str
    sign: str
    value: Number | None
    unit: str

    @property
    def check(self) -> str | None:
        """No check decides."""
        return None

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        return str(self)

    def shown_by(self, run: Run) -> bool:
        """Whether the number of a run is so."""
        number = self.number(run)
        if self.value is None:
            return (number is None) == (self.sign == "=")
        return number is not None and _OPERATORS[self.sign](number, self.value)

    def number(self, run: Run) -> Number | None:
        """Return the number of a run; None where it has none."""
        if self.name.startswith(_FAULTS):
            fault, part = _fault_and_part(self.name)
            return next((tally[part] for tally in run.faults if tally["id"] == fault), None)
        metric, _, key = self.name.partition(".")
        found: Any = run.metrics.get(metric)
        if key and isinstance(found, dict):
            found = found.get(key, 0)
        return found if isinstance(found, int | float) else None

    def judge(self, run: Run) -> None:
        """Raise InputError where the number has no meaning for a run."""
        if self.name.startswith(_FAULTS):
            fault, _ = _fault_and_part(self.name)
            known = [tally["id"] for tally in run.faults]
            if fault not in known:
                remedy = did_you_mean(fault, known) or f"; its faults are {listed(known) or '(none)'}"
                raise InputError(f"--when: the run has no fault called {shown(fault)}{remedy}")
            return
        metric, _, key = self.name.partition(".")
        if metric not in run.metrics:
            raise InputError(f"--when: {metric} has no meaning for this run; it has {listed([*run.metrics])}")
        found = run.metrics[metric]
        if isinstance(found, dict) and not key:
            raise InputError(f"--when: {metric} is several numbers; name one: {metric}.{next(iter(found), 'KEY')}")
        if key and not isinstance(found, dict):
            raise InputError(f"--when: {metric} is a single number and has no {shown(key)}; ask for {metric}")

    def found(self, run: Run) -> str:
        """What the number of a run is."""
        return f"{self.name} is {self._shown(self.number(run))}"

    def _shown(self, number: Number | None) -> str:
        if number is None:
            return _NEVER
        return format_duration(round(number)) if self.unit == "ns" else f"{number:.12g}"

    def __str__(self) -> str:
        return f"{self.name} {self.sign} {self._shown(self.value)}"


def threshold(text: str) -> Threshold:
    """Return the condition in text such as `converged_at > 5s`, `residue >= 10%` or `faults.crash-1.touched > 100`.

    `never` is the value of a number that is not there. Raises InputError for a name that is no metric and no number of
    a fault, for a value without the unit of the metric, and for anything else.
    """
    parts = _CONDITION.fullmatch(text[:500])
    if parts is None:
        expected = "a metric, one of > >= < <= = != and a value, such as 'converged_at > 5s' or 'converged_at = never'"
        raise InputError(f"--when: found {shown(text)}; expected {expected}")
    name, sign, value = parts["name"], parts["sign"], parts["value"].strip()
    unit = _unit_of(name)
    if value == _NEVER and sign not in ("=", "!="):
        raise InputError(f"--when: found {shown(text)}; never is no number: compare with = or !=")
    return Threshold(name, sign, None if value == _NEVER else _read(value, name, unit), unit)


def _unit_of(name: str) -> str:
    from analysis.metrics import METRICS, known_metric

    if name.startswith(_FAULTS):
        fault, part = _fault_and_part(name)
        if not fault or part not in _OF_A_FAULT:
            raise InputError(
                f"--when: found {shown(name)}; expected faults.ID.NUMBER, with one of {listed([*_OF_A_FAULT])}, "
                f"such as faults.crash-1.touched{did_you_mean(part, _OF_A_FAULT)}"
            )
        return _OF_A_FAULT[part]
    try:
        return known_metric(name).unit
    except InputError:
        near = did_you_mean(name, METRICS) or f"; known are {listed([*METRICS])}"
        raise InputError(f"--when: found {shown(name)}, which is no metric{near}") from None


def _fault_and_part(name: str) -> tuple[str, str]:
    """Return the id of a fault, which may have dots in it, and which number of its tally is meant."""
    fault, _, part = name.removeprefix(_FAULTS).rpartition(".")
    return fault, part


def _read(text: str, name: str, unit: str) -> Number:
    """Return a value in the unit of its metric: a time with its unit, a share also in per cent, any other a number."""
    try:
        if unit == "ns":
            return parse_duration(text)
        if unit.startswith("share") and text.endswith("%"):
            return parse_probability(text)
        return int(text) if re.fullmatch(r"[-+]?[0-9]{1,18}", text) else _finite(text)
    except InputError as error:
        raise InputError(f"--when: {name}: {error.message}") from None


def _finite(text: str) -> float:
    if not re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", text):
        raise InputError(f"found {shown(text)}; expected a number, or never")
    return float(text)
