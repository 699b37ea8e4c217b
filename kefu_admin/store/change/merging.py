"""Two records become one: every reference to the one is moved to the other, which takes over what
was chosen of its values; the one that is left goes to the bin.

References are moved by the rule that the records mean the same, not by the person's rights in the
rows that hold them: half a merge would be none, and what he may not see moves unseen. Nothing else
of those rows is judged or altered. The two records themselves are changed under his rights.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store.change import (
    following,
    guarding,
    guesses,
    judging,
    prepare,
    references,
    removal,
    statements,
    ties,
    writing,
)
from kefu_admin.store.change.exchanging import draft, put
from kefu_admin.store.change.prepare import Edit
from kefu_admin.store.change.trouble import refused
from kefu_admin.store.change.values import Draft, Record, absent, walk
from kefu_admin.store.columns import is_always_required
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.merges import Moved

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of one type, locked: the one that stays and the one that goes."""

    type: ContentType
    kept: Record
    gone: Record


def pair(change: Change, type_id: str, kept: tuple[int, int], gone: tuple[int, int]) -> Pair:
    """Both records (id, version), locked in the order of their ids.

    Raises:
        NotFound: one is not there, or not for him.
        Forbidden: he may not merge one, or not change it.
        Conflict: one has another version by now.
        Invalid: they are the same.
    """
    content_type = change.visible_type(type_id)
    if kept[0] == gone[0]:
        raise Invalid([FieldError("with", "merge_same")])
    records = change.reader.load(type_id, (kept[0], gone[0]), lock=True)
    for record_id in (kept[0], gone[0]):
        record = records.get(record_id)
        if record is None or not may_merge(change, type_id, record.values):
            raise NotFound
    for record_id, version in (kept, gone):
        if records[record_id].version != version:
            raise Conflict(version=records[record_id].version, sent=version, id=record_id)
    return Pair(content_type, records[kept[0]], records[gone[0]])


def may_merge(change: Change, type_id: str, values: Mapping[str, object]) -> bool:
    """Whether he may see a record at all.

    Raises:
        Forbidden: he sees it, and may not merge or change it.
    """
    actions = {
        action
        for action in (Action.MERGE, Action.UPDATE)
        if action in change.access.held(type_id, action, values).actions
    }
    if not change.access.visible(type_id, values):
        return False
    if actions != {Action.MERGE, Action.UPDATE}:
        raise Forbidden
    return True


def mergeable(type: ContentType) -> tuple[Field, ...]:
    """The fields of which a merge takes one value or the other: those that are written, but for
    the secrecy level (the higher one holds) and lists (those of both are kept)."""
    return tuple(
        field
        for field in type.fields.values()
        if not field.system
        and field_type(field).written
        and storage(field) is not Storage.ROWS
        and field.id not in (type.secrecy, type.owned_by)
        and not _adds_up(field)
    )


def _adds_up(field: Field) -> bool:
    """Whether the values of both are kept: lists of files."""
    return storage(field) is Storage.FILES and value_type(field).many


def finish(change: Change, both: Pair, taken: Collection[str]) -> tuple[int, list[Moved]]:
    """Make the kept record what it is to be, move the rows the other owned, and delete that one;
    nothing else refers to it any more. Returns the kept record's version and the rows moved.

    Raises:
        Invalid: a value or an owned row is refused, or a field is not his to write.
        Forbidden: the record would be outside of what he may write.
    """
    kept = kept_draft(change, both, taken)
    going = removal.drafts(change, both.type, [both.gone], with_owner=True)
    going[0].children.clear()  # they stay, with another owner
    guarding.ask(change, going)
    judging.raise_faults([*going, kept])
    lists, rows = statements.of(change.store, both.type.id).children, _rows(change, both)
    for field in lists:  # what history will tell is read while it is there
        _ = both.kept.values[field.id]
    files = _files(both, taken)
    put(change, rows)
    hold(change, kept, files | with_rows(lists, kept, rows))
    kept.told, kept.touched = rows, True
    kept.after = judging.raised(change, kept)
    write_both(change, [going[0], kept])
    moved = [Moved(one.type.id, one.type.owned_by, one.id, one.version + 1) for one in rows]
    return kept.version + 1, moved


def kept_draft(change: Change, both: Pair, taken: Collection[str]) -> Draft:
    """The kept record with what it takes over of plain values, judged under the person's rights;
    the faults of files are noted in it.

    Raises:
        Invalid: a field of which nothing is taken over.
    """
    known = {field.id: field for field in mergeable(both.type)}
    for name in taken:
        if name not in known:
            raise Invalid([FieldError(name, "not_editable")])
    files = {name for name in taken if storage(known[name]) is Storage.FILES}
    sent = {name: both.gone.values[name] for name in taken if name not in files}
    sent |= _own_level(change, both) | _own_links(both, taken)
    edit = Edit(both.kept, both.kept.version, sent)
    (made,) = prepare.updates(change, both.type, [edit])
    references.check(change, [made])
    guarding.ask(change, [made])
    for name in sorted(files - made.held.edit):
        made.refuse(name, "not_editable")
    return made


def _files(both: Pair, taken: Collection[str]) -> dict[str, object]:
    """The files of the kept record: of lists those of both, else the chosen one."""
    after: dict[str, object] = {}
    for field in both.type.fields.values():
        if field.system or storage(field) is not Storage.FILES:
            continue
        others = both.gone.values[field.id]
        if _adds_up(field) and others:
            after[field.id] = (*several(both.kept.values[field.id]), *several(others))
        elif field.id in taken:
            after[field.id] = others
    return after


def _own_level(change: Change, both: Pair) -> dict[str, object]:
    """The higher of both secrecy levels, where that is not the kept record's."""
    name = both.type.secrecy
    if not name:
        return {}
    ranks = {level.id: level.rank for level in change.store.project.secrecy_levels}
    levels = [both.kept.values[name], both.gone.values[name]]
    own, other = (ranks.get(str(level), 0) for level in levels)
    return {name: levels[1]} if other > own else {}


def _own_links(both: Pair, taken: Collection[str]) -> dict[str, object]:
    """References of the kept record to the one that goes: it cannot refer to itself.

    Raises:
        Invalid: one of them must not be empty.
    """
    let_go: dict[str, object] = {}
    for field in both.type.fields.values():
        if field.system or field.rollup is not None or field.to != both.type.id:
            continue
        if storage(field) not in (Storage.LINK, Storage.LINKS):
            continue
        value = (both.gone if field.id in taken else both.kept).values[field.id]
        ids = value if isinstance(value, tuple) else (value,)
        if not {both.gone.id, both.kept.id} & {id for id in ids if isinstance(id, int)}:
            continue
        rest = tuple(id for id in ids if id not in (both.gone.id, both.kept.id))
        if not isinstance(value, tuple) and is_always_required(field):
            raise Invalid([FieldError(field.id, "merge_itself")])
        let_go[field.id] = rest if isinstance(value, tuple) else absent(field)
    return let_go


def _rows(change: Change, both: Pair) -> list[Draft]:
    """The rows the other record owns, as rows of the kept one."""
    made = []
    for owned in removal.owned_types(change.store.project, both.type.id):
        found = change.reader.load_by(owned.id, owned.owned_by, (both.gone.id,), lock=True)
        to = {owned.owned_by: both.kept.id}
        made += [draft(change, owned, record, to) for record in found.values()]
    return made


def with_rows(lists: Iterable[Field], kept: Draft, rows: Sequence[Draft]) -> dict[str, object]:
    """The lists of owned rows with rows that have come to the record."""
    after: dict[str, object] = {}
    for field in lists:
        come = tuple(row.after for row in rows if row.type.id == field.to)
        if come:
            before = kept.before[field.id] if kept.before is not None else ()
            assert isinstance(before, tuple)
            after[field.id] = (*before, *come)
    return after


def hold(change: Change, kept: Draft, after: Mapping[str, object]) -> None:
    """Write further values with a judged draft, and what is worked out from them."""
    if after:
        kept.after = kept.after.over(after)
        kept.changed |= frozenset(after)
        change.recompute(kept, set(after))


def several(value: object) -> tuple[object, ...]:
    """A value of one or many as many."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def write_both(change: Change, drafts: list[Draft]) -> None:
    """Write and tell two records together: what the one lets go of the other may take."""
    guesses.spend(change, drafts)
    following.lock_carriers(change.store, list(walk(drafts)))
    for one in drafts:  # what history will tell is read while it is there
        for field in statements.of(change.store, one.type.id).files:
            _ = one.before[field.id] if one.before is not None else one.after[field.id]
    try:
        with ties.untied(change, drafts):
            writing.write(change, drafts)
    except ConstraintBroken as broken:
        raise refused(change, broken, drafts) from broken
    for one in drafts:
        change.book.tell(one)
