"""What one of the three databases could not hold: rows, keys and tables that are too large.

MariaDB has the tightest limits: 65,535 bytes a row and 3,072 a key, at four bytes a character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kefu_admin.definitions import content_type_text as keys
from kefu_admin.definitions import field_keys
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.loading import Loading, TypeDraft
from kefu_admin.problems import Place

MAX_FIELDS = 300
MAX_ROW_BYTES = 64_000  # the rest is for the system fields
MAX_KEY_CHARACTERS = 700

_BYTES_A_CHARACTER = 4
_HASH_CHARACTERS = 64
_POINTER_BYTES = 12  # of a text kept outside its row


def check_sizes(loading: Loading) -> None:
    """Every type's table, row and keys."""
    for draft in loading.drafts.values():
        fields = [draft.type.fields[name] for name in draft.fields]
        if len(fields) > MAX_FIELDS:
            loading.problems.add(
                draft.taken.at(keys.FIELDS), Fault.TOO_MANY_FIELDS,
                count=len(fields), limit=MAX_FIELDS,
            )  # fmt: skip
            continue
        if (total := sum(map(_bytes, fields))) > MAX_ROW_BYTES:
            loading.problems.add(
                draft.taken.at(keys.FIELDS), Fault.ROW_TOO_WIDE,
                characters=total // _BYTES_A_CHARACTER, limit=MAX_ROW_BYTES // _BYTES_A_CHARACTER,
            )  # fmt: skip
        for place, key in _keys(draft):
            count = sum(_key_characters(field) for field in key)
            if count > MAX_KEY_CHARACTERS:
                loading.problems.add(
                    place, Fault.KEY_TOO_LONG, characters=count, limit=MAX_KEY_CHARACTERS
                )


def _keys(draft: TypeDraft) -> Iterator[tuple[Place, Sequence[Field]]]:
    """What is unique or indexed, with its place."""
    fields = draft.type.fields
    for name, taken in draft.fields.items():
        if fields[name].unique:
            yield taken.at(field_keys.UNIQUE), [fields[name]]
    for unique in draft.taken.get(keys.UNIQUE, ()):
        names = unique.get(keys.UNIQUE_FIELDS, ())
        yield unique.at(keys.UNIQUE_FIELDS), [fields[name] for name in names if name in fields]
    for index, names in enumerate(draft.taken.get(keys.INDEXES, ())):
        place = draft.taken.at(keys.INDEXES, index)
        yield place, [fields[name] for name in names if name in fields]


def _bytes(field: Field) -> int:
    match storage(field):
        case Storage.TEXT:
            return field.max_length * _BYTES_A_CHARACTER + 2
        case Storage.SECRET:
            return _HASH_CHARACTERS * _BYTES_A_CHARACTER + _POINTER_BYTES
        case _:
            return _POINTER_BYTES


def _key_characters(field: Field) -> int:
    match storage(field):
        case Storage.TEXT:
            return field.max_length
        case Storage.SECRET:
            return _HASH_CHARACTERS
        case _:
            return 2
