"""Roles: what a node is at a moment (leader, infective), as its protocol's records name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field


@dataclass(frozen=True, slots=True)
class Roles:
    """How a protocol's records tell the role of a node.

    `initial` is the role of a node that has recorded nothing since it started; `becomes` maps a kind of record to the
    role that it gives its node. Where `record` is set, records of that kind name the role in their field `field`, and
    `names` lists the roles that it can name. `after_crash` maps roles to those that they become in a crash; all others
    become the initial one.
    """

    initial: str
    becomes: Mapping[str, str] = dataclass_field(default_factory=dict)
    record: str | None = None
    field: str = "role"
    names: tuple[str, ...] = ()
    after_crash: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def known(self) -> tuple[str, ...]:
        """Every role that there is, each once, the initial one first."""
        return tuple(dict.fromkeys((self.initial, *self.becomes.values(), *self.names)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of records that tell of roles."""
        return (*self.becomes, *((self.record,) if self.record else ()))
