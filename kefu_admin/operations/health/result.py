"""What a check finds, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How it stands: in order; wants attention soon; wants somebody now."""

    OK = "ok"
    ATTENTION = "attention"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: `code` picks it, `facts` fill it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: `name` (its label is the sentence `health_<name>`), its state, what was
    found, and what to do where it is not in order."""

    name: str
    state: State
    found: tuple[Said, ...]
    mend: Said | None = None


def good(name: str, code: str, /, **facts: object) -> Check:
    """In order."""
    return Check(name=name, state=State.OK, found=(Said(code, facts),))


def troubled(name: str, state: State, mend: str, found: str, /, **facts: object) -> Check:
    """Not in order, and what to do."""
    return Check(name=name, state=state, found=(Said(found, facts),), mend=Said(mend, facts))


def worst(checks: Iterable[Check]) -> State:
    """The state of all together."""
    order = list(State)
    return max((check.state for check in checks), key=order.index, default=State.OK)
