"""Ids that would clash with SQL, with what the desk needs itself, or with an earlier name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kefu_admin.definitions import field_keys
from kefu_admin.definitions.builtin import BUILTIN_TYPES
from kefu_admin.definitions.condition_text import RESERVED as CONDITION_WORDS
from kefu_admin.definitions.content_type_text import RENAMED_FROM
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.loading import Loading, TypeDraft
from kefu_admin.definitions.system_fields import SYSTEM_FIELDS
from kefu_admin.problems import Place

# reserved in SQLite, PostgreSQL or MariaDB: any SQL tool must read the tables without quoting
_SQL_WORDS = """
    add all alter analyze and any as asc between bigint both by case cast char check collate
    column constraint create cross current_date current_time current_timestamp current_user
    cursor database declare default delete desc distinct do double drop each else end except
    exists explain false fetch float for foreign from full function grant group having if in
    index inner insert int integer intersect into is join key leading left like limit lock match
    natural not null offset on only or order outer over partition primary procedure range read
    references release rename replace return revoke right row rows schema select session_user
    set show smallint some sql table then to trailing trigger true union unique unlock unsigned
    update use user using values varchar view when where while window with write
"""
SQL_WORDS = frozenset(_SQL_WORDS.split())
# attributes of the table classes: a field of this name would hide one
_MODEL_WORDS = """
    add_index alias bind bind_ctx bulk_create bulk_update clone coerce copy create create_table
    delete delete_by_id delete_instance dependencies dirty_field_names dirty_fields drop_table
    filter get get_by_id get_id get_or_create get_or_none index insert insert_from insert_many
    is_alias is_dirty noop raw replace replace_many save select set_by_id table_exists
    truncate_table unwrap update validate_model
"""
MODEL_WORDS = frozenset(_MODEL_WORDS.split())
SYSTEM_NAMES = frozenset(field.id for field in SYSTEM_FIELDS)
OWN_PREFIX = "kefu_"
# paths below /api/v1
API_WORDS = frozenset(
    {
        "bin", "bulk", "calendars", "deliveries", "docs", "imports", "jobs", "me", "search",
        "static", "types", "values", "views",
    }
)  # fmt: skip


def check_names(loading: Loading) -> None:
    """Reserved ids, and `renamed_from` that names what is still there."""
    for draft in loading.drafts.values():
        id = draft.type.id
        if id in SQL_WORDS | API_WORDS or id in BUILTIN_TYPES or id.startswith(OWN_PREFIX):
            loading.problems.add(draft.type.place, Fault.RESERVED_NAME, name=id)
        _check_fields(draft, loading)
    _check_renames(
        {id: draft.taken.get(RENAMED_FROM, "") for id, draft in loading.drafts.items()},
        {id: draft.taken.at(RENAMED_FROM) for id, draft in loading.drafts.items()},
        loading.known("types"),
        loading,
    )


def _check_fields(draft: TypeDraft, loading: Loading) -> None:
    secret = {f"{field.id}_hash" for field in draft.type.fields.values() if field.encrypted}
    for name, taken in draft.fields.items():
        if name in SYSTEM_NAMES:
            loading.problems.add(taken.place, Fault.SYSTEM_FIELD_NAME, name=name)
        elif name in SQL_WORDS | MODEL_WORDS | CONDITION_WORDS | secret:
            loading.problems.add(taken.place, Fault.RESERVED_NAME, name=name)
    _check_renames(
        {name: taken.get(field_keys.RENAMED_FROM, "") for name, taken in draft.fields.items()},
        {name: taken.at(field_keys.RENAMED_FROM) for name, taken in draft.fields.items()},
        draft.fields,
        loading,
    )


def _check_renames(
    renamed: Mapping[str, str], places: Mapping[str, Place], now: Iterable[str], loading: Loading
) -> None:
    seen: set[str] = set()
    for name, before in renamed.items():
        if not before:
            continue
        if before == name:
            loading.problems.add(places[name], Fault.RENAMED_FROM_ITSELF)
        elif before in now:
            loading.problems.add(places[name], Fault.RENAMED_FROM_TAKEN, name=before)
        elif before in seen:
            loading.problems.add(places[name], Fault.RENAMED_FROM_TWICE, name=before)
        seen.add(before)
