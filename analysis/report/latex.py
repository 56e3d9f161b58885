"""The tables of a report as LaTeX that any engine compiles, with no package but booktabs and longtable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

from analysis.report.blocks import Code, Report, Table
from analysis.report.plain_text import on_one_line, plain_text

MOST_ROWS: Final = 35
"""Rows beyond which a table may break over pages."""
MANY_COLUMNS: Final = 7
"""Columns from which on a table is set small."""
_LONG_TEXT: Final = 34
"""Letters beyond which a column of text is set in lines."""

_GREEK: Final = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "varepsilon",
    "θ": "theta",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "varphi",
    "ω": "omega",
    "Δ": "Delta",
    "Σ": "Sigma",
    "Ω": "Omega",
}
_SPECIAL: Final = {
    "\0": "{}",  # keeps two hyphens from becoming a dash
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    "`": r"\char96{}",
    "[": "{[}",
    "]": "{]}",
    "µ": r"$\mu$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "±": r"$\pm$",
    "−": "$-$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "→": r"$\rightarrow$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "√": r"$\surd$",
    **{letter: f"${chr(92)}{name}$" for letter, name in _GREEK.items()},
    "∞": r"$\infty$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "\u00a0": "~",
    "\u202f": r"\,",
    "\u2009": r"\,",
}
_LATIN: Final = range(0xA1, 0x180)
"""Letters that every LaTeX of this century reads as they are (its default encoding is UTF-8 since 2018)."""


def latex(report: Report, version: str) -> str:
    """Return the tables of a report, and its methods as a paragraph; figures are those of `murmur plot`."""
    lines = [
        f"% {_comment(report.title)}: the tables of a report by Murmur {_comment(version)}.",
        r"% In the preamble: \usepackage{booktabs} and \usepackage{longtable}; then \input{this file}.",
        "",
    ]
    for section in report.sections:
        tables = [block for block in section.all_blocks() if isinstance(block, Table)]
        if section.name == "methods":
            lines += [f"% {section.title}", *_methods([block for block in section.blocks if isinstance(block, Code)])]
        elif tables:
            lines += [f"% {section.title}", ""]
            for table in tables:
                lines += _table(table)
    return "\n".join(lines).rstrip("\n") + "\n"


def escaped(text: object) -> str:
    """Return text on one line that LaTeX sets as it is; what it has no letters for is named by its code point."""
    letters = map(_letter, normalize("NFC", on_one_line(text)).replace("--", "-\0-"))
    return "".join(letters)


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    return letter if letter.isascii() or ord(letter) in _LATIN else f"{{[}}U+{ord(letter):04X}{{]}}"


def _comment(text: str) -> str:
    return on_one_line(text).encode("ascii", "backslashreplace").decode()


def _methods(codes: list[Code]) -> Iterator[str]:
    for code in codes:
        for paragraph in plain_text(code.text).split("\n\n"):
            lines = paragraph.split("\n")
            yield from (r"\par\noindent", *(f"{escaped(line)}\\par" for line in lines), "")


def _table(table: Table) -> Iterator[str]:
    head = " & ".join(escaped(column.head) for column in table.columns) + r" \\"
    rows = [" & ".join(escaped(cell.whole) for cell in row) + r" \\" for row in table.rows]
    label = f"\\label{{tab:{table.name.removeprefix('table-')}}}"
    caption = f"\\caption{{{escaped(table.caption + (f'. {table.note}' if table.note else ''))}}}"
    if len(rows) > MOST_ROWS:
        yield f"\\begin{{longtable}}{{{_columns(table)}}}"
        yield from (rf"{caption}{label}\\", r"\toprule", head, r"\midrule", r"\endfirsthead")
        yield from (r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endlastfoot")
        yield from (*rows, r"\end{longtable}", "")
        return
    size = r"\small" if len(table.columns) < MANY_COLUMNS else r"\footnotesize\setlength{\tabcolsep}{3pt}"
    yield from (r"\begin{table}[htbp]", r"\centering", size, caption, label)
    yield from (f"\\begin{{tabular}}{{{_columns(table)}}}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule")
    yield from (r"\end{tabular}", r"\end{table}", "")


def _columns(table: Table) -> str:
    """Return how each column is set: numbers to the right, long texts in lines that share what is left of the width."""
    longest = [max((len(row[place].whole) for row in table.rows), default=0) for place in range(len(table.columns))]
    long = [length > _LONG_TEXT and not column.number for length, column in zip(longest, table.columns, strict=True)]
    width = 0.75 / sum(long) if any(long) else 0.0
    return "".join(
        f"p{{{width:.2f}\\linewidth}}" if is_long else "r" if column.number else "l"
        for is_long, column in zip(long, table.columns, strict=True)
    )
