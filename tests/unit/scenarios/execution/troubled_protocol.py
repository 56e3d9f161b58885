"""A protocol of one node that does what its options ask for: goes well, raises, or takes its whole process with it."""

import os
import signal
from pathlib import Path

from sim.message import Message
from sim.protocol import Protocol, ProtocolConfig


class Troubled(Protocol):
    """Has one record of a number drawn; or does not come that far."""

    class Config(ProtocolConfig):
        """`fate`: well, raise, raise-at-random, leave, erratic, or kill its process.

        That last only where the file `once` is not there.
        """

        fate: str = "well"
        once: str = ""

    config: Config

    def on_start(self) -> None:
        """Meet the fate."""
        if self.config.fate == "raise":
            raise ValueError(f"found trouble at {self!r}")
        if self.config.fate == "leave":
            raise SystemExit(4)
        if self.config.fate == "kill" and not (self.config.once and Path(self.config.once).exists()):
            if self.config.once:
                Path(self.config.once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if self.config.fate == "erratic":
            self.node.record("process", number=os.getpid())
        print("drawn")
        self.node.record("drawn", number=self.node.random.below(1_000_000))
        if self.config.fate == "raise-at-random":
            self.node.set_timer("tell", 100_000_000)

    def on_timer(self, name: object) -> None:
        """Tell all neighbours something that may be trouble."""
        self.node.broadcast("trouble")
        self.node.set_timer("tell", 100_000_000)

    def on_message(self, message: Message) -> None:
        """Raise now and then."""
        if self.node.random.bernoulli(0.01):
            raise ValueError(f"found {message.payload}")
