"""Options that several commands share, and the scenario that they lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from scenarios.document import Document
    from scenarios.schema import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])

DETAILS = ("summary", "states", "messages", "all")


def scenario_options(command: Command) -> Command:
    """Add what changes a scenario: --seed, --set, --plugin."""
    for option in (plugin_option, set_option, seed_option):
        command = option(command)
    return command


seed_option = click.option("--seed", metavar="SEED", help="Root of all chance: an integer, or the hash of a commit.")
set_option = click.option(
    "--set",
    "overrides",
    metavar="PATH=VALUE",
    multiple=True,
    help="Change a field, such as topology.nodes=64 or faults[0].at=3s; can be repeated.",
)
plugin_option = click.option(
    "--plugin",
    "plugins",
    metavar="MODULE",
    multiple=True,
    help="Allow protocols and strategies of this Python module, as package.module:Class; can be repeated.",
)


costs_option = click.option(
    "--costs", metavar="FILE", help="Take what operations of threads cost from a file of `murmur calibrate`."
)


@dataclass(frozen=True)
class Source:
    """A scenario, with what its file and flags said, for messages."""

    scenario: Scenario
    document: Document
    plugins: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    """All flags that changed it, those of a file of costs first."""

    @contextmanager
    def errors_placed(self) -> Iterator[None]:
        """Give an InputError about a field of the scenario the file and line where that field was said."""
        from scenarios.problems import Problem, report
        from topologies.errors import InputError

        try:
            yield
        except InputError as error:
            if not error.path:
                raise
            raise report([Problem(error.path, error.message)], self.document) from None


def read_source(
    name: str,
    seed: str | None,
    overrides: Sequence[str],
    plugins: Sequence[str],
    detail: str | None = None,
    costs: str | None = None,
) -> Source:
    """Return the scenario of a name or file with all flags applied; raises InputError with all mistakes in it."""
    from dataclasses import replace

    from scenarios.library import read
    from scenarios.overrides import apply_overrides
    from scenarios.schema import scenario_of

    document = read(name)
    if costs is not None:
        from scenarios.calibration.cost_file import cost_flags

        overrides = (*cost_flags(apply_overrides(document, overrides), costs), *overrides)
    document = apply_overrides(document, overrides)
    for field, value in (("seed", seed), ("detail", detail)):
        if value is not None:
            data = {**document.data, field: int(value) if value.isdecimal() and len(value) < 40 else value}
            document = replace(document, data=data, flags={**document.flags, (field,): f"--{field} {value[:80]}"})
    return Source(scenario_of(document, plugins), document, tuple(plugins), tuple(overrides))


def scenario_words(name: str, seed: int | None, overrides: Sequence[str], plugins: Sequence[str]) -> list[str]:
    """Return the words of a command line that name a scenario, with all that changes it; without a seed, its own."""
    words = [name] if seed is None else [name, "--seed", str(seed)]
    for override in overrides:
        words += ["--set", override]
    for plugin in plugins:
        words += ["--plugin", plugin]
    return words


def reproduction(name: str, seed: int | None, overrides: Sequence[str], plugins: Sequence[str]) -> str:
    """Return the command that runs exactly this again."""
    from shlex import join

    return join(["murmur", "run", *scenario_words(name, seed, overrides, plugins)])
