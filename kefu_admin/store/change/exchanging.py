"""References exchanged by rule: records that referred to one record refer to another.

By the rule that both mean the same, not by the person's rights in the rows that hold the
references: half a merge would be none, and what he may not see moves unseen. Nothing else of those
rows is judged or altered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store.change import following, guarding, judging, removal, statements, writing
from kefu_admin.store.change.trouble import refused
from kefu_admin.store.change.values import Draft, Kind, Record
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.merges import Moved

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def move(
    change: Change, type_id: str, kept_id: int, gone_id: int, limit: int
) -> tuple[list[Moved], bool]:
    """Move at most so many records' references to the one that goes, in the open change; whether
    others are left. Owned rows and the kept record's own are for `finish`.

    Raises:
        Invalid: the database or an extension does not take one of them.
    """
    found: dict[str, dict[int, list[Field]]] = {}
    many = 0
    for content_type, field in removal.referring(change.store.project, type_id):
        ids = removal.referrers(change, content_type, field, (gone_id,), limit + 3)
        for id in ids:
            if content_type.id == type_id and id in (gone_id, kept_id):
                continue
            found.setdefault(content_type.id, {}).setdefault(id, []).append(field)
    moved: list[Moved] = []
    for of_type, by_id in sorted(found.items()):
        ids = sorted(by_id)[: max(0, limit - many)]
        many += len(by_id)
        moved += moved_in(change, of_type, {id: by_id[id] for id in ids}, gone_id, kept_id)
    return moved, many > limit


def moved_in(
    change: Change, type_id: str, fields: Mapping[int, Sequence[Field]], old: int, new: int
) -> list[Moved]:
    """Move references of some records of a type from one record to another."""
    if not fields:
        return []
    records = change.reader.load(type_id, list(fields), lock=True)
    drafts, moved = [], []
    for id, record in records.items():
        after: dict[str, object] = {}
        for field in fields[id]:
            value, has_both = _exchanged(record.values[field.id], old, new)
            after[field.id] = value
            moved.append(Moved(type_id, field.id, id, record.version + 1, has_both))
        drafts.append(draft(change, change.type(type_id), record, after))
    put(change, drafts)
    return moved


def _exchanged(value: object, old: int, new: int) -> tuple[object, bool]:
    """A reference or a list of them with one exchanged for another; whether the list had both."""
    if not isinstance(value, tuple):
        return new, False
    return tuple(dict.fromkeys(new if id == old else id for id in value)), new in value


def draft(
    change: Change, content_type: ContentType, record: Record, after: Mapping[str, object]
) -> Draft:
    """A stored record with some references exchanged, and nothing else."""
    made = Draft(
        type=content_type,
        kind=Kind.UPDATE,
        id=record.id,
        version=record.version,
        before=record.values,
        after=record.values.over(after),
        held=change.nothing_held,
        changed=frozenset(after),
    )
    change.recompute(made, set(after))
    names = statements.of(change.store, content_type.id).by_field
    made.changed |= frozenset(
        name
        for name, field in content_type.fields.items()
        if field.formula
        and name in names
        and not statements.same(record.values[name], made.after[name])
    )
    made.after = judging.raised(change, made)
    return made


def put(change: Change, drafts: list[Draft]) -> None:
    """Write and tell records with exchanged references.

    Raises:
        Invalid: an extension or a rule of uniqueness is against one; which is not said, for it may
            be none of his to see.
    """
    guarding.ask(change, drafts)
    if any(one.errors for one in drafts):
        raise Invalid([FieldError("", "merge_held")])
    following.lock_carriers(change.store, drafts)
    try:
        writing.write(change, drafts)
    except ConstraintBroken as broken:
        said = refused(change, broken, drafts)
        if isinstance(said, Invalid):
            said = Invalid([FieldError("", "merge_held")])
        raise said from broken
    for one in drafts:
        change.book.tell(one)


# the two records
