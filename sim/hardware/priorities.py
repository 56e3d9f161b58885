"""Priorities of what a node handles, for schedulers that look at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sim.hardware.task import Task

Priority = Annotated[int, Field(ge=-1_000, le=1_000)]


class Priorities(BaseModel):
    """How urgent what a node handles is: smaller first. Actors and threads that are not named have priority 0."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    message: Priority = Field(default=0, description="each message that arrives; smaller goes first")
    timer: Priority = Field(default=0, description="each timer that is due")
    request: Priority = Field(default=0, description="each request of the workload")
    by_message: Mapping[str, Priority] = Field(
        default={}, description="messages of these kinds instead, such as AppendEntries: -1"
    )
    by_name: Mapping[str, Priority] = Field(
        default={}, description="actors and threads of these names, such as risk-manager: -1"
    )

    def chooser(self) -> Callable[[Task], int]:
        """A function that gives the priority of a task when it comes."""
        of_sort = {"message": self.message, "timer": self.timer, "request": self.request}
        of_message, of_name = dict(self.by_message), dict(self.by_name)

        def priority(task: Task) -> int:
            if task.sort == "message" and of_message:
                return of_message.get(task.name, self.message)
            if task.sort in of_sort:
                return of_sort[task.sort]
            return of_name.get(task.name, 0)

        return priority
