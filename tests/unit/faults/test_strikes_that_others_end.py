"""A strike whose nodes others have brought back is over: its records say so, and what it has touched stays its own."""

from __future__ import annotations

import pytest

from faults.fault import Fault
from faults.node.crash import Crash, Restart
from faults.node.membership import Join, Leave
from faults.node.pause import Pause, Resume
from tests.unit.faults.fault_runs import of_faults, total, under

ENDED = [
    (Crash(target=(1, 2), at="10ms", name="it"), Restart(target=(1, 2), at="40ms")),
    (Pause(target=(1, 2), at="10ms", name="it"), Resume(target=(1, 2), at="40ms")),
    (Leave(target=(1, 2), at="10ms", name="it"), Join(target=(1, 2), at="40ms")),
    (Pause(target=(1, 2), at="10ms", name="it"), Crash(target=(1, 2), at="40ms")),
]


@pytest.mark.parametrize(("first", "second"), ENDED, ids=lambda fault: fault.kind)
def test_a_strike_is_over_when_others_have_brought_back_all_its_nodes(first: Fault, second: Fault) -> None:
    """It ends when the other fault strikes, is on no more at the end, and has touched what the nodes missed."""
    _, rows = under(first, second)
    assert (40, "end", "it") in of_faults(rows, "id")
    told = total(rows, "it")
    assert (told["strike"], told["healed"], told["on"]) == (1, 1, 0)
    assert told["touched"] >= 2 * 5 * 2  # from each of five neighbours at least two beats in 30 ms, at both nodes


def test_a_strike_with_a_node_left_is_still_on() -> None:
    """Bringing back one of two nodes leaves the strike on."""
    _, rows = under(Crash(target=(1, 2), at="10ms", name="it"), Restart(target=1, at="40ms"))
    assert (total(rows, "it")["healed"], total(rows, "it")["on"]) == (0, 1)


def test_a_strike_that_is_over_does_not_end_again() -> None:
    """Its own time to heal comes later and changes nothing: it has ended once."""
    _, rows = under(Crash(target=1, at="10ms", restart_after="50ms", name="it"), Restart(target=1, at="40ms"))
    assert of_faults(rows, "id", phases=("end",)) == [(40, "end", "it"), (40, "end", "restart@40ms")]


def test_a_fault_that_asks_for_nothing_is_told_to_be_off() -> None:
    """The total of a fault that is off says so, that of one that merely never struck does not."""
    _, rows = under(Crash(target=1, at="10ms", chance=0.0, name="none"), Crash(target=1, at="10s", name="late"))
    assert total(rows, "none")["off"] is True
    assert "off" not in total(rows, "late")
