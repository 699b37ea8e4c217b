"""What a view must be to be kept: a name, fields that are its keeper's to use, and nothing in a
shared one that its readers may not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import BadValue, PersonalClass
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.saved_view import (
    WIDTHS,
    Density,
    Look,
    SavedView,
    Sharing,
    id_of,
    leaves,
)
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import TypeView
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, Forbidden, Invalid, UnknownParameter

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A view as somebody wants it: `filter` as a plain condition, `sort` as written by a person."""

    name: str
    shared: str = Sharing.OWN.value
    role: str = ""
    on: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    filter: object = None
    density: str = ""


def checked(
    desk: Desk,
    type_id: str,
    wanted: Wanted,
    actor: Actor,
    now: datetime,
    before: SavedView | None = None,
) -> SavedView:
    """The view as it may be kept. What it named before may stay, whoever looks after it."""
    user_id = actor.user_id
    if user_id is None:
        raise Forbidden(permission=Permission.VIEWS.value)
    shared = _sharing(desk, wanted)
    if shared is not Sharing.OWN or actor.scopes is not None:
        require(desk, actor, Permission.VIEWS)
    view = reading.type_view(desk, type_id, actor, now=now)
    _refuse_unknown(wanted, view, before)
    condition = wanted.filter or None
    if condition is not None and (before is None or condition != before.filter):
        reading.check_filter(desk, type_id, condition, actor=actor, now=now)
    refuse_look(Look(density=wanted.density), frozenset())
    if shared is not Sharing.OWN and (told := _tells(condition, view.type, desk.project)):
        raise Invalid([FieldError("filter", "personal_in_shared_view", {"name": told})])
    assert condition is None or isinstance(condition, Mapping)
    return SavedView(
        id=0,
        version=0,
        type=type_id,
        name=_named(wanted.name),
        owner_id=user_id,
        shared=shared,
        role=wanted.role if shared is Sharing.ROLE else "",
        on=wanted.on,
        columns=wanted.columns,
        sort=wanted.sort,
        filter=condition,
        density=wanted.density,
    )


def _refuse_unknown(wanted: Wanted, view: TypeView, before: SavedView | None) -> None:
    """Refuse what is not his to use; what stood in the view before may stay."""
    columns = set(before.columns) if before is not None else set()
    sort = set(before.sort) if before is not None else set()
    for name in wanted.columns:
        if name not in columns and (name not in view.fields or not view.fields[name].seen):
            raise UnknownParameter(name=name)
    for text in wanted.sort:
        field = view.fields.get(text.removeprefix("-"))
        if text not in sort and (field is None or not field.sortable):
            raise UnknownParameter(name=text.removeprefix("-"))
    bases = {"", before.on if before is not None else "", *(one.id for one in view.views)}
    if wanted.on not in bases or id_of(wanted.on):
        raise UnknownParameter(name="on")


def _sharing(desk: Desk, wanted: Wanted) -> Sharing:
    if wanted.shared not in set(Sharing):
        raise Invalid([FieldError("shared", "not_a_choice", {"value": wanted.shared[:40]})])
    shared = Sharing(wanted.shared)
    if shared is Sharing.ROLE and wanted.role not in desk.project.roles:
        raise Invalid([FieldError("role", "no_such_role", {"role": wanted.role[:64]})])
    return shared


def _named(raw: str) -> str:
    try:
        name = line(raw)
    except BadValue as bad:
        raise Invalid([FieldError("name", bad.code, bad.facts)]) from None
    if not name:
        raise Invalid([FieldError("name", "required")])
    if len(name) > LONGEST_NAME:
        raise Invalid([FieldError("name", "too_long", {"limit": LONGEST_NAME})])
    return name


def _tells(condition: object, type: ContentType, project: Project) -> str:
    """The first masked, encrypted or sensitive field whose values a condition would tell all its
    readers; "" for none."""
    for leaf in leaves(condition):
        ((path, operands),) = leaf.items()
        if isinstance(operands, Mapping) and operands.keys() == {"is_empty"}:
            continue
        here: ContentType | None = type
        for name in path.split("."):
            one = here.fields.get(name) if here is not None else None
            if one is None:
                break
            if one.mask or one.encrypted or one.personal is PersonalClass.SENSITIVE:
                return path
            if one.type == "children" and isinstance(operands, Mapping):
                inner = project.types.get(one.to)
                found = [_tells(each, inner, project) for each in _inside(operands) if inner]
                return next((path for path in found if path), "")
            here = content_type(project.types, target_type(one.type, one.to))
    return ""


def _inside(operands: Mapping[str, object]) -> Sequence[object]:
    """The conditions on owned rows in a question to them."""
    return [
        each.get("where") if name == "count" and isinstance(each, Mapping) else each
        for name, each in operands.items()
    ]


def refuse_look(look: Look, seen: frozenset[str]) -> None:
    for name in (*look.columns, *look.widths):
        if name not in seen:
            raise UnknownParameter(name=name)
    least, most = WIDTHS
    if any(not least <= width <= most for width in look.widths.values()):
        raise Invalid([FieldError("widths", "column_width", {"least": least, "most": most})])
    if look.density not in ("", *Density):
        raise Invalid([FieldError("density", "not_a_choice", {"value": look.density[:40]})])
