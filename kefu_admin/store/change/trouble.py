"""What the database refused, told as a refusal a person understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Storage
from kefu_admin.problems import FieldError, Invalid, Refusal
from kefu_admin.store.change.values import Draft, walk
from kefu_admin.store.columns import has_column, hash_column
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.names import index_name
from kefu_admin.store.partial import partial
from kefu_admin.store.per_type import PerType

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change
    from kefu_admin.store.database import Store

Key = tuple[str, tuple[str, ...], tuple[str, ...]]  # index name, its columns, the fields meant


def refused(change: Change, broken: ConstraintBroken, drafts: Sequence[Draft]) -> Exception:
    """The refusal for a broken constraint, or the fault itself when it is ours.

    A reference that broke although it was looked at a moment ago was deleted in between, or made
    in between to what is being deleted: the unit may be run again and will say so.
    """
    every = list(walk(list(drafts)))
    if broken.kind is Constraint.UNIQUE:
        return _not_unique(change, broken, every) or broken
    if broken.kind is Constraint.REFERENCE:
        return BusyBeforeCommit()
    return broken


def _not_unique(
    change: Change, broken: ConstraintBroken, drafts: Sequence[Draft]
) -> Refusal | None:
    """Names the fields that must not repeat, never the record they repeat. One who does not see
    all of them in full is told no field: the message must not confirm a masked value."""
    for draft in drafts:
        for name, columns, fields in unique_keys(change.store, draft.type.id):
            if broken.name != name and (broken.name or set(broken.columns) != set(columns)):
                continue
            return Invalid(repeated(draft, fields, draft.prefix if _alone(draft, drafts) else ""))
    return None


def repeated(draft: Draft, fields: tuple[str, ...], prefix: str = "") -> tuple[FieldError, ...]:
    """What is said of values that must not repeat."""
    if not draft.held.see.issuperset(fields):
        return (FieldError(prefix.rstrip("."), "repeats"),)
    labels = "、".join(draft.type.fields[field].label.zh for field in fields)
    labels_en = ", ".join(draft.type.fields[field].label.text("en") for field in fields)
    facts = {"labels": labels, "labels_en": labels_en}
    return tuple(FieldError(f"{prefix}{field}", "not_unique", facts) for field in fields)


def _alone(draft: Draft, drafts: Sequence[Draft]) -> bool:
    """Whether it must be this record: the database does not say which row of a statement it was."""
    return sum(1 for other in drafts if other.type is draft.type) == 1


def _unique_keys(content_type: ContentType) -> Iterator[Key]:
    for field in content_type.fields.values():
        if not field.system and has_column(field) and (field.unique or field.type == "number"):
            yield _key(content_type, (field.id,), "")
    for unique in content_type.unique:
        where = partial(unique.where, content_type) if unique.where is not None else ""
        yield _key(content_type, unique.fields, where)


def _key(content_type: ContentType, fields: tuple[str, ...], where: str) -> Key:
    columns = tuple(
        hash_column(content_type.fields[name])
        if storage(content_type.fields[name]) is Storage.SECRET
        else name
        for name in fields
    )
    return index_name(content_type.id, columns, unique=True, where=where), columns, fields


def _all_unique_keys(store: Store, type_id: str) -> tuple[Key, ...]:
    """Every rule of uniqueness of a type."""
    return tuple(_unique_keys(store.project.types[type_id]))


unique_keys = PerType(_all_unique_keys)
