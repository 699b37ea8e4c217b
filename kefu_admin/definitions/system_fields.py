"""The fields every content type has without configuring them."""

from __future__ import annotations

from kefu_admin.definitions.fields import ALWAYS_WHEN, Field
from kefu_admin.definitions.label import Label


def _system(id: str, type: str, label: Label) -> Field:
    return Field(id=id, type=type, label=label, read_only=ALWAYS_WHEN, system=True)


SYSTEM_FIELDS = (
    _system("id", "integer", Label("序号", "ID")),
    _system("version", "integer", Label("版本", "Version")),
    _system("created_at", "datetime", Label("创建时间", "Created at")),
    _system("created_by", "person", Label("创建人", "Created by")),
    _system("updated_at", "datetime", Label("修改时间", "Changed at")),
    _system("updated_by", "person", Label("修改人", "Changed by")),
)
