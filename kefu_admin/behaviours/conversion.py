"""From what was sent to canonical values: form text and JSON alike, owned rows included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert, storage
from kefu_admin.definitions.fields import BadValue, Field, Storage
from kefu_admin.problems import FieldError


def convert_values(
    content_type: ContentType, raw: Mapping[str, object], *, types: Mapping[str, ContentType]
) -> tuple[dict[str, object], list[FieldError]]:
    """Raw form text or JSON as canonical values, and everything that is not of its field's type.

    Owned rows are converted by their own type and keep `id` and `version`; fields nobody knows are
    the caller's to refuse.
    """
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    for name, given in raw.items():
        field = content_type.fields[name]
        try:
            value = convert(field, given)
        except BadValue as bad:
            errors.append(FieldError(name, bad.code, bad.facts))
            continue
        if storage(field) is Storage.ROWS:
            assert isinstance(value, tuple)
            value = _convert_rows(field, value, types, errors)
        values[name] = value
    return values, errors


def _convert_rows(
    field: Field,
    rows: Iterable[Mapping[str, object]],
    types: Mapping[str, ContentType],
    errors: list[FieldError],
) -> tuple[Mapping[str, object], ...]:
    owned = types[field.to]
    converted = []
    for index, row in enumerate(rows):
        own = {name: value for name, value in row.items() if name not in ("id", "version")}
        unknown = [n for n in own if n not in owned.fields or owned.fields[n].system]
        errors += [FieldError(f"{field.id}[{index}].{n}", "unknown_field") for n in unknown]
        known = {name: value for name, value in own.items() if name not in unknown}
        values, wrong = convert_values(owned, known, types=types)
        errors += [
            FieldError(f"{field.id}[{index}].{e.field}", e.code, e.facts, e.clause) for e in wrong
        ]
        for name in ("id", "version"):
            given = row.get(name)
            if given in (None, ""):
                continue
            try:
                values[name] = convert(owned.fields["id"], given)
            except BadValue as bad:
                errors.append(FieldError(f"{field.id}[{index}].{name}", bad.code, bad.facts))
        converted.append(values)
    return tuple(converted)
