"""One record as it is shown: sections of facts, tables of owned rows, lists of related records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert, plain, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.faces.admin.cells import Cell, Shown, cell, is_numeric
from kefu_admin.faces.admin.record.listing import ListRow, rows
from kefu_admin.faces.admin.words import Translate, size_text
from kefu_admin.operations.reading import Related
from kefu_admin.store.query import File, Ref, Row

_WIDE = frozenset({"long_text", "address", "attachments", "images"})
_FILES = frozenset({"attachment", "attachments", "image", "images"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field with its value. `links` are files or several records as (path, text, size, whether
    it is a picture)."""

    name: str
    label: str
    cell: Cell
    href: str = ""
    outside: bool = False
    links: tuple[tuple[str, str, str, bool], ...] = ()
    wide: bool = False
    unmask: bool = False
    revealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows inside a detail. `base` leads to a row's own page, "" for owned rows."""

    label: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[ListRow, ...]
    base: str = ""
    counted: str = ""
    all: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailSection:
    """A titled group of facts and tables."""

    label: str
    id: str = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    columns: int = 2
    faults: int = 0  # none: nothing is typed here


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a detail needs beside the record: neighbours, paths, language, uncovered values."""

    types: Mapping[str, ContentType]
    open_types: frozenset[str]  # those the person may open
    records: str  # path of all records: "/records"
    files: str
    shown: Shown
    said: Translate
    may_unmask: bool
    hidden: frozenset[str] = frozenset()  # empty fields that do not apply to the record
    revealed: Mapping[str, object] = field(default_factory=dict)


def sections(content: ContentType, row: Row, look: Look) -> tuple[DetailSection, ...]:
    """The record in the configured sections; what no section names comes last."""
    placed = set(look.hidden)
    made: list[DetailSection] = []
    for section in content.sections:
        names = [name for name in section.fields if name in row.values and name not in placed]
        placed.update(names)
        found = _section(names, content, row, look)
        if found.facts or found.tables:
            label = section.label.text(look.shown.locale)
            made.append(replace(found, id=section.id, label=label, columns=section.columns))
    rest = [n for n in row.values if n not in placed and not content.fields[n].system]
    found = _section(rest, content, row, look)
    if found.facts or found.tables:
        made.append(replace(found, label=look.said("其他信息") if made else ""))
    return tuple(made)


def _section(names: Sequence[str], content: ContentType, row: Row, look: Look) -> DetailSection:
    facts: list[Fact] = []
    tables: list[Table] = []
    for name in names:
        one = content.fields[name]
        value = row.values[name]
        if one.type == "children" and name not in row.masked:
            tables.append(_owned(one, value, look))
        else:
            facts.append(fact(one, value, look, masked=name in row.masked))
    if len(tables) == 1 and not facts:
        tables = [replace(tables[0], label="")]
    return DetailSection(label="", facts=tuple(facts), tables=tuple(tables))


def fact(one: Field, value: object, look: Look, *, masked: bool = False) -> Fact:
    """One field of a record as it is shown."""
    revealed = one.id in look.revealed
    if revealed:
        value, masked = convert(one, look.revealed[one.id]), False
    made = Fact(
        name=one.id,
        label=one.label.text(look.shown.locale),
        cell=cell(one, value, look.shown, masked=masked),
        wide=one.type in _WIDE,
        unmask=masked and look.may_unmask and value is not None,
        revealed=revealed,
    )
    if masked or not value:
        return made
    if one.type in _FILES:
        files = value if isinstance(value, tuple) else (value,)
        return replace(
            made,
            links=tuple(
                (f"{look.files}/{file.id}", file.name, size_text(file.size), _is_picture(file))
                for file in files
                if isinstance(file, File)
            ),
        )
    if one.type == "references" and one.to in look.open_types and isinstance(value, tuple):
        return replace(
            made,
            links=tuple(
                (f"{look.records}/{one.to}/{ref.id}", ref.label, "", False)
                for ref in value
                if isinstance(ref, Ref)
            ),
        )
    return _linked(made, one, value, look)


def _is_picture(file: File) -> bool:
    return file.media_type.startswith("image/")


def _linked(made: Fact, one: Field, value: object, look: Look) -> Fact:
    match value_type(one).id:
        case "reference" if isinstance(value, Ref) and one.to in look.open_types:
            return replace(made, href=f"{look.records}/{one.to}/{value.id}")
        case "url" if urlsplit(str(value)).scheme in ("http", "https"):
            return replace(made, href=str(value), outside=True)
        case "email":
            return replace(made, href=f"mailto:{value}")
        case "phone":
            return replace(made, href=f"tel:{plain(one, value)}")
    return made


def _owned(one: Field, value: object, look: Look) -> Table:
    below = look.types[one.to]
    found = tuple(row for row in value if isinstance(row, Row)) if isinstance(value, tuple) else ()
    hidden = {one.by, below.order, *(name for name, f in below.fields.items() if f.system)}
    names = [n for n in below.fields if n not in hidden and any(n in r.values for r in found)]
    return Table(
        label=one.label.text(look.shown.locale),
        heads=_heads(names, below, look),
        rows=rows(names, below, found, look.shown),
    )


def related_table(
    found: Related, record_id: int, columns: Sequence[str], look: Look, *, may_create: bool
) -> Table:
    """Rows of another type that refer to this record, as a table that leads to them."""
    base = f"{look.records}/{found.type.id}/"
    names = [n for n in columns if n != found.field.id]
    count = found.page.count
    return Table(
        label=found.type.plural.text(look.shown.locale),
        heads=_heads(names, found.type, look),
        rows=rows(names, found.type, found.page.rows, look.shown),
        base=base,
        counted="" if count is None else f"{count:,}{'+' if found.page.capped else ''}",
        all=f"{base}?f.{found.field.id}={record_id}",
        new=f"{base}new?from.{found.field.id}={record_id}" if may_create else "",
    )


def _heads(names: Sequence[str], content: ContentType, look: Look) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            content.fields[name].label.text(look.shown.locale),
            "n" if is_numeric(content.fields[name]) else "",
        )
        for name in names
    )


def summary(content: ContentType, row: Row, look: Look) -> tuple[Fact, ...]:
    """The fields the type wants on top, as far as the person sees them; to be read only."""
    return tuple(
        replace(
            fact(content.fields[name], row.values[name], look, masked=name in row.masked),
            unmask=False,
        )
        for name in content.summary
        if name in row.values and name not in look.hidden
    )


def tags(content: ContentType, row: Row, shown: Shown) -> tuple[Cell, ...]:
    """Coloured choices that stand beside the title: a record's state at a glance."""
    found = (
        cell(one, row.values.get(name), shown)
        for name, one in content.fields.items()
        if one.type == "choice" and name not in row.masked
    )
    return tuple(one for one in found if one.color)[:3]


def about(content: ContentType, row: Row, look: Look) -> tuple[Fact, ...]:
    """Who made the record and when, as far as the person sees it."""
    return tuple(
        fact(content.fields[name], value, look)
        for name, value in row.values.items()
        if content.fields[name].system and name != "id"
    )
