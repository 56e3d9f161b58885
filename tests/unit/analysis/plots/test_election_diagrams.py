"""Space-time diagrams around an election: which time they show, roles and terms on the lines, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from analysis.plots.election_figure import election_figure, number_of
from analysis.plots.leaders import ROLE_COLORS, RoleSpan
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView, view_of_simulation
from analysis.plots.space_time import MOST_MESSAGES, SpaceTime, draw_space_time
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from faults.node.crash import Crash
from sim.network.config import NetworkConfig
from sim.network.latency import ExponentialLatency
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.coordinator.coordinator import Coordinator, CoordinatorConfig
from sim.protocols.primary_backup.primary_backup import PrimaryBackup
from sim.protocols.raft.raft import Raft
from sim.records import Record
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from sim.workloads.register import Register
from tests.unit.analysis.plots.consensus_runs import CRASH_AT
from topologies.errors import InputError
from topologies.registry import build


def elected_run(protocol: type[Protocol], config: ProtocolConfig | None = None, **options: Any) -> RunView:
    """A run of three servers, of which the leader crashes after a second and stays down."""
    simulation = Simulation(
        build({"kind": "mesh", "nodes": 3}, 1),
        protocol,
        config,
        network=NetworkConfig(latency=ExponentialLatency(mean=3 * MILLISECOND)),
        seed=4,
        detail="messages",
        **{"faults": (Crash(at=SECOND, target="leader"),), **options},
    )
    records = simulation.keep_records()
    simulation.run(2 * SECOND).conclude()
    return view_of_simulation(simulation, records, "elected")


def test_it_shows_the_time_of_the_election(served: RunView) -> None:
    """All candidacies, votes and the first that follow the winner are within it, and little else."""
    diagram = election_figure(served, "election:2")
    roles = [r for r in served.states(("role",)) if r.time > CRASH_AT]
    stood = next(r for r in roles if r.fields["role"] == "candidate")
    won = next(r for r in roles if r.fields["role"] == "leader")
    followed = next(r for r in roles if r.fields["leader"] == won.node and r.node != won.node)
    assert CRASH_AT < diagram.begin < stood.time < won.time < followed.time < diagram.end
    assert diagram.end - diagram.begin < 2 * (followed.time - stood.time)
    votes = [(r.node, r.time) for r in served.states(("voted",)) if r.time > CRASH_AT]
    assert list(diagram.moments) == votes
    assert f"election 2: node {won.node} leads term {won.fields['term']} from " in diagram.facts
    assert f"after {(won.time - CRASH_AT) / MILLISECOND:.3g} ms without a leader" in diagram.facts


def test_it_holds_the_messages_under_way(served: RunView) -> None:
    """Every message that was sent before the end and had its fate after the begin is an arrow, and no other."""
    diagram = election_figure(served, "election:2")
    rows = list(served.messages("space-time"))
    under_way = [row for row in rows if row.fields["sent_at"] <= diagram.end and row.time >= diagram.begin]
    assert [(m.sent_at, m.time, m.kind) for m in diagram.messages] == [
        (row.fields["sent_at"], row.time, row.fields["message"]) for row in under_way
    ]
    assert {"RequestVote", "Vote", "AppendEntries"} <= {message.kind for message in diagram.messages}
    assert 5 < len(diagram.messages) < len(rows) / 5


def test_roles_and_the_crash_are_on_the_lines(served: RunView) -> None:
    """The candidate and the leader are thick parts of their line in the colours of their roles, with the term."""
    diagram = election_figure(served, "election:2")
    figure = PLOTS["space-time"].draw([served], around="election:2")
    axes = figure.axes[0]
    lines = [group for group in axes.collections if isinstance(group, LineCollection)]
    thick = [to_hex(line.get_colors()[0]) for line in lines if line.get_linewidth()[0] == 3.5]  # type: ignore[index]
    assert thick == [ROLE_COLORS[span.role].lower() for span in diagram.roles]
    assert {role.role for role in diagram.roles} == {"candidate", "leader"}
    (legend,) = figure.legends
    words = [text.get_text() for text in legend.get_texts()]
    assert {"leader", "candidate", "node crashed", "RequestVote", "Vote", "AppendEntries", "vote is durable"} <= {
        *words
    }
    terms = [text.get_text() for text in axes.texts if text.get_text()]
    assert terms == [f"term {max(span.term or 0 for span in diagram.roles)}"]
    low, high = axes.get_xlim()
    assert (low, high) == pytest.approx((diagram.begin / MILLISECOND, diagram.end / MILLISECOND))


def test_without_a_number_it_is_the_first(served: RunView) -> None:
    """`election` and `election:1` are the same, and that begins with the first candidacy of the run."""
    assert election_figure(served, "election") == election_figure(served, "election:1")
    assert "without a leader" not in election_figure(served, "election").facts


@pytest.mark.parametrize(
    ("protocol", "config", "kinds"),
    [
        (PrimaryBackup, None, {"Claim", "Granted", "Renewal"}),
        (Coordinator, CoordinatorConfig(failover=True), {"Heartbeat"}),
    ],
)
def test_other_protocols_with_leaders_are_drawn(
    protocol: type[Protocol], config: ProtocolConfig | None, kinds: set[str]
) -> None:
    """Where a primary or a coordinator is replaced, the messages and the role of the new one are shown."""
    run = elected_run(protocol, config)
    diagram = election_figure(run, "election")
    assert diagram.begin > SECOND
    assert kinds <= {message.kind for message in diagram.messages}
    assert [span.role for span in diagram.roles][-1] == "leader"
    assert [span.kind for span in diagram.spans] == ["crashed"]
    draw_space_time(diagram, COLUMN_MM)


def test_many_messages_end_the_diagram_early() -> None:
    """Of more than a thousand messages the first are drawn, and the title says so."""
    run = elected_run(Raft, workload=(Register(clients=3, rate=100.0),))
    rows = list(run.messages("space-time"))
    election = election_figure(run, "election")
    many = (rows * 20)[: MOST_MESSAGES + 50]
    extra = [
        row._replace(time=election.begin + number, fields={**row.fields, "sent_at": election.begin})
        for number, row in enumerate(many)
    ]

    def records(kinds: Any) -> list[Record]:
        return extra if "delivered" in kinds else list(run.records(kinds))

    diagram = election_figure(replace(run, records=records), "election")
    assert len(diagram.messages) == MOST_MESSAGES
    assert diagram.end == diagram.begin + MOST_MESSAGES - 1
    assert diagram.facts.endswith("; until the 1,000th of its messages")


TERMS = (
    RoleSpan(0, "candidate", 2, 10, 20),
    RoleSpan(0, "leader", 2, 20, 100),
    RoleSpan(1, "pre-candidate", 1, 30, 40),
    RoleSpan(1, "candidate", 2, 50, 51),
    RoleSpan(1, "candidate", 3, 52, 60),
    RoleSpan(2, "leader", 1, 0, 9),
)


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
def test_terms_do_not_lie_on_one_another(width: float) -> None:
    """A term is written where it begins, of two that are near the later, and for a pre-candidate there is none."""
    roles = [replace(span, begin=span.begin * MILLISECOND, end=span.end * MILLISECOND) for span in TERMS]
    diagram = SpaceTime(3, (), 100 * MILLISECOND, "name", "facts", roles=roles)
    figure = draw_space_time(diagram, width)
    terms = [(text.get_text(), round(text.xy[1])) for text in figure.axes[0].texts]  # type: ignore[attr-defined]
    assert sorted(terms, key=lambda term: term[1]) == [("term 2", 0), ("term 3", 1), ("term 1", 2)]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        role for role in ROLE_COLORS if role in {span.role for span in TERMS}
    ]


@pytest.mark.parametrize(
    ("around", "number"), [("election", 1), ("election:1", 1), ("election:2", 2), ("election:10", 10)]
)
def test_elections_are_counted_from_one(around: str, number: int) -> None:
    """Without a number the first is meant."""
    assert number_of(around) == number


@pytest.mark.parametrize(
    "around",
    ["", "elections", "election:", "election:0", "election:-1", "election:two", "election:1.5", "election:٢", "crash"],
)
def test_moments_that_are_none_are_refused(around: str, served: RunView) -> None:
    """What names no election is refused with what would."""
    with pytest.raises(InputError, match="to draw around; expected election, for the first, or election:2"):
        PLOTS["space-time"].draw([served], around=around)


def test_elections_that_there_were_not_are_refused(served: RunView, broken: RunView) -> None:
    """A number beyond the last says which there are, a run without leaders what the diagram needs."""
    with pytest.raises(
        InputError, match="election:9; the run had 2 elections that were won; expected a number from 1 to 2"
    ):
        PLOTS["space-time"].draw([served], around="election:9")
    with pytest.raises(InputError, match=r"no election that was won.* such as raft, or leave --around out"):
        PLOTS["space-time"].draw([broken], around="election")
    with pytest.raises(InputError, match=r"kept no messages \(detail states\).*--detail messages"):
        PLOTS["space-time"].draw([replace(served, detail="states")], around="election")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "leaders",
            {"around": "election"},
            "the plot leaders has no option around; found 'election': it is for space-time",
        ),
        ("space-time", {"key": "k"}, "the plot space-time has no option key; found 'k': it is for history"),
    ],
)
def test_options_of_other_plots_are_refused(name: str, options: Any, message: str, served: RunView) -> None:
    """An option that a plot does not have says which one has it."""
    with pytest.raises(InputError) as caught:
        PLOTS[name].draw([served], **options)
    assert message in str(caught.value)
