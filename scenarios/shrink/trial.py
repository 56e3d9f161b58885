"""One run of a smaller scenario, to see whether it still shows what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenarios.document import Document
from topologies.errors import InputError

if TYPE_CHECKING:
    from scenarios.schema import Scenario
    from scenarios.shrink.plain_data import Data
    from scenarios.shrink.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Setting:
    """What all trials have in common: what is wanted, and the modules whose protocols may run."""

    wanted: Wanted
    plugins: tuple[str, ...] = ()

    def scenario(self, data: Data) -> Scenario:
        """Return the scenario in plain data; raises InputError where it is none."""
        from scenarios.schema import scenario_of

        return scenario_of(Document("scenario", data), self.plugins)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one run: whether it shows what is wanted, and the tally of each fault, in the order of the list.

    There is no tally of a run that ended in an error.
    """

    shows: bool
    faults: tuple[dict[str, Any], ...] = ()


FAILED = Trial(False)


def try_out(setting: Setting, data: Data) -> Trial:
    """Run a scenario in memory; one that ends in an error shows nothing but that error."""
    from scenarios.run import run_loaded
    from scenarios.shrink.wanted import SameError
    from sim.protocol import ProtocolError

    try:
        run = run_loaded(setting.scenario(data), None)
    except ProtocolError as error:
        return Trial(SameError.of(error) == setting.wanted)
    except InputError:
        return FAILED
    return Trial(setting.wanted.shown_by(run), tuple(run.faults))
