"""Reports as one HTML page that needs nothing else: no network, no other file, no script but its own."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.report.blocks import Bar, Block, Figure, Picture, Report
from analysis.report.plain_text import on_one_line, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATES: Final = "templates"
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=(?:%|pp|ns|µs|ms|s)(?![^\W_]))")
PIXELS_PER_MM: Final = 96 / 25.4
WIDEST_OF_A_COLUMN: Final = 120
"""Millimetres up to which two figures stand side by side."""
SCALE: Final = 1.3
"""How much larger figures are on a screen than on paper, where their letters are 2.6 mm high."""


def html(report: Report, version: str) -> str:
    """Return a report as a page; all text of others is escaped, and the page may load nothing and run nothing else."""
    style, script = _asset("page.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            version=version,
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
    )


def _policy(style: str, script: str) -> str:
    """Return what the page may do: show its own pictures, and use the very style and script that are in it."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return files("analysis.report").joinpath(TEMPLATES, name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis.report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "plain": plain_text,
        "one_line": _kept_together,
        "kind": _kind,
        "source": _source,
        "pixels": _pixels,
        "marks": _marks,
        "key": _key,
        "is_narrow": _is_narrow,
    }
    environment.filters.update(filters)
    return environment


def _kept_together(text: object) -> str:
    """Return text on one line, in which a number is never parted from its unit."""
    return _BEFORE_UNIT.sub("\u00a0", on_one_line(text))


def _kind(block: Block) -> str:
    """Return which macro writes a block: the name of its class."""
    return type(block).__name__.lower()


def _is_narrow(block: Block) -> bool:
    return isinstance(block, Figure) and block.picture.width <= WIDEST_OF_A_COLUMN


def _source(picture: Picture) -> str:
    kind = {"svg": "image/svg+xml", "png": "image/png"}[picture.kind]
    return f"data:{kind};base64,{b64encode(picture.data).decode()}"


def _pixels(millimetres: float) -> int:
    return round(millimetres * PIXELS_PER_MM * SCALE)


def _key(number: float) -> str:
    """Return a number as the page's script reads it."""
    return repr(number).replace("inf", "Infinity").replace("nan", "NaN")


def _marks(bar: Bar) -> dict[str, str]:
    """Return where the interval and the value of a bar lie in a picture 100 wide, at least a hair apart."""
    low, high = 3 + 94 * bar.low, 3 + 94 * bar.high
    return {"low": f"{low:.1f}", "width": f"{max(high - low, 0.8):.1f}", "value": f"{3 + 94 * bar.value:.1f}"}
