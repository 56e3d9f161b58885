"""Random pipelines over nodes that crash lose nothing: delivered + dropped + in memory = offered."""

from __future__ import annotations

import pytest

from tests.pipeline_campaign import PAGE, RUNS, Account, account, drawn, table


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_pipelines_balance_while_nodes_between_crash(first: int) -> None:
    """Every item is delivered once, dropped on record where nobody waits, or in memory; mailboxes stay in bounds."""
    total = Account()
    for number in range(first, first + 6):
        one = account(number)
        assert not one.unbalanced, drawn(number)
        total += one
    assert total.offered == total.delivered + total.dropped + total.in_memory
    assert total.crashes > 20
    assert total.messages_lost > 20
    assert not total.twice


def test_the_page_has_the_figures_of_the_whole_campaign() -> None:
    """The table of the page is of a thousand runs, all of which balance."""
    text = PAGE.read_text(encoding="utf-8")
    assert table(RUNS, Account()).splitlines()[0] in text
    row = next(line for line in text.splitlines() if line.startswith(f"| {RUNS:,} |"))
    cells = [int(cell.replace(",", "")) for cell in row.strip("| ").split(" | ")]
    assert cells[1] == cells[2] + cells[3] + cells[4]
    assert cells[5] == cells[8] == 0
    assert cells[6] > 10_000
