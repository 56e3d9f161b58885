"""From the records of protocols with leaders and replicated logs to what their plots draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from analysis.plots.commit_index import CommitIndexFigure
from analysis.plots.leaders import LeaderTimeline, RoleSpan
from analysis.plots.run_figures import facts, spans_of
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView
    from sim.records import Record

DOWN: Final = ("crashed", "left", "disk-lost")
"""Kinds of records after which a server has no role and no commit index until it records the next."""


def leaders_figure(run: RunView) -> LeaderTimeline:
    """Return the roles of the servers over time; raises InputError where its protocol records none."""
    roles = role_spans(run.states(("role", *DOWN)), run.end)
    if not roles:
        raise InputError(
            f"{run.name}: found no records of roles, which the plot leaders needs; "
            "draw a run of a protocol that elects leaders, such as raft"
        )
    servers = sorted({span.server for span in roles})
    terms = {span.term for span in roles if span.role == "leader"}
    told = f"{facts([run])}; {len(terms)} {'term' if len(terms) == 1 else 'terms'} with a leader"
    return LeaderTimeline(servers, roles, run.end, run.name, told, spans_of(run))


def role_spans(records: Iterable[Record], end: int) -> list[RoleSpan]:
    """Return a span for each role and term of a server, in order of their ends; who follows whom makes no new one."""
    current: dict[int, tuple[str, int | None, int]] = {}
    spans: list[RoleSpan] = []

    def close(server: int, time: int) -> None:
        if server in current:
            role, term, begin = current.pop(server)
            spans.append(RoleSpan(server, role, term, begin, time))

    for record in records:
        assert record.node is not None
        if record.kind in DOWN:
            close(record.node, record.time)
        elif "role" in record.fields:
            role, term = str(record.fields["role"]), record.fields.get("term")
            if current.get(record.node, ("", None, 0))[:2] != (role, term):
                close(record.node, record.time)
                current[record.node] = (role, term, record.time)
    for server in sorted(current):
        close(server, end)
    return spans


def commit_index_figure(run: RunView) -> CommitIndexFigure:
    """Return the commit indexes over time; raises InputError where its protocol records none."""
    servers: dict[int, list[list[tuple[int, int]]]] = {}
    down: set[int] = set()
    installed: list[tuple[int, int, int]] = []
    for record in run.states(("committed", "snapshot", *DOWN)):
        server = record.node
        assert server is not None
        if record.kind in DOWN:
            _extend(servers.get(server), record.time, server in down)
            down.add(server)
        elif record.kind == "committed" or record.fields["installed"]:
            index = record.fields["index"]
            stretches = servers.setdefault(server, [[]])
            if server in down:
                stretches.append([])
                down.discard(server)
            stretches[-1].append((record.time, index))
            if record.kind == "snapshot":
                installed.append((server, record.time, index))
    if not servers:
        raise InputError(
            f"{run.name}: found no records of commits, which the plot commit-index needs; "
            "draw a run of a protocol with a replicated log, such as raft, that committed something"
        )
    for server, stretches in servers.items():
        _extend(stretches, run.end, server in down)
    kept = {server: servers[server] for server in sorted(servers)}
    return CommitIndexFigure(kept, installed, run.end, run.name, facts([run]), spans_of(run))


def _extend(stretches: list[list[tuple[int, int]]] | None, time: int, is_down: bool) -> None:
    """Have the last stretch of a server that is up go on until a time."""
    if stretches and not is_down:
        stretches[-1].append((time, stretches[-1][-1][1]))
