"""Mistakes in a scenario or study, as lines for its author: where, what was found, what was expected, the remedy.

All mistakes of a file come in one InputError, a line each:

    gossip.yaml:4: topology.nodes: found 0; expected an integer of at least 1
    gossip.yaml:7: protocol.fanuot: unknown field 'fanuot'; did you mean 'fanout'?
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from scenarios.config_fields import search
from scenarios.document import Document, FieldPath, dotted
from scenarios.validation_messages import describe
from topologies.errors import InputError

MOST_LINES: Final = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the path of the field, and the message without its place."""

    path: FieldPath
    message: str

    def line(self, document: Document) -> str:
        """Return the mistake as a line with its place."""
        return ": ".join(filter(None, (document.place(self.path), dotted(self.path), self.message)))


class BlockError(ValueError):
    """The mistakes of one block of a file, with paths from that block on."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def report(problems: Iterable[Problem], document: Document) -> InputError:
    """Return the one error that lists all mistakes of a document, in the order of its lines."""
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: document.position(problem.path))
    lines = [problem.line(document) for problem in ordered[:MOST_LINES]]
    if len(ordered) > MOST_LINES:
        lines.append(f"{document.name}: and {len(ordered) - MOST_LINES} more")
    return InputError("\n".join(lines), ordered[0].path)


def problems_of(error: ValidationError | InputError | BlockError, model: type[BaseModel], data: Any) -> list[Problem]:
    """Return the mistakes in an error that validating `data` as `model` raised, with paths from `data` on."""
    if isinstance(error, InputError):
        field = f"{error.path[-1]}: " if error.path else ""  # some name the field in the message too
        return [Problem(error.path, error.message.removeprefix(field))]
    if isinstance(error, BlockError):
        return error.problems
    problems: list[Problem] = []
    for details in error.errors(include_url=False):
        where = search(model, data, details["loc"])
        cause = details.get("ctx", {}).get("error")
        if isinstance(cause, ValidationError | InputError | BlockError):
            inner = problems_of(cause, model, where.value)
            problems += [Problem((*where.path, *problem.path), problem.message) for problem in inner]
        else:
            problems.append(Problem(*describe(details, where)))
    return _merged(_deepest(problems))


def _deepest(problems: list[Problem]) -> list[Problem]:
    """Leave out that a list is too short where items of it are wrong: those are not counted, and told already."""
    within = {problem.path[:end] for problem in problems for end in range(len(problem.path))}
    return [problem for problem in problems if problem.path not in within or "expected at least" not in problem.message]


def _merged(problems: list[Problem]) -> list[Problem]:
    """Return one problem a field, of the several that the branches of a union of types complain of."""
    messages: dict[FieldPath, list[str]] = {}
    for problem in problems:
        messages.setdefault(problem.path, []).append(problem.message)
    return [Problem(path, _one_of(each)) for path, each in messages.items()]


def _one_of(messages: list[str]) -> str:
    """Return `found 3; expected text or a list` for messages that agree on what was found; otherwise all of them."""
    parts = [message.partition("; expected ") for message in dict.fromkeys(messages)]
    if len(parts) > 1 and all(expected for _, _, expected in parts):
        return f"{parts[0][0]}; expected {' or '.join(expected for _, _, expected in parts)}"
    return "; ".join(dict.fromkeys(messages))
