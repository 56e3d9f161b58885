"""The methods of a study in sentences that can be put into a paper, with the works that they cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.metrics import known_metric
from analysis.plots.sensitivity import MAIN_EFFECT, TOTAL
from analysis.report.blocks import Section
from analysis.report.facts import StudyFacts
from analysis.report.methods import faults_sentence, methods_section, simulator_sentence
from analysis.report.study_answer import Comparisons, levels
from analysis.report.study_dependence import Dependence
from analysis.report.study_verdicts import totals
from analysis.report.varied_methods import sentences_of_scenarios
from analysis.report.words import count, listed, metric_words
from analysis.shown_value import shown_metric

_DESIGNS: Final = {
    "latin-hypercube": "of a Latin hypercube",
    "sobol": "of a scrambled Sobol sequence",
    "halton": "of a scrambled Halton sequence",
    "random": "drawn uniformly at random",
    "sobol-indices": "of each matrix of a design for Sobol indices (Saltelli 2010)",
}
_JASA: Final = "Journal of the American Statistical Association"
REFERENCES: Final = {
    "Conover 1999": "Conover, W. J.: Practical Nonparametric Statistics. Wiley, 1999 (sections 3.2 and 3.4).",
    "Efron 1987": f"Efron, B.: Better Bootstrap Confidence Intervals. {_JASA} 82, 1987.",
    "Hesterberg 2015": "Hesterberg, T. C.: What teachers should know about the bootstrap. The American Statistician "
    "69, 2015.",
    "Kaplan and Meier 1958": "Kaplan, E. L. and Meier, P.: Nonparametric estimation from incomplete observations. "
    f"{_JASA} 53, 1958.",
    "Mann and Whitney 1947": "Mann, H. B. and Whitney, D. R.: On a test of whether one of two random variables is "
    "stochastically larger than the other. Annals of Mathematical Statistics 18, 1947.",
    "Wilson 1927": "Wilson, E. B.: Probable inference, the law of succession, and statistical inference. "
    f"{_JASA} 22, 1927.",
    "Clopper and Pearson 1934": "Clopper, C. J. and Pearson, E. S.: The use of confidence or fiducial limits "
    "illustrated in the case of the binomial. Biometrika 26, 1934.",
    "Kruskal and Wallis 1952": "Kruskal, W. H. and Wallis, W. A.: Use of ranks in one-criterion variance analysis. "
    f"{_JASA} 47, 1952.",
    "Iman and Conover 1979": "Iman, R. L. and Conover, W. J.: The use of the rank transform in regression. "
    "Technometrics 21, 1979.",
    "Saltelli 2010": "Saltelli, A. and others: Variance based sensitivity analysis of model output. "
    "Computer Physics Communications 181, 2010.",
    "Holm 1979": "Holm, S.: A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics 6, 1979.",
}


def methods_of_study(facts: StudyFacts, comparisons: Comparisons, dependence: Dependence) -> Section:
    """Return the methods of a study."""
    versions = {name: version for name, version in facts.versions.items() if name != "murmur"}
    sentences = [
        simulator_sentence(facts.versions.get("murmur", ""), versions),
        *_design(facts),
        *_scenario(facts),
        *_statistics(facts, comparisons),
        *_sensitivity(dependence),
    ]
    cited = [work for key, work in REFERENCES.items() if any(f"({key})" in sentence for sentence in sentences)]
    return methods_section(sentences, cited)


def _design(facts: StudyFacts) -> Iterator[str]:
    cells, runs = count(len(facts.cells), "cell"), len(facts.view.frame)
    told = []
    if facts.design is None:
        told = [f"{factor} ({listed(levels(facts, factor), 12)})" for factor in facts.view.varied()]
    yield f"The study has {cells}" + (f", which differ in {listed(told)}." if told else ".")
    if facts.design is not None:
        drawn = [f"{factor} ({words})" for factor, words in facts.design["factors"].items()]
        kind = _DESIGNS.get(facts.design["kind"], facts.design["kind"])
        yield f"They are {facts.design['points']:,} points {kind} over {listed(drawn, 20)}."
    each = sorted({answer["runs"] for answer in facts.answers})
    per_cell = f"{each[0]:,}" if len(each) == 1 else f"{each[0]:,} to {each[-1]:,}"
    chance = (
        "the n-th run of every cell had the same seed (common random numbers)"
        if facts.common
        else "each cell had seeds of its own"
    )
    lone = "" if len(facts.cells) == 1 else f", of which {chance}"
    yield f"Each was run under {per_cell} seeds derived from the root seed {facts.seed}{lone}: {runs:,} runs in all."
    if facts.stop is not None:
        yield _rule(facts.stop)


def _rule(stop: Mapping[str, Any]) -> str:
    """Return by what rule cells stopped."""
    metric = metric_words(stop["metric"]).lower()
    corrected = stop.get("correction", "all-looks") == "all-looks"
    looks = "allows for all planned looks (Bonferroni)" if corrected else "makes no allowance for looking repeatedly"
    interval = " of Student's t" if stop["statistic"] == "mean" else ""
    return (
        f"A cell was run until half the interval of the {stop['statistic']} of {metric} was at most "
        f"{shown_metric(stop['half_width'], 'share')} of it, for {stop['at_least']:,} to {stop['at_most']:,} seeds; "
        f"that interval{interval} {looks}."
    )


def _sensitivity(dependence: Dependence) -> Iterator[str]:
    kinds = {str(index) for frame in dependence.values() for index in frame["index"]}
    if TOTAL in kinds:
        yield "Sobol indices of first order and in total have bootstrap intervals (Saltelli 2010)."
    main = [frame for frame in dependence.values() if (frame["index"] == MAIN_EFFECT).any()]
    if any((frame["points"] > 0).any() for frame in main):
        yield (
            "Main effects of factors are those on ranks over points, each with the median of its runs: Spearman's "
            "correlation of numbers (Iman and Conover 1979), a test over groups of words (Kruskal and Wallis 1952)."
        )
    elif main:
        yield "Main effects of factors are those on ranks, with a test for any of them (Kruskal and Wallis 1952)."


def _scenario(facts: StudyFacts) -> Iterator[str]:
    """Yield what cells share, and what was varied."""
    yield from sentences_of_scenarios([scenario.plain for scenario in facts.cells])
    faults = {faults_sentence(scenario.faults) for scenario in facts.cells}
    yield faults.pop() if len(faults) == 1 else "The faults injected differ between cells, and are listed with them."


def _statistics(facts: StudyFacts, comparisons: Comparisons) -> Iterator[str]:
    metrics = facts.view.metrics
    if metrics:
        reported = listed([metric_words(metric).lower() for metric in metrics], 12)
        yield (
            f"Reported are {reported}: medians with distribution-free 95 % intervals between order statistics "
            "(Conover 1999), and means with bias-corrected and accelerated bootstrap intervals, 2,000 resamples "
            "(Efron 1987), expanded for few runs (Hesterberg 2015)."
        )
    never = _missing_times(facts)
    if never:
        yield (
            f"Runs in which {listed(never)} did not come count in medians as later than all others; cells are compared "
            "by such times cut at the first end of a run without one."
        )
        if any(answer.get("censored") for answer in facts.answers):
            yield (
                "Where a limit cut a run off before such a time came in another, the median is that of the curve of "
                "Kaplan and Meier (Kaplan and Meier 1958)."
            )
    yield from _differences(facts, comparisons)
    if totals(facts):
        yield (
            "Shares of runs that violate a check have Wilson's interval (Wilson 1927); where no run did, the exact "
            "one-sided bound is given (Clopper and Pearson 1934)."
        )


def _missing_times(facts: StudyFacts) -> list[str]:
    def missing(metric: str) -> bool:
        return any(_of(answer, metric)["missing"] for answer in facts.answers)

    metrics = facts.view.metrics
    return [metric_words(name).lower() for name in metrics if known_metric(name).may_never_come and missing(name)]


def _of(answer: Mapping[str, Any], metric: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = answer["metrics"][metric]
    return found


def _differences(facts: StudyFacts, comparisons: Comparisons) -> Iterator[str]:
    if not any(comparisons.values()):
        return
    test = (
        "run by run of the same seed, by the median of the differences with its interval between order statistics and "
        "the sign test (Conover 1999)"
        if facts.common
        else "by the difference of medians with an interval between percentiles of the bootstrap and the rank test "
        "(Mann and Whitney 1947)"
    )
    yield (
        f"Cells were compared with the first one, {facts.label(0)}, {test}; p values are corrected for the number "
        "of comparisons of a metric (Holm 1979), and differences with p below 0.05 are called beyond noise."
    )
