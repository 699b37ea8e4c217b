"""Restoring an older version of a record, or some of its fields: a change like any other.

What differs from the version asked for is sent as if somebody had typed it, so every right and rule
holds; a field that may not be written makes the whole refuse. Owned rows go back to what they were
then: rows added since go, changed ones are set back, deleted ones come out of the bin; rows he may
not see stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store import versions
from kefu_admin.store.change import owners, prepare, restoring, statements
from kefu_admin.store.change.prepare import Edit
from kefu_admin.store.change.recorded import Recorded
from kefu_admin.store.change.statements import same
from kefu_admin.store.change.values import Draft, Record, absent

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


@dataclass(slots=True)
class _Rows:
    """What is to become of one list of owned rows."""

    sent: list[Mapping[str, object]]
    back: list[Recorded] = field(default_factory=list)
    values: dict[int, Mapping[str, object]] = field(default_factory=dict)


def revert(
    change: Change,
    type_id: str,
    record_id: int,
    version: int,
    to_version: int,
    fields: Collection[str] = (),
) -> int:
    """Set a record back to what it was; returns its version now.

    Args:
        version: the present one, as the actor read it.
        to_version: an earlier one.
        fields: only these; () = all that anybody may write.

    Raises:
        NotFound: there is none, or none he may see.
        Forbidden: he may not read its history, or not change it.
        Conflict: it has another version by now.
        Invalid: no such version; a field he may not write differs; today's rules refuse a value.
        StillReferenced: other records refer to a row that would go.
    """
    content_type = change.visible_type(type_id)
    record = change.reader.load(type_id, [record_id], lock=True).get(record_id)
    if record is None or not change.access.visible(type_id, record.values):
        raise NotFound
    held = change.access.held(type_id, Action.HISTORY, record.values)
    if Action.HISTORY not in held.actions:
        raise Forbidden
    if record.version != version:
        raise Conflict(version=record.version, sent=version, id=record_id)
    mark = versions.mark(change.store, type_id, record_id, to_version)
    if mark is None or to_version >= record.version:
        raise Invalid([FieldError("version", "no_such_version")])
    moved = versions.between(change.store, type_id, record_id, to_version, record.version)
    sent, faults = _sent(change, content_type, moved, fields)
    lists = {
        one.id: rows
        for one in statements.of(change.store, type_id).children
        if (not fields or one.id in fields)
        and (rows := _rows(change, record, one, moved, mark, faults)) is not None
    }
    if faults:
        raise Invalid(faults)
    sent |= {name: tuple(rows.sent) for name, rows in lists.items()}
    stored = owners.of_stored(change, content_type, [record])
    (draft,) = prepare.updates(change, content_type, [Edit(record, version, sent)])
    draft.reverts = True
    for name, rows in lists.items():
        _bring_back(change, draft, content_type.fields[name], rows)
    change.write(content_type, [draft], stored)
    return draft.version + 1 if draft.writes else draft.version


def _sent(
    change: Change,
    content_type: ContentType,
    moved: versions.Moved,
    fields: Collection[str],
) -> tuple[dict[str, object], list[FieldError]]:
    """The older values of plain fields, and why some cannot be sent at all."""
    known = _known(change, content_type.id)
    sent: dict[str, object] = {}
    faults: list[FieldError] = []
    for name, (then, _) in moved.values.items():
        one = content_type.fields.get(name)
        if one is None or one.type == "children" or not field_type(one).written:
            continue
        if name == content_type.owned_by or (fields and name not in fields):
            continue
        if name not in known:
            faults.append(FieldError("", "revert_hidden"))
        elif name in moved.unfit:
            faults.append(FieldError(name, "unfit_since"))
        else:
            sent[name] = absent(one) if then is None else then
    return sent, faults


def _rows(
    change: Change,
    record: Record,
    one: Field,
    moved: versions.Moved,
    mark: int,
    faults: list[FieldError],
) -> _Rows | None:
    """What becomes of a list of owned rows; None when it is as it was."""
    stored = change.reader.load_by(one.to, one.by, [record.id], lock=True)
    wanted = moved.values[one.id][0] if one.id in moved.values else tuple(stored)
    ids = [id for id in wanted if isinstance(id, int)] if isinstance(wanted, tuple) else []
    then = versions.values_at(change.store, one.to, ids, mark)
    binned = change.past.load(one.to, [id for id in ids if id not in stored], lock=True)
    seen = {i for i, r in stored.items() if change.access.visible(one.to, r.values)}
    hidden = stored.keys() - seen
    hidden |= {i for i, r in binned.items() if not change.past_access.visible(one.to, r.values)}
    ids = [id for id in ids if id not in hidden]
    rows, differs = _Rows([]), set(ids) != seen
    for id in ids:
        was, there = then.get(id), stored.get(id)
        gone = binned.get(id)
        if was is None or (there is None and gone is None):
            faults.append(FieldError(one.id, "row_purged"))
        elif there is not None:
            own = _differing(change, one, was, there.values, faults)
            differs |= bool(own)
            rows.sent.append({"id": id, **own})
        elif gone is not None:
            rows.back.append(gone)
            rows.values[id] = _differing(change, one, was, gone.values, faults)
    return rows if differs else None


def _differing(
    change: Change,
    of: Field,
    was: versions.Was,
    now: Mapping[str, object],
    faults: list[FieldError],
) -> dict[str, object]:
    """The older values of a row of a list that are others now; notes those that cannot be sent."""
    content_type, known = change.type(of.to), _known(change, of.to)
    sent = {
        name: was.values.get(name, absent(one))
        for name, one in content_type.fields.items()
        if not one.system
        and one.type != "children"
        and field_type(one).written
        and name != content_type.owned_by
        and not same(was.values.get(name, absent(one)), now[name])
    }
    if not sent.keys() <= known:
        faults.append(FieldError("", "revert_hidden"))
    elif sent.keys() & was.unfit:
        faults.append(FieldError(of.id, "unfit_since"))
    return sent


def _known(change: Change, type_id: str) -> frozenset[str]:
    """The fields of a type of which the actor's roles know anything at all."""
    of_type = change.warrant.grants.types.get(type_id)
    grants = of_type.grants if of_type is not None else ()
    return frozenset(name for one in grants for name, rights in one.rights.items() if rights)


def _bring_back(change: Change, draft: Draft, one: Field, rows: _Rows) -> None:
    """Add the deleted rows to the draft of their owner."""
    if not rows.back:
        return
    action = _right(change, one.to, rows.back)
    made = restoring.drafts(
        change,
        change.type(one.to),
        rows.back,
        rows.values,
        parents={draft.id: draft},
        action=action,
    )
    draft.children += made
    kept = draft.after[one.id]
    assert isinstance(kept, tuple)
    draft.after = draft.after.over({one.id: (*kept, *(child.after for child in made))})
    draft.changed |= {one.id}
    change.recompute(draft, {one.id})


def _right(change: Change, type_id: str, rows: Sequence[Recorded]) -> Action:
    """By which right the rows come back: restoring, else creating.

    Raises:
        Forbidden: the actor holds neither in one of them.
    """
    for action in (Action.RESTORE, Action.CREATE):
        if all(action in change.past_access.held(type_id, action, r.values).actions for r in rows):
            return action
    raise Forbidden
