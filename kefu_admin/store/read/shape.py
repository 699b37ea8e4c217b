"""What a SELECT of a type brings: its columns, the flags of the rules, and how a row is read.

Compiled once per (type, grants, columns). Only fields that some grant shows are selected at all.
For each pattern of flags the steps that turn a fetched tuple into values are worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.condition import NEVER
from kefu_admin.definitions.field_types import convert, plain, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.role import Right
from kefu_admin.store import columns, crypto
from kefu_admin.store.dialect import quoted
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import RowRights, Rules
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.where import Fragment

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Convert = Callable[[Any, int], object]  # raw value as the driver gave it, and the record's id
SHOWN = frozenset({Right.SEE, Right.SEE_MASKED})
ALIAS = "r"


@dataclass(frozen=True, slots=True)
class Step:
    """How one field of fetched rows becomes its value. `convert` None: the raw value is it.
    `absent` is what NULL stands for."""

    name: str
    index: int
    convert: Convert | None
    target: str = ""  # type id a single link leads to; its id becomes a Ref
    absent: object = None

    def read(self, column: Sequence[Any], ids: Sequence[int]) -> Sequence[object]:
        """The values of a whole column."""
        convert, absent = self.convert, self.absent
        if convert is None:
            return column
        return [
            absent if raw is None else convert(raw, id) for raw, id in zip(column, ids, strict=True)
        ]


@dataclass(slots=True)
class Steps:
    """What to do with rows of one pattern of flags."""

    rights: RowRights
    own: tuple[Step, ...]
    late: tuple[Field, ...]
    worked: tuple[Field, ...]
    masked: frozenset[str]
    title: Step | None
    actions: frozenset[str]


@dataclass(slots=True)
class Shape:
    """The SELECT list and how to read its rows: id, version, then columns, then flags."""

    rules: Rules
    names: tuple[str, ...]
    columns: tuple[tuple[str, int], ...]  # column name and where it stands in the row
    flags: tuple[Fragment, ...]
    store: Store
    select: tuple[str, tuple[object, ...]] = ("", ())  # SQL of the list, and its parameters
    _steps: dict[tuple[Any, ...], Steps] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The SELECT list; every column has an alias of its own."""
        head = [f'"{ALIAS}"."id" AS "id"', f'"{ALIAS}"."version" AS "version"']
        own = [f'"{ALIAS}".{quoted(name)} AS "c{index}"' for name, index in self.columns]
        flags = [
            f'CASE WHEN {flag.text} THEN 1 ELSE 0 END AS "f{number}"'
            for number, flag in enumerate(self.flags)
        ]
        params = tuple(param for flag in self.flags for param in flag.params)
        self.select = ", ".join((*head, *own, *flags)), params

    def steps(self, row: Sequence[Any]) -> Steps:
        """How to read this row, by its flags."""
        first = 2 + len(self.columns)
        pattern = tuple(row[first : first + len(self.flags)])
        found = self._steps.get(pattern)
        if found is None:
            found = self._steps[pattern] = self._compile(self.rules.rights(pattern))
        return found

    def title(self, row: Sequence[Any]) -> str:
        """The text that stands for a record: its title as the asker sees it, else its id."""
        return self.titles(self.steps(row), [(raw,) for raw in row])[0]

    def titles(self, steps: Steps, columns: Sequence[Sequence[Any]]) -> list[str]:
        """The titles of rows given column by column."""
        ids, step = columns[0], steps.title
        if step is None:
            return [f"#{id}" for id in ids]
        return [
            f"#{id}" if value is None or value == "" else str(value)
            for id, value in zip(ids, step.read(columns[step.index], ids), strict=True)
        ]

    def true_values(self, row: Sequence[Any]) -> dict[str, object]:
        """Everything selected, unmasked: for formulas that depend on now, never for persons."""
        values: dict[str, object] = {}
        for name, index in self.columns:
            own = converter(self.store, self.rules.type.id, self.rules.type.fields[name])
            values[name] = own(row[index], int(row[0])) if own is not None else row[index]
        return values

    def _compile(self, rights: RowRights) -> Steps:
        fields = self.rules.type.fields
        at = dict(self.columns)
        shown = [n for n in self.names if n in rights.see or n in rights.masked]
        own = [self._step(fields[name], at[name], rights) for name in shown if name in at]
        if "id" in shown:
            own.append(Step("id", 0, None))
        if "version" in shown:
            own.append(Step("version", 1, None))
        title = self.rules.type.title
        return Steps(
            rights=rights,
            own=tuple(own),
            late=tuple(fields[n] for n in shown if n in rights.see and is_late(fields[n])),
            worked=tuple(fields[n] for n in shown if n in rights.see and is_worked(fields[n])),
            masked=frozenset(n for n in shown if n in rights.masked and n in at),
            title=self._step(fields[title], at[title], rights)
            if title in at and (title in rights.see or title in rights.masked)
            else None,
            actions=frozenset(str(action) for action in rights.actions),
        )

    def _step(self, one: Field, index: int, rights: RowRights) -> Step:
        own = converter(self.store, self.rules.type.id, one)
        if one.id in rights.masked:
            return Step(one.id, index, masking(one, own))
        target = ""
        if storage(one) is Storage.LINK:
            target = target_type(value_type(one).id, one.to)
        absent = () if not one.system and storage(one) is Storage.MEMBERS else None
        return Step(one.id, index, own, target, absent)


def shape(sight: Sight, rules: Rules, names: Sequence[str], compiled: Compiler) -> Shape:
    """The shape for these fields; unknown and never-shown ones are left out."""
    key = (rules.type.id, sight.grants.key, tuple(names))
    known = sight.memo.shapes
    found = known.get(key)
    if not isinstance(found, Shape):
        found = known[key] = _shape(sight, rules, names, compiled)
    return found


Compiler = Callable[[str, Any], Fragment]


def _shape(sight: Sight, rules: Rules, names: Sequence[str], compiled: Compiler) -> Shape:
    fields = rules.type.fields
    shown = tuple(
        name
        for name in dict.fromkeys(names)
        if name in fields and rules.where(name, SHOWN) != NEVER
    )
    inputs = [
        name
        for shown_name in shown
        if is_worked(fields[shown_name])
        for name in sorted(fields[shown_name].formula.fields)  # type: ignore[union-attr]
    ]
    wanted = dict.fromkeys((*shown, rules.type.title, *inputs))
    own = [n for n in wanted if n in fields and n not in ("id", "version") and has_own(fields[n])]
    return Shape(
        rules=rules,
        names=shown,
        columns=tuple((name, index) for index, name in enumerate(own, start=2)),
        flags=tuple(compiled(rules.type.id, flag) for flag in rules.flags),
        store=sight.store,
    )


def has_own(one: Field) -> bool:
    """Whether the field is a column of the type's table."""
    return one.system or columns.has_column(one)


def is_late(one: Field) -> bool:
    """Whether the field's values lie in another table: links, files, owned rows."""
    return not one.system and storage(one) in (Storage.LINKS, Storage.FILES, Storage.ROWS)


def is_worked(one: Field) -> bool:
    """Whether the value is worked out on reading."""
    return one.formula is not None and one.formula.uses_now


_SYSTEM_KINDS = {"created_at": ColumnKind.INSTANT, "updated_at": ColumnKind.INSTANT}


def converter(store: Store, type_id: str, one: Field) -> Convert | None:
    """From the driver's value to the canonical one; None when they are the same."""
    if one.system:
        kind = _SYSTEM_KINDS.get(one.id, ColumnKind.INTEGER)
        return _instant if kind is ColumnKind.INSTANT else None
    rests = storage(one)
    if rests is Storage.SECRET:
        keys = crypto.vault_of(store)

        def opened(raw: Any, record_id: int) -> object:
            if not raw:
                return None
            text = keys.open(raw, type_id=type_id, field=one.id, record_id=record_id)
            return convert(one, text)

        return opened
    if rests is Storage.INSTANT:
        return _instant
    if rests is Storage.DATE:
        return _date
    if rests is Storage.BOOLEAN:
        return _boolean
    if rests is Storage.MEMBERS or (
        rests is Storage.INTEGER and value_type(one).id not in ("integer", "duration")
    ):
        return lambda raw, _: columns.from_column(one, raw)
    return None


def masking(one: Field, own: Convert | None) -> Convert:
    """From the driver's value to the masked text: nothing else leaves the store."""
    mask = MASKS[one.mask or "all"]

    def masked(raw: Any, record_id: int) -> object:
        value = own(raw, record_id) if own is not None else raw
        if value is None or value == ():
            return None
        return mask(str(plain(one, value)))

    return masked


def _instant(raw: Any, _: int) -> object:
    if raw is None:
        return None
    if isinstance(raw, str):
        return datetime.fromisoformat(f"{raw}+00:00")
    return raw.replace(tzinfo=UTC)


def _date(raw: Any, _: int) -> object:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


def _boolean(raw: Any, _: int) -> object:
    return None if raw is None else bool(raw)
