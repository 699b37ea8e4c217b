"""What a record points at must be there for the one who points.

A record he may not see answers exactly like one that does not exist, and a field that links to one
is not his to write: neither is the link cut, nor is a guess of it told from another. People and
departments are known to everybody, but a new link to an inactive one is refused; an old one may
stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import BUILTIN_TYPES
from kefu_admin.definitions.fields import Field
from kefu_admin.store import attachments
from kefu_admin.store.attachments import Attachment
from kefu_admin.store.change import restoring, statements
from kefu_admin.store.change.values import Draft, Kind

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

_WRITING = (Kind.CREATE, Kind.UPDATE)


def check(change: Change, drafts: list[Draft]) -> None:
    """Note every link of the drafts to something that is not there, or not for this actor.

    Costs one statement per type pointed at; none for the actor himself and his department.
    """
    restoring.check_links(change, [draft for draft in drafts if draft.kind is Kind.RESTORE])
    names = {
        type_id: statements.of(change.store, type_id).pointing_names
        for type_id in {draft.type.id for draft in drafts}
    }
    links = [
        link
        for draft in drafts
        if draft.kind in _WRITING and not draft.changed.isdisjoint(names[draft.type.id])
        for link in _new(change, draft)
    ]
    old = [
        link
        for draft in drafts
        if draft.kind is Kind.UPDATE and not names[draft.type.id].isdisjoint(draft.sent)
        for link in _old(change, draft)
    ]
    wanted: dict[str, set[int]] = {}
    for target, record_id in {(target, id) for _, _, target, id in (*links, *old)}:
        if not _own(change, target, record_id):
            wanted.setdefault(target, set()).add(record_id)
    for target, ids in sorted(wanted.items()):
        change.reader.fetch(target, ids)
    closed: set[tuple[str, int, str]] = set()
    for draft, field, target, record_id in old:
        if not _is_seen(change, target, record_id):
            closed.add((draft.type.id, draft.id, field.id))
            draft.refuse(field.id, "not_editable")
    unseen = []
    open_to: dict[tuple[str, int], bool] = {}
    for draft, field, target, record_id in links:
        may = open_to.get((target, record_id))
        if may is None:
            may = open_to[target, record_id] = _may_link(change, target, record_id)
        if may or (draft.type.id, draft.id, field.id) in closed:
            continue
        if target in BUILTIN_TYPES:
            draft.refuse(field.id, f"no_such_{target}")
        else:
            unseen.append((draft, field))
    for draft, _ in unseen:
        draft.errors.clear()  # what else is wrong may follow from values of the unseen record
    for draft, field in unseen:
        draft.refuse(field.id, "no_such_record")
    _check_files(change, drafts)


def _new(change: Change, draft: Draft) -> Iterator[tuple[Draft, Field, str, int]]:
    """The links a draft makes: (draft, field, target type, id)."""
    for field, target in statements.of(change.store, draft.type.id).pointing:
        name = field.id
        owner = draft.parent is not None and name == draft.type.owned_by
        if name not in draft.changed or owner:
            continue
        old = _ids(draft.before[name]) if draft.before is not None else ()
        for record_id in _ids(draft.after[name]):
            if record_id not in old:
                yield draft, field, target, record_id


def _old(change: Change, draft: Draft) -> Iterator[tuple[Draft, Field, str, int]]:
    """The links to records that a stored record has in the fields that were sent."""
    assert draft.before is not None
    for field, target in statements.of(change.store, draft.type.id).pointing:
        if field.id in draft.sent and target not in BUILTIN_TYPES:
            for record_id in _ids(draft.before[field.id]):
                yield draft, field, target, record_id


def _may_link(change: Change, target: str, record_id: int) -> bool:
    """Whether the actor may make a link to the record."""
    if target not in BUILTIN_TYPES:
        return _is_seen(change, target, record_id)
    if _own(change, target, record_id):
        return True
    found = change.reader.lookup(target, record_id)
    return found is not None and bool(found.get("active"))


def _is_seen(change: Change, target: str, record_id: int) -> bool:
    found = change.reader.lookup(target, record_id)
    return found is not None and change.access.visible(target, found)


def _own(change: Change, target: str, record_id: int) -> bool:
    """The actor himself and his department: his session has just been checked."""
    actor = change.warrant.actor
    return (target == "person" and record_id == actor.user_id) or (
        target == "department" and record_id == actor.department_id
    )


def _check_files(change: Change, drafts: list[Draft]) -> None:
    """New files must be the actor's own uploads for this field, and belong to no record yet; those
    of older versions are the record's own."""
    files = {
        type_id: [field.id for field in statements.of(change.store, type_id).files]
        for type_id in {draft.type.id for draft in drafts}
    }
    claims = [
        (draft, name, file_id)
        for draft in drafts
        if draft.kind is not Kind.REMOVE
        for name in files[draft.type.id]
        if name in draft.changed
        for file_id in _ids(draft.after[name])
        if draft.before is None or file_id not in _ids(draft.before[name])
    ]
    found = attachments.by_ids(change.store, sorted({claim[2] for claim in claims}), lock=True)
    for draft, name, file_id in claims:
        file = found.get(file_id)
        if (
            file is None
            or (file.type, file.field) != (draft.type.id, name)
            or not _may_claim(change, draft, file)
        ):
            draft.refuse(name, "no_such_file")


def _may_claim(change: Change, draft: Draft, file: Attachment) -> bool:
    if file.record_id is None:
        return file.created_by == change.warrant.actor.user_id
    return file.record_id == draft.id and (draft.kind is Kind.RESTORE or draft.reverts)


def _ids(value: object) -> tuple[int, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
