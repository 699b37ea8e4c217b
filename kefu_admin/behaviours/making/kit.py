"""What makers of invented values draw from, and how their instructions are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random


class BadInstruction(Exception):
    """An instruction no maker knows, or a pool that is missing; `args[0]` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What makers draw from: word pools, region codes, people (id, department id) and who of them
    holds a role, ids already made per type, choice ids per field, the day the data is as of."""

    pools: Mapping[str, Sequence[str]]
    regions: Sequence[str]
    people: Sequence[tuple[int, int | None]]
    today: date
    holders: Mapping[str, Sequence[tuple[int, int | None]]] = field(default_factory=dict)
    ids: Mapping[str, Sequence[int]] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def pool(self, name: str) -> Sequence[str]:
        """The words of a pool."""
        if not self.pools.get(name):
            raise BadInstruction(f"pools.{name}")
        return self.pools[name]


Made = Mapping[str, object]
Make = Callable[[Random, Made, int], object]  # of the row's chance, what it has so far, its index
Maker = Callable[[object, Kit, str], Make]  # of the instruction's options, the kit, the field


def options_of(value: object) -> Mapping[str, object]:
    """The options of an instruction.

    Raises:
        BadInstruction: it has none.
    """
    if not isinstance(value, Mapping):
        raise BadInstruction(str(value))
    return value


def whole(options: Mapping[str, object], name: str, default: int = 0) -> int:
    """A whole number among the options."""
    return int(str(options.get(name, default)))
