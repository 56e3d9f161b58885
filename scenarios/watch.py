"""What is watched of a run while it goes on: measurements for its metrics, checks, and time series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from analysis.checks import Checks
    from analysis.fault_tally import FaultTally
    from analysis.manifest import RunVerdict
    from analysis.measurements import Measurements
    from analysis.metric import Value
    from analysis.probes import Probes
    from analysis.samples_file import Sample
    from scenarios.schema import Scenario
    from sim.simulation import Simulation


@dataclass
class Watch:
    """All that looks on at one run; `metrics`, `verdicts` and `samples` are there once it is finished."""

    measurements: Measurements
    checks: Checks
    probes: Probes | None
    faults: FaultTally
    metrics: dict[str, Value] = field(default_factory=dict)
    verdicts: tuple[RunVerdict, ...] = ()
    samples: list[Sample] = field(default_factory=list)

    @classmethod
    def attach(cls, simulation: Simulation, scenario: Scenario) -> Self:
        """Watch a simulation that is about to run; the sink of its recorder has to be set before.

        Raises InputError for a check that is none, or that has no meaning for the protocol.
        """
        from analysis.checks import Checks
        from analysis.fault_tally import FaultTally
        from analysis.measurements import Measurements
        from analysis.probes import Probes

        measurements = Measurements.attach(simulation)
        checks = Checks.attach(names_of_checks(scenario), simulation)
        faults = FaultTally()
        simulation.recorder.observe(faults.kinds, faults.observe)
        if scenario.samples is None:
            return cls(measurements, checks, None, faults)
        probes = Probes(simulation, scenario.samples.every, scenario.duration, measurements.tracker)
        return cls(measurements, checks, probes, faults)

    def finish(self, simulation: Simulation, ended_by: str) -> None:
        """Take in what the simulation has come to, at its end."""
        from analysis.client_samples import client_samples
        from analysis.metrics import metrics_of
        from analysis.probes import node_samples

        self.metrics = metrics_of(self.measurements.ended(simulation))
        series: list[Sample] = []
        if self.probes is not None:
            series = self.probes.finish(simulation) + client_samples(self.measurements, self.probes.every)
        self.samples = series + node_samples(self.measurements)
        self.verdicts = self.checks.ended(simulation, ended_by)


def names_of_checks(scenario: Scenario) -> tuple[str, ...]:
    """Return the checks of a scenario: those that it names, and that its liveness phase is kept in some way."""
    if scenario.liveness is None or {"liveness", "progress"} & {*scenario.checks}:
        return scenario.checks
    return (*scenario.checks, "liveness")
