"""Arrow columns made from buffers are those that pyarrow itself would make, without pandas."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analysis.arrow_columns import column

ROOT = Path(__file__).parents[3]


@given(st.lists(st.none() | st.integers(-(1 << 63), (1 << 63) - 1)))
def test_integers_are_as_pyarrow_makes_them(values: list[int | None]) -> None:
    """Any whole numbers of 64 bits, some of them missing, give a valid and equal column."""
    made = column(values, pa.int64())
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.int64()))


@given(st.lists(st.none() | st.floats(allow_nan=False)))
def test_floats_are_as_pyarrow_makes_them(values: list[float | None]) -> None:
    """Any numbers, infinities among them, give a valid and equal column."""
    made = column(values, pa.float64())
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.float64()))


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)))
def test_text_is_as_pyarrow_makes_it(values: list[str | None]) -> None:
    """Any text, kept as it is or once for each value, gives a valid and equal column."""
    names = pa.dictionary(pa.int32(), pa.string())
    for kind, expected in (
        (pa.string(), pa.array(values, pa.string())),
        (names, pa.array(values, pa.string()).dictionary_encode()),
    ):
        made = column(values, kind)
        made.validate(full=True)
        assert made.equals(expected)


def test_a_run_to_disk_does_not_load_pandas(tmp_path: Path) -> None:
    """The command writes a run folder without pandas, networkx, scipy and plots, whose import would take longer."""
    code = (
        "import sys, murmur\nfrom scenarios.command_line.main import main\n"
        f"code = main(['run', 'gossip-mesh', '--quiet', '--out', {str(tmp_path / 'kept')!r}])\n"
        "print(code, sorted({'pandas', 'networkx', 'scipy', 'matplotlib', 'seaborn'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0 []\n"
