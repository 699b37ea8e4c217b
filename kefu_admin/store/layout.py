"""The tables a project wants: one per type, one per many-valued reference, and the fixed ones.

A type's table is named like the type and readable by any SQL tool: real columns, foreign keys that
restrict, checks, and the indexes its lists need.
"""

from __future__ import annotations

from collections.abc import Iterator

from kefu_admin.definitions.builtin import table_name, target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.project import Project
from kefu_admin.store.columns import columns, has_column, hash_column
from kefu_admin.store.fixed import FIXED_TABLES
from kefu_admin.store.names import index_name, link_table
from kefu_admin.store.partial import partial
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape

LONGEST_KEY = 700  # characters in an index: MariaDB's 3072 bytes at four each, less the other parts

_HEAD = (ColumnShape(name="id", kind=ColumnKind.ID, nullable=False),)
_TAIL = (
    ColumnShape(name="version", kind=ColumnKind.INTEGER, nullable=False, default=1),
    ColumnShape(name="created_at", kind=ColumnKind.INSTANT, nullable=False),
    ColumnShape(name="created_by", kind=ColumnKind.INTEGER, references="kefu_user"),
    ColumnShape(name="updated_at", kind=ColumnKind.INSTANT, nullable=False),
    ColumnShape(name="updated_by", kind=ColumnKind.INTEGER, references="kefu_user"),
)


def layout(project: Project) -> tuple[TableShape, ...]:
    """Every table the project wants, fixed ones first."""
    tables = list(FIXED_TABLES)
    for type in project.types.values():
        tables.append(_type_table(type, project))
        tables.extend(_link_tables(type))
    return tuple(tables)


def _type_table(type: ContentType, project: Project) -> TableShape:
    own = [column for field in _own_fields(type) for column in columns(field)]
    shapes = (*_HEAD, *own, *_TAIL)
    return TableShape(
        name=type.id,
        columns=shapes,
        indexes=_indexes(type, {column.name: column for column in shapes}, project),
        renamed_from=type.renamed_from,
        label=type.label.zh,
    )


def _own_fields(type: ContentType) -> Iterator[Field]:
    return (field for field in type.fields.values() if not field.system)


def _link_tables(type: ContentType) -> Iterator[TableShape]:
    for field in _own_fields(type):
        if storage(field) is not Storage.LINKS:
            continue
        name = link_table(type.id, field.id)
        target = table_name(target_type(field.type, field.to))
        old = ""
        if type.renamed_from or field.renamed_from:
            old = link_table(type.renamed_from or type.id, field.renamed_from or field.id)
        yield TableShape(
            name=name,
            columns=(
                ColumnShape(
                    name="record_id",
                    kind=ColumnKind.INTEGER,
                    nullable=False,
                    references=type.id,
                ),
                ColumnShape(
                    name="target_id", kind=ColumnKind.INTEGER, nullable=False, references=target
                ),
                ColumnShape(name="position", kind=ColumnKind.INTEGER, nullable=False),
            ),
            indexes=tuple(
                IndexShape(name=index_name(name, key, unique=unique), columns=key, unique=unique)
                for key, unique in ((("record_id", "target_id"), True), (("target_id",), False))
            ),
            renamed_from=old,
            label=f"{type.label.zh}·{field.label.zh}",
        )


def _indexes(
    type: ContentType, shapes: dict[str, ColumnShape], project: Project
) -> tuple[IndexShape, ...]:
    unique = dict(_unique_keys(type))
    wanted = {
        key: IndexShape(
            name=index_name(type.id, key[0], unique=True, where=key[1]),
            columns=key[0],
            unique=True,
            where=key[1],
        )
        for key in unique
    }
    covered = {key[0] for key in wanted if not key[1]}
    plain = [key for key in _plain_keys(type, shapes, project) if key not in covered]
    for key in dict.fromkeys(plain):
        begins_another = any(
            len(other) > len(key) and other[: len(key)] == key for other in (*plain, *covered)
        )
        if not begins_another:
            wanted[(key, "")] = IndexShape(name=index_name(type.id, key, unique=False), columns=key)
    return tuple(wanted.values())


def _unique_keys(type: ContentType) -> Iterator[tuple[tuple[tuple[str, ...], str], None]]:
    for field in _own_fields(type):
        if has_column(field) and (field.unique or field.type == "number"):
            yield ((_key_column(field),), ""), None
    for unique in type.unique:
        key = tuple(_key_column(type.fields[name]) for name in unique.fields)
        where = partial(unique.where, type) if unique.where is not None else ""
        yield (key, where), None


def _plain_keys(
    type: ContentType, shapes: dict[str, ColumnShape], project: Project
) -> Iterator[tuple[str, ...]]:
    for column in shapes.values():
        if column.references:
            yield (column.name,)
    for field in _own_fields(type):
        if storage(field) is Storage.SECRET:
            yield (hash_column(field),)
    if type.owned_by:
        yield (type.owned_by, "id")
    for alike in type.alike:  # asked while somebody types
        if not alike.without and storage(type.fields[alike.name]) is not Storage.SECRET:
            yield (alike.name, "id")
    for names in type.indexes:
        yield tuple(_key_column(type.fields[name]) for name in names)
    if type.department and type.secrecy:  # what visibility asks: a list is counted from the index
        yield (type.department, type.secrecy)
    views = [view for view in project.views.values() if view.type == type.id]
    for name in (key.field for view in views for key in view.sort):
        if sorted_by := _indexable(type.fields.get(name), shapes):
            yield (sorted_by, "id")
            if type.department and sorted_by != type.department:
                yield (type.department, sorted_by, "id")
    for name in (name for view in views for name in view.filters):
        if filtered_by := _indexable(type.fields.get(name), shapes):
            yield (filtered_by, "id")


def _indexable(field: Field | None, shapes: dict[str, ColumnShape]) -> str:
    """The column to index for a listed field, or "" where there is none (long texts, members)."""
    if field is None or field.id == "id":
        return ""
    if field.system:
        return field.id
    if not has_column(field):
        return ""
    column = shapes[_key_column(field)]
    if column.kind is ColumnKind.LONG_TEXT or column.length > LONGEST_KEY:
        return ""
    return column.name


def _key_column(field: Field) -> str:
    """The column that tells equal values apart: the hash beside an encrypted field."""
    if not field.system and storage(field) is Storage.SECRET:
        return hash_column(field)
    return field.id
