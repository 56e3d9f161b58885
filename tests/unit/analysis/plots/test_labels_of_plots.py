"""Labels of plots: whatever a study calls its levels, they are text that fits."""

from __future__ import annotations

import pytest

from analysis.plots.metric_axis import ellipsised
from analysis.plots.theme import new_figure, put_legend, put_title
from tests.unit.analysis.plots.small_studies import legend_of


@pytest.mark.parametrize(
    ("words", "letters", "written"),
    [
        ("ring, 64", 20, "ring, 64"),
        ("a topology with a long name, 64", 16, "a topology…, 64"),
        ("one line\nand another", 40, "one line and another"),
        ("$x^{2}$", 20, r"\$x^{2}\$"),
        ("_hidden", 20, " _hidden"),
        ("a\x00b", 20, "a\N{WHITE SQUARE}b"),
        ("abcdefghij, abcdefghij, abcdefghij", 12, "abcd…, abcd…"),
    ],
)
def test_labels_are_cut_where_they_tell_least(words: str, letters: int, written: str) -> None:
    """The longest of the parts between commas is cut; signs of formulas, new lines and the like are mere text."""
    found = ellipsised(words, letters)
    assert found == written
    assert len(found.replace("\\", "")) <= letters + 1


def test_titles_and_legends_hold_no_formulas() -> None:
    """Dollar signs are drawn as they are, once, also where a label is made safe already; numbers keep their percent."""
    figure, axes = new_figure(85, 50)
    axes.plot([0, 1], [0, 1], label=f"$a_1$ {'is as long as a line ' * 2}95 %")
    axes.plot([0, 1], [1, 0], label=r"\$b\$")
    put_title(figure, "name", "of $5 and $6")
    put_legend(figure, axes)
    figure.draw_without_rendering()
    assert figure.get_suptitle() == "name\nof \\$5 and \\$6"
    assert legend_of(figure) == [rf"\$a_1\$ {'is as long as a line ' * 2}95 %", r"\$b\$"]
    assert figure.legends[0].get_texts()[0].get_text().endswith("\n95 %")
