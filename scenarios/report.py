"""Writes reports on runs and studies that are on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.names import unknown_name
from scenarios.plugins import import_plugin
from scenarios.replay import folder_of, scenario_in
from scenarios.run import Run
from scenarios.study.result import Study, is_study
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.report.blocks import Report
    from analysis.report.facts import FaultFacts, RunFacts, ScenarioFacts
    from analysis.report.write import Format
    from analysis.run_folder import RunFolder
    from scenarios.schema import Scenario

Watch = Callable[[str], None]
"""Is told what is drawn next."""
NAME: Final = "report"


def report(
    run_or_study: Run | Study | str | Path,
    out: str | Path | None = None,
    *,
    format: Format = "html",  # noqa: A002  the name that plots give it too
    metrics: Sequence[str] = (),
    plots: Sequence[str] = (),
    title: str | None = None,
    plugins: Collection[str] = (),
    watch: Watch = lambda name: None,
) -> Path:
    """Write a report on a run or a study, and return its path.

    Parameters: `run_or_study`, its folder, or what `run` or `study` gave with a folder; `out`, the file, by default
    `report.html` in that folder; `format`, one HTML page that needs no network and no other file, or Markdown with its
    pictures in a folder beside it, or the tables as LaTeX; `metrics`, those of a study that are reported, all that it
    names by default; `plots`, the kinds that are drawn, all that suit by default; `title`, instead of the name;
    `plugins`, modules of protocols of one's own that ran; `watch`, told of each figure before it is drawn.

    Equal runs and studies give equal bytes. Raises InputError where there is nothing to report on, or an option does
    not fit.
    """
    from analysis.manifest import murmur_version
    from analysis.report.write import ENDINGS, write_report

    if format not in ENDINGS:
        raise InputError(f"format: {unknown_name(format, ENDINGS)}")
    for module in plugins:
        import_plugin(module)
    folder, told = _told(run_or_study, tuple(metrics), tuple(plots), title, plugins, watch)
    if out is None:
        if folder is None:
            raise InputError("found a study that was not kept on disk; name the file of the report by out")
        out = folder / f"{NAME}{ENDINGS[format]}"
    return write_report(told, Path(out), format, murmur_version())


def _told(
    source: Run | Study | str | Path,
    metrics: Sequence[str],
    plots: Sequence[str],
    title: str | None,
    plugins: Collection[str],
    watch: Watch,
) -> tuple[Path | None, Report]:
    """Return where the run or study is, and the report on it."""
    if isinstance(source, Study) or (not isinstance(source, Run) and is_study(Path(source))):
        raise InputError("reports on studies are still to come")
    from analysis.report.run_report import report_on_run
    from analysis.run_folder import open_run

    if metrics:
        raise InputError("found metrics, which are for reports on studies; one on a run has all of them")
    run = open_run(folder_of(source))
    refuse_unknown_plots(plots, "run")
    return run.path, report_on_run(_facts_of_run(run, plugins), title, plots, watch)


def refuse_unknown_plots(plots: Sequence[str], what: str) -> None:
    """Raise InputError where a plot is none, or one for runs is asked of a study, or the other way round."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS

    fitting, other = (PLOTS, STUDY_PLOTS) if what == "run" else (STUDY_PLOTS, PLOTS)
    for name in plots:
        if name in other and name not in fitting:
            raise InputError(f"found the plot {name}, which does not draw a {what}; see murmur list plots")
        if name not in fitting:
            raise InputError(unknown_name(name, fitting))


def _facts_of_run(run: RunFolder, plugins: Collection[str]) -> RunFacts:
    from analysis.report.facts import RunFacts

    summary = run.summary
    try:
        topology = run.topology()
    except InputError:
        topology = None
    try:
        scenario = scenario_in(run, plugins)
    except InputError:  # a protocol of the user's own that was not named, or of another version
        return RunFacts(run, summary, _plain_facts(run.manifest.scenario, summary["faults"], topology))
    return RunFacts(run, summary, _scenario_facts(scenario, summary["faults"], topology))


def _scenario_facts(scenario: Scenario, tallies: Sequence[dict[str, Any]], topology: Any) -> ScenarioFacts:
    from analysis.report.facts import ScenarioFacts
    from scenarios.yaml_writer import scenario_text

    return ScenarioFacts(scenario.canonical(), scenario_text(scenario), fault_facts(scenario, tallies), topology)


def fault_facts(scenario: Scenario, tallies: Sequence[dict[str, Any]] = ()) -> tuple[FaultFacts, ...]:
    """Return each fault of a scenario in words, with what it came to in a run; of a plan still to be drawn, itself."""
    from analysis.report.facts import FaultFacts
    from scenarios.command_line.fault_lines import came_to
    from scenarios.yaml_writer import one_line, set_fields

    if not isinstance(scenario.faults, tuple):
        return (FaultFacts("random plan", scenario.faults.kind, one_line(set_fields(scenario.faults))),)
    told = [came_to(*pair) for pair in zip(scenario.fault_list, tallies, strict=True)] if tallies else []
    ids = [str(tally["id"]) for tally in tallies] or [fault.name or fault.kind for fault in scenario.fault_list]
    return tuple(
        FaultFacts(name, fault.kind, fault.description, told[place] if told else "")
        for place, (name, fault) in enumerate(zip(ids, scenario.fault_list, strict=True))
    )


def _plain_facts(scenario: dict[str, Any], tallies: Sequence[dict[str, Any]], topology: Any) -> ScenarioFacts:
    """Return a scenario that cannot be read here, as its manifest holds it."""
    import yaml

    from analysis.report.facts import FaultFacts, ScenarioFacts

    text = yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True, width=110)
    faults = tuple(
        FaultFacts(str(each["id"]), str(each["fault"]), f"struck {each['strikes']} times") for each in tallies
    )
    return ScenarioFacts(scenario, text, faults, topology)
