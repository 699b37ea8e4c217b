"""From what was ticked in a list, or all that it holds, to the form of an action."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from kefu_admin.definitions.action import BulkAction
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import ALWAYS_WHEN, NEVER_WHEN, Field
from kefu_admin.faces import http
from kefu_admin.faces.admin import inputs
from kefu_admin.faces.admin.cells import Shown
from kefu_admin.faces.admin.inputs import Filled, Input, Posted
from kefu_admin.faces.admin.inputs.build import control
from kefu_admin.faces.admin.inputs.sheet import Sheet
from kefu_admin.faces.admin.record import forms
from kefu_admin.faces.admin.record.address import addresses
from kefu_admin.faces.admin.record.asked_list import asked_list
from kefu_admin.faces.admin.view import prefix, zone
from kefu_admin.operations import bulk, reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest, TypeView
from kefu_admin.problems import BadRequest, Invalid, NotFound, Refusal

ALL = "all"
_MOST_TICKED = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list's toolbar sent: the action, the records (None: all the list holds), and the
    question of that list."""

    action: BulkAction
    type: ContentType
    ids: tuple[int, ...] | None
    request: ListRequest
    query: str


def chosen(desk: Desk, type_id: str) -> Chosen:
    """What was chosen.

    Raises:
        NotFound: no such type or action for the person.
        BadRequest: an id that is none.
        UnknownParameter: the list's question holds what no list knows.
    """
    actor, now = http.actor(), http.now()
    view = reading.type_view(desk, type_id, actor, now=now)
    wanted = request.form.get("action", "")
    offered = bulk.offered(desk, type_id, actor=actor, now=now)
    action = next((one for one in offered if one.id == wanted), None)
    if action is None:
        raise NotFound
    asked = _question(desk, view)
    ids = None if request.form.get("scope") == ALL else _ids()
    return Chosen(
        action=action,
        type=view.type,
        ids=ids,
        request=replace(asked, ids=ids) if ids is None else ListRequest(type=type_id, ids=ids),
        query=request.query_string.decode("ascii", "replace"),
    )


def _question(desk: Desk, view: TypeView) -> ListRequest:
    """The list the toolbar stood on, by its address."""
    asked = addresses(desk, view.type, http.actor(), http.now()).read(request.args)
    return replace(asked_list(desk, view, asked).request(whole=True), columns=(), sort=())


def _ids() -> tuple[int, ...]:
    texts = [text for sent in request.form.getlist("id") for text in sent.split(",") if text]
    ids = [forms.record_id(text) for text in texts]
    if any(id is None for id in ids) or len(ids) > _MOST_TICKED:
        raise BadRequest(detail="id")
    return tuple(dict.fromkeys(id for id in ids if id is not None))


def posted(what: Chosen) -> Posted:
    """The answers as sent."""
    return inputs.posted(request.form, what.type, http.runtime().project.types)


def controls(
    desk: Desk, what: Chosen, filled: Filled, refusal: Refusal | None
) -> tuple[Input, ...]:
    """A control for each field the action asks for; left blank it stays as it is."""
    actor, now = http.actor(), http.now()
    sheet = Sheet(
        type=what.type,
        types=http.runtime().project.types,
        views={one.id: one for one in reading.types(desk, actor, now=now)},
        writable=frozenset(what.action.asks),
        path=f"{prefix()}/records/{what.type.id}/",
        region_path=f"{prefix()}/regions",
        file_path="",
        shown=Shown(http.locale(), zone()),
        errors=refusal.errors if isinstance(refusal, Invalid) else (),
        found=forms.found_options(what.type),
        new=True,
    )
    labelled = forms.with_labels(what.type, filled)
    return tuple(
        _blank_stays(control(_free(what.type.fields[name]), labelled, sheet), sheet)
        for name in what.action.asks
    )


def _blank_stays(one: Input, sheet: Sheet) -> Input:
    """A choice that stands for no answer says what that does here."""
    if one.kind != "radio":
        return one
    blank = sheet.said("不改")
    options = (replace(o, label=o.label if o.id else blank) for o in one.options)
    return replace(one, options=tuple(options))


def _free(field: Field) -> Field:
    """The field as it is asked for here: whatever a record would make of it, it may stay blank."""
    return replace(field, required=NEVER_WHEN, visible=ALWAYS_WHEN, read_only=NEVER_WHEN)
