"""Plots of servers that elect leaders and agree on a log: what they take from the records, and what they refuse."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analysis.plots.commit_index import draw_commit_index
from analysis.plots.consensus_figures import commit_index_figure, leaders_figure
from analysis.plots.leaders import draw_leaders
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from tests.unit.analysis.plots.consensus_runs import CRASH_AT, RESTART_AFTER, SERVED_FOR
from topologies.errors import InputError


def test_bands_are_the_roles_that_were_recorded(served: RunView) -> None:
    """Each change of role or term begins a band, and the leader's ends where it crashed."""
    timeline = leaders_figure(served)
    begun = {(span.server, span.role, span.term, span.begin) for span in timeline.roles}
    recorded = {(r.node, r.fields["role"], r.fields["term"], r.time) for r in served.records(("role",))}
    assert begun <= recorded
    assert {each[:3] for each in begun} == {each[:3] for each in recorded}
    reigns = [span for span in timeline.roles if span.role == "leader"]
    assert len(reigns) == 2
    assert (reigns[0].end, reigns[1].end) == (CRASH_AT, SERVED_FOR)


def test_bands_of_a_server_do_not_overlap(served: RunView) -> None:
    """A server has one role at a time, and none while it is down."""
    timeline = leaders_figure(served)
    for server in timeline.servers:
        spans = sorted((span for span in timeline.roles if span.server == server), key=lambda span: span.begin)
        assert all(before.end <= after.begin for before, after in pairwise(spans))
    (crash,) = served.states(("crashed",))
    down = (CRASH_AT, CRASH_AT + RESTART_AFTER)
    assert not [s for s in timeline.roles if s.server == crash.node and s.begin < down[1] and s.end > down[0]]


def test_elections_and_terms_are_marked(served: RunView) -> None:
    """There is a mark for each candidacy and each election that was won, and the leaders' terms are written."""
    timeline = leaders_figure(served)
    axes = draw_leaders(timeline).axes[0]
    marks = {line.get_label(): len(line.get_xdata()) for line in axes.lines if line.get_marker() in ("|", "v")}  # type: ignore[arg-type]
    assert marks["elected"] == 2
    assert marks["stands for election"] == sum(span.role == "candidate" for span in timeline.roles)
    assert [text.get_text() for text in axes.texts] == [
        f"term {span.term}" for span in timeline.roles if span.role == "leader"
    ]


def test_commit_indexes_are_those_recorded(served: RunView) -> None:
    """Each record of a commit is a corner of its server's line, and a crash begins a new stretch."""
    plot = commit_index_figure(served)
    for server, stretches in plot.servers.items():
        corners = [corner for stretch in stretches for corner in stretch[:-1]]
        assert corners == [(r.time, r.fields["index"]) for r in served.records(("committed",)) if r.node == server]
    (crash,) = served.states(("crashed",))
    assert {server: len(stretches) for server, stretches in plot.servers.items()} == {
        server: 1 + (server == crash.node) for server in range(3)
    }
    assert crash.node is not None
    assert plot.servers[crash.node][0][-1][0] == CRASH_AT
    labels = [line.get_label() for line in draw_commit_index(plot).axes[0].lines]
    assert [label for label in labels if str(label).startswith("server")] == ["server 0", "server 1", "server 2"]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("leaders", "a protocol that elects leaders, such as raft"), ("commit-index", "a replicated log, such as raft")],
)
def test_runs_without_such_records_are_refused(name: str, remedy: str, broken: RunView) -> None:
    """A run of gossip is refused with what the plot needs."""
    with pytest.raises(InputError, match=remedy):
        PLOTS[name].draw([broken])
