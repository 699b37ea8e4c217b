"""Who is asking and what there is for him: `me`, `types`."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json
from kefu_admin.faces.http import actor, locale, now, runtime
from kefu_admin.faces.routes import declare
from kefu_admin.operations import reading
from kefu_admin.operations.reading import FieldView, TypeView


def install(blueprint: Blueprint) -> None:
    """Add `me` and `types` to the API's blueprint."""

    @blueprint.get("/me")
    @declare("GET")
    def me() -> Response:
        body.parameters()
        who = actor()
        project = runtime().project
        return success(
            {
                "id": who.user_id,
                "login": who.login,
                "name": who.name,
                "department": who.department_id,
                "roles": [
                    {"id": role, "label": project.roles[role].label.text(locale())}
                    for role in sorted(who.roles)
                    if role in project.roles
                ],
                "permissions": sorted(runtime().desk.grants(who).permissions),
                "scopes": None if who.scopes is None else sorted(who.scopes),
            }
        )

    @blueprint.get("/types")
    @declare("GET")
    def types() -> Response:
        body.parameters()
        found = reading.types(runtime().desk, actor(), now=now())
        return success([_type(view) for view in found])


def _type(view: TypeView) -> Json:
    content_type = view.type
    return {
        "id": view.id,
        "label": content_type.label.text(locale()),
        "plural": content_type.plural.text(locale()),
        "title": content_type.title,
        "actions": sorted(view.actions),
        "searchable": view.searchable,
        "fields": [_field(field) for field in view.fields.values()],
    }


def _field(view: FieldView) -> Json:
    field = view.field
    written: Json = {
        "id": field.id,
        "type": field.type,
        "label": field.label.text(locale()),
        "required": field.required.always,
        "masked": view.masked,
        "edit": view.edit,
        "create": view.create,
        "sortable": view.sortable,
        "operators": [str(op) for op in view.operators],
    }
    if field.choices:
        written["choices"] = [
            {"id": choice.id, "label": choice.label.text(locale()), "retired": choice.retired}
            for choice in field.choices
        ]
    if field.to:
        written["to"] = field.to
    return written
