"""Plots from runs: what they take from the records, and what they refuse."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.plots.course import course_of
from analysis.plots.registry import PLOTS
from analysis.plots.run_figures import faults_figure, load_figure, space_time_figure, spread_figure, topology_figure
from analysis.plots.run_view import RunView, view_of_folder
from analysis.run_folder import RunFolder, open_run
from faults.heal import Heal
from faults.node.crash import Crash
from faults.node.pause import Pause
from scenarios.plot import plot
from scenarios.run import run
from sim.convergence import Agreement, Extinction, Spread
from sim.protocol import Protocol
from sim.records import OUTCOMES
from sim.units import MILLISECOND
from tests.unit.analysis.plots.consensus_runs import CONSENSUS_PLOTS
from tests.unit.analysis.plots.hardware_runs import CORE_PLOTS, MAILBOX_PLOTS
from tests.unit.analysis.plots.rumour_runs import END, FAULTS, Push, rumour_run
from tests.unit.analysis.plots.swarm_runs import SWARM_PLOTS
from topologies.errors import InputError

RING = {"kind": "ring", "nodes": 6}
SCENARIO: dict[str, Any] = {
    "name": "gossip-small",
    "duration": "2s",
    "seed": 3,
    "topology": {"kind": "random-regular", "nodes": 12, "degree": 4},
    "network": {"latency": {"kind": "exponential", "mean": "20ms"}, "loss": "2%"},
    "protocol": {"kind": "gossip", "period": "100ms"},
    "workload": {"kind": "rumour", "nodes": [3]},
    "faults": [
        {"kind": "partition", "at": "100ms", "groups": {"halves": True}, "heal_after": "300ms"},
        {"kind": "crash", "target": 5, "at": "200ms"},
    ],
    "detail": "messages",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of gossip on disk."""
    kept = run(SCENARIO, tmp_path_factory.mktemp("runs") / "run").folder
    assert kept is not None
    return open_run(kept)


def test_first_receipts_come_from_the_records(broken: RunView) -> None:
    """Every node's first receipt is the time of its first record of it, and who was down at the end is known."""
    snapshot = topology_figure(broken)
    first: dict[int, int] = {}
    for record in broken.records(("informed",)):
        assert record.node is not None
        first.setdefault(record.node, record.time)
    assert snapshot.moments == first
    assert len(first) > 4
    assert (snapshot.down, snapshot.restarted) == ({6}, {5})
    assert snapshot.cut == {(i, j) for i in range(4) for j in range(4, 8)}


def test_loads_count_each_message_once(broken: RunView) -> None:
    """Sent messages are as many as have an outcome, and received ones as many as were delivered."""
    load = load_figure(broken)
    rows = list(broken.messages("load"))
    assert load.sent.sum() == len(rows) > 20
    assert load.received.sum() == sum(row.kind == "delivered" for row in rows)


def test_faults_are_on_the_plot_when_they_struck(broken: RunView) -> None:
    """The spans of a plot have the times that the faults have in the plan."""
    spans = {
        (span.kind, span.node): (span.begin / MILLISECOND, span.end / MILLISECOND)
        for span in spread_figure([broken]).spans
    }
    assert spans == {
        ("crashed", 5): (30, 60),
        ("crashed", 6): (80, 100),
        ("paused", 2): (20, 35),
        ("partition", None): (40, 70),
    }


def test_the_time_line_has_every_fault_of_the_plan(broken: RunView) -> None:
    """Each fault has a row with its strikes as they were planned, on whom, and what it touched."""
    timeline = faults_figure(broken)
    rows = {
        row.id: [(span.begin / MILLISECOND, span.end / MILLISECOND) for span in row.strikes] for row in timeline.rows
    }
    assert rows == {
        "crash@30ms": [(30, 60)],
        "crash@80ms": [(80, 100)],
        "pause@20ms": [(20, 35)],
        "partition@40ms": [(40, 70)],
    }
    told = {row.id: (row.layer, row.targets) for row in timeline.rows}
    assert told["pause@20ms"] == ("node", "on 2")
    assert told["partition@40ms"] == ("partition", "on 0, 1, 2, 3 | 4, 5, 6, 7")
    assert [span.unmended for row in timeline.rows for span in row.strikes] == [False, True, False, False]
    (cut,) = [row.did for row in timeline.rows if row.layer == "partition"]
    assert int(cut.removeprefix("touched ")) > 0


def test_faults_that_did_nothing_say_so() -> None:
    """A fault that never fired, one that is off and one that touched nothing are told apart."""
    faults = (
        Crash(at=END * 9, target=1, name="late"),
        Crash(at=MILLISECOND, target=1, chance=0.0, name="none"),
        Pause(at=MILLISECOND, target=3, resume_after=1, name="short"),
        Heal(at=2 * MILLISECOND, name="short", fault="pause"),
    )
    rows = faults_figure(rumour_run(RING, faults=faults)).rows
    assert [(row.id, row.did, row.idle) for row in rows] == [
        ("late", "never fired", True),
        ("none", "off", True),
        ("short", "touched nothing", True),
        ("short#2", "touched nothing", True),
    ]


def test_diagram_holds_every_message(broken: RunView) -> None:
    """Each message with an outcome is an arrow, of the kind of its payload."""
    diagram = space_time_figure(broken)
    assert len(diagram.messages) == len(list(broken.messages("space-time")))
    assert {message.kind for message in diagram.messages} == {"Rumour"}
    assert {message.outcome for message in diagram.messages} <= set(OUTCOMES)
    assert all(0 <= message.sent_at <= message.time <= END for message in diagram.messages)


def test_long_runs_are_drawn_until_the_thousandth_message() -> None:
    """Of a run with more messages than can be read, the first thousand are drawn, and the title says so."""
    view = rumour_run({"kind": "mesh", "nodes": 8}, faults=FAULTS, until=9_000 * MILLISECOND)
    diagram = space_time_figure(view)
    assert len(diagram.messages) == 1_000
    assert diagram.end == max(message.time for message in diagram.messages) < view.end
    assert all(span.end <= diagram.end for span in diagram.spans)
    title = PLOTS["space-time"].draw([view]).get_suptitle()
    assert title.endswith("mesh, 8 nodes, seed 7; until the 1,000th of its messages")


OF_OTHER_RUNS = CONSENSUS_PLOTS | SWARM_PLOTS | CORE_PLOTS | MAILBOX_PLOTS


@pytest.mark.parametrize("name", [name for name in PLOTS if name not in OF_OTHER_RUNS])
def test_runs_on_disk_are_drawn(name: str, folder: RunFolder) -> None:
    """Each plot draws a run folder, and its title tells scenario, topology, nodes and seed."""
    figure = PLOTS[name].draw([folder])
    assert figure.get_suptitle() == "gossip-small\nrandom-regular, 12 nodes, seed 3"


def test_columns_and_records_tell_the_same_load(folder: RunFolder) -> None:
    """Counting columns of the file gives what counting its records one by one gives."""
    view = view_of_folder(folder)
    load = load_figure(view)
    rows = list(view.messages("load"))
    assert load.sent.tolist() == [sum(row.fields["source"] == node for row in rows) for node in range(12)]
    delivered = [row for row in rows if row.kind == "delivered"]
    assert load.received.tolist() == [sum(row.fields["destination"] == node for row in delivered) for node in range(12)]
    assert any(row.kind == "crashed" for row in rows)


def test_seeds_make_a_band_and_scenarios_make_lines() -> None:
    """Runs that differ in their seed alone form one series; runs of another scenario form another, told by a label."""
    runs = [rumour_run(RING, seed=seed) for seed in (1, 2, 3)]
    other = rumour_run({"kind": "mesh", "nodes": 6}, seed=1)
    figure = spread_figure([*runs, other])
    assert [(series.label, len(series.curves)) for series in figure.series] == [("kind ring", 3), ("kind mesh", 1)]
    assert figure.facts == "6 nodes, seeds 1–3"
    assert spread_figure(runs).facts == "ring, 6 nodes, seeds 1–3"


def test_the_curve_is_that_of_the_tracker() -> None:
    """Without faults the curve ends at the share of nodes that were reached, and rises at each first receipt."""
    view = rumour_run(RING, until=60 * MILLISECOND, loss=0.0)
    course = course_of(view)
    assert course.curve.times.tolist() == sorted(course.moments.values())
    assert course.curve.values[-1] == len(course.moments) / 6


class Halving(Push):
    """Every node halves its value, and takes the sign of whom it hears of."""

    def on_start(self) -> None:
        """Start at a value of one's own."""
        self.value = float(self.node.id)
        self.node.record("value", value=self.value, side=self.node.id % 2)
        self.wait()

    def learn(self) -> None:
        """Come nearer to the others."""
        self.value /= 2
        self.node.record("value", value=self.value, side=0)


class HalvingSpread(Halving):
    """Its progress is the spread of the values."""

    convergence = Spread(kind="value", field="value", tolerance=0.1)  # type: ignore[assignment]


class HalvingAgreement(Halving):
    """Its progress is the agreement on a side."""

    convergence = Agreement(kind="value", field="side")  # type: ignore[assignment]


class PushExtinction(Push):
    """Its progress is that of an epidemic."""

    convergence = Extinction(begin="informed", end="removed")  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("protocol", "quantity", "first", "falls"),
    [
        (HalvingSpread, "Standard deviation (fraction of initial)", 1.0, True),
        (HalvingAgreement, "In agreement (fraction of nodes up)", 0.5, False),
        (PushExtinction, "Ever active (fraction of nodes)", 1 / 6, False),
    ],
)
def test_each_kind_of_progress_is_drawn(protocol: type[Protocol], quantity: str, first: float, falls: bool) -> None:
    """Averaging, agreement and epidemics have a curve of their own, in the quantity that fits them."""
    view = rumour_run(RING, protocol=protocol, until=300 * MILLISECOND)
    course = course_of(view)
    assert course.quantity == quantity
    assert course.curve.at(course.curve.times[:1])[0] == pytest.approx(first)
    assert (course.curve.values[-1] < course.curve.values[0]) == falls
    assert PLOTS["spread"].draw([view]).axes[0].get_ylabel().replace("\n", " ") == quantity
    PLOTS["topology"].draw([view])


class Silent(Protocol):
    """Says nothing of progress."""


WRONG: list[tuple[str, list[dict[str, Any]], str]] = [
    ("load", [{"detail": "states"}], "detail states.*--detail messages"),
    ("space-time", [{"detail": "states"}], "detail states.*--detail messages"),
    ("load", [{"detail": "summary"}], "detail summary.*--detail messages"),
    ("spread", [{"detail": "summary"}], "kept no records.*--detail states"),
    ("topology", [{"detail": "summary"}], "kept no records.*--detail states"),
    ("spread", [{"protocol": Silent}], "does not say which records mean progress.*convergence"),
    ("topology", [{"protocol": Silent}], "does not say which records mean progress.*convergence"),
    ("faults", [{"detail": "summary"}], "kept no records.*--detail states"),
    ("faults", [{}], "had no faults, which this plot needs"),
    ("spread", [], "takes at least one run; found 0"),
    ("load", [], "takes one run; found 0"),
    ("topology", [{}, {"seed": 8}], "takes one run; found 2"),
    ("spread", [{}, {}], "the same run twice: rumour with seed 7"),
    ("spread", [{}, {"protocol": HalvingSpread, "name": "halving"}], "measured in different ways"),
    ("spread", [{"name": f"run-{n}"} for n in range(9)], "9 scenarios; expected at most 8"),
    (
        "space-time",
        [{"topology": {"kind": "ring", "nodes": 101}}],
        "101 nodes cannot be read.*at most 100.*topology.nodes",
    ),
]


@pytest.mark.parametrize(
    ("name", "runs", "message"), WRONG, ids=[f"{plot}-{n}" for n, (plot, _, _) in enumerate(WRONG)]
)
def test_what_cannot_be_drawn_is_said(name: str, runs: list[dict[str, Any]], message: str) -> None:
    """Each run that a plot cannot draw is refused with what was found and what to do."""
    views = [rumour_run(**{"topology": RING, **options}) for options in runs]
    with pytest.raises(InputError, match=message):
        PLOTS[name].draw(views)


def test_a_run_in_which_nothing_spread_is_said(broken: RunView) -> None:
    """A run without any record of progress is refused, not drawn as an empty box."""
    with pytest.raises(InputError, match="nothing has spread"):
        PLOTS["spread"].draw([replace(broken, records=lambda kinds: iter(()))])


@pytest.mark.parametrize("width", [0, -5, 59.9, 401, float("nan")])
def test_widths_beyond_paper_are_refused(broken: RunView, width: float) -> None:
    """A width on which nothing could be read is refused."""
    with pytest.raises(InputError, match="expected from 60 to 400 mm"):
        PLOTS["spread"].draw([broken], width=width)


def test_a_changed_graph_is_noticed(folder: RunFolder) -> None:
    """A topology that cannot be built again as it was is not drawn as if it were."""
    topology = folder.manifest.topology.model_copy(update={"digest": "0" * 64})
    changed = replace(folder, manifest=folder.manifest.model_copy(update={"topology": topology}))
    with pytest.raises(InputError, match="cannot be built again as it was"):
        PLOTS["topology"].draw([changed])


def test_protocols_of_users_are_drawn_when_loaded(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress of a user's protocol is known once its module is loaded; otherwise the flag for it is named."""

    def run_of(kind: str) -> RunView:
        scenario = folder.manifest.scenario | {"protocol": {"kind": kind}}
        return view_of_folder(replace(folder, manifest=folder.manifest.model_copy(update={"scenario": scenario})))

    assert run_of(f"{Push.__module__}:Push").convergence == Push.convergence
    with pytest.raises(InputError, match="or that of its strategy, with --plugin"):
        course_of(run_of("not.loaded:Push"))


def test_plots_load_the_protocols_that_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a user's protocol is drawn once its module is allowed, and only then."""
    (tmp_path / "own_rumour.py").write_text(f"from {Push.__module__} import Push\nclass Own(Push): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    scenario = SCENARIO | {"protocol": {"kind": "own_rumour:Own"}, "workload": None}
    kept = run(scenario, tmp_path / "run", plugins=["own_rumour"]).folder
    assert kept is not None
    monkeypatch.delitem(sys.modules, "own_rumour")
    with pytest.raises(InputError, match="--plugin"):
        plot(kept)
    assert plot(kept, plugins=["own_rumour"]) == kept / "spread.png"


def test_very_long_names_stay_within_the_figure(tmp_path: Path) -> None:
    """A name of a hundred letters is broken into lines."""
    view = rumour_run(RING, name="a-very-long-name-of-a-scenario-" * 3 + "x", faults=FAULTS[:1])
    figure = PLOTS["spread"].draw([view], width=60)
    box = figure._suptitle.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    assert box.x1 <= figure.bbox.x1
