"""Writing values kept in rows: new ones, corrected ones, ended ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.validation import faults
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.definitions.field_types import convert
from kefu_admin.definitions.fields import ALWAYS_WHEN, BadValue, Field
from kefu_admin.operations.dated.following import bring_up_one
from kefu_admin.operations.dated.looking import FROM, UNTIL, definition
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.problems import FieldError, Invalid, NotFound, UnknownParameter
from kefu_admin.store import dated as rows
from kefu_admin.store import search
from kefu_admin.store.idempotency import IdempotencyKey

MOST_VALUES = 1000  # put at once
_STEP = 10
_ROOM = 5  # of a key, for a number behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """How many values were new, became others, and were so already."""

    new: int
    changed: int
    same: int


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
    Without a key it gets one from the pinyin of its title. Where values have no dates, what a key
    had is replaced.

    Raises:
        NotFound: no such definition for this person.
        UnknownParameter, Invalid: on the fields of the definition's kind.
        KeyReused: the key was used for another request.
    """
    dated = definition(desk, name, actor)
    sent = _taken(dated, raw, {dated.kind.key.id: dated.kind.key})
    if not dated.kind.within_dates:
        _check(desk, dated, sent)
        put(desk, name, (raw,), actor=actor, now=now, key=key)
        there = rows.values(desk.store, (dated,))[dated.name]
        return next(one.id for one in there if one.key == sent.key)

    def work() -> Mapping[str, Any]:
        rows.lock(desk.store)
        bring_up_one(desk, dated, now=now)
        others = rows.values(desk.store, (dated,))[dated.name]
        wanted = sent if sent.key else replace(sent, key=_new_key(dated, sent, others))
        same = [one for one in others if one.key == wanted.key]
        position = same[0].position if same else _behind(others)
        made = replace(wanted, edited=True, position=position)
        for one in same:
            if one.until_on is None and _begins(one) < _begins(made):
                rows.update(
                    desk.store,
                    dated,
                    replace(one, until_on=made.from_on),
                    actor=actor,
                    now=now,
                    operation="values.add",
                )
        _check(desk, dated, made)
        inserted = rows.insert(
            desk.store, dated, made, actor=actor, now=now, operation="values.add"
        )
        return {"id": inserted.id}

    answer, _ = once(desk, f"values.add {name}", work, actor=actor, now=now, key=key)
    desk.forget_values()
    return int(answer["id"])


def put(
    desk: Desk,
    name: str,
    raws: Sequence[Mapping[str, object]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Put:
    """Many values at once, all or none: each key gets what is sent, others stay as they are.

    Raises:
        NotFound: no such definition for this person, or one whose values have dates.
        UnknownParameter, Invalid: on `values[3].is`, the fourth of them.
        KeyReused: the key was used for another request.
    """
    dated = definition(desk, name, actor)
    wanted = _all_taken(dated, raws)

    def work() -> Mapping[str, Any]:
        there = {one.key: one for one in rows.values(desk.store, (dated,))[dated.name]}
        if all(_stands(one, there.get(one.key)) for one in wanted):
            return {"new": 0, "changed": 0, "same": len(wanted)}
        rows.lock(desk.store)
        bring_up_one(desk, dated, now=now)
        there = {one.key: one for one in rows.values(desk.store, (dated,))[dated.name]}
        count = {"new": 0, "changed": 0, "same": 0}
        for one in wanted:
            before = there.get(one.key)
            if before is None:
                rows.insert(desk.store, dated, one, actor=actor, now=now, operation="values.put")
                count["new"] += 1
            elif _stands(one, before):
                count["same"] += 1
            else:
                after = replace(one, id=before.id, version=before.version)
                rows.update(desk.store, dated, after, actor=actor, now=now, operation="values.put")
                count["changed"] += 1
        return count

    answer, _ = once(desk, f"values.put {name}", work, actor=actor, now=now, key=key)
    desk.forget_values()
    return Put(**answer)


def compared(
    desk: Desk, name: str, raws: Sequence[Mapping[str, object]], *, actor: Actor
) -> tuple[tuple[DatedValue, DatedValue | None], ...]:
    """What `put` would write, each with what its key has now.

    Raises:
        NotFound, UnknownParameter, Invalid: as `put`.
    """
    dated = definition(desk, name, actor)
    wanted = _all_taken(dated, raws)
    there = dated.together(rows.values(desk.store, (dated,))[dated.name])
    by_key = {one.key: one for one in there}
    return tuple((one, by_key.get(one.key)) for one in wanted)


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
        _check(desk, dated, after)
        rows.update(desk.store, dated, after, actor=actor, now=now, operation="values.change")
        return {"id": id}

    once(desk, f"values.change {name} {id}", work, actor=actor, now=now, key=key)
    desk.forget_values()


def _stands(wanted: DatedValue, there: DatedValue | None) -> bool:
    """Whether somebody has written just this already."""
    return there is not None and there.edited and there.parts == wanted.parts


def _all_taken(dated: Dated, raws: Sequence[Mapping[str, object]]) -> list[DatedValue]:
    """What was sent, as values, each key once; faults of all of them together."""
    if dated.kind.within_dates:
        raise NotFound(type="dated", id=dated.name)
    taken: dict[str, DatedValue] = {}
    errors: list[FieldError] = []
    for index, raw in enumerate(raws):
        found: Sequence[FieldError] = ()
        try:
            one = _taken(dated, raw, {dated.kind.key.id: dated.kind.key})
            found = dated.kind.faults(one)
            if one.key in taken:
                found = [FieldError(dated.kind.key.id, "key_twice", {"value": one.key})]
            taken[one.key] = replace(one, edited=True)
        except Invalid as refusal:
            found = refusal.errors
        errors += [replace(error, field=f"values[{index}].{error.field}") for error in found]
    if errors:
        raise Invalid(errors)
    return list(taken.values())


def _taken(dated: Dated, raw: Mapping[str, object], more: Mapping[str, Field]) -> DatedValue:
    """What was sent, as a value; parts that were not sent are absent."""
    dates = (FROM, UNTIL) if dated.kind.within_dates else ()
    fields = {**more, **{part.id: part for part in (*dated.kind.parts, *dates)}}
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
        from_on=_day(found.get(FROM.id)),
        until_on=_day(found.get(UNTIL.id)),
    )


def _check(desk: Desk, dated: Dated, wanted: DatedValue) -> None:
    """Refuse what the kind refuses, a value that ends before it begins, or meets another of its
    key."""
    if wrong := dated.kind.faults(wanted):
        raise Invalid(wrong)
    if not dated.kind.within_dates:
        return
    if wanted.until_on is not None and _begins(wanted) >= wanted.until_on:
        raise Invalid([FieldError(UNTIL.id, "ends_before")])
    for one in rows.values(desk.store, (dated,))[dated.name]:
        if one.key == wanted.key and one.id != wanted.id and one.meets(wanted):
            facts = {"from": one.from_on or "…", "until": one.until_on or "…"}
            raise Invalid([FieldError(FROM.id, "dates_meet", facts)])


def _new_key(dated: Dated, wanted: DatedValue, others: Sequence[DatedValue]) -> str:
    """A key nobody has, as the title is read."""
    key = dated.kind.key
    words = re.findall("[a-z0-9]+", search.read_aloud(str(wanted.parts[dated.kind.title])))
    stem = "_".join(words)[: key.max_length - _ROOM].strip("_")
    if not stem[:1].isalpha():
        stem = f"{key.id}_{stem}".strip("_")[: key.max_length - _ROOM]
    taken = {one.key for one in others}
    if stem not in taken:
        return stem
    return next(made for number in count(2) if (made := f"{stem}_{number}") not in taken)


def _behind(values: Sequence[DatedValue]) -> int:
    return max((one.position for one in values), default=-_STEP) + _STEP


def _begins(value: DatedValue) -> date:
    return value.from_on or date.min


def _day(value: object) -> date | None:
    assert value is None or isinstance(value, date)
    return value
