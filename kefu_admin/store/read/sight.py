"""Who looks, at which store, when: everything a read needs besides its question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.formula import Formula
from kefu_admin.store.grants import Grants
from kefu_admin.store.rules import Rules, compile_rules

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Evaluate = Callable[[Formula, Mapping[str, object], Binding], object]
"""Works out a formula that depends on now; the store imports no behaviour, so it is handed in."""


@dataclass(slots=True)
class Memo:
    """What one store has compiled so far. Keys hold the shape of the grants, never a person."""

    rules: dict[tuple[str, str], Rules | None] = field(default_factory=dict)
    shapes: dict[object, object] = field(default_factory=dict)
    texts: dict[object, object] = field(default_factory=dict)
    past_cap: dict[object, datetime] = field(default_factory=dict)
    """Until when a count is known to pass its cap."""


_MEMOS: WeakKeyDictionary[Store, Memo] = WeakKeyDictionary()
_MOST = 4096


@dataclass(frozen=True, slots=True)
class Sight:
    """One asker's view of one store."""

    store: Store
    grants: Grants
    binding: Binding
    evaluate: Evaluate | None = None

    @property
    def memo(self) -> Memo:
        """What this store has compiled so far; emptied when it grows beyond reason."""
        memo = _MEMOS.setdefault(self.store, Memo())
        for kept in (memo.rules, memo.shapes, memo.texts, memo.past_cap):
            if len(kept) > _MOST:
                kept.clear()
        return memo

    def rules(self, type_id: str) -> Rules | None:
        """The compiled rules of a type; None when it does not exist for the asker."""
        key = (self.grants.key, type_id)
        known = self.memo.rules
        if key not in known:
            known[key] = compile_rules(self.store.project, self.grants, type_id)
        return known[key]
