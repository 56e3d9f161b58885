"""A client's session, and the operations of it that have no answer yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.randomness import Stream
    from sim.workloads.administration import Action
    from sim.workloads.request import ChangeRequest, ClientRequest, TransferRequest


class Session:
    """One client: `server` is whom it asks next, `outstanding` its operations without an answer by their number.

    `number` is what servers know it by, another one where they have forgotten it and its session has begun anew.
    `place` is the server beside which it lives, None: anywhere. `processes` are numbers of processes that have nothing
    outstanding. `seen` is what it last saw of each key. It draws what it asks from the stream `operations`, and
    servers, delays and waits from `way`: its k-th operation is the same however often others were tried again.
    """

    __slots__ = ("number", "operations", "outstanding", "place", "processes", "seen", "sequence", "server", "way")

    def __init__(self, number: int, place: int | None, server: int, operations: Stream, way: Stream) -> None:
        self.number = number
        self.place = place
        self.server = server
        self.operations = operations
        self.way = way
        self.sequence = 0
        self.outstanding: dict[int, Outstanding] = {}
        self.processes: list[int] = []
        self.seen: dict[str, Any] = {}


class Outstanding:
    """An operation of a session without an answer, from `began` on and given up at `deadline`.

    `attempts` counts those made, `server` has the one under way, None: it was turned away; `followed` counts the
    redirects that were followed without a rest. `maybe`: an attempt may have been, or may yet be, carried out.
    `action`: what an administrator wants, None for the operations of clients.
    """

    __slots__ = (
        "action",
        "attempts",
        "began",
        "deadline",
        "followed",
        "maybe",
        "process",
        "request",
        "server",
        "session",
    )

    def __init__(
        self,
        session: Session,
        request: ClientRequest | ChangeRequest | TransferRequest,
        began: int,
        deadline: int,
        process: int = -1,
        action: Action | None = None,
    ) -> None:
        self.session = session
        self.request: Any = request
        self.began = began
        self.deadline = deadline
        self.process = process
        self.action = action
        self.attempts = 0
        self.server: int | None = None
        self.followed = 0
        self.maybe = False

    @property
    def waits(self) -> bool:
        """Whether it has no answer yet."""
        return self.request.sequence in self.session.outstanding
