"""What a change tells of itself: history with true values, audit lines with masked or hashed ones,
events, search rows; and the kept values of other records that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.binding import Binding
from kefu_admin.store import audit, bin, history, outbox, search
from kefu_admin.store.bin import Binned
from kefu_admin.store.change import following
from kefu_admin.store.change.following import Recompute
from kefu_admin.store.change.told import tell
from kefu_admin.store.change.values import Draft, Kind
from kefu_admin.store.telling import Telling

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

_PAST = {
    Kind.CREATE.value: "created",
    Kind.UPDATE.value: "updated",
    Kind.REMOVE.value: "deleted",
    Kind.RESTORE.value: "restored",
}


class Book:
    """Collects what was written; `finish` writes it down, set-wise."""

    def __init__(self, store: Store, actor: Actor, *, now: datetime, operation: str) -> None:
        self._store = store
        self._actor = actor
        self._now = now
        self._operation = operation
        self._drafts: list[Draft] = []
        self._has_lines = True

    @property
    def waiting(self) -> int:
        """How many written records have not been told yet."""
        return len(self._drafts)

    def tell(self, draft: Draft) -> None:
        """A record has just been written."""
        self._drafts.append(draft)

    def unsay(self, waiting: int) -> None:
        """What was written since that many waited has been undone."""
        del self._drafts[waiting:]

    def told_by(self, chain: str) -> None:
        """From now on one line, the chain's only one, tells of all that is written: a batch.
        History still has an entry per record, and names the chain.

        Raises:
            LookupError: there is no such line in the book; nothing is written untold.
        """
        if not self._store.row('SELECT 1 FROM "kefu_audit" WHERE "chain" = ?', (chain,)):
            raise LookupError(chain)
        self._operation, self._has_lines = chain, False

    def finish(self, binding: Binding, recompute: Recompute) -> None:
        """Write down everything told so far, in the open transaction."""
        drafts, self._drafts = self._drafts, []
        if not drafts:
            return
        self._index(drafts)  # before `follow`, which takes the index from what is stored
        following.follow(self._store, drafts, binding=binding, recompute=recompute)
        told = tell(self._store, drafts, audited=self._has_lines)
        history.append(
            self._store, told, actor=self._actor, at=self._now, operation=self._operation
        )
        bin.put(self._store, [self._binned(draft) for draft in drafts if draft.kind is Kind.REMOVE])
        self._take_out([draft for draft in drafts if draft.kind is Kind.RESTORE])
        if self._has_lines:
            audit.append_told(
                self._store, told, actor=self._actor, at=self._now, operation=self._operation
            )
        outbox.append(self._store, [self._event(one) for one in told])

    def purged(self, type_id: str, record_ids: Sequence[int], reason: str) -> None:
        """Write down that records were erased for good, in the open transaction."""
        lines = [
            audit.Line(
                actor=self._actor,
                action="purge",
                at=self._now,
                type=type_id,
                record_id=record_id,
                reason=reason,
                operation=self._operation,
            )
            for record_id in record_ids
        ]
        audit.append(self._store, lines)

    def _take_out(self, restored: list[Draft]) -> None:
        """They are no longer in the bin."""
        by_type: dict[str, list[int]] = {}
        for draft in restored:
            by_type.setdefault(draft.type.id, []).append(draft.id)
        for type_id, ids in by_type.items():
            bin.take(self._store, type_id, ids)

    def _index(self, drafts: list[Draft]) -> None:
        """Bring the search index up to date where searched values changed."""
        records: dict[str, list[search.Indexed]] = {}
        searched = {
            type_id: {one.id for one in search.indexed(self._store, type_id)}
            for type_id in {draft.type.id for draft in drafts}
        }
        for draft in drafts:
            names = searched[draft.type.id]
            if names and not (draft.kind is Kind.UPDATE and names.isdisjoint(draft.changed)):
                after = None if draft.kind is Kind.REMOVE else draft.after
                one = search.Indexed(draft.id, draft.before, after)
                records.setdefault(draft.type.id, []).append(one)
        for type_id, some in records.items():
            search.change(self._store, type_id, some)

    def _binned(self, draft: Draft) -> Binned:
        was = draft.after
        owner_id = was[draft.type.owned_by] if draft.type.owned_by else None
        with_owner = draft.parent is not None and draft.parent.kind is Kind.REMOVE
        return Binned(
            type=draft.type.id,
            record_id=draft.id,
            version=draft.version + 1,
            owner_id=owner_id,  # type: ignore[arg-type]  # a reference's value
            with_owner=with_owner,
            at=self._now,
            actor_id=self._actor.user_id,
            actor=self._actor.login,
            created_at=was["created_at"],  # type: ignore[arg-type]  # system fields have one type
            created_by=was["created_by"],  # type: ignore[arg-type]
            updated_at=was["updated_at"],  # type: ignore[arg-type]
            updated_by=was["updated_by"],  # type: ignore[arg-type]
        )

    def _event(self, told: Telling) -> outbox.Event:
        return outbox.Event(
            f"{told.type}.{_PAST[told.action]}",
            told.type,
            told.record_id,
            told.version,
            self._now,
            self._actor.user_id,
            self._operation,
        )
