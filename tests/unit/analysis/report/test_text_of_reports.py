"""Text of others in reports: shown as it is, in each format."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report.blocks import Cell, Code, Column, Paragraph, Report, Section, Table
from analysis.report.html import html
from analysis.report.latex import escaped as in_latex
from analysis.report.latex import latex
from analysis.report.markdown import escaped as in_markdown
from analysis.report.markdown import markdown
from analysis.report.plain_text import plain_text

HOSTILE = "</script><script>alert(1)</script> {{ 7 * 7 }} {% raw %} 'a' \"b\" `c` | d \\ & % $ # _ { } ~ ^"
COLUMNS = (Column("case"), Column("value", number=True))


def report_of(*blocks: Paragraph | Table | Code) -> Report:
    """A report of one section."""
    return Report("study", HOSTILE, (Cell(HOSTILE),), (Section("all", "All", blocks),))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\x00b\x1b[31m", "a\\u0000b\\u001b[31m"),
        ("שלום", "שלום"),
        ("half \ud83d", "half ?"),
        ("two\r\nlines", "two\nlines"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    """Marks of direction and control characters become visible; letters of all scripts stay."""
    assert plain_text(text) == shown


def test_html_has_no_markup_of_others() -> None:
    """Nothing that a study says becomes a tag, an attribute or a template."""
    rows = ((Cell(HOSTILE), Cell(HOSTILE)),)
    page = html(report_of(Paragraph(HOSTILE), Code(HOSTILE, HOSTILE), Table("t", HOSTILE, COLUMNS, rows, HOSTILE)), "1")
    body = page.replace('<script>"use strict"', "", 1)
    assert body.count("<script>") == 0
    assert "{{ 7 * 7 }}" in body
    assert "49" not in body.partition("<body>")[2]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("50 % & $x_1 #2 {a}", r"50 \% \& \$x\_1 \#2 \{a\}"),
        ("~ ^ \\", r"\textasciitilde{} \textasciicircum{} \textbackslash{}"),
        ("--detail", "-{}-detail"),
        ("a < b | c [d]", r"a \textless{} b \textbar{} c {[}d{]}"),
        ("5 µs ± 1 × 2 → 3", r"5 $\mu$s $\pm$ 1 $\times$ 2 $\rightarrow$ 3"),
        ("5 ≠ 6, σ", r"5 $\neq$ 6, $\sigma$"),
        ("Zürich Łódź", "Zürich Łódź"),
        ("水", "{[}U+6C34{]}"),
    ],
)
def test_latex_sets_text_as_it_is(text: str, shown: str) -> None:
    """Each letter that means something to LaTeX is escaped; one that it may not have is named."""
    assert in_latex(text) == shown


@settings(max_examples=50)
@given(st.text())
def test_latex_never_has_an_open_brace_or_a_bare_special(text: str) -> None:
    """Whatever the text, braces balance and nothing is left that ends a cell, a row or a line."""
    shown = in_latex(text)
    bare = re.sub(r"\\[&%$#_{}]|\\[a-z]+\{\}|\\char\d+\{\}|\$\\?[a-z-]+\$", "", shown)
    assert bare.count("{") == bare.count("}")
    assert not set(bare) & set("&%$#_^\\\n")
    assert all(letter.isascii() or ord(letter) < 0x180 for letter in shown)


def test_a_table_for_latex_has_all_that_it_needs() -> None:
    """Rules of booktabs, a caption, a label, numbers to the right; a long one may break over pages."""
    rows = tuple((Cell(f"a_{place}"), Cell(str(place), place)) for place in range(50))
    short = latex(report_of(Table("table-x", "A & B", COLUMNS, rows[:2])), "1")
    assert r"\begin{tabular}{lr}" in short
    assert r"\caption{A \& B}" in short
    assert "a\\_0 & 0 \\\\" in short
    assert all(rule in short for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"\label{tab:x}"))
    long = latex(report_of(Table("table-x", "A & B", COLUMNS, rows)), "1")
    assert r"\begin{longtable}{lr}" in long
    assert long.count("\\\\\n") >= 50


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x>", "&lt;img src=x>"),
        ("> quoted", r"\> quoted"),
        ("_slanted_ but snake_case, ~~gone~~", r"\_slanted\_ but snake_case, \~\~gone\~\~"),
        ("murmur run cells/cell-0001.yaml --seed 7", "murmur run cells/cell-0001.yaml --seed 7"),
        ("a | b", r"a \| b"),
        ("messages_per_node of cell-0001", "messages_per_node of cell-0001"),
        ("*bold* `code` [link](x)", r"\*bold\* \`code\` \[link\](x)"),
        ("1. first", r"1\. first"),
        ("- item\nnext", r"\- item next"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, shown: str) -> None:
    """Nothing that a study says becomes markup, and words stay readable."""
    assert in_markdown(text) == shown


def test_a_fence_of_markdown_is_longer_than_any_in_it() -> None:
    """Text with fences in it stays within its own."""
    text = markdown(report_of(Code("a\n````\nb", "file")), "figures")
    assert "`````\na\n````\nb\n`````" in text


@settings(max_examples=50)
@given(st.text())
def test_a_row_of_markdown_has_as_many_cells_as_its_head(text: str) -> None:
    """No text in a cell begins another cell or another line."""
    lines = markdown(report_of(Table("t", "T", COLUMNS, ((Cell(text), Cell("1")),))), "figures").split("\n")
    row = lines[lines.index("|---|---:|") + 1]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3
    assert "\n" not in row
