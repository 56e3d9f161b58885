"""The documentation does what it says: each block of code, as printed, with the installed command."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.documentation import (
    IMAGES,
    PAGES,
    ROOT,
    Story,
    anchors_of,
    assert_printed,
    blocks_of,
    given_images_of,
    images_of,
    links_of,
)

LARGEST_IMAGE = 150_000
"""Bytes of a picture in the documentation."""
CLEARLY = 64
"""Difference of a colour, of 255, that the eye sees."""
MOST_PIXELS = 0.01
"""Share of the pixels that may differ clearly: another version of a font's rendering, not another curve."""


def _differ(found: Path, expected: Path) -> bool:
    """Whether two pictures differ in size, or clearly in more than a few pixels."""
    with Image.open(found) as one, Image.open(expected) as other:
        if one.size != other.size:
            return True
        bands = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2]).histogram()
    return sum(worst[CLEARLY:]) > MOST_PIXELS * sum(worst)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page)], ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """Every block of a page runs, prints what is printed there, and makes the pictures that it shows."""
    told = Story(page, tmp_path).tell()
    for image in images_of(page):
        made = list(tmp_path.rglob(image.name))
        assert made, f"no command on {page.name} makes {image.name}"
        assert not _differ(made[0], image), f"{image.name} is old; make it again by `python tests/documentation.py`"
    assert told or all(block.reason_not_run for block in blocks_of(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file or a heading of this repository finds it."""
    for link in links_of(page):
        if "://" not in link:
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            assert target.exists(), f"{page.name} leads to {link}"
            assert not anchor or anchor in anchors_of(target), f"{page.name} leads to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_that_are_named_exist(page: Path) -> None:
    """Where a page says that a file of tests holds something, there is such a file."""
    named = re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
    assert not [path for path in named if not (ROOT / path).is_file()]


def test_demo_is_the_first_run_of_the_readme() -> None:
    """`make demo` runs what the README shows, and the README shows it carried out."""
    demo = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ndemo:")[2].partition("\n\n")[0]
    shown = "".join(block.text for block in blocks_of(ROOT / "README.md") if block.reason_not_run is None)
    commands = [line.strip().removeprefix("$(BIN)/") for line in demo.splitlines()[1:]]
    assert len(commands) == 2
    assert not [command for command in commands if f"$ {command}" not in shown]


def test_images_are_small_and_used() -> None:
    """Each picture in the documentation is shown by a page, and takes less than 150 KB."""
    shown = {image for page in PAGES for image in (*images_of(page), *given_images_of(page))}
    stored = set(IMAGES.iterdir())
    assert stored
    assert stored == shown
    assert not [image.name for image in sorted(stored) if image.stat().st_size >= LARGEST_IMAGE]


@pytest.mark.parametrize(
    ("found", "expected", "same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a   \nb", "a\nb\n", True),
        ("a\nb", "a", False),
        ("took 0.8 s\n", "took ... s\n", True),
        ("took 0.8 s\nand more", "took ... s\n", False),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nb\nc\n", "...\nd", False),
        ("a.b", "a+b", False),
        ("", "a", False),
    ],
)
def test_what_is_printed_is_compared(found: str, expected: str, same: bool) -> None:
    """Only dots on the page stand for anything else than themselves."""
    if same:
        assert_printed(found, expected, "page:1")
    else:
        with pytest.raises(AssertionError, match="page:1"):
            assert_printed(found, expected, "page:1")


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ murmur run no-such-scenario\n```\n",
        "```console\n$ murmur list plots\nnothing\n```\n",
        "```python\nraise SystemExit(1)\n```\n",
        "```python\nprint(1)\n```\n```output\n2\n```\n",
        "```yaml part\nduration: 5\n```\n",
        "```ruby\nputs 1\n```\n",
    ],
)
def test_a_page_that_lies_is_found_out(text: str, tmp_path: Path) -> None:
    """A block that fails, prints something else, is wrong, or is of no known kind fails the page."""
    page: Any = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises((AssertionError, ValueError)):
        Story(page, tmp_path).tell()
