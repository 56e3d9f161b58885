"""Histories that Jepsen wrote, whose values are numbers and lists of numbers, are judged as our own are."""

from __future__ import annotations

import pytest

from analysis.history.client_history import client_history
from analysis.history.jepsen import read_jepsen

UNKNOWN_WRITE = """
{:type :invoke, :f :write, :value 1, :process 0}
{:type :info, :f :write, :value 1, :process 0}
{:type :invoke, :f :cas, :value [1 4], :process 1}
{:type :ok, :f :cas, :value [1 4], :process 1}
{:type :invoke, :f :read, :value nil, :process 2}
{:type :ok, :f :read, :value 4, :process 2}
"""
STALE_READ = (
    UNKNOWN_WRITE
    + """
{:type :invoke, :f :read, :value nil, :process 3}
{:type :ok, :f :read, :value 1, :process 3}
"""
)
LISTS = """
{:type :invoke, :f :read, :value nil, :process 2}
{:type :ok, :f :read, :value [], :process 2}
{:type :invoke, :f :append, :value 1, :process 0}
{:type :info, :f :append, :value 1, :process 0}
{:type :invoke, :f :append, :value 2, :process 1}
{:type :ok, :f :append, :value 2, :process 1}
{:type :invoke, :f :read, :value nil, :process 2}
{:type :ok, :f :read, :value [1 2], :process 2}
"""


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (UNKNOWN_WRITE, "holds"),
        (STALE_READ, "violated"),
        (LISTS, "holds"),
        (LISTS.replace("[1 2]", "[1]"), "violated"),
    ],
)
def test_numbers_and_lists_are_judged(lines: str, verdict: str) -> None:
    """Registers of numbers and lists that grow, with operations of which nobody knows."""
    assert client_history(read_jepsen(lines.splitlines()), "").verdict == verdict
