"""The site is built from the pages without a warning, and has a page for every protocol and fault, with evidence."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.documentation import ROOT, links_of
from tests.reference_pages import Kind, faults, page_of, protocols
from tests.sources import SOURCES

pytest.importorskip("sphinx", reason="the site needs the extra `docs`")
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Sphinx says when it reads all pages, resolves all links, and takes each warning for an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "dummy", "-W", "--keep-going", "-q", "-d", str(folder / "read")]
    done = subprocess.run(
        [*command, str(DOCS), str(folder / "made")], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_site_is_built_without_a_warning(read: str) -> None:
    """Every link leads somewhere, and every page is in a table of contents, that of a page made of the program too."""
    assert read == ""


@pytest.mark.parametrize("kind", [*protocols(), *faults()], ids=lambda kind: f"{kind.sort}-{kind.name}")
def test_every_protocol_and_fault_has_a_page_with_evidence(kind: Kind, read: str) -> None:
    """A page names the code, has the options and a scenario, and names a file of tests that runs the kind."""
    text = (DOCS / "reference" / f"{kind.sort}-{kind.name}.md").read_text(encoding="utf-8")
    assert f"`{kind.module.replace('.', '/')}.py`" in text
    assert "| field | type | default | meaning |" in text or not kind.config.model_fields.keys() - {"kind"}
    assert "\n```yaml\nname: " in text or "No built-in scenario" in text
    assert "\n- `tests/" in text


SOURCE = re.compile(r"\b(19|20)\d\d\b|Jepsen|FoundationDB|Kubernetes|of Murmur's own making")


@pytest.mark.parametrize("kind", [*protocols(), *faults()], ids=lambda kind: f"{kind.sort}-{kind.name}")
def test_every_protocol_and_fault_has_a_source(kind: Kind) -> None:
    """Who described it is said on its page, by its code or in the list of sources; or that it is nobody else's."""
    said = page_of(kind).partition("## What it models")[2].partition("## Options")[0]
    assert SOURCE.search(said)


def test_sources_are_of_what_there_is() -> None:
    """The list of sources names no protocol or fault that does not exist."""
    assert SOURCES.keys() <= {(kind.sort, kind.name) for kind in (*protocols(), *faults())}


def test_pages_of_rows_are_those_whose_scenarios_run_the_protocol(read: str) -> None:
    """The published results name what they run: rumour mongering by gossip, elections by Raft, drift by clocks."""
    for page, row in (("protocol-gossip", "E01"), ("protocol-raft", "R06"), ("fault-clock-drift", "L03")):
        assert f"\n| {row} |" in (DOCS / "reference" / f"{page}.md").read_text(encoding="utf-8")
    assert "| R06 |" not in (DOCS / "reference" / "protocol-gossip.md").read_text(encoding="utf-8")


def test_every_page_is_on_the_index_once() -> None:
    """No page of the documentation is left out of the index, and none stands there twice."""
    linked = sorted(link for link in links_of(DOCS / "index.md") if link.endswith(".md"))
    pages = sorted(path.name for path in DOCS.glob("*.md") if path.name != "index.md")
    assert linked == pages, "docs/index.md names each page once, in the section to which it belongs"


def test_the_readme_leads_to_the_index_and_to_all_guides() -> None:
    """Who reads the README finds the index, and each page with which one starts or does something."""
    linked = set(links_of(ROOT / "README.md"))
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    guides = index.partition("\n## Start\n")[2].partition("\n## Protocols and workloads\n")[0]
    assert "docs/index.md" in linked
    assert not [page for page in _pages(guides) if f"docs/{page}" not in linked]


def _pages(section: str) -> list[str]:
    return [line.partition("](")[2].partition(")")[0] for line in section.splitlines() if line.startswith("- [")]
