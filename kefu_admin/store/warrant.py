"""What a writer must hold: who writes, with which rights, and the type's compiled checks.

`store.change` cannot be opened without a `Warrant`. The store imports nothing above it, so the
deciding functions come in as values: `behaviours.conditions.decide` and the compiled checks of
`behaviours.validation`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kefu_admin.actor import Actor
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Condition
from kefu_admin.problems import FieldError
from kefu_admin.registry import Guard
from kefu_admin.store.grants import Grants

Lookup = Callable[[str, int], Mapping[str, object] | None]
"""The canonical values of a referenced record by (type id, record id); None when there is none."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A record after the rules of its type: complete values (hidden fields cleared, computed values
    filled) and everything that is wrong with them."""

    values: Mapping[str, object]
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Reads:
    """What the rules of a type read of a stored record to settle a change of it: fields by their
    value, fields by whether they have one, and conditions."""

    values: frozenset[str]
    presence: frozenset[str]
    conditions: tuple[Condition, ...]


class Checks(Protocol):
    """The compiled rules of one type."""

    @property
    def guards(self) -> Sequence[Guard]:
        """What is asked of every change that is sound, before it is written."""

    def defaults(self, *, binding: Binding) -> Mapping[str, object]:
        """Canonical values of fields that have a default, for a new record."""

    def settle(
        self,
        before: Mapping[str, object] | None,
        after: Mapping[str, object],
        *,
        sent: Collection[str],
        binding: Binding,
        lookup: Lookup,
    ) -> Settled:
        """The record as it may be stored; `before` is None for a new record. Only the fields
        named in `sent` may differ between the two."""

    def reads(self, sent: Collection[str]) -> Reads:
        """What `settle` reads of a stored record when the fields in `sent` are written."""

    def recompute(
        self, values: Mapping[str, object], *, binding: Binding, lookup: Lookup
    ) -> Mapping[str, object]:
        """The computed fields of a record worked out afresh, without judging anything."""


class Decide(Protocol):
    """Whether a condition holds for a record of a type."""

    def __call__(
        self,
        condition: Condition,
        values: Mapping[str, object],
        *,
        type_id: str,
        binding: Binding,
        lookup: Lookup,
    ) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Warrant:
    """Everything a `Change` needs to know about the one who writes."""

    actor: Actor
    grants: Grants
    binding: Binding
    checks: Mapping[str, Checks]
    decide: Decide
