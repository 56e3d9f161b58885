"""Reports as people see them, in a real Chromium: they load nothing, run nothing of others, and fit each screen."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import murmur

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "<script>window.ran = 1</script> \"quoted\" 'text' <img src=x onerror='window.ran = 2'> &amp; {{ 7 * 7 }} "
RIGHT_TO_LEFT = "שלום עולם \u202egnipoh"
ENDLESS = "word" * 60
MARKUP = "<img src=x onerror=ran=3> \"&amp;' {{ 7 * 7 }} $\\frac{_^"
SCENARIO: dict[str, Any] = {
    "name": "hostile",
    "description": f"{HOSTILE}\n{RIGHT_TO_LEFT} {ENDLESS}",
    "duration": "20s",
    "topology": {"kind": "ring", "nodes": 8},
    "protocol": {"kind": "gossip", "exchange": "push-pull"},
    "workload": {"kind": "rumour"},
    "faults": [{"kind": "crash", "target": 3, "at": "1s", "restart_after": "2s", "name": "<b>bold</b>"}],
    "checks": ["converged", "messages-balance"],
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all of these tests; they are left out where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install murmur-sim[test]")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("MURMUR_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium on the PATH, and none named by MURMUR_CHROMIUM")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def run_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a run whose scenario is full of markup."""
    folder = tmp_path_factory.mktemp("reports") / "run"
    murmur.run(SCENARIO, out=folder)
    return murmur.report(folder, plots=["spread", "faults"])


@pytest.fixture(scope="module")
def study_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a study whose labels are full of markup, too."""
    labels = {"topology.kind": MARKUP, "topology.nodes": "nodes"}
    sweep = {"topology.kind": {MARKUP: "mesh", RIGHT_TO_LEFT: "ring"}, "topology.nodes": [4, 6]}
    file = tmp_path_factory.mktemp("reports") / "study.yaml"
    (file.parent / "scenario.yaml").write_text(json.dumps(SCENARIO))
    study = {"name": "hostile", "description": HOSTILE, "scenario": "scenario.yaml", "sweep": sweep, "labels": labels}
    file.write_text(json.dumps({**study, "seeds": 3, "metrics": ["converged_at", "messages"]}))
    murmur.study(file, workers=1, out=file.parent / "study")
    return murmur.report(file.parent / "study", plots=["distribution"])


def window(browser: Browser, file: Path) -> Iterator[Page]:
    """Yield a report in a window, of which nothing is complained and which asks for nothing but itself."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


@pytest.fixture
def opened_study(browser: Browser, study_page: Path) -> Iterator[Page]:
    """The report on a study in a window."""
    yield from window(browser, study_page)


@pytest.fixture
def opened(browser: Browser, run_page: Path) -> Iterator[Page]:
    """The report on a run in a window."""
    yield from window(browser, run_page)


def test_a_report_shows_hostile_text_and_runs_none_of_it(opened: Page) -> None:
    """Markup in a scenario is shown letter by letter, and no script but the page's own has run."""
    assert opened.evaluate("window.ran") is None
    assert opened.locator("#question p").inner_text().startswith(HOSTILE.strip())
    assert "\\u202e" in opened.locator("#question p").inner_text()
    assert opened.locator("#table-faults tbody th").inner_text() == "<b>bold</b>"
    assert opened.locator("script").count() == 1


def test_all_pictures_are_shown(opened: Page) -> None:
    """Each picture has a width and a text in its place."""
    pictures = opened.evaluate(
        "[...document.querySelectorAll('main img')].map((each) => [each.naturalWidth, each.alt])"
    )
    assert len(pictures) == 3
    assert all(width > 0 and len(alt) > 20 for width, alt in pictures)


def test_a_column_sorts_by_numbers_both_ways_with_the_keyboard_too(opened: Page) -> None:
    """Times sort as times, whatever their unit; what the table is sorted by is told to readers of screens."""
    head = opened.locator("#table-metrics th", has_text="value")
    numbers = "[...document.querySelectorAll('#table-metrics td:nth-child(2)[data-sort]')].map((e) => +e.dataset.sort)"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    rising = opened.evaluate(numbers)
    assert len(rising) > 8
    assert rising == sorted(rising)
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert opened.evaluate(numbers) == sorted(rising, reverse=True)


def test_a_figure_enlarges_and_closes_with_the_keyboard(opened: Page) -> None:
    """Enter opens the figure at the width of the window, Escape puts it back where the focus was."""
    card = opened.locator("figure .card").first
    small = card.locator("img").bounding_box()
    card.press("Enter")
    dialog = opened.locator("dialog")
    large = dialog.locator("img").bounding_box()
    assert small is not None
    assert large is not None
    assert large["width"] > 1.2 * small["width"]
    assert dialog.locator("p").inner_text() == opened.locator("figcaption").first.inner_text()
    opened.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opened.evaluate("document.activeElement.className") == "card"


def test_colours_follow_the_system_and_the_button(opened: Page) -> None:
    """The page is dark where the system is, the button turns it, and figures stay on white."""
    paper, card = (
        "getComputedStyle(document.body).backgroundColor",
        "getComputedStyle(document.querySelector('.card')).backgroundColor",
    )
    light = opened.evaluate(paper)
    opened.emulate_media(color_scheme="dark")
    dark = opened.evaluate(paper)
    assert dark != light
    opened.get_by_role("button", name="Light colours").click()
    assert opened.evaluate(paper) == light
    opened.get_by_role("button", name="Dark colours").click()
    assert [opened.evaluate(paper), opened.evaluate(card)] == [dark, "rgb(255, 255, 255)"]


def test_it_prints_on_white_with_all_folds_open(opened: Page) -> None:
    """Paper is white also where the screen is dark, and what is shown on demand is printed."""
    opened.emulate_media(media="print", color_scheme="dark")
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.locator("details:not([open])").count() == 0
    assert opened.locator("pre", has_text="topology:").is_visible()
    assert not opened.locator("nav").is_visible()


def test_it_fits_the_width_of_a_phone(opened: Page) -> None:
    """At 390 points nothing is wider than the window, with all folds open; tables scroll by themselves."""
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    assert opened.evaluate(
        "[...document.querySelectorAll('.scroll')].some((each) => each.scrollWidth > each.clientWidth)"
    )


def test_headings_are_in_order_and_tell_where_one_is(opened: Page) -> None:
    """One heading of the page, one of each section, which the contents lead to."""
    assert opened.locator("h1").count() == 1
    assert opened.locator("nav a").all_inner_texts() == opened.locator("h2").all_inner_texts()
    targets = opened.evaluate(
        "[...document.querySelectorAll('nav a')].map((each) => document.querySelector(each.hash) !== null)"
    )
    assert all(targets)
    ids = opened.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_the_page_may_reach_nothing(browser: Browser, run_page: Path) -> None:
    """Even what would get into the page could load nothing: its own policy forbids that."""
    with browser.new_context() as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(run_page.as_uri())
        assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused')") == "refused"
        page.evaluate("document.body.insertAdjacentHTML('beforeend', `<img src=http://127.0.0.1:9/ onerror=ran=1>`)")
        page.wait_for_function("document.querySelector('body > img').complete")
        assert page.evaluate("window.ran") is None
    assert sum("violates the following Content Security Policy" in text for text in refused) >= 3


def test_a_study_shows_hostile_labels_and_runs_none_of_them(opened_study: Page) -> None:
    """Labels of factors are text in tables, figures and their captions, and the page keeps to the width of a phone."""
    page = opened_study
    assert page.evaluate("window.ran") is None
    assert page.locator("#table-medians thead th").first.inner_text().startswith(MARKUP)
    assert page.locator("#table-medians tbody th").first.inner_text() == MARKUP
    assert all(page.evaluate("[...document.querySelectorAll('main img')].map((each) => each.naturalWidth > 0)"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_cells_sort_by_their_medians(opened_study: Page) -> None:
    """A column of medians sorts by the numbers, and labels that are numbers sort as such."""
    table = opened_study.locator("#table-medians")
    table.locator("th button", has_text="Converged at").click()
    medians = "[...document.querySelectorAll('#table-medians td:has(svg):nth-child(4)')].map((e) => +e.dataset.sort)"
    found = opened_study.evaluate(medians)
    assert len(found) == 4
    assert found == sorted(found)
    table.locator("th button", has_text="nodes").click()
    assert table.locator("tbody td:nth-child(2)").all_inner_texts() == ["4", "4", "6", "6"]
