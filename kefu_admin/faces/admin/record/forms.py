"""What creating and editing share: filling a form, taking it back, showing what was refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace

from flask import request

from kefu_admin import wording
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces import http
from kefu_admin.faces.admin import inputs
from kefu_admin.faces.admin.inputs import Filled, Option
from kefu_admin.faces.admin.record.referring import named
from kefu_admin.faces.admin.regions import found_regions
from kefu_admin.operations import reading
from kefu_admin.problems import BadRequest, Invalid, Refusal, VersionRequired

PICKED = frozenset({"person", "department", "reference", "references"})
_FOUND_LIMIT = 50


def sent_key() -> str:
    """The form's idempotency key, as sent.

    Raises:
        BadRequest: it is missing; it is never made up for a form that came without.
    """
    key = request.form.get("key", "")
    if not 16 <= len(key) <= 64:
        raise BadRequest(detail="key")
    return key


def sent_version() -> int:
    """The version the form was made from, as sent.

    Raises:
        VersionRequired: it is missing or no number; it is never read from the record.
    """
    version = request.form.get("version", "")
    if not version.isascii() or not version.isdigit() or len(version) > 18:
        raise VersionRequired
    return int(version)


def fresh_key() -> str:
    """A key for a form that has not been sent yet."""
    return secrets.token_urlsafe(24)


def asks_again() -> bool:
    """Whether the form asks for another row or for a search, not for saving."""
    return any(name in request.form for name in ("_add", "_copy", "_find"))


def with_labels(content: ContentType, filled: Filled) -> Filled:
    """The filling with the labels of all picked records, also inside children rows."""
    wanted: dict[str, set[int]] = {}
    texts: dict[str, object] = dict(filled.texts)
    types = http.runtime().project.types
    for name, value in filled.texts.items():
        field = content.fields.get(name)
        if field is None:
            continue
        if field.type == "children":
            below = types[field.to]
            texts[name] = tuple(with_labels(below, row) for row in filled.rows(name))
        elif field.type in PICKED:
            ids = value if isinstance(value, tuple) else (value,)
            missing = {
                number
                for id in map(str, ids)
                if (name, id) not in filled.labels and (number := record_id(id)) is not None
            }
            if missing:
                wanted[name] = missing
    labels = dict(filled.labels) | labels_of(content.id, wanted)
    return replace(filled, texts=texts, labels=labels)


def record_id(text: str) -> int | None:
    """The id a text names; None when it can be none."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return int(text)


def labels_of(type_id: str, wanted: Mapping[str, set[int]]) -> dict[tuple[str, str], str]:
    """Labels of picked records by (field, id as text)."""
    if not wanted:
        return {}
    found = reading.labels(http.runtime().desk, type_id, wanted, actor=http.actor(), now=http.now())
    return {(name, str(id)): label for (name, id), label in found.items()}


def found_options(content: ContentType) -> dict[str, tuple[Option, ...]]:
    """What a search without script found for the control it was asked for."""
    name = request.form.get("_find", "")
    parts = name.removeprefix(inputs.PREFIX).split(".")
    term = request.form.get(f"find.{name}", "").strip()
    if not name or not term:
        return {}
    types = http.runtime().project.types
    owner, field = content, content.fields.get(parts[0])
    if len(parts) == 3 and field is not None and field.type == "children":
        owner = types[field.to]
        field = owner.fields.get(parts[2])
    if field is None:
        return {}
    if field.type == "region":
        return {name: tuple(Option(code, label) for code, label in found_regions(term))}
    refs = reading.choices(
        http.runtime().desk,
        owner.id,
        field.id,
        term,
        actor=http.actor(),
        now=http.now(),
        limit=_FOUND_LIMIT,
    )
    return {name: tuple(Option(str(ref.id), ref.label) for ref in refs)}


def told_errors(content: ContentType, refusal: Refusal) -> tuple[tuple[str, str], ...]:
    """What was refused, as (id of the control, sentence) for the list above the form."""
    locale = http.locale()
    if not isinstance(refusal, Invalid):
        referring = [("", one.label) for one in named(refusal)]
        return (("", wording.refusal(refusal, locale)), *referring)
    told = []
    listed = [name for section in content.sections for name in section.fields]
    order = {name: at for at, name in enumerate(listed)}
    for error in sorted(
        refusal.errors, key=lambda one: order.get(one.field.partition("[")[0], len(order))
    ):
        said = wording.field_error(error, locale)
        label = _label(content, error.field, locale)
        joint = ": " if locale == "en" else "："
        anchor = "f-" + error.field.replace("[", "-").replace("].", "-").rstrip("]")
        told.append((anchor if error.field else "", f"{label}{joint}{said}" if label else said))
    return tuple(told)


def _label(content: ContentType, path: str, locale: str) -> str:
    """The label of a field path: 联系人第 1 行电话."""
    name, _, rest = path.partition("[")
    field = content.fields.get(name)
    if field is None:
        return ""
    if not rest:
        return field.label.text(locale)
    index, _, inner = rest.partition("]")
    row = wording.text(
        "{table}第 {row} 行", locale, table=field.label.text(locale), row=int(index) + 1
    )
    below = http.runtime().project.types.get(field.to)
    child = below.fields.get(inner.lstrip(".")) if below else None
    return f"{row} {child.label.text(locale)}" if child else row
