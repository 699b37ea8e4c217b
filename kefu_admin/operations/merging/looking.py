"""What became of merges, and where an old id or number leads today.

A merge is shown to one who may read the history of the record that is left. What the other record
was is shown by his rights in it as it was: it answers as nothing where he could not see it then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.behaviours.validation import decide
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.merging.doing import mergeable_type
from kefu_admin.operations.reading import HistoryEntry, ListRequest
from kefu_admin.operations.reading.records import told
from kefu_admin.operations.reading.sights import sight
from kefu_admin.problems import NotFound
from kefu_admin.store import history, merges, read, search
from kefu_admin.store.merges import Merge, State, Verdict
from kefu_admin.store.query import Ref
from kefu_admin.store.rules import RowRights

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A merge with what the asker may know of it.

    Attributes:
        former: the record that went, called as it was; None where he could not see it.
        taken, left: those of the merge's fields that he sees in the kept record.
        by: who merged.
        may_undo: whether he can take it back now.
    """

    merge: Merge
    former: Ref | None
    by: str
    taken: tuple[str, ...]
    left: tuple[str, ...]
    may_undo: bool
    has_history: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A moved reference of a record he may see, and what became of it."""

    type: ContentType
    field: str
    ref: Ref
    verdict: Verdict


def leads_to(
    desk: Desk, type_id: str, record_id: int, *, actor: Actor, now: datetime
) -> int | None:
    """The record a merged one is part of today, if he may see that."""
    type = desk.project.types.get(type_id)
    if type is None or type.merge is None:
        return None
    found = merges.leads_to(desk.store, type_id, record_id)
    if found is None or found not in read.visible_ids(sight(desk, actor, now), type_id, (found,)):
        return None
    return found


def by_number(
    desk: Desk, type_id: str, number: str, *, actor: Actor, now: datetime
) -> tuple[int, bool]:
    """The record with a business number, or the one that took over the record that had it; and
    whether the second.

    Raises:
        NotFound: none, or none for him.
    """
    view = reading.type_view(desk, type_id, actor, now=now)
    name = next((f.id for f in view.type.fields.values() if f.type == "number"), "")
    if name not in view.fields or not view.fields[name].seen:
        raise NotFound
    request = ListRequest(
        type=type_id, columns=(name,), filter={name: {"eq": number}}, sort=(), limit=1, count=False
    )
    if rows := reading.list_rows(desk, request, actor=actor, now=now).rows:
        return rows[0].id, False
    found = merges.of_number(desk.store, type_id, search.normal(number.strip()))
    if found is None:
        raise NotFound
    row = reading.get(desk, type_id, found, actor=actor, now=now, columns=(name,))
    if name not in row.values:
        raise NotFound
    return found, True


def merged_into(
    desk: Desk, type_id: str, kept_id: int, *, actor: Actor, now: datetime
) -> tuple[Shown, ...]:
    """The merges that made a record what it is, the latest first; none for one who may not read its
    history."""
    type = desk.project.types.get(type_id)
    if type is None or type.merge is None:
        return ()
    found = merges.into(desk.store, type_id, kept_id)
    look = sight(desk, actor, now)
    rights = read.rights(look, type_id, kept_id) if found else None
    if rights is None or Action.HISTORY not in rights.actions:
        return ()
    return _shown(look, type, found, rights, now=now)


def get(desk: Desk, type_id: str, merge_id: int, *, actor: Actor, now: datetime) -> Shown:
    """One merge.

    Raises:
        NotFound: there is none, or the record that is left is not for him.
    """
    merge, look, rights = _one(desk, type_id, merge_id, actor, now)
    (found,) = _shown(look, desk.project.types[type_id], [merge], rights, now=now)
    return found


def rows(
    desk: Desk,
    type_id: str,
    merge_id: int,
    *,
    actor: Actor,
    now: datetime,
    verdicts: Sequence[Verdict] = tuple(Verdict),
    limit: int = MOST,
) -> tuple[Part, ...]:
    """The first of the moved references, of records and fields he may see; those he may not are as
    if there were none.

    Raises:
        NotFound: as `get`.
    """
    merge, look, _ = _one(desk, type_id, merge_id, actor, now)
    views = {view.id: view for view in reading.types(desk, actor, now=now)}
    moved = [
        one
        for one in merges.moved(desk.store, merge.id, verdicts=verdicts, limit=min(limit, MOST))
        if one.type in views and one.field in views[one.type].fields
    ]
    labels = read.Labels(look)
    for one in moved:
        labels.want(one.type, one.record_id)
    return tuple(
        Part(desk.project.types[one.type], one.field, ref, one.verdict)
        for one in moved
        if (ref := labels.ref(one.type, one.record_id)) is not None
    )


def former_history(
    desk: Desk, type_id: str, merge_id: int, *, actor: Actor, now: datetime, limit: int = 50
) -> tuple[HistoryEntry, ...]:
    """The versions of the record that went, newest first, by his rights in what it was.

    Raises:
        NotFound: as `get`, or he could not see that record, or it was purged.
    """
    merge, look, _ = _one(desk, type_id, merge_id, actor, now)
    rights = _rights_then(look, merge)
    if rights is None or Action.HISTORY not in rights.actions:
        raise NotFound
    entries = history.of_record(desk.store, type_id, merge.gone_id, limit=limit)
    return told(look, desk.project.types[type_id], rights, entries)


def _one(
    desk: Desk, type_id: str, merge_id: int, actor: Actor, now: datetime
) -> tuple[Merge, read.Sight, RowRights]:
    mergeable_type(desk, type_id)
    merge = merges.get(desk.store, merge_id)
    look = sight(desk, actor, now)
    if merge is None or merge.type != type_id:
        raise NotFound
    kept_id = merge.kept_id
    if merge.state is State.DONE:
        kept_id = merges.leads_to(desk.store, type_id, merge.gone_id) or kept_id
    rights = read.rights(look, type_id, kept_id)
    if rights is None or Action.HISTORY not in rights.actions:
        raise NotFound
    return merge, look, rights


def _shown(
    look: read.Sight,
    type: ContentType,
    found: Sequence[Merge],
    rights: RowRights,
    *,
    now: datetime,
) -> tuple[Shown, ...]:
    made, seen = [], rights.see | rights.masked
    labels = read.Labels(look)
    for merge in found:
        labels.want(type.id, merge.gone_id)
        if merge.asker_id is not None:
            labels.want("person", merge.asker_id)
    for merge in found:
        then = _rights_then(look, merge)
        by = labels.ref("person", merge.asker_id) if merge.asker_id is not None else None
        may = then is not None and Action.MERGE in then.actions and Action.MERGE in rights.actions
        made.append(
            Shown(
                merge=merge,
                former=labels.ref(type.id, merge.gone_id) or _former(look, type, merge, then),
                by=by.label if by is not None else merge.asker,
                taken=tuple(name for name in merge.taken if name in seen),
                left=tuple(name for name in merge.left if name in seen),
                may_undo=may and merge.is_in_time(now),
                has_history=then is not None and Action.HISTORY in then.actions,
            )
        )
    return tuple(made)


def _rights_then(look: read.Sight, merge: Merge) -> RowRights | None:
    """His rights in the record that went, as it was, or as it is where it is there."""
    there = read.rights(look, merge.type, merge.gone_id)
    if there is not None:
        return there
    return read.Bin(look, decide).rights_in(merge.type, (merge.gone_id,)).get(merge.gone_id)


def _former(
    look: read.Sight, type: ContentType, merge: Merge, rights: RowRights | None
) -> Ref | None:
    """What the record that went is called to him."""
    if rights is None or merge.gone_version is None:
        return None
    entry = history.of_versions(look.store, type.id, {merge.gone_id: merge.gone_version})
    if merge.gone_id not in entry:
        return None
    shown = read.Shown(look, type, rights).values(entry[merge.gone_id].before)
    title = shown.get(type.title)
    return Ref(merge.gone_id, str(title) if title is not None else f"#{merge.gone_id}")
