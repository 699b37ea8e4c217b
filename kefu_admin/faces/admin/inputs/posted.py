"""From the request's form to raw values for `operations.records`, and back into the form.

Names: `f.<field>`; child rows `f.<field>.<index>.<child field>` with `id`, `version` and `_delete`.
A field absent from the request is absent here: it is never filled from the stored record. An empty
control of a masked field means "leave it".

Rule: prototype §6.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import shown_as
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.regions import region_label
from kefu_admin.faces.admin.inputs.filled import Filled

PREFIX = "f."
MANY = frozenset({"multi_choice", "references", "attachments", "images"})
_TAG_ENDS = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """`raw` for operations; `filled` puts the same texts back into the form."""

    raw: Mapping[str, object]
    filled: Filled


def posted(
    form: MultiDict[str, str],
    type: ContentType,
    types: Mapping[str, ContentType],
    *,
    masked: Mapping[str, str] | None = None,
    add_row_to: str = "",
    copy_row: str = "",
) -> Posted:
    """What was typed, for the fields that were in the form.

    Args:
        masked: fields shown masked, with what was shown; left blank they are not sent on.
        add_row_to: a children field that gets one more blank row in `filled`.
        copy_row: a child row (`contacts.0`) that `filled` gets twice, the second time as a new one.
    """
    raw: dict[str, object] = {}
    texts: dict[str, object] = {}
    labels: dict[tuple[str, str], str] = {}
    for name in sorted({key.removeprefix(PREFIX).split(".")[0] for key in form if _ours(key)}):
        field = type.fields.get(name)
        if field is None:
            raw[name] = form.get(PREFIX + name, "")  # operations name what nobody knows
            continue
        if field.type == "children":
            rows, fillings = _rows(form, field, types, copy_row)
            raw[name] = rows
            texts[name] = (*fillings, Filled()) if add_row_to == name else fillings
            continue
        value = _value(form, PREFIX + name, field)
        texts[name] = "、".join(value) if shown_as(field.type) == "tags" else value
        if field.type == "region" and value:
            labels[name, str(value)] = region_label(str(value))
        if masked and name in masked and not value:
            continue
        raw[name] = value
    return Posted(raw=raw, filled=Filled(texts=texts, labels=labels, masked=masked or {}))


def _ours(key: str) -> bool:
    return key.startswith(PREFIX)


def _value(form: MultiDict[str, str], name: str, field: Field) -> str | tuple[str, ...]:
    kind = shown_as(field.type)
    if kind == "tags":
        parts = (part.strip() for text in form.getlist(name) for part in _TAG_ENDS.split(text))
        return tuple(part for part in parts if part)
    if kind in MANY:
        return tuple(text for text in form.getlist(name) if text)
    text = form.getlist(name)[-1] if name in form else ""
    if kind == "datetime":
        return text.replace("T", " ")
    return text.replace("\r\n", "\n")


def _rows(
    form: MultiDict[str, str], field: Field, types: Mapping[str, ContentType], copy_row: str
) -> tuple[list[dict[str, object]], tuple[Filled, ...]]:
    """Child rows in the order sent. A new row left wholly blank is no row; a row marked for
    deletion is left out, which deletes it."""
    below = types[field.to]
    start = f"{PREFIX}{field.id}."
    indexes: dict[str, list[str]] = {}
    for key in form:
        if key.startswith(start) and key.count(".") == 3:
            index, name = key.removeprefix(start).split(".")
            indexes.setdefault(index, []).append(name)
    rows: list[dict[str, object]] = []
    fillings: list[Filled] = []
    for index, names in indexes.items():
        lead = f"{start}{index}."
        if form.get(lead + "_delete"):
            continue
        values: dict[str, object] = {}
        for name in names:
            if name in ("id", "version", "_delete", "_masked"):
                continue
            child = below.fields.get(name)
            value = _value(form, lead + name, child) if child else form.get(lead + name, "")
            if not value and name in form.get(lead + "_masked", "").split(","):
                continue
            values[name] = value
        id, version = form.get(lead + "id", ""), form.get(lead + "version", "")
        if not id and not any(values.values()):
            continue
        known: dict[str, object] = {"id": id, "version": version} if id else {}
        rows.append(known | values)
        texts = {
            name: "、".join(value) if isinstance(value, tuple) and name in _tags(below) else value
            for name, value in values.items()
        }
        fillings.append(Filled(texts=texts, id=id, version=version))
        if copy_row == f"{field.id}.{index}":
            fillings.append(Filled(texts=texts))
    return rows, tuple(fillings)


def _tags(type: ContentType) -> frozenset[str]:
    fields = type.fields.items()
    return frozenset(name for name, field in fields if shown_as(field.type) == "tags")
