"""From what was sent to drafts that may be written: rights, rules of the type, owned rows.

Nothing is written here. Every fault of every record is collected first, so that a person sees all
of them at once; only then does `judging.raise_faults` refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, Forbidden, NotFound
from kefu_admin.store.change import removal, statements
from kefu_admin.store.change.judging import judge_new, judge_update, raise_faults, settle
from kefu_admin.store.change.values import Draft, Kind, Record, Values

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


@dataclass(frozen=True, slots=True)
class Edit:
    """One stored record and what was sent for it. `version` None: protected by its owner's."""

    record: Record
    version: int | None
    sent: Mapping[str, object]
    prefix: str = ""
    parent: Draft | None = None


def creates(
    change: Change,
    content_type: ContentType,
    rows: Sequence[tuple[str, Mapping[str, object]]],
    parents: Sequence[Draft] = (),
) -> list[Draft]:
    """Drafts of new records; `rows` are (prefix of field paths, values); with `parents`, one each,
    they are owned rows of these."""
    checks = change.checks(content_type.id)
    defaults = checks.defaults(binding=change.warrant.binding)
    blank = statements.of(change.store, content_type.id).blank
    system = {
        "version": 1,
        "created_at": change.now,
        "created_by": change.warrant.actor.user_id,
        "updated_at": change.now,
        "updated_by": change.warrant.actor.user_id,
    }
    written = frozenset(blank) - {"id"}
    drafts = []
    for index, (prefix, sent) in enumerate(rows):
        draft_id = change.next_draft_id()
        stored = {**blank, **defaults, **sent, **system, "id": draft_id}
        parent = parents[index] if parents else None
        if parent is not None:
            stored[content_type.owned_by] = parent.id
        draft = Draft(
            type=content_type,
            kind=Kind.CREATE,
            id=draft_id,
            version=1,
            before=None,
            after=Values(stored),
            sent=sent,
            held=change.nothing_held,
            prefix=prefix,
            changed=written,
            parent=parent,
        )
        change.reader.draft(content_type.id, draft.id, draft.after)
        _new_children(change, draft)
        settle(change, draft)
        draft.held = change.access.held(content_type.id, Action.CREATE, draft.after)
        judge_new(draft, defaults)
        drafts.append(draft)
    return drafts


def updates(change: Change, content_type: ContentType, edits: Sequence[Edit]) -> list[Draft]:
    """Drafts of changed records.

    Raises:
        NotFound: one of them may not be seen.
        Forbidden: one of them may not be changed.
        Conflict: one of them has another version by now.
    """
    drafts = []
    for edit in edits:
        record = edit.record
        held = change.access.held(content_type.id, Action.UPDATE, record.values)
        if Action.READ not in held.actions:
            raise NotFound
        if Action.UPDATE not in held.actions and edit.parent is None:
            raise Forbidden  # an owned row may be sent along unchanged
        if edit.version is not None and edit.version != record.version:
            raise Conflict(version=record.version, sent=edit.version, id=record.id)
        drafts.append(
            Draft(
                type=content_type,
                kind=Kind.UPDATE,
                id=record.id,
                version=record.version,
                before=record.values,
                after=record.values.over(edit.sent),
                sent=edit.sent,
                held=held,
                prefix=edit.prefix,
                parent=edit.parent,
            )
        )
    _edited_children(change, content_type, drafts)
    for draft in drafts:
        judge_update(change, draft)
    return drafts


def touches(
    change: Change,
    child_type: ContentType,
    parent_type: ContentType,
    edits: Sequence[Edit],
    children: Sequence[Draft],
) -> list[Draft]:
    """Drafts that only raise the version of owners whose rows are written on their own; computed
    values over the rows are worked out with what the rows will be."""
    drafts = updates(change, parent_type, edits)
    fields = [
        field
        for field in statements.of(change.store, parent_type.id).children
        if field.to == child_type.id and field.by == child_type.owned_by
    ]
    for draft in drafts:
        assert draft.before is not None
        own = [child for child in children if child.after[child_type.owned_by] == draft.id]
        draft.touched = True
        for field in fields:
            written = {child.id: child for child in own}
            rows = [row for row in _rows(draft.before[field.id]) if row["id"] not in written]
            rows += [child.after for child in own if child.kind is not Kind.REMOVE]
            draft.after = draft.after.over({field.id: tuple(rows)})
            if any(child.kind is not Kind.UPDATE for child in own):
                draft.changed |= {field.id}
        draft.told = own
        draft.errors.clear()
        judge_update(change, draft)
        concern = tuple(field.id for field in fields)
        draft.errors[:] = [e for e in draft.errors if not e.field or e.field.startswith(concern)]
    raise_faults(drafts)
    return drafts


# owned rows


def _rows(value: object) -> tuple[Mapping[str, object], ...]:
    assert isinstance(value, tuple)
    return value


def _new_children(change: Change, draft: Draft) -> None:
    """Drafts of the owned rows sent with a new record."""
    for field in statements.of(change.store, draft.type.id).children:
        if field.id not in draft.sent:
            continue
        wanted = []
        for index, row in enumerate(_rows(draft.sent[field.id])):
            prefix = f"{draft.prefix}{field.id}[{index}]."
            if row.get("id") is not None:
                draft.refuse(f"{field.id}[{index}]", "no_such_record")
            wanted.append((prefix, _without_identity(row)))
        made = creates(change, change.type(field.to), wanted, [draft] * len(wanted))
        draft.children += made
        draft.after = draft.after.over({field.id: tuple(child.after for child in made)})


def _edited_children(change: Change, content_type: ContentType, drafts: Sequence[Draft]) -> None:
    """Drafts for the complete list of owned rows sent with a stored record: without id are new,
    with id changed, the missing ones go."""
    for field in statements.of(change.store, content_type.id).children:
        concerned = [draft for draft in drafts if field.id in draft.sent]
        if not concerned:
            continue
        child_type = change.type(field.to)
        stored = change.reader.load_by(
            field.to, field.by, [draft.id for draft in concerned], lock=True
        )
        for draft in concerned:
            own = {i: r for i, r in stored.items() if r.values[field.by] == draft.id}
            assert draft.before is not None  # told after the rows have been written over
            draft.before = draft.before.over({field.id: tuple(r.values for r in own.values())})
            _one_list(change, draft, field, child_type, own)


def _one_list(
    change: Change, draft: Draft, field: Field, child_type: ContentType, own: dict[int, Record]
) -> None:
    new: list[tuple[str, Mapping[str, object]]] = []
    edits: list[Edit] = []
    for index, row in enumerate(_rows(draft.sent[field.id])):
        prefix = f"{draft.prefix}{field.id}[{index}]."
        child_id = row.get("id")
        if child_id is None:
            new.append((prefix, _without_identity(row)))
        elif isinstance(child_id, int) and (record := own.pop(child_id, None)) is not None:
            version = row.get("version")
            edits.append(
                Edit(
                    record,
                    version if isinstance(version, int) else None,
                    _without_identity(row),
                    prefix,
                    draft,
                )
            )
        else:
            draft.refuse(f"{field.id}[{index}]", "no_such_record")
    seen = {i for i, r in own.items() if change.access.visible(child_type.id, r.values)}
    unseen = [record for i, record in own.items() if i not in seen]
    gone = [record for i, record in own.items() if i in seen]
    edited = updates(change, child_type, edits)
    made = creates(change, child_type, new, [draft] * len(new))
    removed = removal.drafts(change, child_type, gone, parent=draft)
    draft.children += [*removed, *edited, *made]
    kept = [*(r.values for r in unseen), *(child.after for child in (*edited, *made))]
    draft.after = draft.after.over({field.id: tuple(kept)})
    if made or removed:
        draft.changed |= {field.id}


def _without_identity(row: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in row.items() if name not in ("id", "version")}
