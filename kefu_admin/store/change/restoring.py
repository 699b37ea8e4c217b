"""Bringing deleted records back: under their old ids, with the rows that went along.

A record comes back as what it was, judged by the rules of today as a new one would be; only choices
retired since and fields that became read-only may stay. Values sent along stand in for what would
be refused. Links must lead somewhere, whoever may see it there; people who left may stay named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store.change import owners, statements
from kefu_admin.store.change.access import UNWRITTEN, Held
from kefu_admin.store.change.judging import settle
from kefu_admin.store.change.recorded import Recorded
from kefu_admin.store.change.removal import owned_types
from kefu_admin.store.change.values import Draft, Kind, Record, absent

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

_NONE_SENT: Mapping[int, Mapping[str, object]] = MappingProxyType({})
_STAYS = frozenset({"retired_choice", "read_only"})  # what a stored record may go on holding


def restore(
    change: Change,
    type_id: str,
    versions: Mapping[int, int],
    sent: Mapping[int, Mapping[str, object]] = _NONE_SENT,
) -> list[int]:
    """Bring deleted records back, with the rows that went along; all or none. Returns the versions
    now, in the order given.

    Args:
        versions: of the deletions, by record id.
        sent: values in place of recorded ones, by record id, for fields the actor may edit.

    Raises:
        NotFound: one is not in the bin, or none he may see, by what it was.
        Forbidden: he may not restore one.
        Conflict: one was restored and deleted again in between.
        Invalid: today's rules refuse it: a value is taken or missing, a link or an owner is gone.
    """
    content_type = change.visible_type(type_id)
    records = found(change, content_type, versions, Action.RESTORE)
    held = owners.of_stored(change, content_type, _as_stored(change, content_type, records))
    made = drafts(change, content_type, records, sent)
    change.write(content_type, made, held)
    return [draft.version for draft in made]


def found(
    change: Change, content_type: ContentType, versions: Mapping[int, int], action: Action
) -> list[Recorded]:
    """Deleted records (id to version of the deletion), locked, on which the actor may act.

    Raises:
        NotFound: one of them is not in the bin, or may not be seen.
        Forbidden: one may not be restored or purged.
        Conflict: one was restored and deleted again in between.
    """
    there = change.past.load(content_type.id, list(versions), lock=True)
    for record_id, version in versions.items():
        one = there.get(record_id)
        held = change.past_access.held(content_type.id, action, one.values) if one else None
        if one is None or held is None or Action.READ not in held.actions:
            raise NotFound
        if action not in held.actions:
            raise Forbidden
        if one.entry.version != version:
            raise Conflict(version=one.entry.version, sent=version, id=record_id)
    return [there[record_id] for record_id in versions]


def _as_stored(
    change: Change, content_type: ContentType, records: Sequence[Recorded]
) -> list[Record]:
    """The records as stored ones; of an owned type their owners are there.

    Raises:
        Invalid: the owner of one has been deleted, too.
    """
    if content_type.owned_by:
        owner_type = content_type.fields[content_type.owned_by].to
        change.reader.fetch(owner_type, {one.entry.owner_id or 0 for one in records})
        for one in records:
            if change.reader.stored(owner_type, one.entry.owner_id or 0) is None:
                raise Invalid([FieldError(content_type.owned_by, "owner_gone")])
    return [Record(one.entry.record_id, one.entry.version, one.values) for one in records]


def drafts(
    change: Change,
    content_type: ContentType,
    records: Sequence[Recorded],
    sent: Mapping[int, Mapping[str, object]],
    *,
    parents: Mapping[int, Draft] | None = None,
    action: Action = Action.RESTORE,
) -> list[Draft]:
    """Drafts of records that come back, with everything that was deleted together with them.

    Args:
        sent: values in place of recorded ones, by record id.
        parents: they come with these owners, by id; the right to that has been checked.
        action: the right by which they come back.
    """
    made = []
    for index, one in enumerate(records):
        own = sent.get(one.entry.record_id, {})
        parent = parents[one.entry.owner_id or 0] if parents is not None else None
        prefix = f"[{index}]." if parent is None and len(records) > 1 else ""
        held = change.past_access.held(content_type.id, action, one.values)
        made.append(_draft(change, content_type, one, own, held, parent, prefix))
    by_id = {draft.id: draft for draft in made}
    for owned in owned_types(change.store.project, content_type.id) if made else ():
        waiting = change.past.owned(owned.id, list(by_id), lock=True).values()
        along = [one for one in waiting if one.entry.with_owner]
        for child in drafts(change, owned, along, {}, parents=by_id):
            assert child.parent is not None
            child.parent.children.append(child)
    for draft in made:
        for field in statements.of(change.store, content_type.id).children:
            rows = tuple(c.after for c in draft.children if c.type.id == field.to)
            draft.after = draft.after.over({field.id: rows})
        _judge(change, draft)
    return made


def _draft(
    change: Change,
    content_type: ContentType,
    one: Recorded,
    sent: Mapping[str, object],
    held: Held,
    parent: Draft | None,
    prefix: str,
) -> Draft:
    unfit = {name: absent(content_type.fields[name]) for name in one.unfit}
    version = one.entry.version + 1
    system = {
        "version": version,
        "updated_at": change.now,
        "updated_by": change.warrant.actor.user_id,
    }
    draft = Draft(
        type=content_type,
        kind=Kind.RESTORE,
        id=one.entry.record_id,
        version=version,
        before=None,
        after=one.values.over({**unfit, **sent, **system}),
        sent=sent,
        held=held,
        prefix=prefix,
        changed=frozenset(content_type.fields) - {"id"},
        parent=parent,
    )
    for name in sorted(one.unfit - sent.keys()):
        if content_type.fields[name].formula is None:
            _refuse(draft, name, "unfit_since")
    return draft


def _judge(change: Change, draft: Draft) -> None:
    """Settle a draft by today's rules; what only a new value would have to meet may stay."""
    noted = len(draft.errors)
    settle(change, draft)
    draft.errors[noted:] = [
        FieldError(error.field if _shown(draft, error) else "", error.code, error.facts)
        for error in draft.errors[noted:]
        if error.code not in _STAYS or error.field.removeprefix(draft.prefix) in draft.sent
    ]
    for name in draft.sent:
        if name not in draft.held.edit or name in UNWRITTEN or name == draft.type.owned_by:
            draft.refuse(name, "not_editable")
    if draft.sent and draft.parent is None:  # it must still be one he may bring back
        held = change.access.held(draft.type.id, Action.RESTORE, draft.after)
        if not held.within_level:
            draft.refuse(draft.type.secrecy, "above_clearance")
        else:
            draft.forbidden |= Action.RESTORE not in held.actions


def _refuse(draft: Draft, name: str, code: str) -> None:
    """Refuse a recorded value; a field the actor does not see is not named."""
    draft.refuse(name if name in draft.held.see else "", code)


def _shown(draft: Draft, error: FieldError) -> bool:
    name = error.field.removeprefix(draft.prefix)
    return name in draft.sent or name in draft.held.see or name in draft.held.edit


def links(change: Change, draft: Draft) -> Iterator[tuple[str, str, int]]:
    """The links a record comes back with: (field, target type, id)."""
    for field, target in statements.of(change.store, draft.type.id).pointing:
        if field.id == draft.type.owned_by:
            continue
        value = draft.after[field.id]
        for record_id in value if isinstance(value, tuple) else (value,):
            if isinstance(record_id, int):
                yield field.id, target, record_id


def check_links(change: Change, restored: Sequence[Draft]) -> None:
    """Note every link to something that is no longer there; one statement per type pointed at."""
    every = [(draft, *link) for draft in restored for link in links(change, draft)]
    wanted: dict[str, set[int]] = {}
    for _, _, target, record_id in every:
        wanted.setdefault(target, set()).add(record_id)
    for target, ids in sorted(wanted.items()):
        change.reader.fetch(target, ids)
    for draft, name, target, record_id in every:
        if change.reader.lookup(target, record_id) is None:
            _refuse(draft, name, "link_gone")
