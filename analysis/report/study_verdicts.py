"""How often each check of a study holds, with what can be said where it was never violated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from analysis.checks import CHECKS
from analysis.estimates import share_of
from analysis.report.blocks import Block, Bullets, Cell, Column, Fold, Paragraph, Section, Table, Tone
from analysis.report.cell_words import cells_words
from analysis.report.facts import StudyFacts
from analysis.report.words import count, listed
from analysis.shown_value import shown_metric
from analysis.statistics.rare_events import upper_bound

if TYPE_CHECKING:
    import pandas as pd

FOUND: Final = ("holds", "violated", "unknown")


def totals(facts: StudyFacts) -> dict[str, dict[str, int]]:
    """Return for each check in how many runs of all cells it holds, is violated, and is unknown."""
    sums: dict[str, dict[str, int]] = {}
    for answer in facts.answers:
        for name, counts in answer["checks"].items():
            sofar = sums.setdefault(name, dict.fromkeys(FOUND, 0))
            for found in FOUND:
                sofar[found] += counts[found]
    return sums


def telling_checks(facts: StudyFacts) -> list[str]:
    """Return the checks that do not hold in all runs."""
    return [name for name, counts in totals(facts).items() if counts["violated"] or counts["unknown"]]


def held_cell(counts: Mapping[str, int] | None) -> Cell:
    """Return in what share of the runs of a cell a check holds."""
    runs = sum(counts[found] for found in FOUND) if counts else 0
    if not counts or not runs:
        return Cell("–")
    tone: Tone = "bad" if counts["violated"] else "unknown" if counts["unknown"] else "good"
    return Cell(f"{counts['holds']:,} of {runs:,}", counts["holds"] / runs, tone)


def verdict_line(facts: StudyFacts) -> Paragraph:
    """Return in a line whether all checks hold in all runs."""
    sums = totals(facts)
    failed = sum(answer["failed"] for answer in facts.answers)
    violated = [name for name, counts in sums.items() if counts["violated"]]
    unknown = [name for name, counts in sums.items() if counts["unknown"]]
    if violated or failed:
        ended = f"{count(failed, 'run')} ended in an error. " if failed else ""
        broken = [_counted_runs(facts, name, "violated", sums[name]) for name in violated]
        return Paragraph(ended + (f"Violated: {listed(broken)}." if broken else ""), "bad")
    if unknown:
        open_ = [_counted_runs(facts, name, "unknown", sums[name]) for name in unknown]
        return Paragraph(f"Nothing is violated, but unknown: {listed(open_)}.", "unknown")
    if not sums:
        return Paragraph("The scenarios ask for no checks, so that nothing is known to hold.", "unknown")
    return Paragraph(f"All {count(len(sums), 'check')} hold in all {count(_runs(facts), 'run')}.", "good")


def _counted_runs(facts: StudyFacts, name: str, found: str, sums: Mapping[str, int]) -> str:
    """Return in how many runs a check came to this, and in which cells: `linearizable in 3 of 9 runs (of a ring)`."""
    told = f"{name} in {sums[found]:,} of {sum(sums.values()):,} runs"
    cells = [cell for cell, each in enumerate(facts.answers) if each["checks"].get(name, {}).get(found)]
    if len(facts.answers) < 2:
        return told
    words = cells_words(facts, cells)
    return f"{told} ({words})" if len(cells) == len(facts.answers) else f"{told} ({words}, and no other)"


def _runs(facts: StudyFacts) -> int:
    return sum(answer["runs"] - answer["failed"] for answer in facts.answers)


def verdict_sentences(facts: StudyFacts) -> Iterator[str]:
    """Yield what can be said of what never happened."""
    sums = totals(facts)
    if sums and not any(counts["violated"] for counts in sums.values()):
        fewest = min(counts["holds"] for counts in sums.values())  # one that is unknown may be a violation
        bound = shown_metric(upper_bound(0, fewest), "share")
        told = f"No violation in {fewest:,} runs: with 95 % confidence, at most {bound} of such runs have one"
        shared = ", taking cells that share seeds as independent" if facts.common and len(facts.answers) > 1 else ""
        if fewest:
            yield f"{told}{shared}."


def verdicts(facts: StudyFacts) -> Section:
    """A row for each check, then for each cell in which one did not always hold, and runs to look at."""
    sums = totals(facts)
    if not sums:
        return Section("verdicts", "Verdicts", ())
    blocks: list[Block] = [_all_checks(sums)]
    broken = tuple(_broken_cells(facts))
    if broken:
        columns = (Column("cell"), Column("check"), *_COUNTS, Column("first of them"))
        blocks.append(Table("table-broken", "Where a check did not always hold", columns, broken))
    asked = tuple(f"{name}: {CHECKS[name].description}" for name in sums if name in CHECKS)
    blocks += [Fold("What each check asks", (Bullets(asked),))] if asked else []
    return Section("verdicts", "Verdicts", tuple(blocks))


_COUNTS: Final = (*(Column(found, True) for found in FOUND), Column("share violated", True))


def _all_checks(sums: Mapping[str, Mapping[str, int]]) -> Table:
    rows = tuple((Cell(name), *_counted(counts)) for name, counts in sums.items())
    note = (
        "Shares with Wilson's 95 % interval; where nothing was violated, the exact one-sided 95 % bound, which is "
        "about three over the number of runs in which it holds. All cells count together here, as if independent."
    )
    return Table("table-checks", "How often each check holds, over all cells", (Column("check"), *_COUNTS), rows, note)


def _counted(counts: Mapping[str, int]) -> Iterator[Cell]:
    tones: dict[str, Any] = {"holds": "good", "violated": "bad", "unknown": "unknown"}
    for found in FOUND:
        yield Cell(f"{counts[found]:,}", float(counts[found]), tones[found] if counts[found] else "")
    runs, violated = sum(counts[found] for found in FOUND), counts["violated"]
    share = share_of(violated, runs)
    if share is None or share.low is None or share.high is None:
        yield Cell("–")
    elif not violated:
        holds = counts["holds"]
        yield Cell(f"at most {shown_metric(upper_bound(0, holds), 'share')}" if holds else "unknown", 0.0)
    else:
        low, value, high = (shown_metric(each, "share") for each in (share.low, share.value, share.high))
        yield Cell(value, share.value, detail=f"{low.removesuffix(' %')} to {high.removesuffix(' %')}")


def _broken_cells(facts: StudyFacts) -> Iterator[tuple[Cell, ...]]:
    for number, answer in enumerate(facts.answers):
        for name, counts in answer["checks"].items():
            worst = "violated" if counts["violated"] else "unknown" if counts["unknown"] else None
            if worst is not None:
                frame = facts.view.frame
                rows = frame[(frame["cell"] == number) & (frame[f"check.{name}"] == worst)]
                command = Cell(first_command(rows), tone="command")
                yield Cell(facts.label(number) or "the only one"), Cell(name), *_counted(counts), command


def first_command(rows: pd.DataFrame) -> str:
    """Return the command that makes the first of some runs again, from the folder of the study."""
    first = rows.iloc[0]
    kept = first.get("command")
    return kept if isinstance(kept, str) else run_command(int(first["cell"]), int(first["seed"]))


def run_command(cell: int, seed: int) -> str:
    """Return the command that makes a run again, from the folder of the study."""
    return f"murmur run cells/cell-{cell:04}.yaml --seed {seed}"
