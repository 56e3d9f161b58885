"""What each fault of a run did, in one line for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from faults.fault import Fault
    from scenarios.run import Run

MOST_FAULTS: Final = 8
"""Faults that are described one by one."""
NOTHING: Final = "touched nothing"
NEVER: Final = "never fired"
OFF: Final = "off"


def fault_lines(run: Run) -> Iterator[str]:
    """Yield a line for each fault of a run, and one for those that are too many to be described."""
    lines = [
        (f"{fault.description}: {came_to(fault, tally)}", tally)
        for fault, tally in zip(run.scenario.fault_list, run.faults, strict=True)
    ]
    yield from (line for line, _ in lines[:MOST_FAULTS])
    further = [tally for _, tally in lines[MOST_FAULTS:]]
    if further:
        marks = [_mark(tally) for tally in further]
        marked = [f"{marks.count(mark)} {mark}" for mark in (OFF, NEVER, NOTHING) if mark in marks]
        yield f"and {len(further)} more" + (f", of which {', '.join(marked)}" if marked else "")


def came_to(fault: Fault, tally: dict[str, Any]) -> str:
    """Return what a fault came to, in words: how often it fired, on whom, what it touched, when it was healed.

    What its description says already is left out.
    """
    mark = _mark(tally)
    if mark in (OFF, NEVER):
        return mark + (f" (passed over {_times(tally['passed_over'])})" if tally["passed_over"] else "")
    did = f"touched {tally['touched']:,}" if tally["touched"] else f"changed {tally['effect']:,}"
    parts = [f"fired {_times(tally['strikes'])}" if fault.at is None else "", _on_whom(fault, tally), mark or did]
    parts += [_when_healed(fault, tally), "still on at the end" if tally["still_on"] else ""]
    return ", ".join(filter(None, parts))


def _on_whom(fault: Fault, tally: dict[str, Any]) -> str:
    """Return whom it struck, where its description leaves that open."""
    from analysis.fault_words import target_words

    named = getattr(fault, "target", getattr(fault, "groups", None))
    on = "" if isinstance(named, int | tuple) else target_words(tally["fault"], tally["targets"])
    return on and f"{'the last time ' if tally['strikes'] > 1 else ''}on {on}"


def _when_healed(fault: Fault, tally: dict[str, Any]) -> str:
    """Return when it was healed, where that was not when its description says."""
    from scenarios.command_line.summary import seconds

    at, lasting, healed = fault.at, fault.lasting, tally["last_healed_ns"]
    if healed is None or (at is not None and lasting is not None and healed == at + lasting):
        return ""
    return f"healed at {seconds(healed)}"


def _mark(tally: dict[str, Any]) -> str:
    """Return what is wrong with a fault as a test of anything; empty where it did something."""
    from analysis.fault_tally import did_nothing

    if tally["off"]:
        return OFF
    if not tally["strikes"]:
        return NEVER
    return NOTHING if did_nothing(tally["fault"], tally["touched"], tally["effect"]) else ""


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")
