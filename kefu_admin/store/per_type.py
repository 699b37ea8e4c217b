"""What is worked out once per store and type: statements, converters, lists of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

T = TypeVar("T")


class PerType(Generic[T]):
    """Asked with a store and a type's id, makes the answer once; the store keeps it."""

    def __init__(self, make: Callable[[Store, str], T]) -> None:
        self._make = make

    def __call__(self, store: Store, type_id: str) -> T:
        known = store.worked_out.get(self)
        if known is None:
            known = store.worked_out.setdefault(self, {})
        found: T | None = known.get(type_id)
        if found is None:
            found = known[type_id] = self._make(store, type_id)
        return found
