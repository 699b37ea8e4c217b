"""What is worked out once per store and type: statements, converters, lists of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

T = TypeVar("T")


class PerType(Generic[T]):
    """Asked with a store and a type's id, makes the answer once; forgotten with the store.

    What is made must not hold the store, or it would keep it for ever.
    """

    def __init__(self, make: Callable[[Store, str], T]) -> None:
        self._make = make
        self._known: WeakKeyDictionary[Store, dict[str, T]] = WeakKeyDictionary()

    def __call__(self, store: Store, type_id: str) -> T:
        known = self._known.get(store)
        if known is None:
            known = self._known.setdefault(store, {})
        found = known.get(type_id)
        if found is None:
            found = known[type_id] = self._make(store, type_id)
        return found
