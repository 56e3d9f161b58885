"""Sampled designs: their points are where they should be, the same in every process, and their mistakes are told."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from scenarios.study.cells import cells_of
from scenarios.study.design import design_of
from scenarios.study.result import open_study
from scenarios.study.schema import study_file_of
from scenarios.study.span import amount_of, span_of
from scenarios.yaml_loader import load_text
from topologies.errors import InputError

DESIGN = """\
name: sampled
scenario: gossip-mesh
design:
  kind: latin-hypercube
  points: 16
  factors:
    protocol.period: {from: 100ms, to: 2s, scale: log}
    network.loss: {from: 0, to: 20%}
    topology.nodes: {from: 4, to: 19, integer: true}
    protocol.exchange: [push, push-pull]
labels: {protocol.period: period, topology.nodes: nodes}
seeds: 2
"""


def cells(text: str) -> list[Any]:
    """The cells of a study that is written down."""
    document = load_text(text, "study.yaml")
    return cells_of(study_file_of(document), document)


def mistake(text: str) -> str:
    """The message for a study file that is wrong."""
    with pytest.raises(InputError) as caught:
        cells(text)
    return str(caught.value)


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    """Of sixteen points each sixteenth of each factor's scale has one, and the scenario has what the label says."""
    found = cells(DESIGN)
    assert [list(cell.labels) for cell in found] == [
        ["period (ms)", "network.loss (%)", "nodes", "protocol.exchange"]
    ] * 16
    assert sorted(cell.labels["nodes"] for cell in found) == list(range(4, 20))
    slices = sorted(int(cell.labels["network.loss (%)"] / 1.25) for cell in found)
    assert slices == list(range(16))
    assert sorted(cell.labels["protocol.exchange"] for cell in found) == ["push"] * 8 + ["push-pull"] * 8
    for cell in found:
        plain = cell.scenario.canonical()
        assert amount_of(plain["protocol"]["period"]) == amount_of(f"{cell.labels['period (ms)']}ms")
        assert plain["network"]["loss"]["probability"] == pytest.approx(cell.labels["network.loss (%)"] / 100)
        assert plain["topology"]["nodes"] == cell.labels["nodes"]


@pytest.mark.parametrize("kind", ["sobol", "halton", "random", "latin-hypercube"])
def test_points_are_in_bounds_and_drawn_by_the_root_seed(kind: str) -> None:
    """No kind leaves its spans or warns; another root seed gives other points, the same one the same."""
    text = DESIGN.replace("latin-hypercube", kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [cell.labels for cell in cells(text)]
    assert all(100 <= labels["period (ms)"] <= 2000 and 0 <= labels["network.loss (%)"] <= 20 for labels in found)
    assert found == [cell.labels for cell in cells(text)]
    assert found != [cell.labels for cell in cells(text + "seed: 1\n")]
    document = load_text(text, "study.yaml")
    assert [cell.labels for cell in design_of(document, seed=1).cells] == [
        cell.labels for cell in cells(text + "seed: 1\n")
    ]


def test_matrices_for_sobol_indices_share_their_columns() -> None:
    """Row n of ABi is row n of A with factor i of B, as scipy's `sobol_indices` expects."""
    found = cells(DESIGN.replace("latin-hypercube", "sobol-indices"))
    rows = {(cell.point.matrix, cell.point.number): list(cell.labels.values()) for cell in found}
    assert len(found) == 16 * (4 + 2)
    for (matrix, number), row in rows.items():
        if matrix.startswith("AB"):
            factor = int(matrix[2:]) - 1
            assert row[factor] == rows["B", number][factor]
            assert row[:factor] + row[factor + 1 :] == [
                value for place, value in enumerate(rows["A", number]) if place != factor
            ]


def test_another_hash_seed_gives_the_same_points() -> None:
    """A fresh process under another PYTHONHASHSEED draws the same design."""
    program = "\n".join(
        [
            "from scenarios.study.cells import cells_of",
            "from scenarios.study.schema import study_file_of",
            "from scenarios.yaml_loader import load_text",
            f"document = load_text({DESIGN!r}, 'study.yaml')",
            "print([cell.labels for cell in cells_of(study_file_of(document), document)])",
        ]
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(Path(murmur.__file__).parent)}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str([cell.labels for cell in cells(DESIGN)])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.sampled_from(["", "ms", "us", "%", "/s", "KB", "Mbit/s", "KiB", "min"]),
    st.sampled_from(["linear", "log"]),
    st.booleans(),
    st.floats(0, 1, exclude_max=True),
)
def test_values_stay_within_their_span(low: int, more: int, unit: str, scale: Any, whole: bool, share: float) -> None:
    """Whatever the unit and scale, a value is from one end to the other, and its text is what its number says."""
    first, last = (low, low + more) if not unit else (f"{low}{unit}", f"{low + more}{unit}")
    number, value = span_of(first, last, scale, whole).at(share)
    assert low <= number <= low + more
    assert number == int(number) or not whole
    amount, bottom, top = amount_of(value), amount_of(first), amount_of(last)
    assert amount is not None
    assert bottom is not None
    assert top is not None
    assert bottom[1] <= amount[1] <= top[1]
    if unit in ("ms", "us", "min", "KB", "KiB", "Mbit/s"):
        assert amount[1].denominator == 1  # a whole number of nanoseconds, bytes or bits


def test_a_zero_without_a_unit_begins_a_span() -> None:
    """`from: 0` takes the unit of the other end, and the unit of the least value is that of the labels."""
    assert span_of(0, "20%", "linear", False).at(0.5) == (10.0, "10%")
    assert span_of("10ms", "1s", "linear", False).at(0.0) == (10.0, "10ms")
    assert amount_of("1.5KB") == ("a size", Fraction(1500))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "kind: latin-hypercube",
            "kind: latin",
            "study.yaml:4: design.kind: found 'latin'; expected one of latin",
        ),
        ("points: 16", "points: 0", "study.yaml:5: design.points: found 0; expected an integer of at least 1"),
        (
            "kind: latin-hypercube\n  points: 16",
            "kind: sobol\n  points: 50",
            "points: found 50; expected a power of two, which Sobol's points are balanced for, such as 32 or 64",
        ),
        ("from: 100ms", "from: 3s", "study.yaml:7: design.factors['protocol.period']: found '3s' to '2s'; expected a"),
        ("from: 100ms", "from: 100", "found '2s' with a unit, and the other end without; expected both with one"),
        ("from: 100ms", "from: 1/s", "found '2s', which is no number in /s"),
        ("from: 100ms", "from: 0", "on a scale of logarithms; expected more than 0, or scale: linear"),
        ("from: 100ms", "from: soon", "found 'soon'; expected a number, or one with a unit such as 150ms, 100/s"),
        ("from: 100ms, ", "", "study.yaml:7: design.factors['protocol.period'].from: missing field 'from'"),
        ("to: 20%", "to: 1e-400%", "found 0 to '1e-400%'; expected a"),
        ("to: 19", f"to: {10**30}", "expected a number, or one with a unit such as 150ms"),
        ("from: 4,", "from: 4.5,", "found 4.5 to 19; expected integers, or no `integer: true`"),
        (", integer: true", "", "; expected an integer; give the factor `integer: true`"),
        ("[push, push-pull]", "[push, push]", "exchange'][1]: found 'push' a second time; remove one"),
        ("[push, push-pull]", "[push]", "protocol.exchange']: found "),
        ("[push, push-pull]", "[push, pushy]", "point "),
        ("seeds: 2", "sweep: {network.loss: [0, 1%]}\nseeds: 2", "found network.loss and network.loss, of which one"),
        ("network.loss:", "seed:", "design.factors.seed: found seed; the study itself gives each run its seed"),
        ("points: 16", "points: 8000\n  kinds: x", "design.kinds: unknown field 'kinds'; did you mean 'kind'?"),
    ],
)
def test_mistakes_of_designs_are_named_with_their_place(old: str, new: str, message: str) -> None:
    """Each mistake has the file, the line, the path, what was found and the remedy."""
    assert old in DESIGN
    assert message in mistake(DESIGN.replace(old, new, 1))


SWEPT = """\
name: swept
scenario: gossip-mesh
sweep:
  topology.kind: [mesh, ring]
  topology.nodes: [8, 16, 1024]
  network.latency: [1ms, 20ms]
labels: {topology.nodes: nodes}
seeds: 1
"""


def kept(condition: str) -> list[tuple[Any, ...]]:
    """The cells that a condition leaves."""
    return [tuple(cell.labels.values()) for cell in cells(f"{SWEPT}leave_out: [{condition}]\n")]


def test_conditions_leave_cells_out() -> None:
    """A cell goes where all of a condition fits it: one value, one of a list, or one from here to there."""
    assert len(kept("{topology.kind: ring, topology.nodes: [1024]}")) == 10
    assert ("ring", 1024, "1ms") not in kept("{topology.kind: ring, nodes: 1024}")
    assert {row[1] for row in kept("{nodes: {from: 9}}")} == {8}
    assert {row[2] for row in kept("{network.latency: {from: 0, to: 0.01s}}")} == {"20ms"}
    assert len(kept("{topology.kind: ring, nodes: 8}, {topology.kind: mesh, nodes: [16, 1024]}")) == 6
    assert [cell.number for cell in cells(f"{SWEPT}leave_out: [{{nodes: 8}}]\n")] == list(range(8))


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{topology.kind: star}", "study.yaml:9: leave_out[0]: no cell is like this; remove it, or look for a slip"),
        ("{nodes: true}", "leave_out[0]: no cell is like this"),
        ("{topology.kid: ring}", "found 'topology.kid', which is not varied; did you mean 'topology.kind'?"),
        ("{}", "found an empty condition, which leaves all out"),
        ("{nodes: {from: few}}", "leave_out[0].nodes: found 'few'; expected a number, or one with a unit"),
        ("{topology.kind: [mesh, ring]}", "study.yaml:9: leave_out: all cells are left out; leave some in"),
        ("ring", "leave_out[0]: found 'ring'; expected a block of fields"),
    ],
)
def test_wrong_conditions_are_told(condition: str, message: str) -> None:
    """A condition that says nothing, or leaves nothing, is a slip."""
    assert message in mistake(f"{SWEPT}leave_out: [{condition}]\n")


def test_matrices_stay_whole() -> None:
    """Conditions on what is sampled would break the matrices of Sobol' indices, and are refused there alone."""
    condition = "leave_out: [{network.loss: {to: 5%}}]\n"
    assert len(cells(DESIGN + condition)) == 12
    assert "Sobol' indices need all points" in mistake(DESIGN.replace("latin-hypercube", "sobol-indices") + condition)


def test_a_sampled_study_runs_and_reads_back(tmp_path: Path) -> None:
    """Its rows have numbers for labels, point and matrix; its folder opens to the same, and its seeds are common."""
    text = DESIGN.replace("latin-hypercube", "sobol-indices").replace("points: 16", "points: 2")
    done = murmur.study(load_text(text, "study.yaml").data, workers=1, seeds=1, out=tmp_path / "kept")
    frame = done.frame()
    assert list(frame["matrix"].unique()) == ["A", "B", "AB1", "AB2", "AB3", "AB4"]
    assert list(frame["point"]) == [0, 1] * 6
    assert frame["period (ms)"].dtype == float
    assert frame["seed"].nunique() == 1
    again = open_study(tmp_path / "kept")
    assert again.file == done.file
    assert again.summary == done.summary
