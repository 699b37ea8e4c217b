"""What trying every row of a table found: how many are carried, and which stand in the way, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kefu_admin.definitions.fields import BadValue

_SHOWN_VALUES = 8
_SHOWN_IDS = 5
_MOST_REASONS = 10_000  # told apart by value; beyond them by the sentence alone


@dataclass(slots=True)
class Reason:
    """Rows that cannot be carried for one reason: the value (none where it is personal), the code
    of the sentence that says why, how many rows, and the first of their ids."""

    value: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    count: int = 0
    ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What counting found: rows with a value, those that will read otherwise, and the refused."""

    filled: int = 0
    changed: int = 0
    refused: int = 0
    examples: list[Reason] = field(default_factory=list)


def note(reasons: dict[tuple[str, str], Reason], shown: str, why: BadValue, id: int) -> None:
    """Counts one row that cannot be carried."""
    key = (shown, why.code) if len(reasons) < _MOST_REASONS else ("", why.code)
    example = reasons.setdefault(key, Reason(key[0], why.code, why.facts))
    example.count += 1
    if len(example.ids) < _SHOWN_IDS:
        example.ids.append(id)


def shown(reasons: Mapping[tuple[str, str], Reason]) -> list[Reason]:
    """The commonest, for who has to mend them."""
    return sorted(reasons.values(), key=lambda each: -each.count)[:_SHOWN_VALUES]
