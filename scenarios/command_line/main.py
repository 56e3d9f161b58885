"""The command `murmur` as a whole: its commands, and how each ends in one message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from scenarios.command_line.calibrate import calibrate
from scenarios.command_line.check import check
from scenarios.command_line.claims import claims
from scenarios.command_line.compare import compare
from scenarios.command_line.diff import diff
from scenarios.command_line.doctor import doctor
from scenarios.command_line.explain import explain
from scenarios.command_line.export import export
from scenarios.command_line.hunt import hunt
from scenarios.command_line.listing import list_names
from scenarios.command_line.plot import plot
from scenarios.command_line.query import query
from scenarios.command_line.replay import replay
from scenarios.command_line.report import report
from scenarios.command_line.run import run
from scenarios.command_line.schema import schema
from scenarios.command_line.show import show
from scenarios.command_line.shrink import shrink
from scenarios.command_line.study import study
from topologies.errors import InputError

WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""As shells count them: 128 and the number of the signal."""
COMPLETION: Final = "_MURMUR_COMPLETE"
"""Set by a shell that asks click how a command line goes on."""


class Commands(click.Group):
    """The commands in the order in which they were added; an unknown one gets the nearest name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.commands, n=1)
            remedy = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(self.commands)}"
            raise click.UsageError(f"found no command called {args[0][:80]!r}; {remedy}", ctx)
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"murmur {version('murmur-sim')}")
        except PackageNotFoundError:
            click.echo("murmur, not installed (run from its source)")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def murmur() -> None:
    """Simulate coordination protocols under faults, to the bit.

    Exit codes: 0 all checks hold, 1 one is violated (or two runs differ), 2 the input is wrong, 3 a check is unknown.
    """


_COMMANDS: Final = (
    *(run, replay, diff, study, compare, claims, hunt, shrink, explain),
    *(plot, report, query, export, list_names, show, check, schema, calibrate, doctor),
)
for command in _COMMANDS:
    murmur.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, those of the process by default, and return its exit code."""
    try:
        code = murmur.main(args=arguments, prog_name="murmur", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        return fail(str(error))
    except click.ClickException as error:
        return fail(_with_help(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("murmur: interrupted", err=True)
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click leaves by SystemExit where a pipe is broken, and after completion
        if COMPLETION in os.environ:
            raise
        # What reads the output has gone; Python would complain of it once more on leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        return fail(f"the system refused to go on ({error}); look at the disk, the folder and its permissions")
    return code if isinstance(code, int) else 0


def fail(message: str) -> int:
    """Print one message on standard error, and return the exit code for wrong input."""
    lines = message.splitlines()
    if len(lines) > 1:
        lines = [f"{len(lines)} mistakes:", *(f"  {line}" for line in lines)]
    click.echo("murmur: error: " + "\n".join(lines), err=True)
    return WRONG_INPUT


def _with_help(error: click.ClickException) -> str:
    """Return the message of a wrong use of the command, with how to learn the right one."""
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        message = f"{message.rstrip('.')}; try '{error.ctx.command_path} --help'"
    return message
