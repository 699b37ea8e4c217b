"""Deleting: owned rows go along, referrers forbid it.

The row leaves its table for the bin (`store.bin`); history keeps what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Forbidden, NotFound, Referrer, StillReferenced
from kefu_admin.store.change.statements import marks
from kefu_admin.store.change.values import Draft, Kind, Record, walk
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import link_table

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

LABELS_SHOWN = 20  # referrers looked at per referring field


def drafts(
    change: Change,
    content_type: ContentType,
    records: Sequence[Record],
    *,
    parent: Draft | None = None,
    with_owner: bool = False,
) -> list[Draft]:
    """Drafts of records to delete, with everything they own.

    Args:
        with_owner: they go because their owner goes; that right has been checked.

    Raises:
        NotFound: one of them may not be seen.
        Forbidden: one of them may not be deleted.
    """
    made = []
    for record in records:
        held = change.access.held(content_type.id, Action.DELETE, record.values)
        if not with_owner and Action.READ not in held.actions:
            raise NotFound
        if not with_owner and Action.DELETE not in held.actions:
            raise Forbidden
        made.append(
            Draft(
                type=content_type,
                kind=Kind.REMOVE,
                id=record.id,
                version=record.version,
                before=record.values,
                after=record.values,
                held=held,
                changed=frozenset(content_type.fields),
                parent=parent,
            )
        )
    by_id = {draft.id: draft for draft in made}
    for owned in owned_types(change.store.project, content_type.id) if made else ():
        rows = change.reader.load_by(owned.id, owned.owned_by, list(by_id), lock=True)
        for record in rows.values():
            owner = record.values[owned.owned_by]
            assert isinstance(owner, int)
            by_id[owner].children += drafts(
                change, owned, [record], parent=by_id[owner], with_owner=True
            )
    return made


def refuse_referred(change: Change, drafts: list[Draft]) -> None:
    """Refuse when any other record refers to one that the drafts delete, owned rows included.

    Raises:
        StillReferenced: names those the actor may see; of the others only that they exist.
    """
    gone: dict[str, set[int]] = {}
    edited: dict[tuple[str, int], Draft] = {}
    for draft in walk(drafts):
        if draft.kind is Kind.REMOVE:
            gone.setdefault(draft.type.id, set()).add(draft.id)
        elif draft.kind is Kind.UPDATE:
            edited[draft.type.id, draft.id] = draft
    visible: dict[tuple[str, int], Referrer] = {}
    hidden = False
    for target, ids in gone.items():
        for content_type, field in referring(change.store.project, target):
            limit = len(gone.get(content_type.id, ())) + LABELS_SHOWN
            found = referrers(change, content_type, field, sorted(ids), limit)
            others = [
                i
                for i in found
                if i not in gone.get(content_type.id, ())
                and not _lets_go(edited.get((content_type.id, i)), field, ids)
            ]
            records = change.reader.load(content_type.id, others)
            for record in records.values():
                label = _label(change, content_type, record)
                if label is None:
                    hidden = True
                else:
                    key = (content_type.id, record.id)
                    visible.setdefault(key, Referrer(*key, label))
    if visible or hidden:
        raise StillReferenced(visible=tuple(visible.values()), hidden=hidden)


def owned_types(project: Project, type_id: str) -> Iterator[ContentType]:
    """The types whose rows a record of the type may own."""
    for content_type in project.types.values():
        if content_type.owned_by and content_type.fields[content_type.owned_by].to == type_id:
            yield content_type


def referring(project: Project, type_id: str) -> Iterator[tuple[ContentType, Field]]:
    """Every field of any type that may point at the type, but for an owned type's owner."""
    for content_type in project.types.values():
        for field in content_type.fields.values():
            if field.system or field.id == content_type.owned_by:
                continue
            links = storage(field) in (Storage.LINK, Storage.LINKS)
            if links and field.rollup is None and target_type(field.type, field.to) == type_id:
                yield content_type, field


def referrers(
    change: Change, content_type: ContentType, field: Field, ids: Sequence[int], limit: int
) -> list[int]:
    """Records whose field leads to one of some records, at most so many per thousand of these."""
    if storage(field) is Storage.LINKS:
        table, column, wanted = link_table(content_type.id, field.id), "target_id", "record_id"
    else:
        table, column, wanted = content_type.id, field.id, "id"
    found: list[int] = []
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        rows = change.store.rows(
            f"SELECT {quoted(wanted)} FROM {quoted(table)}"
            f" WHERE {quoted(column)} IN ({marks(len(part))}) ORDER BY {quoted(wanted)} LIMIT ?",
            (*part, limit),
        )
        found += [int(row[0]) for row in rows]
    return found


def _lets_go(draft: Draft | None, field: Field, ids: set[int]) -> bool:
    """Whether the same change takes the reference away."""
    if draft is None:
        return False
    value = draft.after[field.id]
    return ids.isdisjoint(value if isinstance(value, tuple) else (value,))


def _label(change: Change, content_type: ContentType, record: Record) -> str | None:
    """How the referrer is called to this actor; None when he may not see it."""
    held = change.access.held(content_type.id, Action.READ, record.values)
    if Action.READ not in held.actions:
        return None
    kind = content_type.label.text(change.warrant.actor.locale)
    if content_type.title not in held.see:
        return kind
    return f"{kind} {record.values[content_type.title]}"
