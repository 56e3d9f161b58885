"""What each fault of a run did: whether it fired, on whom, what it touched, when it was over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.records import Record


class FaultTally:
    """Collects the `fault` records of a run, one entry for each fault, in the order in which they were armed."""

    kinds = ("fault",)

    def __init__(self) -> None:
        self._first: dict[str, dict[str, Any]] = {}
        self._last_end: dict[str, int] = {}
        self._targets: dict[str, Any] = {}
        self._totals: list[dict[str, Any]] = []

    def observe(self, record: Record) -> None:
        """Take a record of a fault."""
        fields = record.fields
        name = str(fields["id"])
        if fields["phase"] == "total":
            self._totals.append(fields)
        elif fields["phase"] == "end" and name in self._first:
            self._last_end[name] = record.time
        else:
            self._first.setdefault(name, {"at_ns": record.time})
            self._targets[name] = fields["targets"]

    def told(self) -> list[dict[str, Any]]:
        """Return what each fault did; empty before the end of the run.

        `off`: its options ask for nothing; `strikes` 0: it never fired; `touched` 0: it touched no message, write or
        handler; `first_ns` and `last_healed_ns` None: never; `targets` are those of its last strike.
        """
        return [
            {
                "id": fields["id"],
                "fault": fields["fault"],
                "off": fields.get("off", False),
                "strikes": fields["strike"],
                "healed": fields["healed"],
                "still_on": fields["on"],
                "passed_over": fields["passed_over"],
                "effect": fields["effect"],
                "touched": fields["touched"],
                "first_ns": self._first.get(fields["id"], {}).get("at_ns"),
                "last_healed_ns": self._last_end.get(fields["id"]),
                "targets": self._targets.get(fields["id"], ()),
            }
            for fields in self._totals
        ]


def did_nothing(fault: str, touched: int, effect: int) -> bool:
    """Whether a fault of this kind, with these sums over a run, left everything as it was.

    What ends other faults touches no message by itself; it did something where it changed a node or ended a fault.
    """
    from faults.registry import FAULTS

    ends = fault in FAULTS and FAULTS[fault].config.phase == "end"
    return touched == 0 and not (ends and effect > 0)
