"""Asks the guards a type names: extensions that may refuse a change which is otherwise sound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kefu_admin.registry import Proposed
from kefu_admin.store.change.values import Draft, Kind

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def ask(change: Change, drafts: Iterable[Draft]) -> None:
    """Note in the drafts what guards refuse; those with a fault already, or without anything to
    write, are not asked about."""
    for draft in drafts:
        guards = change.checks(draft.type.id).guards
        if not guards or draft.errors or draft.forbidden or not draft.writes:
            continue
        proposed = _proposed(change, draft)
        for guard in guards:
            reason = guard(proposed)
            if reason is not None:
                zh, en = reason
                draft.refuse("", "check_failed", message_zh=zh, message_en=en)


def _proposed(change: Change, draft: Draft) -> Proposed:
    return Proposed(
        type=draft.type.id,
        id=draft.id if draft.id > 0 else None,
        before=None if draft.kind.brings else draft.before,
        after=None if draft.kind is Kind.REMOVE else draft.after,
        user_id=change.warrant.actor.user_id,
        now=change.now,
    )
