"""What is told of a record's values: which fields, and how the books write each for ever.

Compiled once per store and type. History takes the true values; the audit book takes personal and
free text only masked or as a keyed hash, so that erasing a person never needs the book. Records
alike are told together, field by field, so that a thousand of them cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, storage, value_type
from kefu_admin.definitions.fields import Field, PersonalClass, Storage
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.values import unchanged
from kefu_admin.store import audit, history
from kefu_admin.store.change import statements
from kefu_admin.store.change.values import Draft, Kind, Take, taking
from kefu_admin.store.per_type import PerType
from kefu_admin.store.telling import Telling, json_text, quote

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Column = Sequence[object]
Write = Callable[["Store", Sequence[int], Column], Sequence[str]]  # of the records' ids and values
_EXACT = frozenset({"decimal", "money"})  # equal ones may be written otherwise


@dataclass(frozen=True, slots=True)
class Cell:
    """One told field: its key in JSON, how history writes its values and how the audit book (None:
    as history does), its id, and whether these are owned rows, told by their ids."""

    field: Field
    key: str
    true: Write
    kept: Write | None
    name: str
    is_owned: bool


@dataclass(frozen=True, slots=True)
class Told:
    """The told fields of a type in the order of their names; `take` gives their values, without
    those of owned rows."""

    cells: tuple[Cell, ...]
    take: Take


def tell(store: Store, drafts: Sequence[Draft], *, audited: bool) -> list[Telling]:
    """What the books are told of written drafts, in their order; without the changes for the audit
    book unless `audited`."""
    alike: dict[tuple[str, Kind, frozenset[str]], list[int]] = {}
    for place, draft in enumerate(drafts):
        changed = draft.changed if draft.kind is Kind.UPDATE else frozenset[str]()
        alike.setdefault((draft.type.id, draft.kind, changed), []).append(place)
    told: list[Telling | None] = [None] * len(drafts)
    for (type_id, kind, changed), places in alike.items():
        some = [drafts[place] for place in places]
        if kind is Kind.UPDATE:
            texts = _moved(store, type_id, changed, some, audited=audited)
        else:
            texts = _whole(store, type_id, some, brings=kind.brings, audited=audited)
        action, rises = kind.value, 0 if kind.brings else 1
        for place, draft, (before, after, changes) in zip(places, some, texts, strict=True):
            version = draft.version + rises
            told[place] = Telling(type_id, draft.id, version, action, before, after, changes)
    return cast(list[Telling], told)


Texts = tuple[str | None, str | None, str]  # before, after, changes


def _moved(
    store: Store, type_id: str, changed: frozenset[str], drafts: Sequence[Draft], *, audited: bool
) -> list[Texts]:
    """Changed records: both values of each changed field."""
    cells = [cell for cell in told(store, type_id).cells if cell.name in changed]
    if not cells:
        return [(None, None, "{}")] * len(drafts)
    ids = [draft.id for draft in drafts]
    before: list[list[str]] = []
    after: list[list[str]] = []
    changes: list[list[str]] = []
    for cell in cells:
        old, new = _both(cell, drafts)
        old_true, new_true = cell.true(store, ids, old), cell.true(store, ids, new)
        before.append([cell.key + text for text in old_true])
        after.append([cell.key + text for text in new_true])
        if audited:
            keep = cell.kept
            pairs = zip(
                old_true if keep is None else keep(store, ids, old),
                new_true if keep is None else keep(store, ids, new),
                strict=True,
            )
            changes.append([f"{cell.key}[{one},{other}]" for one, other in pairs])
    told_changes = _objects(changes) if audited else ["{}"] * len(drafts)
    return list(zip(_objects(before), _objects(after), told_changes, strict=True))


def _whole(
    store: Store, type_id: str, drafts: Sequence[Draft], *, brings: bool, audited: bool
) -> list[Texts]:
    """New, restored or deleted records: every value there is."""
    ids = [draft.id for draft in drafts]
    true: list[list[str]] = []
    changes: list[list[str]] = []
    opening, closing = ("[null,", "]") if brings else ("[", ",null]")
    nothing = (None,) * len(drafts)
    for cell, column in zip(
        told(store, type_id).cells, _columns(store, type_id, drafts, brings=brings), strict=True
    ):
        if column == nothing:
            continue
        is_there = [value is not None and value != () for value in column]
        if not any(is_there):
            continue
        key, texts = cell.key, cell.true(store, ids, column)
        true.append([key + text if yes else "" for text, yes in zip(texts, is_there, strict=True)])
        if audited:
            kept = texts if cell.kept is None else cell.kept(store, ids, column)
            key += opening
            changes.append(
                [
                    key + text + closing if yes else ""
                    for text, yes in zip(kept, is_there, strict=True)
                ]
            )
    if not true:
        return [(None, None, "{}")] * len(drafts)
    values = [text if text != "{}" else None for text in _objects(true)]
    told_changes = _objects(changes) if audited else ["{}"] * len(drafts)
    if brings:
        return [(None, value, text) for value, text in zip(values, told_changes, strict=True)]
    return [(value, None, text) for value, text in zip(values, told_changes, strict=True)]


def _objects(columns: Sequence[Sequence[str]]) -> list[str]:
    """A JSON object per row from columns of members; "" is no member."""
    return ["{" + ",".join(filter(None, row)) + "}" for row in zip(*columns, strict=True)]


def _columns(store: Store, type_id: str, drafts: Sequence[Draft], *, brings: bool) -> list[Column]:
    """The values of all told fields, field by field."""
    of = told(store, type_id)
    states = [draft.after if brings or draft.before is None else draft.before for draft in drafts]
    plain_columns = iter(zip(*(state.several(of.take) for state in states), strict=True))
    return [
        [_owned(draft, cell.field)[1 if brings else 0] for draft in drafts]
        if cell.is_owned
        else next(plain_columns)
        for cell in of.cells
    ]


def _both(cell: Cell, drafts: Sequence[Draft]) -> tuple[Column, Column]:
    """The values of a field before and after."""
    name = cell.name
    if cell.is_owned:
        pairs = [_owned(draft, cell.field) for draft in drafts]
        return [old for old, _ in pairs], [new for _, new in pairs]
    old = [None if draft.before is None else draft.before[name] for draft in drafts]
    return old, [draft.after[name] for draft in drafts]


def _owned(draft: Draft, field: Field) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The ids of the owned rows before and after."""
    if field.id not in draft.changed:
        return (), ()
    written = [c for c in (*draft.children, *draft.told) if c.type.id == field.to]
    if draft.kind is Kind.REMOVE:
        return tuple(child.id for child in written), ()
    rows = draft.before[field.id] if draft.before is not None else ()
    assert isinstance(rows, tuple)
    before = tuple(row["id"] for row in rows)
    gone = {
        child.id
        for child in written
        if child.kind is Kind.REMOVE or child.after[field.by] != draft.id  # or another's now
    }
    new = tuple(
        child.id
        for child in written
        if child.kind is not Kind.REMOVE and child.id not in before and child.id not in gone
    )
    return before, (*(i for i in before if i not in gone), *new)


def _compile(store: Store, type_id: str) -> Told:
    content_type = store.project.types[type_id]
    fields = sorted(statements.of(store, content_type.id).told, key=lambda field: field.id)
    return Told(
        cells=tuple(
            Cell(
                field=one,
                key=f"{quote(one.id)}:",
                true=_true(content_type, one),
                kept=_kept(content_type, one),
                name=one.id,
                is_owned=one.type == "children",
            )
            for one in fields
        ),
        take=taking([field.id for field in fields if field.type != "children"]),
    )


told = PerType(_compile)


def _true(content_type: ContentType, one: Field) -> Write:
    if one.type == "children":
        return _ids
    if one.encrypted:

        def sealed(store: Store, ids: Sequence[int], values: Column) -> list[str]:
            return [
                "null"
                if value is None
                else json_text(history.sealed(store, content_type.id, one, record_id, value))
                for record_id, value in zip(ids, values, strict=True)
            ]

        return sealed
    if storage(one) in (Storage.TEXT, Storage.LONG_TEXT) and not one.choices:
        return _each(lambda _, value: quote(cast(str, value)))
    written = _each if value_type(one).id in _EXACT else _remembering
    if value_type(one).plain is unchanged:
        return written(lambda _, value: json_text(value))
    return written(lambda _, value: json_text(plain(one, value)))


def _kept(content_type: ContentType, one: Field) -> Write | None:
    if one.type == "children":
        return _ids_or_null
    same = value_type(one).plain is unchanged
    is_hashed = _is_personal(content_type, one) or bool(one.mask)
    is_hashed |= storage(one) is Storage.LONG_TEXT
    if same and not is_hashed:
        return None
    mask = MASKS[one.mask] if one.mask else None

    def keep(store: Store, value: object) -> str:
        if value == ():
            return "null"
        written = value if same else plain(one, value)
        if mask is not None and isinstance(written, str):
            return quote(mask(written))
        return quote(audit.keyed_hash(store, str(written))) if is_hashed else json_text(written)

    return _each(keep)


def _ids(store: Store, ids: Sequence[int], values: Column) -> list[str]:
    """Owned rows as lists of their ids."""
    return [json_text(list(cast(tuple[object, ...], value))) for value in values]


def _ids_or_null(store: Store, ids: Sequence[int], values: Column) -> list[str]:
    """Owned rows as lists of their ids, none as null."""
    return [
        "null" if value == () else json_text(list(cast(tuple[object, ...], value)))
        for value in values
    ]


def _each(one: Callable[[Store, object], str]) -> Write:
    """Values that differ from record to record."""

    def write(store: Store, ids: Sequence[int], values: Column) -> list[str]:
        return ["null" if value is None else one(store, value) for value in values]

    return write


def _remembering(one: Callable[[Store, object], str]) -> Write:
    """Choices, dates, links: the same few again and again."""

    def write(store: Store, ids: Sequence[int], values: Column) -> list[str]:
        known: dict[object, str] = {None: "null"}
        written = []
        for value in values:
            text = known.get(value)
            if text is None:
                text = known[value] = one(store, value)
            written.append(text)
        return written

    return write


def _is_personal(content_type: ContentType, field: Field) -> bool:
    """Whether the field is personal, or worked out from one that is."""
    if field.personal is not PersonalClass.NONE or field.encrypted:
        return True
    return field.formula is not None and any(
        _is_personal(content_type, content_type.fields[source]) for source in field.formula.fields
    )
