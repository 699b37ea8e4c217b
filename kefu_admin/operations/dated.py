"""Values kept in rows: who may keep them, how dates follow on each other, and what the file gives.

A role's `keeps` names the definitions a person keeps; for anybody else they do not exist. Values
are never deleted: they end on a day, so that old records keep their words. A new value for a key
that already has one ends the one before on the day it begins.

Rule: reliability-security D05, D06, D11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kefu_admin.actor import Actor, system_actor
from kefu_admin.behaviours.validation import faults
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.definitions.field_types import convert
from kefu_admin.definitions.fields import ALWAYS_WHEN, BadValue, Field
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, Invalid, NotFound, UnknownParameter
from kefu_admin.store import dated as rows
from kefu_admin.store.idempotency import IdempotencyKey

FROM = Field(
    id="from_on",
    type="date",
    label=Label("从哪天起", "From"),
    help=Label("留空表示一直如此。", "Blank: always has been."),
)
UNTIL = Field(
    id="until_on",
    type="date",
    label=Label("到哪天止（不含当天）", "Until (not that day)"),
    help=Label(
        "留空表示继续有效；停用就填停用的日期。", "Blank: it goes on; else the day it ends."
    ),
)
_CONFIG = system_actor("apply")
BY_CONFIG = _CONFIG.login  # who wrote what nobody has edited
_STEP = 10


class State(StrEnum):
    """Where a value stands on a day."""

    HOLDS = "holds"
    COMING = "coming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One value as its keeper sees it; `by` and `at` say who wrote it last ("" while only the file
    speaks)."""

    value: DatedValue
    state: State
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One change of a value: part -> (before, after), as JSON knows them."""

    at: datetime
    by: str
    action: str
    changes: Mapping[str, tuple[object, object]]


def kept_by(desk: Desk, actor: Actor) -> tuple[Dated, ...]:
    """The definitions a person keeps, in the order of the config.

    Raises:
        Forbidden: none at all.
    """
    require(desk, actor, Permission.VALUES)
    keeps = desk.grants(actor).keeps
    return tuple(one for name, one in desk.project.dated.items() if name in keeps)


def definition(desk: Desk, name: str, actor: Actor) -> Dated:
    """One definition the person keeps.

    Raises:
        NotFound: there is none of this name, or others keep it.
    """
    found = desk.project.dated.get(name)
    if found is None or name not in desk.grants(actor).keeps:
        raise NotFound(type="dated", id=name)
    return found


def values(desk: Desk, name: str, *, actor: Actor, now: datetime) -> tuple[Kept, ...]:
    """All values of a definition, those of the file among them.

    Raises:
        NotFound: no such definition for this person.
    """
    dated = definition(desk, name, actor)
    written = rows.values(desk.store, (dated,))[dated.name]
    last = rows.written_by(desk.store, dated)
    today = _today(desk, now)
    return tuple(
        Kept(
            value=one,
            state=_state(one, today),
            by=last[one.id][0] if one.id else "",
            at=last[one.id][1] if one.id else None,
        )
        for one in dated.together(written)
    )


def value(desk: Desk, name: str, id: int, *, actor: Actor) -> DatedValue:
    """One value of a definition.

    Raises:
        NotFound: no such definition for this person, or no such value.
    """
    return rows.value(desk.store, definition(desk, name, actor), id)


def as_plain(dated: Dated, value: DatedValue) -> dict[str, object]:
    """The parts and dates of a value as JSON knows them."""
    return rows.as_plain(dated.kind, value)


def history(desk: Desk, name: str, id: int, *, actor: Actor) -> tuple[Past, ...]:
    """What was done to one value, newest first.

    Raises:
        NotFound: no such definition for this person, or no such value.
    """
    found = value(desk, name, id, actor=actor)
    return tuple(
        Past(
            at=at,
            by=by,
            action=action,
            changes={
                part: (before, after)
                for part, (before, after) in changes.items()
                if part != "values_of"
            },
        )
        for at, by, action, changes in rows.history(desk.store, found.id)
    )


def add(
    desk: Desk,
    name: str,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> int:
    """A new value: of a new key, or what holds for an old key from a later day; returns its id.

    Raises:
        NotFound: no such definition for this person.
        UnknownParameter, Invalid: on the fields of the definition's kind.
        KeyReused: the key was used for another request.
    """
    dated = definition(desk, name, actor)
    wanted = _taken(dated, raw, {dated.kind.key.id: dated.kind.key})

    def work() -> Mapping[str, Any]:
        rows.lock(desk.store)
        _bring_up(desk, dated, now=now)
        others = rows.values(desk.store, (dated,))[dated.name]
        same = [one for one in others if one.key == wanted.key]
        position = same[0].position if same else _behind(others)
        made = replace(wanted, edited=True, position=position)
        for one in same:
            if one.until_on is None and _begins(one) < _begins(made):
                _write(desk, dated, replace(one, until_on=made.from_on), actor, now, "values.add")
        _check_dates(desk, dated, made)
        inserted = rows.insert(
            desk.store, dated, made, actor=actor, now=now, operation="values.add"
        )
        return {"id": inserted.id}

    answer, _ = once(desk, f"values.add {name}", work, actor=actor, now=now, key=key)
    desk.forget_values()
    return int(answer["id"])


def change(
    desk: Desk,
    name: str,
    id: int,
    version: int,
    raw: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> None:
    """Correct a value or its dates; `version` is the one that was read.

    Raises:
        NotFound: no such definition for this person, or no such value.
        Conflict: somebody has changed it since.
        UnknownParameter, Invalid: on the fields of the definition's kind.
        KeyReused: the key was used for another request.
    """
    dated = definition(desk, name, actor)
    wanted = _taken(dated, raw, {})

    def work() -> Mapping[str, Any]:
        rows.lock(desk.store)
        before = rows.value(desk.store, dated, id)
        after = replace(
            wanted, id=id, version=version, key=before.key, position=before.position, edited=True
        )
        _check_dates(desk, dated, after)
        _write(desk, dated, after, actor, now, "values.change")
        return {"id": id}

    once(desk, f"values.change {name} {id}", work, actor=actor, now=now, key=key)
    desk.forget_values()


def bring_up(desk: Desk, *, now: datetime) -> int:
    """Write what the files give where no person has written; returns how many rows changed.

    A value nobody edited follows its file; one that is in the file no more ends today and stays
    readable. Done by `kefu apply`, and harmless to do again.
    """
    if not desk.project.dated:
        return 0
    changed = 0

    def unit() -> None:
        nonlocal changed
        changed = 0
        with desk.store.transaction():
            rows.lock(desk.store)
            changed = sum(_bring_up(desk, one, now=now) for one in desk.project.dated.values())

    desk.store.retrying(unit)
    desk.forget_values()
    return changed


def _bring_up(desk: Desk, dated: Dated, *, now: datetime) -> int:
    actor, today = _CONFIG, _today(desk, now)
    there: dict[str, list[DatedValue]] = {}
    for one in rows.values(desk.store, (dated,))[dated.name]:
        there.setdefault(one.key, []).append(one)
    changed = 0
    for default in dated.defaults:
        found = there.pop(default.key, None)
        if found is None:
            rows.insert(
                desk.store, dated, default, actor=actor, now=now, operation="values.bring_up"
            )
            changed += 1
        elif len(found) == 1 and not found[0].edited:
            wanted = replace(default, id=found[0].id, version=found[0].version)
            changed += wanted != found[0]
            if wanted != found[0]:
                _write(desk, dated, wanted, actor, now, "values.bring_up")
    for some in there.values():
        for one in some:
            if not one.edited and one.until_on is None:
                _write(desk, dated, replace(one, until_on=today), actor, now, "values.bring_up")
                changed += 1
    return changed


def _write(
    desk: Desk, dated: Dated, wanted: DatedValue, actor: Actor, now: datetime, operation: str
) -> None:
    rows.update(desk.store, dated, wanted, actor=actor, now=now, operation=operation)


def _taken(dated: Dated, raw: Mapping[str, object], more: Mapping[str, Field]) -> DatedValue:
    """What was sent, as a value; parts that were not sent are absent."""
    fields = {**more, **{part.id: part for part in (*dated.kind.parts, FROM, UNTIL)}}
    if unknown := [name for name in raw if name not in fields]:
        raise UnknownParameter(name=unknown[0])
    found: dict[str, object] = {}
    errors: list[FieldError] = []
    for name, field in fields.items():
        try:
            found[name] = convert(field, raw.get(name))
        except BadValue as bad:
            errors.append(FieldError(name, bad.code, bad.facts))
            continue
        if found[name] is not None:
            errors += faults(field, found[name])
        elif field.required == ALWAYS_WHEN:
            errors.append(FieldError(name, "required"))
    if errors:
        raise Invalid(errors)
    return DatedValue(
        key=str(found.get(dated.kind.key.id) or ""),
        parts={part.id: found[part.id] for part in dated.kind.parts},
        from_on=_day(found[FROM.id]),
        until_on=_day(found[UNTIL.id]),
    )


def _check_dates(desk: Desk, dated: Dated, wanted: DatedValue) -> None:
    """Refuse a value that ends before it begins, or meets another of its key."""
    if wanted.until_on is not None and _begins(wanted) >= wanted.until_on:
        raise Invalid([FieldError(UNTIL.id, "ends_before")])
    for one in rows.values(desk.store, (dated,))[dated.name]:
        if one.key == wanted.key and one.id != wanted.id and one.meets(wanted):
            facts = {"from": one.from_on or "…", "until": one.until_on or "…"}
            raise Invalid([FieldError(FROM.id, "dates_meet", facts)])


def _state(value: DatedValue, day: date) -> State:
    if value.holds(day):
        return State.HOLDS
    return State.COMING if value.from_on is not None and value.from_on > day else State.ENDED


def _behind(values: Sequence[DatedValue]) -> int:
    return max((one.position for one in values), default=-_STEP) + _STEP


def _begins(value: DatedValue) -> date:
    return value.from_on or date.min


def _today(desk: Desk, now: datetime) -> date:
    return now.astimezone(desk.zone).date()


def _day(value: object) -> date | None:
    assert value is None or isinstance(value, date)
    return value
