"""What an explanation came to, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf, isnan
from typing import TYPE_CHECKING, Any, Final

from scenarios.command_line.summary import seconds, shown_metric

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.explain.explanation import Explanation, WithoutFaults
    from scenarios.explain.outcome import Estimate

MOST_PAIRS: Final = 15
"""Pairs that are printed, those with the most beyond the sum first."""
MINUS: Final = "−"


def print_explanation(explanation: Explanation) -> None:
    """Print what each fault and each pair cost, and which verdicts are others without them."""
    from scenarios.command_line.tables import output

    console = output()
    console.print(_head(explanation), soft_wrap=True)
    console.print(_table(explanation))
    if explanation.pairs:
        console.print(_pairs(explanation))
    for line in (*_verdicts(explanation), *_notes(explanation)):
        console.print(line, soft_wrap=True)


def _head(explanation: Explanation) -> str:
    scenario, seeds = explanation.scenario, len(explanation.seeds)
    faults = f"{len(explanation.faults)} fault{'s' if len(explanation.faults) > 1 else ''}"
    if seeds > 1:
        return f"{scenario.name}, {faults}, {explanation.runs:,} runs under {seeds} seeds derived from {scenario.seed}"
    return f"{scenario.name}, {faults}, {explanation.runs:,} runs under seed {explanation.seeds[0]}"


def _new_table(columns: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in columns:
        name = column.startswith("left out")
        table.add_column(column, justify="left" if name else "right", overflow="fold", no_wrap=not name)
    return table


def _table(explanation: Explanation) -> Table:
    """Return a row for the run, for each fault left out, and for all of them left out.

    Where costs have bounds, there is no room for the share delivered itself.
    """
    converges = not isnan(explanation.whole["converged_at"].median) or explanation.whole["converged_at"].runs > 0
    columns = _columns(explanation)
    shown = [name for name in columns if name != "converged_at" or converges]
    bare = ("delivered_share",) if len(explanation.seeds) > 1 else ()
    titles = (("delivered, cost",) if name in bare else (columns[name].title, "cost") for name in shown)
    table = _new_table(["left out", *(title for part in titles for title in part)])
    values = (("",) if name in bare else (columns[name].told(explanation.whole[name]), "") for name in shown)
    table.add_row("nothing", *(value for part in values for value in part))
    for tally, each in zip(explanation.faults, explanation.single, strict=True):
        table.add_row(_label(tally), *_cells(each, {name: columns[name] for name in shown}, bare))
    if len(explanation.single) > 1:
        table.add_row("all faults", *_cells(explanation.unbroken, {name: columns[name] for name in shown}, bare))
    return table


def _columns(explanation: Explanation) -> dict[str, _Column]:
    """Return what is printed: the time, and the metrics that were asked for or else the messages."""
    if not explanation.metrics:
        return _COLUMNS
    names = ("converged_at", *explanation.metrics)
    return {name: _COLUMNS.get(name) or _column_of(name) for name in names}


def _label(tally: Mapping[str, Any]) -> str:
    """Return what a fault is called, whether it is a heal that goes by another name, and whether it did nothing."""
    from analysis.fault_tally import did_nothing

    name, kind = tally["id"], tally["fault"]
    if kind == "heal" and not name.startswith(kind):
        name += f" ({kind})"
    if tally["off"]:
        return f"{name} (off)"
    if not tally["strikes"]:
        return f"{name} (never fired)"
    return f"{name} (touched nothing)" if did_nothing(kind, tally["touched"], tally["effect"]) else name


def _cells(each: WithoutFaults, shown: Mapping[str, _Column], bare: Sequence[str]) -> Iterator[str]:
    for name, column in shown.items():
        if name not in bare:
            yield column.told(each.found[name])
        yield column.differs(each.cost[name])


def _pairs(explanation: Explanation) -> Table:
    """Return a row for each pair: what both cost, and how much of that is beyond the sum of what each costs."""
    columns = _columns(explanation)
    other = next((name for name in explanation.metrics if name != "converged_at"), "messages")
    time, column = columns["converged_at"], columns.get(other, _COLUMNS["messages"])
    table = _new_table(["left out together", "time", "beyond the sum", column.title, "beyond the sum"])
    order = sorted(explanation.pairs, key=lambda pair: -_size(pair.beyond["converged_at"].median))
    for pair in order[:MOST_PAIRS]:
        table.add_row(
            " and ".join(pair.faults),
            time.differs(pair.cost["converged_at"]),
            time.differs(pair.beyond["converged_at"], never=False),
            column.differs(pair.cost[other]),
            column.differs(pair.beyond[other]),
        )
    if len(order) > MOST_PAIRS:
        table.add_row(f"and {len(order) - MOST_PAIRS} more pairs", *[""] * 4)
    return table


def _size(value: float) -> float:
    return -1.0 if isnan(value) else abs(value)


def _verdicts(explanation: Explanation) -> Iterator[str]:
    """Yield which verdicts are others without a fault, and what they are with all of them."""
    several = len(explanation.seeds) > 1
    everything = len(explanation.faults)
    fewer = [each for each in (*explanation.single, *explanation.pairs) if len(each.faults) < everything]
    for each in (*fewer, explanation.unbroken):
        name = "all faults" if len(each.faults) == everything > 1 else " and ".join(each.faults)
        for (check, before, after), runs in each.changed.items():
            yield f"without {name}: {check} {after} instead of {before}" + (f", in {_runs(runs)}" if several else "")
        if each.failed:
            yield f"without {name}: {_runs(each.failed)} ended in an error"


def _runs(number: int) -> str:
    return f"{number:,} run{'s' if number > 1 else ''}"


def _notes(explanation: Explanation) -> Iterator[str]:
    yield "cost: with the fault, minus without it (pp: percentage points); all other chance is the same"
    if len(explanation.seeds) == 1:
        yield "each row is one run, not a distribution; --seeds 20 gives medians with intervals"
    elif len(explanation.seeds) < 6:
        yield "medians over seeds; from six seeds on, 95 % intervals"
    else:
        yield "medians over seeds, costs paired by seed, with 95 % intervals of the medians"


@dataclass(frozen=True, slots=True)
class _Column:
    """How a quantity is printed: by itself, and as a difference, in a unit that suits its size."""

    title: str
    text: Callable[[float], str]
    unit: Callable[[float], tuple[str, float, int]]
    """For the largest of some values: its symbol, its size, and how many decimals are shown."""

    def told(self, value: Estimate) -> str:
        """Return a value, without bounds."""
        return "never" if isinf(value.median) else "" if isnan(value.median) else self.text(value.median)

    def differs(self, value: Estimate, never: bool = True) -> str:
        """Return a difference with its sign, and its bounds where it has some; an infinite one only with `never`.

        A cost is infinite where the run did not converge with the fault, or did not without it.
        """
        if isnan(value.median) or (isinf(value.median) and not never):
            return ""
        numbers = [number for number in (value.median, value.low, value.high) if number is not None]
        symbol, size, decimals = self.unit(max((abs(number) for number in numbers if not isinf(number)), default=0.0))
        median, *bounds = (_signed(number / size, decimals) for number in numbers)
        if not bounds or set(bounds) == {median}:
            return f"{median} {symbol}".rstrip() if not isinf(value.median) else median
        return f"{median} [{', '.join(bounds)}] {symbol}".rstrip()


def _signed(value: float, decimals: int) -> str:
    if isinf(value):
        return "never with" if value > 0 else "never without"
    text = f"{abs(value):,.{decimals}f}"
    return text if not float(text.replace(",", "")) else f"{MINUS if value < 0 else '+'}{text}"


def _time_unit(longest: float) -> tuple[str, float, int]:
    """Return the unit for times up to so many nanoseconds, with about three digits."""
    for symbol, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if longest >= size:
            return symbol, size, 2 if longest < 100 * size else 0
    return ("ns", 1.0, 0) if longest else ("", 1.0, 0)


_COLUMNS: Final[dict[str, _Column]] = {
    "converged_at": _Column("converged at", seconds, _time_unit),
    "messages": _Column("messages", lambda value: f"{value:,.0f}", lambda largest: ("", 1.0, 0)),
    "delivered_share": _Column(
        "delivered", lambda value: f"{100 * value:.1f} %", lambda largest: ("pp" if largest else "", 0.01, 1)
    ),
}


def _column_of(name: str) -> _Column:
    """Return how a metric is printed."""
    from analysis.metrics import known_metric

    title, unit = name.replace("_", " "), known_metric(name).unit
    if unit == "ns":
        return _Column(title, seconds, _time_unit)
    if unit.startswith("share"):
        return _Column(title, _COLUMNS["delivered_share"].text, _COLUMNS["delivered_share"].unit)
    return _Column(title, lambda value: shown_metric(value, unit), _plain_unit)


def _plain_unit(largest: float) -> tuple[str, float, int]:
    """Return how numbers up to this are shown: whole ones as such."""
    return "", 1.0, 0 if largest >= 100 or float(largest).is_integer() else 2
