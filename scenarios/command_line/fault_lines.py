"""What each fault of a run did, in one line for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scenarios.run import Run

MOST_FAULTS: Final = 8
"""Faults that are described one by one."""
NOTHING: Final = "touched NOTHING"
NEVER: Final = "NEVER FIRED"
OFF: Final = "OFF"


def fault_lines(run: Run) -> Iterator[str]:
    """Yield a line for each fault of a run, and one for those that are too many to be described."""
    lines = [
        (f"{fault.description}: {came_to(tally)}", tally)
        for fault, tally in zip(run.scenario.fault_list, run.faults, strict=True)
    ]
    yield from (line for line, _ in lines[:MOST_FAULTS])
    further = [tally for _, tally in lines[MOST_FAULTS:]]
    if further:
        marks = [_mark(tally) for tally in further]
        marked = [f"{marks.count(mark)} {mark}" for mark in (OFF, NEVER, NOTHING) if mark in marks]
        yield f"and {len(further)} more" + (f", of which {', '.join(marked)}" if marked else "")


def came_to(tally: dict[str, Any]) -> str:
    """Return what a fault came to, in words: how often it fired, on whom, what it touched, when it was healed."""
    from analysis.fault_words import target_words
    from scenarios.command_line.summary import seconds

    mark = _mark(tally)
    if mark in (OFF, NEVER):
        return mark + (f" (passed over {_times(tally['passed_over'])})" if tally["passed_over"] else "")
    fired = f"fired {_times(tally['strikes'])}"
    if on := target_words(tally["fault"], tally["targets"]):
        fired += f"{', the last time' if tally['strikes'] > 1 else ''} on {on}"
    if mark == NOTHING:
        did = NOTHING
    elif tally["touched"]:
        did = f"touched {tally['touched']:,}"
    else:
        did = f"changed {tally['effect']:,}"
    healed = "" if tally["last_healed_ns"] is None else f", healed at {seconds(tally['last_healed_ns'])}"
    return f"{fired}; {did}{healed}" + (", still on at the end" if tally["still_on"] else "")


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
