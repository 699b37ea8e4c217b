"""Which bulk actions a person may use, and what he asked of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.validation import resolved
from kefu_admin.definitions.action import BulkAction, Deed
from kefu_admin.definitions.field_types import convert, plain
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError, Invalid, NotFound, UnknownParameter
from kefu_admin.store.change.bulk import Rule

SHORTEST_REASON = 2
LONGEST_REASON = 500
NEEDED = {Deed.EDIT: Action.UPDATE, Deed.DELETE: Action.DELETE}


def offered(desk: Desk, type_id: str, *, actor: Actor, now: datetime) -> tuple[BulkAction, ...]:
    """The actions of a type that may be done to some of its rows by this person.

    He needs `bulk` and what the action does (`update` or `delete`), and must be able to write every
    field of it in some row; what holds in each row is decided row by row.
    """
    view = next((v for v in reading.types(desk, actor, now=now) if v.id == type_id), None)
    if view is None or Action.BULK not in view.actions:
        return ()
    return tuple(
        action
        for action in desk.project.actions.values()
        if action.type == type_id
        and NEEDED[action.deed] in view.actions
        and all(name in view.fields and view.fields[name].edit for name in action.fields)
    )


def action_of(desk: Desk, action_id: str, *, actor: Actor, now: datetime) -> BulkAction:
    """An action this person may use.

    Raises:
        NotFound: there is none, or none for him.
    """
    action = desk.project.actions.get(action_id)
    if action is None or action not in offered(desk, action.type, actor=actor, now=now):
        raise NotFound
    return action


def asked_values(
    desk: Desk, action: BulkAction, raw: Mapping[str, object], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """What is to be written, as plain JSON by field; blank answers leave a field as it is.

    Raises:
        UnknownParameter: a field the action does not ask for.
        Invalid: a value is none of its field's type, or nothing was filled in.
    """
    content_type = desk.project.types[action.type]
    for name in raw:
        if name not in action.asks:
            raise UnknownParameter(name=name)
    values, errors = convert_values(content_type, raw, types=desk.project.types)
    if errors:
        raise Invalid(errors)
    given = {name: value for name, value in values.items() if value not in (None, "", ())}
    if action.deed is Deed.EDIT and not given and not action.values:
        raise Invalid([FieldError("", "bulk_nothing")])
    binding = desk.binding(actor, now)
    fixed = {name: resolved(value, binding) for name, value in action.values.items()}
    fields = content_type.fields
    return {
        name: None if value in (None, ()) else plain(fields[name], value)
        for name, value in (fixed | given).items()
    }


def values_of(desk: Desk, type_id: str, asked: Mapping[str, Any]) -> dict[str, object]:
    """The canonical values of what a batch keeps as plain JSON."""
    fields = desk.project.types[type_id].fields
    return {name: convert(fields[name], value) for name, value in asked.items()}


def reason_of(action: BulkAction, text: str) -> str:
    """The reason as given.

    Raises:
        Invalid: the action needs one, or it is too long.
    """
    said = text.strip()
    shortest = SHORTEST_REASON if action.needs_reason else 0
    if not shortest <= len(said) <= LONGEST_REASON:
        raise Invalid([FieldError("reason", "reason_needed", {"shortest": SHORTEST_REASON})])
    return said


def rule_of(action: BulkAction | None) -> Rule:
    """What a record must meet, and what is said of one that does not."""
    if action is None:
        return Rule()
    facts = {}
    if action.otherwise.zh:
        facts = {"message_zh": action.otherwise.zh, "message_en": action.otherwise.text("en")}
    clause = action.clauses[0] if action.clauses else ""
    return Rule(action.when, FieldError("", "bulk_condition", facts, clause))
