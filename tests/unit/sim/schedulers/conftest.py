"""A processor with any scheduler, for tests."""

from collections.abc import Callable
from typing import Any

import pytest

from sim.hardware.processor import Processor
from sim.hardware.schedulers.registry import SCHEDULERS
from sim.kernel import Kernel
from sim.randomness import Stream, derive_seed

FREE = {"dispatch": 0, "attempt": 0, "steal": 0, "park": 0, "wake": 0, "hand_off": 0}


class Bench:
    """A processor, what its tasks did and when, and what it recorded."""

    def __init__(self, kind: str, *speeds: float, seed: int = 1, **options: Any) -> None:
        self.kernel = Kernel()
        self.processor = Processor(self.kernel, speeds or (1.0,))
        known = SCHEDULERS[kind]
        config = known.config.model_validate({"kind": kind, **options})
        stream = Stream(derive_seed(seed, "scheduling"))
        self.scheduler: Any = known.scheduler(self.processor, config, stream)
        self.processor.scheduler = self.scheduler
        self.done: list[tuple[int, Any]] = []
        self.records: list[tuple[int, str, dict[str, Any]]] = []
        self.processor.record = lambda kind, **fields: self.records.append((self.kernel.now, kind, fields))

    def submit(self, name: Any, work: int, priority: int = 0) -> None:
        """A task that notes when it is over."""
        self.processor.submit(self.note, name, work, priority)

    def note(self, name: Any) -> None:
        """Note that something is over."""
        self.done.append((self.kernel.now, name))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The fields of the records of a kind."""
        return [fields for _, each, fields in self.records if each == kind]


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Makes a bench: a kind of scheduler, speeds of cores, and the scheduler's options."""
    return Bench


@pytest.fixture
def free() -> dict[str, int]:
    """Costs of work stealing that are nothing."""
    return dict(FREE)
