"""Creating, changing and deleting records, for forms and the API alike.

Values come raw (form text or JSON) and are converted by their field's type; whatever is wrong with
any of them is said at once. A field the actor knows nothing of is an unknown field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError, Invalid, NotFound, UnknownParameter
from kefu_admin.store import change as writing
from kefu_admin.store.change import Answer, Change, perform
from kefu_admin.store.grants import Grants
from kefu_admin.store.idempotency import APPLIED_KEY, IdempotencyKey, open_unit
from kefu_admin.store.query import Row

CHANGED, REVERTED = "records.change", "records.revert"
"""The operation by which history tells a restored version from another change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was written: the record's id and version now. `replayed`: the same request had been
    done before, nothing was written now. `row` is left to the face that shows it."""

    id: int
    version: int
    row: Row | None = None
    replayed: bool = False


def create(
    desk: Desk,
    type_id: str,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """Create one record.

    Raises:
        NotFound: the type does not exist for the actor.
        UnknownParameter: a field nobody knows, or the actor knows nothing of.
        Invalid: values were refused, all faults together.
        Forbidden: he may not create such a record.
        KeyReused: the key was used for another request.
    """
    values = values_sent(desk, type_id, raw, actor, now)

    def work(change: Change) -> Mapping[str, Any]:
        return {"id": change.create(type_id, values), "version": 1}

    return outcome(performed(desk, "records.create", work, actor=actor, now=now, key=key))


def change(
    desk: Desk,
    type_id: str,
    record_id: int,
    version: int,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """Change the given fields of one record; a `children` field takes the complete wanted list.

    Raises:
        NotFound: there is none, or none he may see.
        Conflict: it has another version by now.
        UnknownParameter, Invalid, Forbidden, KeyReused: as for `create`.
    """
    values = values_sent(desk, type_id, raw, actor, now)

    def work(change: Change) -> Mapping[str, Any]:
        return {"id": record_id, "version": change.update(type_id, record_id, version, values)}

    return outcome(performed(desk, CHANGED, work, actor=actor, now=now, key=key))


def changed_before(desk: Desk, *, actor: Actor, key: IdempotencyKey) -> Outcome | None:
    """What `change` answered to the same request before, whatever has become of the record and of
    the actor's sight of it since; None when there was none.

    Raises:
        KeyReused: the key was used for another request.
    """
    with desk.store.connection():
        before = open_unit(desk.store, actor, CHANGED, key, state_key=APPLIED_KEY)
    return None if before is None else outcome(Answer(before, replayed=True))


def remove(
    desk: Desk,
    type_id: str,
    record_id: int,
    version: int,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """Delete one record with the rows it owns; history keeps what it was.

    Raises:
        NotFound, Conflict, Forbidden, KeyReused: as for `change`.
        StillReferenced: other records refer to it.
    """

    def work(change: Change) -> Mapping[str, Any]:
        change.remove(type_id, record_id, version)
        return {"id": record_id, "version": version + 1}

    return outcome(performed(desk, "records.remove", work, actor=actor, now=now, key=key))


def revert(
    desk: Desk,
    type_id: str,
    record_id: int,
    version: int,
    to_version: int,
    fields: Sequence[str] = (),
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """Set a record, or only the named fields, back to an earlier version, as a new change.

    Raises:
        NotFound, Conflict, KeyReused: as for `change`.
        UnknownParameter: a field nobody knows, or the actor knows nothing of.
        Forbidden: he may not read its history, or not change it.
        Invalid: no such version; a field that differs is not his to write; a value is refused.
        StillReferenced: other records refer to an owned row that would go.
    """
    content_type = desk.project.types.get(type_id)
    grants = desk.grants(actor)
    if content_type is None or type_id not in grants.types:
        raise NotFound
    known = grants.types[type_id].fields
    for name in fields:
        if name not in known or content_type.fields[name].system:
            raise UnknownParameter(name=name)

    def work(change: Change) -> Mapping[str, Any]:
        now_is = writing.revert(change, type_id, record_id, version, to_version, fields)
        return {"id": record_id, "version": now_is}

    return outcome(performed(desk, REVERTED, work, actor=actor, now=now, key=key))


def create_many(
    desk: Desk,
    type_id: str,
    rows: Sequence[Mapping[str, object]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> list[int]:
    """Create records of one type, all or none; returns their ids. Field paths of faults begin with
    `[index].`. Raises as `create`."""
    values: list[dict[str, object]] = []
    errors: list[FieldError] = []
    for index, raw in enumerate(rows):
        try:
            values.append(values_sent(desk, type_id, raw, actor, now))
        except Invalid as invalid:
            errors += [
                FieldError(f"[{index}].{e.field}", e.code, e.facts, e.clause)
                for e in invalid.errors
            ]
    if errors:
        raise Invalid(errors)

    def work(change: Change) -> Mapping[str, Any]:
        return {"ids": change.create_many(type_id, values)}

    answer = performed(desk, "records.create_many", work, actor=actor, now=now, key=key)
    return list(answer.facts["ids"])


def values_sent(
    desk: Desk, type_id: str, raw: Mapping[str, object], actor: Actor, now: datetime
) -> dict[str, object]:
    """The canonical values of what was sent.

    Raises:
        NotFound, UnknownParameter, Invalid: see `create`.
    """
    desk.show_values(now)
    content_type = desk.project.types.get(type_id)
    grants = desk.grants(actor)
    if content_type is None or type_id not in grants.types:
        raise NotFound
    known = grants.types[type_id].fields
    for name in raw:
        field = content_type.fields.get(name)
        if field is None or field.system or name not in known:
            raise UnknownParameter(name=name)
    types = _types_known(desk, grants, content_type, raw)
    values, errors = convert_values(content_type, raw, types=types)
    if errors:
        raise Invalid(errors)
    return values


def _types_known(
    desk: Desk, grants: Grants, content_type: ContentType, raw: Mapping[str, object]
) -> Mapping[str, ContentType]:
    """The types by which owned rows are read: without the fields the actor knows nothing of."""
    types = desk.project.types
    if all(content_type.fields[name].type != "children" for name in raw):
        return types
    narrowed: dict[str, ContentType] = {}
    for type_id, one in types.items():
        if one.owned_by:
            of_type = grants.types.get(type_id)
            known = {one.owned_by} | (of_type.fields if of_type is not None else frozenset())
            fields = {n: f for n, f in one.fields.items() if f.system or n in known}
            narrowed[type_id] = replace(one, fields=fields)
    return {**types, **narrowed}


def performed(
    desk: Desk,
    operation: str,
    work: Callable[[Change], Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> Answer:
    """A unit of writing in the actor's name."""
    warrant = desk.warrant(actor, now)
    return perform(desk.store, warrant, work, now=now, operation=operation, key=key)


def outcome(answer: Answer) -> Outcome:
    """What a unit that wrote one record answered."""
    return Outcome(id=answer.facts["id"], version=answer.facts["version"], replayed=answer.replayed)
