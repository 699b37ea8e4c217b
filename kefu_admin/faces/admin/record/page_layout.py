"""The page of a list's layout: columns, density, and the view it may be kept as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request

from kefu_admin import wording
from kefu_admin.definitions.field_types import listable
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.saved_view import Density, Look, SavedView, Sharing
from kefu_admin.faces import http
from kefu_admin.faces.admin.inputs import Option
from kefu_admin.faces.admin.record import finder
from kefu_admin.faces.admin.record.asked_list import AskedList, asked_list
from kefu_admin.faces.admin.record.forms import fresh_key
from kefu_admin.faces.admin.words import Translate, translator
from kefu_admin.operations import reading, views
from kefu_admin.operations.views import LONGEST_NAME, Wanted
from kefu_admin.problems import BadRequest, Refusal

if TYPE_CHECKING:
    from kefu_admin.faces.admin.record.view import RecordView

DENSITIES = ((Density.COMFORTABLE, "宽松"), (Density.COMPACT, "紧凑"))
SHARING = ((Sharing.OWN, "只有我"), (Sharing.ROLE, "一个角色"), (Sharing.EVERYONE, "所有人"))


@dataclass(frozen=True, slots=True)
class ColumnControl:
    """One column to choose."""

    id: str
    label: str
    chosen: bool


def wanted_list(page: RecordView) -> AskedList:
    """The list the address asks for.

    Raises:
        NotFound, UnknownParameter, BadRequest: it asks what no list answers.
    """
    asked = page.addresses().read(request.args).first_page()
    return asked_list(page.desk, page.type_view(), asked)


def context(page: RecordView, refusal: Refusal | None = None) -> dict[str, object]:
    """What the template prints. Of a form sent with one of its buttons, what it asks for.

    Raises:
        NotFound, UnknownParameter, BadRequest: the address asks what no list answers.
    """
    wanted, locale = wanted_list(page), http.locale()
    said = translator(locale)
    order, chosen, density = _sent(wanted) if "order" in request.form else _kept(wanted)
    fields = wanted.type.fields
    query = page.addresses().write(wanted.asked)
    kept = wanted.shown.kept if wanted.shown is not None else None
    taste = reading.lists_of(page.desk, http.actor()).taste
    return {
        "heading": said("列与视图"),
        "plural": page.content.plural.text(locale),
        "back": page.base + query,
        "action": f"{page.base}layout{query}",
        "columns": [
            ColumnControl(name, fields[name].label.text(locale), name in chosen) for name in order
        ],
        "densities": [Option(one, said(label), one == density) for one, label in DENSITIES],
        "keep_action": f"{page.base}keep{query}",
        "key": fresh_key(),
        "name": request.form.get("name", ""),
        "longest": LONGEST_NAME,
        "sharing": _sharing(page, request.form.get("shared", Sharing.OWN.value), said),
        "roles": _roles(page, request.form.get("role", ""), locale),
        "view_name": (wanted.shown.view.label if wanted.shown else page.content.plural).text(
            locale
        ),
        "opens": taste.defaults.get(page.content.id, "") == wanted.key,
        "office": wanted.shown is None or wanted.shown.view.default,
        "open_action": f"{page.base}open_with{query}",
        "kept": kept if kept is not None and _may_change(page, kept) else None,
        "kept_action": f"{page.base}views/{kept.id}{query}" if kept is not None else "",
        "kept_sharing": _sharing(page, kept.shared.value, said) if kept is not None else (),
        "kept_roles": _roles(page, kept.role, locale) if kept is not None else (),
        "refused": wording.refusal(refusal, locale) if refusal is not None else "",
        "reasons": [wording.field_error(error, locale) for error in getattr(refusal, "errors", ())],
    }


def _may_change(page: RecordView, kept: SavedView) -> bool:
    return views.may_change(page.desk, kept, http.actor())


def _listable(wanted: AskedList) -> list[str]:
    return [n for n, one in wanted.type.fields.items() if one.seen and listable(one.field)]


def _kept(wanted: AskedList) -> tuple[Sequence[str], frozenset[str], str]:
    """Every column, the chosen ones first; which are chosen; the density."""
    order = dict.fromkeys([*wanted.columns, *_listable(wanted)])
    return tuple(order), frozenset(wanted.columns), wanted.density


def _sent(wanted: AskedList) -> tuple[Sequence[str], frozenset[str], str]:
    """The same as the form has it, after its button.

    Raises:
        BadRequest: no form of ours sends this.
    """
    known = {*_listable(wanted), *wanted.columns}
    order = [name for name in dict.fromkeys(request.form.getlist("order")) if name in known]
    order += [name for name in _kept(wanted)[0] if name not in order]
    deed, _, name = request.form.get("do", "").partition(" ")
    if deed in ("up", "down"):
        if name not in order:
            raise BadRequest(detail="do")
        at = order.index(name)
        to = max(0, min(len(order) - 1, at + (-1 if deed == "up" else 1)))
        order.insert(to, order.pop(at))
    return order, frozenset(request.form.getlist("on")) & known, request.form.get("density", "")


def lay_out(page: RecordView) -> str:
    """Keep what the form says of the list, or take the office's choice again; the path back.

    Raises:
        NotFound, UnknownParameter, Invalid, BadRequest: as `context`, or it says what is none.
    """
    wanted = wanted_list(page)
    if request.form.get("do") == "reset":
        look = Look()
    else:
        order, chosen, density = _sent(wanted)
        columns = tuple(name for name in order if name in chosen)
        same = columns == wanted.office
        look = Look(columns=() if same else columns, density=density, widths=wanted.look.widths)
    views.lay_out(
        page.desk,
        page.content.id,
        wanted.key,
        lambda _: look,
        actor=http.actor(),
        now=http.now(),
    )
    return page.base + page.addresses().write(wanted.asked)


def as_view(page: RecordView, name: str, shared: str, role: str) -> Wanted:
    """The list as a view to be kept: its columns, sort and condition, quick filters among them."""
    wanted = wanted_list(page)
    shown = wanted.shown
    base = shown.kept.on if shown is not None and shown.kept is not None else wanted.key
    quick = finder.condition(replace(wanted.asked, tree=None), wanted.type.fields)
    parts = [dict(part) for part in (wanted.tree, quick) if isinstance(part, dict) and part]
    whole = parts[0] if len(parts) == 1 else {"all": parts} if parts else None
    return Wanted(
        name=name,
        shared=shared,
        role=role,
        on=base,
        columns=wanted.columns,
        sort=wanted.written_sort,
        filter=whole,
        density=wanted.density,
    )


def _sharing(page: RecordView, chosen: str, said: Translate) -> tuple[Option, ...]:
    """With whom it may be shared; nothing to choose for who may not share."""
    if Permission.VIEWS not in page.desk.grants(http.actor()).permissions:
        return ()
    return tuple(Option(one, said(label), one == chosen) for one, label in SHARING)


def _roles(page: RecordView, chosen: str, locale: str) -> tuple[Option, ...]:
    roles = page.desk.project.roles.values()
    return tuple(Option(role.id, role.label.text(locale), role.id == chosen) for role in roles)
