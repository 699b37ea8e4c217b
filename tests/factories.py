"""The smallest valid definitions, with overrides: for tests that say their own types."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import ALWAYS_WHEN, Choice, Field
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project

REQUIRED = ALWAYS_WHEN


def field(id: str, type: str = "text", **options: Any) -> Field:
    """A field labelled by its id."""
    return Field(id=id, type=type, label=Label(id), **options)


def choice(id: str, *choices: str, type_: str = "choice", **options: Any) -> Field:
    """A choice field of these ids, or one that takes several."""
    return field(
        id,
        type_,
        choices=tuple(Choice(id=each, label=Label(each)) for each in choices),
        **options,
    )


def content_type(id: str, *fields: Field, **options: Any) -> ContentType:
    """A type of these fields, shown by its first, with the system fields last."""
    system = (
        field("id", "integer", system=True),
        field("version", "integer", system=True),
        field("created_at", "datetime", system=True),
        field("created_by", "person", system=True),
        field("updated_at", "datetime", system=True),
        field("updated_by", "person", system=True),
    )
    options.setdefault("title", fields[0].id if fields else "id")
    return ContentType(
        id=id,
        label=Label(id),
        plural=Label(id),
        fields={each.id: each for each in (*fields, *system)},
        **options,
    )


def project(*types: ContentType, **options: Any) -> Project:
    """A project of these types; its fingerprint follows from them."""
    texts: Mapping[str, str] = options.pop("texts", {type.id: repr(type) for type in types})
    empty: dict[str, Any] = {
        name: {} for name in ("roles", "numbers", "views", "actions", "menus", "scenarios")
    }
    return Project(
        name=Label("试验台"),
        types={type.id: type for type in types},
        texts=texts,
        fingerprint=sha256(repr(sorted(texts.items())).encode()).hexdigest(),
        **{**empty, **options},
    )
