"""A merge taken back: the record that went comes out of the bin, the kept one gets back what it had
before, and every reference that was moved and not changed since goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.role import Action
from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store import attachments, history, merges
from kefu_admin.store.change import guarding, judging, prepare, references, restoring, statements
from kefu_admin.store.change.exchanging import draft, put
from kefu_admin.store.change.merging import hold, may_merge, several, write_both
from kefu_admin.store.change.prepare import Edit
from kefu_admin.store.change.recorded import Recorded
from kefu_admin.store.change.values import Draft, Record, absent
from kefu_admin.store.merges import Merge, Moved, Verdict

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


class Parted(NamedTuple):
    """What became of the two records: fields the kept one keeps, for they were changed since, and
    the owned rows that went back or did not."""

    left: tuple[str, ...]
    back: tuple[int, ...]
    changed: tuple[int, ...]
    gone: tuple[int, ...]


def part(change: Change, merge: Merge) -> Parted:
    """Make two records of one again, in the open change; references follow (`back`).

    Raises:
        NotFound: the kept record or the deleted one is not there, or not for him.
        Forbidden: he may not merge them.
        Invalid: today's rules refuse what one of them was.
    """
    content_type = change.visible_type(merge.type)
    kept = change.reader.load(merge.type, [merge.kept_id], lock=True).get(merge.kept_id)
    gone = change.past.load(merge.type, [merge.gone_id], lock=True).get(merge.gone_id)
    if kept is None or not may_merge(change, merge.type, kept.values):
        raise NotFound
    if gone is None or gone.entry.version != merge.gone_version:
        raise Invalid([FieldError("", "merge_not_in_bin")])
    _check_gone(change, gone)
    lists = statements.of(change.store, merge.type).children
    for field in lists:  # what history will tell is read while it is there
        _ = kept.values[field.id]
    files = _files(change, content_type, kept, gone)
    before, left = _before(change, merge, content_type, kept)
    for one in files.values():
        attachments.place(change.store, merge.gone_id, (), one.back)
    (back,) = restoring.drafts(
        change, content_type, [gone], {merge.gone_id: {}}, action=Action.MERGE
    )
    theirs = {name: _fit(content_type, name, one.theirs) for name, one in files.items()}
    back.after = back.after.over(theirs)
    in_files = {name for name in before if storage(content_type.fields[name]) is Storage.FILES}
    sent = {name: value for name, value in before.items() if name not in in_files}
    (made,) = prepare.updates(change, content_type, [Edit(kept, kept.version, sent)])
    references.check(change, [back, made])
    guarding.ask(change, [back, made])
    judging.raise_faults([back, made])
    own = {name: before[name] for name in in_files}
    for name, one in files.items():
        if name not in own and one.back:
            own[name] = _without(kept.values[name], one.back)
    hold(change, made, own)
    rows, parted = _rows(change, merge, left)
    _with_rows(change, lists, made, back, rows)
    made.touched = True
    made.after = judging.raised(change, made)
    write_both(change, [made, back])
    put(change, rows)
    return parted


def back(change: Change, merge: Merge, some: Sequence[Moved]) -> dict[Verdict, list[int]]:
    """Move references back in the open change; the ids of the moved ones by what became of them.

    Raises:
        Invalid: an extension or a rule of uniqueness is against one.
    """
    told: dict[Verdict, list[int]] = {}
    by_type: dict[str, list[Moved]] = {}
    for one in some:
        by_type.setdefault(one.type, []).append(one)
    for type_id, moved in sorted(by_type.items()):
        content_type = change.store.project.types.get(type_id)
        if content_type is None:
            told.setdefault(Verdict.GONE, []).extend(one.id for one in moved)
            continue
        records = change.reader.load(type_id, [one.record_id for one in moved], lock=True)
        touched = _touched_since(change, content_type, records, moved)
        after: dict[int, dict[str, object]] = {}
        for one in moved:
            record = records.get(one.record_id)
            if record is None or one.field not in content_type.fields:
                told.setdefault(Verdict.GONE, []).append(one.id)
            elif (one.record_id, one.field) in touched or not _holds(record, one, merge.kept_id):
                told.setdefault(Verdict.CHANGED, []).append(one.id)
            else:
                value = _given_back(record.values[one.field], merge, both=one.both)
                after.setdefault(one.record_id, {})[one.field] = value
                told.setdefault(Verdict.BACK, []).append(one.id)
        put(change, [draft(change, content_type, records[id], new) for id, new in after.items()])
    return told


def _check_gone(change: Change, gone: Recorded) -> None:
    """Whether he may act on the deleted record, by what it was.

    Raises:
        NotFound, Forbidden: not.
    """
    held = change.past_access.held(gone.entry.type, Action.MERGE, gone.values)
    if Action.READ not in held.actions:
        raise NotFound
    if Action.MERGE not in held.actions:
        raise Forbidden


def _before(
    change: Change, merge: Merge, content_type: ContentType, kept: Record
) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the kept record gets back, and the fields that were changed since."""
    told = history.of_versions(
        change.store, merge.type, {merge.kept_id: merge.kept_version or 0}
    ).get(merge.kept_id)
    if told is None:
        return {}, ()
    before: dict[str, object] = {}
    left = []
    for name in sorted(told.before.keys() | told.after.keys()):
        field = content_type.fields.get(name)
        if field is None or storage(field) is Storage.ROWS or not field_type(field).written:
            continue
        nothing = absent(field)
        was, then = told.before.get(name, nothing), told.after.get(name, nothing)
        if name in told.unfit or not statements.same(kept.values[name], _some(then, nothing)):
            if not _adds_up(field):
                left.append(name)
            continue
        before[name] = _some(was, nothing)
    return before, tuple(left)


def _some(value: object, nothing: object) -> object:
    return nothing if value is None else value


def _adds_up(field: Field) -> bool:
    return storage(field) is Storage.FILES and value_type(field).many


class _Files(NamedTuple):
    """Files of one field: those the deleted record has again, and which of them come back from the
    kept one; what was taken out of that one since stays with its versions."""

    theirs: tuple[int, ...]
    back: tuple[int, ...]


def _files(
    change: Change, content_type: ContentType, kept: Record, gone: Recorded
) -> dict[str, _Files]:
    found: dict[str, _Files] = {}
    for field in content_type.fields.values():
        if field.system or storage(field) is not Storage.FILES:
            continue
        ids = [id for id in several(gone.values[field.id]) if isinstance(id, int)]
        there = attachments.by_ids(change.store, ids, lock=True)
        now = several(kept.values[field.id])
        back = tuple(id for id in ids if id in now)
        own = {id for id in ids if id in there and there[id].record_id == gone.entry.record_id}
        found[field.id] = _Files(tuple(id for id in ids if id in own or id in back), back)
    return found


def _fit(content_type: ContentType, name: str, ids: tuple[int, ...]) -> object:
    if value_type(content_type.fields[name]).many:
        return ids
    return ids[0] if ids else None


def _without(value: object, ids: Sequence[int]) -> object:
    if isinstance(value, tuple):
        return tuple(id for id in value if id not in ids)
    return None if value in ids else value


def _rows(change: Change, merge: Merge, left: tuple[str, ...]) -> tuple[list[Draft], Parted]:
    """The owned rows that go back to their former owner."""
    owned = {
        one.id: one.owned_by
        for one in change.store.project.types.values()
        if one.owned_by and one.fields[one.owned_by].to == merge.type
    }
    rows: list[Draft] = []
    told: dict[Verdict, list[int]] = {}
    for type_id, by in owned.items():
        moved = [
            one
            for one in merges.moved(change.store, merge.id, limit=2**31 - 1, of_type=type_id)
            if one.field == by
        ]
        records = change.reader.load(type_id, [one.record_id for one in moved], lock=True)
        touched = _touched_since(change, change.type(type_id), records, moved)
        for one in moved:
            record = records.get(one.record_id)
            if record is None:
                told.setdefault(Verdict.GONE, []).append(one.id)
            elif (one.record_id, by) in touched or record.values[by] != merge.kept_id:
                told.setdefault(Verdict.CHANGED, []).append(one.id)
            else:
                told.setdefault(Verdict.BACK, []).append(one.id)
                rows.append(draft(change, change.type(type_id), record, {by: merge.gone_id}))
    ids = [tuple(told.get(v, ())) for v in (Verdict.BACK, Verdict.CHANGED, Verdict.GONE)]
    return rows, Parted(left, *ids)


def _with_rows(
    change: Change, lists: Sequence[Field], kept: Draft, gone: Draft, rows: Sequence[Draft]
) -> None:
    """Note in both records whose the rows are."""
    for field in lists:
        going = {row.id: row.after for row in rows if row.type.id == field.to}
        if not going:
            continue
        assert kept.before is not None
        own = kept.before[field.id]
        assert isinstance(own, tuple)
        hold(change, kept, {field.id: tuple(row for row in own if row["id"] not in going)})
        hold(change, gone, {field.id: tuple(going.values())})
    kept.told = gone.told = list(rows)


def _holds(record: Record, one: Moved, kept_id: int) -> bool:
    return kept_id in several(record.values[one.field])


def _given_back(value: object, merge: Merge, *, both: bool) -> object:
    """A reference back as it was; a list that held both holds both again."""
    if not isinstance(value, tuple):
        return merge.gone_id
    if both:
        return (*value, merge.gone_id) if merge.gone_id not in value else value
    return tuple(merge.gone_id if id == merge.kept_id else id for id in value)


def _touched_since(
    change: Change,
    content_type: ContentType,
    records: dict[int, Record],
    moved: Sequence[Moved],
) -> set[tuple[int, str]]:
    """The references somebody wrote after they were moved, as (record, field)."""
    wanted = {one.record_id: one for one in moved}
    later = [id for id, record in records.items() if record.version > wanted[id].version]
    found: set[tuple[int, str]] = set()
    for part_of in statements.chunks(later, 500):
        entries = history.entries(
            change.store,
            f'"type" = ? AND "record_id" IN ({statements.marks(len(part_of))}) AND "version" > ?',
            (content_type.id, *part_of, min(wanted[id].version for id in part_of)),
        )
        for entry in entries:
            is_ours = merges.is_merge(entry.operation)  # it went on, and came back
            if entry.version > wanted[entry.record_id].version and not is_ours:
                found |= {(entry.record_id, name) for name in (*entry.before, *entry.after)}
    return found
