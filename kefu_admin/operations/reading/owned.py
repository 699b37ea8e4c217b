"""What differs in owned rows between two versions of their owner, under the rights in each row.

Which rows and fields show, and how they are masked, the owned type's rules decide: on the row as it
is, or as it was when it was deleted. Who may not read the history of a row is told that it differs,
not in what, and of one that is gone only the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kefu_admin.behaviours.validation import decide
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.operations.reading.requests import RowChange, RowDifference
from kefu_admin.store import read
from kefu_admin.store.query import Ref
from kefu_admin.store.read import Shown, Sight, Wanted
from kefu_admin.store.rules import NO_RIGHTS, RowRights
from kefu_admin.store.versions import OwnedRow, Was


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of owned rows: those seen at the older and at the newer version, and what differs."""

    before: tuple[Ref, ...]
    after: tuple[Ref, ...]
    rows: tuple[RowDifference, ...]


@dataclass(slots=True)
class _Row:
    """One row he may see; no rights are known in one that was purged. `telling`: also what differs
    in it."""

    told: OwnedRow
    type: ContentType
    rights: RowRights | None
    shown: Shown
    telling: bool = False
    rows: dict[str, list[_Row]] = field(default_factory=dict)


def listed(
    look: Sight, content_type: ContentType, lists: Mapping[str, Sequence[OwnedRow]]
) -> dict[str, Listed]:
    """The lists of one owner that differ for the asker, by field."""
    wanted = Wanted(look)
    found: dict[str, Listed] = {}
    for name, rows in _gathered(look, content_type, lists, wanted).items():
        seen = [(row, ref) for row in rows if (ref := _ref(row, wanted)) is not None]
        differing = _differing([row for row, _ in seen], wanted)
        if differing:
            found[name] = Listed(
                tuple(ref for row, ref in seen if row.told.before is not None),
                tuple(ref for row, ref in seen if row.told.after is not None),
                differing,
            )
    return found


def _gathered(
    look: Sight,
    content_type: ContentType,
    lists: Mapping[str, Sequence[OwnedRow]],
    wanted: Wanted,
) -> dict[str, list[_Row]]:
    """The rows that are not closed to him, with what their values will need noted."""
    found: dict[str, list[_Row]] = {}
    for name, rows in lists.items():
        type_id = content_type.fields[name].to
        rules = look.rules(type_id)
        if rules is None:
            continue
        rights = _rights(look, type_id, [row.id for row in rows])
        found[name] = []
        for row in rows:
            held = rights.get(row.id)
            if held is None and (row.id in rights or not row.erased):
                continue
            one = _Row(row, rules.type, held, Shown(look, rules.type, held or NO_RIGHTS, wanted))
            one.telling = held is not None and Action.HISTORY in held.actions
            below = {name: rows for name, rows in row.rows.items() if name in one.shown.see}
            one.rows = _gathered(look, rules.type, below, wanted)
            wanted.labels.want(type_id, row.id)
            for was in (row.before, row.after):
                one.shown.want(was.values if was is not None else {})
            found[name].append(one)
    return found


def _rights(look: Sight, type_id: str, ids: Sequence[int]) -> Mapping[int, RowRights | None]:
    """The rights in rows that are there or in the bin; None or missing: not his to see."""
    there = read.rights_in(look, type_id, ids)
    rest = [id for id in ids if id not in there]
    return {**read.Bin(look, decide).rights_in(type_id, rest), **there} if rest else there


def _differing(rows: Sequence[_Row], wanted: Wanted) -> tuple[RowDifference, ...]:
    """What differs in rows of one list, for him."""
    found = []
    for row in rows:
        old, new = row.told.before, row.told.after
        change = RowChange.REMOVED if new is None else RowChange.CHANGED
        change = RowChange.ADDED if old is None else change
        names = _names(row)
        before, after = (_shown(row, one, names) for one in (old, new))
        below = {name: _differing(rows, wanted) for name, rows in row.rows.items()}
        below = {name: rows for name, rows in below.items() if rows}
        ref = _ref(row, wanted)
        if ref is None or (change is RowChange.CHANGED and not (before or after or below)):
            continue
        told = before.keys() | after.keys() if row.telling else frozenset[str]()
        unfit = {name for one in (old, new) if one is not None for name in one.unfit}
        found.append(
            RowDifference(
                change=change,
                row=ref,
                type=row.type.id,
                before=before if row.telling else {},
                after=after if row.telling else {},
                masked=row.rights.masked & told if row.rights is not None else frozenset(),
                unfit=frozenset(unfit & told),
                rows=below if row.telling else {},
            )
        )
    return tuple(found)


def _names(row: _Row) -> list[str]:
    """The fields that may be told of, in the type's order."""
    differing = row.told.differing
    return [
        name
        for name, one in row.type.fields.items()
        if name in differing
        and not one.system
        and one.rollup is None
        and one.type != "children"
        and name != row.type.owned_by
    ]


def _shown(row: _Row, was: Was | None, names: Sequence[str]) -> dict[str, object]:
    """What he may see of the values that differ, at one moment."""
    if was is None:
        return {}
    both = row.told.before is not None and row.told.after is not None
    values = {name: was.values.get(name) for name in names if both or name in was.values}
    return row.shown.values(values, was.unfit)


def _ref(row: _Row, wanted: Wanted) -> Ref | None:
    """The row with what it is called now, or was at the newer moment; None when it is hidden."""
    there = wanted.labels.ref(row.type.id, row.told.id)
    if there is not None or row.rights is None:
        return there or wanted.row(row.type.id, row.told.id)
    if not row.telling:
        return Ref(row.told.id, f"#{row.told.id}")
    was = row.told.after or row.told.before
    title = row.type.title
    shown = row.shown.values({title: was.values.get(title)}, was.unfit) if was is not None else {}
    value = shown.get(title)
    label = value.label if isinstance(value, Ref) else str(value or "")
    return Ref(row.told.id, label or f"#{row.told.id}")
